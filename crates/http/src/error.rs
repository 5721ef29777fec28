//! The one error of this crate: what went wrong, and whether the request may have been processed.

use std::time::Duration;

/// A failure of the network, of a peer, or of the configuration.
///
/// The text names at most a host, never a path, a query or a body.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] ErrorKind);

/// A foreign error, kept as the source.
pub(crate) type Source = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, thiserror::Error)]
pub(crate) enum ErrorKind {
    #[error("the {what} is not usable: {problem}")]
    Configuration {
        what: &'static str,
        problem: &'static str,
    },
    #[error("plain http goes to this machine only, and {host} is not it; use https")]
    PlainHttp { host: String },
    #[error("could not connect to {host}")]
    Connect {
        host: String,
        #[source]
        source: Source,
    },
    #[error("the request did not leave for {host}")]
    NotSent {
        host: String,
        #[source]
        source: Source,
    },
    #[error("no complete answer from {host} within {} ms", after.as_millis())]
    Timeout { host: String, after: Duration },
    #[error("the connection to {host} broke before the answer was complete")]
    Broken {
        host: String,
        #[source]
        source: Source,
    },
    #[error("the answer of {host} is not valid gzip")]
    Encoding { host: String },
    #[error("the answer of {host} is encoded, though no encoding was asked for")]
    Encoded { host: String },
    #[error("the answer of {host} is larger than {limit} bytes")]
    TooLarge { host: String, limit: usize },
    #[error("nobody came to the loopback listener within {} s", after.as_secs())]
    ListenerTimeout { after: Duration },
    #[error("the loopback listener could not open {address}; is the port in use?")]
    Bind {
        address: String,
        #[source]
        source: std::io::Error,
    },
    #[error("the loopback listener failed")]
    Listen(#[source] std::io::Error),
}

impl Error {
    pub(crate) fn configuration(what: &'static str, problem: &'static str) -> Self {
        Self(ErrorKind::Configuration { what, problem })
    }

    /// The request was certainly not processed: no connection (address, DNS, TLS), or it was
    /// refused before anything was written. Repeating it is safe.
    pub fn is_unsent(&self) -> bool {
        matches!(
            self.0,
            ErrorKind::Configuration { .. }
                | ErrorKind::PlainHttp { .. }
                | ErrorKind::Connect { .. }
                | ErrorKind::NotSent { .. }
        )
    }

    /// The deadline passed. Whether the peer processed the request is not known.
    pub fn is_timeout(&self) -> bool {
        matches!(
            self.0,
            ErrorKind::Timeout { .. } | ErrorKind::ListenerTimeout { .. }
        )
    }

    /// The answer, or what it decodes to, is larger than the client accepts.
    pub fn is_too_large(&self) -> bool {
        matches!(self.0, ErrorKind::TooLarge { .. })
    }

    /// The connection broke, or the answer was damaged, after the request may have been sent.
    pub fn is_broken(&self) -> bool {
        matches!(
            self.0,
            ErrorKind::Broken { .. } | ErrorKind::Encoding { .. } | ErrorKind::Encoded { .. }
        )
    }

    /// The configuration is wrong: mend it and start again.
    pub fn is_configuration(&self) -> bool {
        matches!(
            self.0,
            ErrorKind::Configuration { .. } | ErrorKind::PlainHttp { .. }
        )
    }
}
