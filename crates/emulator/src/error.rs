//! Why an emulator could not start.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// An emulator that could not be made or started.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] ErrorKind);

#[derive(Debug, thiserror::Error)]
pub(crate) enum ErrorKind {
    #[error("the seed cannot be used: {message}")]
    Seed { message: String },
    #[error("the seed file {} cannot be read", path.display())]
    SeedFile { path: PathBuf, source: io::Error },
    #[error("cannot listen on {address}; is the port taken?")]
    Bind { address: String, source: io::Error },
    #[error("the built-in {what} cannot be used: {detail}")]
    BuiltIn { what: &'static str, detail: String },
    #[error("the page {page} could not be used: {problem}")]
    Page { page: String, problem: &'static str },
    #[error("client {client_id:?}: {problem}")]
    Client { client_id: String, problem: String },
}

impl ErrorKind {
    pub(crate) fn built_in(what: &'static str, detail: impl fmt::Display) -> Self {
        Self::BuiltIn {
            what,
            detail: detail.to_string(),
        }
    }
}

impl Error {
    /// Whether the seed is at fault, and its author can mend it.
    pub fn is_seed(&self) -> bool {
        matches!(self.0, ErrorKind::Seed { .. } | ErrorKind::SeedFile { .. })
    }

    /// Whether the address could not be listened on; another port may be free.
    pub fn is_bind(&self) -> bool {
        matches!(self.0, ErrorKind::Bind { .. })
    }
}
