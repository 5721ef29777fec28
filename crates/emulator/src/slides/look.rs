//! How things look: colours of the theme, and what is inherited from a layout and a master.

use serde_json::Value;

use super::deck::{Deck, Element, Page, PageKind, Shape, length};
use super::scene::{Color, short};

/// How letters look.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each of them is said by itself"
)]
pub(super) struct Letters {
    /// In points.
    pub(super) size: f32,
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) underline: bool,
    pub(super) strike: bool,
    pub(super) color: Color,
    pub(super) behind: Option<Color>,
}

/// What a page looks up.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) deck: &'a Deck,
    pub(super) page: &'a Page,
}

impl<'a> Look<'a> {
    /// The page, its layout and its master.
    pub(super) fn chain(self) -> Vec<&'a Page> {
        let mut chain = vec![self.page];
        let (layout, master) = match &self.page.kind {
            PageKind::Slide { layout, master, .. } => (Some(layout), Some(master)),
            PageKind::Layout { master, .. } => (None, Some(master)),
            _ => (None, None),
        };
        chain.extend(layout.and_then(|id| self.deck.page(id)));
        chain.extend(master.and_then(|id| self.deck.page(id)));
        chain
    }

    /// A shape and those that it inherits from.
    pub(super) fn parents(self, shape: &'a Shape) -> Vec<&'a Shape> {
        let parent = |shape: &&'a Shape| {
            let id = shape.placeholder.as_ref()?.parent.as_deref()?;
            self.deck.element(id).and_then(Element::shape)
        };
        std::iter::successors(Some(shape), parent).take(4).collect()
    }

    /// An `OpaqueColor` with an alpha.
    pub(super) fn color(self, color: &Value, alpha: &Value) -> Option<Color> {
        let alpha = alpha.as_f64().unwrap_or(1.0);
        if let Some(name) = color["themeColor"].as_str() {
            let name = match name {
                "TEXT1" => "DARK1",
                "BACKGROUND1" => "LIGHT1",
                "TEXT2" => "DARK2",
                "BACKGROUND2" => "LIGHT2",
                name => name,
            };
            let masters = self.deck.masters.iter();
            let mut schemes =
                masters.filter_map(|it| it.properties["colorScheme"]["colors"].as_array());
            let pair = schemes.next()?.iter().find(|pair| pair["type"] == name)?;
            return Some(rgb(&pair["color"], alpha));
        }
        color.is_object().then(|| rgb(&color["rgbColor"], alpha))
    }

    /// The colour of a fill that is shown: a `solidFill`.
    pub(super) fn solid(self, fill: &Value) -> Option<Color> {
        let solid = &fill["solidFill"];
        self.color(&solid["color"], &solid["alpha"])
    }

    /// A property of a shape, or of the nearest that it inherits from which has it.
    pub(super) fn property(self, shape: &'a Shape, name: &str) -> Option<&'a Value> {
        let parents = self.parents(shape);
        let mut values = parents.into_iter().map(|it| &it.properties[name]);
        values.find(|value| !value.is_null() && value["propertyState"] != "INHERIT")
    }

    /// The styles of a run, the nearest first: its own, then those that it inherits.
    pub(super) fn letters(self, styles: &[&Value], usual: f32) -> Letters {
        let first = |name: &str| {
            let mut values = styles.iter().map(|style| &style[name]);
            values.find(|value| !value.is_null())
        };
        let says = |name: &str| first(name).is_some_and(|it| it == true);
        let weight = first("weightedFontFamily").and_then(|it| it["weight"].as_u64());
        let color = |name: &str| {
            let color = first(name)?;
            self.color(&color["opaqueColor"], &Value::Null)
        };
        let raised = matches!(
            first("baselineOffset").and_then(Value::as_str),
            Some("SUPERSCRIPT" | "SUBSCRIPT")
        );
        let size = first("fontSize").and_then(length).map_or(usual, short);
        Letters {
            size: if raised { size * 0.65 } else { size },
            bold: says("bold") || weight.is_some_and(|it| it >= 600),
            italic: says("italic"),
            underline: says("underline"),
            strike: says("strikethrough"),
            color: color("foregroundColor").unwrap_or_default(),
            behind: color("backgroundColor"),
        }
    }
}

fn rgb(color: &Value, alpha: f64) -> Color {
    let part = |name: &str| color[name].as_f64().unwrap_or(0.0);
    Color::new(part("red"), part("green"), part("blue"), alpha)
}
