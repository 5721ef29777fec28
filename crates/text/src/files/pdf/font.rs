//! Fonts: what the bytes of a page's strings mean, and how wide they are.

mod cmap;
mod encoding;
mod glyphs;
mod widths;

use std::borrow::Cow;

use encoding_rs::Encoding;

use crate::files::{
    FileError,
    pdf::{
        file::File,
        object::{Dict, Object},
    },
};
use cmap::CMap;
use widths::Widths;

/// What stands for a glyph of which the file does not say what it means.
pub(super) const UNKNOWN: &str = "\u{fffd}";

/// A piece of a string: usually one glyph.
#[derive(Debug, PartialEq)]
pub(super) struct Piece<'a> {
    pub(super) text: Cow<'a, str>,
    /// As a part of the font's size.
    pub(super) width: f64,
    /// Whether it is a single byte of a blank, to which the spacing of words is added.
    pub(super) is_blank: bool,
}

/// A font.
#[derive(Debug)]
pub(super) struct Font {
    to_unicode: Option<CMap>,
    codes: Codes,
    widths: Widths,
    /// The size of a unit of its widths.
    unit: f64,
}

/// How codes are cut out of a string, and what they mean where the file has no table for it.
#[derive(Debug)]
enum Codes {
    /// Single bytes.
    Simple(Vec<String>),
    /// Of several bytes, as the table has them; their meaning is in the other table only.
    Composite(CMap),
    /// In a charset of East Asia, or UTF-16.
    Charset(&'static Encoding),
}

impl Font {
    /// Reads what the file says of a font.
    pub(super) fn read(file: &File<'_>, dict: &Dict) -> Result<Self, FileError> {
        let to_unicode = match file.value(dict, "ToUnicode")? {
            Object::Stream(stream) => Some(CMap::read(&file.decoded(&stream)?, file.budget())?),
            _ => None,
        };
        let kind = file.value(dict, "Subtype")?;
        if kind.name() == Some("Type0") {
            let below = file.value(dict, "DescendantFonts")?;
            let inner = below
                .array()
                .and_then(<[Object]>::first)
                .cloned()
                .unwrap_or_default();
            let inner = file.resolve(&inner)?;
            return Ok(Self {
                to_unicode,
                codes: composite(file, dict)?,
                widths: match inner.dict() {
                    Some(inner) => Widths::of_composite(file, inner)?,
                    None => Widths::default(),
                },
                unit: 0.001,
            });
        }
        let matrix = file.value(dict, "FontMatrix")?;
        let unit = matrix.array().and_then(|matrix| matrix.first()?.number());
        Ok(Self {
            to_unicode,
            codes: Codes::Simple(encoding::read(file, dict)?),
            widths: Widths::of_simple(file, dict)?,
            unit: unit
                .filter(|_| kind.name() == Some("Type3"))
                .unwrap_or(0.001)
                .abs(),
        })
    }

    /// How many glyphs are described, as a measure of what the font takes.
    pub(super) fn glyphs(&self) -> usize {
        let mapped = self.to_unicode.as_ref().map_or(0, CMap::len);
        256 + mapped + self.widths.len()
    }

    /// Cuts a string into pieces.
    pub(super) fn pieces<'a>(&'a self, bytes: &'a [u8]) -> Vec<Piece<'a>> {
        match &self.codes {
            Codes::Simple(meanings) => bytes
                .iter()
                .map(|byte| {
                    let own = meanings
                        .get(usize::from(*byte))
                        .map_or(UNKNOWN, String::as_str);
                    self.piece(u32::from(*byte), 1, own)
                })
                .collect(),
            Codes::Composite(codes) => codes
                .cut(bytes)
                .into_iter()
                .map(|(code, length)| self.piece(code, length, UNKNOWN))
                .collect(),
            Codes::Charset(charset) if self.to_unicode.is_none() => vec![Piece {
                text: charset.decode_without_bom_handling(bytes).0,
                width: f64::from(u32::try_from(bytes.len()).unwrap_or(0)) / 2.0,
                is_blank: false,
            }],
            Codes::Charset(_) => bytes
                .chunks(2)
                .map(|pair| {
                    let code = pair
                        .iter()
                        .fold(0, |code, byte| code << 8 | u32::from(*byte));
                    self.piece(code, pair.len(), UNKNOWN)
                })
                .collect(),
        }
    }

    fn piece<'a>(&'a self, code: u32, length: usize, own: &'a str) -> Piece<'a> {
        let mapped = self.to_unicode.as_ref().and_then(|map| map.text(code));
        Piece {
            // Some files map what they cannot name to nothing, or to a zero.
            text: mapped
                .filter(|text| text != "\0")
                .map_or(Cow::Borrowed(own), Cow::Owned),
            width: self.widths.get(code) * self.unit,
            is_blank: length == 1 && code == 32,
        }
    }
}

/// The codes of a font with thousands of glyphs: named tables are of two bytes, but for those of charsets.
fn composite(file: &File<'_>, dict: &Dict) -> Result<Codes, FileError> {
    let encoding = file.value(dict, "Encoding")?;
    if let Object::Stream(stream) = &encoding {
        let map = CMap::read(&file.decoded(stream)?, file.budget())?;
        return Ok(Codes::Composite(map));
    }
    let charset = match encoding.name().unwrap_or_default() {
        name if name.contains("UCS2") || name.contains("UTF16") => Some(encoding_rs::UTF_16BE),
        name if name.contains("RKSJ") => Some(encoding_rs::SHIFT_JIS),
        name if name.starts_with("EUC-") => Some(encoding_rs::EUC_JP),
        name if name.starts_with("GB") => Some(encoding_rs::GBK),
        name if name.contains("B5") || name.contains("HKscs") => Some(encoding_rs::BIG5),
        name if name.starts_with("KSC") => Some(encoding_rs::EUC_KR),
        _ => None,
    };
    Ok(charset.map_or_else(|| Codes::Composite(CMap::default()), Codes::Charset))
}
