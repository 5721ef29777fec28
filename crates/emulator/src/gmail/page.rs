//! Cuts a list into pages with opaque tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::call::{ApiError, Call};

const DEFAULT_SIZE: usize = 100;
const MAX_SIZE: usize = 500;

/// Parameters that decide what a list holds.
const FILTERS: &[&str] = &[
    "historyTypes",
    "includeSpamTrash",
    "labelId",
    "labelIds",
    "q",
    "startHistoryId",
];

/// One page of a list.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// The token of the next page, when there is one.
    pub(crate) next: Option<String>,
    /// How many items the whole list has.
    pub(crate) total: usize,
}

/// The page that a call asks for, of a list sorted by falling `key`.
///
/// A token holds the key of the last item shown, so that mail that arrives between two pages
/// neither repeats an item nor hides one.
///
/// # Errors
/// When the call's token was not given out for this list.
pub(crate) fn of<T>(
    call: &Call,
    items: impl IntoIterator<Item = T>,
    key: impl Fn(&T) -> (i64, u64),
) -> Result<Page<T>, ApiError> {
    let list = fingerprint(call);
    let after = match call.query_one("pageToken") {
        Some(token) => {
            Some(read_token(token, list).ok_or_else(|| ApiError::invalid("Invalid pageToken"))?)
        }
        None => None,
    };
    let size = match call
        .query_one("maxResults")
        .and_then(|size| size.parse().ok())
    {
        None | Some(0) => DEFAULT_SIZE,
        Some(size) => MAX_SIZE.min(size),
    };
    let size = call.page_limit.map_or(size, |limit| size.min(limit));
    let mut items: Vec<T> = items.into_iter().collect();
    let total = items.len();
    items.retain(|item| after.is_none_or(|after| key(item) < after));
    items.sort_by_key(|item| std::cmp::Reverse(key(item)));
    let more = items.len() > size;
    items.truncate(size);
    let next = items
        .last()
        .filter(|_| more)
        .map(|last| token(key(last), list));
    Ok(Page { items, next, total })
}

fn token((date_ms, arrival): (i64, u64), list: u64) -> String {
    let mut bytes = Vec::with_capacity(24);
    bytes.extend_from_slice(&date_ms.to_be_bytes());
    bytes.extend_from_slice(&arrival.to_be_bytes());
    bytes.extend_from_slice(&list.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn read_token(token: &str, list: u64) -> Option<(i64, u64)> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (date_ms, rest) = bytes.split_first_chunk::<8>()?;
    let (arrival, rest) = rest.split_first_chunk::<8>()?;
    (rest == list.to_be_bytes())
        .then_some((i64::from_be_bytes(*date_ms), u64::from_be_bytes(*arrival)))
}

/// A number for the list that the call asks for, whichever page of it.
fn fingerprint(call: &Call) -> u64 {
    let filters = call
        .query
        .iter()
        .filter(|(name, _)| FILTERS.contains(&name.as_str()));
    let text = format!(
        "{} {} {:?}",
        call.account,
        call.method,
        filters.collect::<Vec<_>>()
    );
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
