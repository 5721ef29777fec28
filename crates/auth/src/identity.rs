//! Who acts (tenant and user), and which stored grant that means.

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use crate::error::{Error, ErrorKind};

/// Declares a name that came from the application: not empty, no control characters, bounded.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Takes the application's own text for it.
            ///
            /// # Errors
            /// When the text is empty, longer than 256 bytes, begins or ends with white space, or
            /// holds a control character.
            pub fn parse(value: impl Into<String>) -> Result<Self, Error> {
                let value = value.into();
                check_name($what, &value)?;
                Ok(Self(value))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// One customer of an application that serves several from one database.
    TenantId,
    "tenant id"
);
name!(
    /// The application's own id of a person. Never an e-mail address that Google reported.
    UserId,
    "user id"
);
name!(
    /// What a person calls one of several Google accounts. Absent means the default account.
    AccountLabel,
    "account label"
);
name!(
    /// What a grant is for: `google` for all toolkits that share a consent, or one toolkit's name.
    Service,
    "service"
);

name!(
    /// What an application calls a conversation, or a run that waits is called.
    SessionId,
    "session id"
);

impl AccountLabel {
    /// The word for the account without a label, which no label is.
    pub const DEFAULT: &'static str = "default";

    /// Takes a word by which somebody names an account to be connected; the word
    /// [`DEFAULT`](Self::DEFAULT) is the account without a label.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), and for what reads as an e-mail address: whose account it is shows
    /// when it is connected.
    pub fn named(word: &str) -> Result<Option<Self>, Error> {
        if word.eq_ignore_ascii_case(Self::DEFAULT) {
            return Ok(None);
        }
        if word.contains('@') {
            return Err(Error::from(ErrorKind::InvalidName {
                what: "account label",
                problem: "it reads as an e-mail address; a good one is a word such as work",
            }));
        }
        Self::parse(word).map(Some)
    }
}

impl Service {
    /// The shared consent of a [`GoogleAuth`](crate::GoogleAuth).
    pub fn google() -> Self {
        Self("google".to_owned())
    }
}

fn check_name(what: &'static str, value: &str) -> Result<(), Error> {
    let problem = if value.is_empty() {
        "it is empty; leave it out instead"
    } else if value.len() > 256 {
        "it is longer than 256 bytes"
    } else if value.trim() != value {
        "it begins or ends with white space"
    } else if value.chars().any(char::is_control) {
        "it holds a control character"
    } else {
        return Ok(());
    };
    Err(Error::from(ErrorKind::InvalidName { what, problem }))
}

/// On whose behalf something happens. It comes from the program, never from a model.
///
/// ```
/// use toolgate_auth::Principal;
///
/// let alice = Principal::for_user("alice")?.with_tenant("acme")?;
/// assert_eq!(alice.to_string(), "alice (tenant acme)");
/// assert_eq!(Principal::anonymous().to_string(), "the anonymous user");
/// # Ok::<(), toolgate_auth::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Principal {
    tenant: Option<TenantId>,
    user: Option<UserId>,
}

impl Principal {
    /// The single user of a program that does not tell people apart.
    pub fn anonymous() -> Self {
        Self::default()
    }

    /// An identified person.
    ///
    /// # Errors
    /// When the id is empty or malformed, see [`UserId::parse`].
    pub fn for_user(user: impl Into<String>) -> Result<Self, Error> {
        Ok(Self {
            tenant: None,
            user: Some(UserId::parse(user)?),
        })
    }

    /// The same person as one of a tenant's.
    ///
    /// # Errors
    /// When the id is empty or malformed, see [`TenantId::parse`].
    pub fn with_tenant(self, tenant: impl Into<String>) -> Result<Self, Error> {
        Ok(Self {
            tenant: Some(TenantId::parse(tenant)?),
            ..self
        })
    }

    /// Puts checked parts together.
    pub fn from_parts(tenant: Option<TenantId>, user: Option<UserId>) -> Self {
        Self { tenant, user }
    }

    /// The tenant, where the application has several.
    pub fn tenant(&self) -> Option<&TenantId> {
        self.tenant.as_ref()
    }

    /// The person; none is the anonymous single user.
    pub fn user(&self) -> Option<&UserId> {
        self.user.as_ref()
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.user {
            Some(user) => write!(f, "{user}")?,
            None => f.write_str("the anonymous user")?,
        }
        match &self.tenant {
            Some(tenant) => write!(f, " (tenant {tenant})"),
            None => Ok(()),
        }
    }
}

/// The identity provider. There is one; the column leaves room for others.
pub const PROVIDER: &str = "google";

/// Names one stored grant: who, for what, with which of their accounts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenKey {
    principal: Principal,
    service: Service,
    account_label: Option<AccountLabel>,
    /// Of the fields above; every read needs it several times.
    id: RowId,
}

impl TokenKey {
    /// The grant of a person's default account.
    pub fn new(principal: Principal, service: Service) -> Self {
        Self {
            id: row_id(&principal, &service, None),
            principal,
            service,
            account_label: None,
        }
    }

    /// The grant of a labelled account.
    #[must_use]
    pub fn with_account_label(self, label: Option<AccountLabel>) -> Self {
        if label == self.account_label {
            return self;
        }
        Self {
            id: row_id(&self.principal, &self.service, label.as_ref()),
            account_label: label,
            ..self
        }
    }

    /// Whose grant it is.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// What it is for.
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// Which of the person's accounts; none is the default.
    pub fn account_label(&self) -> Option<&AccountLabel> {
        self.account_label.as_ref()
    }

    /// Whether the two are of one person and service, and so differ in the account at most.
    pub fn is_of_same_grants(&self, other: &Self) -> bool {
        self.principal == other.principal && self.service == other.service
    }

    /// The identity provider, always [`PROVIDER`].
    pub fn provider(&self) -> &'static str {
        PROVIDER
    }

    /// The row's primary key: SHA-256 over the length-prefixed fields, so that no two keys collide
    /// and an absent field differs from an empty one.
    pub fn id(&self) -> RowId {
        self.id.clone()
    }
}

/// Names one session: whose it is, and what it is called.
///
/// ```
/// use toolgate_auth::{Principal, SessionId, SessionKey};
///
/// let alice = Principal::for_user("alice")?;
/// let key = SessionKey::new(alice.clone(), SessionId::parse("chat-42")?);
/// assert_eq!(key.principal(), &alice);
/// assert_ne!(key.id(), SessionKey::new(alice, SessionId::parse("chat-43")?).id());
/// # Ok::<(), toolgate_auth::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionKey {
    principal: Principal,
    session: SessionId,
}

impl SessionKey {
    /// One person's session of this name.
    pub fn new(principal: Principal, session: SessionId) -> Self {
        Self { principal, session }
    }

    /// Whose it is.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// What it is called.
    pub fn session(&self) -> &SessionId {
        &self.session
    }

    /// The row's primary key, made as [`TokenKey::id`] is.
    pub fn id(&self) -> RowId {
        let fields = [
            self.principal.tenant().map(TenantId::as_str),
            self.principal.user().map(UserId::as_str),
            Some(self.session.as_str()),
        ];
        hashed(b"toolgate session 1", &fields)
    }
}

fn row_id(principal: &Principal, service: &Service, label: Option<&AccountLabel>) -> RowId {
    let fields = [
        principal.tenant().map(TenantId::as_str),
        Some(PROVIDER),
        principal.user().map(UserId::as_str),
        Some(service.as_str()),
        label.map(AccountLabel::as_str),
    ];
    hashed(b"toolgate row 1", &fields)
}

fn hashed(what: &[u8], fields: &[Option<&str>]) -> RowId {
    let mut bytes = what.to_vec();
    for field in fields {
        push_length_prefixed(&mut bytes, *field);
    }
    RowId(URL_SAFE_NO_PAD.encode(Sha256::digest(bytes)).into())
}

/// A field for hashing or as associated data: a marker for "absent", or the length and the bytes.
pub(crate) fn push_length_prefixed(bytes: &mut Vec<u8>, field: Option<&str>) {
    let Some(text) = field else {
        bytes.push(0);
        return;
    };
    bytes.push(1);
    bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
    bytes.extend_from_slice(text.as_bytes());
}

/// The primary key of a row, 43 characters of base64url.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId(Arc<str>);

impl RowId {
    /// Takes an id that a store returned.
    pub fn from_stored(id: impl Into<String>) -> Self {
        Self(id.into().into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
