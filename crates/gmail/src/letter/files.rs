//! Files that go out with a letter: from the folders that the program allows, and no more than Gmail takes.

use toolgate_toolkit::{Folders, ToolError};

use crate::compose::Attached;

/// Bytes of all attachments of a mail; Google's own limit.
pub(crate) const MAX_ATTACHED: usize = 25 * 1024 * 1024;
/// Files on one mail.
const MAX_FILES: usize = 100;

/// Reads the files that `attachments` names.
///
/// # Errors
///
/// When no folder is allowed, a name leads to no file in it, or all together are too large.
pub(crate) async fn read_files(
    folders: &Folders,
    names: &[String],
) -> Result<Vec<Attached>, ToolError> {
    if names.len() > MAX_FILES {
        return Err(ToolError::invalid_argument(
            "attachments",
            &format!("it has {} files", names.len()),
            &format!("at most {MAX_FILES} files"),
        ));
    }
    let mut files = Vec::new();
    for name in names {
        let file = folders.read("attachments", name).await?;
        files.push(Attached::file(one_line(&file.name), file.bytes));
        check_size(&files)?;
    }
    Ok(files)
}

/// A name without what has no place in one; anything else of it travels encoded.
fn one_line(name: &str) -> String {
    let line = name.chars().map(|c| if c.is_control() { '_' } else { c });
    line.collect()
}

/// # Errors
///
/// When these files are more than a mail can carry.
pub(crate) fn check_size(files: &[Attached]) -> Result<(), ToolError> {
    let size: usize = files.iter().map(Attached::size).sum();
    if size > MAX_ATTACHED {
        return Err(too_large("the files together", size, MAX_ATTACHED));
    }
    Ok(())
}

pub(crate) fn too_large(what: &str, size: usize, most: usize) -> ToolError {
    ToolError::invalid_argument(
        "attachments",
        &format!("{what} would have {size} bytes, and Gmail takes {most}"),
        "fewer or smaller files, or a link to them in Drive",
    )
}
