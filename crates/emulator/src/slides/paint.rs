//! Pictures of pages, as PNG files.

use tiny_skia::{
    FillRule, FilterQuality, Mask, Paint, PathBuilder, Pixmap, PixmapPaint, Rect, Stroke,
    StrokeDash, Transform,
};

use super::deck::{Deck, Picture};
use super::decode;
use super::font;
use super::look::Letters;
use super::scene::{Color, Draw, Op, plain};

/// How far letters lean.
const LEAN: f32 = -0.21;

impl Deck {
    /// How high a picture of a page is that is so wide.
    pub(super) fn height_for(&self, width: u32) -> u32 {
        whole(f64::from(width) * self.height / self.width)
    }

    /// A page as a PNG file.
    pub(super) fn paint(&self, page: &str, width: u32) -> Option<Vec<u8>> {
        let page = self.page(page)?;
        let mut canvas = Pixmap::new(width, self.height_for(width))?;
        let scale = plain(f64::from(width)) / self.points().0;
        for op in self.scene(page) {
            paint(&mut canvas, op, Transform::from_scale(scale, scale));
        }
        canvas.encode_png().ok()
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

fn ink(color: Color) -> Paint<'static> {
    let [red, green, blue, alpha] = color.0;
    let mut paint = Paint::default();
    if let Some(color) = tiny_skia::Color::from_rgba(red, green, blue, alpha) {
        paint.set_color(color);
    }
    paint.anti_alias = true;
    paint
}

fn paint(canvas: &mut Pixmap, op: Op, page: Transform) {
    let transform = page.pre_concat(op.transform);
    match op.draw {
        Draw::Fill(path, color) => {
            canvas.fill_path(&path, &ink(color), FillRule::Winding, transform, None);
        }
        Draw::Stroke {
            path,
            color,
            width,
            dash,
        } => {
            let stroke = Stroke {
                width,
                dash: StrokeDash::new(dash, 0.0),
                ..Stroke::default()
            };
            canvas.stroke_path(&path, &ink(color), &stroke, transform, None);
        }
        Draw::Words {
            text,
            x,
            y,
            letters,
        } => {
            if let Some(path) = font::outline(&text, letters.bold) {
                let placed = transform.pre_concat(written(x, y, letters));
                let ink = ink(letters.color);
                canvas.fill_path(&path, &ink, FillRule::Winding, placed, None);
            }
        }
        Draw::Picture {
            picture,
            width,
            height,
            crop,
        } => put(canvas, &picture, (width, height), crop, transform),
    }
}

/// From letters of size 1 to where they stand.
pub(super) fn written(x: f32, y: f32, letters: Letters) -> Transform {
    let lean = if letters.italic { LEAN } else { 0.0 };
    Transform::from_row(letters.size, 0.0, lean * letters.size, letters.size, x, y)
}

fn put(
    canvas: &mut Pixmap,
    picture: &Picture,
    (width, height): (f32, f32),
    [left, top, right, bottom]: [f32; 4],
    transform: Transform,
) {
    let Some(pixels) = decode::pixels(&picture.bytes) else {
        return;
    };
    let size = |pixels: u32| plain(f64::from(pixels));
    // The whole picture is as much larger than its box as is cut away.
    let across = width / (1.0 - left - right).max(0.01);
    let down = height / (1.0 - top - bottom).max(0.01);
    let placed = transform
        .pre_translate(-left * across, -top * down)
        .pre_scale(across / size(pixels.width()), down / size(pixels.height()));
    let inside = Rect::from_xywh(0.0, 0.0, width, height).map(PathBuilder::from_rect);
    let mask = inside.and_then(|path| {
        let mut mask = Mask::new(canvas.width(), canvas.height())?;
        mask.fill_path(&path, FillRule::Winding, true, transform);
        Some(mask)
    });
    let paint = PixmapPaint {
        quality: FilterQuality::Bilinear,
        ..PixmapPaint::default()
    };
    canvas.draw_pixmap(0, 0, pixels.as_ref(), &paint, placed, mask.as_ref());
}
