//! What is removed of a person's sessions: one, some or all, also where no key opens them.

use super::{PAGE, Sessions};
use crate::error::Error;
use crate::identity::{Principal, SessionKey};

impl Sessions {
    /// Removes a session, whoever holds it: what its holder writes is lost. Says whether one went.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn remove(&self, key: &SessionKey) -> Result<bool, Error> {
        Ok(self.0.store.delete(key, None).await?)
    }

    /// Removes all that one person has; says how many.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn remove_all(&self, principal: &Principal) -> Result<u64, Error> {
        Ok(self.0.store.remove_all(principal).await?)
    }

    /// Removes all that one person has under names that begin so, whoever holds it; says how many.
    ///
    /// # Errors
    /// When the database cannot be asked; some may be gone then.
    pub async fn remove_beginning(
        &self,
        principal: &Principal,
        prefix: &str,
    ) -> Result<u64, Error> {
        let mut removed = 0;
        loop {
            let gone = self.sweep_beginning(principal, prefix).await?;
            removed += gone;
            // One that was written meanwhile has moved to where was looked already.
            if gone == 0 {
                return Ok(removed);
            }
        }
    }

    async fn sweep_beginning(&self, principal: &Principal, prefix: &str) -> Result<u64, Error> {
        let (mut after, mut removed) = (None, 0);
        loop {
            let (rows, _) = self.0.store.list(principal, after.as_ref(), PAGE).await?;
            for row in &rows {
                let is_meant = row.key.session().as_str().starts_with(prefix);
                removed += u64::from(is_meant && self.remove(&row.key).await?);
            }
            if rows.len() < PAGE as usize {
                return Ok(removed);
            }
            after = rows.last().map(|row| (row.updated_at, row.key.id()));
        }
    }
}
