//! The forms by which people call their accounts something else, and choose their default one.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use http::StatusCode;
use toolgate_auth::{AccountLabel, Connection, Principal};

use crate::answer::{append_cookies, json, see_other};
use crate::connections::find;
use crate::form::{Body, Fields};
use crate::json::{DefaultForm, NamedForm};
use crate::notice::{Named, Notice, Reason, Stage};
use crate::pages::Frame;
use crate::router::{Pages, Shared, reason};

/// Calls an account of the person who is logged in something else.
pub(crate) async fn rename(State(pages): Shared, headers: HeaderMap, body: Body) -> Response {
    let person = match pages.sign_in.visitor_with_form(&headers).await {
        Ok(person) => person,
        Err(error) => return pages.refused(&headers, &error, Stage::Looking),
    };
    let frame = pages.frame(&headers);
    let fields = Fields::of_form(&headers, &body, &["account", "name"]);
    let named = match fields {
        Ok(fields) => pages.renamed(&person, &fields).await,
        Err(reason) => Err(reason),
    };
    pages.named(frame, named)
}

/// Makes an account of the person who is logged in their default one.
pub(crate) async fn make_default(State(pages): Shared, headers: HeaderMap, body: Body) -> Response {
    let person = match pages.sign_in.visitor_with_form(&headers).await {
        Ok(person) => person,
        Err(error) => return pages.refused(&headers, &error, Stage::Looking),
    };
    let frame = pages.frame(&headers);
    let fields = Fields::of_form(&headers, &body, &["account", "old_default"]);
    let named = match fields {
        Ok(fields) => pages.made_default(&person, &fields).await,
        Err(reason) => Err(reason),
    };
    pages.named(frame, named)
}

impl Pages {
    async fn renamed(&self, person: &Principal, fields: &Fields) -> Result<Named, Reason> {
        let own = self.nameable(person).await?;
        let account = fields.account()?;
        let name = fields.new_name("name")?;
        let name = name.ok_or_else(|| Reason::plain("bad_form"))?;
        let connection = known(&own, account.as_ref())?;
        check_free(&own, &name, Some(connection))?;
        let renamed = self.google.relabel(person, account.as_ref(), Some(&name));
        renamed
            .await
            .map_err(|error| reason(&error, Stage::Naming))?;
        Ok(Named::renamed(connection, &name))
    }

    async fn made_default(&self, person: &Principal, fields: &Fields) -> Result<Named, Reason> {
        let own = self.nameable(person).await?;
        let account = fields.account()?;
        let account = account.ok_or_else(|| Reason::plain("bad_form"))?;
        let old_name = fields.new_name("old_default")?;
        let connection = known(&own, Some(&account))?;
        let old = find(&own, None);
        match (old, &old_name) {
            (Some(_), None) => return Err(Reason::plain("name_needed")),
            (_, Some(name)) => check_free(&own, name, old)?,
            (None, None) => {}
        }
        let made = self
            .google
            .make_default(person, &account, old_name.as_ref());
        made.await.map_err(|error| reason(&error, Stage::Naming))?;
        Ok(Named::made_default(connection, old.and(old_name.as_ref())))
    }

    /// What the person has connected, where accounts have names.
    async fn nameable(&self, person: &Principal) -> Result<Vec<Connection>, Reason> {
        if !self.google.has_several_accounts() {
            return Err(Reason::plain("one_account"));
        }
        let own = self.google.connections(person).await;
        own.map_err(|error| reason(&error, Stage::Looking))
    }

    /// Where the browser sees what the accounts are called now, or why they are called as before.
    fn named(&self, frame: Frame<'_>, named: Result<Named, Reason>) -> Response {
        let named = match named {
            Ok(named) => named,
            Err(reason) => return frame.refused(&reason),
        };
        if frame.as_json {
            return match &named.name {
                Some(_) => json(StatusCode::OK, &NamedForm::from(&named)),
                None => json(StatusCode::OK, &DefaultForm::from(&named)),
            };
        }
        let mut response = see_other(&self.addresses.connections);
        append_cookies(&mut response, self.told(Notice::Named(named)));
        response
    }
}

fn known<'a>(
    own: &'a [Connection],
    account: Option<&AccountLabel>,
) -> Result<&'a Connection, Reason> {
    find(own, account).ok_or_else(|| Reason::plain("no_such_account"))
}

/// A name that differs from another's in its letters' case alone would be that account's to a model.
fn check_free(
    own: &[Connection],
    name: &AccountLabel,
    except: Option<&Connection>,
) -> Result<(), Reason> {
    let others = own.iter().filter(|it| Some(*it) != except);
    if others.into_iter().any(|it| it.is_called(name.as_str())) {
        return Err(Reason::plain("name_taken"));
    }
    Ok(())
}
