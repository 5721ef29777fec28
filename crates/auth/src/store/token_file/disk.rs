//! The files on disk: one lock between processes, whole files or none, for the owner alone.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

/// Far more than such a file has.
const MAX_BYTES: u64 = 64 * 1024;
/// The lock is held for a few writes; whoever holds it longer was stopped.
const PATIENCE: Duration = Duration::from_secs(3);
const POLL: Duration = Duration::from_millis(5);

/// A token file, and what stands beside it.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) file: PathBuf,
    pub(super) state: PathBuf,
    lock: PathBuf,
}

impl Place {
    /// Follows a link: what is written takes the place of the file that it names, and whoever comes
    /// to that by another link finds the same lock.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let is_link = fs::symlink_metadata(path).is_ok_and(|it| it.is_symlink());
        let file = if is_link {
            fs::canonicalize(path)?
        } else {
            path.to_owned()
        };
        Ok(Self {
            state: beside(&file, "", ".state"),
            lock: beside(&file, "", ".lock"),
            file,
        })
    }

    /// Whether there is nothing to look at, and so nothing to lock.
    pub(super) fn is_empty(&self) -> bool {
        [&self.file, &self.state].iter().all(|path| {
            let found = fs::symlink_metadata(path);
            found.is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
        })
    }

    /// Waits for the lock. It is free again when the file is closed, or this process ends.
    pub(super) fn lock(&self) -> io::Result<File> {
        let until = Instant::now() + PATIENCE;
        loop {
            let file = private().read(true).create(true).open(&self.lock)?;
            match file.try_lock() {
                Ok(()) if is_at(&file, &self.lock) => return Ok(file),
                // Somebody removed the file that was locked: the lock is the one that stands.
                Ok(()) => {}
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) if Instant::now() >= until => {
                    return Err(io::ErrorKind::TimedOut.into());
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(POLL),
            }
        }
    }
}

fn beside(file: &Path, before: &str, after: &str) -> PathBuf {
    let mut name = OsString::from(before);
    name.push(file.file_name().unwrap_or_default());
    name.push(after);
    file.with_file_name(name)
}

/// A file's text, and whether others of this machine may read it; none where there is no file.
pub(super) fn read(path: &Path) -> io::Result<Option<(Zeroizing<Vec<u8>>, bool)>> {
    let metadata = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        metadata => metadata?,
    };
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    // A pipe would be waited for.
    if !metadata.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    if metadata.len() > MAX_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(8 * 1024));
    File::open(path)?.take(MAX_BYTES).read_to_end(&mut bytes)?;
    Ok(Some((bytes, is_open_to_others(&metadata))))
}

/// Writes a file whole, or leaves the one that stands: nobody ever sees half of it. Under the lock
/// nobody else writes.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = beside(path, ".", ".tmp");
    // What a process left that died here.
    remove(&temporary)?;
    let mut file = private().create_new(true).open(&temporary)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    drop(file);
    if let Err(error) = written.and_then(|()| fs::rename(&temporary, path)) {
        drop(fs::remove_file(&temporary));
        return Err(error);
    }
    // The name has to outlive a power cut as well, where the system can promise that.
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    drop(File::open(folder).and_then(|folder| folder.sync_all()));
    Ok(())
}

/// Removes a file that may not be there.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// What is made is its owner's alone from the start.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    let (Ok(own), Ok(standing)) = (file.metadata(), fs::metadata(path)) else {
        return false;
    };
    (own.dev(), own.ino()) == (standing.dev(), standing.ino())
}

/// An open file cannot be removed.
#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> bool {
    true
}

#[cfg(unix)]
fn is_open_to_others(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;

    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_metadata: &fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_whose_file_was_removed_is_no_lock() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::of(&folder.path().join("token.json")).unwrap();
        let first = place.lock().unwrap();
        remove(&place.lock).unwrap();
        // The file that stands now is another one, and free.
        let second = place.lock().unwrap();
        drop(first);
        let file = private().open(&place.lock).unwrap();
        assert!(matches!(file.try_lock(), Err(TryLockError::WouldBlock)));
        drop(second);
        assert!(file.try_lock().is_ok());
    }

    #[test]
    fn what_a_dead_process_left_is_no_hindrance_and_not_written_into() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token.json");
        fs::write(folder.path().join(".token.json.tmp"), "half of").unwrap();
        write(&path, b"whole").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        let names = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(names, 1, "nothing is left beside it");
    }
}
