//! What large files are read from, a piece at a time, and who is told of it.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;

/// What is uploaded: bytes that can be read again from any place on.
#[async_trait]
pub trait Source: Send + Sync + fmt::Debug {
    /// How many bytes there are.
    fn size(&self) -> u64;

    /// So many bytes from there on, and nothing else; fewer only where the bytes end. `spare` is room
    /// that may be used for them, whatever it holds.
    ///
    /// # Errors
    /// When they cannot be read.
    async fn read(&self, at: u64, length: usize, spare: Vec<u8>) -> io::Result<Vec<u8>>;

    /// Whether they are still those that they were at the beginning, as far as that can be told.
    ///
    /// # Errors
    /// When it cannot be told any more.
    async fn is_unchanged(&self) -> io::Result<bool> {
        Ok(true)
    }
}

/// A file that was opened for reading.
#[derive(Debug, Clone)]
pub struct FileSource {
    file: Arc<File>,
    size: u64,
    /// When it was written last, where the file system tells.
    modified: Option<SystemTime>,
}

impl FileSource {
    /// Of the size that the file has now.
    ///
    /// # Errors
    /// When the file does not tell its size.
    pub fn new(file: File) -> io::Result<Self> {
        let about = file.metadata()?;
        Ok(Self {
            file: Arc::new(file),
            size: about.len(),
            modified: about.modified().ok(),
        })
    }
}

#[async_trait]
impl Source for FileSource {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&self, at: u64, length: usize, spare: Vec<u8>) -> io::Result<Vec<u8>> {
        let file = Arc::clone(&self.file);
        blocking(move || {
            let mut file = &*file;
            file.seek(SeekFrom::Start(at))?;
            let mut bytes = spare;
            bytes.clear();
            bytes.reserve_exact(length);
            file.take(length as u64).read_to_end(&mut bytes)?;
            Ok(bytes)
        })
        .await
    }

    async fn is_unchanged(&self) -> io::Result<bool> {
        let file = Arc::clone(&self.file);
        let about = blocking(move || file.metadata()).await?;
        Ok(about.len() == self.size && about.modified().ok() == self.modified)
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

pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(io::Error::other("working with a file stopped unexpectedly")))
}
