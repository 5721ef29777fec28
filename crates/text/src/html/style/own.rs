//! The declarations that hold for one element, and what they make of the look around it.

use super::{
    Look,
    color::Paint,
    css::declarations,
    declaration::{Property as P, Value, meaning},
    length::Extent,
};

/// How strong a declaration is: important ones before others, an element's own before those of rules, then the more exact
/// ones, then the later ones.
pub(super) type Weight = u64;

const IMPORTANT: Weight = 1 << 63;
const INLINE: Weight = 1 << 62;

/// How strong a declaration of a rule is.
pub(super) fn weight(important: bool, order: u32) -> Weight {
    let important = if important { IMPORTANT } else { 0 };
    important | u64::from(order)
}

/// What is added to the strength of a declaration for the exactness of its selector.
pub(super) fn more_exact(exactness: u32) -> Weight {
    u64::from(exactness) << 32
}

/// The declarations that hold: one for each property.
#[derive(Debug, Clone, Default)]
pub(in crate::html) struct Own {
    said: Vec<(Weight, P, Value)>,
    /// Where each property stands among them, counted from one.
    places: [u8; P::COUNT],
}

impl Own {
    /// Those of a `style` attribute.
    #[cfg(test)]
    pub(super) fn of_style(style: &str) -> Self {
        let mut own = Self::default();
        own.put_style(style);
        own
    }

    /// Adds those of a `style` attribute.
    pub(in crate::html) fn put_style(&mut self, style: &str) {
        for (order, (name, value, important)) in (0..).zip(declarations(style)) {
            for (property, value) in meaning(&name, &value) {
                self.put(INLINE | weight(important, order), property, value);
            }
        }
    }

    /// Adds a declaration, which holds where no stronger one does.
    pub(super) fn put(&mut self, weight: Weight, property: P, value: Value) {
        let place = usize::from(self.places[property as usize]);
        match place.checked_sub(1).and_then(|at| self.said.get_mut(at)) {
            Some(known) if weight >= known.0 => *known = (weight, property, value),
            Some(_) => {}
            None => {
                self.said.push((weight, property, value));
                self.places[property as usize] = u8::try_from(self.said.len()).unwrap_or(u8::MAX);
            }
        }
    }

    /// Adds those of another.
    pub(super) fn put_all(&mut self, other: &Self) {
        for (weight, property, value) in other.all() {
            self.put(weight, property, value);
        }
    }

    /// All that hold.
    pub(super) fn all(&self) -> impl Iterator<Item = (Weight, P, Value)> {
        self.said.iter().copied()
    }

    /// The look of what stands in the element.
    pub(in crate::html) fn on(&self, mut look: Look) -> Look {
        look.hidden |= self.hides();
        look.invisible = self.flag(P::Visibility).unwrap_or(look.invisible);
        look.outdented = self.flag(P::Indent).unwrap_or(look.outdented);
        look.tiny = self.flag(P::FontSize).unwrap_or(look.tiny);
        look.keeps_lines = self.flag(P::WhiteSpace).unwrap_or(look.keeps_lines);
        for share in [P::Opacity, P::Filter] {
            if let Some(Value::Share(share)) = self.get(share) {
                look.opacity = look.opacity * share / 1000;
            }
        }
        match (self.get(P::Color), look.around_link.take()) {
            (Some(Value::Paint(Paint::Current)), Some(around)) => look.color = around,
            (Some(Value::Paint(color)), _) if color != Paint::Current => look.color = color,
            _ => {}
        }
        match self.get(P::Background) {
            Some(Value::Paint(Paint::Current)) => {
                look.background = look.color.over(look.background);
            }
            Some(Value::Paint(paint)) => look.background = paint.over(look.background),
            _ => {}
        }
        if self.holds(P::Picture) {
            look.on_picture()
        } else {
            look
        }
    }

    fn get(&self, property: P) -> Option<Value> {
        let place = usize::from(self.places[property as usize]).checked_sub(1)?;
        self.said.get(place).map(|(_, _, value)| *value)
    }

    fn flag(&self, property: P) -> Option<bool> {
        match self.get(property) {
            Some(Value::Flag(flag)) => Some(flag),
            _ => None,
        }
    }

    fn holds(&self, property: P) -> bool {
        self.flag(property) == Some(true)
    }

    fn hides(&self) -> bool {
        if self.said.is_empty() {
            return false;
        }
        let moved = [P::Left, P::Top, P::Right, P::Bottom];
        let hiding = [
            P::Display,
            P::MarginLeft,
            P::MarginTop,
            P::Transform,
            P::Translate,
            P::Scale,
            P::ClipPath,
        ];
        hiding.into_iter().any(|property| self.holds(property))
            || self.holds(P::Position)
                && (self.holds(P::Clip) || moved.into_iter().any(|side| self.holds(side)))
            || self.is_empty_box()
    }

    /// Whether it is a box without room: of no size, or what does not fit into a pixel is cut off.
    fn is_empty_box(&self) -> bool {
        let is = |extent, properties: [P; 2]| {
            let mut found = properties.into_iter().map(|property| self.get(property));
            found.any(|found| found == Some(Value::Extent(extent)))
        };
        let (height, width) = ([P::Height, P::MaxHeight], [P::Width, P::MaxWidth]);
        let nothing = |side| is(Extent::Nothing, side);
        let little = |side| nothing(side) || is(Extent::Pixel, side);
        nothing(height) && nothing(width)
            || self.holds(P::Overflow) && (little(height) || little(width))
    }
}
