//! `create_from_outline`: a Markdown outline becomes a presentation.

mod build;
mod parse;
mod rich;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{ToolContext, ToolError};

use self::{
    build::{Built, Picture, build},
    parse::parse,
};
use crate::{
    create::{created, link},
    edit::inserting,
    error::{Named, said},
    layouts::Layouts,
    notes::notes_id,
    read::notes_of,
    settlement::ADDING,
    setup::Setup,
    slides::delete_object,
    text::{Units, visible},
    urls,
    wire::{BATCH, CREATE, GET, NOTES, Presentation, Request, Slides},
    write::{Batch, IDS, has_object, seen, write},
};

pub(crate) const METHODS: &[&str] = &[CREATE.id(), GET.id(), BATCH.id()];

/// Characters of a title.
const TITLE: usize = 120;
/// Slides that one outline may make.
const MOST: usize = 100;

/// Makes a presentation from Markdown: `#` the title slide (later ones: sections), `##` a slide; below it
/// paragraphs, lists in levels, tables, ![images](https://..), and speaker notes as `> Notes`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateFromOutline {
    /// Markdown.
    #[schemars(length(min = 1), example = &"# Offsite\n\nLisbon, in May\n\n## Why\n\n- We meet\n  - at last\n\n> Notes: say thanks")]
    outline: String,
    /// The presentation's; the first heading if left out.
    title: Option<String>,
}

/// A presentation made from an outline.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Outlined {
    /// `created`.
    status: String,
    presentation_id: String,
    title: String,
    /// For people to open it.
    url: String,
    slides: Vec<Made>,
    /// What is not as the outline has it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

/// A slide that was made.
#[derive(Debug, Serialize, JsonSchema)]
struct Made {
    slide_id: String,
    layout: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// From where Google takes its images: these addresses can be seen by whoever may read the presentation.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    source_urls: Vec<String>,
}

/// Makes a presentation: Google's new one, then all slides in one batch, then the
/// images, and then all notes, for Google tells only afterwards where notes go.
pub(crate) async fn create_from_outline(
    cx: ToolContext,
    args: CreateFromOutline,
    setup: Setup,
) -> Result<Outlined, ToolError> {
    let outline = parse(&args.outline);
    if outline.is_empty() || outline.len() > MOST {
        let problem = format!("it has {} slides", outline.len());
        let good = "1 to 100 slides, each with a heading: # Title, ## First slide";
        return Err(ToolError::invalid_argument("outline", &problem, good));
    }
    for image in outline.iter().flat_map(|it| &it.images) {
        urls::public("outline", &image.url)?;
    }
    let first = outline.iter().find_map(|it| it.title.as_ref());
    let title = args.title.as_deref().or(first.map(|it| it.text.as_str()));
    let title = said("title", title.unwrap_or_default(), "Plans for the offsite")?;
    let slides = Slides::new(&cx, METHODS);
    let (deck, status) = created((&cx, &setup), &slides, title).await?;
    let id = deck.presentation_id.clone().unwrap_or_default();
    let built = build(&cx, &outline, &Layouts::at(&deck, None))?;
    let filled = fill((&cx, &setup), &slides, &deck, &built).await;
    let warnings = filled.map_err(|error| {
        error.with_note(&format!("the presentation `{id}` was made before that"))
    })?;
    Ok(Outlined {
        status,
        title: visible(title, TITLE),
        url: link(&id),
        presentation_id: id,
        slides: built.slides.iter().map(made).collect(),
        warnings: built.warnings.iter().cloned().chain(warnings).collect(),
    })
}

fn made(slide: &build::BuiltSlide) -> Made {
    Made {
        slide_id: slide.id.clone(),
        layout: slide.layout.clone(),
        title: slide.title.as_deref().map(|it| visible(it, TITLE)),
        source_urls: slide.images.iter().map(|it| it.url.clone()).collect(),
    }
}

/// Puts all slides in and takes those of Google's out; then the images; then the notes.
async fn fill(
    (cx, setup): (&ToolContext, &Setup),
    slides: &Slides,
    deck: &Presentation,
    built: &Built,
) -> Result<Vec<String>, ToolError> {
    let named = Named::deck(deck.presentation_id.as_deref().unwrap_or_default());
    let blank = deck
        .slides
        .iter()
        .flatten()
        .filter_map(|it| it.object_id.as_deref());
    let requests: Vec<Request> = built
        .requests
        .iter()
        .cloned()
        .chain(blank.map(delete_object))
        .collect();
    let batch = Batch::new(named, ADDING, requests).blaming("outline", OUTLINE);
    let is_there =
        |deck: &Presentation| seen(built.slides.iter().all(|it| has_object(deck, &it.id)));
    write((cx, setup), slides, batch, IDS, is_there).await?;
    let mut warnings = images((cx, setup), slides, named, built).await;
    warnings.extend(noted((cx, setup), slides, named, built).await?);
    Ok(warnings)
}

/// Puts the images in: all at once, or each alone where Google takes not all of them. One that it does not
/// take is told, and the rest is there.
async fn images(
    (cx, setup): (&ToolContext, &Setup),
    slides: &Slides,
    named: Named<'_>,
    built: &Built,
) -> Vec<String> {
    let numbered = built.slides.iter().enumerate();
    let all: Vec<(usize, &Picture)> = numbered
        .flat_map(|(at, slide)| slide.images.iter().map(move |it| (at + 1, it)))
        .collect();
    if all.is_empty() {
        return Vec::new();
    }
    let put = async |some: &[(usize, &Picture)]| {
        let requests = some
            .iter()
            .flat_map(|(_, it)| it.requests.clone())
            .collect();
        let batch = Batch::new(named, ADDING, requests).blaming("outline", urls::GOOD);
        let are_there =
            |deck: &Presentation| seen(some.iter().all(|(_, it)| has_object(deck, &it.id)));
        write((cx, setup), slides, batch, IDS, are_there).await
    };
    let warning = |some: &[(usize, &Picture)], error: &ToolError| {
        let each = some.iter().map(|(number, it)| {
            let url = visible(&it.url, TITLE);
            format!(
                "slide {number}: the image {url} is not there: {}",
                error.message()
            )
        });
        each.collect::<Vec<_>>()
    };
    match put(&all).await {
        Ok(_) => return Vec::new(),
        Err(error) if error.argument().is_some() && all.len() > 1 => {}
        Err(error) => return warning(&all, &error),
    }
    let mut warnings = Vec::new();
    for one in all.chunks(1) {
        if let Err(error) = put(one).await {
            warnings.extend(warning(one, &error));
        }
    }
    warnings
}

/// Writes the notes, whose places Google tells only once the slides are there.
async fn noted(
    (cx, setup): (&ToolContext, &Setup),
    slides: &Slides,
    named: Named<'_>,
    built: &Built,
) -> Result<Vec<String>, ToolError> {
    let noted: BTreeMap<&str, &str> = built
        .slides
        .iter()
        .filter_map(|it| Some((it.id.as_str(), it.notes.as_deref()?)))
        .collect();
    if noted.is_empty() {
        return Ok(Vec::new());
    }
    let read = slides.get(named.id, NOTES).await;
    let read = read.map_err(|error| named.explain(error))?;
    let (requests, warnings) = notes(&read, &noted);
    let batch = Batch::new(named, ADDING, requests);
    let are_there = |deck: &Presentation| {
        let mut slides = deck.slides.iter().flatten();
        seen(slides.all(|it| {
            let wanted = it.object_id.as_deref().and_then(|id| noted.get(id));
            let said = || notes_of(it).map(|it| Units::of(it).text());
            wanted.is_none_or(|wanted| said().as_deref() == Some(*wanted))
        }))
    };
    let written = write((cx, setup), slides, batch, NOTES, are_there).await;
    written.map_err(|error| error.with_note("its slides are there, without notes"))?;
    Ok(warnings)
}

const OUTLINE: &str = "plain Markdown of headings, paragraphs, lists and tables";

/// Where notes go, and which have no place.
fn notes(deck: &Presentation, noted: &BTreeMap<&str, &str>) -> (Vec<Request>, Vec<String>) {
    let (mut requests, mut warnings) = (Vec::new(), Vec::new());
    for slide in deck.slides.iter().flatten() {
        let id = slide.object_id.as_deref().unwrap_or_default();
        let Some(text) = noted.get(id) else { continue };
        match notes_id(slide) {
            Some(element) => requests.push(inserting(element, None, text)),
            None => warnings.push(format!("the notes of the slide {id} have no place")),
        }
    }
    (requests, warnings)
}
