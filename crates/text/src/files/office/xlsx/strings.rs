//! The strings that the cells of a workbook share.

use crate::files::{
    FileError,
    budget::Budget,
    error::Kind,
    office::xml::{Node, Walk},
};

/// More is no workbook that a person made. Each costs no more than where it ends.
const MAX_STRINGS: usize = 2_000_000;

/// All strings, one after the other, so that millions of empty ones cost no more than their number.
#[derive(Debug, Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<usize>,
}

impl Strings {
    pub(super) fn read(text: &str, budget: &Budget) -> Result<Self, FileError> {
        let (mut strings, mut walk) = (Self::default(), Walk::new(text, budget));
        while let Some(node) = walk.next()? {
            match node {
                // Readings of Japanese words repeat what is there.
                Node::Open(element) if element.name() == "rPh" => walk.skip()?,
                Node::Open(element) if element.name() == "t" => {
                    strings.text.push_str(&walk.text()?);
                }
                Node::Close(name) if name == "si" => strings.end()?,
                _ => {}
            }
        }
        Ok(strings)
    }

    fn end(&mut self) -> Result<(), FileError> {
        if self.ends.len() >= MAX_STRINGS {
            return Err(Kind::TooLarge("it has too many strings").into());
        }
        self.ends.push(self.text.len());
        Ok(())
    }

    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = match index.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.text.get(start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::budget::tests::plenty;

    #[test]
    fn runs_of_a_string_are_one_and_readings_are_left_out() {
        let text = "<sst><si><t>a</t></si><si/><si><r><t>b</t></r><r><t xml:space='preserve'> c</t></r>\
            <rPh><t>no</t></rPh></si></sst>";
        let strings = Strings::read(text, &plenty()).unwrap();
        let all: Vec<_> = (0..4).map(|index| strings.get(index)).collect();
        assert_eq!(all, [Some("a"), Some(""), Some("b c"), None]);
    }

    #[test]
    fn their_number_is_bounded() {
        let mut strings = Strings {
            ends: vec![0; MAX_STRINGS - 1],
            ..Strings::default()
        };
        strings.end().unwrap();
        assert!(strings.end().unwrap_err().is_too_large());
    }
}
