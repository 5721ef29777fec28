//! Which keys seal the rows, and seals them under the active one.

use std::collections::BTreeMap;

use super::Operator;
use crate::error::Error;
use crate::identity::RowId;
use crate::store::{ListScope, TokenRow};

/// How many rows are read at once.
const PAGE: u32 = 200;

/// What became of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resealed {
    /// It is sealed under the active key now, and nothing else of it changed.
    Done,
    /// It was already, or holds no secrets.
    Nothing,
    /// Somebody writes it or refreshes it: come back to it.
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
    /// Whether it is configured: rows under a key that is not cannot be opened.
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

    /// Counts the rows by the keys that seal them. A row that cannot be read counts nowhere; the log
    /// tells it.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn keys_in_use(&self) -> Result<KeysInUse, Error> {
        let ring = &self.vault.keys;
        let configured = ring.ids().chain([ring.active_id()]);
        let mut counts: BTreeMap<String, u64> = configured.map(|id| (id.to_owned(), 0)).collect();
        let (mut after, mut without_secrets) = (None, 0);
        loop {
            let rows = self.rows(after.as_ref(), PAGE).await?;
            let is_last = rows.len() < PAGE as usize;
            after = rows.last().map(|row| row.key.id());
            for row in rows {
                match row.sealed {
                    Some(sealed) => *counts.entry(sealed.key_id).or_default() += 1,
                    None => without_secrets += 1,
                }
            }
            if is_last {
                break;
            }
        }
        let known = |id: &str| ring.active_id() == id || ring.ids().any(|it| it == id);
        let keys = counts.into_iter().map(|(id, rows)| KeyUse {
            is_known: known(&id),
            is_active: id == ring.active_id(),
            id,
            rows,
        });
        Ok(KeysInUse {
            keys: keys.collect(),
            without_secrets,
        })
    }
}
