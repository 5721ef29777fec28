//! The protocol, and the known ways to get it wrong.
//!
//! A broken variant does not replace a transition: it bends what the transition is shown, so that
//! one comparison of it is always satisfied or never.

use super::database::{LEASE, NOW};
use crate::store::{Lease, Marker, RowStatus, TokenRow};

/// How the statements are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Variant {
    /// As they are.
    Protocol,
    /// A success is saved under its own lease only.
    SuccessNeedsLease,
    /// A lock with an end; then everything is written without a look, and the lock released so too.
    TtlLock,
    /// A failure is recorded whatever stands.
    FailureUnguarded,
    /// After the lock the row is not compared with what was read before it.
    NoReadAfterLock,
    /// Only the version is compared; nobody takes a lease.
    NoLease,
    /// A success is written without a look.
    BlindWrite,
    /// Deleted and created again is the same row.
    NoIncarnation,
    /// A lease that its holder never gives back stands for ever.
    EndlessLease,
    /// A consent starts the counters again.
    CountersRestart,
}

/// The statements that variants write differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Statement {
    TryLease,
    CommitRefresh,
    CommitFailure,
    Consent,
    Other,
}

/// What a statement is shown.
#[derive(Debug, Clone)]
pub(super) struct View {
    pub(super) row: TokenRow,
    pub(super) at: Marker,
    pub(super) seq: i64,
}

impl View {
    /// Marker, fencing number and status are what the statement looks for.
    fn unguarded(self) -> Self {
        Self {
            at: self.row.marker(),
            seq: self.row.lease_seq,
            row: TokenRow {
                status: RowStatus::Active,
                ..self.row
            },
        }
    }

    fn with_lease(self, lease: Option<Lease>) -> Self {
        Self {
            row: TokenRow { lease, ..self.row },
            ..self
        }
    }

    fn at_current(self) -> Self {
        let at = self.row.marker();
        Self { at, ..self }
    }
}

impl Variant {
    /// What this variant shows to a statement.
    pub(super) fn bend(self, statement: Statement, view: View) -> View {
        match (self, statement) {
            (Self::TtlLock, Statement::CommitRefresh | Statement::CommitFailure)
            | (Self::BlindWrite, Statement::CommitRefresh)
            | (Self::FailureUnguarded, Statement::CommitFailure) => view.unguarded(),
            (Self::NoReadAfterLock, Statement::TryLease) => view.at_current(),
            (Self::NoLease, Statement::TryLease) => view.with_lease(None),
            (Self::EndlessLease, Statement::TryLease) => {
                let lease = view.row.lease.clone().map(|lease| Lease {
                    until: NOW.after(LEASE),
                    ..lease
                });
                view.with_lease(lease)
            }
            (Self::SuccessNeedsLease, Statement::CommitRefresh)
                if view.row.lease_seq != view.seq =>
            {
                let at = Marker {
                    version: -1,
                    ..view.at
                };
                View { at, ..view }
            }
            (Self::NoIncarnation, _) => {
                let at = Marker {
                    incarnation: view.row.incarnation.clone(),
                    ..view.at
                };
                View { at, ..view }
            }
            (Self::CountersRestart, Statement::Consent) if view.at == view.row.marker() => {
                let row = TokenRow {
                    version: 0,
                    grant_epoch: 0,
                    lease_seq: 0,
                    ..view.row
                };
                View { row, ..view }.at_current()
            }
            _ => view,
        }
    }
}
