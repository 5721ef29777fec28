//! The one error of this crate: a model that could not be set up.

use crate::provider::Vendor;

/// A model that cannot be made of what was given. The text says what to mend and holds no key.
///
/// What goes wrong when a model is asked is a [`ModelError`](toolgate_framework::ModelError).
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] ErrorKind);

#[derive(Debug, thiserror::Error)]
pub(crate) enum ErrorKind {
    #[error("`{reference}` names no model; write it as provider:model, such as openai:gpt-5.2")]
    NoModel { reference: String },
    #[error("there is no such provider of models")]
    Provider(#[source] rig_core::providers::registry::SelectionError),
    #[error("{vendor} needs a key; set {variable}, or give it with with_api_key")]
    NoKey {
        vendor: Vendor,
        variable: &'static str,
    },
    #[error("{vendor} has no common address; set {variable}, or give it with with_base_url")]
    NoAddress { vendor: Vendor, variable: String },
    #[error(transparent)]
    Environment(#[from] toolgate_framework::Error),
    #[error(transparent)]
    Http(#[from] toolgate_http::Error),
}

impl Error {
    /// No key was given, and the environment holds none.
    pub fn is_key_missing(&self) -> bool {
        matches!(self.0, ErrorKind::NoKey { .. })
    }
}

impl From<toolgate_http::Error> for Error {
    fn from(error: toolgate_http::Error) -> Self {
        ErrorKind::Http(error).into()
    }
}
