//! A request as the emulator works on it, and the answer that goes back.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::Value;

use crate::content::Content;

/// A whole request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// The path as it came over the wire, still encoded.
    pub(crate) path: String,
    /// The query as it came over the wire, without the question mark.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The body of an upload that is too long to be held in memory; `body` is empty then.
    pub(crate) long: Option<Content>,
}

/// What goes back, and how.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The body, where it is a file's content; `body` is empty then.
    pub(crate) file: Option<Content>,
    pub(crate) delivery: Delivery,
}

/// How an answer reaches the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Delivery {
    Whole,
    /// In pieces of this size, with a pause before each.
    Slow {
        chunk: usize,
        pause: Duration,
    },
    /// The headers and half of the body, then the connection is cut.
    Torn,
    /// The headers and so many bytes of the body, then the connection is cut.
    Broken {
        after: u64,
    },
    /// Not at all: the connection is cut.
    Dropped,
}

impl Request {
    pub(crate) fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body, wherever it stands.
    pub(crate) fn content(&self) -> Content {
        match &self.long {
            Some(content) => content.clone(),
            None => Content::from(self.body.clone()),
        }
    }

    /// The media type of the body, lower case and without parameters.
    pub(crate) fn media_type(&self) -> String {
        let value = self.header(CONTENT_TYPE).unwrap_or_default();
        value
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    }

    /// The token of a bearer authorization.
    pub(crate) fn bearer(&self) -> Option<&str> {
        let value = self.header(http::header::AUTHORIZATION)?;
        let (scheme, token) = value.split_once(' ')?;
        scheme
            .eq_ignore_ascii_case("bearer")
            .then_some(token.trim())
    }
}

impl Answer {
    pub(crate) fn new(status: StatusCode, content_type: &'static str, body: Bytes) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self {
            status,
            headers,
            body,
            file: None,
            delivery: Delivery::Whole,
        }
    }

    /// A JSON answer, indented as Google's are unless asked otherwise.
    pub(crate) fn json(status: StatusCode, value: &Value) -> Self {
        let text = format!("{value:#}\n");
        Self::new(status, "application/json; charset=UTF-8", text.into())
    }

    pub(crate) fn html(status: StatusCode, page: String) -> Self {
        Self::new(status, "text/html; charset=utf-8", page.into()).never_stored()
    }

    pub(crate) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            file: None,
            delivery: Delivery::Whole,
        }
    }

    /// The page that Google's front end shows for a path that nothing serves.
    pub(crate) fn no_such_page(status: StatusCode) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        Self::html(
            status,
            format!(
                "<!DOCTYPE html>\n<html lang=en>\n<title>Error {code} ({title})!!1</title>\n\
                 <p><b>{code}.</b> <ins>That\u{2019}s an error.</ins>\n",
                code = status.as_u16(),
            ),
        )
    }

    #[must_use]
    pub(crate) fn never_stored(self) -> Self {
        self.with(CACHE_CONTROL, "no-store")
    }

    /// Sets a header; a value that cannot be one is left out.
    #[must_use]
    pub(crate) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }
}
