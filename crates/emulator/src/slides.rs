//! Slides: presentations as files of Drive, Google's methods on them, and pictures of their pages.
//!
//! Written from Slides' discovery document and Google's documentation. Where both are silent: a new
//! presentation has the theme "Simple Light" in English; the shape for the notes of a slide comes
//! with their first text; text of a body placeholder is made of items where the layout's is;
//! `replaceAllText` without pages changes slides and their notes; changes that one person makes within
//! ten minutes are one revision of the file. Links of pictures are followed on this machine only, and
//! to what Drive shows everybody; a link to any other place cannot be reached.

mod batch;
mod deck;
mod decode;
mod fetch;
mod font;
mod geometry;
mod lines;
mod look;
mod methods;
mod paint;
mod plant;
mod pptx;
mod print;
mod requests;
mod scene;
mod show;
mod shown;
mod text;
mod theme;

pub(crate) use self::batch::Fetched;
pub(crate) use self::deck::Deck;
pub(crate) use self::fetch::fetch;
pub(crate) use self::methods::{METHODS, handle};
pub(crate) use self::shown::{CONTENT, Shown};
