//! TLS with a private authority, and HTTP/2 by ALPN.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use toolgate_http::HttpClient;

/// A server certificate for `localhost`, and the PEM of the authority behind it.
fn certificates() -> (ServerConfig, String) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let server = server.signed_by(&key, &authority).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![server.der().clone()], key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    (config, authority.pem())
}

/// Serves HTTP/2 over TLS; answers with the version that it saw.
async fn serve(listener: TcpListener, config: ServerConfig) {
    let acceptor = TlsAcceptor::from(Arc::new(config));
    while let Ok((stream, _)) = listener.accept().await {
        let Ok(stream) = acceptor.accept(stream).await else {
            continue;
        };
        tokio::spawn(
            hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(stream), service_fn(version_of)),
        );
    }
}

/// A function rather than a closure: over an async closure here, rustc 1.95 stops with "unstable
/// fingerprints" when it builds this again after a change of the library.
async fn version_of(
    request: http::Request<hyper::body::Incoming>,
) -> Result<http::Response<Full<Bytes>>, std::convert::Infallible> {
    let body = Full::new(Bytes::from(format!("{:?}", request.version())));
    Ok(http::Response::new(body))
}

#[tokio::test]
async fn an_own_authority_is_trusted_when_named_and_http_2_is_spoken() {
    let (config, pem) = certificates();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "https://localhost:{}/",
        listener.local_addr().unwrap().port()
    );
    let server = tokio::spawn(serve(listener, config));
    let send = async |client: HttpClient| {
        let request = http::Request::get(&url).body(Vec::new()).unwrap();
        client.send(request, Duration::from_secs(20)).await
    };

    let trusting = HttpClient::builder().with_root_certificate_pem(pem.as_bytes());
    let answer = send(trusting.build().unwrap()).await.unwrap();
    assert_eq!(answer.body(), b"HTTP/2.0");

    let stranger = send(HttpClient::new().unwrap()).await.unwrap_err();
    assert!(stranger.is_unsent(), "{stranger}");
    server.abort();
}
