//! The page of a person's own connections, and the forms on it.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use http::StatusCode;
use toolgate_auth::store::DisconnectReach;
use toolgate_auth::{AccountLabel, Connection, Error, Principal};

use crate::answer::{append_cookies, json, see_other};
use crate::form::{Body, Fields, named};
use crate::json::EndedForm;
use crate::notice::{Ended, Notice, Reason, Stage};
use crate::pages::{Ending, Frame, Own};
use crate::router::{Pages, Shared, reason};

/// What the person who is logged in has connected.
pub(crate) async fn list(State(pages): Shared, method: Method, headers: HeaderMap) -> Response {
    let (person, connections) = match pages.own(&headers).await {
        Ok(own) => own,
        Err(error) => return pages.refused(&headers, &error, Stage::Looking),
    };
    let told = pages.flash.read(&headers);
    let told = told.filter(|it| matches!(it, Notice::Ended(_) | Notice::Named(_)));
    let own = Own {
        person: &pages.called(&person, false).await,
        google: &pages.google,
        connections: &connections,
        told: told.as_ref(),
    };
    let mut response = pages.frame(&headers).connections(&own);
    if told.is_some() && method != Method::HEAD {
        append_cookies(&mut response, pages.told_once());
    }
    response
}

/// Makes a link for the person who is logged in, and sends them to its page.
pub(crate) async fn connect(State(pages): Shared, headers: HeaderMap, body: Body) -> Response {
    let person = match pages.sign_in.visitor_with_form(&headers).await {
        Ok(person) => person,
        Err(error) => return pages.refused(&headers, &error, Stage::Looking),
    };
    let frame = pages.frame(&headers);
    let fields = Fields::of_form(&headers, &body, &["account"]);
    let account = match fields.and_then(|fields| fields.account()) {
        Ok(account) => account,
        Err(reason) => return frame.refused(&reason),
    };
    let account = match pages.meant(&person, account).await {
        Ok(account) => account,
        Err(reason) => return frame.refused(&reason),
    };
    let services: Vec<String> = pages
        .google
        .services()
        .iter()
        .map(|&it| it.to_owned())
        .collect();
    let link = pages
        .google
        .connect_link(&person, account.as_ref(), &services);
    match link.await {
        Ok(link) => frame.onwards(link.url.as_str()),
        Err(error) => pages.refused(&headers, &error, Stage::Open),
    }
}

/// Asks once more. Changes nothing.
pub(crate) async fn confirm(
    State(pages): Shared,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let (person, connections) = match pages.own(&headers).await {
        Ok(own) => own,
        Err(error) => return pages.refused(&headers, &error, Stage::Looking),
    };
    let frame = pages.frame(&headers);
    let fields = Fields::of_query(query, &["account"]);
    let account = match fields.and_then(|fields| fields.account()) {
        Ok(account) => account,
        Err(reason) => return frame.refused(&reason),
    };
    let Some(connection) = find(&connections, account.as_ref()) else {
        return frame.refused(&Reason::plain("not_connected"));
    };
    let others = pages.google.other_connections(&person, account.as_ref());
    match others.await {
        Ok(others) => {
            let person = &pages.called(&person, false).await;
            let google = &pages.google;
            frame.confirm(&Ending {
                person,
                google,
                connection,
                others,
            })
        }
        Err(error) => pages.refused(&headers, &error, Stage::Looking),
    }
}

/// Ends a connection of the person who is logged in. What came of it is shown above their others.
pub(crate) async fn disconnect(State(pages): Shared, headers: HeaderMap, body: Body) -> Response {
    let person = match pages.sign_in.visitor_with_form(&headers).await {
        Ok(person) => person,
        Err(error) => return pages.refused(&headers, &error, Stage::Looking),
    };
    let frame = pages.frame(&headers);
    let fields = Fields::of_form(&headers, &body, &["account", "everywhere"]);
    let meant = fields.and_then(|it| Ok((it.account()?, it.is_ticked("everywhere")?)));
    let (account, reach) = match meant {
        Ok((account, true)) => (account, DisconnectReach::Everywhere),
        Ok((account, false)) => (account, DisconnectReach::ThisRow),
        Err(reason) => return frame.refused(&reason),
    };
    match pages.end(&person, account.as_ref(), reach).await {
        Ok(ended) => pages.ended(frame, ended),
        Err(error) => pages.refused(&headers, &error, Stage::Ending),
    }
}

pub(crate) fn find<'a>(
    connections: &'a [Connection],
    account: Option<&AccountLabel>,
) -> Option<&'a Connection> {
    connections.iter().find(|it| it.account.as_ref() == account)
}

impl Pages {
    async fn own(&self, headers: &HeaderMap) -> Result<(Principal, Vec<Connection>), Error> {
        let person = self.sign_in.visitor(headers).await?;
        let connections = self.google.connections_with_ending(&person).await?;
        Ok((person, connections))
    }

    /// The account that a word on the form to connect means: one of the person's own, however it is
    /// written, or a further one that is to be called so.
    async fn meant(
        &self,
        person: &Principal,
        word: Option<AccountLabel>,
    ) -> Result<Option<AccountLabel>, Reason> {
        let Some(word) = word else {
            return Ok(None);
        };
        if !self.google.has_several_accounts() {
            return Err(Reason::plain("one_account"));
        }
        let own = self.google.connections(person).await;
        let own = own.map_err(|error| reason(&error, Stage::Looking))?;
        let exact = find(&own, Some(&word));
        let known = exact.or_else(|| own.iter().find(|it| it.is_called(word.as_str())));
        if let Some(known) = known {
            return Ok(known.account.clone());
        }
        named(word.as_str())
    }

    async fn end(
        &self,
        person: &Principal,
        account: Option<&AccountLabel>,
        reach: DisconnectReach,
    ) -> Result<Ended, Error> {
        let connections = self.google.connections_with_ending(person).await?;
        let connection = find(&connections, account);
        let email = connection.and_then(|it| it.email.as_deref());
        let outcome = self.google.disconnect(person, account, reach).await?;
        Ok(Ended::new(email, outcome))
    }

    fn ended(&self, frame: Frame<'_>, ended: Ended) -> Response {
        if frame.as_json {
            return json(StatusCode::OK, &EndedForm::from(&ended));
        }
        let mut response = see_other(&self.addresses.connections);
        append_cookies(&mut response, self.told(Notice::Ended(ended)));
        response
    }
}
