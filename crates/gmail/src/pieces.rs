//! Lists that Gmail hands out whole, shown a piece at a time.

use serde::Serialize;
use toolgate_toolkit::{ToolError, sized::json_size};

/// Some of a list, and where it goes on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece<T> {
    pub(crate) items: Vec<T>,
    /// Items in the whole list.
    pub(crate) total: usize,
    pub(crate) next_skip: Option<usize>,
}

/// What a piece may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Items.
    pub(crate) most: usize,
    /// Characters of compact JSON.
    pub(crate) room: usize,
    /// Characters that come to each item's own.
    pub(crate) more: usize,
}

impl<T: Serialize> Piece<T> {
    /// As many items from `skip` on as fit, and at least one, so that reading on comes to an end.
    pub(crate) fn of(all: Vec<T>, skip: Option<usize>, bounds: Bounds) -> Result<Self, ToolError> {
        let (skip, total) = (skip.unwrap_or(0), all.len());
        if skip > 0 && skip >= total {
            return Err(ToolError::invalid_argument(
                "skip",
                &format!("the list has {total} entries"),
                "the next_skip of the list before",
            ));
        }
        let mut room = bounds.room;
        let mut items: Vec<T> = Vec::new();
        for item in all.into_iter().skip(skip).take(bounds.most) {
            let size = json_size(&item) + 1 + bounds.more;
            if size > room && !items.is_empty() {
                break;
            }
            room = room.saturating_sub(size);
            items.push(item);
        }
        Ok(Self {
            next_skip: Some(skip + items.len()).filter(|next| *next < total),
            items,
            total,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pieces_join_to_the_whole_and_fit(
            all in prop::collection::vec("[a-z\"\\\\\nü]{0,60}", 0..40),
            most in 1..20_usize,
            room in 1..400_usize,
            more in 0..30_usize,
        ) {
            let bounds = Bounds { most, room, more };
            let (mut seen, mut skip) = (Vec::new(), None);
            loop {
                let piece = Piece::of(all.clone(), skip, bounds).unwrap();
                prop_assert_eq!(piece.total, all.len());
                prop_assert!(piece.items.len() <= most);
                let size: usize = piece.items.iter().map(|item| json_size(item) + 1 + more).sum();
                prop_assert!(size <= room || piece.items.len() == 1);
                seen.extend(piece.items);
                match piece.next_skip {
                    Some(next) => skip = Some(next),
                    None => break,
                }
            }
            prop_assert_eq!(&seen, &all);
            let beyond = Piece::of(all.clone(), Some(all.len().max(1)), bounds);
            let refused = beyond.unwrap_err();
            prop_assert_eq!(refused.argument(), Some("skip"));
        }
    }
}
