//! The pages, rendered as HTML or in their JSON form. Every value in HTML is escaped by the
//! template engine.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::header::REFERRER_POLICY;
use http::{HeaderValue, StatusCode};
use toolgate_auth::sign_in::ConnectPage;
use toolgate_auth::{BoundGoogleAuth, Connection as Connected, describe_scope};
use tracing::error;

use crate::account::Account;
use crate::answer::{json, see_other};
use crate::json::{
    AccountForm, ConfirmForm, ConnectForm, ConnectionsForm, DoneForm, ErrorForm, LocationForm,
};
use crate::notice::{Connection, Ended, Named, Notice, Reason};
use crate::wording::wording;

pub(crate) const STYLE: &str = include_str!("../templates/style.css");

/// What all pages need.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame<'a> {
    pub(crate) app: &'a str,
    pub(crate) style: &'a str,
    pub(crate) logo: Option<&'a str>,
    /// The page of connections, where there is one.
    pub(crate) connections: Option<&'a str>,
    /// Whoever asks prefers JSON.
    pub(crate) as_json: bool,
}

/// What the page of connections shows.
pub(crate) struct Own<'a> {
    /// What the pages call them.
    pub(crate) person: &'a str,
    pub(crate) google: &'a BoundGoogleAuth,
    pub(crate) connections: &'a [Connected],
    /// What became of the form that led here.
    pub(crate) told: Option<&'a Notice>,
}

/// What the page that asks once more shows.
pub(crate) struct Ending<'a> {
    /// What the pages call them.
    pub(crate) person: &'a str,
    pub(crate) google: &'a BoundGoogleAuth,
    pub(crate) connection: &'a Connected,
    /// The other connections of the same Google account.
    pub(crate) others: u64,
}

#[derive(Template)]
#[template(path = "connect.html")]
struct Connect<'a> {
    frame: Frame<'a>,
    page: &'a ConnectPage,
    person: &'a str,
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
#[template(path = "connections.html")]
struct Connections<'a> {
    frame: Frame<'a>,
    address: &'a str,
    person: &'a str,
    accounts: Vec<Account>,
    has_default: bool,
    /// What the default account is called on the page, where it is one of several.
    default_title: Option<String>,
    may_add: bool,
    ended: Option<&'a Ended>,
    named: Option<&'a Named>,
}

#[derive(Template)]
#[template(path = "disconnect.html")]
struct Disconnect<'a> {
    frame: Frame<'a>,
    address: &'a str,
    person: &'a str,
    account: Account,
    others: u64,
}

#[derive(Template)]
#[template(path = "refused.html")]
struct Refused<'a> {
    frame: Frame<'a>,
    heading: &'a str,
    next: &'a str,
    is_of_sign_in: bool,
    /// Where to see what is connected, for somebody who may.
    connections: Option<&'a str>,
    /// There one can connect the account as a further one.
    offers_further: bool,
    google: Option<(&'a str, &'a str)>,
}

#[derive(Template)]
#[template(path = "nothing.html")]
struct Nothing<'a> {
    frame: Frame<'a>,
}

impl Frame<'_> {
    pub(crate) fn connect(self, page: &ConnectPage, person: &str) -> Response {
        if self.as_json {
            return json(StatusCode::OK, &ConnectForm::new(self.app, page, person));
        }
        let services = page.services.iter().map(|name| service(name)).collect();
        let page = Connect {
            frame: self,
            page,
            person,
            services,
        };
        with_forms(render(StatusCode::OK, &page))
    }

    /// Sends the browser on, or says where it is to go.
    pub(crate) fn onwards(self, location: &str) -> Response {
        if self.as_json {
            return json(StatusCode::OK, &LocationForm { location });
        }
        see_other(location)
    }

    pub(crate) fn done(self, connection: &Connection) -> Response {
        if self.as_json {
            return json(StatusCode::OK, &DoneForm::new(self.app, connection));
        }
        let words = |scopes: &[String]| scopes.iter().map(|scope| describe_scope(scope)).collect();
        let done = Done {
            frame: self,
            connection,
            services: connection.services.iter().map(|it| service(it)).collect(),
            granted: words(&connection.granted),
            declined: words(&connection.declined),
        };
        render(StatusCode::OK, &done)
    }

    pub(crate) fn connections(self, own: &Own<'_>) -> Response {
        if self.as_json {
            let form = ConnectionsForm::new(self.app, own.person, own.google, own.connections);
            return json(StatusCode::OK, &form);
        }
        let accounts: Vec<Account> = own
            .connections
            .iter()
            .map(|it| Account::new(it, own.google))
            .collect();
        let is_default = |it: &&Account| it.label.is_none() && !it.is_ending;
        let default = accounts.iter().find(is_default);
        let has_default = default.is_some();
        let default_title = default.map(|it| it.title.clone());
        let (ended, named) = match own.told {
            Some(Notice::Ended(ended)) => (Some(ended), None),
            Some(Notice::Named(named)) => (None, Some(named)),
            _ => (None, None),
        };
        let page = Connections {
            frame: self,
            address: self.connections.unwrap_or_default(),
            person: own.person,
            default_title: default_title.filter(|_| accounts.len() > 1),
            accounts,
            has_default,
            may_add: has_default && own.google.has_several_accounts(),
            ended,
            named,
        };
        with_forms(render(StatusCode::OK, &page))
    }

    pub(crate) fn confirm(self, ending: &Ending<'_>) -> Response {
        if self.as_json {
            let form = ConfirmForm {
                connection: AccountForm::new(ending.connection),
                others: ending.others,
            };
            return json(StatusCode::OK, &form);
        }
        let page = Disconnect {
            frame: self,
            address: self.connections.unwrap_or_default(),
            person: ending.person,
            account: Account::new(ending.connection, ending.google),
            others: ending.others,
        };
        with_forms(render(StatusCode::OK, &page))
    }

    pub(crate) fn refused(self, reason: &Reason) -> Response {
        let wording = wording(reason, self.app);
        if self.as_json {
            return json(wording.status, &ErrorForm::new(reason, &wording));
        }
        let google = match (reason.code.as_str(), &reason.detail) {
            ("google", Some(error)) => Some((
                error.as_str(),
                reason.description.as_deref().unwrap_or_default(),
            )),
            _ => None,
        };
        let page = Refused {
            frame: self,
            heading: &wording.heading,
            next: &wording.next,
            is_of_sign_in: reason.is_of_sign_in(),
            connections: self.connections.filter(|_| reason.is_of_somebody()),
            offers_further: reason.code == "further_account",
            google,
        };
        render(wording.status, &page)
    }

    pub(crate) fn nothing(self) -> Response {
        if self.as_json {
            return json(StatusCode::OK, &DoneForm { connected: None });
        }
        render(StatusCode::OK, &Nothing { frame: self })
    }
}

/// The address of a page goes to nobody else, and yet its forms say where they come from: under
/// `no-referrer` browsers send `Origin: null`.
fn with_forms(mut response: Response) -> Response {
    let policy = HeaderValue::from_static("same-origin");
    response.headers_mut().insert(REFERRER_POLICY, policy);
    response
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
pub(crate) fn service(name: &str) -> &str {
    match name {
        "gmail" => "Gmail",
        "calendar" => "Google Calendar",
        "drive" => "Google Drive",
        "sheets" => "Google Sheets",
        "slides" => "Google Slides",
        other => other,
    }
}
