//! From the tree to Markdown, by htmd, with handlers of ours where mail needs more.

use std::{rc::Rc, sync::LazyLock};

use htmd::{
    Element, HtmlToMarkdown, Node,
    element_handler::{HandlerResult, Handlers},
    options::{BulletListMarker, Options},
};

use super::{
    table::table,
    tree::{attribute, children, is_element},
};

static CONVERTER: LazyLock<HtmlToMarkdown> = LazyLock::new(|| {
    HtmlToMarkdown::builder()
        .options(Options {
            bullet_list_marker: BulletListMarker::Dash,
            ul_bullet_spacing: 1,
            ol_number_spacing: 1,
            ..Options::default()
        })
        .add_handler(vec!["x-text"], |_: &dyn Handlers, e: Element<'_>| {
            attribute(e.attrs, "text").map(Into::into)
        })
        .add_handler(vec!["a"], |h: &dyn Handlers, e: Element<'_>| link(h, &e))
        .add_handler(vec!["img"], |_: &dyn Handlers, _: Element<'_>| None)
        .add_handler(vec!["br"], |_: &dyn Handlers, _: Element<'_>| {
            Some("\n".into())
        })
        .add_handler(vec!["hr"], |_: &dyn Handlers, _: Element<'_>| {
            Some("\n\n---\n\n".into())
        })
        .add_handler(vec!["strong"], |h: &dyn Handlers, e: Element<'_>| {
            Some(mark(h, &e, "**"))
        })
        .add_handler(vec!["em"], |h: &dyn Handlers, e: Element<'_>| {
            Some(mark(h, &e, "*"))
        })
        .add_handler(vec!["del"], |h: &dyn Handlers, e: Element<'_>| {
            Some(mark(h, &e, "~~"))
        })
        .add_handler(
            vec!["h1", "h2", "h3", "h4", "h5", "h6"],
            |h: &dyn Handlers, e: Element<'_>| heading(h, &e),
        )
        .add_handler(vec!["table"], |h: &dyn Handlers, e: Element<'_>| {
            table(h, &e)
        })
        .build()
});

/// The Markdown of a tree.
pub(super) fn render(root: &Rc<Node>) -> String {
    CONVERTER.tree_to_markdown(root)
}

/// White space before, the text, white space after.
fn parts(content: &str) -> (&str, &str, &str) {
    let text = content.trim();
    let (before, after) = content.split_once(text).unwrap_or((content, ""));
    (before, text, after)
}

fn mark(handlers: &dyn Handlers, element: &Element<'_>, sign: &str) -> HandlerResult {
    let content = handlers.walk_children(element.node).content;
    let (before, text, after) = parts(&content);
    // A mark does not reach over the end of a paragraph.
    if text.is_empty() || text.contains("\n\n") {
        return content.into();
    }
    format!("{before}{sign}{text}{sign}{after}").into()
}

fn heading(handlers: &dyn Handlers, element: &Element<'_>) -> Option<HandlerResult> {
    let content = handlers.walk_children(element.node).content;
    if content.contains("\n|") {
        return Some(format!("\n\n{}\n\n", content.trim()).into());
    }
    let level = element
        .tag
        .chars()
        .last()
        .and_then(|c| c.to_digit(10))
        .unwrap_or(1);
    let text = joined(&content);
    if text.is_empty() {
        return None;
    }
    let signs: String = (0..level).map(|_| '#').collect();
    Some(format!("\n\n{signs} {text}\n\n").into())
}

/// Everything on one line.
fn joined(content: &str) -> String {
    let lines: Vec<_> = content
        .lines()
        .map(|line| without_block_sign(line.trim()))
        .filter(|line| !line.is_empty())
        .collect();
    lines.join(" ")
}

/// A line without the sign of a heading or a quote.
fn without_block_sign(line: &str) -> &str {
    let text = line.trim_start_matches(['#', '>']);
    if text.starts_with(' ') || text.is_empty() {
        text.trim_start()
    } else {
        line
    }
}

fn link(handlers: &dyn Handlers, element: &Element<'_>) -> Option<HandlerResult> {
    let href = attribute(element.attrs, "href")?;
    let content = handlers.walk_children(element.node).content;
    let (before, _, after) = parts(&content);
    // Links in each other occur around tables only; each stays a link of its own.
    if content.contains("](") {
        return Some(format!("{content} <{href}>").into());
    }
    let mut text = joined(&content);
    if text.is_empty() {
        text = attribute(element.attrs, "title").unwrap_or_default();
    }
    if text.is_empty() || text == href {
        return Some(format!("{before}<{href}>{after}").into());
    }
    // A written-out address needs no link: signatures and header lines are full of them.
    if href.strip_prefix("mailto:") == Some(&text) {
        return Some(format!("{before}{text}{after}").into());
    }
    Some(format!("{before}[{}]({href}){after}", escaped(&text)).into())
}

/// Square brackets in a link's text must come in pairs.
fn escaped(text: &str) -> String {
    let mut depth = 0_i32;
    let balanced = text.chars().all(|c| {
        depth += i32::from(c == '[') - i32::from(c == ']');
        depth >= 0
    });
    if balanced && depth == 0 {
        text.to_owned()
    } else {
        text.replace('[', "\\[").replace(']', "\\]")
    }
}

/// The children of a node that are elements of these names.
pub(super) fn elements(node: &Node, names: &[&str]) -> Vec<Rc<Node>> {
    children(node)
        .into_iter()
        .filter(|child| names.iter().any(|name| is_element(child, name)))
        .collect()
}
