//! A session that this process holds, and goes on holding as long as it lives.

use std::fmt;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tracing::{debug, warn};

use super::{Inner, Place, SessionPlace, Sessions};
use crate::error::Error;
use crate::identity::SessionKey;
use crate::store::{
    Incarnation, Sealed, SessionKind, SessionMarker, SessionStatus, SessionWrite, StoreError,
};

/// How often a hold is renewed before it ends.
const RENEWALS: u32 = 3;

/// A session that nobody else goes on with. It is renewed behind its holder, and given back when it
/// is dropped; what a holder writes whose hold was taken over is lost.
pub struct HeldSession {
    sessions: Arc<Inner>,
    key: SessionKey,
    kind: SessionKind,
    owner: String,
    marker: Option<SessionMarker>,
    /// The document of the last write, where it is not known whether the database took it.
    unclear: Option<Sealed>,
    renewal: Option<JoinHandle<()>>,
}

impl HeldSession {
    pub(super) fn new(sessions: &Sessions, key: &SessionKey, kind: SessionKind) -> Self {
        Self {
            owner: sessions.0.random_name(),
            sessions: Arc::clone(&sessions.0),
            key: key.clone(),
            kind,
            marker: None,
            unclear: None,
            renewal: None,
        }
    }

    pub(super) fn owner(&self) -> &str {
        &self.owner
    }

    pub(super) fn is_at(&mut self, marker: SessionMarker) {
        self.marker = Some(marker);
    }

    /// Renews it until it is given back or dropped.
    pub(super) fn start_renewal(&mut self) {
        let Some(marker) = self.marker.clone().filter(|_| self.renewal.is_none()) else {
            return;
        };
        let (sessions, key) = (Arc::clone(&self.sessions), self.key.clone());
        let owner = self.owner.clone();
        self.renewal = Some(tokio::spawn(async move {
            loop {
                tokio::time::sleep(sessions.hold / RENEWALS).await;
                let store = &sessions.store;
                match store.renew(&key, &marker, &owner, sessions.hold).await {
                    Ok(true) => {}
                    // The next write finds it out.
                    Ok(false) => return,
                    Err(error) => {
                        warn!(target: "toolgate_auth", row = %key.id(), %error, "a session could not be held");
                    }
                }
            }
        }));
    }

    /// Whose it is, and what it is called.
    pub fn key(&self) -> &SessionKey {
        &self.key
    }

    /// Where it stands; none once it was removed.
    pub fn place(&self) -> Option<SessionPlace> {
        Some(SessionPlace {
            key: self.key.clone(),
            kind: self.kind,
            marker: self.marker.clone()?,
        })
    }

    /// Writes the document of a run that is under way. Says whether the session was still held.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn save(&mut self, document: &[u8]) -> Result<bool, Error> {
        self.write(SessionStatus::Running, document, true).await
    }

    /// Writes the document and gives the session back. Says whether it was still held.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn give_back(
        &mut self,
        status: SessionStatus,
        document: &[u8],
    ) -> Result<bool, Error> {
        self.write(status, document, false).await
    }

    /// Removes the session. Says whether it was still held; what was never stored has nothing to be
    /// removed.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn remove(&mut self) -> Result<bool, Error> {
        self.look_for_unclear().await?;
        let Some(at) = self.marker.take() else {
            return Ok(true);
        };
        let store = &self.sessions.store;
        Ok(store.delete(&self.key, Some(&at)).await?)
    }

    pub(super) async fn write(
        &mut self,
        status: SessionStatus,
        document: &[u8],
        hold: bool,
    ) -> Result<bool, Error> {
        self.look_for_unclear().await?;
        let incarnation = match &self.marker {
            Some(marker) => marker.incarnation.clone(),
            None => Incarnation::new(self.sessions.random_name()),
        };
        let version = self.marker.as_ref().map_or(1, |marker| marker.version + 1);
        let place = Place {
            incarnation: &incarnation,
            version,
        };
        let sealed = self.sessions.seal(&self.key, &place, document).await?;
        // Until there is an answer: what a database did and did not answer is done.
        self.unclear = Some(sealed.clone());
        let write = SessionWrite {
            kind: self.kind,
            status,
            sealed,
            owner: self.owner.clone(),
            hold: hold.then_some(self.sessions.hold),
            incarnation,
        };
        let expected = self.marker.as_ref();
        let written = self.sessions.store.put(&self.key, &write, expected).await?;
        self.unclear = None;
        let won = written.is_some();
        self.marker = written.or_else(|| self.marker.take());
        match (won, hold) {
            (true, true) => self.start_renewal(),
            (true, false) => drop(self.stop_renewal()),
            (false, _) => {}
        }
        Ok(won)
    }

    /// Finds out whether a write was done whose answer was lost: no two documents are sealed alike.
    /// What somebody has claimed since is theirs.
    async fn look_for_unclear(&mut self) -> Result<(), StoreError> {
        let Some(unclear) = &self.unclear else {
            return Ok(());
        };
        let found = self.sessions.store.get(&self.key).await?;
        let claims = self.marker.as_ref().map_or(1, |marker| marker.lease_seq);
        let own = found.filter(|(row, _)| row.sealed == *unclear && row.lease_seq == claims);
        if let Some((row, _)) = own {
            self.marker = Some(row.marker());
        }
        self.unclear = None;
        Ok(())
    }

    fn stop_renewal(&mut self) -> bool {
        let renewal = self.renewal.take();
        renewal.map(|task| task.abort()).is_some()
    }
}

/// A run that is dropped keeps nobody waiting for its hold to end.
impl Drop for HeldSession {
    fn drop(&mut self) {
        let held = self.stop_renewal();
        let (Some(marker), true, Ok(runtime)) = (self.marker.take(), held, Handle::try_current())
        else {
            return;
        };
        let (sessions, key) = (Arc::clone(&self.sessions), self.key.clone());
        let owner = std::mem::take(&mut self.owner);
        drop(runtime.spawn(async move {
            let released = sessions.store.release(&key, &marker, &owner).await;
            debug!(target: "toolgate_auth", row = %key.id(), ?released, "a session is given back");
        }));
    }
}

impl fmt::Debug for HeldSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeldSession")
            .field("key", &self.key)
            .field("marker", &self.marker)
            .finish_non_exhaustive()
    }
}
