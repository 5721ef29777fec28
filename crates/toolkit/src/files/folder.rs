//! One allowed folder: what is looked up in it, and what is written into it.

use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};

use super::{OpenFile, ReadFile, SavedFile, names};
use crate::error::ToolError;
use crate::fault::{Error, ErrorKind};

/// How many files of one name a folder takes.
const SAME_NAME: u32 = 1_000;
/// What stands behind the name of a file that is not whole yet.
const PART: &str = ".part";

#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    dir: Dir,
}

/// How a model is told of the files in the folder for writing.
#[derive(Debug)]
pub(super) struct Shown {
    /// The way there from the folder for reading that holds it.
    way: PathBuf,
    /// Folders in which a name is looked up before that one.
    before: Vec<Arc<Folder>>,
}

impl Shown {
    pub(super) fn of(read: &[Arc<Folder>], write: &Folder) -> Self {
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
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let refused = |source: io::Error| {
            let path = path.display().to_string();
            Error::from(ErrorKind::Folder { path, source })
        };
        let path = path.canonicalize().map_err(refused)?;
        let dir = Dir::open_ambient_dir(&path, ambient_authority()).map_err(refused)?;
        Ok(Self { path, dir })
    }

    /// Removes a file of which only a part could be written.
    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        self.dir.remove_file(name)
    }

    /// A person may have told a model the whole path.
    fn inside<'a>(&self, name: &'a str) -> &'a Path {
        let path = Path::new(name);
        path.strip_prefix(&self.path).unwrap_or(path)
    }

    pub(super) fn read(
        &self,
        argument: &'static str,
        name: &str,
        most: u64,
    ) -> Result<ReadFile, ToolError> {
        let opened = self.open_file(argument, name, most)?;
        let mut bytes = Vec::new();
        opened
            .file
            .take(most + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| unreadable(argument, name, &error))?;
        if bytes.len() as u64 > most {
            let problem = too_large(bytes.len() as u64, most);
            return Err(ToolError::invalid_argument(argument, &problem, GOOD));
        }
        Ok(ReadFile {
            name: opened.name,
            bytes,
        })
    }

    pub(super) fn open_file(
        &self,
        argument: &'static str,
        name: &str,
        most: u64,
    ) -> Result<OpenFile, ToolError> {
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
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Ok(OpenFile {
            name: name.into_owned(),
            size: about.len(),
            file: file.into_std(),
        })
    }

    pub(super) fn save(
        &self,
        name: &str,
        bytes: &[u8],
        shown: &Shown,
    ) -> Result<SavedFile, ToolError> {
        let (mut file, part) = self.begin(name)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        let saved = match written {
            Ok(()) => self.finish(&part, name, shown),
            Err(error) => Err(unwritable(name, &error)),
        };
        if saved.is_err() {
            // Half a file is worse than none; where it cannot be removed, the error says enough.
            self.remove(&part).ok();
        }
        saved
    }

    /// A new file to write to, under a name that says that it is a part, whatever becomes of the process.
    pub(super) fn begin(&self, name: &str) -> Result<(cap_std::fs::File, String), ToolError> {
        for number in 1..=SAME_NAME {
            let part = format!("{}{PART}", names::numbered(name, number));
            match self.dir.open_with(&part, &new_file()) {
                Ok(file) => return Ok((file, part)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(unwritable(name, &error)),
            }
        }
        Err(too_many(name))
    }

    /// Gives a file that is whole its name, or its name with a number.
    pub(super) fn finish(
        &self,
        part: &str,
        name: &str,
        shown: &Shown,
    ) -> Result<SavedFile, ToolError> {
        for number in 1..=SAME_NAME {
            let name = names::numbered(name, number);
            if shown.is_anothers(&name) {
                continue;
            }
            match self.named(part, &name) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(unwritable(&name, &error)),
            }
            return Ok(SavedFile {
                path: self.path.join(&name),
                within: slashed(&shown.within(&name)),
                name,
            });
        }
        Err(too_many(name))
    }

    /// A link takes no name that there is, and a renaming would.
    fn named(&self, part: &str, name: &str) -> io::Result<()> {
        match self.dir.hard_link(part, &self.dir, name) {
            Ok(()) => self.dir.remove_file(part),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            // A file system without links: the name is taken by an empty file first.
            Err(_) => {
                self.dir.open_with(name, &new_file())?;
                self.dir.rename(part, &self.dir, name)
            }
        }
    }
}

fn too_many(name: &str) -> ToolError {
    ToolError::permission_denied(format!(
        "there are {SAME_NAME} files named like {name:?} already; give another name"
    ))
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

pub(super) fn not_there(name: &str) -> ToolError {
    ToolError::not_found(format!(
        "there is no file {name:?} in the folders that the program allows"
    ))
}

pub(super) fn unwritable(name: &str, error: &io::Error) -> ToolError {
    let kind = error.kind();
    ToolError::unavailable(format!(
        "the file {name:?} could not be written ({kind}); nothing is left of it"
    ))
}

pub(super) fn too_large(size: u64, most: u64) -> String {
    format!("the file has {size} bytes, and {most} are allowed")
}
