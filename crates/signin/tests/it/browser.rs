//! A browser: keeps cookies, says where its forms come from, and goes to Google.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::collections::BTreeMap;
use std::time::Duration;

use axum::body::Body;
use http::header::{CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use toolgate_http::HttpClient;
use tower::ServiceExt as _;
use url::{Url, form_urlencoded};

use crate::site::Site;

const DEADLINE: Duration = Duration::from_secs(20);

/// A browser with its own cookies. Clones share none from then on.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    pub(crate) cookies: BTreeMap<String, String>,
    /// Sent with every request.
    pub(crate) headers: HeaderMap,
    http: HttpClient,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Page {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn location(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        self.header(LOCATION.as_str())
    }

    #[track_caller]
    pub(crate) fn assert_says(&self, text: &str) {
        assert!(
            self.body.contains(text),
            "{text:?} is not in\n{}",
            self.body
        );
    }

    #[track_caller]
    pub(crate) fn assert_silent_about(&self, text: &str) {
        assert!(!self.body.contains(text), "{text:?} is in\n{}", self.body);
    }
}

impl Browser {
    pub(crate) fn new() -> Self {
        Self {
            cookies: BTreeMap::new(),
            headers: HeaderMap::new(),
            http: HttpClient::new().unwrap(),
        }
    }

    pub(crate) async fn get(&mut self, site: &Site, address: &str) -> Page {
        self.send(site, Request::get(path(address))).await
    }

    pub(crate) async fn head(&mut self, site: &Site, address: &str) -> Page {
        self.send(site, Request::head(path(address))).await
    }

    /// Sends the form of the page at this address.
    pub(crate) async fn post(&mut self, site: &Site, address: &str) -> Page {
        self.submit(site, address, "").await
    }

    /// Sends a form that holds something.
    pub(crate) async fn submit(&mut self, site: &Site, address: &str, form: &str) -> Page {
        let origin = Url::parse(&site.public_url)
            .unwrap()
            .origin()
            .ascii_serialization();
        let request = Request::post(path(address))
            .header(ORIGIN, origin)
            .header("sec-fetch-site", "same-origin")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send_with(site, request, form.to_owned()).await
    }

    pub(crate) async fn send(&mut self, site: &Site, request: http::request::Builder) -> Page {
        self.send_with(site, request, String::new()).await
    }

    pub(crate) async fn send_with(
        &mut self,
        site: &Site,
        request: http::request::Builder,
        body: String,
    ) -> Page {
        let mut request = request.body(Body::from(body)).unwrap();
        request.headers_mut().extend(self.headers.clone());
        let jar: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !jar.is_empty() {
            request
                .headers_mut()
                .insert(COOKIE, jar.join("; ").parse().unwrap());
        }
        let is_head = *request.method() == Method::HEAD;
        let response = site.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        assert!(!is_head || body.is_empty(), "HEAD was answered with a body");
        let page = Page {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        };
        self.keep_all(&page);
        page
    }

    /// Takes the cookies of an answer.
    pub(crate) fn keep_all(&mut self, page: &Page) {
        for cookie in page.headers.get_all(SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
    }

    fn keep(&mut self, cookie: &str) {
        let (pair, attributes) = cookie.split_once(';').unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        if attributes.contains("Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Opens a link and continues; the address at Google.
    pub(crate) async fn continue_to_google(&mut self, site: &Site, link: &Url) -> Url {
        let page = self.get(site, link.as_str()).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let next = self.post(site, link.as_str()).await;
        Url::parse(next.location()).unwrap()
    }

    /// Looks at Google's consent page; the number of the request.
    pub(crate) async fn look_at_consent(&self, authorize: &Url) -> String {
        let request = Request::get(authorize.as_str()).body(Vec::new()).unwrap();
        let answer = self.http.send(request, DEADLINE).await.unwrap();
        let page = String::from_utf8(answer.into_body()).unwrap();
        let field = "name=\"request\" value=\"";
        let at = page
            .find(field)
            .ok_or_else(|| format!("no consent page: {page}"))
            .unwrap();
        page[at + field.len()..]
            .split('"')
            .next()
            .unwrap()
            .to_owned()
    }

    /// Decides on the consent page; the callback that Google sends the browser to.
    pub(crate) async fn decide(&self, authorize: &Url, fields: &[(&str, &str)]) -> Url {
        let number = self.look_at_consent(authorize).await;
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("request", &number)
            .extend_pairs(fields)
            .finish();
        let request = Request::post(authorize.join("/o/oauth2/v2/auth/decide").unwrap().as_str())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.into_bytes())
            .unwrap();
        let answer = self.http.send(request, DEADLINE).await.unwrap();
        let location = answer
            .headers()
            .get(LOCATION)
            .ok_or_else(|| String::from_utf8_lossy(answer.body()))
            .unwrap();
        Url::parse(location.to_str().unwrap()).unwrap()
    }

    /// Sends a form to the token endpoint, as whoever has a token could.
    pub(crate) async fn ask_for_tokens(&self, site: &Site, form: String) -> StatusCode {
        let endpoint = site.emulator.base_url().join("/token").unwrap();
        let request = Request::post(endpoint.as_str())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.into_bytes())
            .unwrap();
        let answer = self.http.send(request, DEADLINE).await.unwrap();
        answer.status()
    }

    /// Allows everything with an account.
    pub(crate) async fn allow(&self, authorize: &Url, email: &str) -> Url {
        let scopes = authorize
            .query_pairs()
            .find(|(name, _)| name == "scope")
            .unwrap()
            .1;
        let mut fields = vec![("decision", "allow"), ("account", email)];
        fields.extend(scopes.split(' ').map(|scope| ("scope", scope)));
        self.decide(authorize, &fields).await
    }

    /// From a link to Google's answer, which is not delivered yet.
    pub(crate) async fn answer_of(&mut self, site: &Site, link: &Url, email: &str) -> Url {
        let authorize = self.continue_to_google(site, link).await;
        self.allow(&authorize, email).await
    }

    /// From a link to the last page.
    pub(crate) async fn connect(&mut self, site: &Site, link: &Url, email: &str) -> Page {
        let callback = self.answer_of(site, link, email).await;
        self.finish(site, callback.as_str()).await
    }

    /// Delivers Google's answer, and goes where that leads.
    pub(crate) async fn finish(&mut self, site: &Site, callback: &str) -> Page {
        let next = self.get(site, callback).await;
        let location = next.location().to_owned();
        assert!(
            !location.contains('?'),
            "the last page has a query: {location}"
        );
        self.get(site, &location).await
    }
}

/// What of an address goes to the server.
fn path(address: &str) -> String {
    match Url::parse(address) {
        Ok(url) => url[url::Position::BeforePath..].to_owned(),
        Err(_) => address.to_owned(),
    }
}

/// A callback as Google makes them, with these parameters.
pub(crate) fn callback(pairs: &[(&str, &str)]) -> String {
    let mut url = Url::parse("http://127.0.0.1:4000/google/callback").unwrap();
    url.query_pairs_mut().extend_pairs(pairs);
    url.into()
}

/// One parameter of an address.
pub(crate) fn parameter(url: &Url, name: &str) -> String {
    let (_, value) = url.query_pairs().find(|(key, _)| key == name).unwrap();
    value.into_owned()
}
