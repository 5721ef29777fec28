//! What a running emulator holds: accounts, mailboxes, calendars, OAuth, faults, the log.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use url::Url;

use crate::api::resumable::Sessions;
use crate::calendar::Calendars;
use crate::call::{ApiError, Call, Reply};
use crate::channels::Channels;
use crate::discovery::Directory;
use crate::drive::Drives;
use crate::faults::Faults;
use crate::gmail::{Mailbox, MessageIds, Outgoing, Owner};
use crate::oauth::{Bearer, Grants, ServiceAccounts, SigningKey};
use crate::record::Log;
use crate::refusal::Refusal;
use crate::seed::{Seed, SeedAccount};
use crate::sheets;

/// Milliseconds since the Unix epoch, from wherever the emulator takes them.
#[derive(Clone)]
pub(crate) struct Clock(pub(crate) Arc<dyn Fn() -> i64 + Send + Sync>);

/// What the connections of one emulator share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    pub(crate) directory: &'static Directory,
    pub(crate) accounts: Vec<Account>,
    pub(crate) mailboxes: Mutex<Mailboxes>,
    pub(crate) calendars: Mutex<Calendars>,
    pub(crate) channels: Mutex<Channels>,
    pub(crate) drives: Mutex<Drives>,
    pub(crate) grants: Mutex<Grants>,
    pub(crate) key: SigningKey,
    pub(crate) services: ServiceAccounts,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
    pub(crate) sessions: Sessions,
    /// 0 stands for none.
    pub(crate) page_limit: AtomicUsize,
}

/// What was chosen when the emulator was built.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) base_url: Url,
    pub(crate) issuer: String,
    pub(crate) access_token_lifetime: Duration,
    pub(crate) refresh_token_lifetime: Option<Duration>,
    pub(crate) rotating_refresh_tokens: bool,
    /// Whether tokens count as those of a service account with domain-wide authority.
    pub(crate) domain_wide_delegation: bool,
}

/// A person's account.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) sub: String,
    pub(crate) hosted_domain: Option<String>,
}

/// The mailboxes by lower-case address.
#[derive(Debug)]
pub(crate) struct Mailboxes(BTreeMap<String, Mailbox>);

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

impl Clock {
    pub(crate) fn system() -> Self {
        Self(Arc::new(|| {
            #[expect(
                clippy::disallowed_methods,
                reason = "a builder without a clock takes this one"
            )]
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            now.map_or(0, |since| {
                i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
            })
        }))
    }
}

impl Shared {
    pub(crate) fn now_ms(&self) -> i64 {
        (self.clock.0)()
    }

    /// The most entries that a page of a list may have.
    pub(crate) fn page_limit(&self) -> Option<usize> {
        Some(self.page_limit.load(Ordering::Relaxed)).filter(|limit| *limit > 0)
    }

    /// Sets the most entries of a page; none or 0 is Google's own limit.
    pub(crate) fn limit_pages(&self, limit: Option<usize>) {
        self.page_limit
            .store(limit.unwrap_or_default(), Ordering::Relaxed);
    }

    pub(crate) fn account(&self, email: &str) -> Option<&Account> {
        self.accounts
            .iter()
            .find(|account| account.email.eq_ignore_ascii_case(email))
    }

    /// Who an access token stands for, expired or not.
    pub(crate) fn bearer(&self, token: &str) -> Option<Bearer> {
        self.with_grants(|grants| grants.bearer(token))
    }

    pub(crate) fn with_grants<T>(&self, work: impl FnOnce(&mut Grants) -> T) -> T {
        work(&mut self.grants.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn with_channels<T>(&self, work: impl FnOnce(&mut Channels) -> T) -> T {
        work(&mut self.channels.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn with_drives<T>(&self, work: impl FnOnce(&mut Drives) -> T) -> T {
        work(&mut self.drives.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn with_mailboxes<T>(&self, work: impl FnOnce(&mut Mailboxes) -> T) -> T {
        work(
            &mut self
                .mailboxes
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }
}

impl Shared {
    /// Answers a Calendar call, and delivers the mails about events to the accounts of this emulator.
    pub(crate) fn handle_calendar(&self, call: &Call) -> Result<Reply, ApiError> {
        let now_ms = self.now_ms();
        let mut calendars = self
            .calendars
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let reply = calendars.handle(call, now_ms);
        let letters = calendars.take_outgoing();
        drop(calendars);
        let outgoing = letters.into_iter().map(|letter| Outgoing {
            raw: letter.raw,
            recipients: vec![letter.to],
        });
        self.with_mailboxes(|mailboxes| mailboxes.deliver(outgoing.collect(), now_ms));
        reply
    }

    /// Answers a Drive call, and delivers the mails about sharing to the accounts of this emulator.
    pub(crate) fn handle_drive(&self, call: &Call) -> Result<Reply, Refusal> {
        let now_ms = self.now_ms();
        let mut drives = self.drives.lock().unwrap_or_else(PoisonError::into_inner);
        let reply = drives.handle(call, now_ms);
        let outgoing = std::mem::take(&mut drives.outgoing);
        drop(drives);
        self.with_mailboxes(|mailboxes| mailboxes.deliver(outgoing, now_ms));
        reply
    }
}

impl Shared {
    /// Answers a Sheets call: spreadsheets are among the files.
    pub(crate) fn handle_sheets(&self, call: &Call) -> Result<Reply, Refusal> {
        let now_ms = self.now_ms();
        let mut drives = self.drives.lock().unwrap_or_else(PoisonError::into_inner);
        sheets::handle(&mut drives, call, now_ms)
    }
}

impl Account {
    pub(crate) fn of(seed: &SeedAccount) -> Self {
        let name = if seed.name.is_empty() {
            &seed.email
        } else {
            &seed.name
        };
        Self {
            email: seed.email.clone(),
            name: name.clone(),
            sub: seed.subject(),
            hosted_domain: seed.hosted_domain.clone(),
        }
    }

    pub(crate) fn given_name(&self) -> &str {
        self.name
            .split_once(' ')
            .map_or(self.name.as_str(), |(given, _)| given)
    }

    pub(crate) fn family_name(&self) -> &str {
        self.name.split_once(' ').map_or("", |(_, family)| family)
    }
}

impl Mailboxes {
    pub(crate) fn new(seed: &Seed, now_ms: i64) -> Self {
        let mailbox = |account: &SeedAccount| {
            let mut mail = account.gmail.clone();
            for message in &mut mail.messages {
                if message.raw.is_none() && message.to.is_empty() {
                    message.to.push(account.email.clone());
                }
            }
            let owner = Owner {
                address: &account.email,
                name: &account.name,
                hosted_domain: account.hosted_domain.as_deref(),
            };
            Mailbox::new(&mail, owner, now_ms)
        };
        Self(
            seed.accounts
                .iter()
                .map(|account| (account.email.to_ascii_lowercase(), mailbox(account)))
                .collect(),
        )
    }

    /// The same, where this becomes of the ids of messages that are sent.
    pub(crate) fn with_message_ids(mut self, message_ids: MessageIds) -> Self {
        for mailbox in self.0.values_mut() {
            mailbox.message_ids = message_ids;
        }
        self
    }

    /// An account's mailbox.
    pub(crate) fn of(&self, email: &str) -> Option<&Mailbox> {
        self.0.get(&email.to_ascii_lowercase())
    }

    /// Answers a Gmail call, and delivers what it sent to the accounts of this emulator.
    pub(crate) fn handle(&mut self, call: &Call, now_ms: i64) -> Result<Reply, ApiError> {
        let mailbox = self
            .0
            .get_mut(&call.account.to_ascii_lowercase())
            .ok_or_else(|| ApiError::not_found("Requested entity was not found."))?;
        let reply = mailbox.handle(call, now_ms)?;
        let outgoing = mailbox.take_outgoing();
        self.deliver(outgoing, now_ms);
        Ok(reply)
    }

    /// Brings mail to those of its recipients that have a mailbox here.
    fn deliver(&mut self, outgoing: Vec<Outgoing>, now_ms: i64) {
        let mut under_way = VecDeque::from(outgoing);
        // What arrives may be forwarded or answered, so more can come under way meanwhile.
        while let Some(outgoing) = under_way.pop_front() {
            for recipient in &outgoing.recipients {
                if let Some(mailbox) = self.0.get_mut(recipient) {
                    mailbox.deliver(&outgoing.raw, now_ms);
                    under_way.extend(mailbox.take_outgoing());
                }
            }
        }
    }
}
