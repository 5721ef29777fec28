//! Cuts a list into pages, with opaque tokens for the next page and for what changes later.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::errors::{full_sync, invalid};
use crate::call::{ApiError, Call};

/// After so long changes are not known any more.
pub(super) const SYNC_LIFE_MS: i64 = 28 * 86_400_000;

/// One page of a list.
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    next: Option<String>,
    /// The change at which the first page was read.
    since: u64,
}

impl<T> Page<T> {
    /// The token of the next page; or, behind the last one, one for what changes later.
    pub(super) fn sign(&self, reply: &mut Value, call: &Call, now_ms: i64) {
        if let Some(next) = &self.next {
            reply["nextPageToken"] = next.as_str().into();
        } else {
            let token = encode(&json!([sync_list(call), self.since, now_ms]));
            reply["nextSyncToken"] = token.into();
        }
    }

    /// The token of the next page, for a list whose changes cannot be asked for.
    pub(super) fn sign_next(&self, reply: &mut Value) {
        if let Some(next) = &self.next {
            reply["nextPageToken"] = next.as_str().into();
        }
    }
}

/// The page that a call asks for of a list in the order of its keys.
///
/// A token holds the key of the last item shown, so that what comes in between neither repeats an
/// item nor hides one. `change` is the last change of all, which the first page remembers.
pub(super) fn of<T>(
    call: &Call,
    (default, most, change): (usize, usize, u64),
    items: Vec<T>,
    key: impl Fn(&T) -> (i64, String),
) -> Result<Page<T>, ApiError> {
    let list = fingerprint(call);
    let after = match call.query_one("pageToken") {
        Some(token) => Some(read(token, list).ok_or_else(|| invalid("Invalid page token value."))?),
        None => None,
    };
    let since = after.as_ref().map_or(change, |(_, since)| *since);
    let asked = call.query_one("maxResults").and_then(|it| it.parse().ok());
    let size = asked.filter(|size| *size > 0).unwrap_or(default).min(most);
    let size = call.page_limit.map_or(size, |limit| size.min(limit));
    let mut items: Vec<(_, T)> = items.into_iter().map(|item| (key(&item), item)).collect();
    items.sort_by(|(one, _), (other, _)| one.cmp(other));
    items.retain(|(key, _)| after.as_ref().is_none_or(|(after, _)| key > after));
    let more = items.len() > size;
    items.truncate(size);
    let next = items
        .last()
        .filter(|_| more)
        .map(|((at, id), _)| encode(&json!([list, at, id, since])));
    Ok(Page {
        items: items.into_iter().map(|(_, item)| item).collect(),
        next,
        since,
    })
}

/// The change after which a call asks for changes; none when it asks for everything.
///
/// # Errors
/// 410 when the token is too old or another list's.
pub(super) fn since(call: &Call, now_ms: i64) -> Result<Option<u64>, ApiError> {
    let Some(token) = call.query_one("syncToken") else {
        return Ok(None);
    };
    let read = decode(token).ok_or_else(full_sync)?;
    let (Some(change), Some(given_ms)) = (read[1].as_u64(), read[2].as_i64()) else {
        return Err(full_sync());
    };
    if read[0] != sync_list(call) || now_ms - given_ms > SYNC_LIFE_MS {
        return Err(full_sync());
    }
    Ok(Some(change))
}

fn sync_list(call: &Call) -> Value {
    json!([call.account, call.method, call.path])
}

fn read(token: &str, list: u64) -> Option<((i64, String), u64)> {
    let value = decode(token)?;
    if value[0].as_u64() != Some(list) {
        return None;
    }
    let key = (value[1].as_i64()?, value[2].as_str()?.to_owned());
    Some((key, value[3].as_u64()?))
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn decode(token: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token).ok()?).ok()
}

/// A number for the list that the call asks for, whichever page of it.
fn fingerprint(call: &Call) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&call.account, &call.method, &call.path).hash(&mut hasher);
    for (name, values) in &call.query {
        if !matches!(name.as_str(), "pageToken" | "maxResults" | "fields") {
            (name, values).hash(&mut hasher);
        }
    }
    hasher.finish()
}
