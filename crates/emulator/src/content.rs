//! Bytes of any length: short ones in memory, long ones in a file that has no name.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// More than this goes to a file.
pub(crate) const IN_MEMORY: usize = 1024 * 1024;

/// How much is read at once, which is all that a copy or a download holds.
pub(crate) const PIECE: usize = 256 * 1024;

/// A run of bytes that does not change any more; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    store: Store,
    start: u64,
    len: u64,
}

#[derive(Debug, Clone)]
enum Store {
    Memory(Bytes),
    File(Arc<Mutex<File>>),
}

/// Bytes as they come in.
#[derive(Debug, Default)]
pub(crate) struct Spool {
    memory: Vec<u8>,
    file: Option<File>,
    len: u64,
}

impl Default for Content {
    fn default() -> Self {
        Self::from(Bytes::new())
    }
}

impl From<Bytes> for Content {
    fn from(bytes: Bytes) -> Self {
        Self {
            start: 0,
            len: bytes.len() as u64,
            store: Store::Memory(bytes),
        }
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self::from(Bytes::from(bytes))
    }
}

impl Content {
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// The part from `start` on, of at most `len` bytes.
    pub(crate) fn slice(&self, start: u64, len: u64) -> Self {
        let start = start.min(self.len);
        Self {
            store: self.store.clone(),
            start: self.start + start,
            len: len.min(self.len - start),
        }
    }

    /// At most [`PIECE`] bytes from `at` on; none at the end.
    pub(crate) fn piece(&self, at: u64) -> io::Result<Bytes> {
        self.read(at, PIECE as u64)
    }

    /// All bytes; for content that is known to be short, or that has to be read whole.
    pub(crate) fn bytes(&self) -> io::Result<Bytes> {
        self.read(0, self.len)
    }

    fn read(&self, at: u64, most: u64) -> io::Result<Bytes> {
        let len = most.min(self.len.saturating_sub(at));
        let size = usize::try_from(len).map_err(io::Error::other)?;
        let from = self.start + at;
        match &self.store {
            Store::Memory(bytes) => {
                let from = usize::try_from(from).map_err(io::Error::other)?;
                Ok(bytes.slice(from..from + size))
            }
            Store::File(file) => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(from))?;
                let mut buffer = Vec::with_capacity(size);
                (&mut *file).take(len).read_to_end(&mut buffer)?;
                if buffer.len() < size {
                    return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
                }
                Ok(buffer.into())
            }
        }
    }
}

impl Spool {
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.file.is_none() && self.memory.len() + bytes.len() > IN_MEMORY {
            let mut file = tempfile::tempfile()?;
            file.write_all(&self.memory)?;
            self.memory = Vec::new();
            self.file = Some(file);
        }
        match &mut self.file {
            Some(file) => file.write_all(bytes)?,
            None => self.memory.extend_from_slice(bytes),
        }
        self.len += bytes.len() as u64;
        Ok(())
    }

    /// Puts content behind what is there.
    pub(crate) fn append(&mut self, content: &Content) -> io::Result<()> {
        let mut at = 0;
        while at < content.len() {
            let piece = content.piece(at)?;
            self.push(&piece)?;
            at += piece.len() as u64;
        }
        Ok(())
    }

    /// Forgets what stands behind the first `len` bytes.
    pub(crate) fn truncate(&mut self, len: u64) -> io::Result<()> {
        if len >= self.len {
            return Ok(());
        }
        match &mut self.file {
            Some(file) => {
                file.set_len(len)?;
                file.seek(SeekFrom::Start(len))?;
            }
            None => self
                .memory
                .truncate(usize::try_from(len).map_err(io::Error::other)?),
        }
        self.len = len;
        Ok(())
    }

    pub(crate) fn finish(self) -> Content {
        let store = match self.file {
            Some(file) => Store::File(Arc::new(Mutex::new(file))),
            None => Store::Memory(self.memory.into()),
        };
        Content {
            store,
            start: 0,
            len: self.len,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Content, IN_MEMORY, Spool, Store};

    #[test]
    fn long_content_stands_in_a_file_and_reads_like_short_content() {
        let bytes: Vec<u8> = (0..IN_MEMORY + 700)
            .zip((0..=250_u8).cycle())
            .map(|(_, byte)| byte)
            .collect();
        for length in [0, 5, IN_MEMORY, IN_MEMORY + 1, bytes.len()] {
            let mut spool = Spool::default();
            for piece in bytes[..length].chunks(100_000) {
                spool.push(piece).unwrap();
            }
            let content = spool.finish();
            let is_file = matches!(content.store, Store::File(_));
            assert_eq!(is_file, length > IN_MEMORY, "{length}");
            assert_eq!(content.bytes().unwrap(), bytes[..length]);
            let middle = content.slice(3, 70_000);
            let end = length.min(70_003);
            assert_eq!(middle.bytes().unwrap(), bytes[length.min(3)..end]);
            assert!(content.piece(length as u64).unwrap().is_empty());
        }
    }

    #[test]
    fn what_is_cut_off_can_be_written_again() {
        let long = Content::from(vec![b'a'; IN_MEMORY + 10]);
        for (first, kept) in [(b"abcdef".to_vec(), 2), (vec![b'x'; IN_MEMORY + 5], 9)] {
            let mut spool = Spool::default();
            spool.push(&first).unwrap();
            spool.truncate(kept).unwrap();
            spool.append(&long).unwrap();
            assert_eq!(spool.len(), kept + long.len());
            let content = spool.finish();
            let at = usize::try_from(kept).unwrap();
            let read = content.bytes().unwrap();
            assert_eq!(read[..at], first[..at]);
            assert_eq!(read[at..], long.bytes().unwrap());
        }
    }
}
