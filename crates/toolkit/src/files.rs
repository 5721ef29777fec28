//! Files on the program's machine: read from and written to folders that the program allowed, and
//! nowhere else.

mod names;

use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};

pub use self::names::safe_file_name;
use crate::error::ToolError;
use crate::fault::{Error, ErrorKind};

/// The largest file, unless set otherwise.
const MAX_FILE: u64 = 25 * 1024 * 1024;
/// How many files of one name a folder takes.
const SAME_NAME: u32 = 1_000;

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

#[derive(Debug)]
struct Folder {
    path: PathBuf,
    dir: Dir,
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

    /// Reads the file that `argument` of a tool names: `report.pdf`, or `2027/report.pdf` in a folder
    /// within.
    ///
    /// # Errors
    /// When no folder is allowed, the name leads out of it or to nothing, it is no ordinary file, or
    /// it is too large.
    pub async fn read(&self, argument: &'static str, name: &str) -> Result<ReadFile, ToolError> {
        let (folders, name, most) = (self.read.clone(), name.to_owned(), self.max_file);
        if folders.is_empty() {
            return Err(ToolError::permission_denied(
                "this program allows no folder from which files may be read; its owner can allow one",
            ));
        }
        blocking(move || {
            // A name is tried in each folder; the first answer that is not "no such file" counts.
            let mut missing = None;
            for folder in &folders {
                match folder.read(argument, &name, most) {
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
        let Some(folder) = self.write.clone() else {
            return Err(ToolError::permission_denied(
                "this program allows no folder into which files may be written; its owner can allow one",
            ));
        };
        let size = bytes.len() as u64;
        if size > self.max_file {
            return Err(ToolError::permission_denied(too_large(size, self.max_file)));
        }
        let name = safe_file_name(name);
        let shown = Shown::of(&self.read, &folder);
        blocking(move || folder.save(&name, &bytes, &shown)).await
    }
}

/// How a model is told of the files in the folder for writing.
#[derive(Debug)]
struct Shown {
    /// The way there from the folder for reading that holds it.
    way: PathBuf,
    /// Folders in which a name is looked up before that one.
    before: Vec<Arc<Folder>>,
}

impl Shown {
    fn of(read: &[Arc<Folder>], write: &Folder) -> Self {
        let holds = |folder: &Arc<Folder>| write.path.strip_prefix(&folder.path).ok();
        let found = read.iter().position(|folder| holds(folder).is_some());
        let way = found
            .and_then(|at| holds(&read[at]))
            .unwrap_or(Path::new(""));
        Self {
            way: way.to_owned(),
            before: read.iter().take(found.unwrap_or(0)).cloned().collect(),
        }
    }

    fn within(&self, name: &str) -> PathBuf {
        self.way.join(name)
    }

    /// Whether the name, as it is shown, would be read as another file.
    fn is_anothers(&self, name: &str) -> bool {
        let within = self.within(name);
        self.before.iter().any(|folder| folder.dir.exists(&within))
    }
}

/// With `/` between folders, on every system.
fn slashed(path: &Path) -> String {
    let parts = path.components().map(|it| it.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}

impl Folder {
    fn open(path: &Path) -> Result<Self, Error> {
        let refused = |source: io::Error| {
            let path = path.display().to_string();
            Error::from(ErrorKind::Folder { path, source })
        };
        let path = path.canonicalize().map_err(refused)?;
        let dir = Dir::open_ambient_dir(&path, ambient_authority()).map_err(refused)?;
        Ok(Self { path, dir })
    }

    /// A person may have told a model the whole path.
    fn inside<'a>(&self, name: &'a str) -> &'a Path {
        let path = Path::new(name);
        path.strip_prefix(&self.path).unwrap_or(path)
    }

    fn read(&self, argument: &'static str, name: &str, most: u64) -> Result<ReadFile, ToolError> {
        let path = self.inside(name);
        let explained = |error: io::Error| unreadable(argument, name, &error);
        // Looked at before it is opened: opening a pipe would wait for who writes to it.
        let about = self.dir.metadata(path).map_err(explained)?;
        if !about.is_file() {
            let problem = format!("{name:?} is not an ordinary file");
            return Err(ToolError::invalid_argument(argument, &problem, GOOD));
        }
        if about.len() > most {
            let problem = too_large(about.len(), most);
            return Err(ToolError::invalid_argument(argument, &problem, GOOD));
        }
        let file = self.dir.open(path).map_err(explained)?;
        let mut bytes = Vec::new();
        file.take(most + 1)
            .read_to_end(&mut bytes)
            .map_err(explained)?;
        if bytes.len() as u64 > most {
            let problem = too_large(bytes.len() as u64, most);
            return Err(ToolError::invalid_argument(argument, &problem, GOOD));
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Ok(ReadFile {
            name: name.into_owned(),
            bytes,
        })
    }

    fn save(&self, name: &str, bytes: &[u8], shown: &Shown) -> Result<SavedFile, ToolError> {
        for number in 1..=SAME_NAME {
            let name = names::numbered(name, number);
            if shown.is_anothers(&name) {
                continue;
            }
            let made = self.dir.open_with(&name, &new_file());
            let mut file = match made {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(unwritable(&name, &error)),
            };
            if let Err(error) = file.write_all(bytes).and_then(|()| file.sync_all()) {
                // Half a file is worse than none; where it cannot be removed, the error says enough.
                self.dir.remove_file(&name).ok();
                return Err(unwritable(&name, &error));
            }
            return Ok(SavedFile {
                path: self.path.join(&name),
                within: slashed(&shown.within(&name)),
                name,
            });
        }
        Err(ToolError::permission_denied(format!(
            "there are {SAME_NAME} files named like {name:?} already; give another name"
        )))
    }
}

/// A file of mail is its person's: nobody else of the machine reads it.
fn new_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    cap_std::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// What a good name looks like.
const GOOD: &str = "the name of a file in the folder that the program allows, such as report.pdf";

fn unreadable(argument: &'static str, name: &str, error: &io::Error) -> ToolError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => not_there(name),
        // cap-std says so of a way out of the folder.
        io::ErrorKind::PermissionDenied => ToolError::invalid_argument(
            argument,
            &format!("{name:?} is outside of the folder that the program allows, or closed to it"),
            GOOD,
        ),
        kind => ToolError::invalid_argument(
            argument,
            &format!("{name:?} cannot be read ({kind})"),
            GOOD,
        ),
    }
}

fn not_there(name: &str) -> ToolError {
    ToolError::not_found(format!(
        "there is no file {name:?} in the folders that the program allows"
    ))
}

fn unwritable(name: &str, error: &io::Error) -> ToolError {
    let kind = error.kind();
    ToolError::unavailable(format!(
        "the file {name:?} could not be written ({kind}); nothing is left of it"
    ))
}

fn too_large(size: u64, most: u64) -> String {
    format!("the file has {size} bytes, and {most} are allowed")
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
