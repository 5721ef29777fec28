//! The pages that a person sees: consent, and what went wrong.

use std::fmt::Write as _;

use super::form::Failure;
use super::{EMAIL, OPENID};
use crate::exchange::Answer;
use crate::state::Account;

/// What the consent page shows.
#[derive(Debug)]
pub(super) struct Consent<'a> {
    pub(super) request: &'a str,
    pub(super) client_id: &'a str,
    pub(super) accounts: &'a [&'a Account],
    pub(super) selected: Option<&'a str>,
    pub(super) scopes: &'a [String],
}

pub(super) fn consent(consent: &Consent<'_>) -> Answer {
    let mut accounts = String::new();
    for account in consent.accounts {
        let checked = if consent.selected == Some(account.email.as_str()) {
            " checked"
        } else {
            ""
        };
        let _ = writeln!(
            accounts,
            "<p><label><input type=\"radio\" name=\"account\" value=\"{email}\"{checked}> \
             {name} &lt;{email}&gt;</label></p>",
            email = escape(&account.email),
            name = escape(&account.name),
        );
    }
    let mut scopes = String::new();
    for scope in consent.scopes {
        let value = escape(scope);
        let _ = if matches!(scope.as_str(), OPENID | EMAIL) {
            writeln!(
                scopes,
                "<p><input type=\"hidden\" name=\"scope\" value=\"{value}\">\
                 <label><input type=\"checkbox\" checked disabled> {value}</label></p>"
            )
        } else {
            writeln!(
                scopes,
                "<p><label><input type=\"checkbox\" name=\"scope\" value=\"{value}\" checked> \
                 {value}</label></p>"
            )
        };
    }
    let body = format!(
        "<h1>Sign in with the emulated Google</h1>\n\
         <p><b>{client}</b> wants to access your account.</p>\n\
         <form method=\"post\" action=\"/o/oauth2/v2/auth/decide\">\n\
         <input type=\"hidden\" name=\"request\" value=\"{request}\">\n\
         <h2>Choose an account</h2>\n{accounts}\
         <h2>Select what it can access</h2>\n{scopes}\
         <p><button type=\"submit\" name=\"decision\" value=\"allow\">Allow</button>\n\
         <button type=\"submit\" name=\"decision\" value=\"deny\">Deny</button></p>\n\
         </form>\n",
        client = escape(consent.client_id),
        request = escape(consent.request),
    );
    page(http::StatusCode::OK, "Consent", &body)
}

pub(super) fn error(failure: &Failure) -> Answer {
    let body = format!(
        "<h1>Access blocked: authorization error</h1>\n\
         <p>Error {status}: <b>{error}</b></p>\n<p>{description}</p>\n",
        status = failure.status.as_u16(),
        error = failure.error,
        description = escape(&failure.description),
    );
    page(failure.status, "Error", &body)
}

fn page(status: http::StatusCode, title: &str, body: &str) -> Answer {
    let text = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
         <title>{title} - emulated Google</title></head>\n<body>\n{body}</body>\n</html>\n"
    );
    Answer::html(status, text)
        .with(http::header::X_FRAME_OPTIONS, "DENY")
        .with(http::header::REFERRER_POLICY, "no-referrer")
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
