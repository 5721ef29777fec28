//! The stack of open elements, and what each means for what stands inside it.

use std::rc::Rc;

use htmd::Node;
use html5ever::LocalName;

use crate::html::{element::Kind, style::Look};

/// What holds inside an open element.
#[derive(Clone)]
pub(super) struct Context {
    /// Where children go.
    pub(super) container: Rc<Node>,
    /// How text looks.
    pub(super) look: Look,
    /// Inside an element whose content is never shown.
    pub(super) dropped: bool,
    /// Inside `pre`.
    pub(super) in_pre: bool,
    /// Inside `thead`.
    pub(super) in_head: bool,
    /// The marks around.
    pub(super) marks: Vec<&'static str>,
    /// Nodes from the root.
    pub(super) depth: u16,
    /// Quotes and lists around.
    pub(super) indent: u16,
}

impl Context {
    /// Nothing is open.
    pub(super) fn root(container: Rc<Node>) -> Self {
        Self {
            container,
            look: Look::default(),
            dropped: false,
            in_pre: false,
            in_head: false,
            marks: Vec::new(),
            depth: 0,
            indent: 0,
        }
    }
}

/// An open element.
pub(super) struct Open {
    pub(super) name: LocalName,
    pub(super) kind: Kind,
    pub(super) context: Context,
    /// The node it made, if any.
    pub(super) made: Option<Rc<Node>>,
}

/// The open elements, outermost first, bounded in number.
pub(super) struct OpenElements {
    root: Context,
    stack: Vec<Open>,
    max: usize,
    /// Elements opened beyond the bound and not yet closed; what they hold is dropped.
    overflow: usize,
    overflowed: bool,
}

impl OpenElements {
    pub(super) fn new(root: Context, max: usize) -> Self {
        Self {
            root,
            stack: Vec::new(),
            max,
            overflow: 0,
            overflowed: false,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.stack.len()
    }

    /// The context of the page itself.
    pub(super) fn root(&mut self) -> &mut Context {
        &mut self.root
    }

    /// The context of the innermost open element.
    pub(super) fn top(&self) -> &Context {
        self.stack.last().map_or(&self.root, |open| &open.context)
    }

    pub(super) fn is_full(&self) -> bool {
        self.stack.len() >= self.max
    }

    pub(super) fn push(&mut self, open: Open) {
        if self.is_full() {
            self.overflow += usize::from(!open.kind.may_stay_open());
            self.overflowed = true;
        } else {
            self.stack.push(open);
        }
    }

    pub(super) fn pop(&mut self) -> Option<Open> {
        self.stack.pop()
    }

    pub(super) fn is_overflowing(&self) -> bool {
        self.overflow > 0
    }

    pub(super) fn overflowed(&self) -> bool {
        self.overflowed
    }

    /// Counts a start tag beyond the bound, if one is open there already.
    pub(super) fn enter_overflow(&mut self, kind: Kind) -> bool {
        let inside = self.is_overflowing();
        self.overflow += usize::from(inside && !kind.may_stay_open());
        inside
    }

    /// Counts an end tag beyond the bound, if an element is open there.
    pub(super) fn leave_overflow(&mut self, kind: Kind) -> bool {
        let inside = self.is_overflowing();
        self.overflow -= usize::from(inside && !kind.may_stay_open());
        inside
    }

    /// The innermost element that is wanted, unless a stop comes first.
    pub(super) fn find(
        &self,
        wanted: impl Fn(&Open) -> bool,
        stop: impl Fn(&Open) -> bool,
    ) -> Option<usize> {
        for (index, open) in self.stack.iter().enumerate().rev() {
            if wanted(open) {
                return Some(index);
            }
            if stop(open) {
                return None;
            }
        }
        None
    }

    /// Whether the innermost table part is one that holds rows or cells, not content.
    pub(super) fn in_table_skeleton(&self) -> bool {
        self.stack
            .iter()
            .rev()
            .map(|open| open.kind)
            .find(|kind| kind.is_table_skeleton() || kind.is_barrier())
            .is_some_and(Kind::is_table_skeleton)
    }
}
