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

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::{picture, pixels};

    /// 16 by 8 pixels, all red.
    const JPEG: &str = "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wAARCAAIABADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAT/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAABAX/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRAxEAPwCMAdXf/9k=";
    /// 4 by 3 pixels, blue, and a yellow one at the right, in the middle.
    const GIF: &str = "R0lGODdhBAADAIEAAAAA////AAAAAAAAACwAAAAABAADAAAICQABCBwIIADBgAA7";

    #[test]
    fn every_format_that_google_takes_is_read() {
        for (file, mime_type, size, last, is_red) in [
            (JPEG, "image/jpeg", (16, 8), (15, 7), true),
            (GIF, "image/gif", (4, 3), (3, 1), true),
            (GIF, "image/gif", (4, 3), (3, 2), false),
        ] {
            let bytes = STANDARD.decode(file).unwrap();
            let shown = pixels(&bytes).unwrap();
            assert_eq!(shown.pixel(last.0, last.1).unwrap().red() > 150, is_red);
            let cut = bytes::Bytes::copy_from_slice(&bytes[..20]);
            assert_eq!(picture(cut), None);
            let read = picture(bytes.into()).unwrap();
            assert_eq!((read.width, read.height), size);
            assert_eq!(read.mime_type, mime_type);
        }
        assert_eq!(picture(b"<svg/>".to_vec().into()), None);
    }
}
