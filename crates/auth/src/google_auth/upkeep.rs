//! What keeps grants in good order, and how a program sees that they are.

use super::BoundGoogleAuth;

/// What a program that watches itself may want to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Health {
    /// Grants that were refreshed and that the database has not taken yet. They serve this process,
    /// which goes on saving them.
    pub unsaved: usize,
    /// How many of these hold a refresh token that took another's place: until it is saved, this
    /// process alone can refresh the grant, and when it ends before, the person has to sign in
    /// again. Do not stop the process while this is not zero, if it can be helped.
    pub unsaved_rotated: usize,
}

impl BoundGoogleAuth {
    /// How this process is doing. Nothing is asked of the database, so that it can be called as
    /// often as a metric is read.
    pub fn health(&self) -> Health {
        let (unsaved, unsaved_rotated) = self.guard().unsaved();
        Health {
            unsaved,
            unsaved_rotated,
        }
    }
}
