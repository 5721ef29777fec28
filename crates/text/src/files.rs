//! Text from files of any kind, read in bounded workers.

mod budget;
mod charset;
mod csv;
mod detect;
mod error;
mod kind;
mod limits;
mod office;
mod pdf;
mod plain;
mod sink;
mod table;
mod worker;

pub use error::FileError;
pub use kind::{FileHint, FileKind};
pub use limits::FileLimits;

use crate::files::{budget::Budget, detect::Format, sink::Sink};

/// What was read of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileText {
    /// The text, Markdown for most kinds, trimmed and without invisible characters.
    pub text: String,
    /// What the file is, by its content.
    pub kind: FileKind,
    /// How many pages, sheets or slides it has; one for what has none of these.
    pub pages_total: usize,
    /// How many of them are in the text, hidden ones not counted.
    pub pages_read: usize,
    /// Whether a limit was met, so that something of the file is missing at the end.
    pub truncated: bool,
    /// What a reader should know of that is not in the text, one sentence each: hidden sheets, unreadable fonts.
    pub notes: Vec<String>,
}

/// Reads the text of a file that may be anything, and hostile.
///
/// What the content says counts more than the hint: a `.txt` that is a ZIP archive is read as one.
///
/// ```
/// use toolgate_text::{FileHint, FileKind, FileLimits, file_to_text};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// let bytes = b"name;born\nAda Lovelace;1815\nEm\xedlia;1900\n".to_vec();
/// let hint = FileHint::default().with_name("people.csv");
/// let file = file_to_text(bytes, &hint, &FileLimits::default()).await?;
///
/// assert_eq!(file.kind, FileKind::Csv);
/// assert_eq!(file.text, "name,born\nAda Lovelace,1815\nEmília,1900");
/// # Ok::<_, toolgate_text::FileError>(())
/// # })?;
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
///
/// A kind that is not read is an error that says what the file is:
///
/// ```
/// use toolgate_text::{FileHint, FileLimits, file_to_text};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// let png = b"\x89PNG\r\n\x1a\n".to_vec();
/// let hint = FileHint::default().with_mime("text/plain");
/// let limits = FileLimits::default().with_max_output_chars(20_000);
/// let error = file_to_text(png, &hint, &limits).await.unwrap_err();
///
/// assert!(error.is_unsupported());
/// assert_eq!(error.to_string(), "this file is a PNG image, from which no text can be read");
/// # });
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
///
/// Nothing is parsed on the caller's thread. All calls of a process share a few worker threads, whose stacks have a fixed
/// size; a call waits for one, and for its result, [`FileLimits::with_time`] each and no longer. A worker that has not ended
/// by then is given up; it stops by itself at the next of its checks. Dropping the future gives it up as well.
///
/// # Errors
///
/// Where the file is of a kind that is not read, encrypted, damaged, or meets a limit without which there is no useful text;
/// and where all workers are busy, which passes.
///
/// # Panics
///
/// Outside of a tokio runtime with its time enabled.
pub async fn file_to_text(
    bytes: Vec<u8>,
    hint: &FileHint,
    limits: &FileLimits,
) -> Result<FileText, FileError> {
    if bytes.len() > limits.max_input_bytes {
        return Err(error::Kind::TooLarge("it has more bytes than are read").into());
    }
    let (hint, limits) = (hint.clone(), *limits);
    worker::shared()
        .run(limits.time, move |stop| {
            read(&bytes, &hint, &limits, &Budget::new(stop, &limits))
        })
        .await
}

/// What a format's reader reports beside the text.
#[derive(Debug, Default)]
struct Report {
    pages_total: usize,
    pages_read: usize,
    truncated: bool,
    notes: Vec<String>,
}

impl Report {
    /// The report of what has no pages.
    fn whole() -> Self {
        Self {
            pages_total: 1,
            pages_read: 1,
            ..Self::default()
        }
    }
}

fn read(
    bytes: &[u8],
    hint: &FileHint,
    limits: &FileLimits,
    budget: &Budget,
) -> Result<FileText, FileError> {
    budget.check()?;
    let mut sink = Sink::new(limits.max_output_chars);
    let (kind, report) = match detect::detect(bytes, hint)? {
        Format::Text(kind) => (kind, plain::read(bytes, kind, &mut sink)),
        Format::Separated(kind) => (kind, csv::read(bytes, kind, &mut sink, budget)?),
        Format::Zip => office::read(bytes, limits, &mut sink, budget)?,
        Format::Pdf => (FileKind::Pdf, pdf::read(bytes, limits, &mut sink, budget)?),
    };
    let (text, cut) = sink.finish();
    Ok(FileText {
        text,
        kind,
        pages_total: report.pages_total,
        pages_read: report.pages_read,
        truncated: cut || report.truncated,
        notes: report.notes,
    })
}
