//! A person with a browser, for tests and examples: opens a link, presses Continue, consents.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use scraper::{ElementRef, Html, Selector};
use tokio::net::TcpStream;
use url::{Url, form_urlencoded};

use crate::error::{Error, ErrorKind};

/// A browser follows no more redirects than this.
const MAX_REDIRECTS: usize = 20;

/// A person with a browser of their own: cookies are kept per host, redirects followed, forms
/// filled in as they stand. Plain HTTP on this machine only.
///
/// It knows pages and forms, nothing of any application: whoever writes a sign-in can send it
/// through.
#[derive(Debug)]
pub struct Person {
    account: String,
    declined: Vec<String>,
    denies: bool,
    cookies: Mutex<BTreeMap<String, BTreeMap<String, String>>>,
}

/// A page as it stands at the end of all redirects.
#[derive(Debug, Clone)]
pub struct Page {
    /// Where it is.
    pub url: Url,
    /// Its status.
    pub status: StatusCode,
    /// Its text.
    pub body: String,
}

struct Form {
    action: Url,
    fields: Vec<(String, String)>,
}

impl Person {
    /// Somebody who chooses this Google account and allows all that is asked.
    pub fn new(account: impl Into<String>) -> Self {
        Self {
            account: account.into(),
            declined: Vec::new(),
            denies: false,
            cookies: Mutex::default(),
        }
    }

    /// Somebody who unticks these scopes.
    #[must_use]
    pub fn declining(self, scopes: &[&str]) -> Self {
        Self {
            declined: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            ..self
        }
    }

    /// Somebody who presses Deny.
    #[must_use]
    pub fn denying(self) -> Self {
        Self {
            denies: true,
            ..self
        }
    }

    /// Somebody whose browser has this cookie of a host already: who is logged in there.
    #[must_use]
    pub fn with_cookie(self, host: &Url, name: &str, value: &str) -> Self {
        let mut jar = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        let of_host = jar.entry(authority(host)).or_default();
        of_host.insert(name.to_owned(), value.to_owned());
        drop(jar);
        self
    }

    /// Opens a link and goes on as far as the pages have a form: presses Continue, consents at
    /// Google, and comes back. Returns the page at the end.
    ///
    /// # Errors
    /// When a page cannot be reached, or the way has no end.
    pub async fn follow(&self, link: &Url) -> Result<Page, Error> {
        let mut page = self.open(link).await?;
        for _ in 0..MAX_REDIRECTS {
            if !page.status.is_success() || self.form(&page).is_none() {
                return Ok(page);
            }
            page = self.submit(&page).await?;
        }
        Err(failure(link, "the forms have no end"))
    }

    /// Opens a link, following redirects.
    ///
    /// # Errors
    /// When a page cannot be reached.
    pub async fn open(&self, link: &Url) -> Result<Page, Error> {
        self.request(Method::GET, link.clone(), None, None).await
    }

    /// Sends a page's form as this person fills it in, following redirects.
    ///
    /// # Errors
    /// When the page has no form, or the next page cannot be reached.
    pub async fn submit(&self, page: &Page) -> Result<Page, Error> {
        let form = self
            .form(page)
            .ok_or_else(|| failure(&page.url, "the page has no form"))?;
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&form.fields)
            .finish();
        let origin = page.url.origin().ascii_serialization();
        self.request(Method::POST, form.action, Some(body), Some(origin))
            .await
    }

    /// The value of a cookie that a host has set, for tests that take it elsewhere.
    pub fn cookies(&self, host: &Url) -> Vec<(String, String)> {
        let jar = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        let of_host = jar.get(&authority(host)).cloned().unwrap_or_default();
        of_host.into_iter().collect()
    }

    /// The first form of a page, filled in: radio buttons by account, boxes as they are ticked,
    /// hidden fields as they stand, and the one button that this person presses.
    fn form(&self, page: &Page) -> Option<Form> {
        let html = Html::parse_document(&page.body);
        let form = html.select(&selector("form")?).next()?;
        let action = page.url.join(form.attr("action").unwrap_or("")).ok()?;
        let fields = selector("input, button")?;
        let fields = form
            .select(&fields)
            .filter_map(|field| self.fill_in(field))
            .collect();
        Some(Form { action, fields })
    }

    fn fill_in(&self, field: ElementRef<'_>) -> Option<(String, String)> {
        let name = field.attr("name")?.to_owned();
        let value = field.attr("value").unwrap_or_default().to_owned();
        let chosen = match field.attr("type").unwrap_or("text") {
            _ if field.attr("disabled").is_some() => false,
            "radio" => value == self.account,
            "checkbox" => field.attr("checked").is_some() && !self.declined.contains(&value),
            "submit" => value == if self.denies { "deny" } else { "allow" },
            _ => true,
        };
        chosen.then_some((name, value))
    }

    async fn request(
        &self,
        mut method: Method,
        mut url: Url,
        mut body: Option<String>,
        mut origin: Option<String>,
    ) -> Result<Page, Error> {
        for _ in 0..MAX_REDIRECTS {
            let response = self
                .send(&method, &url, body.as_deref(), origin.as_deref())
                .await?;
            let next = response
                .headers()
                .get(LOCATION)
                .and_then(|it| it.to_str().ok());
            let next = next.filter(|_| response.status().is_redirection());
            let Some(next) = next else {
                let (parts, body) = response.into_parts();
                let body = String::from_utf8_lossy(&body).into_owned();
                return Ok(Page {
                    url,
                    status: parts.status,
                    body,
                });
            };
            url = url
                .join(next)
                .map_err(|_| failure(&url, "its redirect is not a URL"))?;
            (method, body, origin) = (Method::GET, None, None);
        }
        Err(failure(&url, "the redirects have no end"))
    }

    async fn send(
        &self,
        method: &Method,
        url: &Url,
        body: Option<&str>,
        origin: Option<&str>,
    ) -> Result<http::Response<Bytes>, Error> {
        let authority = authority(url);
        let mut request = Request::builder()
            .method(method)
            .uri(&url[url::Position::BeforePath..url::Position::AfterQuery])
            .header(HOST, &authority);
        if let Some(origin) = origin {
            request = request
                .header(ORIGIN, origin)
                .header("sec-fetch-site", "same-origin")
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let cookies = self.cookie_header(&authority);
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies);
        }
        let request = request
            .body(Full::new(Bytes::from(body.unwrap_or_default().to_owned())))
            .map_err(|_| failure(url, "the request cannot be built"))?;
        let response = exchange(&authority, request)
            .await
            .map_err(|what| failure(url, what))?;
        self.keep_cookies(&authority, &response);
        Ok(response)
    }

    fn cookie_header(&self, authority: &str) -> String {
        let jar = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        let pairs = jar.get(authority).into_iter().flatten();
        pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("; ")
    }

    fn keep_cookies(&self, authority: &str, response: &http::Response<Bytes>) {
        let mut jar = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        let jar = jar.entry(authority.to_owned()).or_default();
        for cookie in response.headers().get_all(SET_COOKIE) {
            let Some((pair, attributes)) = cookie.to_str().ok().and_then(|it| it.split_once(';'))
            else {
                continue;
            };
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            if attributes.contains("Max-Age=0") {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

async fn exchange(
    authority: &str,
    request: Request<Full<Bytes>>,
) -> Result<http::Response<Bytes>, &'static str> {
    let stream = TcpStream::connect(authority)
        .await
        .map_err(|_| "nothing listens there")?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|_| "it does not speak HTTP")?;
    let connection = tokio::spawn(connection);
    let response = sender
        .send_request(request)
        .await
        .map_err(|_| "it did not answer")?;
    let (parts, body) = response.into_parts();
    let body = body
        .collect()
        .await
        .map_err(|_| "its answer was cut off")?
        .to_bytes();
    connection.abort();
    Ok(http::Response::from_parts(parts, body))
}

fn selector(text: &str) -> Option<Selector> {
    Selector::parse(text).ok()
}

fn authority(url: &Url) -> String {
    let port = url.port_or_known_default().unwrap_or(80);
    format!("{}:{port}", url.host_str().unwrap_or_default())
}

/// Without the query, which can hold a code.
fn failure(url: &Url, problem: &'static str) -> Error {
    let page = url[..url::Position::AfterPath].to_owned();
    ErrorKind::Page { page, problem }.into()
}
