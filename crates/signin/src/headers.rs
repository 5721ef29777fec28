//! The headers of every answer.

use axum::response::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::{HeaderName, HeaderValue};
use url::Url;

use crate::error::ErrorKind;

/// The content security policy: no script, nothing from elsewhere, no frame around it; pictures,
/// of the site's own, only where there is a logo.
///
/// Chromium and Safari hold each redirect that follows a form to `form-action`. The first goes to
/// Google; Google may send accounts of an organisation straight on to its own sign-in server, which
/// nobody can name here. So any HTTPS server may follow, where Google itself is on HTTPS.
pub(crate) fn policy(authorize: &Url, has_logo: bool) -> Result<HeaderValue, ErrorKind> {
    let google = authorize.origin().ascii_serialization();
    let onwards = if authorize.scheme() == "https" {
        " https:"
    } else {
        ""
    };
    let pictures = if has_logo { " img-src 'self';" } else { "" };
    let policy = format!(
        "default-src 'none'; style-src 'self';{pictures} form-action 'self' {google}{onwards}; \
         frame-ancestors 'none'; base-uri 'none'"
    );
    HeaderValue::try_from(policy).map_err(|_| ErrorKind::AuthorizationEndpoint)
}

/// Sets what an answer has not set for itself.
pub(crate) fn complete(mut response: Response, policy: &HeaderValue) -> Response {
    let headers: [(HeaderName, HeaderValue); 6] = [
        (CONTENT_SECURITY_POLICY, policy.clone()),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        // Each address answers in two forms.
        (VARY, HeaderValue::from_static("accept")),
    ];
    for (name, value) in headers {
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}
