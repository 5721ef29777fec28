//! Everything that a test logs, kept for reading.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use tracing_subscriber::fmt::{MakeWriter, format::FmtSpan};

use crate::environment::log_folder;

/// Captures all that this process logs, at trace level and with the fields of every span, by
/// `tracing` and by `log`.
///
/// ```
/// let logs = toolgate_testkit::LogCapture::install();
/// let start = logs.position();
/// tracing::trace!(answer = 42, "computed");
/// assert!(logs.since(start).contains("answer=42"));
/// ```
#[derive(Debug, Clone)]
pub struct LogCapture {
    buffer: Arc<Mutex<Vec<u8>>>,
    file: Option<Arc<File>>,
}

impl LogCapture {
    /// Starts capturing for the whole process, tasks on other threads included. Calling it again
    /// gives the same capture; a subscriber that is already there is an error.
    ///
    /// Where `TOOLGATE_LOG_DIR` names a folder, it is also written there, for the leak check over
    /// the whole test run.
    pub fn install() -> Self {
        static CAPTURE: OnceLock<LogCapture> = OnceLock::new();
        let install = || {
            let capture = Self {
                buffer: Arc::default(),
                file: log_folder().map(|folder| {
                    let path = log_path(&folder, std::process::id()).unwrap();
                    Arc::new(File::create(path).unwrap())
                }),
            };
            install(capture.clone());
            capture
        };
        CAPTURE.get_or_init(install).clone()
    }

    /// Writes all that this process logs into a file, for a check over the whole test run.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn install_to_file(path: &Path) -> io::Result<()> {
        install(Mutex::new(File::create(path)?));
        Ok(())
    }

    /// How much is captured so far.
    pub fn position(&self) -> usize {
        self.lock().len()
    }

    /// All that was captured from a position on. Other tests of the process log as well.
    pub fn since(&self, position: usize) -> String {
        String::from_utf8_lossy(&self.lock()[position..]).into_owned()
    }

    /// All that was captured.
    pub fn text(&self) -> String {
        self.since(0)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<u8>> {
        self.buffer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The log of a process of this program.
pub(crate) fn log_path(folder: &Path, process: u32) -> io::Result<PathBuf> {
    let program = std::env::current_exe()?;
    let program = program.file_stem().unwrap_or_default().display();
    Ok(folder.join(format!("{program}-{process}.log")))
}

fn install(writer: impl for<'a> MakeWriter<'a> + Send + Sync + 'static) {
    use tracing_subscriber::{
        filter::{LevelFilter, Targets},
        layer::SubscriberExt as _,
        util::SubscriberInitExt as _,
    };
    // A browser's remote control tells every address and every page, which nobody's program does.
    let quiet = Targets::new()
        .with_default(LevelFilter::TRACE)
        .with_target("thirtyfour", LevelFilter::OFF)
        // It prints the tokens that Google answers, as the page of `toolgate-yup-oauth2` warns: nothing
        // of ours depends on it but that adapter, and nothing of ours can keep it out of a log.
        .with_target("yup_oauth2::service_account", LevelFilter::OFF);
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_span_events(FmtSpan::NEW)
        .with_ansi(false)
        .with_writer(writer)
        .finish()
        .with(quiet)
        .try_init()
        .unwrap();
}

impl Write for LogCapture {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().extend_from_slice(bytes);
        if let Some(mut file) = self.file.as_deref() {
            file.write_all(bytes)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for LogCapture {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
