//! One API call after the discovery check, and what a service answers to it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::content::Content;
use crate::slides::Fetched;

/// A call that matched a method of a discovery document and passed its checks.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// Google's method id, such as `gmail.users.messages.list`.
    pub(crate) method: String,
    /// Decoded path parameters by name.
    pub(crate) path: BTreeMap<String, String>,
    /// Query parameters by name, each in the order given.
    pub(crate) query: BTreeMap<String, Vec<String>>,
    /// The JSON body, checked against the method's request schema.
    pub(crate) body: Option<Value>,
    /// Uploaded bytes with their content type, where the method takes media.
    pub(crate) media: Option<Media>,
    /// The e-mail address of the account that the access token belongs to.
    pub(crate) account: String,
    /// Scopes of the access token, for answers that depend on them.
    pub(crate) scopes: Vec<String>,
    /// The most entries that a page of a list may have here, whatever was asked for.
    pub(crate) page_limit: Option<usize>,
    /// The pictures that links in the body lead to.
    pub(crate) fetched: Fetched,
    /// The version that a change is for.
    pub(crate) if_match: Option<String>,
    /// The version that the caller has.
    pub(crate) if_none_match: Option<String>,
}

impl Call {
    /// The first value of a query parameter.
    pub(crate) fn query_one(&self, name: &str) -> Option<&str> {
        self.query.get(name)?.first().map(String::as_str)
    }

    /// A path parameter, which a call to its method always has.
    pub(crate) fn path_one(&self, name: &str) -> &str {
        self.path.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The JSON body; null when there was none.
    pub(crate) fn json(&self) -> &Value {
        self.body.as_ref().unwrap_or(&Value::Null)
    }
}

/// Uploaded bytes.
#[derive(Debug, Clone)]
pub(crate) struct Media {
    pub(crate) content_type: String,
    pub(crate) content: Content,
}

/// What a service answers.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// A JSON document with status 200.
    Json(Value),
    /// Status 204 without a body.
    Empty,
    /// Status 304: the caller has this version.
    Unchanged,
    /// A file's bytes, of this media type.
    Media {
        content_type: String,
        content: Content,
    },
}

/// An error in Google's shape.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    pub(crate) code: u16,
    /// Such as `INVALID_ARGUMENT`.
    pub(crate) status: &'static str,
    /// Such as `invalidArgument`.
    pub(crate) reason: &'static str,
    pub(crate) message: String,
}

impl ApiError {
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self {
            code: 404,
            status: "NOT_FOUND",
            reason: "notFound",
            message: message.into(),
        }
    }

    /// 400 for a request that is well-formed and not possible now.
    pub(crate) fn failed_precondition(message: impl Into<String>) -> Self {
        Self {
            code: 400,
            status: "FAILED_PRECONDITION",
            reason: "failedPrecondition",
            message: message.into(),
        }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self {
            code: 400,
            status: "INVALID_ARGUMENT",
            reason: "invalidArgument",
            message: message.into(),
        }
    }
}
