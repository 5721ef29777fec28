//! The text of a shape or a cell: UTF-16 code units with styles, in paragraphs.

mod bullets;
mod show;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde_json::{Value, json};

pub(super) use self::bullets::{Bullet, PLACEHOLDER_LIST};

const NEWLINE: u16 = 0x0a;

/// Stands for the slide's number: a letter that Google strips from all text that comes in.
pub(super) const SLIDE_NUMBER: u16 = 0xe000;

/// A text; when there is any, the last code unit ends the last paragraph.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Text {
    units: Vec<u16>,
    /// Google's `TextStyle` of each code unit.
    styles: Vec<Arc<Value>>,
    /// One for each end of a paragraph.
    pub(super) paragraphs: Vec<Paragraph>,
    /// The presets of the lists by their ids.
    pub(super) lists: BTreeMap<String, String>,
}

/// How a paragraph is set.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Paragraph {
    /// Google's `ParagraphStyle`.
    pub(super) style: Value,
    pub(super) bullet: Option<Bullet>,
}

/// A piece of a paragraph in one style.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Run {
    pub(crate) start: usize,
    pub(crate) text: String,
    pub(crate) style: Arc<Value>,
}

impl Text {
    /// A text in one style, its paragraphs all alike.
    pub(super) fn of(text: &str, style: Value, paragraph: &Paragraph) -> Self {
        let mut made = Self::default();
        let mut text = text.to_owned();
        text.push('\n');
        made.units = text.encode_utf16().collect();
        made.styles = std::iter::repeat_n(Arc::new(style), made.units.len()).collect();
        let count = made.units.iter().filter(|it| **it == NEWLINE).count();
        made.paragraphs = vec![paragraph.clone(); count];
        if let Some(bullet) = &paragraph.bullet {
            made.lists
                .insert(bullet.list.clone(), bullets::DEFAULT.to_owned());
        }
        made
    }

    /// The length with the last paragraph's end.
    pub(super) fn len(&self) -> usize {
        self.units.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// The text without the end of the last paragraph.
    pub(super) fn plain(&self) -> String {
        let end = self.units.len().saturating_sub(1);
        String::from_utf16_lossy(&self.units[..end])
    }

    /// Puts text in; the first paragraph of an empty text is set like `usual`.
    pub(super) fn insert(
        &mut self,
        at: usize,
        text: &str,
        usual: &Paragraph,
    ) -> Result<(), String> {
        let had = self.units.len().saturating_sub(1);
        if at > had {
            return Err(format!(
                "The insertion index ({at}) should not be greater than the existing text length \
                 ({had})."
            ));
        }
        let new: Vec<u16> = clean(text).encode_utf16().collect();
        if new.is_empty() {
            return Ok(());
        }
        if self.units.is_empty() {
            *self = Self::of("", json!({}), usual);
        }
        // Never between the halves of a letter.
        let at = if self.is_within_pair(at) { at + 1 } else { at };
        let paragraph = self.paragraph_at(at);
        let copied = self.paragraphs[paragraph].clone();
        let ends = new.iter().filter(|it| **it == NEWLINE).count();
        self.paragraphs
            .splice(paragraph..paragraph, std::iter::repeat_n(copied, ends));
        // As what stands before it in its paragraph, else as what stands behind it.
        let before = at.checked_sub(1).filter(|it| self.units[*it] != NEWLINE);
        let style = Arc::clone(&self.styles[before.unwrap_or(at)]);
        self.styles
            .splice(at..at, std::iter::repeat_n(style, new.len()));
        self.units.splice(at..at, new);
        Ok(())
    }

    /// Takes text away; the end of the last paragraph stays.
    pub(super) fn delete(&mut self, range: Range<usize>) {
        let mut range = self.whole_letters(range);
        range.end = range.end.min(self.units.len().saturating_sub(1));
        if range.is_empty() {
            return;
        }
        let first = self.paragraph_at(range.start);
        let ends = self.units[range.clone()].iter();
        let ends = ends.filter(|it| **it == NEWLINE).count();
        // The first paragraph's setting is that of what is left.
        self.paragraphs.drain(first + 1..=first + ends);
        self.units.drain(range.clone());
        self.styles.drain(range);
        if self.units.len() == 1 {
            *self = Self::default();
        }
    }

    /// Replaces all matches; returns how many there were.
    pub(super) fn replace(
        &mut self,
        find: &dyn Fn(&str) -> Vec<Range<usize>>,
        with: &str,
    ) -> usize {
        let plain = self.plain();
        let found = find(&plain);
        let lists = self.lists.clone();
        let units = |byte: usize| plain[..byte].encode_utf16().count();
        let places: Vec<Range<usize>> = found
            .iter()
            .map(|it| units(it.start)..units(it.end))
            .collect();
        for place in places.iter().rev() {
            let copied = Arc::clone(&self.styles[place.start]);
            let paragraph = self.paragraphs[self.paragraph_at(place.start)].clone();
            self.delete(place.clone());
            if self.is_empty() {
                *self = Self::of("", Value::clone(&copied), &paragraph);
                self.lists.clone_from(&lists);
            }
            // The new text takes the style of what it stands for.
            let had = self.units.len();
            let _ = self.insert(place.start, with, &paragraph);
            let new = self.units.len() - had;
            for style in &mut self.styles[place.start..place.start + new] {
                *style = Arc::clone(&copied);
            }
        }
        if self.units.len() == 1 {
            *self = Self::default();
        }
        places.len()
    }

    /// Changes the styles of a range.
    pub(super) fn restyle(&mut self, range: Range<usize>, change: &dyn Fn(&mut Value)) {
        let range = self.whole_letters(range);
        for style in &mut self.styles[range] {
            let mut changed = Value::clone(style);
            change(&mut changed);
            *style = Arc::new(changed);
        }
    }

    /// The paragraphs that a range has a part of.
    pub(super) fn paragraphs_in(&self, range: &Range<usize>) -> Range<usize> {
        let last = range.end.saturating_sub(1).max(range.start);
        self.paragraph_at(range.start)..self.paragraph_at(last) + 1
    }

    /// Where a paragraph begins, and where its end stands.
    pub(super) fn bounds(&self, paragraph: usize) -> Range<usize> {
        let mut ends = self.ends();
        let start = match paragraph.checked_sub(1) {
            Some(before) => ends.nth(before).map_or(0, |end| end + 1),
            None => 0,
        };
        let end = ends.next().unwrap_or(self.units.len());
        start..end
    }

    /// The runs of a paragraph, its end left out.
    pub(super) fn runs(&self, paragraph: usize) -> Vec<Run> {
        self.runs_in(self.bounds(paragraph))
    }

    /// The style of the end of a paragraph, which an empty one is written in.
    pub(super) fn end_style(&self, paragraph: usize) -> Arc<Value> {
        let end = self.bounds(paragraph).end;
        self.styles.get(end).cloned().unwrap_or_default()
    }

    fn runs_in(&self, range: Range<usize>) -> Vec<Run> {
        let mut runs = Vec::new();
        let mut start = range.start;
        let is_number = |at: usize| self.units[at] == SLIDE_NUMBER;
        for at in range.clone() {
            let next = at + 1;
            let ends = next == range.end
                || self.styles[next] != self.styles[start]
                || is_number(at)
                || is_number(next);
            if ends {
                runs.push(Run {
                    start,
                    text: String::from_utf16_lossy(&self.units[start..next]),
                    style: Arc::clone(&self.styles[start]),
                });
                start = next;
            }
        }
        runs
    }

    fn ends(&self) -> impl Iterator<Item = usize> {
        let units = self.units.iter().enumerate();
        units
            .filter(|(_, unit)| **unit == NEWLINE)
            .map(|(at, _)| at)
    }

    /// The paragraph that a place is in.
    fn paragraph_at(&self, at: usize) -> usize {
        let before = self.units[..at.min(self.units.len())].iter();
        let before = before.filter(|it| **it == NEWLINE).count();
        before.min(self.paragraphs.len().saturating_sub(1))
    }

    fn is_within_pair(&self, at: usize) -> bool {
        at > 0
            && self
                .units
                .get(at)
                .is_some_and(|it| (0xdc00..0xe000).contains(it))
            && (0xd800..0xdc00).contains(&self.units[at - 1])
    }

    fn whole_letters(&self, range: Range<usize>) -> Range<usize> {
        let start = range.start - usize::from(self.is_within_pair(range.start));
        let end = range.end + usize::from(self.is_within_pair(range.end));
        start..end.min(self.units.len())
    }
}

/// What Google leaves of a text that comes in.
fn clean(text: &str) -> String {
    let is_kept = |letter: &char| !matches!(letter, '\0'..='\u{8}' | '\u{c}'..='\u{1f}' | '\u{e000}'..='\u{f8ff}');
    text.chars().filter(is_kept).collect()
}

#[cfg(test)]
mod tests;
