//! The forms of the connections page: which of a person's accounts is meant, and what is to become
//! of it.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::http::HeaderMap;
use http::header::CONTENT_TYPE;
use toolgate_auth::AccountLabel;
use url::form_urlencoded;

use crate::notice::Reason;

/// More than any form of ours.
pub(crate) const MAX_FORM: usize = 4096;
/// What the page lets people type.
const LONGEST_LABEL: usize = 40;

/// A form as it is sent.
pub(crate) type Body = Result<Bytes, BytesRejection>;

/// The fields of a form: ours, and each at most once.
#[derive(Debug)]
pub(crate) struct Fields(BTreeMap<String, String>);

impl Fields {
    /// The fields of a form that may have these.
    ///
    /// What is not such a form is refused and not taken for one that names nothing: that would mean
    /// the default account.
    pub(crate) fn of_form(
        headers: &HeaderMap,
        body: &Body,
        names: &[&str],
    ) -> Result<Self, Reason> {
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
        Self::of_pairs(body, names)
    }

    /// The same of an address's query.
    pub(crate) fn of_query(query: Option<String>, names: &[&str]) -> Result<Self, Reason> {
        Self::of_pairs(query.unwrap_or_default().as_bytes(), names)
    }

    fn of_pairs(pairs: &[u8], names: &[&str]) -> Result<Self, Reason> {
        let mut fields = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(pairs) {
            let known = names.contains(&&*name);
            let before = fields.insert(name.into_owned(), value.into_owned());
            if !known || before.is_some() {
                return Err(Reason::plain("bad_form"));
            }
        }
        Ok(Self(fields))
    }

    /// Which account is named; none is the default one.
    pub(crate) fn account(&self) -> Result<Option<AccountLabel>, Reason> {
        let label = self.0.get("account");
        let label = label.map(|label| AccountLabel::parse(label.trim()));
        label.transpose().map_err(|_| Reason::plain("bad_account"))
    }

    /// A name that somebody typed for an account; none where the field is not there.
    pub(crate) fn new_name(&self, field: &str) -> Result<Option<AccountLabel>, Reason> {
        let Some(typed) = self.0.get(field) else {
            return Ok(None);
        };
        let name = named(typed.trim())?;
        name.map(Some).ok_or_else(|| Reason::plain("bad_account"))
    }

    /// Whether something was ticked.
    pub(crate) fn is_ticked(&self, field: &str) -> Result<bool, Reason> {
        match self.0.get(field).map(String::as_str) {
            None => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Reason::plain("bad_form")),
        }
    }
}

/// A word that an account is to be called by; none for the word that means the default one.
pub(crate) fn named(word: &str) -> Result<Option<AccountLabel>, Reason> {
    let unusable = || Reason::plain("bad_account");
    if word.chars().count() > LONGEST_LABEL {
        return Err(unusable());
    }
    AccountLabel::named(word).map_err(|_| unusable())
}

/// The form that names this account, for an address's query.
pub(crate) fn query_of(account: Option<&AccountLabel>) -> String {
    let Some(label) = account else {
        return String::new();
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    format!("?{}", query.append_pair("account", label.as_str()).finish())
}
