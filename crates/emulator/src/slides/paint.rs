//! Pictures of pages.

use tiny_skia::Pixmap;

use super::deck::Deck;

impl Deck {
    /// How high a picture of a page is that is so wide.
    pub(super) fn height_for(&self, width: u32) -> u32 {
        whole(f64::from(width) * self.height / self.width)
    }

    /// A page as a PNG file.
    pub(super) fn paint(&self, page: &str, width: u32) -> Option<Vec<u8>> {
        self.page(page)?;
        Pixmap::new(width, self.height_for(width))?
            .encode_png()
            .ok()
    }
}

/// A whole number of pixels, at least one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a picture has between 1 and some thousands of pixels a side"
)]
fn whole(number: f64) -> u32 {
    number.round().clamp(1.0, 10_000.0) as u32
}
