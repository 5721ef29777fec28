//! Files that are open: for what is too large to stand in memory.

use std::fs::File;
use std::sync::Arc;

use super::folder::{Folder, unwritable};
use super::{SavedFile, blocking};
use crate::error::ToolError;

/// A file that was opened, for what is too large to stand in memory.
#[derive(Debug)]
pub struct OpenFile {
    /// Its own name, without folders.
    pub name: String,
    /// Its bytes when it was opened.
    pub size: u64,
    /// The file itself.
    pub file: File,
}

/// A new file that is being written. Unless it is [kept](Self::keep), nothing is left of it.
#[derive(Debug)]
pub struct NewFile {
    saved: SavedFile,
    folder: Arc<Folder>,
    file: Option<File>,
}

impl NewFile {
    pub(super) fn new(saved: SavedFile, folder: Arc<Folder>, file: File) -> Self {
        let file = Some(file);
        Self {
            saved,
            folder,
            file,
        }
    }

    /// The file, to write to; empty so far.
    ///
    /// # Errors
    /// When the operating system gives no second handle of it.
    pub fn file(&self) -> Result<File, ToolError> {
        let file = self.file.as_ref().map(File::try_clone);
        let failed = || ToolError::internal("a new file has no handle");
        file.ok_or_else(failed)?
            .map_err(|error| unwritable(&self.saved.name, &error))
    }

    /// It is whole, and stays.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub async fn keep(mut self) -> Result<SavedFile, ToolError> {
        blocking(move || {
            if let Some(file) = &self.file {
                file.sync_all()
                    .map_err(|error| unwritable(&self.saved.name, &error))?;
            }
            self.file = None;
            Ok(self.saved.clone())
        })
        .await
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if self.file.is_some() {
            // Half a file is worse than none; where it cannot be removed, nobody can be told.
            self.folder.remove(&self.saved.name).ok();
        }
    }
}
