//! Which keys seal the rows and the sessions, and seals them under the active one.

use std::collections::BTreeMap;

use super::Operator;
use crate::error::Error;
use crate::identity::{RowId, SessionKey};
use crate::sessions::sealed_anew;
use crate::store::{ListScope, SessionRow, TokenRow};

/// How many rows are read at once.
const PAGE: u32 = 200;
/// The same of sessions, which come with what was said in them.
const SESSIONS: u32 = 20;

/// What became of one row, or of one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resealed {
    /// It is sealed under the active key now, and nothing else of it changed.
    Done,
    /// It was already, or holds no secrets.
    Nothing,
    /// Somebody writes it, refreshes it or holds it: come back to it.
    Busy,
}

/// How the rows of a database are sealed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct KeysInUse {
    /// Each key that seals a row, and each that is configured, by its id.
    pub keys: Vec<KeyUse>,
    /// Rows without secrets: what was disconnected.
    pub without_secrets: u64,
}

/// What one key seals.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyUse {
    /// The key's id.
    pub id: String,
    /// So many rows.
    pub rows: u64,
    /// So many conversations and paused runs. Of the key that seals none are counted: whether an old
    /// key can go is not theirs to say.
    pub sessions: u64,
    /// Whether it is configured: what is under a key that is not cannot be opened.
    pub is_known: bool,
    /// Whether it is the one that seals.
    pub is_active: bool,
}

impl Operator {
    /// Seals one row under the active key where it is as it was read and nobody refreshes it.
    /// Counters and times stay.
    ///
    /// # Errors
    /// When its key is not configured, it was altered, or the database cannot be asked.
    pub async fn reseal(&self, row: &TokenRow) -> Result<Resealed, Error> {
        let active = self.active_key();
        if row.sealed.as_ref().is_none_or(|it| it.key_id == active) {
            return Ok(Resealed::Nothing);
        }
        let Some(sealed) = self.vault.reseal(row)? else {
            return Ok(Resealed::Nothing);
        };
        let done = self.tokens.reseal(&row.key, &row.marker(), &sealed).await?;
        Ok(if done { Resealed::Done } else { Resealed::Busy })
    }

    /// Rows of everybody, by their ids, from behind `after` on; fewer than `limit` are the end.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn rows(&self, after: Option<&RowId>, limit: u32) -> Result<Vec<TokenRow>, Error> {
        Ok(self.tokens.list(&ListScope::All, after, limit).await?)
    }

    /// The row as it stands now, where it still does.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn again(&self, row: &TokenRow) -> Result<Option<TokenRow>, Error> {
        Ok(self.tokens.get(&row.key).await?.row)
    }

    /// Seals one conversation or paused run under the active key where it is as it was read and
    /// nobody holds it. Counters and times stay.
    ///
    /// # Errors
    /// As [`reseal`](Self::reseal).
    pub async fn reseal_session(&self, row: &SessionRow) -> Result<Resealed, Error> {
        let active = self.active_key();
        let sessions = self.sessions.as_ref();
        let Some(sessions) = sessions.filter(|_| row.sealed.key_id != active) else {
            return Ok(Resealed::Nothing);
        };
        let sealed = sealed_anew(&self.vault.keys, row, &*self.vault.random)?;
        let done = sessions.reseal(&row.key, &row.marker(), &sealed).await?;
        Ok(if done { Resealed::Done } else { Resealed::Busy })
    }

    /// Conversations and paused runs of everybody that another key than the active one seals, by
    /// their ids, from behind `after` on; fewer than `limit` are the end.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn sessions_to_reseal(
        &self,
        after: Option<&RowId>,
        limit: u32,
    ) -> Result<Vec<SessionRow>, Error> {
        let Some(sessions) = &self.sessions else {
            return Ok(Vec::new());
        };
        let due = sessions.due_for_reseal(self.active_key(), after, limit);
        Ok(due.await?)
    }

    /// The conversation or paused run as it stands now, where it still does.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn session_again(&self, key: &SessionKey) -> Result<Option<SessionRow>, Error> {
        let Some(sessions) = &self.sessions else {
            return Ok(None);
        };
        Ok(sessions.get(key).await?.map(|(row, _)| row))
    }

    /// Counts what is stored by the keys that seal it. A row that cannot be read counts nowhere; the
    /// log tells it.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn keys_in_use(&self) -> Result<KeysInUse, Error> {
        let ring = &self.vault.keys;
        let configured = ring.ids().chain([ring.active_id()]);
        let mut counts: BTreeMap<String, (u64, u64)> =
            configured.map(|id| (id.to_owned(), (0, 0))).collect();
        let without_secrets = self.count_rows(&mut counts).await?;
        self.count_sessions(&mut counts).await?;
        let known = |id: &str| ring.active_id() == id || ring.ids().any(|it| it == id);
        let keys = counts.into_iter().map(|(id, (rows, sessions))| KeyUse {
            is_known: known(&id),
            is_active: id == ring.active_id(),
            id,
            rows,
            sessions,
        });
        Ok(KeysInUse {
            keys: keys.collect(),
            without_secrets,
        })
    }

    /// Says how many rows hold no secrets.
    async fn count_rows(&self, counts: &mut BTreeMap<String, (u64, u64)>) -> Result<u64, Error> {
        let (mut after, mut without_secrets) = (None, 0);
        loop {
            let rows = self.rows(after.as_ref(), PAGE).await?;
            let is_last = rows.len() < PAGE as usize;
            after = rows.last().map(|row| row.key.id());
            for row in rows {
                match row.sealed {
                    Some(sealed) => counts.entry(sealed.key_id).or_default().0 += 1,
                    None => without_secrets += 1,
                }
            }
            if is_last {
                return Ok(without_secrets);
            }
        }
    }

    async fn count_sessions(&self, counts: &mut BTreeMap<String, (u64, u64)>) -> Result<(), Error> {
        let mut after = None;
        loop {
            let rows = self.sessions_to_reseal(after.as_ref(), SESSIONS).await?;
            let is_last = rows.len() < SESSIONS as usize;
            after = rows.last().map(|row| row.key.id());
            for row in rows {
                counts.entry(row.sealed.key_id).or_default().1 += 1;
            }
            if is_last {
                return Ok(());
            }
        }
    }
}
