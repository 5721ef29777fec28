//! Drive's search language: what comes from outside gets in as a quoted text, or not at all.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use toolgate_toolkit::ToolError;

/// A text as a literal: nothing in it ends it.
pub(crate) fn quoted(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('\'');
    for c in text.chars() {
        if matches!(c, '\'' | '\\') {
            literal.push('\\');
        }
        literal.push(c);
    }
    literal.push('\'');
    literal
}

/// Terms that all have to hold.
#[derive(Debug, Default)]
pub(crate) struct Terms(Vec<String>);

impl Terms {
    /// A term of the program's own.
    pub(crate) fn and(&mut self, term: impl Into<String>) {
        self.0.push(term.into());
    }

    /// `field operator 'text'`, where there is a text.
    pub(crate) fn compare(&mut self, field: &str, operator: &str, text: Option<&str>) {
        let text = text.map(str::trim).filter(|text| !text.is_empty());
        if let Some(text) = text {
            self.and(format!("{field} {operator} {}", quoted(text)));
        }
    }

    /// `'text' in field`, where there is a text.
    pub(crate) fn within(&mut self, text: Option<&str>, field: &str) {
        let text = text.map(str::trim).filter(|text| !text.is_empty());
        if let Some(text) = text {
            self.and(format!("{} in {field}", quoted(text)));
        }
    }

    /// What a model wrote in the language itself, which stays one term.
    pub(crate) fn raw(&mut self, query: Option<&str>) -> Result<(), ToolError> {
        let query = query.map(str::trim).filter(|query| !query.is_empty());
        let Some(query) = query else { return Ok(()) };
        check(query)?;
        self.and(format!("({query})"));
        Ok(())
    }

    pub(crate) fn joined(&self) -> String {
        self.0.join(" and ")
    }
}

/// A query whose quotes or parentheses do not match could end the term that it stands in.
fn check(query: &str) -> Result<(), ToolError> {
    let refused = |problem: &str| {
        Err(ToolError::invalid_argument(
            "query",
            problem,
            "name contains 'plan' and mimeType != 'application/vnd.google-apps.folder'",
        ))
    };
    let mut depth = 0_usize;
    for c in bare(query).chars() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return refused("a parenthesis closes what was not opened"),
            ')' => depth -= 1,
            '\'' => return refused("a text in it is not closed"),
            _ => {}
        }
    }
    if depth > 0 {
        return refused("a parenthesis is not closed");
    }
    Ok(())
}

/// A query without its texts; where one is not closed, its quote is left.
fn bare(query: &str) -> String {
    let mut bare = String::new();
    let mut rest = query;
    while let Some((before, text)) = rest.split_once('\'') {
        bare.push_str(before);
        let mut escaped = false;
        let end = text.char_indices().find(|(_, c)| {
            let ends = *c == '\'' && !escaped;
            escaped = *c == '\\' && !escaped;
            ends
        });
        let Some((end, _)) = end else {
            bare.push('\'');
            return bare;
        };
        bare.push(' ');
        rest = &text[end + 1..];
    }
    bare.push_str(rest);
    bare
}

/// Whether it looks into what files say: Drive then refuses to sort.
pub(crate) fn searches_text(query: &str) -> bool {
    bare(query).to_ascii_lowercase().contains("fulltext")
}

/// A date or a moment, as Drive compares it.
pub(crate) fn moment(
    argument: &'static str,
    text: Option<&str>,
) -> Result<Option<String>, ToolError> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    let Some(text) = text else { return Ok(None) };
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        let moment = moment.with_timezone(&Utc);
        return Ok(Some(moment.to_rfc3339_opts(SecondsFormat::Secs, true)));
    }
    if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Ok(Some(format!("{date}T00:00:00Z")));
    }
    Err(ToolError::invalid_argument(
        argument,
        "it is neither a date nor a moment with its offset",
        "2027-03-01 or 2027-03-01T09:00:00+01:00",
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The texts in a query and what stands around them, read as Drive's documents say: a backslash
    /// makes the next character an ordinary one.
    fn read(query: &str) -> (String, Vec<String>) {
        let (mut around, mut texts) = (String::new(), Vec::new());
        let mut chars = query.chars();
        while let Some(c) = chars.next() {
            if c != '\'' {
                around.push(c);
                continue;
            }
            around.push('_');
            let mut text = String::new();
            loop {
                match chars.next().expect("a text is closed") {
                    '\\' => text.push(chars.next().expect("something is escaped")),
                    '\'' => break,
                    other => text.push(other),
                }
            }
            texts.push(text);
        }
        (around, texts)
    }

    proptest! {
        #[test]
        fn no_text_gets_out_of_its_quotes(
            name in r"[a-z'\\() ]{0,12}|.{0,20}|' or trashed = true or name contains '|\\",
            folder in r"[a-z'\\]{0,12}|.{0,20}",
        ) {
            let mut terms = Terms::default();
            terms.compare("name", "contains", Some(&name));
            terms.within(Some(&folder), "parents");
            terms.and("trashed = false");
            let (around, texts) = read(&terms.joined());
            let own: Vec<&str> = [name.trim(), folder.trim()].into_iter().filter(|it| !it.is_empty()).collect();
            prop_assert_eq!(&texts, &own);
            let mut expected = Vec::new();
            if !name.trim().is_empty() {
                expected.push("name contains _");
            }
            if !folder.trim().is_empty() {
                expected.push("_ in parents");
            }
            expected.push("trashed = false");
            prop_assert_eq!(around, expected.join(" and "));
        }

        #[test]
        fn a_query_of_a_models_own_stays_one_term_or_is_refused(
            query in r"[a-z'\\() =]{0,30}",
        ) {
            let mut terms = Terms::default();
            if terms.raw(Some(&query)).is_ok() {
                terms.and("trashed = false");
                let joined = terms.joined();
                let (around, _) = read(&joined);
                let mut depth = 0_i32;
                let inner = around.strip_suffix("trashed = false").expect("it stands last");
                let end = inner.strip_suffix(" and ").unwrap_or(inner);
                for (at, c) in end.char_indices() {
                    depth += i32::from(c == '(') - i32::from(c == ')');
                    prop_assert!(depth > 0 || at + 1 == end.len(), "{}", joined);
                }
            }
        }
    }

    #[test]
    fn queries_that_would_end_their_term_are_refused() {
        for bad in [
            "name = 'a') or (trashed = true",
            "name = 'a'))",
            "(name = 'a'",
            "name = 'a",
            r"name = 'a\'",
        ] {
            let error = Terms::default().raw(Some(bad)).unwrap_err();
            assert_eq!(error.argument(), Some("query"), "{bad}");
        }
        for good in [
            r"name = 'it\'s (one'",
            "(name = 'a' or name = ')')",
            r"name = 'a\\'",
        ] {
            Terms::default().raw(Some(good)).unwrap();
        }
    }

    #[test]
    fn a_search_for_text_is_one_only_where_the_word_is_no_text_itself() {
        for (query, expected) in [
            ("fullText contains 'x'", true),
            ("(name = 'a') and (FULLTEXT contains 'x')", true),
            ("name contains 'fullText'", false),
            (r"name contains 'it\'s fullText'", false),
        ] {
            assert_eq!(searches_text(query), expected, "{query}");
        }
    }

    #[test]
    fn moments_are_compared_in_utc() {
        let of = |text| moment("modified_after", Some(text));
        assert_eq!(of("2027-03-01").unwrap().unwrap(), "2027-03-01T00:00:00Z");
        assert_eq!(
            of("2027-03-01T00:30:00+01:00").unwrap().unwrap(),
            "2027-02-28T23:30:00Z"
        );
        assert_eq!(of(" ").unwrap(), None);
        for bad in ["soon", "2027-02-30", "2027-03-01T09:00:00"] {
            assert_eq!(of(bad).unwrap_err().argument(), Some("modified_after"));
        }
    }
}
