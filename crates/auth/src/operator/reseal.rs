//! Which keys seal the rows and the sessions, and seals them under the active one.

use std::collections::{BTreeMap, BTreeSet};

use super::Operator;
use crate::audit::{Actor, Event};
use crate::error::Error;
use crate::identity::{Principal, RowId, SessionKey};
use crate::keys::KeyRing;
use crate::sessions::sealed_anew;
use crate::store::{ListScope, RowStatus, SessionRow, TokenRow};

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
    /// So many rows that another key seals and whose refresh token this one named: Google's security
    /// events do not find them without it.
    pub names: u64,
    /// So many conversations and paused runs. Of the key that seals none are counted: whether an old
    /// key can go is not theirs to say.
    pub sessions: u64,
    /// Whether it is configured: what is under a key that is not cannot be opened.
    pub is_known: bool,
    /// Whether it is the one that seals.
    pub is_active: bool,
}

/// What a rotation of the keys did, for its record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_structs, reason = "whoever rotates says all of it")]
pub struct RotationRecord {
    /// The ids of the keys that sealed, or named, what was sealed anew.
    pub from: BTreeSet<String>,
    /// So many rows.
    pub rows: u64,
    /// So many conversations and paused runs.
    pub sessions: u64,
    /// So many of both are left under other keys.
    pub left: u64,
    /// Whether everything was seen: it was not stopped, and did not fail on its way.
    pub is_whole: bool,
}

impl Operator {
    /// Records that what is stored begins to be sealed under the active key. Nobody's row is concerned,
    /// so that the event is the anonymous user's.
    ///
    /// # Errors
    /// When the database does not take the event.
    pub async fn record_rotation_begun(&self) -> Result<(), Error> {
        let event = Event::of(&Principal::anonymous(), "key_rotation_begun");
        let event = event.by(Actor::Operator).with("to", self.active_key());
        let refused = "the database did not take the event of the rotation's beginning";
        self.audit.require(event, refused).await
    }

    /// Records how that ended.
    ///
    /// # Errors
    /// When the database does not take the event.
    pub async fn record_rotation_ended(&self, done: &RotationRecord) -> Result<(), Error> {
        let event = Event::of(&Principal::anonymous(), "key_rotation_ended");
        let event = match (done.is_whole, done.left) {
            (true, 0) => event,
            (true, _) => event.ended("not_all"),
            (false, _) => event.ended("stopped"),
        };
        let from: Vec<_> = done.from.iter().map(String::as_str).collect();
        let event = event
            .by(Actor::Operator)
            .with("to", self.active_key())
            .with("from", from)
            .with("rows", done.rows)
            .with("sessions", done.sessions)
            .with("left", done.left);
        let refused = "the database did not take the event of the rotation's end";
        self.audit.require(event, refused).await
    }

    /// The ids of the keys other than the active one that seal this row or named its refresh token.
    pub fn other_keys(&self, row: &TokenRow) -> BTreeSet<String> {
        let sealed = row.sealed.as_ref();
        let sealing = sealed.map(|it| it.key_id.as_str());
        let keys = sealing.into_iter().chain(sealed.and_then(|_| namer(row)));
        let others = keys.filter(|id| *id != self.active_key());
        others.map(str::to_owned).collect()
    }

    /// Whether the secrets of a row open; nobody gets them, so that it is not recorded.
    ///
    /// # Errors
    /// When they do not: their key is not configured, or they were altered.
    pub fn opens(&self, row: &TokenRow) -> Result<(), Error> {
        self.vault.open(row).map(drop)
    }

    /// Seals one row under the active key where it is as it was read and nobody refreshes it, and names
    /// its refresh token by that key, as Google's security events are held against. Counters and times
    /// stay.
    ///
    /// # Errors
    /// When its key is not configured, it was altered, or the database cannot be asked.
    pub async fn reseal(&self, row: &TokenRow) -> Result<Resealed, Error> {
        let active = self.active_key();
        // Another label is written under the new key, and leaves the name that the old one gave.
        let is_named = namer(row).is_none_or(|id| id == active);
        if row.sealed.as_ref().is_none_or(|it| it.key_id == active) && is_named {
            return Ok(Resealed::Nothing);
        }
        let Some((sealed, named)) = self.vault.reseal(row)? else {
            return Ok(Resealed::Nothing);
        };
        let (at, named) = (row.marker(), named.as_deref());
        let done = self.tokens.reseal(&row.key, &at, &sealed, named).await?;
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
        let mut counts: BTreeMap<String, Counts> = configured
            .map(|id| (id.to_owned(), Counts::default()))
            .collect();
        let without_secrets = self.count_rows(&mut counts).await?;
        self.count_sessions(&mut counts).await?;
        let known = |id: &str| ring.active_id() == id || ring.ids().any(|it| it == id);
        let keys = counts.into_iter().map(|(id, count)| KeyUse {
            is_known: known(&id),
            is_active: id == ring.active_id(),
            id,
            rows: count.rows,
            names: count.names,
            sessions: count.sessions,
        });
        Ok(KeysInUse {
            keys: keys.collect(),
            without_secrets,
        })
    }

    /// Says how many rows hold no secrets.
    async fn count_rows(&self, counts: &mut BTreeMap<String, Counts>) -> Result<u64, Error> {
        let (mut after, mut without_secrets) = (None, 0);
        loop {
            let rows = self.rows(after.as_ref(), PAGE).await?;
            let is_last = rows.len() < PAGE as usize;
            after = rows.last().map(|row| row.key.id());
            for row in rows {
                let Some(sealed) = &row.sealed else {
                    without_secrets += 1;
                    continue;
                };
                if let Some(name) = namer(&row).filter(|id| *id != sealed.key_id) {
                    counts.entry(name.to_owned()).or_default().names += 1;
                }
                counts.entry(sealed.key_id.clone()).or_default().rows += 1;
            }
            if is_last {
                return Ok(without_secrets);
            }
        }
    }

    async fn count_sessions(&self, counts: &mut BTreeMap<String, Counts>) -> Result<(), Error> {
        let mut after = None;
        loop {
            let rows = self.sessions_to_reseal(after.as_ref(), SESSIONS).await?;
            let is_last = rows.len() < SESSIONS as usize;
            after = rows.last().map(|row| row.key.id());
            for row in rows {
                counts.entry(row.sealed.key_id).or_default().sessions += 1;
            }
            if is_last {
                return Ok(());
            }
        }
    }

    /// The rows that do not open though their keys are configured: they were altered, or copied from
    /// elsewhere. What is under other keys is [`keys_in_use`](Self::keys_in_use)'s to tell.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn damaged_rows(&self) -> Result<Vec<RowId>, Error> {
        let (mut after, mut damaged) = (None, Vec::new());
        loop {
            let rows = self.rows(after.as_ref(), PAGE).await?;
            for row in &rows {
                // A disconnect that is under way has raised the epoch, and opens what was sealed before.
                let opened = match row.status {
                    RowStatus::Disconnecting => self.vault.open_older(row),
                    _ => self.vault.open(row),
                };
                if opened.is_err_and(|error| !error.is_key_unavailable()) {
                    damaged.push(row.key.id());
                }
            }
            if rows.len() < PAGE as usize {
                return Ok(damaged);
            }
            after = rows.last().map(|row| row.key.id());
        }
    }

    /// The same of conversations and paused runs, of which the first `limit` are looked at.
    ///
    /// # Errors
    /// As [`damaged_rows`](Self::damaged_rows).
    pub async fn damaged_sessions(&self, limit: u32) -> Result<Vec<RowId>, Error> {
        let Some(sessions) = &self.sessions else {
            return Ok(Vec::new());
        };
        let (mut after, mut damaged, mut left) = (None, Vec::new(), limit);
        loop {
            let page = left.min(SESSIONS);
            // No key has this id, so that they are due whichever seals them.
            let rows = sessions.due_for_reseal("", after.as_ref(), page).await?;
            for row in &rows {
                let opened = sealed_anew(&self.vault.keys, row, &*self.vault.random);
                if opened.is_err_and(|error| !error.is_key_unavailable()) {
                    damaged.push(row.key.id());
                }
            }
            left -= page;
            if left == 0 || rows.len() < page as usize {
                return Ok(damaged);
            }
            after = rows.last().map(|row| row.key.id());
        }
    }
}

/// What one key seals and has named.
#[derive(Default)]
struct Counts {
    rows: u64,
    names: u64,
    sessions: u64,
}

/// The key that named the row's refresh token.
fn namer(row: &TokenRow) -> Option<&str> {
    row.rt_prefix_mac.as_deref().and_then(KeyRing::namer)
}
