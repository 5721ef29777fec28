//! The style sheets of a page, read before the tree is built: a rule holds for what stands above it as well.

use std::cell::RefCell;

use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
    states::RawKind,
};

use super::{super::element::Kind, attrs::Attrs};
use crate::html::style::{Sheet, applies};

/// Reads the style sheets of a page.
pub(super) fn sheets(html: &str) -> Sheet {
    if !mentions_style(html) {
        return Sheet::default();
    }
    let sink = Sink(RefCell::default());
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(html.into());
    let _done = tokenizer.feed(&input);
    tokenizer.end();
    let mut sheet = Sheet::default();
    for css in tokenizer.sink.0.into_inner().sheets {
        sheet.add(&css);
    }
    sheet
}

fn mentions_style(html: &str) -> bool {
    let name = b"<style";
    let mut windows = html.as_bytes().windows(name.len());
    windows.any(|window| window.eq_ignore_ascii_case(name))
}

/// What the tokens go to.
struct Sink(RefCell<Found>);

#[derive(Default)]
struct Found {
    sheets: Vec<String>,
    /// Whether the text that comes is that of the last sheet.
    inside: bool,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut found = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) if found.inside => {
                if let Some(sheet) = found.sheets.last_mut() {
                    sheet.push_str(&text);
                }
            }
            Token::TagToken(tag) => return found.tag(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Found {
    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        self.inside = false;
        if tag.kind == TagKind::EndTag {
            return TokenSinkResult::Continue;
        }
        let attrs = Attrs(&tag.attrs);
        if &*tag.name == "style" && applies(attrs.get("media")) {
            self.inside = true;
            self.sheets.push(String::new());
        }
        // As the tree reads them, or what one takes for a sheet is none to the other.
        match (Kind::of(&tag.name), &*tag.name) {
            (Kind::Raw(raw), _) => TokenSinkResult::RawData(raw),
            (_, "xmp") => TokenSinkResult::RawData(RawKind::Rawtext),
            (_, "plaintext") => TokenSinkResult::Plaintext,
            _ => TokenSinkResult::Continue,
        }
    }
}
