//! The one error of reading files: what to tell whoever sent the file, and whether to try again.

use crate::files::kind::FileKind;

/// Why a file gave no text.
///
/// Its text names the kind of the file and never holds anything of its content.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct FileError(#[from] Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Kind {
    #[error("this file is {0}, from which no text can be read")]
    Unsupported(&'static str),
    #[error("this {0} is encrypted: save it without a password and try again")]
    Encrypted(&'static str),
    #[error("this {} is damaged: {problem}", .kind.noun())]
    Damaged {
        kind: FileKind,
        problem: &'static str,
    },
    #[error("this file is too large: {0}")]
    TooLarge(&'static str),
    #[error("reading this file takes longer than it may")]
    OutOfTime,
    #[error("too many files are being read: try again in a while")]
    Busy,
    #[error("this file made its reader fail, so it is damaged or made to do so")]
    Panicked,
}

impl FileError {
    /// The error as one of a file of this kind.
    pub(super) fn of(self, of: FileKind) -> Self {
        match self.0 {
            Kind::Damaged { problem, .. } => Self(Kind::Damaged { kind: of, problem }),
            _ => self,
        }
    }

    /// Whether the file is of a kind that is not read; the error's text says of which.
    pub fn is_unsupported(&self) -> bool {
        matches!(self.0, Kind::Unsupported(_))
    }

    /// Whether the file needs a password, or another key.
    pub fn is_encrypted(&self) -> bool {
        matches!(self.0, Kind::Encrypted(_))
    }

    /// Whether the file is not what its kind demands.
    pub fn is_damaged(&self) -> bool {
        matches!(self.0, Kind::Damaged { .. } | Kind::Panicked)
    }

    /// Whether the file, or what it unpacks to, is beyond a limit.
    pub fn is_too_large(&self) -> bool {
        matches!(self.0, Kind::TooLarge(_))
    }

    /// Whether reading took longer than the limits allow; the same file will again.
    pub fn is_out_of_time(&self) -> bool {
        self.0 == Kind::OutOfTime
    }

    /// Whether the file was not looked at because the workers are busy, so that trying again later helps.
    pub fn is_transient(&self) -> bool {
        self.0 == Kind::Busy
    }
}
