//! What the last page of a sign-in tells: a connection, or why there is none.

use std::error::Error as _;

use serde::{Deserialize, Serialize};
use toolgate_auth::sign_in::{Connected, Refusal, is_path_of_this_site};
use toolgate_auth::store::StoreError;
use toolgate_auth::{AccountLabel, Connection as Account, Disconnected};

/// The longest of the texts that come from elsewhere.
const MAX_TEXT: usize = 400;

/// What the done page, the error page or the page of connections shows once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Notice {
    Connected(Connection),
    Refused(Reason),
    Ended(Ended),
    Named(Named),
    Late(Late),
}

/// A connection that was ended, or is being.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ended {
    pub(crate) email: Option<String>,
    /// What became of it: a code of `Disconnected`'s.
    pub(crate) outcome: String,
    /// The other connections of the same Google account that work.
    pub(crate) others: u64,
}

/// An account that is called something else now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Named {
    pub(crate) email: Option<String>,
    /// What it is called; none where it is the default account.
    pub(crate) name: Option<String>,
    /// What the default account of before is called.
    pub(crate) old_default: Option<String>,
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
    /// A digest of Google's answer that made it.
    #[serde(default)]
    pub(crate) answer: String,
    /// The application's own page, where the browser goes in the place of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
}

/// An answer of Google's that came a second time, to a browser that may have its end already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Late {
    /// A digest of the answer.
    pub(crate) answer: String,
    pub(crate) reason: Reason,
}

/// Why there is none. The page's words go by the code: a forged cookie chooses among ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reason {
    pub(crate) code: String,
    pub(crate) detail: Option<String>,
    pub(crate) description: Option<String>,
}

/// What was under way when something failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// A sign-in of which nothing was used up: the same can be tried again.
    Open,
    /// A sign-in whose link is used up.
    Used,
    /// A look at one's own connections.
    Looking,
    /// A disconnect.
    Ending,
    /// A new name for an account.
    Naming,
}

impl Ended {
    pub(crate) fn new(email: Option<&str>, outcome: Disconnected) -> Self {
        let others = match outcome {
            Disconnected::HereOnly { others } => others,
            _ => 0,
        };
        Self {
            email: email.map(bounded),
            outcome: outcome.code().to_owned(),
            others,
        }
    }
}

impl Named {
    pub(crate) fn renamed(account: &Account, name: &AccountLabel) -> Self {
        Self {
            email: account.email.as_deref().map(bounded),
            name: Some(bounded(name.as_str())),
            old_default: None,
        }
    }

    pub(crate) fn made_default(account: &Account, old_default: Option<&AccountLabel>) -> Self {
        Self {
            email: account.email.as_deref().map(bounded),
            name: None,
            old_default: old_default.map(|name| bounded(name.as_str())),
        }
    }
}

impl Connection {
    /// `person` is what the pages call whoever connected.
    pub(crate) fn new(connected: Connected, person: String, answer: String) -> Self {
        Self {
            answer,
            person,
            account: connected.account.map(|label| bounded(label.as_str())),
            email: connected.email.as_deref().map(bounded),
            services: connected.services,
            granted: connected.granted.to_vec(),
            declined: connected.declined.to_vec(),
            cut: false,
            path: connected.return_path,
        }
    }

    /// Where the browser goes in the place of our page. A cookie may be forged, and leads nowhere else.
    pub(crate) fn onwards(&self) -> Option<&str> {
        self.path
            .as_deref()
            .filter(|path| is_path_of_this_site(path))
    }

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
            None if is_of_sessions(error, stage) => "sessions",
            None if stage == Stage::Ending => "not_ended",
            None if stage == Stage::Naming && error.is_conflict() => "name_taken",
            // It was disconnected, or called otherwise, since the look at what there is.
            None if stage == Stage::Naming && error.is_configuration() => "no_such_account",
            None if stage == Stage::Naming => "not_named",
            None if stage == Stage::Looking => "connections_unknown",
            None if is_storage(error) && stage == Stage::Open => "storage",
            None if error.is_saved_or_not() => "saved_or_not",
            None if is_storage(error) => "not_saved",
            None if error.is_transient() => "google_unavailable",
            None if error.is_configuration() || error.is_key_unavailable() => "setup",
            None => "internal",
        };
        Self::plain(code)
    }

    /// Whether it ended a sign-in, rather than a look at one's connections.
    pub(crate) fn is_of_sign_in(&self) -> bool {
        let others = [
            "not_logged_in",
            "no_user_verifier",
            "not_connected",
            "bad_form",
            "bad_account",
            "one_account",
            "connections_unknown",
            "not_ended",
            "no_such_account",
            "name_taken",
            "name_needed",
            "not_named",
        ];
        !others.contains(&self.code.as_str())
    }

    /// Whether whoever reads it is logged in as the person it is about, as far as is known.
    pub(crate) fn is_of_somebody(&self) -> bool {
        let strangers = [
            "not_logged_in",
            "no_user_verifier",
            "other_user",
            "sessions",
        ];
        !strangers.contains(&self.code.as_str())
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

    pub(crate) fn plain(code: &str) -> Self {
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

/// Google is not asked before a link is used up, nor for a look: what may pass there and is not the
/// database's is that the application itself cannot say who is logged in.
fn is_of_sessions(error: &toolgate_auth::Error, stage: Stage) -> bool {
    let asks_no_one_else = matches!(stage, Stage::Open | Stage::Looking);
    asks_no_one_else && error.is_transient() && !is_storage(error)
}

/// Text of others: without control characters, and not endless.
pub(crate) fn bounded(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(MAX_TEXT)
        .collect()
}

#[cfg(test)]
mod tests {
    use toolgate_auth::{GoogleAuth, OAuthClient};

    use super::*;

    #[test]
    fn an_account_that_is_gone_when_it_is_to_be_named_is_told_so() {
        let gone = GoogleAuth::builder(OAuthClient::new("client")).with_public_url("no URL");
        let gone = gone.build().unwrap_err();
        assert!(gone.is_configuration(), "{gone}");
        assert_eq!(Reason::of(&gone, Stage::Naming).code, "no_such_account");
        assert_eq!(Reason::of(&gone, Stage::Used).code, "setup");
    }
}
