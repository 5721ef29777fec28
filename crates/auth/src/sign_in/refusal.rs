//! Why a sign-in was refused, in words for the page and the program.

use std::fmt;

use crate::identity::AccountLabel;

/// Why a sign-in was refused. Nothing was stored, and an existing connection is as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The link or the state was not made by this application, or was altered.
    Forged,
    /// The link is too old.
    Expired,
    /// The link was used already.
    AlreadyUsed,
    /// Another browser continued with this link.
    OtherBrowser,
    /// The browser that came back is not the one that continued (no cookie, or another's).
    NotThisBrowser,
    /// The person who is logged in to the application is not the one the link was made for.
    OtherUser,
    /// The request to continue came from another site.
    CrossSite,
    /// Google's answer names another issuer.
    Issuer,
    /// Google's answer says no, with its error code and description.
    Google {
        /// Google's `error`, such as `access_denied`.
        error: String,
        /// Google's `error_description`, if it gave one.
        description: Option<String>,
    },
    /// Google's answer has neither a code nor an error.
    Malformed,
    /// Google did not accept the code.
    CodeRefused,
    /// The id token does not hold: the reason.
    IdToken(&'static str),
    /// Another e-mail address was expected.
    Email {
        /// The one expected.
        expected: String,
    },
    /// An account of a Google Workspace domain was expected.
    Domain {
        /// The one expected.
        expected: String,
    },
    /// The person has connected another Google account already.
    AccountChanged,
    /// The person has connected another Google account already, and may connect this one as a further
    /// account.
    FurtherAccount,
    /// The person has connected this Google account already.
    AccountTwice {
        /// What it is called; none is the default account.
        account: Option<AccountLabel>,
    },
    /// Nothing was allowed.
    NothingGranted,
    /// Google gave no refresh token; a new link asks for one.
    NoRefreshToken,
    /// The same Google account is being disconnected; try again in a minute.
    DisconnectInProgress,
    /// The connection was removed while this sign-in was under way.
    Overtaken,
    /// Nobody finished the sign-in in the browser that was opened, as long as it was waited for.
    Unfinished,
    /// The program gave up waiting for the browser.
    Cancelled,
    /// The person has too many open links.
    TooMany,
    /// A service was asked for that this application does not have.
    UnknownService,
    /// Nobody is logged in to the application.
    NotLoggedIn,
    /// The application does not say who is logged in, so that nobody's connections can be shown.
    NoUserVerifier,
}

impl Refusal {
    /// A short fixed name, for logs, audit and pages' addresses.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Forged => "forged",
            Self::Expired => "expired",
            Self::AlreadyUsed => "already_used",
            Self::OtherBrowser => "other_browser",
            Self::NotThisBrowser => "not_this_browser",
            Self::OtherUser => "other_user",
            Self::CrossSite => "cross_site",
            Self::Issuer => "issuer",
            Self::Google { .. } => "google",
            Self::Malformed => "malformed",
            Self::CodeRefused => "code_refused",
            Self::IdToken(_) => "id_token",
            Self::Email { .. } => "email",
            Self::Domain { .. } => "domain",
            Self::AccountChanged => "account_changed",
            Self::FurtherAccount => "further_account",
            Self::AccountTwice { .. } => "account_twice",
            Self::NothingGranted => "nothing_granted",
            Self::NoRefreshToken => "no_refresh_token",
            Self::DisconnectInProgress => "disconnect_in_progress",
            Self::Overtaken => "overtaken",
            Self::Unfinished => "unfinished",
            Self::Cancelled => "cancelled",
            Self::TooMany => "too_many",
            Self::UnknownService => "unknown_service",
            Self::NotLoggedIn => "not_logged_in",
            Self::NoUserVerifier => "no_user_verifier",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Forged => "this link was not made by this application, or was changed on its way",
            Self::Expired => "this link is too old; ask for a new one",
            Self::AlreadyUsed => "this link was used already; ask for a new one",
            Self::OtherBrowser => "another browser continued with this link; ask for a new one",
            Self::NotThisBrowser => {
                "this is not the browser that opened the link; open the link again and let it keep cookies"
            }
            Self::OtherUser => {
                "this link was made for somebody else; log in as that person, or ask for a link of your own"
            }
            Self::CrossSite => {
                "another site sent this request; open the link itself and continue from there"
            }
            Self::Issuer => "the answer did not come from Google",
            Self::Google { error, description } => {
                write!(f, "google answered {error}")?;
                return match description {
                    Some(description) => write!(f, " ({description})"),
                    None => Ok(()),
                };
            }
            Self::Malformed => "google's answer holds neither a code nor an error",
            Self::CodeRefused => "google did not accept the sign-in; ask for a new link",
            Self::IdToken(reason) => return write!(f, "google's id token does not hold: {reason}"),
            Self::Email { expected } => {
                return write!(f, "this link is for {expected}; choose that Google account");
            }
            Self::Domain { expected } => {
                return write!(f, "this application accepts accounts of {expected} only");
            }
            Self::AccountChanged => {
                "another Google account is connected already; disconnect it first, or choose that one"
            }
            Self::FurtherAccount => {
                "another Google account is connected already; choose that one, or ask for a link that connects this one as a further account"
            }
            Self::AccountTwice { account } => return twice(f, account.as_ref()),
            Self::NothingGranted => {
                "nothing was allowed, so nothing was connected; ask for a new link and tick what you want to allow"
            }
            Self::NoRefreshToken => "google gave no lasting access; ask for a new link",
            Self::DisconnectInProgress => {
                "this Google account is being disconnected; try again in a minute"
            }
            Self::Overtaken => "the connection changed while you signed in; ask for a new link",
            Self::Unfinished => {
                "nobody finished the sign-in in the browser in time; run this again and allow access in the browser that opens, or wait longer with Browser::with_time_limit"
            }
            Self::Cancelled => "the sign-in was cancelled; run this again to sign in",
            Self::TooMany => {
                "too many sign-in links are open; use one of them, or wait ten minutes"
            }
            Self::UnknownService => "this application does not have a service of that name",
            Self::NotLoggedIn => "nobody is logged in; log in to the application first",
            Self::NoUserVerifier => {
                "this application does not say who is logged in; set a user verifier with GoogleAuthBuilder::with_user_verifier"
            }
        };
        f.write_str(text)
    }
}

fn twice(f: &mut fmt::Formatter<'_>, account: Option<&AccountLabel>) -> fmt::Result {
    f.write_str("this Google account is connected already, as ")?;
    match account {
        Some(label) => write!(f, "{label}"),
        None => f.write_str("the default one"),
    }
}
