//! Files that are open: for what is too large to stand in memory.

use std::fs::File;
use std::sync::Arc;

use super::folder::{Folder, Shown, unwritable};
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

/// A new file that is being written, under a name that ends in `.part`. Unless it is
/// [kept](Self::keep), nothing is left of it; of a process that was killed the part is.
#[derive(Debug)]
pub struct NewFile {
    wanted: String,
    shown: Shown,
    folder: Arc<Folder>,
    /// The name so far; none once it is whole.
    part: Option<String>,
    file: File,
}

impl NewFile {
    pub(super) fn begin(
        folder: Arc<Folder>,
        wanted: String,
        shown: Shown,
    ) -> Result<Self, ToolError> {
        let (file, part) = folder.begin(&wanted)?;
        Ok(Self {
            wanted,
            shown,
            folder,
            part: Some(part),
            file: file.into_std(),
        })
    }

    /// The file, to write to; empty so far.
    ///
    /// # Errors
    /// When the operating system gives no second handle of it.
    pub fn file(&self) -> Result<File, ToolError> {
        let file = self.file.try_clone();
        file.map_err(|error| unwritable(&self.wanted, &error))
    }

    /// It is whole: it gets its name, or its name with a number where there is one of that name.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub async fn keep(mut self) -> Result<SavedFile, ToolError> {
        blocking(move || self.finish()).await
    }

    fn finish(&mut self) -> Result<SavedFile, ToolError> {
        let synced = self.file.sync_all();
        synced.map_err(|error| unwritable(&self.wanted, &error))?;
        let part = self.part.as_deref().unwrap_or_default();
        let saved = self.folder.finish(part, &self.wanted, &self.shown)?;
        self.part = None;
        Ok(saved)
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if let Some(part) = &self.part {
            // Half a file is worse than none; where it cannot be removed, nobody can be told.
            self.folder.remove(part).ok();
        }
    }
}
