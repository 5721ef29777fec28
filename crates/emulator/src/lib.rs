//! A loopback Google for tests, examples and offline work: OAuth with a consent page, Gmail,
//! Calendar, Drive, Sheets and Slides, on 127.0.0.1.
//!
//! ```
//! use toolgate_emulator::Emulator;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), toolgate_emulator::Error> {
//! let emulator = Emulator::builder().start().await?;
//! assert!(emulator.base_url().as_str().starts_with("http://127.0.0.1:"));
//! assert_eq!(emulator.accounts(), ["alice@example.com", "bob@example.com"]);
//!
//! // Point a Google client at `base_url()`; then see what it sent.
//! let token = emulator.issue_token(
//!     "alice@example.com",
//!     &["https://www.googleapis.com/auth/gmail.readonly"],
//! );
//! assert!(token.starts_with("ya29."));
//! assert!(emulator.requests().is_empty());
//! emulator.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! # What it checks
//!
//! Routes, parameters, bodies and scopes come from Google's own discovery documents. A request with
//! an unknown or ill-typed parameter or field, or a token that Google would not accept for the
//! method, gets Google's error. A method that Google has and the emulator has not answers 501 with
//! its name. Replies are held to the documents as well.
//!
//! # What it offers
//!
//! - OAuth: a consent page with one box a scope, PKCE enforced, one-time codes, expiring access
//!   tokens, refresh tokens (rotating on demand), revocation for the whole project, signed id
//!   tokens, user info, keys, OpenID configuration; service accounts with domain-wide delegation, IAM's
//!   `generateAccessToken` and `signJwt`, and a virtual machine's metadata server.
//! - Gmail: messages, threads, drafts, labels, history, attachments, search, uploads (resumable too), batches;
//!   filters, the vacation responder, send-as addresses, watches. Mail between two accounts of one
//!   emulator arrives, is filtered, forwarded and answered.
//! - Calendar: calendars and who may do what with them, calendar lists, events with ids and versions
//!   (`If-Match`), series in IANA zones over gaps and folds, changed and cancelled instances, guests'
//!   copies and answers, mails about events, Meet links, free/busy, changes since a token, settings.
//! - Drive: files, folders, shortcuts, shared drives, the search language, sharing (with the mails that
//!   go with it), comments, revisions, changes, quotas; Docs, Sheets and Slides with exports, and uploads
//!   that become such; uploads in sessions that break and go on, downloads in ranges. More than 1 MiB of a
//!   file stands on disk, in a file without a name, and goes in and out in pieces.
//! - Sheets, over the spreadsheets among those files: values in A1 notation, raw or as typed in a locale (the
//!   USA, Britain, Germany, Poland, Sweden), appended behind the table that is there; number formats; formulas kept as text, with
//!   `SUM`, `AVERAGE`, `COUNT`, `COUNTA`, `MIN`, `MAX`, `IF`, `IFERROR`, `ROUND`, `CONCATENATE`, `AND`, `OR`,
//!   `NOT`, `COUNTIF`, `SUMIF` and `HYPERLINK` computed; batches of changes, whole or not at all; named ranges, and protected
//!   ones.
//! - Slides: presentations as files of Drive, with the theme's layouts and placeholders, batches of
//!   changes that are carried out whole or not at all, UTF-16 indices, lists, tables, groups, notes,
//!   revisions to write against; pictures from links on this machine and from files of Drive that
//!   everybody may see; thumbnails that show the page, and exports as text, PDF and Office files.
//! - Accounts from a [`Seed`], or a built-in sample: a plain one, and an [office](Seed::office) with
//!   files, aliases, an invitation, a delivery report and calendars over two zones.
//! - [`Faults`]: late, held, wrong, torn and missing answers, for one method, account or path.
//! - Small pages of every list ([`EmulatorBuilder::with_page_limit`]), and other ids for messages that are sent
//!   ([`EmulatorBuilder::with_message_ids`]).
//! - [`RecordedRequest`]s: what came in, with whose token, and whether it was carried out.
//! - A [`Person`] with a browser, who walks sign-ins.
//! - TLS with HTTP/2 ([`EmulatorBuilder::with_tls`]), and a time of your own
//!   ([`EmulatorBuilder::with_clock`]); and a [`TlsFront`] before a server that has none.
//!
//! It is a program too: `cargo run -p toolgate-emulator -- --port 4100`.
//!
//! # What it does not
//!
//! Of Sheets it answers no developer metadata, charts, pivot tables, filter views, banding, pasting and
//! filling: such a request names itself. Conditional formats, validations, filters and tables are kept and
//! do nothing. Of Slides, charts of Sheets, comments and rerouted lines are refused with 501, and text does
//! not shrink to fit its box. Notification channels of Calendar and Drive open and end, and tell nothing. Of
//! Calendar, groups have no members, the scopes for owned, public or app-created calendars count
//! for all, and nothing is declined by itself while somebody is out of office; who asks for changes of
//! single events is not told of instances that a shorter rule took away. It forgets everything when it
//! stops. It is no Google:
//! whoever reaches it is whoever they say they are, so it listens on loopback only unless
//! [told otherwise](EmulatorBuilder::with_bind_address).

mod api;
mod batch;
mod builder;
mod calendar;
mod call;
mod channels;
mod content;
mod control;
mod discovery;
mod dispatch;
mod drive;
mod emulator;
mod error;
mod exchange;
mod faults;
mod front;
mod gmail;
mod intake;
mod multipart;
mod oauth;
mod person;
mod random;
mod record;
mod refusal;
mod seed;
mod server;
mod sheets;
mod slides;
mod state;
mod tls;

pub use builder::EmulatorBuilder;
pub use emulator::Emulator;
pub use error::Error;
pub use faults::{FaultAction, FaultMatch, FaultPoint, FaultRule, FaultStatus, Faults};
pub use front::TlsFront;
pub use gmail::MessageIds;
pub use oauth::{ClientKind, ClientSeed, ServiceAccountSeed};
pub use person::{Page, Person};
pub use record::RecordedRequest;
pub use seed::{
    Seed, SeedAccess, SeedAccount, SeedAttachment, SeedAttendee, SeedCalendar, SeedDrive,
    SeedEvent, SeedFile, SeedGrant, SeedHours, SeedInstance, SeedMailbox, SeedMessage,
    SeedProtected, SeedSendAs, SeedSharedDrive, SeedTab,
};
