//! Where a list goes on: for each calendar the page of Google's and the place in it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use toolgate_toolkit::ToolError;

use super::Wanted;

/// Where a list goes on.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Handle {
    /// The start of the list, which `now` would move.
    #[serde(rename = "f")]
    pub(super) from: Option<DateTime<Utc>>,
    #[serde(rename = "p")]
    pub(super) places: Vec<Place>,
    /// How many Google is asked for at once: places count within such pages.
    #[serde(rename = "n")]
    pub(super) at_once: usize,
    /// What the arguments were.
    #[serde(rename = "a")]
    arguments: u64,
}

/// Where one calendar goes on.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    /// Google's token of the page; none for the first one.
    #[serde(rename = "t")]
    pub(super) token: Option<String>,
    /// Events of the page that were shown.
    #[serde(rename = "s")]
    pub(super) skip: usize,
    /// Nothing more is there.
    #[serde(rename = "d")]
    pub(super) done: bool,
}

impl Handle {
    /// The place that the arguments name, or the beginning.
    pub(super) fn of(wanted: &Wanted) -> Result<Self, ToolError> {
        let Some(token) = &wanted.token else {
            return Ok(Self {
                places: vec![Place::default(); wanted.calendars.len()],
                at_once: wanted.at_once.clamp(1, 250),
                ..Self::default()
            });
        };
        let bytes = URL_SAFE_NO_PAD.decode(token.trim()).ok();
        let handle: Option<Self> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        handle
            .filter(|it| {
                it.arguments == digest(wanted) && it.places.len() == wanted.calendars.len()
            })
            .filter(|it| (1..=250).contains(&it.at_once))
            .ok_or_else(unknown)
    }

    /// As a token.
    pub(super) fn token(
        places: Vec<Place>,
        wanted: &Wanted,
        (from, at_once): (Option<DateTime<Utc>>, usize),
    ) -> Option<String> {
        if places.iter().all(|place| place.done) {
            return None;
        }
        let handle = Self {
            from,
            places,
            at_once,
            arguments: digest(wanted),
        };
        let json = serde_json::to_vec(&handle).ok()?;
        Some(URL_SAFE_NO_PAD.encode(json))
    }
}

/// A token that is not one of these arguments.
pub(super) fn unknown() -> ToolError {
    ToolError::invalid_argument(
        "page_token",
        "it is not known for these arguments",
        "the next_page_token of the list before, with the same arguments",
    )
}

/// A number of the arguments (FNV-1a), so that a token of others is noticed.
fn digest(wanted: &Wanted) -> u64 {
    let parts = wanted.calendars.iter().map(String::as_str);
    let more = [&wanted.start, &wanted.end, &wanted.query, &wanted.series];
    let more = more.map(|it| it.as_deref().unwrap_or("\u{1}"));
    let bytes = parts.chain(more).flat_map(|it| it.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
