//! What the last page of a sign-in tells: a connection, or why there is none.

use std::error::Error as _;

use serde::{Deserialize, Serialize};
use toolgate_auth::sign_in::{Connected, Refusal};
use toolgate_auth::store::StoreError;

/// The longest of the texts that come from elsewhere.
const MAX_TEXT: usize = 400;

/// What the done page or the error page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Notice {
    Connected(Connection),
    Refused(Reason),
}

/// A connection that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Connection {
    pub(crate) person: String,
    /// What the account is called, where it has a name.
    pub(crate) account: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) services: Vec<String>,
    /// Scopes.
    pub(crate) granted: Vec<String>,
    /// Scopes.
    pub(crate) declined: Vec<String>,
    /// Whether the scopes were left out, since they are too many for a cookie.
    pub(crate) cut: bool,
}

/// Why there is none. The page's words go by the code: a forged cookie chooses among ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reason {
    pub(crate) code: String,
    pub(crate) detail: Option<String>,
    pub(crate) description: Option<String>,
}

/// How far a sign-in had come when it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Nothing was used up: the same can be tried again.
    Open,
    /// The link is used up.
    Used,
}

impl From<Connected> for Connection {
    fn from(connected: Connected) -> Self {
        Self {
            person: bounded(&connected.principal.to_string()),
            account: connected.account.map(|label| bounded(label.as_str())),
            email: connected.email.as_deref().map(bounded),
            services: connected.services,
            granted: connected.granted.to_vec(),
            declined: connected.declined.to_vec(),
            cut: false,
        }
    }
}

impl Connection {
    /// The same without its lists.
    pub(crate) fn cut(self) -> Self {
        let services = Vec::new();
        Self {
            services,
            granted: Vec::new(),
            declined: Vec::new(),
            cut: true,
            ..self
        }
    }
}

impl Reason {
    pub(crate) fn of(error: &toolgate_auth::Error, stage: Stage) -> Self {
        let code = match error.refusal() {
            Some(refusal) => return Self::of_refusal(refusal),
            None if is_storage(error) => match stage {
                Stage::Open => "storage",
                Stage::Used => "not_saved",
            },
            // Google is not asked before the link is used up: the application itself cannot say.
            None if error.is_transient() && stage == Stage::Open => "sessions",
            None if error.is_transient() => "google_unavailable",
            None if error.is_configuration() || error.is_key_unavailable() => "setup",
            None => "internal",
        };
        Self::plain(code)
    }

    fn of_refusal(refusal: &Refusal) -> Self {
        let mut reason = Self::plain(refusal.code());
        match refusal {
            Refusal::Google { error, description } => {
                reason.detail = Some(bounded(error));
                reason.description = description.as_deref().map(bounded);
            }
            Refusal::Email { expected } | Refusal::Domain { expected } => {
                reason.detail = Some(bounded(expected));
            }
            Refusal::AccountTwice { account } => {
                let name = account.as_ref().map(|label| bounded(label.as_str()));
                reason.detail = name.or_else(|| Some("the default account".to_owned()));
            }
            Refusal::IdToken(problem) => reason.detail = Some((*problem).to_owned()),
            _ => {}
        }
        reason
    }

    fn plain(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            detail: None,
            description: None,
        }
    }
}

/// The database, and not Google, could not be asked.
fn is_storage(error: &toolgate_auth::Error) -> bool {
    error
        .source()
        .is_some_and(|source| source.downcast_ref::<StoreError>().is_some())
}

/// Text of others: without control characters, and not endless.
fn bounded(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(MAX_TEXT)
        .collect()
}
