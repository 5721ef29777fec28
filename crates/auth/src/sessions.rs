//! Sessions as an agent uses them: sealed for their row, and held by one process at a time.

mod held;
mod removal;
mod reseal;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use tokio::sync::OnceCell;
use tracing::warn;

pub use self::held::HeldSession;
pub use self::reseal::ResealedSessions;
pub(crate) use self::reseal::sealed_anew;
use crate::clock::{Random, SystemRandom, Timestamp, random_256};
use crate::error::Error;
use crate::google_auth::GoogleAuth;
use crate::identity::{Principal, SessionKey, TenantId, UserId};
use crate::keys::{KeyRing, KeySource, resolve_keys};
use crate::seal::{EpochRule, SealContext};
use crate::store::{
    Database, Incarnation, Sealed, SessionKind, SessionMarker, SessionRow, SessionStatus,
    SessionStore,
};

/// How long a hold outlives its process, unless said.
const HOLD: Duration = Duration::from_mins(1);
/// How many rows are read at once.
const PAGE: u32 = 50;

/// The sessions of a database, for whoever runs conversations. Documents are sealed with the keys
/// that seal grants, for their person, their session and their version. Cheap to clone.
///
/// ```
/// use std::sync::Arc;
/// use toolgate_auth::{MemoryDatabase, Principal, SessionId, SessionKey, Sessions};
/// use toolgate_auth::store::{SessionKind, SessionStatus};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sessions = Sessions::of(Arc::new(MemoryDatabase::new()), None).ok_or("none are kept")?;
/// let key = SessionKey::new(Principal::for_user("alice")?, SessionId::parse("chat-42")?);
/// let held = sessions.create(&key, SessionKind::Conversation, b"Hello").await?;
/// let mut held = held.ok_or("somebody else was first")?;
/// assert!(held.give_back(SessionStatus::Idle, b"Hello, Alice").await?);
/// let session = sessions.load(&key).await?.ok_or("it is gone")?;
/// assert_eq!(session.document(), b"Hello, Alice");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Sessions(Arc<Inner>);

struct Inner {
    store: Arc<dyn SessionStore>,
    database: Arc<dyn Database>,
    source: KeySource,
    random: Arc<dyn Random>,
    /// Found at the first use: a program that keeps no sessions needs no keys for them.
    keys: OnceCell<KeyRing>,
    hold: Duration,
}

/// Where a session stood when it was read or written: who goes on from there goes on with that and
/// nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionPlace {
    key: SessionKey,
    kind: SessionKind,
    marker: SessionMarker,
}

impl SessionPlace {
    /// Whose it is, and what it is called.
    pub fn key(&self) -> &SessionKey {
        &self.key
    }

    /// What it is.
    pub fn kind(&self) -> SessionKind {
        self.kind
    }
}

/// A session as it was read.
#[derive(Clone)]
pub struct Session {
    place: SessionPlace,
    status: SessionStatus,
    document: Vec<u8>,
    held: bool,
    updated_at: Timestamp,
}

/// What one person has, as [`Sessions::list`] finds it.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct SessionList {
    /// Those that open.
    pub sessions: Vec<Session>,
    /// Those that do not: they were altered, or sealed by a key that is not configured.
    pub unreadable: Vec<SessionKey>,
}

impl SessionList {
    fn add(&mut self, row: SessionRow, open: impl FnOnce(SessionRow) -> Result<Session, Error>) {
        let key = row.key.clone();
        match open(row) {
            Ok(session) => self.sessions.push(session),
            Err(error) => {
                warn!(target: "toolgate_auth", row = %key.id(), %error, "a session is passed over");
                self.unreadable.push(key);
            }
        }
    }
}

impl Sessions {
    /// The sessions of this database; none where it keeps none. The keys are those of the
    /// `GoogleAuth`, or what the environment and the database say.
    pub fn of(database: Arc<dyn Database>, google: Option<&GoogleAuth>) -> Option<Self> {
        let definition = google.map(GoogleAuth::definition);
        let source = definition.map_or(KeySource::Database, |it| it.keys.clone());
        let random = definition.map(|it| Arc::clone(&it.random));
        Some(Self(Arc::new(Inner {
            store: database.session_store()?,
            database,
            source,
            random: random.unwrap_or_else(|| Arc::new(SystemRandom)),
            keys: OnceCell::new(),
            hold: HOLD,
        })))
    }

    /// The same with other keys.
    #[must_use]
    pub fn with_keys(self, source: KeySource) -> Self {
        let hold = self.0.hold;
        self.with(source, hold)
    }

    /// The same where a hold outlives its process by so long: then somebody else may go on. A process
    /// that lives renews its holds.
    #[must_use]
    pub fn with_hold(self, hold: Duration) -> Self {
        let source = self.0.source.clone();
        self.with(source, hold)
    }

    fn with(self, source: KeySource, hold: Duration) -> Self {
        Self(Arc::new(Inner {
            store: Arc::clone(&self.0.store),
            database: Arc::clone(&self.0.database),
            source,
            random: Arc::clone(&self.0.random),
            keys: OnceCell::new(),
            hold,
        }))
    }

    /// What is stored under `key`.
    ///
    /// # Errors
    /// When the database cannot be asked, or the document does not open.
    pub async fn load(&self, key: &SessionKey) -> Result<Option<Session>, Error> {
        let keys = self.0.keys().await?;
        let found = self.0.store.get(key).await?;
        found.map(|(row, now)| opened(keys, row, now)).transpose()
    }

    /// One person's sessions in these states, those written last first. One whose document does not
    /// open hides no other: it is named apart, and the log tells its row.
    ///
    /// # Errors
    /// When the database cannot be asked, or there is no key at all.
    pub async fn list(
        &self,
        principal: &Principal,
        wanted: &[SessionStatus],
    ) -> Result<SessionList, Error> {
        let keys = self.0.keys().await?;
        let (mut after, mut found) = (None, SessionList::default());
        loop {
            let page = self.0.store.list(principal, after.as_ref(), PAGE).await?;
            let (rows, now) = page;
            after = rows.last().map(|row| (row.updated_at, row.key.id()));
            let ended = rows.len() < PAGE as usize;
            for row in rows.into_iter().filter(|row| wanted.contains(&row.status)) {
                found.add(row, |row| opened(keys, row, now));
            }
            if ended {
                return Ok(found);
            }
        }
    }

    /// Stores a session that is under way and holds it; none where one of this name stands.
    ///
    /// # Errors
    /// When the database cannot be asked, or there is no key.
    pub async fn create(
        &self,
        key: &SessionKey,
        kind: SessionKind,
        document: &[u8],
    ) -> Result<Option<HeldSession>, Error> {
        let mut held = HeldSession::new(self, key, kind);
        let written = held.write(SessionStatus::Running, document, true).await?;
        Ok(written.then_some(held))
    }

    /// A session that is not stored yet: its first write stores it, unless one of this name stands
    /// then.
    pub fn unwritten(&self, key: &SessionKey, kind: SessionKind) -> HeldSession {
        HeldSession::new(self, key, kind)
    }

    /// Stores a session that nobody holds; none where one of this name stands.
    ///
    /// # Errors
    /// When the database cannot be asked, or there is no key.
    pub async fn store(
        &self,
        key: &SessionKey,
        kind: SessionKind,
        status: SessionStatus,
        document: &[u8],
    ) -> Result<Option<SessionPlace>, Error> {
        let mut held = HeldSession::new(self, key, kind);
        let written = held.write(status, document, false).await?;
        Ok(held.place().filter(|_| written))
    }

    /// Writes the document of a run that begins in a session that was read, and holds it; none where
    /// somebody else was faster or holds it.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn begin(
        &self,
        place: &SessionPlace,
        document: &[u8],
    ) -> Result<Option<HeldSession>, Error> {
        let mut held = HeldSession::new(self, &place.key, place.kind);
        held.is_at(place.marker.clone());
        let written = held.write(SessionStatus::Running, document, true).await?;
        Ok(written.then_some(held))
    }

    /// Holds a session as it was read; none where somebody else was faster or holds it.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn claim(&self, place: &SessionPlace) -> Result<Option<HeldSession>, Error> {
        let mut held = HeldSession::new(self, &place.key, place.kind);
        let (owner, store) = (held.owner(), &self.0.store);
        let claimed = store.claim(&place.key, &place.marker, owner, self.0.hold);
        let Some(marker) = claimed.await? else {
            return Ok(None);
        };
        held.is_at(marker);
        held.start_renewal();
        Ok(Some(held))
    }
}

impl Inner {
    async fn keys(&self) -> Result<&KeyRing, Error> {
        let find = || async {
            let found = resolve_keys(&self.source, &*self.database, &*self.random).await;
            found.map(|(keys, _)| keys)
        };
        self.keys.get_or_try_init(find).await
    }

    /// Seals a document for a row as it will be.
    async fn seal(
        &self,
        key: &SessionKey,
        at: &Place<'_>,
        document: &[u8],
    ) -> Result<Sealed, Error> {
        let keys = self.keys().await?;
        let row = key.id();
        keys.seal(&context(key, row.as_str(), at), document, &*self.random)
    }

    fn random_name(&self) -> String {
        URL_SAFE_NO_PAD.encode(random_256(&*self.random))
    }
}

/// The version of a row that a document belongs to.
struct Place<'a> {
    incarnation: &'a Incarnation,
    version: i64,
}

fn opened(keys: &KeyRing, row: SessionRow, now: Timestamp) -> Result<Session, Error> {
    let id = row.key.id();
    let place = Place {
        incarnation: &row.incarnation,
        version: row.version,
    };
    let context = context(&row.key, id.as_str(), &place);
    let opened = keys.open(&context, &row.sealed, EpochRule::Exactly(row.version))?;
    Ok(Session {
        held: row.is_held(now),
        status: row.status,
        document: opened.bytes.to_vec(),
        updated_at: row.updated_at,
        place: SessionPlace {
            marker: row.marker(),
            kind: row.kind,
            key: row.key,
        },
    })
}

/// The row's id is of tenant, user and session.
fn context<'a>(key: &'a SessionKey, row: &'a str, at: &Place<'a>) -> SealContext<'a> {
    SealContext {
        tenant: key.principal().tenant().map(TenantId::as_str),
        user: key.principal().user().map(UserId::as_str),
        row,
        column: "session",
        client_id: "",
        incarnation: at.incarnation.as_str(),
        epoch: at.version,
    }
}

impl Session {
    /// Where it stood, to go on from.
    pub fn place(&self) -> &SessionPlace {
        &self.place
    }

    /// Where it is.
    pub fn status(&self) -> SessionStatus {
        self.status
    }

    /// What is stored, opened.
    pub fn document(&self) -> &[u8] {
        &self.document
    }

    /// Whether somebody held it when it was read.
    pub fn is_held(&self) -> bool {
        self.held
    }

    /// When it was written last.
    pub fn updated_at(&self) -> Timestamp {
        self.updated_at
    }
}

/// What people wrote does not print.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("place", &self.place)
            .field("status", &self.status)
            .field("held", &self.held)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions")
            .field("store", &self.0.store)
            .finish_non_exhaustive()
    }
}
