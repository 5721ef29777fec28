//! The pages, rendered. Every value is escaped by the template engine.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use toolgate_auth::describe_scope;
use toolgate_auth::sign_in::ConnectPage;
use tracing::error;

use crate::notice::{Connection, Reason};
use crate::wording::wording;

pub(crate) const STYLE: &str = include_str!("../templates/style.css");

/// What all pages need.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame<'a> {
    pub(crate) app: &'a str,
    pub(crate) style: &'a str,
}

#[derive(Template)]
#[template(path = "connect.html")]
struct Connect<'a> {
    frame: Frame<'a>,
    page: &'a ConnectPage,
    services: Vec<&'a str>,
}

#[derive(Template)]
#[template(path = "done.html")]
struct Done<'a> {
    frame: Frame<'a>,
    connection: &'a Connection,
    services: Vec<&'a str>,
    granted: Vec<String>,
    declined: Vec<String>,
}

#[derive(Template)]
#[template(path = "refused.html")]
struct Refused<'a> {
    frame: Frame<'a>,
    heading: String,
    next: String,
    google: Option<(&'a str, &'a str)>,
}

#[derive(Template)]
#[template(path = "nothing.html")]
struct Nothing<'a> {
    frame: Frame<'a>,
}

impl Frame<'_> {
    pub(crate) fn connect(self, page: &ConnectPage) -> Response {
        let services = page.services.iter().map(|name| service(name)).collect();
        render(
            StatusCode::OK,
            &Connect {
                frame: self,
                page,
                services,
            },
        )
    }

    pub(crate) fn done(self, connection: &Connection) -> Response {
        let words = |scopes: &[String]| scopes.iter().map(|scope| describe_scope(scope)).collect();
        let done = Done {
            frame: self,
            connection,
            services: connection
                .services
                .iter()
                .map(|name| service(name))
                .collect(),
            granted: words(&connection.granted),
            declined: words(&connection.declined),
        };
        render(StatusCode::OK, &done)
    }

    pub(crate) fn refused(self, reason: &Reason) -> Response {
        let wording = wording(reason, self.app);
        let google = match (reason.code.as_str(), &reason.detail) {
            ("google", Some(error)) => Some((
                error.as_str(),
                reason.description.as_deref().unwrap_or_default(),
            )),
            _ => None,
        };
        let page = Refused {
            frame: self,
            heading: wording.heading,
            next: wording.next,
            google,
        };
        render(wording.status, &page)
    }

    pub(crate) fn nothing(self) -> Response {
        render(StatusCode::OK, &Nothing { frame: self })
    }
}

fn render(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            error!(target: "toolgate_signin", %error, "a page could not be rendered");
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                "This page could not be shown.",
            )
                .into_response()
        }
    }
}

/// A service's name as people know it.
fn service(name: &str) -> &str {
    match name {
        "gmail" => "Gmail",
        "calendar" => "Google Calendar",
        "drive" => "Google Drive",
        "sheets" => "Google Sheets",
        "slides" => "Google Slides",
        other => other,
    }
}
