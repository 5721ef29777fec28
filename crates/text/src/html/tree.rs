//! From tokens to a small tree, bounded while it is built.
//!
//! The tokens are html5ever's; the tree is not its tree builder's. That one has no bound on depth, and a hostile input
//! makes it quadratic in time and memory (scope checks over the open elements, formatting elements rebuilt in each
//! paragraph). Here an end tag closes what stands open inside its element, nothing is rebuilt, and the open elements are
//! bounded, so that the work is linear. What a reader cannot see never enters the tree.

mod attrs;
mod make;
mod node;
mod open;
mod sheets;
mod structure;
mod text;

use std::{cell::RefCell, rc::Rc};

use htmd::Node;
use html5ever::{
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
        states::RawKind,
    },
};

pub(super) use self::node::{attribute, children, is_element};
use self::{
    attrs::Attrs,
    node::{append, detach, element, has_children},
    open::{Context, Open, OpenElements},
    sheets::sheets,
    text::TextRun,
};
use super::{
    element::Kind,
    style::{Look, Sheet},
};
use crate::{chars::one_line, limits::Limits};

/// Elements open at once, at the most: the cost of one end tag.
const MAX_OPEN: usize = 512;

/// A finished tree.
pub(super) struct Tree {
    pub(super) root: Rc<Node>,
    pub(super) truncated: bool,
}

/// Reads HTML into a tree.
pub(super) fn build(html: &str, limits: &Limits) -> Tree {
    let sheet = sheets(html);
    let sink = Sink(RefCell::new(Builder::new(limits, sheet)));
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    // The sink never answers with a script or an encoding, so that one call reads everything.
    let _done = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner().finish()
}

/// What html5ever hands its tokens to.
struct Sink(RefCell<Builder>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut builder = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => builder.text(&text),
            Token::TagToken(tag) => return builder.tag(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

struct Builder {
    root: Rc<Node>,
    open: OpenElements,
    run: TextRun,
    sheet: Sheet,
}

impl Builder {
    fn new(limits: &Limits, sheet: Sheet) -> Self {
        let root = element("body", &[]);
        let mut context = Context::root(Rc::clone(&root));
        // A page has both, whether it says so or not.
        for tag in ["html", "body"] {
            context.look = Attrs(&[]).look(tag, &sheet, context.look);
        }
        // Nobody can say what so many rules hide.
        context.look.hidden |= sheet.overflowed();
        Self {
            open: OpenElements::new(context, limits.max_depth.min(MAX_OPEN)),
            root,
            run: TextRun::new(limits.max_output_chars),
            sheet,
        }
    }

    fn finish(mut self) -> Tree {
        self.close_down_to(0);
        Tree {
            truncated: self.run.is_full() || self.open.overflowed() || self.sheet.overflowed(),
            root: self.root,
        }
    }

    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let kind = Kind::of(&tag.name);
        if self.run.is_full() {
            return TokenSinkResult::Continue;
        }
        match tag.kind {
            TagKind::StartTag => self.start(kind, tag),
            TagKind::EndTag => {
                self.end(kind, &tag.name);
                TokenSinkResult::Continue
            }
        }
    }

    fn start(&mut self, kind: Kind, tag: &Tag) -> TokenSinkResult<()> {
        let attrs = Attrs(&tag.attrs);
        match kind {
            Kind::Raw(raw) => return TokenSinkResult::RawData(self.start_raw(raw, tag)),
            Kind::Ignored if &*tag.name == "html" => {
                let look = attrs.look("html", &self.sheet, self.open.root().look);
                self.open.root().look = look;
            }
            Kind::Ignored | Kind::Void => {}
            Kind::Break => self.line_break(),
            Kind::Rule => self.rule(),
            Kind::Image => self.image(tag, &attrs),
            Kind::Area => self.area(tag, &attrs),
            _ if tag.self_closing && self.open.top().dropped => {}
            _ if self.open.enter_overflow(kind) => {}
            _ => self.open_element(kind, tag, &attrs),
        }
        match &*tag.name {
            "xmp" => TokenSinkResult::RawData(RawKind::Rawtext),
            "plaintext" => TokenSinkResult::Plaintext,
            _ => TokenSinkResult::Continue,
        }
    }

    /// Raw text that is not shown: an element that drops its content, whose end tag is the next one.
    fn start_raw(&mut self, raw: RawKind, tag: &Tag) -> RawKind {
        let mut context = self.open.top().clone();
        context.look.hidden = true;
        self.open.push(Open {
            name: tag.name.clone(),
            kind: Kind::Dropped,
            context,
            made: None,
        });
        raw
    }

    fn open_element(&mut self, kind: Kind, tag: &Tag, attrs: &Attrs<'_>) {
        self.close_implied(kind, &tag.name);
        let hidden = self.look(tag, attrs, self.open.top().look).hidden;
        let kind = if hidden {
            kind
        } else {
            self.fit_into_table(kind)
        };
        let mut context = self.open.top().clone();
        context.dropped |= kind == Kind::Dropped;
        let is_link = kind == Kind::Link && attrs.get("href").is_some();
        context.look = self.look(
            tag,
            attrs,
            if is_link {
                context.look.for_link()
            } else {
                context.look
            },
        );
        context.look.hidden |= context.dropped;
        context.in_head = match kind {
            Kind::Head => true,
            Kind::Table | Kind::RowGroup => false,
            _ => context.in_head,
        };
        if kind.is_block() {
            self.flush();
            self.run.start_block();
        }
        let mut made = None;
        if !context.look.hidden && !self.open.is_full() {
            made = self.make_node(kind, tag, attrs, &mut context);
            let starts_line = kind.ends_paragraph() || matches!(kind, Kind::Row | Kind::Cell);
            if made.is_none() && starts_line && !context.in_pre {
                append(&context.container, &element("br", &[]));
            }
        }
        if is_link && !context.look.shows_pictures() {
            self.run.suppress();
        }
        self.open.push(Open {
            name: tag.name.clone(),
            kind,
            context,
            made,
        });
    }

    fn look(&self, tag: &Tag, attrs: &Attrs<'_>, around: Look) -> Look {
        attrs.look(&tag.name, &self.sheet, around)
    }

    fn open_plain(&mut self, kind: Kind, name: &str) {
        let tag = Tag {
            kind: TagKind::StartTag,
            name: name.into(),
            self_closing: false,
            attrs: Vec::new(),
        };
        self.open_element(kind, &tag, &Attrs(&[]));
    }

    fn end(&mut self, kind: Kind, name: &str) {
        if self.open.leave_overflow(kind) {
            return;
        }
        if name == "br" {
            return self.line_break();
        }
        let found = match kind {
            Kind::Ignored | Kind::Body => None,
            Kind::Table => self.open.find(|o| o.kind == Kind::Table, |_| false),
            Kind::Head | Kind::RowGroup | Kind::Row | Kind::Cell | Kind::Caption => self
                .open
                .find(|o| &*o.name == name, |o| o.kind == Kind::Table),
            Kind::Inline => self.open.find(|o| &*o.name == name, |o| o.kind.is_block()),
            Kind::Heading => self
                .open
                .find(|o| o.kind == Kind::Heading, |o| o.kind.is_barrier()),
            _ => self
                .open
                .find(|o| &*o.name == name, |o| o.kind.is_barrier()),
        };
        if let Some(at) = found {
            self.close_down_to(at);
        }
    }

    fn close_down_to(&mut self, at: usize) {
        self.flush();
        while self.open.len() > at {
            let Some(closed) = self.open.pop() else {
                return;
            };
            if closed.kind.is_block() {
                self.run.start_block();
            }
            let Some(node) = closed.made.filter(|node| !has_children(node)) else {
                continue;
            };
            // An empty link is kept, for a picture or a style may show it; not one emptied because nobody sees its text.
            let kept = match closed.kind {
                Kind::Cell => true,
                Kind::Link => !self.run.take_suppressed(),
                _ => false,
            };
            if !kept {
                detach(&node);
            }
        }
    }

    fn text(&mut self, text: &str) {
        if self.run.is_full() || self.open.is_overflowing() {
            return;
        }
        if !self.open.top().look.shows_text() {
            self.run.suppress();
            return;
        }
        if self.open.in_table_skeleton() {
            if text.trim().is_empty() {
                return;
            }
            self.ensure_cell();
        }
        let top = self.open.top();
        if top.in_pre {
            self.run.push_verbatim(text);
        } else if top.look.keeps_lines {
            self.lines(text);
        } else {
            self.run.push(text);
        }
    }

    /// Text whose line feeds are shown as they stand.
    fn lines(&mut self, text: &str) {
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.line_break();
            }
            self.run.push(line);
        }
    }

    fn line_break(&mut self) {
        if self.open.top().look.shows_pictures() && !self.open.in_table_skeleton() {
            self.leaf("br");
        }
    }

    fn rule(&mut self) {
        self.close_implied(Kind::Block, "hr");
        if self.open.top().look.shows_pictures() {
            self.ensure_cell();
            self.leaf("hr");
        }
    }

    fn leaf(&mut self, name: &str) {
        if self.open.top().in_pre {
            self.run.push_verbatim("\n");
            return;
        }
        self.flush();
        append(&self.open.top().container, &element(name, &[]));
        self.run.spend(1);
        self.run.start_block();
    }

    /// An image is its alternative text; one of a pixel is nothing.
    fn image(&mut self, tag: &Tag, attrs: &Attrs<'_>) {
        let look = self.look(tag, attrs, self.open.top().look);
        if !look.shows_pictures() || attrs.is_pixel() {
            self.run.suppress();
            return;
        }
        self.ensure_cell();
        let alt = one_line(attrs.get("alt").unwrap_or_default());
        if alt.is_empty() {
            self.flush();
            append(&self.open.top().container, &element("img", &[]));
        } else {
            self.run.push(&alt);
        }
    }

    /// A link of an image map.
    fn area(&mut self, tag: &Tag, attrs: &Attrs<'_>) {
        let mut context = self.open.top().clone();
        if !self.look(tag, attrs, context.look).shows_pictures() {
            return;
        }
        self.ensure_cell();
        context = self.open.top().clone();
        if self.make_link(attrs, &mut context).is_some() {
            self.run
                .push(&one_line(attrs.get("alt").unwrap_or_default()));
            self.flush_into(&context.container);
            self.run.push(" ");
        }
    }

    fn flush(&mut self) {
        let container = Rc::clone(&self.open.top().container);
        self.flush_into(&container);
    }

    fn flush_into(&mut self, container: &Rc<Node>) {
        if let Some(node) = self
            .run
            .take_node(self.open.top().in_pre, is_element(container, "code"))
        {
            append(container, &node);
        }
    }
}
