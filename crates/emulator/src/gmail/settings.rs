//! `users.getProfile`, and what `users.settings` keeps for an account.

pub(crate) mod address;
pub(crate) mod filters;
pub(crate) mod forwarding;
pub(crate) mod send_as;
pub(crate) mod vacation;

use std::collections::BTreeSet;

use serde_json::json;

use self::address::SendAs;
use self::filters::Filter;
use self::vacation::Vacation;
use super::{Mailbox, Owner};
use crate::call::Reply;
use crate::seed::SeedMailbox;

/// An account's settings.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) filters: Vec<Filter>,
    pub(crate) vacation: Vacation,
    /// The primary address, then the aliases.
    pub(crate) send_as: Vec<SendAs>,
    /// Verified addresses that mail may be forwarded to.
    pub(crate) forwarding: Vec<String>,
}

impl Settings {
    /// The settings that a seed describes.
    pub(crate) fn new(seed: &SeedMailbox, owner: Owner<'_>) -> Self {
        Self {
            filters: Vec::new(),
            vacation: Vacation::default(),
            send_as: address::seeded(&seed.send_as, owner),
            forwarding: seed.forwarding.clone(),
        }
    }

    /// The name that goes with the primary address.
    pub(crate) fn name(&self) -> &str {
        let primary = self.send_as.first();
        primary.map_or("", |primary| primary.name.as_str())
    }
}

/// `users.getProfile`.
pub(crate) fn profile(mailbox: &Mailbox) -> Reply {
    let threads: BTreeSet<&str> = mailbox
        .store
        .messages()
        .map(|message| message.thread_id.as_str())
        .collect();
    Reply::Json(json!({
        "emailAddress": mailbox.address,
        "messagesTotal": mailbox.store.messages().count(),
        "threadsTotal": threads.len(),
        "historyId": mailbox.store.history_id().to_string(),
    }))
}

#[cfg(test)]
mod tests;
