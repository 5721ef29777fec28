//! Lists that come in pages, bounded.

use std::future::Future;

use crate::error::{Error, ErrorKind};

/// Which page to fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PageRequest {
    /// Where to go on; none for the first page.
    pub token: Option<String>,
    /// How many items are still wanted: ask for no more, so that the next page begins right behind
    /// what was taken.
    pub wanted: usize,
}

/// What was collected, and where to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Paged<I> {
    /// The items.
    pub items: Vec<I>,
    /// The next page's token; none at the end of the list.
    pub next: Option<String>,
}

/// Collects up to `wanted` items over at most `most_pages` pages, from `start` on. `fetch` returns a
/// page's items and the token of the next one.
///
/// # Errors
/// What `fetch` fails with, and when Google returns a token again, which would never end.
pub async fn collect_pages<I, F, R>(
    start: Option<String>,
    wanted: usize,
    most_pages: usize,
    fetch: F,
) -> Result<Paged<I>, Error>
where
    I: Send,
    F: Fn(PageRequest) -> R + Send,
    R: Future<Output = Result<(Vec<I>, Option<String>), Error>> + Send,
{
    let mut items: Vec<I> = Vec::new();
    let mut next = start;
    for page in 0..most_pages {
        let missing = wanted.saturating_sub(items.len());
        if missing == 0 || (page > 0 && next.is_none()) {
            break;
        }
        let asked = next.clone();
        let (more, token) = fetch(PageRequest {
            token: next,
            wanted: missing,
        })
        .await?;
        items.extend(more);
        next = token.filter(|token| !token.is_empty());
        if next.is_some() && next == asked {
            return Err(Error::from(ErrorKind::PagesRepeat));
        }
    }
    Ok(Paged { items, next })
}
