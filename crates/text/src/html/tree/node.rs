//! The tree's nodes, of the type that htmd walks.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use htmd::Node;
use html5ever::{Attribute, LocalName, QualName, ns, tendril::StrTendril};
use markup5ever_rcdom::NodeData;

/// An element that carries text as it stands, which htmd would escape.
pub(super) const VERBATIM: &str = "x-text";

/// A new element.
pub(super) fn element(name: &str, attrs: &[(&str, &str)]) -> Rc<Node> {
    Node::new(NodeData::Element {
        name: QualName::new(None, ns!(html), LocalName::from(name)),
        attrs: RefCell::new(
            attrs
                .iter()
                .map(|(name, value)| attr(name, value))
                .collect(),
        ),
        template_contents: RefCell::new(None),
        mathml_annotation_xml_integration_point: false,
    })
}

/// A text node, which htmd copies as it stands inside code.
pub(super) fn text(text: &str) -> Rc<Node> {
    Node::new(NodeData::Text {
        contents: RefCell::new(StrTendril::from_slice(text)),
    })
}

fn attr(name: &str, value: &str) -> Attribute {
    Attribute {
        name: QualName::new(None, ns!(), LocalName::from(name)),
        value: StrTendril::from_slice(value),
    }
}

/// Appends a child.
pub(super) fn append(parent: &Rc<Node>, child: &Rc<Node>) {
    child.parent.set(Some(Rc::downgrade(parent)));
    parent.children.borrow_mut().push(Rc::clone(child));
}

/// Takes a node that is its parent's last child out of the tree.
pub(super) fn detach(node: &Rc<Node>) {
    if let Some(parent) = parent(&node.parent) {
        let mut children = parent.children.borrow_mut();
        if children.last().is_some_and(|last| Rc::ptr_eq(last, node)) {
            children.pop();
        }
    }
}

fn parent(cell: &Cell<Option<std::rc::Weak<Node>>>) -> Option<Rc<Node>> {
    let weak = cell.take();
    let parent = weak.as_ref().and_then(std::rc::Weak::upgrade);
    cell.set(weak);
    parent
}

/// Whether anything stands inside.
pub(super) fn has_children(node: &Node) -> bool {
    !node.children.borrow().is_empty()
}

/// The last child, where it is a mark of this name.
pub(super) fn reopenable(container: &Rc<Node>, mark: &str) -> Option<Rc<Node>> {
    let last = container.children.borrow().last().cloned()?;
    is_element(&last, mark).then_some(last)
}

/// Says of the nearest table around a node that it holds another one.
pub(super) fn mark_nested(node: &Rc<Node>) {
    let mut current = Some(Rc::clone(node));
    while let Some(node) = current {
        if let NodeData::Element { name, attrs, .. } = &node.data
            && &*name.local == "table"
        {
            attrs.borrow_mut().push(attr("nested", ""));
            return;
        }
        current = parent(&node.parent);
    }
}

/// Whether it is an element of this name.
pub(in crate::html) fn is_element(node: &Node, name: &str) -> bool {
    matches!(&node.data, NodeData::Element { name: own, .. } if &*own.local == name)
}

/// The children, by handle.
pub(in crate::html) fn children(node: &Node) -> Vec<Rc<Node>> {
    node.children.borrow().clone()
}

/// The value of an attribute.
pub(in crate::html) fn attribute(attrs: &[Attribute], name: &str) -> Option<String> {
    attrs
        .iter()
        .find(|a| &*a.name.local == name)
        .map(|a| a.value.to_string())
}
