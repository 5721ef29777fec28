//! The routes. What they decide is decided in `toolgate-auth`; here it becomes answers.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Method};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION, REFERRER_POLICY, SET_COOKIE};
use http::{HeaderValue, StatusCode};
use toolgate_auth::BoundGoogleAuth;
use toolgate_auth::sign_in::{Connected, SignIn};
use tracing::warn;

use crate::error::{Error, ErrorKind};
use crate::flash::Flash;
use crate::headers;
use crate::notice::{Notice, Reason, Stage};
use crate::options::PageOptions;
use crate::pages::{Frame, STYLE};
use crate::paths::{Addresses, paths};

/// A segment of a path; what is no UTF-8 is no state of ours either.
type Segment = Result<Path<String>, PathRejection>;
type Shared = State<Arc<Pages>>;

#[derive(Debug)]
struct Pages {
    sign_in: SignIn,
    addresses: Addresses,
    flash: Flash,
}

/// The sign-in pages of a bound [`GoogleAuth`](toolgate_auth::GoogleAuth), to be merged into an
/// application's own router.
///
/// # Errors
/// When the `GoogleAuth` gives no links, or its redirect URI cannot be served beside the pages.
#[expect(
    clippy::needless_pass_by_value,
    reason = "a handle that is cheap to clone, given away as routers' state is"
)]
pub fn router(google: BoundGoogleAuth, options: PageOptions) -> Result<Router, Error> {
    let sign_in = google.sign_in().ok_or(ErrorKind::NoLinks)?.clone();
    let (routes, addresses) = paths(sign_in.options(), options)?;
    let policy = headers::policy(sign_in.authorize_url())?;
    let flash = Flash::new(sign_in.options().public_url().scheme() == "https");
    let pages = Router::new()
        .route(&routes.connect, get(connect).post(proceed))
        .route(&routes.callback, get(callback).head(look))
        .route(&routes.done, get(last_page))
        .route(&routes.error, get(last_page))
        .route(&routes.style, get(style))
        .route_layer(map_response(move |response: Response| {
            let response = headers::complete(response, &policy);
            async move { response }
        }));
    Ok(pages.with_state(Arc::new(Pages {
        sign_in,
        addresses,
        flash,
    })))
}

/// The page of a link. Changes nothing but the browser's own cookie.
async fn connect(State(pages): Shared, state: Segment, headers: HeaderMap) -> Response {
    match pages.sign_in.page(text(&state), &headers).await {
        Ok(page) => {
            let mut response = pages.frame().connect(&page);
            append_cookies(&mut response, page.set_cookies);
            // The address goes to nobody else, and yet the form says where it comes from: under
            // `no-referrer` browsers send `Origin: null`.
            let policy = HeaderValue::from_static("same-origin");
            response.headers_mut().insert(REFERRER_POLICY, policy);
            response
        }
        Err(error) => pages.refused(&error, Stage::Open),
    }
}

/// The browser continues, to Google.
async fn proceed(State(pages): Shared, state: Segment, headers: HeaderMap) -> Response {
    match pages.sign_in.proceed(text(&state), &headers).await {
        Ok(next) => see_other(next.location.as_str(), next.set_cookies),
        Err(error) => pages.refused(&error, Stage::Open),
    }
}

/// Google's answer. Whatever came of it is shown at a clean address, save where the same answer can
/// be tried again: a reload of this very address.
async fn callback(State(pages): Shared, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let query = query.unwrap_or_default();
    let outcome = pages.sign_in.callback(&query, &headers).await;
    let stage = if outcome.clear_cookie.is_some() {
        Stage::Used
    } else {
        Stage::Open
    };
    let mut cookies: Vec<HeaderValue> = outcome.clear_cookie.and_then(cookie).into_iter().collect();
    let location = match outcome.result {
        Ok(connected) => pages.connected(connected, &mut cookies),
        Err(error) => {
            if stage == Stage::Open && error.refusal().is_none() {
                return pages.refused(&error, stage);
            }
            cookies.extend(cookie(
                pages.flash.set(Notice::Refused(Reason::of(&error, stage))),
            ));
            pages.addresses.error.clone()
        }
    };
    see_other(&location, cookies)
}

/// A look at the callback's address uses nothing up.
async fn look() -> StatusCode {
    StatusCode::OK
}

/// Done, or refused: what the cookie says. It is shown once.
async fn last_page(State(pages): Shared, method: Method, headers: HeaderMap) -> Response {
    let mut response = match pages.flash.read(&headers) {
        None => return pages.frame().nothing(),
        Some(Notice::Connected(connection)) => pages.frame().done(&connection),
        Some(Notice::Refused(reason)) => pages.frame().refused(&reason),
    };
    if method != Method::HEAD {
        append_cookies(&mut response, cookie(pages.flash.clear()));
    }
    response
}

async fn style() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "max-age=3600"),
    ];
    (headers, STYLE).into_response()
}

impl Pages {
    fn frame(&self) -> Frame<'_> {
        Frame {
            app: self.sign_in.options().app_name(),
            style: &self.addresses.style,
        }
    }

    /// Where the browser of a new connection goes, with the cookie that the page needs.
    fn connected(&self, connected: Connected, cookies: &mut Vec<HeaderValue>) -> String {
        if let Some(path) = connected.return_path {
            return path;
        }
        cookies.extend(cookie(self.flash.set(Notice::Connected(connected.into()))));
        self.addresses.done.clone()
    }

    fn refused(&self, error: &toolgate_auth::Error, stage: Stage) -> Response {
        if error.refusal().is_none() {
            warn!(target: "toolgate_signin", %error, "a sign-in page could not be served");
        }
        self.frame().refused(&Reason::of(error, stage))
    }
}

fn text(segment: &Segment) -> &str {
    segment.as_ref().map_or("", |Path(text)| text)
}

fn see_other(location: &str, cookies: Vec<HeaderValue>) -> Response {
    let Ok(location) = HeaderValue::try_from(location) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response();
    append_cookies(&mut response, cookies);
    response
}

fn append_cookies(response: &mut Response, cookies: impl IntoIterator<Item = HeaderValue>) {
    for cookie in cookies {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

/// A `Set-Cookie` value as a header; ours are ASCII.
fn cookie(text: String) -> Option<HeaderValue> {
    HeaderValue::try_from(text).ok()
}
