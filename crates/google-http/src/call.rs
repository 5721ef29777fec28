//! One call: which method, where, with what, and whether it may be repeated.

use std::fmt::Display;

use http::header::{HeaderName, HeaderValue, IF_MATCH};
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use serde_json::Value;
use toolgate_http::{Api, Endpoints};
use url::Url;

use crate::error::{Error, ErrorKind};
use crate::multipart;
use crate::path::Path;

/// One of Google's API methods.
///
/// ```
/// use toolgate_google_http::Method;
/// use toolgate_http::Api;
///
/// static LIST: Method = Method::get(Api::Gmail, "gmail.users.messages.list");
/// assert_eq!(LIST.id(), "gmail.users.messages.list");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    api: Api,
    id: &'static str,
    verb: http::Method,
}

impl Method {
    /// A method that is called by GET.
    pub const fn get(api: Api, id: &'static str) -> Self {
        Self::new(api, id, http::Method::GET)
    }

    /// A method that is called by POST.
    pub const fn post(api: Api, id: &'static str) -> Self {
        Self::new(api, id, http::Method::POST)
    }

    /// A method that is called by PUT.
    pub const fn put(api: Api, id: &'static str) -> Self {
        Self::new(api, id, http::Method::PUT)
    }

    /// A method that is called by PATCH.
    pub const fn patch(api: Api, id: &'static str) -> Self {
        Self::new(api, id, http::Method::PATCH)
    }

    /// A method that is called by DELETE.
    pub const fn delete(api: Api, id: &'static str) -> Self {
        Self::new(api, id, http::Method::DELETE)
    }

    const fn new(api: Api, id: &'static str, verb: http::Method) -> Self {
        Self { api, id, verb }
    }

    /// Google's id of it, by which requirements name it.
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// The API that it belongs to.
    pub const fn api(&self) -> Api {
        self.api
    }

    /// How it is called.
    pub const fn verb(&self) -> &http::Method {
        &self.verb
    }
}

/// The query of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(&'static str, String)>);

impl Query {
    /// No parameters yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a parameter; one that is added again is repeated.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Display) -> Self {
        self.0.push((name, value.to_string()));
        self
    }

    /// Adds a parameter where there is a value.
    #[must_use]
    pub fn with_some(self, name: &'static str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Asks for these fields only.
    #[must_use]
    pub fn fields(self, mask: &str) -> Self {
        self.with("fields", mask)
    }
}

/// One call, ready to be sent, repeatedly if need be.
#[derive(Clone, Debug)]
pub struct Call {
    pub(crate) method: Method,
    path: Path,
    query: Query,
    pub(crate) body: Option<Content>,
    pub(crate) if_match: Option<HeaderValue>,
    pub(crate) carries_own_id: bool,
    uploads: bool,
    more: Vec<(HeaderName, HeaderValue)>,
}

/// What is sent along.
#[derive(Clone, Debug)]
pub(crate) struct Content {
    pub(crate) kind: HeaderValue,
    pub(crate) bytes: Vec<u8>,
}

impl Call {
    /// A call without query and body.
    pub fn new(method: &Method, path: Path) -> Self {
        Self {
            method: method.clone(),
            path,
            query: Query::new(),
            body: None,
            if_match: None,
            carries_own_id: false,
            uploads: false,
            more: Vec::new(),
        }
    }

    /// With this query.
    #[must_use]
    pub fn with_query(self, query: Query) -> Self {
        Self { query, ..self }
    }

    /// With this body. Members that are null are left out: the types of Google's crates write every
    /// field that is not set as null.
    ///
    /// # Errors
    /// When the body cannot be written as JSON.
    pub fn with_json(self, body: &impl Serialize) -> Result<Self, Error> {
        let value = serde_json::to_value(body).map_err(unwritable)?;
        self.with_exact(&without_nulls(value))
    }

    /// With this body as it is, nulls included: for structs of [`Patch`](crate::Patch) fields.
    ///
    /// # Errors
    /// When the body cannot be written as JSON.
    pub fn with_patch(self, body: &impl Serialize) -> Result<Self, Error> {
        self.with_exact(&serde_json::to_value(body).map_err(unwritable)?)
    }

    fn with_exact(self, value: &Value) -> Result<Self, Error> {
        let bytes = serde_json::to_vec(value).map_err(unwritable)?;
        let kind = HeaderValue::from_static("application/json; charset=utf-8");
        Ok(Self {
            body: Some(Content { kind, bytes }),
            ..self
        })
    }

    /// With bytes of another kind, sent to the API's upload address.
    #[must_use]
    pub fn with_upload(self, kind: &'static str, bytes: Vec<u8>) -> Self {
        let kind = HeaderValue::from_static(kind);
        Self {
            body: Some(Content { kind, bytes }),
            uploads: true,
            ..self
        }
    }

    /// With a description in JSON, whose null members are left out, and bytes of another kind beside
    /// it, sent to the API's upload address (`uploadType=multipart`). The boundary is one that
    /// stands in neither.
    ///
    /// # Errors
    /// When the description cannot be written as JSON, or the boundary is not a legal one.
    pub fn with_multipart(
        self,
        about: &impl Serialize,
        kind: &str,
        bytes: &[u8],
        boundary: &str,
    ) -> Result<Self, Error> {
        // What is no header's value would end the header of its part.
        HeaderValue::from_str(kind).map_err(|_| ErrorKind::Kind)?;
        let value = serde_json::to_value(about).map_err(unwritable)?;
        let about = serde_json::to_vec(&without_nulls(value)).map_err(unwritable)?;
        let body = multipart::related(boundary, &about, kind, bytes);
        let related = format!("multipart/related; boundary=\"{boundary}\"");
        let related = HeaderValue::try_from(related).map_err(|_| ErrorKind::Boundary)?;
        Ok(Self {
            body: Some(Content {
                kind: related,
                bytes: body,
            }),
            uploads: true,
            ..self
        })
    }

    /// Begins an upload: sent to the API's upload address.
    pub(crate) fn into_upload(self) -> Self {
        Self {
            uploads: true,
            ..self
        }
    }

    /// With one more parameter.
    pub(crate) fn with_parameter(mut self, name: &'static str, value: &str) -> Self {
        self.query = self.query.with(name, value);
        self
    }

    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.more.push((name, value));
        self
    }

    /// Only if the thing is still the version with this etag; otherwise Google answers 412.
    ///
    /// # Errors
    /// When the etag is not a legal header value.
    pub fn with_if_match(self, etag: &str) -> Result<Self, Error> {
        let etag = HeaderValue::from_str(etag).map_err(|_| ErrorKind::Etag)?;
        Ok(Self {
            if_match: Some(etag),
            ..self
        })
    }

    /// Says that this write carries an id of our own choice, so that a repeat changes nothing.
    #[must_use]
    pub fn with_own_id(self) -> Self {
        Self {
            carries_own_id: true,
            ..self
        }
    }

    /// Whether it may be repeated though it may have been processed.
    pub(crate) fn may_be_repeated(&self) -> bool {
        self.method.verb == http::Method::GET || self.carries_own_id
    }

    pub(crate) fn url(&self, endpoints: &Endpoints) -> Result<Url, Error> {
        let api = self.method.api;
        let base = if self.uploads {
            endpoints.upload(api)
        } else {
            endpoints.api(api)
        };
        let mut url = base
            .join(&self.path.to_string())
            .map_err(|_| ErrorKind::Url)?;
        if !self.query.0.is_empty() {
            url.query_pairs_mut().extend_pairs(self.query.0.iter());
        }
        // What the path's own checks should have kept out.
        if !url.as_str().starts_with(base.as_str()) || !endpoints.allows(&url) {
            return Err(Error::from(ErrorKind::Url));
        }
        Ok(url)
    }

    pub(crate) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Some(etag) = &self.if_match {
            headers.insert(IF_MATCH, etag.clone());
        }
        if let Some(content) = &self.body {
            headers.insert(http::header::CONTENT_TYPE, content.kind.clone());
        }
        headers.extend(self.more.iter().cloned());
        headers
    }
}

fn unwritable(error: serde_json::Error) -> Error {
    Error::from(ErrorKind::Unwritable(error))
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .filter(|(_, member)| !member.is_null())
            .map(|(name, member)| (name, without_nulls(member)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

/// An answer that Google gave: what it says, and how.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Answer<T> {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: T,
}
