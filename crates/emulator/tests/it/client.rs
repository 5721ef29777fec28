//! A bare HTTP client for the tests.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Request, Version};
use http_body_util::{BodyExt as _, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use toolgate_emulator::Emulator;

pub(crate) const READONLY: &str = "https://www.googleapis.com/auth/gmail.readonly";
pub(crate) const COMPOSE: &str = "https://www.googleapis.com/auth/gmail.compose";
pub(crate) const METADATA: &str = "https://www.googleapis.com/auth/gmail.metadata";
pub(crate) const ALICE: &str = "alice@example.com";
pub(crate) const BOB: &str = "bob@example.com";

/// A client of one emulator.
pub(crate) struct Client {
    http: legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    base: String,
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) version: Version,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Client {
    pub(crate) fn of(emulator: &Emulator) -> Self {
        let mut roots = RootCertStore::empty();
        if let Some(pem) = emulator.ca_certificate_pem() {
            roots
                .add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap())
                .unwrap();
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_all_versions()
            .build();
        #[expect(
            clippy::disallowed_methods,
            reason = "the tests may not use the one in `http`"
        )]
        let http = legacy::Client::builder(TokioExecutor::new()).build(connector);
        Self {
            http,
            base: emulator
                .base_url()
                .as_str()
                .trim_end_matches('/')
                .to_owned(),
        }
    }

    /// Sends a request whose URI is a path; an error is a connection that was cut.
    pub(crate) async fn send(&self, mut request: Request<Bytes>) -> Result<Reply, String> {
        *request.uri_mut() = format!("{}{}", self.base, request.uri()).parse().unwrap();
        let response = self
            .http
            .request(request.map(Full::new))
            .await
            .map_err(|error| error.to_string())?;
        let (parts, body) = response.into_parts();
        let body = body
            .collect()
            .await
            .map_err(|error| error.to_string())?
            .to_bytes();
        Ok(Reply {
            status: parts.status.as_u16(),
            version: parts.version,
            headers: parts.headers,
            body,
        })
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Reply {
        self.send(authorized("GET", path, token).body(Bytes::new()).unwrap())
            .await
            .unwrap()
    }

    pub(crate) async fn post(&self, token: &str, path: &str, body: &Value) -> Reply {
        self.json("POST", token, path, body).await
    }

    pub(crate) async fn put(&self, token: &str, path: &str, body: &Value) -> Reply {
        self.json("PUT", token, path, body).await
    }

    async fn json(&self, method: &str, token: &str, path: &str, body: &Value) -> Reply {
        let request = authorized(method, path, token).header("content-type", "application/json");
        self.send(request.body(body.to_string().into()).unwrap())
            .await
            .unwrap()
    }

    /// Posts a form without an authorization.
    pub(crate) async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.into());
        self.send(request.unwrap()).await.unwrap()
    }

    /// Steers the emulator.
    pub(crate) async fn control(&self, method: &str, path: &str, body: &Value) -> Reply {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let request = Request::builder()
            .method(method)
            .uri(format!("/_emulator/{path}"));
        self.send(request.body(body.into()).unwrap()).await.unwrap()
    }
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json_type(&self) -> bool {
        self.header("content-type").starts_with("application/json")
    }

    /// Status, reason and message of an error in Google's shape.
    pub(crate) fn error(&self) -> (u16, String, String) {
        let error = &self.json()["error"];
        assert_eq!(error["code"], self.status);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (
            self.status,
            text(&error["errors"][0]["reason"]),
            text(&error["message"]),
        )
    }

    /// Status and error of an OAuth endpoint.
    pub(crate) fn oauth_error(&self) -> (u16, String) {
        (
            self.status,
            self.json()["error"].as_str().unwrap().to_owned(),
        )
    }
}

pub(crate) fn authorized(method: &str, path: &str, token: &str) -> http::request::Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {token}"))
}

/// An emulator with the sample mailboxes, and its client.
pub(crate) async fn start() -> (Emulator, Client) {
    let emulator = Emulator::builder().start().await.unwrap();
    let client = Client::of(&emulator);
    (emulator, client)
}
