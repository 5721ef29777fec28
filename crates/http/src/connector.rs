//! Connecting: TCP and TLS, bounded together, with the TLS provider named.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tower_service::Service;
use url::Url;

use crate::endpoints::Endpoints;
use crate::error::{Error, Source};

/// A connector whose whole work, the TLS handshake included, has a time limit: what it fails to
/// finish in time is certainly unsent.
#[derive(Clone, Debug)]
pub(crate) struct Connector {
    inner: HttpsConnector<HttpConnector>,
    timeout: Duration,
}

impl Connector {
    pub(crate) fn new(extra_roots: &[Vec<u8>], timeout: Duration) -> Result<Self, Error> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(Duration::from_mins(1)));
        tcp.set_connect_timeout(Some(timeout));
        let inner = HttpsConnectorBuilder::new()
            .with_tls_config(tls_config(extra_roots)?)
            .https_or_http()
            .enable_http1()
            .enable_http2()
            .wrap_connector(tcp);
        Ok(Self { inner, timeout })
    }
}

fn tls_config(extra_roots: &[Vec<u8>]) -> Result<ClientConfig, Error> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    for pem in extra_roots {
        add_roots(&mut roots, pem)?;
    }
    // The provider is named: with a second one compiled in, a default would be a panic.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| Error::configuration("TLS provider", "it supports no protocol version"))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

fn add_roots(roots: &mut RootCertStore, pem: &[u8]) -> Result<(), Error> {
    let refuse = |problem| Error::configuration("root certificate", problem);
    let before = roots.len();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|_| refuse("it is not PEM"))?;
        roots
            .add(certificate)
            .map_err(|_| refuse("it is not an X.509 certificate"))?;
    }
    if roots.len() == before {
        return Err(refuse("the PEM text holds no certificate"));
    }
    Ok(())
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = Source;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Source>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Source>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = self.inner.call(uri);
        let timeout = self.timeout;
        Box::pin(async move {
            match tokio::time::timeout(timeout, connecting).await {
                Ok(connected) => connected,
                Err(elapsed) => Err(elapsed.into()),
            }
        })
    }
}

/// Connects for hubs, to the hosts of its [`Endpoints`] and no others: a hub sends a token with each
/// request, wherever its addresses were set to.
#[derive(Clone, Debug)]
pub(crate) struct EndpointsConnector {
    inner: Connector,
    endpoints: Endpoints,
}

impl EndpointsConnector {
    pub(crate) fn new(inner: Connector, endpoints: Endpoints) -> Self {
        Self { inner, endpoints }
    }
}

impl Service<Uri> for EndpointsConnector {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = Source;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Source>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Source>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        match check_allowed(&self.endpoints, &uri) {
            Ok(()) => self.inner.call(uri),
            Err(refused) => Box::pin(async move { Err(refused.into()) }),
        }
    }
}

/// # Errors
/// When the address is none of the endpoints.
pub(crate) fn check_allowed(endpoints: &Endpoints, uri: &Uri) -> Result<(), Error> {
    if Url::parse(&uri.to_string()).is_ok_and(|url| endpoints.allows(&url)) {
        return Ok(());
    }
    let problem = "it is none of the endpoints, and a token would go there";
    Err(Error::configuration("hub's address", problem))
}
