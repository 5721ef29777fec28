//! The rules of `<style>` elements, as far as they are simple: a tag, a class, an id, a class or an id of a tag.
//!
//! Rules for the same elements are one as soon as they are read, so that an element asks for a rule as often as it has
//! classes, however many rules there are.

use std::collections::HashMap;

use super::{
    LEAST_OPACITY,
    color::Paint,
    css::{declarations, find, lower, pieces, without_comments},
    declaration::{Property, Value, meaning},
    length::Extent,
    own::{Own, more_exact, weight},
};

/// Declarations kept, counted for each selector. A megabyte of rules made for it stays below.
const MAX_DECLARATIONS: usize = 250_000;
/// Rules in `@media` and the like, in each other.
const MAX_DEPTH: u8 = 4;
/// A screen that a mail is read on, in pixels.
const SCREEN: f64 = 1024.0;

/// What a rule is asked for by.
#[derive(Debug, Clone, Copy)]
pub(in crate::html) struct Names<'a> {
    pub(in crate::html) tag: &'a str,
    pub(in crate::html) id: Option<&'a str>,
    pub(in crate::html) class: Option<&'a str>,
}

/// The rules of all style sheets of a page.
#[derive(Debug, Default)]
pub(in crate::html) struct Sheet {
    /// By the selector, in lower case.
    rules: HashMap<String, Own>,
    /// Declarations kept so far, counted for each selector.
    kept: usize,
    order: u32,
}

/// How far a rule is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// It holds.
    Whole,
    /// It holds on some screens: it is believed where it shows.
    Shows,
    /// It holds for some of the elements: which colours these have, nobody can say here.
    Colors,
}

impl Sheet {
    /// Adds the rules of a style sheet.
    pub(in crate::html) fn add(&mut self, css: &str) {
        let css = without_comments(css);
        self.rules(&css, Trust::Whole, 0);
    }

    /// Whether there were more rules than are kept.
    pub(in crate::html) fn overflowed(&self) -> bool {
        self.kept > MAX_DECLARATIONS
    }

    /// The declarations for an element.
    pub(in crate::html) fn own(&self, names: Names<'_>) -> Own {
        let mut own = Own::default();
        if self.rules.is_empty() {
            return own;
        }
        let tag = names.tag;
        self.put(&mut own, "*");
        self.put(&mut own, tag);
        let classes = names.class.unwrap_or_default().split_ascii_whitespace();
        let classes = classes.map(|class| format!(".{class}"));
        let id = names.id.map(|id| format!("#{id}"));
        for mut key in classes.chain(id) {
            key.make_ascii_lowercase();
            self.put(&mut own, &key);
            self.put(&mut own, &format!("{tag}{key}"));
        }
        own
    }

    fn put(&self, own: &mut Own, key: &str) {
        if let Some(rule) = self.rules.get(key) {
            own.put_all(rule);
        }
    }

    fn rules(&mut self, css: &str, trust: Trust, depth: u8) {
        let mut rest = css;
        while let Some(at) = find(rest, &['{', ';', '}']) {
            let (head, tail) = rest.split_at(at);
            let (Some(body), true) = (tail.strip_prefix('{'), !self.overflowed()) else {
                rest = tail.get(1..).unwrap_or_default();
                continue;
            };
            let end = find(body, &['}']).unwrap_or(body.len());
            let (body, after) = body.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            let head = head
                .trim()
                .trim_start_matches("<!--")
                .trim_start_matches("-->");
            self.rule(head.trim(), body, trust, depth);
        }
    }

    fn rule(&mut self, head: &str, body: &str, trust: Trust, depth: u8) {
        let Some(at_rule) = head.strip_prefix('@') else {
            return self.style_rule(head, body, trust);
        };
        let at_rule = lower(at_rule);
        let (name, condition) = match at_rule.split_once(|c: char| !c.is_alphanumeric() && c != '-')
        {
            Some((name, _)) => (name, at_rule.get(name.len()..).unwrap_or_default().trim()),
            None => (at_rule.as_str(), ""),
        };
        let holds = match name {
            "media" => media(condition),
            "layer" => Some(Trust::Whole),
            _ => None,
        };
        let trust = match (trust, holds) {
            (_, None) => return,
            (Trust::Whole, Some(holds)) => holds,
            (trust, Some(_)) => trust,
        };
        if depth < MAX_DEPTH {
            self.rules(body, trust, depth + 1);
        }
    }

    fn style_rule(&mut self, head: &str, body: &str, trust: Trust) {
        // Of several about the same one holds here already: what follows is done for each selector.
        let mut said = Own::default();
        for (name, value, important) in declarations(body) {
            self.order = self.order.saturating_add(1);
            for (property, value) in meaning(&name, &value) {
                said.put(weight(important, self.order), property, value);
            }
        }
        if said.all().next().is_none() {
            return;
        }
        for selector in pieces(head, ',') {
            self.kept += 1;
            if let Some((key, exactness, simple)) = key(selector) {
                let trust = if simple { trust } else { Trust::Colors };
                self.keep(key, exactness, &said, trust);
            }
            if self.overflowed() {
                return;
            }
        }
    }

    fn keep(&mut self, key: String, exactness: u32, said: &Own, trust: Trust) {
        let own = self.rules.entry(key).or_default();
        for (weight, property, value) in said.all() {
            if let Some(value) = trusted(property, value, trust) {
                own.put(weight + more_exact(exactness), property, value);
            }
            self.kept += 1;
        }
    }
}

/// What is believed of a declaration.
fn trusted(property: Property, value: Value, trust: Trust) -> Option<Value> {
    let unknown = Value::Paint(Paint::Unknown);
    match (trust, property, value) {
        (Trust::Whole, ..) | (_, Property::Picture, _) => Some(value),
        (_, Property::Color | Property::Background, _) => Some(unknown),
        (Trust::Shows, _, Value::Flag(false) | Value::Extent(Extent::More)) => Some(value),
        (Trust::Shows, _, Value::Share(share)) if share > LEAST_OPACITY => Some(value),
        _ => None,
    }
}

/// States and parts of an element that its text is not in when it is first shown.
const UNLIKE_AT_FIRST: [&str; 7] = [
    "::", ":before", ":after", ":hover", ":active", ":focus", ":visited",
];

fn cut_at<'a>(text: &'a str, ends: &[char]) -> (&'a str, &'a str) {
    text.split_at(find(text, ends).unwrap_or(text.len()))
}

/// Where a selector's rule is found, how exact it is, and whether it stands for just the elements that are found so; none
/// where it stands for no element as it is shown at first.
fn key(selector: &str) -> Option<(String, u32, bool)> {
    let selector = selector.trim();
    if selector.eq_ignore_ascii_case(":root") {
        return Some(("html".to_owned(), 1000, true));
    }
    let mut last = selector;
    while let Some(at) = find(last, &[' ', '\n', '\r', '\t', '>', '+', '~']) {
        last = last.get(at + 1..)?;
    }
    let (compound, condition) = cut_at(last, &[':', '[']);
    let condition = condition.to_ascii_lowercase();
    if UNLIKE_AT_FIRST
        .iter()
        .any(|state| condition.contains(state))
    {
        return None;
    }
    let (tag, names) = cut_at(compound, &['.', '#']);
    let tag = if tag == "*" && !names.is_empty() {
        ""
    } else {
        tag
    };
    // Of several names the first is enough to find it by.
    let more = names.get(1..).and_then(|rest| find(rest, &['.', '#']));
    let first = names.get(..more.map_or(names.len(), |at| at + 1))?;
    let simple = compound.len() == selector.len() && more.is_none();
    let key = match (tag, first) {
        ("", "") if condition.is_empty() => return None,
        ("", "") => "*".to_owned(),
        _ => lower(&format!("{tag}{first}")),
    };
    let exactness = u32::from(!tag.is_empty() && tag != "*")
        + match first.chars().next() {
            Some('#') => 100_000,
            Some(_) => 1000,
            None => 0,
        }
        // What else it asks for makes it more exact.
        + if simple { 0 } else { 10_000 };
    Some((key, exactness, simple))
}

/// Whether a style sheet with this `media` attribute counts.
pub(in crate::html) fn applies(media_attribute: Option<&str>) -> bool {
    media_attribute.is_none_or(|condition| media(&lower(condition)) == Some(Trust::Whole))
}

/// What is believed of rules under a condition; none where they do not hold on a screen that a mail is read on.
fn media(condition: &str) -> Option<Trust> {
    let mut best = condition.is_empty().then_some(Trust::Whole);
    for query in pieces(condition, ',') {
        let mut parts = query.split(" and ").map(str::trim);
        let first = parts.next().unwrap_or_default();
        let first = first.trim_start_matches("only ").trim();
        if matches!(first, "all" | "screen") {
            match parts.clone().next() {
                None => return Some(Trust::Whole),
                Some(_) if parts.all(fits_screen) => best = Some(Trust::Shows),
                Some(_) => {}
            }
        } else if fits_screen(first) && parts.all(fits_screen) {
            best = Some(Trust::Shows);
        }
    }
    best
}

fn fits_screen(feature: &str) -> bool {
    let inner = feature.strip_prefix('(').and_then(|f| f.strip_suffix(')'));
    let Some((name, value)) = inner.and_then(|inner| inner.split_once(':')) else {
        return false;
    };
    let width = value
        .trim()
        .strip_suffix("px")
        .and_then(|n| n.parse::<f64>().ok());
    match (name.trim(), width) {
        ("min-width" | "min-device-width", Some(width)) => width <= SCREEN,
        ("max-width" | "max-device-width", Some(width)) => width > SCREEN,
        _ => false,
    }
}
