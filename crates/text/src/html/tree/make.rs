//! Which node an element makes.

use std::rc::Rc;

use htmd::Node;
use html5ever::tokenizer::Tag;

use super::{
    Builder,
    attrs::Attrs,
    node::{append, element, is_element, mark_nested, reopenable},
    open::Context,
};
use crate::{
    chars::one_line,
    html::{element::Kind, link::target, style::is_normal_weight},
};

/// Nodes on one path: the depth of recursion while rendering.
const MAX_NODE_DEPTH: u16 = 96;
/// Quotes and lists in each other: each adds to every line inside it, and copies it once more.
const MAX_INDENT: u16 = 8;

impl Builder {
    /// Makes the node of an element that has one, and descends into it.
    pub(super) fn make_node(
        &mut self,
        kind: Kind,
        tag: &Tag,
        attrs: &Attrs<'_>,
        context: &mut Context,
    ) -> Option<Rc<Node>> {
        // A table that was made gets its rows and cells.
        let part = matches!(kind, Kind::Row | Kind::Cell | Kind::Caption);
        if context.depth >= MAX_NODE_DEPTH && !part {
            return None;
        }
        let in_pre = context.in_pre;
        let node = match kind {
            Kind::Quote | Kind::List | Kind::Item => {
                if context.indent >= MAX_INDENT {
                    return None;
                }
                context.indent += 1;
                element(
                    if kind == Kind::Quote {
                        "blockquote"
                    } else {
                        list_tag(&tag.name)
                    },
                    &[],
                )
            }
            Kind::Block if attrs.is_quoted_mail() && context.indent < MAX_INDENT => {
                context.indent += 1;
                element("blockquote", &[])
            }
            Kind::Block => element("div", &[]),
            Kind::Paragraph => element("p", &[]),
            Kind::Heading => element(&tag.name, &[]),
            Kind::Table => {
                mark_nested(&context.container);
                element("table", &attrs.only(&["role"]))
            }
            Kind::Row if is_element(&context.container, "table") => element("tr", &[]),
            Kind::Cell if !is_element(&context.container, "tr") => return None,
            Kind::Cell if context.in_head => element("th", &attrs.only(&["colspan", "rowspan"])),
            Kind::Cell => element(&tag.name, &attrs.only(&["colspan", "rowspan"])),
            Kind::Caption if is_element(&context.container, "table") => element("caption", &[]),
            Kind::Link => return self.make_link(attrs, context),
            Kind::Pre if !in_pre => return Some(self.make_pre(context)),
            Kind::Mark(mark) if !in_pre && !context.marks.contains(&mark) => {
                if attrs.get("style").is_some_and(is_normal_weight) {
                    return None;
                }
                return Some(self.make_mark(mark, context));
            }
            _ => return None,
        };
        self.enter(&node, context);
        Some(node)
    }

    pub(super) fn make_link(
        &mut self,
        attrs: &Attrs<'_>,
        context: &mut Context,
    ) -> Option<Rc<Node>> {
        let href = target(attrs.get("href")?)?;
        let label = attrs
            .get("aria-label")
            .or_else(|| attrs.get("title"))
            .map(one_line);
        self.flush_into(&context.container.clone());
        self.run.spend(href.chars().count());
        self.run.take_suppressed();
        let node = element(
            "a",
            &[("href", &href), ("title", &label.unwrap_or_default())],
        );
        self.enter(&node, context);
        Some(node)
    }

    /// A `pre` becomes a fenced block: `pre` around `code`.
    fn make_pre(&mut self, context: &mut Context) -> Rc<Node> {
        let pre = element("pre", &[]);
        self.enter(&pre, context);
        self.enter(&element("code", &[]), context);
        context.in_pre = true;
        self.run.start_pre();
        pre
    }

    /// A mark directly after one of its kind goes on with it.
    fn make_mark(&mut self, mark: &'static str, context: &mut Context) -> Rc<Node> {
        self.flush_into(&context.container.clone());
        context.marks.push(mark);
        if let Some(previous) = reopenable(&context.container, mark) {
            context.container = Rc::clone(&previous);
            context.depth += 1;
            return previous;
        }
        let node = element(mark, &[]);
        self.enter(&node, context);
        node
    }

    fn enter(&mut self, node: &Rc<Node>, context: &mut Context) {
        self.flush_into(&context.container.clone());
        append(&context.container, node);
        context.container = Rc::clone(node);
        context.depth += 1;
    }
}

fn list_tag(name: &str) -> &str {
    match name {
        "li" | "ol" => name,
        _ => "ul",
    }
}
