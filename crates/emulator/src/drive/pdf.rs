//! A small PDF of lines of text.

use std::fmt::Write as _;

/// How many lines stand on a page.
const LINES: usize = 48;
/// How many letters stand in a line.
const LETTERS: usize = 90;

/// A PDF with the text of each page; long pages go on on the next.
pub(crate) fn of(pages: &[String]) -> Vec<u8> {
    let pages: Vec<Vec<String>> = pages.iter().flat_map(|text| sheets(text)).collect();
    let count = pages.len();
    let kids: Vec<String> = (0..count).map(|at| format!("{} 0 R", 4 + 2 * at)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!(
            "<< /Type /Pages /Kids [{}] /Count {count} >>",
            kids.join(" ")
        ),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
            .to_owned(),
    ];
    for (at, lines) in pages.iter().enumerate() {
        let stream = stream(lines);
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] \
             /Resources << /Font << /F1 3 0 R >> >> /Contents {} 0 R >>",
            5 + 2 * at
        ));
        let length = stream.len();
        objects.push(format!(
            "<< /Length {length} >>\nstream\n{stream}\nendstream"
        ));
    }
    file(&objects)
}

/// The file of these objects, the first of which is the catalogue.
pub(crate) fn file(objects: &[String]) -> Vec<u8> {
    let mut text = "%PDF-1.4\n".to_owned();
    let mut table = "0000000000 65535 f \n".to_owned();
    for (at, object) in objects.iter().enumerate() {
        let _ = writeln!(table, "{:010} 00000 n ", text.len());
        let _ = write!(text, "{} 0 obj\n{object}\nendobj\n", at + 1);
    }
    let (start, size) = (text.len(), objects.len() + 1);
    let _ = write!(
        text,
        "xref\n0 {size}\n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    text.into_bytes()
}

/// The lines of a text, page by page.
fn sheets(text: &str) -> Vec<Vec<String>> {
    let mut lines = Vec::new();
    for line in text.lines() {
        let letters: Vec<char> = line.chars().collect();
        if letters.is_empty() {
            lines.push(String::new());
        }
        lines.extend(letters.chunks(LETTERS).map(|part| part.iter().collect()));
    }
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines.chunks(LINES).map(<[String]>::to_vec).collect()
}

fn stream(lines: &[String]) -> String {
    let mut stream = "BT /F1 11 Tf 16 TL 56 786 Td".to_owned();
    for line in lines {
        let _ = write!(stream, "\n({}) Tj T*", literal(line));
    }
    stream + "\nET"
}

/// The letters of Windows' Western code page beyond Latin-1, with their places.
const WESTERN: [(char, u8); 13] = [
    ('€', 0x80),
    ('…', 0x85),
    ('‘', 0x91),
    ('’', 0x92),
    ('“', 0x93),
    ('”', 0x94),
    ('„', 0x84),
    ('•', 0x95),
    ('–', 0x96),
    ('—', 0x97),
    ('™', 0x99),
    ('‹', 0x8b),
    ('›', 0x9b),
];

/// Whether the usual encoding of a PDF has a letter.
pub(crate) fn has(letter: char) -> bool {
    matches!(letter, ' '..='~' | '\u{a0}'..='\u{ff}') || WESTERN.iter().any(|it| it.0 == letter)
}

/// A text in parentheses: ASCII, and octal escapes for what the encoding has beyond.
pub(crate) fn literal(line: &str) -> String {
    let mut text = String::new();
    for letter in line.chars() {
        match letter {
            '(' | ')' | '\\' => {
                text.push('\\');
                text.push(letter);
            }
            ' '..='~' => text.push(letter),
            '\u{a0}'..='\u{ff}' => {
                let _ = write!(text, "\\{:03o}", u32::from(letter));
            }
            '\t' => text.push_str("    "),
            _ => match WESTERN.iter().find(|it| it.0 == letter) {
                Some((_, code)) => {
                    let _ = write!(text, "\\{code:03o}");
                }
                None => text.push('?'),
            },
        }
    }
    text
}
