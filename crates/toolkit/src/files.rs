//! Files on the program's machine: read from and written to folders that the program allowed, and
//! nowhere else.

mod folder;
mod names;
mod opened;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::folder::{Folder, Shown, not_there, too_large};
pub use self::names::safe_file_name;
pub use self::opened::{NewFile, OpenFile};
use crate::error::ToolError;
use crate::fault::Error;

/// The largest file, unless set otherwise.
const MAX_FILE: u64 = 25 * 1024 * 1024;

/// The folders that a program opens to tools. Without them no tool reads or writes a file.
///
/// What a model names is looked up inside of a folder, and nothing that a name, a link or a race
/// could do leads out of it: the operating system resolves it from the folder's handle (cap-std).
/// An existing file is never overwritten.
///
/// ```
/// use toolgate_toolkit::Folders;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let temporary = tempfile::tempdir()?;
/// # let folder = temporary.path();
/// let folders = Folders::new().with_read(folder)?.with_write(folder)?;
/// let saved = folders.save("../../etc/pass|wd", b"mine".to_vec()).await?;
/// assert_eq!(saved.name, "pass_wd");
/// assert_eq!(folders.read("attachments", "pass_wd").await?.bytes, b"mine");
/// assert!(folders.read("attachments", "../pass_wd").await.is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Folders {
    read: Vec<Arc<Folder>>,
    write: Option<Arc<Folder>>,
    max_file: u64,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadFile {
    /// Its own name, without folders.
    pub name: String,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedFile {
    /// The name that it got: safe, and not another file's.
    pub name: String,
    /// Where it is, for the program. A model has no business with it.
    pub path: PathBuf,
    /// Where it is within the folder, for a model: [`Folders::read`] takes it where the file may be read.
    pub within: String,
}

impl Default for Folders {
    fn default() -> Self {
        Self::new()
    }
}

impl Folders {
    /// No folder.
    pub fn new() -> Self {
        Self {
            read: Vec::new(),
            write: None,
            max_file: MAX_FILE,
        }
    }

    /// Tools may read the files in this folder and in those within it. Several may be allowed.
    ///
    /// # Errors
    /// When there is no such folder, or it cannot be opened.
    pub fn with_read(mut self, folder: impl AsRef<Path>) -> Result<Self, Error> {
        self.read.push(Arc::new(Folder::open(folder.as_ref())?));
        Ok(self)
    }

    /// Tools may write new files into this folder.
    ///
    /// # Errors
    /// As [`with_read`](Self::with_read).
    pub fn with_write(self, folder: impl AsRef<Path>) -> Result<Self, Error> {
        let write = Some(Arc::new(Folder::open(folder.as_ref())?));
        Ok(Self { write, ..self })
    }

    /// Files larger than this many bytes are neither read nor written; 25 MiB unless said.
    #[must_use]
    pub fn with_max_file(self, bytes: u64) -> Self {
        Self {
            max_file: bytes,
            ..self
        }
    }

    /// Whether files may be read.
    pub fn can_read(&self) -> bool {
        !self.read.is_empty()
    }

    /// Whether files may be written.
    pub fn can_write(&self) -> bool {
        self.write.is_some()
    }

    /// The most bytes of a file.
    pub fn max_file(&self) -> u64 {
        self.max_file
    }

    /// Opens the file that `argument` of a tool names, as [`read`](Self::read) would read it.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn open(&self, argument: &'static str, name: &str) -> Result<OpenFile, ToolError> {
        self.look_up(name, move |folder, name, most| {
            folder.open_file(argument, name, most)
        })
        .await
    }

    /// Makes a new, empty file under a name made safe, as [`save`](Self::save) would.
    ///
    /// # Errors
    /// As [`save`](Self::save).
    pub async fn create(&self, name: &str) -> Result<NewFile, ToolError> {
        let folder = self.for_writing()?;
        let name = safe_file_name(name);
        let shown = Shown::of(&self.read, &folder);
        blocking(move || NewFile::begin(folder, name, shown)).await
    }

    fn for_writing(&self) -> Result<Arc<Folder>, ToolError> {
        self.write.clone().ok_or_else(|| {
            ToolError::permission_denied(
                "this program allows no folder into which files may be written; its owner can allow one",
            )
        })
    }

    /// Reads the file that `argument` of a tool names: `report.pdf`, or `2027/report.pdf` in a folder
    /// within.
    ///
    /// # Errors
    /// When no folder is allowed, the name leads out of it or to nothing, it is no ordinary file, or
    /// it is too large.
    pub async fn read(&self, argument: &'static str, name: &str) -> Result<ReadFile, ToolError> {
        self.look_up(name, move |folder, name, most| {
            folder.read(argument, name, most)
        })
        .await
    }

    /// A name is tried in each folder; the first answer that is not "no such file" counts.
    async fn look_up<T: Send + 'static>(
        &self,
        name: &str,
        found: impl Fn(&Folder, &str, u64) -> Result<T, ToolError> + Send + 'static,
    ) -> Result<T, ToolError> {
        let (folders, name, most) = (self.read.clone(), name.to_owned(), self.max_file);
        if folders.is_empty() {
            return Err(ToolError::permission_denied(
                "this program allows no folder from which files may be read; its owner can allow one",
            ));
        }
        blocking(move || {
            let mut missing = None;
            for folder in &folders {
                match found(folder, &name, most) {
                    Err(error) if error.kind() == toolgate_auth::FailureKind::NotFound => {
                        missing = Some(error);
                    }
                    done => return done,
                }
            }
            Err(missing.unwrap_or_else(|| not_there(&name)))
        })
        .await
    }

    /// Writes a new file, under a name made safe; where there is one of that name already, the new
    /// one gets a number.
    ///
    /// # Errors
    /// When no folder is allowed, the file is too large, or it cannot be written.
    pub async fn save(&self, name: &str, bytes: Vec<u8>) -> Result<SavedFile, ToolError> {
        let folder = self.for_writing()?;
        let size = bytes.len() as u64;
        if size > self.max_file {
            return Err(ToolError::permission_denied(too_large(size, self.max_file)));
        }
        let name = safe_file_name(name);
        let shown = Shown::of(&self.read, &folder);
        blocking(move || folder.save(&name, &bytes, &shown)).await
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ToolError> + Send + 'static,
) -> Result<T, ToolError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| {
        Err(ToolError::internal(
            "working with a file stopped unexpectedly",
        ))
    })
}
