//! Cuts a list into pages with opaque tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::refused::invalid_parameter;
use crate::call::Call;
use crate::random;
use crate::refusal::Refusal;

/// One page of a list.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// The token of the next page, when there is one.
    pub(crate) next: Option<String>,
}

/// The page that a call asks for: of `usual` items unless it says otherwise.
///
/// A token holds how many items came before, and a digest of what the list is of.
///
/// # Errors
/// When the call's token was not given out for this list.
pub(crate) fn of<T>(call: &Call, items: Vec<T>, usual: usize) -> Result<Page<T>, Refusal> {
    let list = fingerprint(call);
    let start = match call.query_one("pageToken") {
        Some(token) => read(token, &list).ok_or_else(|| invalid_parameter("pageToken"))?,
        None => 0,
    };
    let size = size(call, usual);
    let more = items.len() > start + size;
    let items = items.into_iter().skip(start).take(size).collect();
    let token = || URL_SAFE_NO_PAD.encode(format!("{} {list}", start + size));
    Ok(Page {
        items,
        next: more.then(token),
    })
}

/// How many items a page may have.
pub(crate) fn size(call: &Call, usual: usize) -> usize {
    let asked = call
        .query_one("pageSize")
        .and_then(|size| size.parse().ok());
    let size = asked.filter(|size| *size > 0).unwrap_or(usual);
    call.page_limit.map_or(size, |limit| size.min(limit))
}

fn read(token: &str, list: &str) -> Option<usize> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let (start, of) = text.split_once(' ')?;
    (of == list).then(|| start.parse().ok()).flatten()
}

/// A digest of what the call asks for, whichever page of it.
fn fingerprint(call: &Call) -> String {
    let same = [
        "pageToken",
        "pageSize",
        "fields",
        "prettyPrint",
        "alt",
        "key",
        "quotaUser",
    ];
    let filters = call
        .query
        .iter()
        .filter(|(name, _)| !same.contains(&name.as_str()));
    let filters: Vec<_> = filters.collect();
    random::sha256(&format!(
        "{} {} {:?} {filters:?}",
        call.account, call.method, call.path
    ))
}
