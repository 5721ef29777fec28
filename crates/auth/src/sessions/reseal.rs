//! Sealing sessions anew when the keys were changed.

use super::{PAGE, Place, Sessions, context};
use crate::clock::Random;
use crate::error::Error;
use crate::keys::KeyRing;
use crate::seal::EpochRule;
use crate::store::{Sealed, SessionRow};

impl Sessions {
    /// Seals all sessions of the database anew that another key than the active one seals, whosever
    /// they are; says how many were. What somebody holds or writes meanwhile is left out: whoever
    /// writes seals with the active key, and a second round finds the rest. An old key can go when a
    /// round finds nothing.
    ///
    /// # Errors
    /// When the database cannot be asked, or a document does not open, for want of its key say.
    pub async fn reseal(&self) -> Result<u64, Error> {
        let active = self.0.keys().await?.active_id().to_owned();
        let (mut after, mut done) = (None, 0);
        loop {
            let store = &self.0.store;
            let rows = store.due_for_reseal(&active, after.as_ref(), PAGE).await?;
            for row in &rows {
                done += u64::from(self.reseal_one(row).await?);
            }
            if rows.len() < PAGE as usize {
                return Ok(done);
            }
            after = rows.last().map(|row| row.key.id());
        }
    }

    async fn reseal_one(&self, row: &SessionRow) -> Result<bool, Error> {
        let sealed = sealed_anew(self.0.keys().await?, row, &*self.0.random)?;
        let store = &self.0.store;
        Ok(store.reseal(&row.key, &row.marker(), &sealed).await?)
    }
}

/// A row's document under the active key, for the version that it was sealed for.
pub(crate) fn sealed_anew(
    keys: &KeyRing,
    row: &SessionRow,
    random: &dyn Random,
) -> Result<Sealed, Error> {
    let id = row.key.id();
    let place = Place {
        incarnation: &row.incarnation,
        version: row.version,
    };
    let context = context(&row.key, id.as_str(), &place);
    let opened = keys.open(&context, &row.sealed, EpochRule::Exactly(row.version))?;
    keys.seal(&context, &opened.bytes, random)
}
