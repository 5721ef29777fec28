//! What single bytes mean in a font: a named table, and what differs from it.

use crate::files::{
    FileError,
    pdf::{
        file::File,
        font::{UNKNOWN, glyphs},
        object::{Dict, Object},
    },
};

/// What Adobe's own table has above the letters of ASCII, by octal code in its documents, here by number.
const STANDARD: [(u8, &str); 57] = [
    (0x27, "’"),
    (0x60, "‘"),
    (0xa1, "¡"),
    (0xa2, "¢"),
    (0xa3, "£"),
    (0xa4, "⁄"),
    (0xa5, "¥"),
    (0xa6, "ƒ"),
    (0xa7, "§"),
    (0xa8, "¤"),
    (0xa9, "'"),
    (0xaa, "“"),
    (0xab, "«"),
    (0xac, "‹"),
    (0xad, "›"),
    (0xae, "fi"),
    (0xaf, "fl"),
    (0xb1, "–"),
    (0xb2, "†"),
    (0xb3, "‡"),
    (0xb4, "·"),
    (0xb6, "¶"),
    (0xb7, "•"),
    (0xb8, "‚"),
    (0xb9, "„"),
    (0xba, "”"),
    (0xbb, "»"),
    (0xbc, "…"),
    (0xbd, "‰"),
    (0xbf, "¿"),
    (0xc1, "`"),
    (0xc2, "´"),
    (0xc3, "ˆ"),
    (0xc4, "˜"),
    (0xc5, "¯"),
    (0xc6, "˘"),
    (0xc7, "˙"),
    (0xc8, "¨"),
    (0xca, "˚"),
    (0xcb, "¸"),
    (0xcd, "˝"),
    (0xce, "˛"),
    (0xcf, "ˇ"),
    (0xd0, "—"),
    (0xe1, "Æ"),
    (0xe3, "ª"),
    (0xe8, "Ł"),
    (0xe9, "Ø"),
    (0xea, "Œ"),
    (0xeb, "º"),
    (0xf1, "æ"),
    (0xf5, "ı"),
    (0xf8, "ł"),
    (0xf9, "ø"),
    (0xfa, "œ"),
    (0xfb, "ß"),
    (0x2d, "-"),
];

/// The letters of the font Symbol where ASCII has its own, from `A` and from `a` on.
const GREEK: [(u8, &str); 2] = [
    (b'A', "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ"),
    (b'a', "αβχδεφγηιϕκλμνοπθρστυϖωξψζ"),
];

/// The meanings of all 256 bytes.
pub(super) fn read(file: &File<'_>, dict: &Dict) -> Result<Vec<String>, FileError> {
    let encoding = file.value(dict, "Encoding")?;
    let base = match encoding.dict() {
        Some(own) => file.value(own, "BaseEncoding")?,
        None => encoding.clone(),
    };
    let font = file.value(dict, "BaseFont")?;
    let font = font.name().unwrap_or_default();
    let mut meanings = match base.name() {
        Some("WinAnsiEncoding") => charset(encoding_rs::WINDOWS_1252),
        Some("MacRomanEncoding") => charset(encoding_rs::MACINTOSH),
        _ if font.ends_with("Symbol") => symbol(),
        // Standard is what is meant only where it is said, or where the font is one that is in no file.
        Some("StandardEncoding") | None if file.value(dict, "FontDescriptor")? == Object::Null => {
            standard()
        }
        Some("StandardEncoding") => standard(),
        _ => charset(encoding_rs::WINDOWS_1252),
    };
    if let Some(own) = encoding.dict() {
        differ(&mut meanings, &file.value(own, "Differences")?);
    }
    Ok(meanings)
}

/// Numbers say from where on the names behind them count.
fn differ(meanings: &mut [String], differences: &Object) {
    let mut code = 0;
    for item in differences.array().unwrap_or_default() {
        match item {
            Object::Name(name) => {
                if let Some(meaning) = meanings.get_mut(code) {
                    *meaning = glyphs::text(name).unwrap_or_else(|| UNKNOWN.to_owned());
                }
                code += 1;
            }
            other => code = other.count().unwrap_or(code),
        }
    }
}

fn charset(charset: &'static encoding_rs::Encoding) -> Vec<String> {
    let text = |byte| match byte {
        // Programs show a bullet for what Windows left out, and a blank for the one that does not break.
        0x81 | 0x8d | 0x8f | 0x90 | 0x9d => "•".to_owned(),
        0xa0 => " ".to_owned(),
        _ => charset.decode_without_bom_handling(&[byte]).0.into_owned(),
    };
    (0..=255).map(text).collect()
}

fn standard() -> Vec<String> {
    let mut meanings: Vec<_> = (0..=255_u8)
        .map(|byte| {
            if byte < 128 {
                char::from(byte).to_string()
            } else {
                UNKNOWN.to_owned()
            }
        })
        .collect();
    for (byte, text) in STANDARD {
        if let Some(meaning) = meanings.get_mut(usize::from(byte)) {
            text.clone_into(meaning);
        }
    }
    meanings
}

fn symbol() -> Vec<String> {
    let mut meanings = standard();
    for (first, letters) in GREEK {
        for (meaning, letter) in meanings
            .iter_mut()
            .skip(usize::from(first))
            .zip(letters.chars())
        {
            *meaning = letter.to_string();
        }
    }
    meanings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_count_from_their_numbers() {
        let mut meanings = standard();
        let name = |name: &str| Object::Name(name.to_owned());
        let list = vec![
            Object::Number(65.0),
            name("eacute"),
            name("g17"),
            Object::Number(255.0),
            name("fi"),
            name("a"),
        ];
        differ(&mut meanings, &Object::Array(list));
        let texts: Vec<_> = [65, 66, 67, 255, 0x27]
            .map(|code: usize| meanings[code].as_str())
            .into();
        assert_eq!(texts, ["é", UNKNOWN, "C", "fi", "’"]);
        let symbol = symbol();
        assert_eq!(
            (symbol[usize::from(b'p')].as_str(), symbol[0xb7].as_str()),
            ("π", "•")
        );
        assert_eq!(charset(encoding_rs::WINDOWS_1252)[0x80], "€");
    }
}
