//! PDF, which is told apart and not read yet.

use crate::files::{FileError, FileLimits, Report, budget::Budget, error::Kind, sink::Sink};

/// Says what the file is.
pub(super) fn read(
    _: &[u8],
    _: &FileLimits,
    _: &mut Sink,
    _: &Budget,
) -> Result<Report, FileError> {
    Err(Kind::Unsupported("a PDF file").into())
}
