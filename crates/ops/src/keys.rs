//! Seals every row under the active key, in steps that can be stopped at any time.

use toolgate_auth::store::TokenRow;
use toolgate_auth::{Operator, Resealed, RowId};

use crate::Error;

/// What a rotation has done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Rotated {
    /// Rows that are sealed under the active key now, and were not before.
    pub resealed: u64,
    /// Rows that were already, or hold no secrets.
    pub already: u64,
    /// Rows under keys that are not configured, or that were altered: they are left as they are, and
    /// the log says which.
    pub unreadable: u64,
    /// Rows that somebody refreshes or writes: to be come back to.
    pub busy: u64,
}

/// A rotation under way. Each step seals one batch of rows, each by a statement of its own that
/// compares what was read; nothing is kept between steps but where it is. So it may be stopped
/// whenever, and begun again: what is done is passed over.
///
/// Rows with a refresh under way are left alone, and come last.
#[derive(Debug)]
pub struct Rotation<'a> {
    operator: &'a Operator,
    batch: u32,
    after: Option<RowId>,
    all_seen: bool,
    busy: Vec<TokenRow>,
    done: Rotated,
}

impl<'a> Rotation<'a> {
    /// Begins one, with so many rows a step.
    pub fn new(operator: &'a Operator, batch: u32) -> Self {
        Self {
            operator,
            batch: batch.max(1),
            after: None,
            all_seen: false,
            busy: Vec::new(),
            done: Rotated::default(),
        }
    }

    /// What was done so far.
    pub fn done(&self) -> Rotated {
        Rotated {
            busy: self.busy.len() as u64,
            ..self.done
        }
    }

    /// Whether all rows were seen, and only busy ones are left: wait before the next step, since a
    /// refresh takes up to twenty seconds.
    pub fn is_waiting(&self) -> bool {
        self.all_seen && !self.busy.is_empty()
    }

    /// Seals the next batch, or tries those again that were busy; says whether anything is left.
    ///
    /// # Errors
    /// When the database cannot be asked; the step may be made again.
    pub async fn step(&mut self) -> Result<bool, Error> {
        if self.all_seen {
            for row in std::mem::take(&mut self.busy) {
                if let Some(row) = self.operator.again(&row).await? {
                    self.reseal(row).await?;
                }
            }
        } else {
            let rows = self.operator.rows(self.after.as_ref(), self.batch).await?;
            self.all_seen = rows.len() < self.batch as usize;
            for row in rows {
                let id = row.key.id();
                self.reseal(row).await?;
                self.after = Some(id);
            }
        }
        Ok(!self.all_seen || !self.busy.is_empty())
    }

    async fn reseal(&mut self, row: TokenRow) -> Result<(), Error> {
        match self.operator.reseal(&row).await {
            Ok(Resealed::Done) => self.done.resealed += 1,
            Ok(Resealed::Busy) => self.busy.push(row),
            Ok(_) => self.done.already += 1,
            Err(error) if error.is_storage() => return Err(error.into()),
            Err(error) => {
                tracing::warn!(row = %row.key.id(), %error, "a row is left as it is");
                self.done.unreadable += 1;
            }
        }
        Ok(())
    }
}
