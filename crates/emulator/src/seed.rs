//! What the emulated Google holds when it starts: accounts, their mailboxes, calendars and files.

mod calendars;
mod drive;
mod orders;
mod samples;

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

pub use self::calendars::{
    SeedAccess, SeedAttendee, SeedCalendar, SeedEvent, SeedHours, SeedInstance,
};
pub use self::drive::{SeedDrive, SeedFile, SeedGrant, SeedProtected, SeedSharedDrive, SeedTab};
use crate::calendar;
use crate::drive as drives;
use crate::error::{Error, ErrorKind};

/// The accounts that an emulator starts with.
///
/// A seed is written in Rust, or read from YAML or JSON:
///
/// ```
/// use toolgate_emulator::Seed;
///
/// let seed = Seed::from_yaml(
///     "
/// accounts:
///   - email: carol@example.com
///     name: Carol Smith
///     gmail:
///       messages:
///         - from: Dave <dave@example.org>
///           subject: Lunch?
///           date: -2h
///           labels: [INBOX, UNREAD]
///           text: At noon, as ever?
///     calendars:
///       - time_zone: Europe/Berlin
///         events:
///           - { summary: Lunch, start: tue+1wT12:00, end: tue+1wT13:00 }
/// ",
/// )?;
/// assert_eq!(seed.accounts[0].gmail.messages[0].subject, "Lunch?");
/// # Ok::<(), toolgate_emulator::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    /// The accounts, in the order in which the account chooser shows them.
    pub accounts: Vec<SeedAccount>,
}

/// One Google account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedAccount {
    /// The address that the account signs in with.
    pub email: String,
    /// The person's display name.
    #[serde(default)]
    pub name: String,
    /// Google's stable identifier of the account; made from the address when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// The Workspace domain, for accounts that belong to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hosted_domain: Option<String>,
    /// The account's mail.
    #[serde(default)]
    pub gmail: SeedMailbox,
    /// The account's calendars; without one, it has an empty primary calendar in UTC.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calendars: Vec<SeedCalendar>,
    /// Calendar's settings by Google's names, such as `weekStart`, where they are not the usual ones.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub calendar_settings: BTreeMap<String, String>,
    /// The account's files.
    #[serde(default)]
    pub drive: SeedDrive,
}

/// The mail of one account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedMailbox {
    /// Names of the labels that the user made.
    #[serde(default)]
    pub labels: Vec<String>,
    /// The messages.
    #[serde(default)]
    pub messages: Vec<SeedMessage>,
    /// The addresses that the account may send as, beside its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub send_as: Vec<SeedSendAs>,
    /// Verified addresses that mail may be forwarded to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forwarding: Vec<String>,
}

/// An address that an account may send as; one with the account's own address describes the
/// primary one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedSendAs {
    /// The address.
    pub email: String,
    /// The name that goes with it; the account's when empty.
    #[serde(default)]
    pub name: String,
    /// Where answers go; to the address itself when empty.
    #[serde(default)]
    pub reply_to: String,
    /// The signature, in HTML.
    #[serde(default)]
    pub signature: String,
    /// Whether it still waits for its owner's word; an alias may be sent as without that only.
    #[serde(default)]
    pub pending: bool,
    /// Whether it is what new mail is sent as.
    #[serde(default)]
    pub default: bool,
}

/// One message in a mailbox.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedMessage {
    /// The message's id; made up when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Messages with the same key form one thread; a message without a key is a thread of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// The sender, such as `Dave <dave@example.org>`.
    #[serde(default)]
    pub from: String,
    /// The recipients; the account itself when empty.
    #[serde(default)]
    pub to: Vec<String>,
    /// The recipients in copy.
    #[serde(default)]
    pub cc: Vec<String>,
    /// The subject.
    #[serde(default)]
    pub subject: String,
    /// When it arrived: RFC 3339, or before the start of the emulator: `-15m`, `-3h`, `-2d`, `-1w`.
    #[serde(default)]
    pub date: String,
    /// Labels, by system name (`INBOX`, `UNREAD`) or by the name of a user's label.
    #[serde(default)]
    pub labels: Vec<String>,
    /// The plain text part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The HTML part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// Attached files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<SeedAttachment>,
    /// Further header fields by name, such as `Message-ID` or `List-Id`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// A whole RFC 5322 message, in place of the fields from `from` to `headers`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
}

/// A file attached to a message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedAttachment {
    /// The file's name.
    pub filename: String,
    /// The file's media type, such as `application/pdf`.
    pub mime_type: String,
    /// The content, when it is text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The content in standard base64, when it is not text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
}

impl Seed {
    /// Reads a seed from YAML.
    ///
    /// # Errors
    /// When the text is not YAML, has an unknown field, or describes an impossible account.
    pub fn from_yaml(text: &str) -> Result<Self, Error> {
        let seed: Self = serde_saphyr::from_str(text).map_err(|source| ErrorKind::Seed {
            message: source.to_string(),
        })?;
        seed.check()?;
        Ok(seed)
    }

    /// Reads a seed from JSON.
    ///
    /// # Errors
    /// When the text is not JSON, has an unknown field, or describes an impossible account.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let seed: Self = serde_json::from_str(text).map_err(|source| ErrorKind::Seed {
            message: source.to_string(),
        })?;
        seed.check()?;
        Ok(seed)
    }

    /// Reads a seed from a file: JSON when its name ends in `.json`, else YAML.
    ///
    /// # Errors
    /// When the file cannot be read, or as for [`Seed::from_yaml`] and [`Seed::from_json`].
    pub fn from_file(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|source| ErrorKind::SeedFile {
            path: path.to_owned(),
            source,
        })?;
        if path
            .extension()
            .is_some_and(|ext| ext.eq_ignore_ascii_case("json"))
        {
            Self::from_json(&text)
        } else {
            Self::from_yaml(&text)
        }
    }

    /// Refuses what the services could not make sense of.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let mut seen = std::collections::BTreeSet::new();
        for account in &self.accounts {
            let mail = &account.gmail;
            let aliases = mail.send_as.iter().map(|alias| &alias.email);
            for email in [&account.email]
                .into_iter()
                .chain(aliases)
                .chain(&mail.forwarding)
            {
                if !email.contains('@') || email.contains(char::is_whitespace) {
                    let account = &account.email;
                    return Err(bad(format!(
                        "account {account:?}: {email:?} is not an e-mail address"
                    )));
                }
            }
            if !seen.insert(account.email.to_ascii_lowercase()) {
                return Err(bad(format!("account {} appears twice", account.email)));
            }
            for (index, message) in account.gmail.messages.iter().enumerate() {
                message.check().map_err(|problem| {
                    bad(format!(
                        "account {}, message {}: {problem}",
                        account.email,
                        index + 1
                    ))
                })?;
            }
        }
        calendar::check_seed(self).map_err(bad)?;
        drives::check_seed(self).map_err(bad)
    }
}

impl SeedAccount {
    /// An account with an empty mailbox.
    pub fn new(email: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            email: email.into(),
            name: name.into(),
            ..Self::default()
        }
    }

    /// Adds a message to the mailbox.
    #[must_use]
    pub fn with_message(mut self, message: SeedMessage) -> Self {
        self.gmail.messages.push(message);
        self
    }

    /// The account's stable identifier: the one given, or 21 digits made from the address.
    pub fn subject(&self) -> String {
        self.sub.clone().unwrap_or_else(|| {
            let email = self.email.to_ascii_lowercase();
            let digest = ring::digest::digest(&ring::digest::SHA256, email.as_bytes());
            let digits: String = digest
                .as_ref()
                .iter()
                .take(20)
                .map(|byte| char::from(b'0' + byte % 10))
                .collect();
            format!("1{digits}")
        })
    }
}

impl SeedMessage {
    /// An unread message in the inbox, an hour old.
    pub fn new(
        from: impl Into<String>,
        subject: impl Into<String>,
        text: impl Into<String>,
    ) -> Self {
        Self {
            from: from.into(),
            subject: subject.into(),
            text: Some(text.into()),
            date: "-1h".to_owned(),
            labels: vec!["INBOX".to_owned(), "UNREAD".to_owned()],
            ..Self::default()
        }
    }

    /// Gives the message an id.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Puts the message into the thread with this key.
    #[must_use]
    pub fn with_thread(mut self, thread: impl Into<String>) -> Self {
        self.thread = Some(thread.into());
        self
    }

    fn check(&self) -> Result<(), String> {
        if self.raw.is_none() && self.from.is_empty() {
            return Err("needs `from` (or `raw`)".to_owned());
        }
        if !self.date.is_empty() && resolve_date(&self.date, 0).is_none() {
            return Err(format!(
                "date {:?} is neither RFC 3339 nor like -2d",
                self.date
            ));
        }
        for attachment in &self.attachments {
            if attachment.bytes().is_none() {
                return Err(format!(
                    "attachment {:?} needs either `text` or well-formed `base64`",
                    attachment.filename
                ));
            }
        }
        Ok(())
    }
}

impl SeedAttachment {
    /// The content: `None` when neither or both forms are given, or the base64 is not well-formed.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        match (&self.text, &self.base64) {
            (Some(text), None) => Some(text.clone().into_bytes()),
            (None, Some(data)) => {
                let compact: String = data.split_whitespace().collect();
                STANDARD.decode(compact).ok()
            }
            _ => None,
        }
    }
}

/// Milliseconds since the epoch of a seed's date; an empty one is `now_ms`.
pub(crate) fn resolve_date(date: &str, now_ms: i64) -> Option<i64> {
    if date.is_empty() {
        return Some(now_ms);
    }
    if let Some(relative) = date.strip_prefix('-') {
        let unit = relative.chars().last()?;
        let factor = match unit {
            's' => 1_000,
            'm' => 60_000,
            'h' => 3_600_000,
            'd' => 86_400_000,
            'w' => 7 * 86_400_000,
            _ => return None,
        };
        let count: i64 = relative[..relative.len() - unit.len_utf8()].parse().ok()?;
        return now_ms.checked_sub(count.checked_mul(factor)?);
    }
    Some(
        chrono::DateTime::parse_from_rfc3339(date)
            .ok()?
            .timestamp_millis(),
    )
}

fn bad(message: String) -> Error {
    ErrorKind::Seed { message }.into()
}

#[cfg(test)]
mod tests;
