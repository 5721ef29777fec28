//! `set_speaker_notes`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    edit::{deleting, inserting},
    elements::On,
    read::{found_page, notes_of},
    settlement::CHANGING,
    setup::Setup,
    text::{Units, sendable},
    wire::{BATCH, GET, NOTES, PAGE_GET, Page, Presentation, Request, Slides, all_of},
    write::{Batch, seen, write},
};

pub(crate) const METHODS: &[&str] = &[PAGE_GET.id(), GET.id(), BATCH.id()];

/// Replaces the speaker notes of a slide; an empty text takes them away.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetSpeakerNotes {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    /// Id or link.
    #[schemars(length(min = 1))]
    slide_id: String,
    /// What the speaker reads.
    notes: String,
}

/// A slide that has other notes.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Noted {
    /// `changed`, `changed (confirmed by look-up)`, or `unchanged`.
    status: String,
    slide_id: String,
    /// How many characters of notes went.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced_characters: Option<usize>,
}

const MASK: &str = "objectId,pageType,revisionId,slideProperties(notesPage)";

/// Replaces notes, as they were read.
pub(crate) async fn set_speaker_notes(
    cx: ToolContext,
    args: SetSpeakerNotes,
    setup: Setup,
) -> Result<Noted, ToolError> {
    let on = On::of(&args.presentation_id, &args.slide_id)?;
    let text = sendable(args.notes.trim());
    let slides = Slides::new(&cx, METHODS);
    let page = found_page(&slides, on.deck, on.slide, MASK).await?;
    let Some(id) = notes_id(&page) else {
        return Err(on.slide.not_found());
    };
    let before = notes_of(&page).map(Units::of);
    let before = before.filter(|it| !it.is_empty());
    let slide_id = on.slide.id.to_owned();
    let replaced_characters = before.as_ref().map(|it| it.text().chars().count());
    if before.as_ref().map_or_else(String::new, Units::text) == text {
        return Ok(Noted {
            status: "unchanged".to_owned(),
            slide_id,
            replaced_characters: None,
        });
    }
    let batch = Batch::new(on.deck, CHANGING, rewritten(id, before.is_some(), &text))
        .at(page.revision_id.clone());
    let is_done = |deck: &Presentation| {
        let mut slides = deck.slides.iter().flatten();
        let slide = slides.find(|it| it.object_id.as_deref() == Some(on.slide.id));
        let now = slide.and_then(notes_of).map(|it| Units::of(it).text());
        seen(now.unwrap_or_default() == text)
    };
    let settled = write((&cx, &setup), &slides, batch, NOTES, is_done).await?;
    Ok(Noted {
        status: settled.status,
        slide_id,
        replaced_characters,
    })
}

/// The element that holds a slide's notes, or will hold them once something is put there.
pub(crate) fn notes_id(slide: &Page) -> Option<&str> {
    let page = slide.slide_properties.as_ref()?.notes_page.as_ref()?;
    page.notes_properties
        .as_ref()?
        .speaker_notes_object_id
        .as_deref()
}

fn rewritten(id: &str, has_text: bool, text: &str) -> Vec<Request> {
    let gone = has_text.then(|| deleting(id, None, all_of()));
    let new = (!text.is_empty()).then(|| inserting(id, None, text));
    gone.into_iter().chain(new).collect()
}
