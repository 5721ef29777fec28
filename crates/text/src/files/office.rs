//! Word, Excel and `PowerPoint` files of Office Open XML: a ZIP archive of XML parts.
//!
//! Neither calamine nor the crates for Word can be held to a limit: they unpack whole parts and build whole tables before
//! they give anything back. So the walks are ours, over `rawzip`, which unpacks nothing by itself, and `quick-xml`, which
//! neither recurses nor expands entities.

mod docx;
mod link;
mod package;
mod pptx;
mod xlsx;
mod xml;

use crate::files::{
    FileError, FileKind, FileLimits, Report, budget::Budget, error::Kind, sink::Sink,
};
use package::Package;

/// What every reader of a part needs.
struct Context<'a> {
    package: &'a Package<'a>,
    limits: &'a FileLimits,
    budget: &'a Budget,
}

/// Reads a ZIP archive as what its parts make of it.
pub(super) fn read(
    bytes: &[u8],
    limits: &FileLimits,
    sink: &mut Sink,
    budget: &Budget,
) -> Result<(FileKind, Report), FileError> {
    let package = Package::open(bytes, budget)?;
    let kind = package.kind()?;
    let context = Context {
        package: &package,
        limits,
        budget,
    };
    let report = match kind {
        FileKind::Docx => docx::read(&context, sink),
        FileKind::Xlsx => xlsx::read(&context, sink),
        _ => pptx::read(&context, sink),
    };
    // A part does not know which kind of file it belongs to.
    Ok((kind, report.map_err(|error| error.of(kind))?))
}

/// What is wrong with a part.
fn damaged(problem: &'static str) -> FileError {
    Kind::Damaged {
        kind: FileKind::Docx,
        problem,
    }
    .into()
}
