//! What is written: the text, the person's signature below it, and a mail that is passed on below that.

use super::{ComposeError, html};
use crate::mime::Format;

/// Characters of a body.
const MAX_BODY: usize = 1_000_000;

/// The text of a message, in its parts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written<'a> {
    /// Plain text, which may use Markdown.
    pub(crate) body: &'a str,
    pub(crate) signature: Option<&'a Signature>,
    /// The mail that is passed on.
    pub(crate) quoted: Option<&'a Quoted>,
}

/// A signature as the person's settings have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) html: String,
    pub(crate) text: String,
}

impl Signature {
    /// From the HTML of the settings; none where it shows nothing.
    pub(crate) fn new(html: &str) -> Option<Self> {
        let text = toolgate_text::html_to_markdown(html, &toolgate_text::Limits::default()).text;
        (!text.trim().is_empty()).then(|| Self {
            html: normalized(html),
            text,
        })
    }
}

/// A mail below one's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quoted {
    /// Its headers, a line each.
    pub(crate) head: Vec<String>,
    pub(crate) text: String,
    pub(crate) format: Format,
}

/// The line above a mail that is passed on; Gmail and others know it by this.
const FORWARDED: &str = "---------- Forwarded message ---------";

impl Written<'_> {
    /// # Errors
    ///
    /// When it is longer than a mail's text may be.
    pub(super) fn check(&self) -> Result<(), ComposeError> {
        let quoted = self.quoted.map_or("", |quoted| &quoted.text);
        for (argument, text) in [("body", self.body), ("message_id", quoted)] {
            if text.chars().count() > MAX_BODY {
                return Err(ComposeError::too_long(argument, MAX_BODY));
            }
        }
        Ok(())
    }

    /// As plain text.
    pub(super) fn text(&self) -> String {
        let mut text = normalized(self.body);
        if let Some(signature) = self.signature {
            // The mark by which mail programs know a signature (RFC 3676, 4.3).
            text.push_str("\n-- \n");
            text.push_str(&normalized(&signature.text));
        }
        if let Some(quoted) = self.quoted {
            let above = ["", FORWARDED].into_iter();
            let head = quoted.head.iter().map(String::as_str);
            let lines: Vec<&str> = above.chain(head).chain(["", &quoted.text]).collect();
            text.push_str(&normalized(&lines.join("\n")));
        }
        text
    }

    /// As HTML.
    pub(super) fn html(&self) -> String {
        let mut out = html::render(&normalized(self.body));
        if let Some(signature) = self.signature {
            out.push_str("<br>\n<div class=\"gmail_signature\">");
            out.push_str(signature.html.trim_end());
            out.push_str("</div>\n");
        }
        if let Some(quoted) = self.quoted {
            out.push_str("<br>\n<div class=\"gmail_quote\">\n");
            out.push_str(&quoted.html());
            out.push_str("</div>\n");
        }
        out
    }
}

impl Quoted {
    fn html(&self) -> String {
        let head = std::iter::once(FORWARDED).chain(self.head.iter().map(String::as_str));
        let head: Vec<String> = head.map(html::escaped).collect();
        let head = head.join("<br>\n");
        let text = normalized(&self.text);
        let text = match self.format {
            Format::Markdown => html::render(&text),
            Format::Plain => {
                let text = html::escaped(text.trim_end()).replace('\n', "<br>\n");
                format!("<div>{text}</div>\n")
            }
        };
        format!("<div>{head}</div>\n<br>\n{text}")
    }
}

/// Text with line feeds only, and without control characters, ending in one line feed.
pub(super) fn normalized(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut text: String = unified
        .chars()
        .filter(|c| matches!(c, '\n' | '\t') || !c.is_control())
        .collect();
    text.truncate(text.trim_end_matches('\n').len());
    text.push('\n');
    text
}
