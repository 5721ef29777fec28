//! The routes. What they decide is decided in `toolgate-auth`; here it becomes answers.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::http::{HeaderMap, Method};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use toolgate_auth::sign_in::{Connected, Refusal, SignIn};
use toolgate_auth::{BoundGoogleAuth, Principal};
use tracing::warn;

use crate::accept::prefers_json;
use crate::answer::{append_cookies, cookie};
use crate::branding::Look;
use crate::error::{Error, ErrorKind};
use crate::flash::{Flash, digest};
use crate::form::MAX_FORM;
use crate::names::{PersonNames, called};
use crate::notice::{Connection, Late, Notice, Reason, Stage};
use crate::options::PageOptions;
use crate::pages::{Frame, STYLE};
use crate::paths::{Addresses, Routes, paths};
use crate::{connections, headers, naming};

/// A segment of a path; what is no UTF-8 is no state of ours either.
type Segment = Result<Path<String>, PathRejection>;
pub(crate) type Shared = State<Arc<Pages>>;

#[derive(Debug)]
pub(crate) struct Pages {
    pub(crate) google: BoundGoogleAuth,
    pub(crate) sign_in: SignIn,
    pub(crate) addresses: Addresses,
    pub(crate) flash: Flash,
    look: Look,
    names: Option<Arc<dyn PersonNames>>,
}

/// The sign-in pages of a bound [`GoogleAuth`](toolgate_auth::GoogleAuth), to be merged into an
/// application's own router. They serve the links of all bindings of the same `GoogleAuth` over this database;
/// a process that binds it with no toolkit at all serves those of every other one.
///
/// # Errors
/// When the `GoogleAuth` gives no links, its redirect URI cannot be served beside the pages, or the
/// options hold a path, a logo or a colour that would not do.
pub fn router(google: BoundGoogleAuth, options: PageOptions) -> Result<Router, Error> {
    let sign_in = google.sign_in().ok_or(ErrorKind::NoLinks)?.clone();
    let (routes, addresses) = paths(sign_in.options(), &options)?;
    let app = sign_in.options().app_name();
    let look = options.branding.look(app, &addresses.logo, STYLE)?;
    let policy = headers::policy(sign_in.authorize_url(), look.logo.is_some())?;
    let flash = Flash::new(sign_in.options().public_url().scheme() == "https");
    let pages = routed(&routes).route_layer(map_response(move |response: Response| {
        let response = headers::complete(response, &policy);
        async move { response }
    }));
    Ok(pages.with_state(Arc::new(Pages {
        google,
        sign_in,
        addresses,
        flash,
        look,
        names: options.names,
    })))
}

fn routed(routes: &Routes) -> Router<Arc<Pages>> {
    let disconnect = get(connections::confirm).post(connections::disconnect);
    Router::new()
        .route(&routes.connect, get(connect).post(proceed))
        .route(&routes.callback, get(callback).head(look))
        .route(&routes.done, get(last_page))
        .route(&routes.error, get(last_page))
        .route(&routes.connections, get(connections::list))
        .route(&routes.connect_own, post(connections::connect))
        .route(&routes.disconnect, disconnect)
        .route(&routes.rename, post(naming::rename))
        .route(&routes.make_default, post(naming::make_default))
        .route(&routes.style, get(style))
        .route(&routes.logo, get(logo))
        .layer(DefaultBodyLimit::max(MAX_FORM))
}

/// The page of a link. Changes nothing but the browser's own cookie.
async fn connect(State(pages): Shared, state: Segment, headers: HeaderMap) -> Response {
    match pages.sign_in.page(text(&state), &headers).await {
        Ok(page) => {
            let person = pages.called(&page.principal, page.unverified).await;
            let mut response = pages.frame(&headers).connect(&page, &person);
            append_cookies(&mut response, page.set_cookies);
            response
        }
        Err(error) => pages.refused(&headers, &error, Stage::Open),
    }
}

/// The browser continues, to Google.
async fn proceed(State(pages): Shared, state: Segment, headers: HeaderMap) -> Response {
    match pages.sign_in.proceed(text(&state), &headers).await {
        Ok(next) => {
            let mut response = pages.frame(&headers).onwards(next.location.as_str());
            append_cookies(&mut response, next.set_cookies);
            response
        }
        Err(error) => pages.refused(&headers, &error, Stage::Open),
    }
}

/// Google's answer. Whatever came of it is shown at a clean address, save where the same answer can
/// be tried again: a reload of this very address.
async fn callback(State(pages): Shared, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let query = query.unwrap_or_default();
    let answer = digest(&query);
    if let Some(connection) = pages.flash.tells_of(&headers, &answer) {
        pages.sign_in.came_again(&query).await;
        let path = connection.onwards().unwrap_or(&pages.addresses.done);
        return pages.frame(&headers).onwards(path);
    }
    let outcome = pages.sign_in.callback(&query, &headers).await;
    let stage = if outcome.clear_cookie.is_some() {
        Stage::Used
    } else {
        Stage::Open
    };
    let mut cookies: Vec<HeaderValue> = outcome.clear_cookie.and_then(cookie).into_iter().collect();
    let location = match outcome.result {
        Ok(connected) => pages.connected(connected, answer, &mut cookies).await,
        Err(error) => {
            if stage == Stage::Open && may_pass(&error) {
                return pages.refused(&headers, &error, stage);
            }
            let reason = Reason::of(&error, stage);
            match error.refusal() {
                Some(Refusal::AlreadyUsed) => {
                    cookies.extend(cookie(pages.flash.set_late(Late { answer, reason })));
                }
                _ => cookies.extend(pages.told(Notice::Refused(reason))),
            }
            pages.addresses.error.clone()
        }
    };
    let mut response = pages.frame(&headers).onwards(&location);
    append_cookies(&mut response, cookies);
    response
}

/// A look at the callback's address uses nothing up.
async fn look() -> StatusCode {
    StatusCode::OK
}

/// Done, or refused: what the cookie says. It is shown once.
async fn last_page(State(pages): Shared, method: Method, headers: HeaderMap) -> Response {
    let frame = pages.frame(&headers);
    let mut response = match pages.flash.read_end(&headers) {
        Some(Notice::Connected(connection)) => match connection.onwards() {
            Some(path) => frame.onwards(path),
            None => frame.done(&connection),
        },
        Some(Notice::Refused(reason)) => frame.refused(&reason),
        _ => return frame.nothing(),
    };
    if method != Method::HEAD {
        append_cookies(&mut response, pages.told_once());
    }
    response
}

async fn style(State(pages): Shared) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "max-age=3600"),
    ];
    (headers, pages.look.style.clone()).into_response()
}

/// The logo, where it is not the application that serves it.
async fn logo(State(pages): Shared) -> Response {
    let Some((media_type, bytes)) = pages.look.logo_file.clone() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (CONTENT_TYPE, media_type),
        (CACHE_CONTROL, HeaderValue::from_static("max-age=3600")),
    ];
    (headers, bytes).into_response()
}

impl Pages {
    pub(crate) fn frame(&self, headers: &HeaderMap) -> Frame<'_> {
        let shows_connections = self.sign_in.options().has_user_verifier();
        Frame {
            app: &self.look.app,
            style: &self.addresses.style,
            logo: self.look.logo.as_deref(),
            connections: shows_connections.then_some(&self.addresses.connections),
            as_json: prefers_json(headers),
        }
    }

    /// What the pages call a person.
    pub(crate) async fn called(&self, person: &Principal, has_to_warn: bool) -> String {
        called(self.names.as_ref(), person, has_to_warn).await
    }

    /// Where the browser of a new connection goes, with the cookie that the page needs.
    async fn connected(
        &self,
        connected: Connected,
        answer: String,
        cookies: &mut Vec<HeaderValue>,
    ) -> String {
        let path = connected.return_path.clone();
        let person = self.called(&connected.principal, false).await;
        let notice = Notice::Connected(Connection::new(connected, person, answer));
        cookies.extend(self.told(notice));
        path.unwrap_or_else(|| self.addresses.done.clone())
    }

    /// The cookies that tell the next page this.
    pub(crate) fn told(&self, notice: Notice) -> impl Iterator<Item = HeaderValue> {
        self.flash.set(notice).into_iter().filter_map(cookie)
    }

    /// The cookies that let it be shown once.
    pub(crate) fn told_once(&self) -> impl Iterator<Item = HeaderValue> {
        self.flash.clear().into_iter().filter_map(cookie)
    }

    pub(crate) fn refused(
        &self,
        headers: &HeaderMap,
        error: &toolgate_auth::Error,
        stage: Stage,
    ) -> Response {
        self.frame(headers).refused(&reason(error, stage))
    }
}

/// Why a page could not be served, which is logged where it is no person's doing.
pub(crate) fn reason(error: &toolgate_auth::Error, stage: Stage) -> Reason {
    if error.refusal().is_none() {
        warn!(target: "toolgate_signin", %error, "a sign-in page could not be served");
    }
    Reason::of(error, stage)
}

/// Whether the same answer can be taken later, or by another replica, that has the service already.
fn may_pass(error: &toolgate_auth::Error) -> bool {
    matches!(error.refusal(), None | Some(Refusal::UnknownService))
}

fn text(segment: &Segment) -> &str {
    segment.as_ref().map_or("", |Path(text)| text)
}
