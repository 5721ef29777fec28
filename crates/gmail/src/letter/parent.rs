//! What an answer answers: the mail behind the ids that were given.

use google_gmail1::api::{Message, MessagePart};
use toolgate_toolkit::ToolError;

use super::sender::may_send;
use crate::{
    error::Named,
    mime::{header, parse_addresses},
    wire::{GET, Gmail, PROFILE, SEND_AS, THREAD},
};

/// What an answer takes beside the rest.
pub(crate) const ANSWER: &[&str] = &[GET.id(), THREAD.id(), PROFILE.id()];

/// What is answered, by the ids that were given.
#[derive(Debug)]
pub(crate) struct Answered<'a> {
    message: Option<Named<'a>>,
    thread: Option<Named<'a>>,
}

impl<'a> Answered<'a> {
    /// None where no id was given.
    pub(crate) fn of(message_id: Option<&'a str>, thread_id: Option<&'a str>) -> Option<Self> {
        let message = message_id.map(Named::message);
        let thread = thread_id.map(Named::thread);
        (message.is_some() || thread.is_some()).then_some(Self { message, thread })
    }

    /// Asks for the mail and the person's own addresses, all at once.
    pub(crate) async fn look_up(&self, gmail: &Gmail) -> Result<Parent, ToolError> {
        let profile = async { gmail.get_profile().await.map_err(ToolError::from) };
        // Not every consent that answers a mail lets the aliases be read.
        let aliases = async { Ok(gmail.alone(&SEND_AS).send_as_list().await) };
        let (message, profile, aliases) =
            futures_util::try_join!(self.message(gmail), profile, aliases)?;
        let headers = message.payload.unwrap_or_default();
        let people = |name| header(&headers, name).map(parse_addresses);
        let mut own: Vec<String> = profile.email_address.into_iter().collect();
        let mut found = people("Delivered-To").unwrap_or_default();
        // Who sent it is known by Gmail's label, whatever address it was sent from.
        let labels = message.label_ids.unwrap_or_default();
        if labels.iter().any(|label| label == "SENT") {
            found.extend(people("From").unwrap_or_default());
        }
        own.extend(found.into_iter().map(|mailbox| mailbox.email));
        let knows_aliases = aliases.is_ok();
        // An address that its owner has not confirmed may be another's.
        let aliases = aliases.unwrap_or_default().into_iter().filter(may_send);
        own.extend(aliases.filter_map(|alias| alias.send_as_email));
        Ok(Parent {
            own,
            knows_aliases,
            headers,
            thread_id: message.thread_id.unwrap_or_default(),
        })
    }

    async fn message(&self, gmail: &Gmail) -> Result<Message, ToolError> {
        let Some(named) = self.message else {
            return self.latest(gmail).await;
        };
        let message = gmail.messages_get_headers(named.id).await;
        let message = message.map_err(|error| named.explain(error))?;
        let actual = message.thread_id.as_deref().unwrap_or_default();
        match self.thread {
            Some(thread) if thread.id != actual => Err(ToolError::invalid_argument(
                "thread_id",
                &format!("the mail `{}` is not in that thread", named.id),
                &format!("`{actual}`, or none at all"),
            )),
            _ => Ok(message),
        }
    }

    /// The latest mail of the thread; a draft is answered only where there is nothing else.
    async fn latest(&self, gmail: &Gmail) -> Result<Message, ToolError> {
        let Some(named) = self.thread else {
            return Err(ToolError::internal(
                "neither a mail nor a thread is answered",
            ));
        };
        let thread = gmail.threads_get_headers(named.id).await;
        let thread = thread.map_err(|error| named.explain(error))?;
        let messages = thread.messages.unwrap_or_default().into_iter();
        let latest = messages.max_by_key(|message| {
            let labels = message.label_ids.as_deref().unwrap_or_default();
            let is_mail = !labels
                .iter()
                .any(|label| label == "DRAFT" || label == "TRASH");
            (is_mail, message.internal_date)
        });
        latest.ok_or_else(|| named.not_found())
    }
}

/// The mail that is answered.
#[derive(Debug)]
pub(crate) struct Parent {
    pub(crate) headers: MessagePart,
    pub(crate) thread_id: String,
    /// The addresses of the person who answers, the account's first: the one that the mail was delivered to, the one that it
    /// was sent from, if this person sent it, and those that the person sends from.
    pub(crate) own: Vec<String>,
    /// Whether all of the last could be looked up.
    pub(crate) knows_aliases: bool,
}
