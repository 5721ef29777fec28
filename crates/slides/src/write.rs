//! A change of a presentation: one batch, done whole or not at all, and what became of it.

use toolgate_google_http::{Error, Seen, Settled, Words};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    error::{Named, refused},
    settlement::settlement,
    setup::Setup,
    wire::{BatchUpdatePresentationResponse, ORDER, Presentation, Request, Slides},
};

/// A batch, and whom it concerns.
#[derive(Debug)]
pub(crate) struct Batch<'a> {
    pub(crate) deck: Named<'a>,
    /// What else arguments name, by which Google's refusal is explained.
    pub(crate) things: Vec<Named<'a>>,
    pub(crate) requests: Vec<Request>,
    /// Only if the presentation is still at this revision.
    pub(crate) revision: Option<String>,
    pub(crate) words: Words,
    /// The argument that Google finds wrong where it names none of these things, and a good value.
    pub(crate) blame: Option<(&'static str, &'static str)>,
}

impl<'a> Batch<'a> {
    pub(crate) fn new(deck: Named<'a>, words: Words, requests: Vec<Request>) -> Self {
        Self {
            deck,
            things: Vec::new(),
            requests,
            revision: None,
            words,
            blame: None,
        }
    }

    pub(crate) fn about(self, things: impl IntoIterator<Item = Named<'a>>) -> Self {
        let things = things.into_iter().collect();
        Self { things, ..self }
    }

    pub(crate) fn at(self, revision: Option<String>) -> Self {
        Self { revision, ..self }
    }

    pub(crate) fn blaming(self, argument: &'static str, good: &'static str) -> Self {
        Self {
            blame: Some((argument, good)),
            ..self
        }
    }
}

/// Lets a batch leave, once, and finds out what became of it where Google gives no clear answer: by a
/// look at the presentation with this mask, and whether it shows that it was done.
pub(crate) async fn write(
    (cx, setup): (&ToolContext, &Setup),
    slides: &Slides,
    batch: Batch<'_>,
    mask: &str,
    is_done: impl Fn(&Presentation) -> Seen<()> + Send + Sync,
) -> Result<Settled<BatchUpdatePresentationResponse>, ToolError> {
    let Batch {
        deck,
        things,
        requests,
        revision,
        words,
        blame,
    } = batch;
    let settlement = settlement(cx, setup.settlement, words);
    let leaving = slides.batch(deck.id, requests, revision.as_deref());
    let look = || look(slides, deck.id, mask, &is_done);
    let settled = settlement.settle(leaving, look).await;
    settled.map_err(|refusal| refusal.explained(|error| refused(error, deck, &things, blame)))
}

async fn look(
    slides: &Slides,
    id: &str,
    mask: &str,
    is_done: &(impl Fn(&Presentation) -> Seen<()> + Sync),
) -> Result<Seen<BatchUpdatePresentationResponse>, Error> {
    let deck = slides.get(id, mask).await?;
    Ok(match is_done(&deck) {
        Seen::Done(()) => Seen::Done(BatchUpdatePresentationResponse::default()),
        Seen::NotDone => Seen::NotDone,
        Seen::Doubtful(why) => Seen::Doubtful(why),
        _ => Seen::Doubtful("what was found is not understood".to_owned()),
    })
}

/// Whether something is as it was to become.
pub(crate) fn seen(is_done: bool) -> Seen<()> {
    if is_done {
        Seen::Done(())
    } else {
        Seen::NotDone
    }
}

/// What is needed to find any object by its id: groups travel whole.
pub(crate) const IDS: &str = "slides(objectId,pageElements(objectId,elementGroup))";

/// Whether there is a slide, or an element on a slide, of this id.
pub(crate) fn has_object(deck: &Presentation, id: &str) -> bool {
    deck.slides.iter().flatten().any(|slide| {
        let seen = || crate::view::elements(slide.page_elements.as_deref());
        slide.object_id.as_deref() == Some(id) || seen().iter().any(|(it, _)| it.id == id)
    })
}

/// The slides of a presentation in their order, and its revision.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) ids: Vec<String>,
    pub(crate) revision: Option<String>,
}

impl Order {
    pub(crate) async fn read(slides: &Slides, deck: Named<'_>) -> Result<Self, ToolError> {
        let read = slides.get(deck.id, ORDER).await;
        Ok(Self::of(&read.map_err(|error| deck.explain(error))?))
    }

    pub(crate) fn of(deck: &Presentation) -> Self {
        let ids = deck.slides.iter().flatten();
        Self {
            ids: ids.filter_map(|it| it.object_id.clone()).collect(),
            revision: deck.revision_id.clone(),
        }
    }

    /// The slide that an argument names: nothing else has its place here.
    pub(crate) fn place(&self, slide: Named<'_>) -> Result<usize, ToolError> {
        let place = self.ids.iter().position(|it| it == slide.id);
        place.ok_or_else(|| slide.not_found())
    }
}
