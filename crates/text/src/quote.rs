//! Telling what somebody wrote from the history quoted below it.

/// Splits a body, plain text or Markdown, into what is new and the quoted history at its end.
///
/// History is what a mail program puts below a reply: lines with `>` down to the end, with the line above that names their
/// author, an Outlook block of `From:`, `Sent:`, `To:`, `Subject:`, or what follows "Original Message". Where somebody
/// answered between the quoted lines or below them, or wrote nothing new, all of it counts as new. Nothing is lost: the two
/// parts together are the whole text.
///
/// ```
/// use toolgate_text::split_quoted;
///
/// let body = "Yes, gladly.\n\nAm 5. Mai 2026 schrieb Ada:\n> Kommst du?\n> Ada";
/// assert_eq!(
///     split_quoted(body),
///     ("Yes, gladly.\n\n", "Am 5. Mai 2026 schrieb Ada:\n> Kommst du?\n> Ada")
/// );
///
/// let answered_inline = "> Coming?\n\nYes.\n\n> When?\n\nAt ten.";
/// assert_eq!(split_quoted(answered_inline), (answered_inline, ""));
/// ```
pub fn split_quoted(text: &str) -> (&str, &str) {
    let lines = lines(text);
    let split = [
        trailing_quote(&lines),
        header_block(&lines),
        separator(&lines),
        attribution(&lines),
    ]
    .into_iter()
    .flatten()
    .min()
    .and_then(|index| lines.get(index))
    .map_or(text.len(), |line| line.start);
    match (text.get(..split), text.get(split..)) {
        (Some(fresh), Some(quoted)) if !fresh.trim().is_empty() => (fresh, quoted),
        _ => (text, ""),
    }
}

struct Line<'a> {
    start: usize,
    text: &'a str,
}

impl Line<'_> {
    fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    fn is_quoted(&self) -> bool {
        self.text.starts_with('>')
    }
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut start = 0;
    let mut lines = Vec::new();
    for line in text.split_inclusive('\n') {
        lines.push(Line {
            start,
            text: line.trim(),
        });
        start += line.len();
    }
    lines
}

/// Lines with `>` down to the end, and the lines above that introduce them.
fn trailing_quote(lines: &[Line<'_>]) -> Option<usize> {
    let body = lines
        .iter()
        .rposition(|line| !line.is_blank() && !line.is_quoted())
        .map_or(0, |i| i + 1);
    let first = body + lines.get(body..)?.iter().position(Line::is_quoted)?;
    Some(introduction(lines, first).unwrap_or(first))
}

/// Where the sentence begins that introduces a quote: the short paragraph above, if it ends with a colon.
fn introduction(lines: &[Line<'_>], quote: usize) -> Option<usize> {
    let last = lines
        .get(..quote)?
        .iter()
        .rposition(|line| !line.is_blank())?;
    if !lines.get(last)?.text.ends_with(':') {
        return None;
    }
    let paragraph = lines
        .get(..last)?
        .iter()
        .rposition(Line::is_blank)
        .map_or(0, |i| i + 1);
    Some(if last - paragraph < 3 {
        paragraph
    } else {
        last
    })
}

/// "On …, Ada wrote:", in the languages of the common mail programs, above text without `>`.
fn attribution(lines: &[Line<'_>]) -> Option<usize> {
    const WROTE: [(&str, &str, &str); 7] = [
        ("On ", " ", "wrote:"),
        ("Am ", " schrieb", ":"),
        ("Le ", " ", "écrit :"),
        ("El ", " ", "escribió:"),
        ("Il ", " ", "scritto:"),
        ("Em ", " ", "escreveu:"),
        ("Op ", " schreef", ":"),
    ];
    let found = lines.iter().position(|line| {
        let text = line.text;
        let names_author = WROTE.iter().any(|(on, wrote, end)| {
            text.starts_with(on) && text.contains(wrote) && text.ends_with(end)
        });
        names_author && text.chars().any(|c| c == '@' || c.is_ascii_digit())
    })?;
    let mut below = lines
        .get(found + 1..)?
        .iter()
        .filter(|line| !line.is_blank());
    let answered_below =
        below.next().is_none_or(Line::is_quoted) && below.any(|line| !line.is_quoted());
    (!answered_below).then_some(found)
}

/// Outlook's block of header lines.
fn header_block(lines: &[Line<'_>]) -> Option<usize> {
    const FROM: [&str; 5] = ["From:", "Von:", "De:", "Da:", "Van:"];
    const OTHERS: [&str; 24] = [
        "Sent:",
        "Date:",
        "To:",
        "Cc:",
        "Subject:",
        "Gesendet:",
        "Datum:",
        "An:",
        "Betreff:",
        "Envoyé:",
        "À:",
        "Objet:",
        "Enviado:",
        "Enviado el:",
        "Para:",
        "Asunto:",
        "Inviato:",
        "A:",
        "Oggetto:",
        "Verzonden:",
        "Aan:",
        "Onderwerp:",
        "Data:",
        "Assunto:",
    ];
    let plain: Vec<String> = lines
        .iter()
        .map(|line| line.text.replace('*', "").replace(" :", ":"))
        .collect();
    let start = plain.iter().enumerate().position(|(index, line)| {
        let others = plain.iter().skip(index + 1).take(6);
        FROM.iter().any(|from| line.starts_with(from))
            && others
                .filter(|line| OTHERS.iter().any(|other| line.starts_with(other)))
                .count()
                >= 2
    })?;
    let above = lines
        .get(..start)?
        .iter()
        .rposition(|line| !line.is_blank());
    match above.and_then(|above| Some((above, lines.get(above)?))) {
        Some((_, line)) if is_forward(line.text) => None,
        Some((above, line)) if is_rule(line.text) => Some(above),
        _ => Some(start),
    }
}

/// What is forwarded is what the mail is about, not its history.
fn is_forward(line: &str) -> bool {
    let line = line.to_lowercase();
    [
        "forwarded",
        "weitergeleitete",
        "transféré",
        "reenviado",
        "inoltrato",
        "encaminhada",
        "doorgestuurd",
    ]
    .iter()
    .any(|word| line.contains(word))
}

fn is_rule(line: &str) -> bool {
    line.len() >= 3 && line.chars().all(|c| matches!(c, '-' | '_'))
}

/// "-----Original Message-----" and its translations.
fn separator(lines: &[Line<'_>]) -> Option<usize> {
    const TITLES: [&str; 6] = [
        "Original Message",
        "Ursprüngliche Nachricht",
        "Message d'origine",
        "Mensaje original",
        "Messaggio originale",
        "Mensagem original",
    ];
    lines.iter().position(|line| {
        let title = line.text.trim_matches(['-', '_', ' ']);
        line.text.starts_with("--") && TITLES.iter().any(|known| title.eq_ignore_ascii_case(known))
    })
}
