//! A connection as its owner reads it.

use toolgate_auth::store::RowStatus;
use toolgate_auth::{BoundGoogleAuth, Connection, describe_scope};

use crate::date::day;
use crate::form::query_of;
use crate::pages::service;

/// A connection in words.
pub(crate) struct Account {
    /// The account's e-mail address, or what stands for one.
    pub(crate) title: String,
    pub(crate) label: Option<String>,
    pub(crate) services: Vec<String>,
    pub(crate) permissions: Vec<String>,
    /// What the application asks for besides.
    pub(crate) left_out: Vec<String>,
    pub(crate) status: &'static str,
    /// What to do about a status that is not well.
    pub(crate) hint: Option<&'static str>,
    pub(crate) works: bool,
    /// It was disconnected, and Google is still to be told.
    pub(crate) is_ending: bool,
    /// A new consent would be of use, and can be given here.
    pub(crate) may_consent: bool,
    /// Its name, where it can be called something else or be made the default one.
    pub(crate) nameable: Option<String>,
    pub(crate) first_connected: String,
    pub(crate) last_used: Option<String>,
    /// Names the account in an address.
    pub(crate) query: String,
}

impl Account {
    pub(crate) fn new(connection: &Connection, google: &BoundGoogleAuth) -> Self {
        let (status, hint) = in_words(connection.status);
        let services = connection.services.iter();
        let email = connection.email.clone();
        let works = connection.status == RowStatus::Active;
        let is_ending = connection.status == RowStatus::Disconnecting;
        let left_out = &connection.left_out;
        let has_links = connection.account.is_none() || google.has_several_accounts();
        let label = connection.account.as_ref().map(ToString::to_string);
        Self {
            title: email.unwrap_or_else(|| "A Google account".to_owned()),
            services: services.map(|name| service(name).to_owned()).collect(),
            permissions: connection.scopes.iter().map(describe_scope).collect(),
            left_out: left_out.iter().map(describe_scope).collect(),
            status,
            hint,
            works,
            is_ending,
            may_consent: has_links && !is_ending && (!works || !left_out.is_empty()),
            nameable: label
                .clone()
                .filter(|_| google.has_several_accounts() && !is_ending),
            label,
            first_connected: day(connection.since),
            last_used: connection.last_used.map(day),
            query: query_of(connection.account.as_ref()),
        }
    }
}

fn in_words(status: RowStatus) -> (&'static str, Option<&'static str>) {
    match status {
        RowStatus::Active => ("Works", None),
        RowStatus::NeedsConsent => (
            "Needs a new sign-in",
            Some("Google does not accept the stored access any more."),
        ),
        RowStatus::Blocked => (
            "Blocked by an administrator",
            Some("Ask the administrator of your Google Workspace to allow this application."),
        ),
        RowStatus::Suspended => (
            "Suspended by Google",
            Some("Google has suspended this account, or secured it; see to it at Google first."),
        ),
        RowStatus::Disconnecting => (
            "Is being disconnected",
            Some(
                "It is not used any more. Google is still to be told, which is tried again by itself.",
            ),
        ),
        _ => ("Not connected", None),
    }
}
