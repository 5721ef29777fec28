//! Pictures in the formats that Google takes: PNG, JPEG and GIF.

use tiny_skia::{Pixmap, PremultipliedColorU8};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::deck::Picture;

/// Google's limits.
pub(super) const LARGEST: usize = 50 * 1024 * 1024;
const MOST_PIXELS: u64 = 25_000_000;

/// Takes in a file as a picture; `None` when it is none that Google takes.
pub(super) fn picture(bytes: bytes::Bytes) -> Option<Picture> {
    let mime_type = mime_type(&bytes)?;
    if bytes.len() > LARGEST {
        return None;
    }
    let pixels = pixels(&bytes)?;
    let (width, height) = (pixels.width(), pixels.height());
    let is_small = u64::from(width) * u64::from(height) <= MOST_PIXELS;
    is_small.then_some(Picture {
        bytes,
        mime_type,
        width,
        height,
    })
}

fn mime_type(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        Some("image/jpeg")
    } else if bytes.starts_with(b"GIF8") {
        Some("image/gif")
    } else {
        None
    }
}

/// The pixels of a picture; of one that moves, the first.
pub(super) fn pixels(bytes: &[u8]) -> Option<Pixmap> {
    match mime_type(bytes)? {
        "image/png" => Pixmap::decode_png(bytes).ok(),
        "image/jpeg" => jpeg(bytes),
        _ => gif(bytes),
    }
}

fn jpeg(bytes: &[u8]) -> Option<Pixmap> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let rgb = decoder.decode().ok()?;
    let (width, height) = decoder.dimensions()?;
    let mut pixmap = Pixmap::new(u32::try_from(width).ok()?, u32::try_from(height).ok()?)?;
    for (pixel, rgb) in pixmap.pixels_mut().iter_mut().zip(rgb.chunks_exact(3)) {
        *pixel = PremultipliedColorU8::from_rgba(rgb[0], rgb[1], rgb[2], 255)?;
    }
    Some(pixmap)
}

fn gif(bytes: &[u8]) -> Option<Pixmap> {
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut decoder = options.read_info(bytes).ok()?;
    let (width, height) = (u32::from(decoder.width()), u32::from(decoder.height()));
    let mut pixmap = Pixmap::new(width, height)?;
    let frame = decoder.read_next_frame().ok()??;
    let (left, top) = (usize::from(frame.left), usize::from(frame.top));
    let row = usize::from(frame.width);
    for (at, rgba) in frame.buffer.chunks_exact(4).enumerate() {
        let (x, y) = (left + at % row, top + at / row);
        let place = y * usize::try_from(width).ok()? + x;
        // A colour of a GIF is there or not.
        if rgba[3] == 255
            && x < usize::try_from(width).ok()?
            && let Some(pixel) = pixmap.pixels_mut().get_mut(place)
        {
            *pixel = PremultipliedColorU8::from_rgba(rgba[0], rgba[1], rgba[2], 255)?;
        }
    }
    Some(pixmap)
}
