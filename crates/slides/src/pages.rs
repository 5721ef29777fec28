//! Slides in pages that fit a budget: a page ends anywhere, also within a text, and its handle goes on
//! at that exact place.

use schemars::JsonSchema;
use serde::Serialize;
use toolgate_toolkit::{
    Fence, ToolError,
    sized::{json_chars, json_size, piece},
};

use crate::{ids::slide_in_link, view::ElementView};

/// What `,"elements":[],"text":"","notes":"","continued":true` take.
const MEMBERS: usize = 60;
/// What `,"text":""` takes, and the fence.
const FENCED: usize = 12 + Fence::SIZE;
/// A piece of a text that is worth a page's last lines.
const WORTH: usize = 200;

/// What a part of a slide is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What {
    /// All texts of the slide.
    Text,
    Element(Box<ElementView>),
    Notes,
}

/// A part of a slide: what it is, and what it says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    pub(crate) what: What,
    pub(crate) text: String,
}

/// A slide with all its parts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Whole {
    pub(crate) view: SlideView,
    pub(crate) parts: Vec<Part>,
}

/// A slide.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub(crate) struct SlideView {
    pub(crate) slide_id: String,
    /// Its place, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) number: Option<usize>,
    /// `LAYOUT`, `MASTER` or `NOTES`, where it is no slide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) page_type: Option<String>,
    /// The layout that it follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) layout: Option<String>,
    /// It is left out when the presentation is shown.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) skipped: bool,
    /// It began on the page before.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) continued: bool,
    /// All that it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) elements: Vec<ElementView>,
    /// The speaker notes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<String>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
pub(crate) fn is_false(value: &bool) -> bool {
    !value
}

/// Where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct At {
    slide: usize,
    part: usize,
    /// In characters of the part's text.
    offset: usize,
}

impl At {
    fn handle(self, slides: &[Whole]) -> String {
        let slide = slides.get(self.slide);
        let id = slide.map_or("", |it| it.view.slide_id.as_str());
        format!("{id}/{}/{}", self.part, self.offset)
    }

    fn parse(slides: &[Whole], handle: &str) -> Result<Self, ToolError> {
        let read = || {
            let mut parts = handle.trim().rsplitn(3, '/');
            let offset = parts.next()?.parse().ok()?;
            let part = parts.next()?.parse().ok()?;
            let id = slide_in_link(parts.next()?);
            let slide = slides.iter().position(|it| it.view.slide_id == id)?;
            Some(Self {
                slide,
                part,
                offset,
            })
        };
        read().ok_or_else(|| {
            ToolError::invalid_argument(
                "page_token",
                "it names no place in this presentation",
                "the next_page_token of the page before",
            )
        })
    }
}

/// A page of slides, and where it goes on.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) slides: Vec<SlideView>,
    pub(crate) next: Option<String>,
}

/// The slides from the handle on that take at most `room` characters, and at least something.
pub(crate) fn page(
    slides: &[Whole],
    handle: Option<&str>,
    room: usize,
    fence: &Fence,
) -> Result<Page, ToolError> {
    let begin = At {
        slide: 0,
        part: 0,
        offset: 0,
    };
    let mut at = match handle.filter(|it| !it.trim().is_empty()) {
        Some(handle) => At::parse(slides, handle)?,
        None => begin,
    };
    let mut left = room;
    let mut shown = Vec::new();
    while let Some(slide) = slides.get(at.slide) {
        let header = json_size(&slide.view) + MEMBERS;
        let is_first = shown.is_empty();
        if header > left && !is_first {
            break;
        }
        left = left.saturating_sub(header);
        let (view, stop) = filled(slide, at, is_first, &mut left, fence);
        let is_something = view != slide.view || slide.parts.is_empty();
        if is_something {
            shown.push(view);
        }
        match stop {
            Some((part, offset)) => {
                at = At {
                    slide: at.slide,
                    part,
                    offset,
                };
                return Ok(Page {
                    next: Some(at.handle(slides)),
                    slides: shown,
                });
            }
            None => {
                at = At {
                    slide: at.slide + 1,
                    ..begin
                };
            }
        }
    }
    let next = (at.slide < slides.len()).then(|| at.handle(slides));
    Ok(Page {
        slides: shown,
        next,
    })
}

/// A slide with as many of its parts as fit, and where it stops, if it does.
fn filled(
    slide: &Whole,
    at: At,
    is_first: bool,
    left: &mut usize,
    fence: &Fence,
) -> (SlideView, Option<(usize, usize)>) {
    let mut view = slide.view.clone();
    view.continued = at.part > 0 || at.offset > 0;
    let mut is_empty = is_first;
    for (index, part) in slide.parts.iter().enumerate().skip(at.part) {
        let offset = if index == at.part { at.offset } else { 0 };
        let own = match &part.what {
            What::Element(element) => json_size(element) + 1,
            What::Text | What::Notes => 0,
        };
        if own > *left && !is_empty {
            return (view, Some((index, offset)));
        }
        let rest = left.saturating_sub(own + FENCED);
        let is_worth = rest >= WORTH || rest >= json_chars(&part.text);
        if !part.text.is_empty() && !is_worth && !is_empty {
            return (view, Some((index, offset)));
        }
        let cut = piece(&part.text, offset, rest);
        let text = (!cut.text.is_empty()).then(|| fence.around(cut.text));
        let fenced = text.as_ref().map_or(0, |it| json_chars(it) + 12);
        *left = left.saturating_sub(own + fenced);
        is_empty = false;
        match &part.what {
            What::Text => view.text = text,
            What::Notes => view.notes = text,
            What::Element(element) => view.elements.push(ElementView {
                text,
                ..(**element).clone()
            }),
        }
        if let Some(next) = cut.next {
            return (view, Some((index, next)));
        }
    }
    (view, None)
}

#[cfg(test)]
mod tests;
