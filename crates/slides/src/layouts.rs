//! Layouts: which there are, and which of their placeholders takes which text.

use toolgate_toolkit::{ToolError, sized::joined};

use crate::{
    text::visible,
    wire::{LayoutPlaceholderIdMapping, Page, Placeholder, Presentation},
};

/// Characters of a layout's name in an error, and of all of them.
const NAME: usize = 60;
const NAMES: usize = 500;

/// A text of a new slide, by what agno's tool and ours call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    Title,
    Subtitle,
    Body,
    Body2,
}

impl Slot {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Subtitle => "subtitle",
            Self::Body => "body",
            Self::Body2 => "body_2",
        }
    }

    /// The types of placeholders that take it, and how many of these others take before it.
    const fn wants(self) -> (&'static [&'static str], usize) {
        match self {
            Self::Title => (&["TITLE", "CENTERED_TITLE"], 0),
            Self::Subtitle => (&["SUBTITLE"], 0),
            Self::Body => (&["BODY"], 0),
            Self::Body2 => (&["BODY"], 1),
        }
    }
}

/// A layout, with its placeholders in the order of their indices.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) id: String,
    /// Google's name, such as `TITLE_AND_BODY`.
    pub(crate) name: String,
    shown_name: String,
    places: Vec<Placeholder>,
}

impl Layout {
    fn of(page: &Page) -> Self {
        let properties = page.layout_properties.as_ref();
        let elements = page.page_elements.iter().flatten();
        let mut places: Vec<Placeholder> = elements
            .filter_map(|it| it.shape.as_ref()?.placeholder.clone())
            .collect();
        places.sort_by_key(|it| it.index.unwrap_or(0));
        let name = |it: Option<&String>| it.cloned().unwrap_or_default();
        Self {
            id: page.object_id.clone().unwrap_or_default(),
            name: name(properties.and_then(|it| it.name.as_ref())),
            shown_name: name(properties.and_then(|it| it.display_name.as_ref())),
            places,
        }
    }

    /// The placeholder that takes this text, mapped to an id of our own; none where the layout has none.
    pub(crate) fn mapped(&self, slot: Slot, id: &str) -> Option<LayoutPlaceholderIdMapping> {
        let (kinds, before) = slot.wants();
        let mut fitting = self.places.iter().filter(|it| {
            let kind = it.r#type.as_deref().unwrap_or_default();
            kinds.contains(&kind)
        });
        let place = fitting.nth(before)?;
        Some(LayoutPlaceholderIdMapping {
            layout_placeholder: Some(Placeholder {
                r#type: place.r#type.clone(),
                index: Some(place.index.unwrap_or(0)),
                ..Placeholder::default()
            }),
            object_id: Some(id.to_owned()),
            ..LayoutPlaceholderIdMapping::default()
        })
    }
}

/// The layouts that a slide at one place may have.
#[derive(Debug)]
pub(crate) struct Layouts(Vec<Layout>);

impl Layouts {
    /// A new slide follows the master of the slide before it, or of the first one.
    pub(crate) fn at(deck: &Presentation, index: Option<usize>) -> Self {
        let slides = deck.slides.as_deref().unwrap_or_default();
        let before = index.unwrap_or(slides.len()).min(slides.len());
        let before = slides.get(before.saturating_sub(1));
        let master =
            before.and_then(|it| it.slide_properties.as_ref()?.master_object_id.as_deref());
        let layouts = deck.layouts.as_deref().unwrap_or_default();
        let of_master = layouts.iter().filter(|it| {
            let own = it
                .layout_properties
                .as_ref()
                .and_then(|it| it.master_object_id.as_deref());
            own.is_none() || master.is_none() || own == master
        });
        Self(of_master.map(Layout::of).collect())
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Layout> {
        let name = name.trim();
        let is_it = |layout: &&Layout| {
            layout.name.eq_ignore_ascii_case(name)
                || layout.shown_name.eq_ignore_ascii_case(name)
                || layout.id == name
        };
        self.0.iter().find(is_it)
    }

    /// The layout that an argument names.
    pub(crate) fn named(&self, name: &str) -> Result<&Layout, ToolError> {
        self.find(name).ok_or_else(|| {
            let names = self.0.iter().map(|it| visible(&it.name, NAME));
            let names = joined(&names.collect::<Vec<_>>(), NAMES);
            ToolError::invalid_argument(
                "layout",
                "the presentation has no such layout",
                &format!("one of {names}"),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn deck() -> Presentation {
        let place = |kind: &str, index: i32| json!({"shape": {"placeholder": {"type": kind, "index": index}}});
        serde_json::from_value(json!({
            "slides": [{"slideProperties": {"masterObjectId": "m1"}}, {"slideProperties": {"masterObjectId": "m2"}}],
            "layouts": [
                {"objectId": "l1", "layoutProperties": {"name": "TITLE_AND_TWO_COLUMNS", "displayName": "Two", "masterObjectId": "m1"},
                 "pageElements": [place("BODY", 2), place("TITLE", 0), place("BODY", 1)]},
                {"objectId": "l2", "layoutProperties": {"name": "TITLE_AND_TWO_COLUMNS", "masterObjectId": "m2"}}]
        }))
        .unwrap()
    }

    #[test]
    fn a_layout_is_found_by_any_of_its_names_in_the_master_of_the_slide_before() {
        for (index, id) in [
            (Some(0), "l1"),
            (Some(1), "l1"),
            (Some(2), "l2"),
            (None, "l2"),
        ] {
            let layouts = Layouts::at(&deck(), index);
            assert_eq!(
                layouts.named("title_and_two_columns").unwrap().id,
                id,
                "{index:?}"
            );
        }
        let layouts = Layouts::at(&deck(), Some(0));
        assert!(layouts.find("two").is_some() && layouts.find("l1").is_some());
        let error = layouts.named("BIG").unwrap_err();
        assert_eq!(error.argument(), Some("layout"));
        assert!(error.message().contains("TITLE_AND_TWO_COLUMNS"), "{error}");
    }

    #[test]
    fn the_second_body_has_a_place_of_its_own_whether_or_not_there_is_a_first() {
        let layouts = Layouts::at(&deck(), Some(0));
        let layout = layouts.named("l1").unwrap();
        let index = |slot| {
            let mapped = layout.mapped(slot, "x")?;
            mapped.layout_placeholder?.index
        };
        assert_eq!(index(Slot::Body), Some(1));
        assert_eq!(index(Slot::Body2), Some(2));
        assert_eq!(index(Slot::Title), Some(0));
        assert_eq!(index(Slot::Subtitle), None);
    }
}
