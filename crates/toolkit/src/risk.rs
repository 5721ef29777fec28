//! What a tool can do to the world.

use std::fmt;

/// The worst that a tool can do. Selections, policies and confirmations go by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Risk {
    /// Looks only.
    Read,
    /// Changes the person's own order of things, such as labels and folders, or saves a file; can be undone.
    Organise,
    /// Writes what only the person sees until they send or share it.
    Draft,
    /// Something leaves for other people.
    Send,
    /// Other people gain access.
    Share,
    /// Something is lost.
    Delete,
}

impl Risk {
    /// The name, such as `read`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Organise => "organise",
            Self::Draft => "draft",
            Self::Send => "send",
            Self::Share => "share",
            Self::Delete => "delete",
        }
    }

    /// Whether nothing changes.
    pub fn is_read_only(self) -> bool {
        self == Self::Read
    }

    /// Whether other people see the effect.
    pub fn is_outward(self) -> bool {
        matches!(self, Self::Send | Self::Share)
    }

    /// Whether something may be lost.
    pub fn is_destructive(self) -> bool {
        self == Self::Delete
    }
}

impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
