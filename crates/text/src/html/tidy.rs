//! The last pass: no blanks at the ends of lines, no more than one empty line.

/// Tidies Markdown.
pub(super) fn tidy(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    let mut fenced = false;
    let mut last_blank = Some("");
    for line in markdown.lines().map(str::trim_end) {
        let inner = line.trim_start_matches(['>', ' ']);
        if inner.starts_with("```") {
            fenced = !fenced;
        }
        // A line of nothing but quote signs is as empty as one without.
        let blank = inner.is_empty().then_some(line);
        if blank.is_some() && blank == last_blank && !fenced {
            continue;
        }
        last_blank = blank;
        text.push_str(line);
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.drain(..text.len() - text.trim_start_matches('\n').len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_lines_collapse_outside_of_code_only() {
        let code = "```\na\n\n\nb\n```";
        for (input, output) in [
            ("\n\na  \n\n\n\nb\n\n", "a\n\nb"),
            ("> a\n> \n>\n> b", "> a\n>\n> b"),
            (code, code),
            ("", ""),
            ("\n \n", ""),
        ] {
            assert_eq!(tidy(input), output);
        }
    }
}
