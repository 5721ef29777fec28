//! What links of Slides show for a time: pictures in presentations, and pictures of pages.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use super::deck::{Deck, Picture};
use crate::random;

/// Where the links lead, behind the emulator's address.
pub(crate) const CONTENT: &str = "slides-content/";

/// Google's lifetime of such a link.
const LIFETIME_MS: i64 = 30 * 60 * 1000;

/// What was shown, by the keys in links.
#[derive(Debug, Default)]
pub(crate) struct Shown(BTreeMap<String, (i64, What)>);

/// What a link leads to.
#[derive(Debug, Clone)]
pub(crate) enum What {
    Picture(Arc<Picture>),
    /// A page of a presentation as it was, so many pixels wide.
    Page {
        deck: Arc<Deck>,
        page: String,
        width: u32,
    },
}

impl Shown {
    /// The path of a link that shows this for half an hour.
    pub(crate) fn add(&mut self, what: What, now_ms: i64) -> String {
        self.0.retain(|_, (end, _)| *end > now_ms);
        let key = random::text();
        self.0.insert(key.clone(), (now_ms + LIFETIME_MS, what));
        format!("{CONTENT}{key}")
    }

    /// What the link with this key shows now.
    pub(crate) fn get(&self, key: &str, now_ms: i64) -> Option<What> {
        let (end, what) = self.0.get(key)?;
        (*end > now_ms).then(|| what.clone())
    }
}

impl What {
    /// The file that is shown, with its type.
    pub(crate) fn file(&self) -> Option<(Bytes, &'static str)> {
        match self {
            Self::Picture(picture) => Some((picture.bytes.clone(), picture.mime_type)),
            Self::Page { deck, page, width } => {
                let png = deck.paint(page, *width)?;
                Some((png.into(), "image/png"))
            }
        }
    }
}
