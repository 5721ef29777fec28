//! The key file: one key a line, made once and never overwritten.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use tracing::warn;
use zeroize::Zeroizing;

use super::{KeyRing, derive};
use crate::clock::{Random, random_256};
use crate::error::{Error, ErrorKind};
use crate::secret::SealingKey;

const MAX_BYTES: u64 = 64 * 1024;

const PREAMBLE: &str = "\
# The key that seals the tokens in the database beside this file.
# Back it up apart from the database: without it nobody can read them, and with both everybody can.
# One key a line: its id, then 32 bytes in base64. The first line seals, unless another one ends
# with the word `active`; the rest open what they sealed before.
";

/// Reads a key file; `None` where there is none.
pub(super) async fn read(path: &Path) -> Result<Option<KeyRing>, Error> {
    let read = {
        let path = path.to_owned();
        blocking(move || read_text(&path)).await?
    };
    match read {
        Ok(text) => parse_file(path, &text).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path, &error)),
    }
}

/// Makes a key file where none stands, and reads the one that stands then: of two processes that
/// do this at once, both get the same key.
pub(super) async fn create(path: &Path, random: &dyn Random) -> Result<KeyRing, Error> {
    let (id, key) = random_key(random)?;
    let text = Zeroizing::new(format!(
        "{PREAMBLE}{id} {}\n",
        Zeroizing::new(BASE64.encode(key.expose())).as_str()
    ));
    let mut suffix = [0; 8];
    random.fill(&mut suffix);
    let made = {
        let (path, suffix) = (path.to_owned(), BASE64.encode(suffix));
        blocking(move || write_new(&path, &suffix, text.as_bytes())).await?
    };
    made.map_err(|error| {
        Error::key_unavailable(format!(
            "the key file {} could not be made ({}); make its folder writable, or set TOOLGATE_KEY",
            path.display(),
            error.kind()
        ))
    })?;
    let standing = read(path).await?;
    standing.ok_or_else(|| unreadable(path, &io::ErrorKind::NotFound.into()))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| ErrorKind::Internal("the key file's task ended early").into())
}

fn read_text(path: &Path) -> io::Result<Zeroizing<String>> {
    let metadata = fs::metadata(path)?;
    if metadata.len() > MAX_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    warn_if_open(path, &metadata);
    fs::read_to_string(path).map(Zeroizing::new)
}

#[cfg(unix)]
fn warn_if_open(path: &Path, metadata: &fs::Metadata) {
    use std::os::unix::fs::PermissionsExt as _;

    if metadata.permissions().mode() & 0o077 != 0 {
        warn!(
            path = %path.display(),
            "other users of this machine may read the key file; run `chmod 600` on it"
        );
    }
}

#[cfg(not(unix))]
fn warn_if_open(_path: &Path, _metadata: &fs::Metadata) {}

/// Writes a temporary file whole and links it to its place, which fails where a file stands: nobody
/// ever sees half a key, and nothing is overwritten.
fn write_new(path: &Path, suffix: &str, bytes: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let temporary = folder.join(format!(".toolgate-{suffix}.tmp"));
    let linked = write_private(&temporary, bytes).and_then(|()| {
        match fs::hard_link(&temporary, path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            // A file system without links: not atomic, but still never over another file.
            Err(_) => write_private(path, bytes).or_else(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => Ok(()),
                _ => Err(error),
            }),
            Ok(()) => Ok(()),
        }
    });
    // What is left of it is unreadable to others, and its name says what it is.
    drop(fs::remove_file(&temporary));
    linked?;
    // The name has to outlive a power cut as well, where the system can promise that.
    drop(File::open(&folder).and_then(|folder| folder.sync_all()));
    Ok(())
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// One key of a file or variable.
struct Entry {
    id: String,
    key: SealingKey,
    active: bool,
}

fn parse_file(path: &Path, text: &str) -> Result<KeyRing, Error> {
    let lines = text.lines().enumerate();
    let lines = lines.map(|(index, line)| (index + 1, line.trim()));
    let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let entries = lines.map(|(number, line)| {
        parse_entry(line.split_whitespace()).map_err(|problem| {
            malformed(
                &format!("line {number} of the key file {}", path.display()),
                problem,
            )
        })
    });
    ring(
        entries.collect::<Result<_, _>>()?,
        &format!("the key file {}", path.display()),
    )
}

/// Reads a variable: a key, or `id:key`; several with commas between, the first one seals.
pub(super) fn parse_variable(name: &str, text: &str) -> Result<KeyRing, Error> {
    let entries = text
        .split(',')
        .map(|entry| parse_entry(entry.split(':')).map_err(|problem| malformed(name, problem)));
    ring(entries.collect::<Result<_, _>>()?, name)
}

fn parse_entry<'a>(words: impl Iterator<Item = &'a str>) -> Result<Entry, &'static str> {
    let words: Vec<&str> = words.collect();
    let (id, key, active) = match words[..] {
        [key] => (None, key, false),
        [id, key] => (Some(id), key, false),
        [id, key, "active"] => (Some(id), key, true),
        _ => return Err("does not hold an id and a key"),
    };
    let key = decode(key).ok_or("does not hold a key of 32 bytes in base64")?;
    let id = match id {
        Some(id) => id.to_owned(),
        None => derived_id(&key).map_err(|_| "holds a key that cannot be used")?,
    };
    Ok(Entry { id, key, active })
}

/// Either alphabet of base64, with padding or without.
fn decode(text: &str) -> Option<SealingKey> {
    let plain = text
        .trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_");
    let bytes = Zeroizing::new(BASE64.decode(Zeroizing::new(plain).as_bytes()).ok()?);
    Some(SealingKey::from_bytes(bytes.as_slice().try_into().ok()?))
}

/// A new key, with an id that follows from it.
pub(super) fn random_key(random: &dyn Random) -> Result<(String, SealingKey), Error> {
    let key = SealingKey::from_bytes(random_256(random));
    Ok((derived_id(&key)?, key))
}

/// A key without an id gets one that follows from it, so that each start finds the same.
fn derived_id(key: &SealingKey) -> Result<String, Error> {
    let id = derive(key, "key id")
        .ok_or_else(|| Error::from(ErrorKind::Internal("no id could be derived from a key")))?;
    Ok(id.expose()[..6]
        .iter()
        .fold("k".to_owned(), |text, byte| format!("{text}{byte:02x}")))
}

fn ring(mut entries: Vec<Entry>, what: &str) -> Result<KeyRing, Error> {
    let marked = entries.iter().filter(|entry| entry.active).count();
    if marked > 1 {
        return Err(malformed(what, "marks more than one key as active"));
    }
    entries.sort_by_key(|entry| !entry.active);
    let mut entries = entries.into_iter();
    let first = entries
        .next()
        .ok_or_else(|| malformed(what, "holds no key"))?;
    entries.try_fold(KeyRing::new(first.id, first.key)?, |ring, entry| {
        ring.with_old_key(entry.id, entry.key)
    })
}

fn malformed(what: &str, problem: &str) -> Error {
    Error::key_unavailable(format!(
        "{what} {problem}; a key is an id, white space (in a variable a colon), and 32 bytes in \
         base64; nothing was changed"
    ))
}

fn unreadable(path: &Path, error: &io::Error) -> Error {
    Error::key_unavailable(format!(
        "the key file {} could not be read ({}); make it a file that this process may read; no \
         other key was made and nothing was changed",
        path.display(),
        error.kind()
    ))
}
