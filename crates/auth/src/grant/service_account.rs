//! Service accounts: access without anybody's consent, for a person of the domain or for itself.

mod default;
mod impersonation;
mod key;
mod refusal;
mod source;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

pub use self::impersonation::Impersonation;
use self::key::ServiceKey;
pub(crate) use self::source::Google;
pub use self::source::{ServiceToken, ServiceTokenRequest, ServiceTokens};
use crate::config::{Environment, is_address};
use crate::error::Error;
use crate::grant::read_file;
use crate::identity::{Principal, UserId};

/// A service account, and for whom it acts. Its tokens are kept in memory only, each person's apart.
///
/// ```
/// use toolgate_auth::{GoogleAuth, ServiceAccount};
///
/// # fn sample() -> Result<(), toolgate_auth::Error> {
/// let robot = ServiceAccount::from_file("robot.json")?.acting_for_each_user();
/// let google = GoogleAuth::service_account(robot).build()?;
/// # Ok(())
/// # }
/// ```
///
/// Without further word it acts for itself: it has files and calendars that were shared with it, and no
/// mailbox. To act for people of a Google Workspace domain, an administrator has to allow it once, with
/// the scopes that it may use ("domain-wide delegation" in the admin console). Each toolkit asks for the
/// least that its chosen tools need, so that these are the scopes to allow.
#[derive(Clone)]
pub struct ServiceAccount {
    source: Arc<dyn ServiceTokens>,
    subject: Subject,
}

type SubjectOf = dyn Fn(&Principal) -> Option<String> + Send + Sync;

#[derive(Clone)]
enum Subject {
    Itself,
    Fixed(Arc<str>),
    EachUser,
    OfRun(Arc<SubjectOf>),
}

impl fmt::Debug for ServiceAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = match &self.subject {
            Subject::Itself => "itself",
            Subject::Fixed(address) => address,
            Subject::EachUser | Subject::OfRun(_) => "the person of each run",
        };
        f.debug_struct("ServiceAccount")
            .field("source", &self.source)
            .field("acts_for", &subject)
            .finish()
    }
}

impl ServiceAccount {
    /// By the key file that the Google Cloud console gives out.
    ///
    /// Where the file says that tokens are to be asked for is not believed: that is
    /// [`Endpoints`](toolgate_http::Endpoints)' to say.
    ///
    /// # Errors
    /// When the file cannot be read, or is not a service account's key; it says what it is instead, and
    /// never quotes it.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let text = read_file(path, "service account")?;
        let key = ServiceKey::read(text.as_bytes()).map_err(|problem| {
            Error::configuration(format!("the file {} {problem}", path.display()))
        })?;
        Ok(Self::from_source(Arc::new(key)))
    }

    /// The same from the file's text.
    ///
    /// # Errors
    /// When the text is not a service account's key. It is never quoted.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let key = ServiceKey::read(text.as_bytes()).map_err(|problem| {
            Error::configuration(format!("the service account's JSON {problem}"))
        })?;
        Ok(Self::from_source(Arc::new(key)))
    }

    /// By Google's application default credentials: the file that `GOOGLE_APPLICATION_CREDENTIALS`
    /// names; else the one that `gcloud auth application-default login` leaves; else the service account
    /// of the virtual machine. `GOOGLE_DELEGATED_USER` says for whom it acts.
    ///
    /// They are used where a program asks for them here, and never because they lie there: the
    /// machine's own credentials must not take the place of people's consent unasked.
    ///
    /// # Errors
    /// When a file is there that cannot be used.
    pub fn application_default(environment: &Environment) -> Result<Self, Error> {
        default::application_default(environment)
    }

    /// By tokens from elsewhere, such as another library's.
    pub fn from_source(source: Arc<dyn ServiceTokens>) -> Self {
        Self {
            source,
            subject: Subject::Itself,
        }
    }

    /// Acts for this address, whoever runs the agent.
    ///
    /// # Errors
    /// When it cannot be an e-mail address.
    pub fn acting_for(self, address: impl Into<String>) -> Result<Self, Error> {
        let address = address.into();
        if !is_address(&address) {
            return Err(Error::configuration(
                "whom a service account acts for has to be an e-mail address, such as \
                 alice@example.com",
            ));
        }
        Ok(Self {
            subject: Subject::Fixed(address.into()),
            ..self
        })
    }

    /// Acts for the person of each run, whose id has to be their address in the domain. A run of a
    /// tenant's is refused: two tenants may use one id for two people, and only
    /// [`acting_for_users_by`](Self::acting_for_users_by) can tell them apart.
    #[must_use]
    pub fn acting_for_each_user(self) -> Self {
        Self {
            subject: Subject::EachUser,
            ..self
        }
    }

    /// Acts for the person of each run, whose address this tells; a run without one is refused.
    #[must_use]
    pub fn acting_for_users_by(
        self,
        address: impl Fn(&Principal) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            subject: Subject::OfRun(Arc::new(address)),
            ..self
        }
    }

    /// Uses these credentials to act as another service account, without a key of that one.
    #[must_use]
    pub fn impersonating(self, target: Impersonation) -> Self {
        Self {
            source: Arc::new(target.by(self.source)),
            subject: self.subject,
        }
    }

    /// Where the tokens come from, for a person.
    pub fn describe(&self) -> String {
        self.source.describe()
    }

    pub(crate) fn source(&self) -> &dyn ServiceTokens {
        &*self.source
    }

    /// For whom it acts in this run; none is itself. A run that was to be a person's is never one of
    /// the account's own.
    pub(crate) fn subject_for(&self, principal: &Principal) -> Result<Option<String>, Error> {
        match &self.subject {
            Subject::Itself => Ok(None),
            Subject::Fixed(address) => Ok(Some(address.as_ref().to_owned())),
            Subject::EachUser => address_of_id(principal).map(Some),
            Subject::OfRun(address) => {
                let address = address(principal).filter(|address| is_address(address));
                address.map(Some).ok_or_else(nobody)
            }
        }
    }
}

/// The id of a person is their address, where it can mean one person alone.
fn address_of_id(principal: &Principal) -> Result<String, Error> {
    let user = principal.user().map(UserId::as_str).ok_or_else(nobody)?;
    // One id in two tenants would be one account, and the second tenant's person would read the first's.
    if principal.tenant().is_some() {
        return Err(Error::configuration(
            "the service account acts for whom a run's user id names, and the person of this run is a \
             tenant's, in which that id may be somebody else's: tell the address of a tenant's person by \
             ServiceAccount::acting_for_users_by",
        ));
    }
    if !is_address(user) {
        return Err(Error::configuration(
            "the service account acts for whom a run's user id names, and the id of this run's person is \
             no e-mail address: run it for a person whose id is their address in the domain, or tell the \
             address by ServiceAccount::acting_for_users_by",
        ));
    }
    Ok(user.to_owned())
}

fn nobody() -> Error {
    Error::configuration(
        "the service account acts for the person of each run, and this run names nobody with an \
         address: run it for a person whose id is their address, tell the address by \
         ServiceAccount::acting_for_users_by, or have it act for one by acting_for or \
         GOOGLE_DELEGATED_USER",
    )
}
