//! Presentations, read: whole, where everything is, one page, or what is said alone.

mod one;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{ToolContext, ToolError, sized::json_size};

use crate::{
    error::Named,
    pages::{Page, Part, SlideView, What, Whole, page},
    setup::Setup,
    text::{shown, visible},
    view::{self, ElementView},
    wire::{
        self, GET, METADATA, PAGE_GET, Presentation, Slides, WHOLE, deck_mask, inches, text_mask,
    },
};

pub(crate) use self::one::{found_page, get_page, get_slide_text, page_error};

pub(crate) const METHODS: &[&str] = &[GET.id()];
pub(crate) const PAGE_METHODS: &[&str] = &[PAGE_GET.id()];

/// Characters of a title, and of a layout's name.
const TITLE: usize = 120;

/// Reads a presentation: slides with their elements' ids and texts, and speaker notes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetPresentation {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    /// Reads on: `next_page_token`.
    page_token: Option<String>,
}

/// Tells where each element of each slide is, in inches, and what it is, without texts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetPresentationMetadata {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    /// Reads on: `next_page_token`.
    page_token: Option<String>,
}

/// Reads what all slides and their speaker notes say.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadAllText {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    /// Reads on: `next_page_token`.
    page_token: Option<String>,
}

/// Reads the speaker notes of all slides, or of one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetSpeakerNotes {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    /// Only of this slide.
    slide_id: Option<String>,
    /// Reads on: `next_page_token`.
    page_token: Option<String>,
}

/// A presentation, or a page of it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Deck {
    pub(crate) presentation_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    slide_count: Option<usize>,
    /// Width and height of a page in inches.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<f64>>")]
    page_size: Option<[f64; 2]>,
    pub(crate) slides: Vec<SlideView>,
    /// There is more: where it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
    /// What of this was written by others.
    untrusted: String,
}

/// Reads a presentation.
pub(crate) async fn get_presentation(
    cx: ToolContext,
    args: GetPresentation,
    setup: Setup,
) -> Result<Deck, ToolError> {
    let deck = read(&cx, &args.presentation_id, WHOLE).await?;
    let slides = wholes(&deck, |slide| {
        let seen = view::elements(slide.page_elements.as_deref());
        let mut parts: Vec<Part> = seen.into_iter().map(without_place).collect();
        parts.extend(notes(slide));
        parts
    });
    told((&cx, &setup), &deck, &slides, args.page_token.as_deref())
}

/// Tells where everything is.
pub(crate) async fn get_presentation_metadata(
    cx: ToolContext,
    args: GetPresentationMetadata,
    setup: Setup,
) -> Result<Deck, ToolError> {
    let deck = read(&cx, &args.presentation_id, METADATA).await?;
    let slides = wholes(&deck, |slide| {
        let seen = view::elements(slide.page_elements.as_deref());
        let places = seen.into_iter().map(|(element, _)| Part {
            what: What::Element(Box::new(ElementView {
                alt_text: None,
                source_url: None,
                ..element
            })),
            text: String::new(),
        });
        places.collect()
    });
    told((&cx, &setup), &deck, &slides, args.page_token.as_deref())
}

/// Reads all that is said.
pub(crate) async fn read_all_text(
    cx: ToolContext,
    args: ReadAllText,
    setup: Setup,
) -> Result<Deck, ToolError> {
    let named = Named::deck(&args.presentation_id);
    let deck = Slides::new(&cx, METHODS).get(named.id, &text_mask()).await;
    let deck = deck.map_err(|error| named.explain(error))?;
    let mut slides = wholes(&deck, texts);
    // Layouts are what get_presentation tells.
    for slide in &mut slides {
        slide.view.layout = None;
    }
    told((&cx, &setup), &deck, &slides, args.page_token.as_deref())
}

/// Reads the notes.
pub(crate) async fn get_speaker_notes(
    cx: ToolContext,
    args: GetSpeakerNotes,
    setup: Setup,
) -> Result<Deck, ToolError> {
    let wanted = args.slide_id.as_deref().map(Named::slide);
    let mask = "objectId,slideProperties(notesPage)";
    let deck = read(&cx, &args.presentation_id, mask).await?;
    let mut slides = wholes(&deck, |slide| notes(slide).into_iter().collect());
    if let Some(wanted) = wanted.filter(|it| !it.id.is_empty()) {
        slides.retain(|it| it.view.slide_id == wanted.id);
        if slides.is_empty() {
            return Err(wanted.not_found());
        }
    } else {
        slides.retain(|it| !it.parts.is_empty());
    }
    told((&cx, &setup), &deck, &slides, args.page_token.as_deref())
}

async fn read(cx: &ToolContext, id: &str, mask: &str) -> Result<Presentation, ToolError> {
    let named = Named::deck(id);
    let slides = Slides::new(cx, METHODS);
    let deck = slides.get(named.id, &deck_mask(mask)).await;
    deck.map_err(|error| named.explain(error))
}

/// The slides of a presentation, each with these parts.
fn wholes(deck: &Presentation, parts: impl Fn(&wire::Page) -> Vec<Part>) -> Vec<Whole> {
    let slides = deck.slides.iter().flatten().enumerate();
    let whole = |(index, slide): (usize, &wire::Page)| {
        let properties = slide.slide_properties.as_ref();
        let layout = properties.and_then(|it| it.layout_object_id.as_deref());
        Whole {
            view: SlideView {
                slide_id: slide.object_id.clone().unwrap_or_default(),
                number: Some(index + 1),
                layout: layout.map(|id| layout_name(deck, id)),
                skipped: properties.is_some_and(|it| it.is_skipped == Some(true)),
                ..SlideView::default()
            },
            parts: parts(slide),
        }
    };
    slides.map(whole).collect()
}

/// A layout by its name, or by its id where it has none.
fn layout_name(deck: &Presentation, id: &str) -> String {
    let layout = deck.layouts.iter().flatten();
    let mut layout = layout.filter(|it| it.object_id.as_deref() == Some(id));
    let name = layout.next().and_then(|it| {
        let properties = it.layout_properties.as_ref()?;
        properties
            .name
            .as_deref()
            .or(properties.display_name.as_deref())
    });
    visible(name.unwrap_or(id), TITLE)
}

fn element((view, text): view::Seen) -> Part {
    Part {
        what: What::Element(Box::new(view)),
        text,
    }
}

fn without_place((view, text): view::Seen) -> Part {
    element((
        ElementView {
            place: None,
            ..view
        },
        text,
    ))
}

/// All that is said on a slide as one text, and its notes.
fn texts(slide: &wire::Page) -> Vec<Part> {
    let seen = view::elements(slide.page_elements.as_deref());
    let said: Vec<String> = seen.into_iter().map(|(_, text)| text).collect();
    let said: Vec<&str> = said
        .iter()
        .map(String::as_str)
        .filter(|it| !it.is_empty())
        .collect();
    let text = (!said.is_empty()).then(|| Part {
        what: What::Text,
        text: said.join("\n\n"),
    });
    text.into_iter().chain(notes(slide)).collect()
}

fn notes(slide: &wire::Page) -> Option<Part> {
    let text = notes_of(slide).map(shown).filter(|it| !it.is_empty())?;
    Some(Part {
        what: What::Notes,
        text,
    })
}

/// The text of a slide's speaker notes, where there are any.
pub(crate) fn notes_of(slide: &wire::Page) -> Option<&wire::TextContent> {
    let page = slide.slide_properties.as_ref()?.notes_page.as_ref()?;
    let id = page
        .notes_properties
        .as_ref()?
        .speaker_notes_object_id
        .as_deref()?;
    let mut elements = page.page_elements.iter().flatten();
    let element = elements.find(|it| it.object_id.as_deref() == Some(id))?;
    element.shape.as_ref()?.text.as_ref()
}

/// A presentation as a result that fits.
fn told(
    (cx, setup): (&ToolContext, &Setup),
    deck: &Presentation,
    slides: &[Whole],
    page_token: Option<&str>,
) -> Result<Deck, ToolError> {
    let size = deck.page_size.as_ref().and_then(|size| {
        let side = |it: &wire::Dimension| inches(it.magnitude.unwrap_or(0.0), it.unit.as_deref());
        Some([side(size.width.as_ref()?), side(size.height.as_ref()?)])
    });
    let fence = cx.fence("slide");
    let mut told = Deck {
        presentation_id: deck.presentation_id.clone().unwrap_or_default(),
        title: deck.title.as_deref().map(|it| visible(it, TITLE)),
        slide_count: Some(deck.slides.as_ref().map_or(0, Vec::len)),
        page_size: size,
        slides: Vec::new(),
        next_page_token: None,
        untrusted: fence.notice(),
    };
    let shown = page(slides, page_token, room(&told, setup), &fence)?;
    fill(&mut told, shown);
    Ok(told)
}

/// What is left for slides: a handle takes some as well.
fn room(told: &Deck, setup: &Setup) -> usize {
    const HANDLE: usize = 110;
    setup.budget.saturating_sub(json_size(told) + HANDLE)
}

fn fill(told: &mut Deck, page: Page) {
    told.slides = page.slides;
    told.next_page_token = page.next;
}
