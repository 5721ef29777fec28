//! Sealing sessions anew when the keys were changed.

use tracing::warn;

use super::{PAGE, Place, Sessions, context};
use crate::clock::Random;
use crate::error::Error;
use crate::keys::KeyRing;
use crate::seal::EpochRule;
use crate::store::{Sealed, SessionRow};

/// What a round of [`Sessions::reseal`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ResealedSessions {
    /// So many are sealed under the active key now.
    pub done: u64,
    /// So many are held or were written meanwhile: another round comes back to them.
    pub busy: u64,
    /// So many do not open, for want of their key say.
    pub unreadable: u64,
}

impl Sessions {
    /// Seals all sessions of the database anew that another key than the active one seals, whosever
    /// they are. What somebody holds or writes meanwhile is left for a second round, and whoever
    /// writes seals with the active key; a document that does not open stays as it is, hides no other,
    /// and the log tells its row. An old key can go when a round finds nothing.
    ///
    /// # Errors
    /// When the database cannot be asked, or there is no key at all.
    pub async fn reseal(&self) -> Result<ResealedSessions, Error> {
        let active = self.0.keys().await?.active_id().to_owned();
        let (mut after, mut done) = (None, ResealedSessions::default());
        loop {
            let store = &self.0.store;
            let rows = store.due_for_reseal(&active, after.as_ref(), PAGE).await?;
            for row in &rows {
                self.reseal_one(row, &mut done).await?;
            }
            if rows.len() < PAGE as usize {
                return Ok(done);
            }
            after = rows.last().map(|row| row.key.id());
        }
    }

    async fn reseal_one(
        &self,
        row: &SessionRow,
        round: &mut ResealedSessions,
    ) -> Result<(), Error> {
        let sealed = match sealed_anew(self.0.keys().await?, row, &*self.0.random) {
            Ok(sealed) => sealed,
            Err(error) => {
                warn!(target: "toolgate_auth", row = %row.key.id(), %error, "a session is not sealed anew");
                round.unreadable += 1;
                return Ok(());
            }
        };
        let store = &self.0.store;
        let done = store.reseal(&row.key, &row.marker(), &sealed).await?;
        *(if done {
            &mut round.done
        } else {
            &mut round.busy
        }) += 1;
        Ok(())
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
