//! Names of files that came from outside, made safe.

use std::path::Path;

/// What a name has where nothing of it can be used.
const NAMELESS: &str = "file";
/// Bytes of a name; file systems take 255, and a number may be added.
const LONGEST: usize = 180;
/// Names that Windows keeps for devices, whatever stands behind the first dot.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8",
    "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// A name of one file, whatever was sent as its name: no folders, nothing invisible, nothing that a
/// file system or a shell reads in a way of its own, not hidden, and of a bounded length that keeps
/// the extension.
///
/// ```
/// use toolgate_toolkit::safe_file_name;
///
/// assert_eq!(safe_file_name("../../.ssh/authorized_keys"), "authorized_keys");
/// assert_eq!(safe_file_name("C:\\Windows\\report: final?.pdf"), "report_ final_.pdf");
/// assert_eq!(safe_file_name(".."), "file");
/// ```
pub fn safe_file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let cleaned: String = last
        .chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| if is_special(c) { '_' } else { c })
        .collect();
    let trimmed = cleaned.trim().trim_start_matches('.').trim_start();
    let trimmed = trimmed.trim_end_matches(['.', ' ']);
    if trimmed.is_empty() {
        return NAMELESS.to_owned();
    }
    let name = shortened(trimmed);
    let stem = name.split('.').next().unwrap_or_default();
    if DEVICES.contains(&stem.trim_end().to_ascii_lowercase().as_str()) {
        return format!("_{name}");
    }
    name
}

/// The name for the `number`th file of this name.
pub(super) fn numbered(name: &str, number: u32) -> String {
    if number == 1 {
        return name.to_owned();
    }
    match split(name) {
        (stem, Some(extension)) => format!("{stem} ({number}).{extension}"),
        (stem, None) => format!("{stem} ({number})"),
    }
}

/// Characters that show nothing, or turn the direction of what follows: `exe.txt` may be `txt.exe`.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
                | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
                | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
        )
}

fn is_special(c: char) -> bool {
    matches!(
        c,
        '<' | '>' | ':' | '"' | '|' | '?' | '*' | '$' | '`' | ';' | '&' | '~'
    )
}

fn split(name: &str) -> (&str, Option<&str>) {
    let path = Path::new(name);
    let extension = path.extension().and_then(|it| it.to_str());
    // What follows the last dot of a sentence is no extension.
    let extension = extension.filter(|it| (1..=10).contains(&it.len()));
    match extension {
        Some(extension) => (&name[..name.len() - extension.len() - 1], Some(extension)),
        None => (name, None),
    }
}

fn shortened(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let (stem, extension) = split(name);
    let room = LONGEST - extension.map_or(0, |it| it.len() + 1);
    let mut end = room.min(stem.len());
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    let stem = stem[..end].trim_end_matches(['.', ' ']);
    match extension {
        Some(extension) => format!("{stem}.{extension}"),
        None => stem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_from_outside_become_names_of_one_file() {
        let long = format!("{}.pdf", "ü".repeat(200));
        let cases = [
            ("report.pdf", "report.pdf"),
            ("Q3 – Übersicht.xlsx", "Q3 – Übersicht.xlsx"),
            ("/etc/passwd", "passwd"),
            ("a/b\\c.txt", "c.txt"),
            (".bashrc", "bashrc"),
            ("...", "file"),
            ("", "file"),
            ("   ", "file"),
            ("a\0b\n.txt", "ab.txt"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("\u{200b}.hidden", "hidden"),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("name. . .", "name"),
            ("a;rm -rf $HOME", "a_rm -rf _HOME"),
        ];
        for (name, expected) in cases {
            assert_eq!(safe_file_name(name), expected, "{name:?}");
        }
        let short = safe_file_name(&long);
        assert!(
            short.len() <= LONGEST && short.ends_with("ü.pdf"),
            "{short}"
        );
    }

    #[test]
    fn a_number_stands_before_the_extension() {
        let cases = [
            ("a.pdf", 2, "a (2).pdf"),
            ("a", 3, "a (3)"),
            ("a.pdf", 1, "a.pdf"),
            (
                "Dear all. I write to you",
                2,
                "Dear all. I write to you (2)",
            ),
        ];
        for (name, number, expected) in cases {
            assert_eq!(numbered(name, number), expected);
        }
    }

    proptest! {
        #[test]
        fn a_safe_name_is_one_component_and_stays_itself(name in any::<String>()) {
            let safe = safe_file_name(&name);
            prop_assert!(!safe.is_empty() && safe.len() <= LONGEST + 1);
            prop_assert!(!safe.starts_with('.') && !safe.contains(['/', '\\', '\0']));
            prop_assert_eq!(Path::new(&safe).components().count(), 1);
            prop_assert_eq!(safe_file_name(&safe), safe);
        }
    }
}
