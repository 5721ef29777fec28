//! Seals every row and every session under the active key, in steps that can be stopped at any time.

use std::collections::{BTreeSet, VecDeque};

use toolgate_auth::store::{SessionRow, TokenRow};
use toolgate_auth::{Error as AuthError, Operator, Resealed, RotationRecord, RowId, SessionKey};

use crate::Error;

/// Sessions come with all that was said in them, so fewer are read at once than rows.
const SESSIONS: u32 = 20;

/// What a rotation has done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Rotated {
    /// Rows that are sealed under the active key now, and were not before.
    pub resealed: u64,
    /// Conversations and paused runs that are, and were not before.
    pub sessions: u64,
    /// Rows that were already, or hold no secrets.
    pub already: u64,
    /// Rows and sessions under keys that are not configured, or that were altered: they are left as
    /// they are, and the log says which.
    pub unreadable: u64,
    /// Rows that somebody refreshes or writes, and sessions that somebody holds: to be come back to.
    pub busy: u64,
    /// Whether the database did not take the event of its beginning or its end.
    pub is_unrecorded: bool,
}

/// Where a rotation is.
#[derive(Debug)]
enum Seen {
    /// The rows up to here.
    Rows(Option<RowId>),
    /// The rows, and the sessions up to here.
    Sessions(Option<RowId>),
    /// All but those that were busy.
    All,
}

/// A rotation under way. Each step seals one batch of rows, or of sessions behind them, each by a
/// statement of its own that compares what was read; nothing is kept between steps but where it is.
/// So it may be stopped whenever, and begun again: what is done is passed over.
///
/// Rows with a refresh under way and sessions that a process holds are left alone, and come last.
/// Sign-ins that are under way are left out: they end within minutes.
#[derive(Debug)]
pub struct Rotation<'a> {
    operator: &'a Operator,
    batch: u32,
    seen: Seen,
    busy: VecDeque<TokenRow>,
    busy_sessions: VecDeque<SessionKey>,
    done: Rotated,
    has_begun: bool,
    /// The keys that sealed, or named, what was sealed anew.
    from: BTreeSet<String>,
}

impl<'a> Rotation<'a> {
    /// Begins one, with so many rows a step.
    pub fn new(operator: &'a Operator, batch: u32) -> Self {
        Self {
            operator,
            batch: batch.max(1),
            seen: Seen::Rows(None),
            busy: VecDeque::new(),
            busy_sessions: VecDeque::new(),
            done: Rotated::default(),
            has_begun: false,
            from: BTreeSet::new(),
        }
    }

    /// What was done so far.
    pub fn done(&self) -> Rotated {
        Rotated {
            busy: (self.busy.len() + self.busy_sessions.len()) as u64,
            ..self.done
        }
    }

    /// Whether everything was seen, and only what was busy is left: wait before the next step, since a
    /// refresh takes up to twenty seconds, and a run as long as it runs.
    pub fn is_waiting(&self) -> bool {
        matches!(self.seen, Seen::All) && self.done().busy > 0
    }

    /// Ends it, done or not, and records that; says what was done, and whether it could be recorded. A rotation that is dropped instead
    /// leaves the event of its beginning alone.
    pub async fn end(self) -> Rotated {
        let mut done = self.done();
        let record = RotationRecord {
            is_whole: matches!(self.seen, Seen::All),
            from: self.from,
            rows: done.resealed,
            sessions: done.sessions,
            left: done.busy + done.unreadable,
        };
        let recorded = self.operator.record_rotation_ended(&record).await;
        done.is_unrecorded |= unrecorded(recorded);
        done
    }

    /// Seals the next batch, or tries what was busy again; says whether anything is left.
    ///
    /// # Errors
    /// When the database cannot be asked; the step may be made again.
    pub async fn step(&mut self) -> Result<bool, Error> {
        if !self.has_begun {
            let recorded = self.operator.record_rotation_begun().await;
            self.done.is_unrecorded |= unrecorded(recorded);
            self.has_begun = true;
        }
        match &self.seen {
            Seen::Rows(after) => {
                let after = after.clone();
                self.rows(after.as_ref()).await?;
            }
            Seen::Sessions(after) => {
                let after = after.clone();
                self.sessions(after.as_ref()).await?;
            }
            Seen::All => self.again().await?,
        }
        Ok(!matches!(self.seen, Seen::All) || self.is_waiting())
    }

    async fn rows(&mut self, after: Option<&RowId>) -> Result<(), Error> {
        let rows = self.operator.rows(after, self.batch).await?;
        let is_last = rows.len() < self.batch as usize;
        for row in rows {
            let id = row.key.id();
            self.reseal(row).await?;
            self.seen = Seen::Rows(Some(id));
        }
        if is_last {
            self.seen = Seen::Sessions(None);
        }
        Ok(())
    }

    async fn sessions(&mut self, after: Option<&RowId>) -> Result<(), Error> {
        let limit = self.batch.min(SESSIONS);
        let rows = self.operator.sessions_to_reseal(after, limit).await?;
        let is_last = rows.len() < limit as usize;
        for row in rows {
            let id = row.key.id();
            let resealed = self.operator.reseal_session(&row).await;
            self.note_session(row, resealed)?;
            self.seen = Seen::Sessions(Some(id));
        }
        if is_last {
            self.seen = Seen::All;
        }
        Ok(())
    }

    /// One goes from the list when its turn is over, so that an error loses none.
    async fn again(&mut self) -> Result<(), Error> {
        for _ in 0..self.busy.len() {
            let Some(row) = self.busy.front() else { break };
            if let Some(row) = self.operator.again(row).await? {
                self.reseal(row).await?;
            }
            self.busy.pop_front();
        }
        for _ in 0..self.busy_sessions.len() {
            let Some(key) = self.busy_sessions.front() else {
                break;
            };
            if let Some(row) = self.operator.session_again(key).await? {
                let resealed = self.operator.reseal_session(&row).await;
                self.note_session(row, resealed)?;
            }
            self.busy_sessions.pop_front();
        }
        Ok(())
    }

    async fn reseal(&mut self, row: TokenRow) -> Result<(), Error> {
        match self.operator.reseal(&row).await {
            Ok(Resealed::Done) => {
                self.done.resealed += 1;
                self.from.extend(self.operator.other_keys(&row));
            }
            Ok(Resealed::Busy) => self.busy.push_back(row),
            Ok(_) => self.done.already += 1,
            Err(error) => self.leave(&row.key.id(), error)?,
        }
        Ok(())
    }

    fn note_session(
        &mut self,
        row: SessionRow,
        resealed: Result<Resealed, AuthError>,
    ) -> Result<(), Error> {
        match resealed {
            Ok(Resealed::Done) => {
                self.done.sessions += 1;
                self.from.insert(row.sealed.key_id);
            }
            Ok(Resealed::Busy) => self.busy_sessions.push_back(row.key),
            // Whoever wrote it meanwhile has sealed it under the active key.
            Ok(_) => {}
            Err(error) => self.leave(&row.key.id(), error)?,
        }
        Ok(())
    }

    fn leave(&mut self, id: &RowId, error: AuthError) -> Result<(), Error> {
        if error.is_storage() {
            return Err(error.into());
        }
        tracing::warn!(row = %id, %error, "a row is left as it is");
        self.done.unreadable += 1;
        Ok(())
    }
}

/// What is stored is sealed anew all the same: the operator is told.
fn unrecorded(recorded: Result<(), AuthError>) -> bool {
    recorded
        .inspect_err(|error| tracing::warn!(%error, "a rotation is not recorded"))
        .is_err()
}
