//! What a declaration means for whether text is seen.

use super::{
    color::Paint,
    css::{pieces, words},
    length::{Extent, font_size, is_far, is_far_away, is_tiny, is_zero, number, share},
};

/// What a declaration is about; of several about the same, one holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Property {
    Display,
    Visibility,
    Opacity,
    FontSize,
    Color,
    Background,
    Picture,
    WhiteSpace,
    Indent,
    Height,
    MaxHeight,
    Width,
    MaxWidth,
    Overflow,
    Position,
    Left,
    Top,
    Right,
    Bottom,
    MarginLeft,
    MarginTop,
    Transform,
    Translate,
    Scale,
    ClipPath,
    Clip,
    Filter,
}

impl Property {
    /// How many there are.
    pub(super) const COUNT: usize = Self::Filter as usize + 1;
}

/// What it says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    /// Whether it takes effect: hides, moves far away, clips.
    Flag(bool),
    Paint(Paint),
    Extent(Extent),
    /// Thousandths that are seen.
    Share(u32),
}

/// What a declaration says; nothing where it is about nothing that matters here, or where a browser would not understand it:
/// such a declaration must not take the place of one that hides.
pub(super) fn meaning(name: &str, value: &str) -> Vec<(Property, Value)> {
    use Property as P;
    let flag = |property, holds: Option<bool>| {
        let said = holds.map(|holds| (property, Value::Flag(holds)));
        said.into_iter().collect::<Vec<_>>()
    };
    let extent = |property| {
        let said = Extent::of(value).map(|extent| (property, Value::Extent(extent)));
        said.into_iter().collect()
    };
    match name {
        "display" => flag(P::Display, display_hides(value)),
        "content-visibility" if value == "hidden" => flag(P::Display, Some(true)),
        "visibility" => flag(
            P::Visibility,
            one_of(value, &["hidden", "collapse"], &["visible", "initial"]),
        ),
        "opacity" => part(P::Opacity, share(value)),
        "filter" => part(P::Filter, opacity_filter(value)),
        "font-size" => flag(P::FontSize, tiny(value)),
        "font" => flag(P::FontSize, font_size(value).and_then(tiny)),
        "color" | "-webkit-text-fill-color" => paint(P::Color, text_color(value)),
        "background" | "background-color" | "background-image" => background(value),
        "white-space" => flag(
            P::WhiteSpace,
            Some(value.starts_with("pre") || value == "break-spaces"),
        ),
        "text-indent" => flag(P::Indent, is_far_away(value)),
        "height" => extent(P::Height),
        "max-height" => extent(P::MaxHeight),
        "width" => extent(P::Width),
        "max-width" => extent(P::MaxWidth),
        "overflow" | "overflow-x" | "overflow-y" => flag(P::Overflow, overflow_clips(value)),
        "position" => flag(
            P::Position,
            one_of(
                value,
                &["absolute", "fixed", "relative", "sticky"],
                &["static", "initial"],
            ),
        ),
        "left" => flag(P::Left, is_far(value)),
        "top" => flag(P::Top, is_far(value)),
        "right" => flag(P::Right, is_far(value)),
        "bottom" => flag(P::Bottom, is_far(value)),
        "margin-left" => flag(P::MarginLeft, is_far(value)),
        "margin-top" => flag(P::MarginTop, is_far(value)),
        "margin" => margins(value),
        _ => flag_of_shape(name, value),
    }
}

/// What a declaration about the place and the outline of a box says.
fn flag_of_shape(name: &str, value: &str) -> Vec<(Property, Value)> {
    use Property as P;
    let (property, hides): (_, fn(&str) -> bool) = match name {
        "transform" | "-webkit-transform" => (P::Transform, transform_hides),
        "translate" => (P::Translate, |value| {
            words(value).any(|length| is_far_away(length) == Some(true))
        }),
        "scale" => (P::Scale, |value| words(value).take(2).any(is_zero)),
        "clip-path" | "-webkit-clip-path" => (P::ClipPath, clip_path_hides),
        "clip" => (P::Clip, clip_hides),
        _ => return Vec::new(),
    };
    let understood = matches!(value, "none" | "auto" | "initial")
        || number(value).is_some()
        || functions(value).all(|(name, _)| SHAPES.contains(&name))
            && functions(value).next().is_some();
    if understood {
        vec![(property, Value::Flag(hides(value)))]
    } else {
        Vec::new()
    }
}

/// The functions that a value of these properties may have.
const SHAPES: [&str; 21] = [
    "scale",
    "scale3d",
    "scalex",
    "scaley",
    "scalez",
    "matrix",
    "matrix3d",
    "rotate",
    "rotatex",
    "rotatey",
    "rotatez",
    "translate",
    "translatex",
    "translatey",
    "translatez",
    "translate3d",
    "inset",
    "circle",
    "ellipse",
    "polygon",
    "rect",
];

fn one_of(value: &str, hiding: &[&str], showing: &[&str]) -> Option<bool> {
    let hides = hiding.contains(&value);
    (hides || showing.contains(&value)).then_some(hides)
}

fn display_hides(value: &str) -> Option<bool> {
    let boxes = [
        "block",
        "inline",
        "table",
        "flex",
        "grid",
        "list-item",
        "contents",
        "flow-root",
        "-webkit-box",
        "initial",
    ];
    let shows = boxes.iter().any(|known| value.starts_with(known));
    (value == "none" || shows).then_some(value == "none")
}

fn overflow_clips(value: &str) -> Option<bool> {
    let clips = words(value).any(|word| matches!(word, "hidden" | "clip"));
    let understood = words(value).all(|word| {
        matches!(
            word,
            "hidden" | "clip" | "visible" | "auto" | "scroll" | "initial"
        )
    });
    understood.then_some(clips)
}

fn paint(property: Property, paint: Option<Paint>) -> Vec<(Property, Value)> {
    let paint = paint.map(|paint| (property, Value::Paint(paint)));
    paint.into_iter().collect()
}

/// The colour of what is around it is the current one.
fn text_color(value: &str) -> Option<Paint> {
    match value {
        "inherit" | "unset" => Some(Paint::Current),
        _ => Paint::of(value),
    }
}

fn tiny(size: &str) -> Option<bool> {
    let sizes = [
        "medium", "initial", "small", "large", "x-small", "x-large", "xx-small", "xx-large",
        "smaller", "larger",
    ];
    is_tiny(size).or_else(|| sizes.contains(&size).then_some(false))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to what fits"
)]
fn part(property: Property, share: Option<f64>) -> Vec<(Property, Value)> {
    let share = share.map(|share| Value::Share((share.clamp(0.0, 1.0) * 1000.0) as u32));
    share.map(|share| (property, share)).into_iter().collect()
}

fn background(value: &str) -> Vec<(Property, Value)> {
    let mut all = paint(Property::Background, Paint::of_background(value));
    if value.contains("url(") || value.contains("gradient(") || value.contains("image-set(") {
        all.push((Property::Picture, Value::Flag(true)));
    }
    all
}

fn margins(value: &str) -> Vec<(Property, Value)> {
    let Some(sides) = words(value).map(is_far).collect::<Option<Vec<bool>>>() else {
        return Vec::new();
    };
    let top = sides.first().copied().unwrap_or_default();
    // Top, right, bottom, left; what is left out is as what stands opposite.
    let left = sides.get(3).or_else(|| sides.get(1)).copied();
    vec![
        (Property::MarginTop, Value::Flag(top)),
        (Property::MarginLeft, Value::Flag(left.unwrap_or(top))),
    ]
}

/// The functions in a value with their arguments.
fn functions(value: &str) -> impl Iterator<Item = (&str, Vec<&str>)> {
    words(value).filter_map(|word| {
        let (name, arguments) = word.strip_suffix(')')?.split_once('(')?;
        let arguments = pieces(arguments, ',').flat_map(words);
        Some((name.trim(), arguments.collect()))
    })
}

fn transform_hides(value: &str) -> bool {
    functions(value).any(|(name, arguments)| match name {
        "scale" | "scale3d" => arguments.iter().take(2).any(|factor| is_zero(factor)),
        "scalex" | "scaley" => arguments.iter().any(|factor| is_zero(factor)),
        "matrix" => [0, 3]
            .iter()
            .any(|at| arguments.get(*at).is_some_and(|n| is_zero(n))),
        "rotatex" | "rotatey" => arguments.first().is_some_and(|angle| is_on_edge(angle)),
        "translate" | "translatex" | "translatey" | "translate3d" => arguments
            .iter()
            .any(|length| is_far_away(length) == Some(true)),
        _ => false,
    })
}

fn is_on_edge(angle: &str) -> bool {
    angle.ends_with("deg") && number(angle).is_some_and(|n| ((n.abs() % 180.0) - 90.0).abs() < 0.5)
}

fn clip_path_hides(value: &str) -> bool {
    if ["circle", "ellipse", "polygon"]
        .iter()
        .any(|shape| all_zero(value, shape))
    {
        return true;
    }
    functions(value).any(|(name, sides)| {
        let inset = |at: usize| {
            sides
                .get(at)
                .and_then(|side| share(side).filter(|_| side.ends_with('%')))
        };
        let top = inset(0).unwrap_or_default();
        let right = inset(1).unwrap_or(top);
        let bottom = inset(2).unwrap_or(top);
        let left = inset(3).unwrap_or(right);
        name == "inset" && (top + bottom >= 1.0 || left + right >= 1.0)
    })
}

/// Whether the old `clip` leaves nothing: its sides are those of the box, from above and from the left.
fn clip_hides(value: &str) -> bool {
    functions(value).any(|(name, sides)| {
        let side = |at: usize| sides.get(at).and_then(|side| number(side));
        let empty = |low: Option<f64>, high: Option<f64>| matches!((low, high), (Some(low), Some(high)) if high <= low);
        name == "rect" && (empty(side(0), side(2)) || empty(side(3), side(1)))
    })
}

/// Whether a shape has no size: all its numbers are zero, up to where it stands.
fn all_zero(value: &str, shape: &str) -> bool {
    functions(value).any(|(name, arguments)| {
        let numbers = arguments.iter().take_while(|word| **word != "at");
        let mut numbers = numbers.filter_map(|word| number(word)).peekable();
        name == shape && numbers.peek().is_some() && numbers.all(|n| n.abs() < 1e-6)
    })
}

fn opacity_filter(value: &str) -> Option<f64> {
    if value == "none" {
        return Some(1.0);
    }
    functions(value).find_map(|(name, arguments)| match name {
        "opacity" => share(arguments.first()?),
        _ => None,
    })
}
