//! `move_slides`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    error::Named,
    settlement::MOVING,
    setup::Setup,
    wire::{ORDER, Presentation, Request, Slides, UpdateSlidesPositionRequest, request},
    write::{Batch, Order, seen, write},
};

use super::{METHODS, beyond};

/// Moves slides; they stand together afterwards, in the order given.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoveSlides {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    /// The slides.
    #[schemars(length(min = 1))]
    slide_ids: Vec<String>,
    /// Before which slide, from 0, as they stand now.
    #[schemars(range(min = 0, max = 10_000))]
    insertion_index: usize,
}

/// Slides that were moved.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Movement {
    /// `moved`, or `moved (confirmed by look-up)`.
    status: String,
    moved: Vec<String>,
    /// Where the first of them stands now, from 0.
    to_index: usize,
}

/// Moves slides. Google keeps them in the order in which they stood; where another one is asked, they
/// move one by one within the same batch.
pub(crate) async fn move_slides(
    cx: ToolContext,
    args: MoveSlides,
    setup: Setup,
) -> Result<Movement, ToolError> {
    let deck = Named::deck(&args.presentation_id);
    let slides = Slides::new(&cx, METHODS);
    let order = Order::read(&slides, deck).await?;
    let moved = chosen(&order, &args.slide_ids)?;
    if args.insertion_index > order.ids.len() {
        return Err(beyond(order.ids.len()));
    }
    let (requests, after) = moves(&order.ids, &moved, args.insertion_index);
    let batch = Batch::new(deck, MOVING, requests).at(order.revision);
    let is_so = |deck: &Presentation| seen(Order::of(deck).ids == after);
    let settled = write((&cx, &setup), &slides, batch, ORDER, is_so).await?;
    let first = moved.first().map_or("", String::as_str);
    Ok(Movement {
        status: settled.status,
        to_index: after.iter().position(|it| it == first).unwrap_or(0),
        moved,
    })
}

/// The slides that an argument names, each once.
fn chosen(order: &Order, asked: &[String]) -> Result<Vec<String>, ToolError> {
    let mut chosen: Vec<String> = Vec::new();
    for asked in asked {
        let slide = Named::slides(asked);
        order.place(slide)?;
        if chosen.iter().any(|it| it == slide.id) {
            let good = "each slide once";
            return Err(ToolError::invalid_argument(
                "slide_ids",
                "a slide stands in it twice",
                good,
            ));
        }
        chosen.push(slide.id.to_owned());
    }
    if chosen.is_empty() {
        let good = "ids of slides that get_presentation gave";
        return Err(ToolError::invalid_argument(
            "slide_ids",
            "it is empty",
            good,
        ));
    }
    Ok(chosen)
}

/// What moves these slides to before the one at `index`, and how all stand afterwards.
fn moves(ids: &[String], moved: &[String], index: usize) -> (Vec<Request>, Vec<String>) {
    let stays = |it: &&String| !moved.contains(it);
    let mut after: Vec<String> = ids[..index].iter().filter(stays).cloned().collect();
    after.extend(moved.iter().cloned());
    after.extend(ids[index..].iter().filter(stays).cloned());
    let places = moved
        .iter()
        .filter_map(|it| ids.iter().position(|id| id == it));
    if places.is_sorted() {
        return (vec![position(moved, index)], after);
    }
    let mut now = ids.to_vec();
    let mut requests = Vec::new();
    let mut target = index;
    for slide in moved {
        requests.push(position(std::slice::from_ref(slide), target));
        let from = now.iter().position(|it| it == slide).unwrap_or(0);
        let slide = now.remove(from);
        let to = if from < target { target - 1 } else { target };
        now.insert(to, slide);
        target = to + 1;
    }
    (requests, after)
}

fn position(slides: &[String], index: usize) -> Request {
    request(|it| {
        it.update_slides_position = Some(UpdateSlidesPositionRequest {
            slide_object_ids: Some(slides.to_vec()),
            insertion_index: i32::try_from(index).ok(),
            ..UpdateSlidesPositionRequest::default()
        });
    })
}

#[cfg(test)]
mod tests;
