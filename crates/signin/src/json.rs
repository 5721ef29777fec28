//! The JSON forms of the pages: for applications that draw their own. They are part of what this
//! crate promises; members are added and none is renamed.

use serde::Serialize;
use toolgate_auth::sign_in::ConnectPage;
use toolgate_auth::{AccountLabel, BoundGoogleAuth, Connection as Account, describe_scope};

use crate::notice::{Connection, Ended, Named, Reason};
use crate::wording::Wording;

/// The page of a link.
#[derive(Serialize)]
pub(crate) struct ConnectForm<'a> {
    app: &'a str,
    person: &'a str,
    account: Option<&'a str>,
    expected_email: Option<&'a str>,
    services: &'a [String],
    permissions: &'a [String],
    unverified: bool,
}

/// Where a browser goes next.
#[derive(Serialize)]
pub(crate) struct LocationForm<'a> {
    pub(crate) location: &'a str,
}

/// The done page; null where there is nothing to show.
#[derive(Serialize)]
pub(crate) struct DoneForm<'a> {
    pub(crate) connected: Option<ConnectedForm<'a>>,
}

#[derive(Serialize)]
pub(crate) struct ConnectedForm<'a> {
    app: &'a str,
    person: &'a str,
    account: Option<&'a str>,
    email: Option<&'a str>,
    services: &'a [String],
    granted: Vec<String>,
    declined: Vec<String>,
    /// False where the lists were too long for a cookie.
    complete: bool,
}

/// A refusal.
#[derive(Serialize)]
pub(crate) struct ErrorForm<'a> {
    pub(crate) error: ErrorBody<'a>,
}

#[derive(Serialize)]
pub(crate) struct ErrorBody<'a> {
    code: &'a str,
    message: &'a str,
    next: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    google: Option<GoogleBody<'a>>,
}

/// What Google itself said.
#[derive(Serialize)]
struct GoogleBody<'a> {
    error: &'a str,
    description: Option<&'a str>,
}

/// The page of a person's own connections.
#[derive(Serialize)]
pub(crate) struct ConnectionsForm<'a> {
    app: &'a str,
    person: &'a str,
    services: Vec<&'a str>,
    /// Whether more accounts than the default one can be connected.
    several_accounts: bool,
    connections: Vec<AccountForm<'a>>,
}

#[derive(Serialize)]
pub(crate) struct AccountForm<'a> {
    account: Option<&'a str>,
    email: Option<&'a str>,
    services: &'a [String],
    permissions: Vec<String>,
    left_out: Vec<String>,
    status: &'static str,
    first_connected: Option<String>,
    last_used: Option<String>,
}

/// The page that asks once more.
#[derive(Serialize)]
pub(crate) struct ConfirmForm<'a> {
    pub(crate) connection: AccountForm<'a>,
    /// The other connections of the same Google account.
    pub(crate) others: u64,
}

/// What came of a disconnect.
#[derive(Serialize)]
pub(crate) struct EndedForm<'a> {
    disconnected: &'a str,
    others: u64,
}

/// An account that was named.
#[derive(Serialize)]
pub(crate) struct NamedForm<'a> {
    account: Option<&'a str>,
}

/// An account that is the default one now.
#[derive(Serialize)]
pub(crate) struct DefaultForm<'a> {
    account: Option<&'a str>,
    /// What the one before is called now; null where there was none.
    old_default: Option<&'a str>,
}

impl<'a> ConnectForm<'a> {
    pub(crate) fn new(app: &'a str, page: &'a ConnectPage, person: &'a str) -> Self {
        Self {
            app,
            person,
            account: page.account.as_ref().map(AccountLabel::as_str),
            expected_email: page.expected_email.as_deref(),
            services: &page.services,
            permissions: &page.permissions,
            unverified: page.unverified,
        }
    }
}

impl<'a> DoneForm<'a> {
    pub(crate) fn new(app: &'a str, connection: &'a Connection) -> Self {
        let connected = ConnectedForm {
            app,
            person: &connection.person,
            account: connection.account.as_deref(),
            email: connection.email.as_deref(),
            services: &connection.services,
            granted: words(&connection.granted),
            declined: words(&connection.declined),
            complete: !connection.cut,
        };
        Self {
            connected: Some(connected),
        }
    }
}

impl<'a> ErrorForm<'a> {
    pub(crate) fn new(reason: &'a Reason, wording: &'a Wording) -> Self {
        let google = match (reason.code.as_str(), reason.detail.as_deref()) {
            ("google", Some(error)) => Some(GoogleBody {
                error,
                description: reason.description.as_deref(),
            }),
            _ => None,
        };
        let error = ErrorBody {
            code: &reason.code,
            message: &wording.heading,
            next: &wording.next,
            google,
        };
        Self { error }
    }
}

impl<'a> ConnectionsForm<'a> {
    pub(crate) fn new(
        app: &'a str,
        person: &'a str,
        google: &'a BoundGoogleAuth,
        accounts: &'a [Account],
    ) -> Self {
        Self {
            app,
            person,
            services: google.services(),
            several_accounts: google.has_several_accounts(),
            connections: accounts.iter().map(AccountForm::new).collect(),
        }
    }
}

impl<'a> AccountForm<'a> {
    pub(crate) fn new(account: &'a Account) -> Self {
        Self {
            account: account.account.as_ref().map(AccountLabel::as_str),
            email: account.email.as_deref(),
            services: &account.services,
            permissions: account.scopes.iter().map(describe_scope).collect(),
            left_out: account.left_out.iter().map(describe_scope).collect(),
            status: account.status.as_str(),
            first_connected: crate::date::rfc3339(account.since),
            last_used: account.last_used.and_then(crate::date::rfc3339),
        }
    }
}

impl<'a> From<&'a Ended> for EndedForm<'a> {
    fn from(ended: &'a Ended) -> Self {
        Self {
            disconnected: &ended.outcome,
            others: ended.others,
        }
    }
}

impl<'a> From<&'a Named> for NamedForm<'a> {
    fn from(named: &'a Named) -> Self {
        let account = named.name.as_deref();
        Self { account }
    }
}

impl<'a> From<&'a Named> for DefaultForm<'a> {
    fn from(named: &'a Named) -> Self {
        Self {
            account: None,
            old_default: named.old_default.as_deref(),
        }
    }
}

fn words(scopes: &[String]) -> Vec<String> {
    scopes.iter().map(|scope| describe_scope(scope)).collect()
}
