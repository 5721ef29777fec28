//! Who writes: one of the person's own addresses, and the signature that belongs to it.

use google_gmail1::api::SendAs;
use toolgate_toolkit::ToolError;

use super::Checked;
use crate::{
    compose::Signature,
    mime::Mailbox,
    wire::{Gmail, SEND_AS},
};

/// What a sender that is named, or a signature, takes beside the rest.
const FROM: &[&str] = &[SEND_AS.id()];

/// Addresses that an error names.
const SHOWN: usize = 10;

/// Who writes.
#[derive(Debug, Default)]
pub(crate) struct Sender {
    /// None for the usual address, which Gmail fills in.
    pub(crate) from: Option<Mailbox>,
    pub(crate) signature: Option<Signature>,
    pub(crate) notes: Vec<String>,
}

impl Sender {
    /// What a letter takes beside the rest: nothing, unless an address or the signature is asked for.
    pub(crate) fn methods(checked: &Checked) -> &'static [&'static str] {
        if checked.from.is_some() || checked.signature {
            FROM
        } else {
            &[]
        }
    }

    /// Looks up what is asked for, if anything.
    ///
    /// # Errors
    /// When the address is none from which this person sends.
    pub(crate) async fn look_up(gmail: &Gmail, checked: &Checked) -> Result<Self, ToolError> {
        if Self::methods(checked).is_empty() {
            return Ok(Self::default());
        }
        let known = gmail.send_as_list().await?;
        let own: Vec<SendAs> = known.into_iter().filter(may_send).collect();
        let chosen = match &checked.from {
            Some(from) => own
                .iter()
                .find(|one| address(one).eq_ignore_ascii_case(&from.email))
                .ok_or_else(|| not_ones_own(&own))?,
            None => match usual(&own) {
                Some(usual) => usual,
                None => return Ok(Self::default()),
            },
        };
        let mut sender = Self::default();
        if checked.from.is_some() {
            sender.from = Some(mailbox(chosen));
        }
        if checked.signature {
            sender.signature = Signature::new(chosen.signature.as_deref().unwrap_or_default());
            if sender.signature.is_none() {
                sender
                    .notes
                    .push("this address has no signature".to_owned());
            }
        }
        Ok(sender)
    }
}

/// Google lets nobody send from an address whose owner has not confirmed it.
pub(super) fn may_send(one: &SendAs) -> bool {
    let status = one.verification_status.as_deref().unwrap_or_default();
    one.is_primary == Some(true) || status.is_empty() || status == "accepted"
}

fn usual(own: &[SendAs]) -> Option<&SendAs> {
    let default = own.iter().find(|one| one.is_default == Some(true));
    default.or_else(|| own.iter().find(|one| one.is_primary == Some(true)))
}

fn address(one: &SendAs) -> &str {
    one.send_as_email.as_deref().unwrap_or_default()
}

/// The name is that of the settings, whatever the argument says: nobody writes under another's.
fn mailbox(one: &SendAs) -> Mailbox {
    let name = one.display_name.as_deref().map(str::trim);
    Mailbox {
        name: name.filter(|name| !name.is_empty()).map(str::to_owned),
        email: address(one).to_owned(),
    }
}

fn not_ones_own(own: &[SendAs]) -> ToolError {
    let list: Vec<&str> = own.iter().map(address).take(SHOWN).collect();
    ToolError::invalid_argument(
        "from",
        "this person does not send from that address",
        &format!("one of {}, or nothing for the usual one", list.join(", ")),
    )
}
