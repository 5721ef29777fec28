//! How the writes are spoken of, and that what look-ups deny may be tried again.

use std::time::Duration;

use toolgate_google_http::{Settlement, Words};
use toolgate_toolkit::ToolContext;

/// A look with a tool that shows all of a presentation.
const LOOK: &str = "look at it with get_presentation";
const LIST: &str = "look for it with list_presentations";

pub(crate) const ADDING: Words = Words {
    done: "added",
    look: LOOK,
};

pub(crate) const CHANGING: Words = Words {
    done: "changed",
    look: LOOK,
};

pub(crate) const MOVING: Words = Words {
    done: "moved",
    look: LOOK,
};

pub(crate) const DELETING: Words = Words {
    done: "deleted",
    look: LOOK,
};

pub(crate) const CREATING: Words = Words {
    done: "created",
    look: LIST,
};

pub(crate) const REMOVING: Words = Words {
    done: "deleted for good",
    look: LIST,
};

/// A write of which look-ups tell for certain that it was not done, so that it may be tried again.
pub(crate) fn settlement(cx: &ToolContext, time: Duration, words: Words) -> Settlement<'_> {
    Settlement::new(cx, time, words).with_retry()
}
