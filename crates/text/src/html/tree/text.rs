//! The text since the last node, with its white space already collapsed.

use std::rc::Rc;

use htmd::Node;

use super::node::{VERBATIM, element, text};
use crate::chars::is_invisible;

/// A run of text that has not become a node yet, and the budget for all text.
pub(super) struct TextRun {
    pending: String,
    /// Whether white space here would be at the start of a line or double.
    after_space: bool,
    /// Whether the next line feed is the one that HTML ignores after `<pre>`.
    at_pre_start: bool,
    /// Whether text was left out since somebody last asked.
    suppressed: bool,
    left: usize,
}

impl TextRun {
    pub(super) fn new(budget: usize) -> Self {
        Self {
            pending: String::new(),
            after_space: true,
            at_pre_start: false,
            suppressed: false,
            // One more than can be returned, so that the cut at the end sees that something is missing.
            left: budget.saturating_add(1),
        }
    }

    /// Whether the budget is spent.
    pub(super) fn is_full(&self) -> bool {
        self.left == 0
    }

    pub(super) fn spend(&mut self, chars: usize) {
        self.left = self.left.saturating_sub(chars);
    }

    /// What follows starts a line.
    pub(super) fn start_block(&mut self) {
        self.after_space = true;
    }

    pub(super) fn start_pre(&mut self) {
        self.at_pre_start = true;
    }

    /// Notes that something was left out because nobody sees it.
    pub(super) fn suppress(&mut self) {
        self.suppressed = true;
    }

    pub(super) fn take_suppressed(&mut self) -> bool {
        std::mem::take(&mut self.suppressed)
    }

    /// Adds text, its white space collapsed.
    pub(super) fn push(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_whitespace() {
                if !self.after_space {
                    self.add(' ');
                }
                self.after_space = true;
            } else if !is_invisible(c) {
                self.add(c);
                self.after_space = false;
            }
        }
    }

    /// Adds text as it stands.
    pub(super) fn push_verbatim(&mut self, text: &str) {
        let text = match text.strip_prefix('\n') {
            Some(rest) if self.at_pre_start => rest,
            _ => text,
        };
        self.at_pre_start = false;
        for c in text.chars() {
            match c {
                '\u{a0}' => self.add(' '),
                '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => self.add('\n'),
                c if is_invisible(c) => {}
                c => self.add(c),
            }
        }
    }

    fn add(&mut self, c: char) {
        if self.left > 0 {
            self.left -= 1;
            self.pending.push(c);
        }
    }

    /// The node of what has come together.
    pub(super) fn take_node(&mut self, in_pre: bool, in_code: bool) -> Option<Rc<Node>> {
        if self.pending.is_empty() {
            return None;
        }
        let pending = std::mem::take(&mut self.pending);
        Some(if in_pre || in_code {
            text(&pending)
        } else {
            element(VERBATIM, &[("text", &pending)])
        })
    }
}
