//! Files that hold tokens in clear: their owner's alone.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Makes a file that nobody else can read; an error where one is there.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}
