//! What is uploaded from memory: texts, which are small.

use std::io;

use async_trait::async_trait;
use toolgate_google_http::Source;

/// Bytes that are there.
#[derive(Debug)]
pub(crate) struct InMemory(Vec<u8>);

impl InMemory {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

#[async_trait]
impl Source for InMemory {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    async fn read(&self, at: u64, length: usize, _spare: Vec<u8>) -> io::Result<Vec<u8>> {
        let at = usize::try_from(at).unwrap_or(usize::MAX).min(self.0.len());
        let end = at.saturating_add(length).min(self.0.len());
        Ok(self.0[at..end].to_vec())
    }
}
