//! The forms of the connections page: which of a person's accounts is meant.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::http::HeaderMap;
use http::header::CONTENT_TYPE;
use toolgate_auth::AccountLabel;
use url::form_urlencoded;

use crate::notice::Reason;

/// More than any form of ours.
pub(crate) const MAX_FORM: usize = 4096;

/// Which account a form names; none is the default one.
///
/// What is not such a form is refused and not taken for one that names nothing: that would mean
/// the default account.
pub(crate) fn account_of_form(
    headers: &HeaderMap,
    body: &Result<Bytes, BytesRejection>,
) -> Result<Option<AccountLabel>, Reason> {
    let body = body.as_ref().map_err(|_| Reason::plain("bad_form"))?;
    let media_type = headers
        .get(CONTENT_TYPE)
        .map(|it| it.to_str().unwrap_or("?"));
    let media_type = media_type.map(|it| it.split(';').next().unwrap_or_default().trim());
    let is_form = match media_type {
        None => body.is_empty(),
        Some(it) => it.eq_ignore_ascii_case("application/x-www-form-urlencoded"),
    };
    if !is_form {
        return Err(Reason::plain("bad_form"));
    }
    account_of(body)
}

/// The same of an address's query.
pub(crate) fn account_of(pairs: &[u8]) -> Result<Option<AccountLabel>, Reason> {
    let mut account = None;
    for (name, value) in form_urlencoded::parse(pairs) {
        if name != "account" || account.replace(value).is_some() {
            return Err(Reason::plain("bad_form"));
        }
    }
    let label = account.map(|label| AccountLabel::parse(label.trim()));
    label.transpose().map_err(|_| Reason::plain("bad_account"))
}

/// The form that names this account, for an address's query.
pub(crate) fn query_of(account: Option<&AccountLabel>) -> String {
    let Some(label) = account else {
        return String::new();
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    format!("?{}", query.append_pair("account", label.as_str()).finish())
}
