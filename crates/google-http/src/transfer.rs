//! What large files are read from and written to, a piece at a time.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::Arc;

use async_trait::async_trait;
use md5::{Digest as _, Md5};
use ring::digest::{Context, SHA256};

/// What is uploaded: bytes that can be read again from any place on.
#[async_trait]
pub trait Source: Send + Sync + fmt::Debug {
    /// How many bytes there are.
    fn size(&self) -> u64;

    /// So many bytes from there on; fewer only where the bytes end.
    ///
    /// # Errors
    /// When they cannot be read.
    async fn read(&self, at: u64, length: usize) -> io::Result<Vec<u8>>;
}

/// A file that was opened for reading.
#[derive(Debug, Clone)]
pub struct FileSource {
    file: Arc<File>,
    size: u64,
}

impl FileSource {
    /// Of the size that the file has now.
    ///
    /// # Errors
    /// When the file does not tell its size.
    pub fn new(file: File) -> io::Result<Self> {
        let size = file.metadata()?.len();
        let file = Arc::new(file);
        Ok(Self { file, size })
    }
}

#[async_trait]
impl Source for FileSource {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&self, at: u64, length: usize) -> io::Result<Vec<u8>> {
        let file = Arc::clone(&self.file);
        blocking(move || {
            let mut file = &*file;
            file.seek(SeekFrom::Start(at))?;
            let mut bytes = Vec::with_capacity(length);
            file.take(length as u64).read_to_end(&mut bytes)?;
            Ok(bytes)
        })
        .await
    }
}

/// Told after each piece: bytes that are over, and all of them where that is known.
#[derive(Clone)]
pub struct Progress(Arc<dyn Fn(u64, Option<u64>) + Send + Sync>);

impl Progress {
    /// Tells this function.
    pub fn new(told: impl Fn(u64, Option<u64>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(told))
    }

    pub(crate) fn tell(&self, done: u64, all: Option<u64>) {
        (self.0)(done, all);
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Progress")
    }
}

/// A file that is being written, with the digests of what it holds.
pub(crate) struct Sink {
    file: File,
    pub(crate) written: u64,
    sha256: Context,
    md5: Md5,
}

impl Sink {
    pub(crate) fn new(file: File) -> Self {
        Self {
            file,
            written: 0,
            sha256: Context::new(&SHA256),
            md5: Md5::new(),
        }
    }

    /// Writes on. The disk and the digests are no work for the runtime's threads.
    pub(crate) async fn write(self, bytes: Vec<u8>) -> io::Result<Self> {
        let mut sink = self;
        blocking(move || {
            sink.file.write_all(&bytes)?;
            sink.sha256.update(&bytes);
            sink.md5.update(&bytes);
            sink.written += bytes.len() as u64;
            Ok(sink)
        })
        .await
    }

    /// Forgets what was written.
    pub(crate) async fn again(self) -> io::Result<Self> {
        if self.written == 0 {
            return Ok(self);
        }
        let mut file = self.file;
        blocking(move || {
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))?;
            Ok(Self::new(file))
        })
        .await
    }

    /// The digests of what was written, in hexadecimal: SHA-256 and MD5.
    pub(crate) fn digests(&self) -> (String, String) {
        let sha256 = self.sha256.clone().finish();
        (hex(sha256.as_ref()), hex(&self.md5.clone().finalize()))
    }
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(io::Error::other("working with a file stopped unexpectedly")))
}
