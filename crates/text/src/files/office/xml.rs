//! XML as a walk over its elements: no recursion, no entities, no deeper than people nest.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::files::{FileError, budget::Budget, office::damaged};

/// How deep elements may stand. Word nests some twenty deep for a table in a text box in a table.
const MAX_DEPTH: usize = 256;

/// One step of a walk; names come without their prefix.
pub(super) enum Node<'a> {
    Open(Element<'a>),
    Close(String),
    Text(Cow<'a, str>),
}

/// A start tag.
pub(super) struct Element<'a>(BytesStart<'a>);

impl Element<'_> {
    pub(super) fn name(&self) -> &str {
        let name = self.0.name().into_inner();
        local(name)
    }

    /// An attribute's value by its name without prefix.
    pub(super) fn attr(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        attributes
            .with_checks(false)
            .flatten()
            .find(|attribute| local(attribute.key.into_inner()) == name)
            .map(|attribute| unescaped(&attribute.value))
    }

    /// Like `attr`, for one whose name has a prefix: a slide's `r:id` stands beside its `id`.
    pub(super) fn prefixed(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        attributes
            .with_checks(false)
            .flatten()
            .find(|attribute| {
                let key = attribute.key.into_inner();
                key.contains(':') && local(key) == name
            })
            .map(|attribute| unescaped(&attribute.value))
    }

    /// A number in an attribute.
    pub(super) fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.attr(name)?.trim().parse().ok()
    }

    /// Whether an element that switches something on does so: it does without a value.
    pub(super) fn is_on(&self) -> bool {
        let value = self.attr("val");
        !matches!(value.as_deref(), Some("0" | "false" | "off" | "none"))
    }

    /// Whether an attribute says yes.
    pub(super) fn is_true(&self, name: &str) -> bool {
        matches!(self.attr(name).as_deref(), Some("1" | "true" | "on"))
    }
}

/// A walk over the elements of one part.
pub(super) struct Walk<'a> {
    reader: Reader<&'a [u8]>,
    budget: &'a Budget,
    depth: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn new(text: &'a str, budget: &'a Budget) -> Self {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.allow_dangling_amp = true;
        Self {
            reader,
            budget,
            depth: 0,
        }
    }

    /// The next element or text; nothing at the end.
    pub(super) fn next(&mut self) -> Result<Option<Node<'a>>, FileError> {
        loop {
            self.budget.tick()?;
            let event = self.reader.read_event();
            return Ok(Some(
                match event.map_err(|_| damaged("its XML is broken"))? {
                    Event::Start(start) => {
                        self.deeper()?;
                        Node::Open(Element(start))
                    }
                    Event::End(end) => {
                        self.depth = self.depth.saturating_sub(1);
                        Node::Close(local(end.name().into_inner()).to_owned())
                    }
                    Event::Text(text) => Node::Text(text.into_inner()),
                    Event::CData(text) => Node::Text(text.into_inner()),
                    Event::GeneralRef(reference) => Node::Text(resolved(&reference)),
                    Event::Eof => return Ok(None),
                    _ => continue,
                },
            ));
        }
    }

    fn deeper(&mut self) -> Result<(), FileError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(damaged("its XML is nested too deeply"));
        }
        Ok(())
    }

    /// Leaves out the rest of the element that was opened last.
    pub(super) fn skip(&mut self) -> Result<(), FileError> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside && self.next()?.is_some() {}
        Ok(())
    }

    /// The text in the element that was opened last, whatever the elements in between.
    pub(super) fn text(&mut self) -> Result<String, FileError> {
        let outside = self.depth.saturating_sub(1);
        let mut all = String::new();
        while self.depth > outside {
            match self.next()? {
                Some(Node::Text(text)) => all.push_str(&text),
                Some(_) => {}
                None => break,
            }
        }
        Ok(all)
    }
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// A reference: of a character or one of the five of XML. Those that a document type declares stay as they are written.
fn resolved(reference: &BytesRef<'_>) -> Cow<'static, str> {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return Cow::Owned(c.into());
    }
    let name = reference.xml10_content();
    match quick_xml::escape::resolve_predefined_entity(&name) {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(format!("&{name};")),
    }
}

fn unescaped(value: &str) -> String {
    match quick_xml::escape::unescape(value) {
        Ok(text) => text.into_owned(),
        Err(_) => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::budget::tests::plenty;

    #[test]
    fn entities_of_a_document_type_are_not_expanded() {
        let text = "<!DOCTYPE a [<!ENTITY x \"lots\">]><a b='&#65;&amp;'>1 &lt; &x; &#x42;<![CDATA[<]]></a>";
        let budget = plenty();
        let mut walk = Walk::new(text, &budget);
        let Some(Node::Open(a)) = walk.next().unwrap() else {
            panic!("no element");
        };
        assert_eq!(a.attr("b").as_deref(), Some("A&"));
        assert_eq!(walk.text().unwrap(), "1 < &x; B<");
    }

    #[test]
    fn depth_is_bounded_and_skipping_ends_where_the_element_does() {
        let deep = "<a>".repeat(MAX_DEPTH + 1);
        let budget = plenty();
        let mut walk = Walk::new(&deep, &budget);
        let error = std::iter::repeat_with(|| walk.next()).find_map(Result::err);
        assert!(error.unwrap().to_string().contains("too deeply"));

        let mut walk = Walk::new("<a><x><x/>no</x><b>yes</b></a>", &budget);
        walk.next().unwrap();
        walk.next().unwrap();
        walk.skip().unwrap();
        assert!(matches!(walk.next().unwrap(), Some(Node::Open(b)) if b.name() == "b"));
    }
}
