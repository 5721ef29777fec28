//! A presentation as a PDF: a page for each slide, with text that can be taken out again.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use tiny_skia::{Path, PathSegment, Transform};

use super::deck::{Deck, PageKind, Picture};
use super::decode;
use super::font;
use super::look::Letters;
use super::paint::written;
use super::scene::{Color, Draw, Op};
use crate::drive::pdf;

/// The objects before the first page: the catalogue, the list of pages, two fonts.
const FIRST: usize = 4;

/// What is written of a page.
struct Sheet {
    stream: String,
    /// The objects of its pictures.
    pictures: Vec<String>,
}

impl Deck {
    /// The presentation as Drive exports it, without the slides that are skipped.
    pub(crate) fn pdf(&self) -> Vec<u8> {
        let (width, height) = self.points();
        let shown = self.slides.iter();
        let shown = shown.filter(|it| !matches!(it.kind, PageKind::Slide { skipped: true, .. }));
        let mut pages = Vec::new();
        let mut objects = Vec::new();
        for slide in shown {
            let mut sheet = Sheet {
                // As on a screen, down is more.
                stream: format!("1 0 0 -1 0 {height} cm\n"),
                pictures: Vec::new(),
            };
            for op in self.scene(slide) {
                sheet.write(op);
            }
            let number = FIRST + objects.len() + 1;
            pages.push(format!("{number} 0 R"));
            let named = sheet.pictures.iter().enumerate();
            let named: Vec<String> = named
                .map(|(at, _)| format!("/P{at} {} 0 R ", number + 2 + at))
                .collect();
            let named = named.concat();
            objects.push(format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Resources << \
                 /Font << /F0 3 0 R /F1 4 0 R >> /XObject << {named}>> >> /Contents {} 0 R >>",
                number + 1
            ));
            let length = sheet.stream.len();
            objects.push(format!(
                "<< /Length {length} >>\nstream\n{}\nendstream",
                sheet.stream
            ));
            objects.extend(sheet.pictures);
        }
        let font = |name: &str| {
            format!(
                "<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>"
            )
        };
        let mut all = vec![
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            format!(
                "<< /Type /Pages /Kids [{}] /Count {} >>",
                pages.join(" "),
                pages.len()
            ),
            font("Helvetica"),
            font("Helvetica-Bold"),
        ];
        all.extend(objects);
        pdf::file(&all)
    }
}

impl Sheet {
    fn write(&mut self, op: Op) {
        self.stream.push_str("q ");
        self.matrix(op.transform, "cm");
        match op.draw {
            Draw::Fill(path, color) => {
                self.ink(color, "rg");
                self.path(&path);
                self.stream.push('f');
            }
            Draw::Stroke {
                path,
                color,
                width,
                dash,
            } => {
                self.ink(color, "RG");
                let dash: Vec<String> = dash.iter().map(f32::to_string).collect();
                let _ = writeln!(self.stream, "{width} w [{}] 0 d", dash.join(" "));
                self.path(&path);
                self.stream.push('S');
            }
            Draw::Words {
                text,
                x,
                y,
                letters,
            } => self.words(&text, x, y, letters),
            Draw::Picture {
                picture,
                width,
                height,
                crop,
            } => self.picture(&picture, (width, height), crop),
        }
        self.stream.push_str("\nQ\n");
    }

    fn matrix(&mut self, it: Transform, operator: &str) {
        let Transform {
            sx,
            ky,
            kx,
            sy,
            tx,
            ty,
        } = it;
        let _ = writeln!(self.stream, "{sx} {ky} {kx} {sy} {tx} {ty} {operator}");
    }

    fn ink(&mut self, color: Color, operator: &str) {
        let [red, green, blue, _] = color.0;
        let _ = writeln!(self.stream, "{red} {green} {blue} {operator}");
    }

    fn path(&mut self, path: &Path) {
        let mut last = (0.0, 0.0);
        for segment in path.segments() {
            let text = &mut self.stream;
            let _ = match segment {
                PathSegment::MoveTo(to) => {
                    last = (to.x, to.y);
                    writeln!(text, "{} {} m", to.x, to.y)
                }
                PathSegment::LineTo(to) => {
                    last = (to.x, to.y);
                    writeln!(text, "{} {} l", to.x, to.y)
                }
                PathSegment::QuadTo(by, to) => {
                    let near = |from: f32, by: f32| from + (by - from) * 2.0 / 3.0;
                    let (x1, y1) = (near(last.0, by.x), near(last.1, by.y));
                    let (x2, y2) = (near(to.x, by.x), near(to.y, by.y));
                    last = (to.x, to.y);
                    writeln!(text, "{x1} {y1} {x2} {y2} {} {} c", to.x, to.y)
                }
                PathSegment::CubicTo(one, other, to) => {
                    last = (to.x, to.y);
                    let (x1, y1, x2, y2) = (one.x, one.y, other.x, other.y);
                    writeln!(text, "{x1} {y1} {x2} {y2} {} {} c", to.x, to.y)
                }
                PathSegment::Close => writeln!(text, "h"),
            };
        }
    }

    fn words(&mut self, text: &str, x: f32, y: f32, letters: Letters) {
        self.ink(letters.color, "rg");
        let placed = written(x, y, letters);
        if text.chars().all(pdf::has) {
            let bold = u8::from(letters.bold);
            let _ = writeln!(self.stream, "BT /F{bold} 1 Tf");
            // Letters stand on their feet, though down is more here.
            self.matrix(placed.pre_scale(1.0, -1.0), "Tm");
            let _ = write!(self.stream, "({}) Tj ET", pdf::literal(text));
        } else if let Some(path) = font::outline(text, letters.bold) {
            self.matrix(placed, "cm");
            self.path(&path);
            self.stream.push('f');
        }
    }

    fn picture(&mut self, picture: &Picture, (width, height): (f32, f32), crop: [f32; 4]) {
        let Some(object) = object(picture) else {
            return;
        };
        let [left, top, right, bottom] = crop;
        let across = width / (1.0 - left - right).max(0.01);
        let down = height / (1.0 - top - bottom).max(0.01);
        let _ = writeln!(self.stream, "0 0 {width} {height} re W n");
        let placed =
            Transform::from_row(across, 0.0, 0.0, -down, -left * across, down - top * down);
        self.matrix(placed, "cm");
        let _ = write!(self.stream, "/P{} Do", self.pictures.len());
        self.pictures.push(object);
    }
}

/// A picture on white, as an object of its own.
fn object(picture: &Picture) -> Option<String> {
    let pixels = decode::pixels(&picture.bytes)?;
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    for pixel in pixels.pixels() {
        let white = 255 - pixel.alpha();
        let rgb = [
            pixel.red() + white,
            pixel.green() + white,
            pixel.blue() + white,
        ];
        packed.write_all(&rgb).ok()?;
    }
    let packed = packed.finish().ok()?;
    let hex = packed.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    Some(format!(
        "<< /Type /XObject /Subtype /Image /Width {} /Height {} /ColorSpace /DeviceRGB \
         /BitsPerComponent 8 /Filter [/ASCIIHexDecode /FlateDecode] /Length {} >>\nstream\n{hex}>\n\
         endstream",
        pixels.width(),
        pixels.height(),
        hex.len() + 1
    ))
}
