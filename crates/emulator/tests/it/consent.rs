//! Walking the consent page as a browser would.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::Request;
use toolgate_emulator::Emulator;
use url::Url;

use crate::client::{Client, READONLY, Reply};

pub(crate) const REDIRECT: &str = "http://127.0.0.1:9/callback";
pub(crate) const VERIFIER: &str = "a-verifier-of-at-least-43-characters-in-length-1";

/// An authorization request, changed at will.
pub(crate) struct Flow {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) parameters: Vec<(String, String)>,
}

impl Flow {
    /// An offline request of the web client for openid, e-mail and reading mail.
    pub(crate) fn web(emulator: &Emulator) -> Self {
        emulator.register_redirect_uri(REDIRECT).unwrap();
        Self::of(emulator.client_id(), emulator.client_secret())
    }

    pub(crate) fn installed(emulator: &Emulator) -> Self {
        Self::of(
            emulator.installed_client_id(),
            emulator.installed_client_secret(),
        )
    }

    fn of(client_id: &str, client_secret: &str) -> Self {
        let scope = format!("openid email {READONLY}");
        let parameters = [
            ("client_id", client_id),
            ("redirect_uri", REDIRECT),
            ("response_type", "code"),
            ("scope", scope.as_str()),
            ("state", "state-1"),
            ("nonce", "nonce-1"),
            ("access_type", "offline"),
            ("code_challenge", &challenge(VERIFIER)),
            ("code_challenge_method", "S256"),
        ];
        Self {
            client_id: client_id.to_owned(),
            client_secret: client_secret.to_owned(),
            parameters: parameters
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        }
    }

    /// Sets a parameter, or adds it.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.parameters.retain(|(known, _)| known != name);
        self.parameters.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.parameters.retain(|(known, _)| known != name);
        self
    }

    pub(crate) async fn page(&self, client: &Client) -> Reply {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.parameters)
            .finish();
        let request = Request::get(format!("/o/oauth2/v2/auth?{query}")).body(Bytes::new());
        client.send(request.unwrap()).await.unwrap()
    }

    /// Allows all that the page offers but `unticked`, and returns what the redirect says.
    pub(crate) async fn allow(
        &self,
        client: &Client,
        account: &str,
        unticked: &[&str],
    ) -> BTreeMap<String, String> {
        let page = self.page(client).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let text = page.text();
        let request = values(&text, "request").remove(0);
        let scopes = values(&text, "scope");
        let mut fields = vec![("request", request.as_str()), ("account", account)];
        for scope in &scopes {
            if !unticked.contains(&scope.as_str()) {
                fields.push(("scope", scope));
            }
        }
        fields.push(("decision", "allow"));
        redirected(&client.form("/o/oauth2/v2/auth/decide", &fields).await)
    }

    /// Allows everything and returns the code.
    pub(crate) async fn code(&self, client: &Client, account: &str) -> String {
        self.allow(client, account, &[])
            .await
            .remove("code")
            .unwrap()
    }

    /// Exchanges a code with the right client, redirect and verifier.
    pub(crate) async fn exchange(&self, client: &Client, code: &str) -> Reply {
        client.form("/token", &self.exchange_fields(code)).await
    }

    pub(crate) fn exchange_fields<'a>(&'a self, code: &'a str) -> Vec<(&'a str, &'a str)> {
        vec![
            ("grant_type", "authorization_code"),
            ("client_id", &self.client_id),
            ("client_secret", &self.client_secret),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ]
    }

    pub(crate) async fn refresh(&self, client: &Client, refresh_token: &str) -> Reply {
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", self.client_id.as_str()),
            ("client_secret", &self.client_secret),
            ("refresh_token", refresh_token),
        ];
        client.form("/token", &fields).await
    }
}

/// The values of the fields of this name in a page's form.
pub(crate) fn values(page: &str, name: &str) -> Vec<String> {
    page.split(&format!("name=\"{name}\" value=\""))
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&"))
        .collect()
}

/// The query of a redirect to [`REDIRECT`].
pub(crate) fn redirected(reply: &Reply) -> BTreeMap<String, String> {
    assert_eq!(reply.status, 303, "{}", reply.text());
    let url = Url::parse(reply.header("location")).unwrap();
    assert!(
        url.as_str().starts_with(&format!("{REDIRECT}?")),
        "redirected to {url}"
    );
    url.query_pairs().into_owned().collect()
}

pub(crate) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(ring::digest::digest(
        &ring::digest::SHA256,
        verifier.as_bytes(),
    ))
}
