//! What a download is written to: a file, with the digest of what it holds.

use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::sync::Arc;

use md5::{Digest as _, Md5};
use ring::digest::{Context, SHA256};
use tokio::task::JoinHandle;

use crate::transfer::blocking;

/// After so many bytes the disk is told to take what it was given, so that it has not everything still
/// to do at the end.
const SYNC: u64 = 32 * 1024 * 1024;

/// The digest that Google tells, in hexadecimal.
#[derive(Clone, Debug)]
pub(crate) enum Check {
    Sha256(String),
    Md5(String),
    Nothing,
}

/// A file that is being written while more arrives: the writing, the digest and the disk are no work
/// for the runtime's threads, and each has one of its own.
pub(crate) struct Sink {
    file: Arc<File>,
    digest: Digest,
    check: Check,
    /// Bytes that are certainly in the file.
    written: u64,
    writing: Option<Writing>,
    syncing: Option<JoinHandle<io::Result<()>>>,
    unsynced: u64,
}

/// A piece on its way into the file and into the digest.
struct Writing {
    length: u64,
    bytes: Arc<Vec<u8>>,
    written: JoinHandle<io::Result<()>>,
    digest: JoinHandle<Digest>,
}

enum Digest {
    Sha256(Context),
    Md5(Md5),
    Nothing,
}

impl Sink {
    /// Into an empty file.
    pub(crate) fn new(file: File, check: Check) -> Self {
        Self {
            file: Arc::new(file),
            digest: Digest::of(&check),
            check,
            written: 0,
            writing: None,
            syncing: None,
            unsynced: 0,
        }
    }

    /// How many bytes are certainly in the file.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// Begins to write, once what came before is written; gives an empty buffer for what comes next.
    pub(crate) async fn write(&mut self, bytes: Vec<u8>) -> io::Result<Vec<u8>> {
        let free = self.settle().await?;
        let bytes = Arc::new(bytes);
        let (file, same) = (Arc::clone(&self.file), Arc::clone(&bytes));
        let written = tokio::task::spawn_blocking(move || (&*file).write_all(&same));
        let (digest, same) = (self.digest.take(), Arc::clone(&bytes));
        let digest = tokio::task::spawn_blocking(move || digest.with(&same));
        self.writing = Some(Writing {
            length: bytes.len() as u64,
            bytes,
            written,
            digest,
        });
        Ok(free)
    }

    /// Waits until what was given is written.
    pub(crate) async fn settle(&mut self) -> io::Result<Vec<u8>> {
        let Some(writing) = self.writing.take() else {
            return Ok(Vec::new());
        };
        ended(writing.written.await)??;
        self.digest = ended(writing.digest.await)?;
        self.written += writing.length;
        self.unsynced += writing.length;
        self.sync().await?;
        let mut bytes = Arc::try_unwrap(writing.bytes).unwrap_or_default();
        bytes.clear();
        Ok(bytes)
    }

    /// Lets the disk begin, unless it is at it. What it says would be told once only, and so not to
    /// whoever asks it at the end.
    async fn sync(&mut self) -> io::Result<()> {
        if self.syncing.as_ref().is_some_and(JoinHandle::is_finished) {
            self.synced().await?;
        }
        if self.unsynced >= SYNC && self.syncing.is_none() {
            self.unsynced = 0;
            let file = Arc::clone(&self.file);
            self.syncing = Some(tokio::task::spawn_blocking(move || file.sync_data()));
        }
        Ok(())
    }

    async fn synced(&mut self) -> io::Result<()> {
        match self.syncing.take() {
            Some(syncing) => ended(syncing.await)?,
            None => Ok(()),
        }
    }

    /// Forgets what was written.
    pub(crate) async fn again(&mut self) -> io::Result<()> {
        self.settle().await?;
        if self.written == 0 {
            return Ok(());
        }
        self.synced().await?;
        let file = Arc::clone(&self.file);
        blocking(move || {
            file.set_len(0)?;
            (&*file).rewind()
        })
        .await?;
        (self.written, self.unsynced) = (0, 0);
        self.digest = Digest::of(&self.check);
        Ok(())
    }

    /// Whether everything that was written is what Google tells, once the disk said nothing against it.
    pub(crate) async fn is_right(&mut self) -> io::Result<bool> {
        self.settle().await?;
        self.synced().await?;
        Ok(match (&self.check, &self.digest) {
            (Check::Sha256(told), Digest::Sha256(own)) => {
                told.eq_ignore_ascii_case(&hex(own.clone().finish().as_ref()))
            }
            (Check::Md5(told), Digest::Md5(own)) => {
                told.eq_ignore_ascii_case(&hex(&own.clone().finalize()))
            }
            (Check::Nothing, _) => true,
            _ => false,
        })
    }
}

impl Digest {
    fn of(check: &Check) -> Self {
        match check {
            Check::Sha256(_) => Self::Sha256(Context::new(&SHA256)),
            Check::Md5(_) => Self::Md5(Md5::new()),
            Check::Nothing => Self::Nothing,
        }
    }

    fn take(&mut self) -> Self {
        std::mem::replace(self, Self::Nothing)
    }

    fn with(mut self, bytes: &[u8]) -> Self {
        match &mut self {
            Self::Sha256(own) => own.update(bytes),
            Self::Md5(own) => own.update(bytes),
            Self::Nothing => {}
        }
        self
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn ended<T>(done: Result<T, tokio::task::JoinError>) -> io::Result<T> {
    done.map_err(|_| io::Error::other("working with a file stopped unexpectedly"))
}
