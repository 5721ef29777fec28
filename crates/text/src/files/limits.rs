//! How large a file may be, how much of it is read, and for how long.

use std::time::Duration;

/// The bounds of reading one file.
///
/// ```
/// use std::time::Duration;
/// use toolgate_text::FileLimits;
///
/// let limits = FileLimits::default()
///     .with_max_output_chars(20_000)
///     .with_max_pages(20)
///     .with_time(Duration::from_secs(5));
/// # assert_ne!(limits, FileLimits::default());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileLimits {
    pub(super) max_input_bytes: usize,
    pub(super) max_output_chars: usize,
    pub(super) max_pages: usize,
    pub(super) max_unpacked_bytes: usize,
    pub(super) time: Duration,
}

impl Default for FileLimits {
    fn default() -> Self {
        Self {
            max_input_bytes: 32 * 1024 * 1024,
            max_output_chars: 400_000,
            max_pages: 500,
            max_unpacked_bytes: 128 * 1024 * 1024,
            time: Duration::from_secs(20),
        }
    }
}

impl FileLimits {
    /// Bytes of the file; a larger one is an error. Default: 32 MiB.
    #[must_use]
    pub fn with_max_input_bytes(mut self, bytes: usize) -> Self {
        self.max_input_bytes = bytes;
        self
    }

    /// Characters returned; the rest is left out, and the result says so. Default: 400,000.
    #[must_use]
    pub fn with_max_output_chars(mut self, chars: usize) -> Self {
        self.max_output_chars = chars;
        self
    }

    /// Pages, sheets or slides that are read; the rest is left out, and the result says so. Default: 500.
    #[must_use]
    pub fn with_max_pages(mut self, pages: usize) -> Self {
        self.max_pages = pages;
        self
    }

    /// Bytes that the parts of the file with text unpack to, all together; more is an error. Default: 128 MiB.
    #[must_use]
    pub fn with_max_unpacked_bytes(mut self, bytes: usize) -> Self {
        self.max_unpacked_bytes = bytes;
        self
    }

    /// How long a call waits for a worker at most, and then for its result. Default: 20 seconds.
    #[must_use]
    pub fn with_time(mut self, time: Duration) -> Self {
        self.time = time;
        self
    }
}
