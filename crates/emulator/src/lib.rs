//! A loopback Google for tests, examples and offline work: OAuth with a consent page, Gmail,
//! Calendar and Drive, on 127.0.0.1.
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
//!   tokens, user info, keys, OpenID configuration.
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
//! - Accounts from a [`Seed`], or a built-in sample: a plain one, and an [office](Seed::office) with
//!   files, aliases, an invitation, a delivery report and calendars over two zones.
//! - [`Faults`]: late, held, wrong, torn and missing answers, for one method, account or path.
//! - Small pages of every list ([`EmulatorBuilder::with_page_limit`]), and other ids for messages that are sent
//!   ([`EmulatorBuilder::with_message_ids`]).
//! - [`RecordedRequest`]s: what came in, with whose token, and whether it was carried out.
//! - A [`Person`] with a browser, who walks sign-ins.
//! - TLS with HTTP/2 ([`EmulatorBuilder::with_tls`]), and a time of your own
//!   ([`EmulatorBuilder::with_clock`]).
//!
//! It is a program too: `cargo run -p toolgate-emulator -- --port 4100`.
//!
//! # What it does not
//!
//! It answers no method of Sheets or Slides yet (their requests are checked). Notification
//! channels of Calendar and Drive open and end, and tell nothing. Of Calendar, groups have no members, the scopes for owned, public or app-created calendars count
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
mod slides;
mod state;
mod tls;

pub use builder::EmulatorBuilder;
pub use emulator::Emulator;
pub use error::Error;
pub use faults::{FaultAction, FaultMatch, FaultPoint, FaultRule, FaultStatus, Faults};
pub use gmail::MessageIds;
pub use oauth::{ClientKind, ClientSeed};
pub use person::{Page, Person};
pub use record::RecordedRequest;
pub use seed::{
    Seed, SeedAccess, SeedAccount, SeedAttachment, SeedAttendee, SeedCalendar, SeedDrive,
    SeedEvent, SeedFile, SeedGrant, SeedHours, SeedInstance, SeedMailbox, SeedMessage, SeedSendAs,
    SeedSharedDrive, SeedTab,
};
