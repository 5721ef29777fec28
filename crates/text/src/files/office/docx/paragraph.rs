//! One paragraph as it grows: its text, its links, and what it looks like.

use crate::files::office::{docx::styles::Place, link::linked};

/// A paragraph.
#[derive(Debug, Default)]
pub(super) struct Paragraph {
    pub(super) text: String,
    pub(super) style: Option<String>,
    pub(super) place: Place,
    /// A heading's level that the paragraph has of its own.
    pub(super) heading: Option<usize>,
    /// Links that are open, outermost first.
    links: Vec<Link>,
    /// Fields that are open; of an address only what its code says is kept.
    fields: Vec<Field>,
}

#[derive(Debug)]
struct Link {
    target: String,
    start: usize,
}

#[derive(Debug, Default)]
struct Field {
    code: String,
    /// Whether what is shown has begun, and is a link.
    is_link: bool,
    is_shown: bool,
}

impl Paragraph {
    pub(super) fn open_link(&mut self, target: String) {
        let start = self.text.len();
        self.links.push(Link { target, start });
    }

    pub(super) fn close_link(&mut self) {
        let Some(link) = self.links.pop() else { return };
        let shown = linked(
            self.text.get(link.start..).unwrap_or_default(),
            &link.target,
        );
        // A link in a link would be none.
        if self.links.is_empty() {
            self.text.truncate(link.start);
            self.text.push_str(&shown);
        }
    }

    /// The mark of a field: it begins, its result begins, it ends.
    pub(super) fn field_mark(&mut self, mark: &str) {
        match mark {
            "begin" => self.fields.push(Field::default()),
            "separate" => {
                let Some(field) = self.fields.last_mut() else {
                    return;
                };
                field.is_shown = true;
                if let Some(target) = hyperlink(&field.code) {
                    field.is_link = true;
                    self.open_link(target);
                }
            }
            "end" if self.fields.pop().is_some_and(|field| field.is_link) => {
                self.close_link();
            }
            _ => {}
        }
    }

    /// A piece of a field's code.
    pub(super) fn field_code(&mut self, code: &str) {
        if let Some(field) = self.fields.last_mut().filter(|field| !field.is_shown) {
            field.code.push_str(code);
        }
    }
}

/// The address in the code of a field that is a link.
pub(super) fn hyperlink(code: &str) -> Option<String> {
    let rest = code.trim_start().strip_prefix("HYPERLINK")?.trim_start();
    let quoted = rest.strip_prefix('"')?;
    let (target, _) = quoted.split_once('"')?;
    Some(target.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_is_a_link_becomes_one_and_its_code_is_no_text() {
        let mut paragraph = Paragraph::default();
        paragraph.text.push_str("See ");
        paragraph.field_mark("begin");
        paragraph.field_code(" HYPERLINK \"https://e");
        paragraph.field_code(".com/\" \\h ");
        paragraph.field_mark("separate");
        paragraph.text.push_str("the page");
        paragraph.field_mark("end");
        paragraph.field_mark("end");
        assert_eq!(paragraph.text, "See [the page](https://e.com/)");
        assert_eq!(hyperlink("PAGE \\* MERGEFORMAT"), None);
        assert_eq!(hyperlink("HYPERLINK \\l \"anchor\""), None);
    }
}
