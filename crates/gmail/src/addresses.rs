//! Addresses that mail is sent from, and the signature below it.

use google_gmail1::api::SendAs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::Patch;
use toolgate_toolkit::{ToolContext, ToolError, sized::shortened};

use crate::{
    compose::markdown_to_html,
    labels,
    mime::visible_line,
    pieces::{Bounds, Piece},
    view::is_false,
    wire::{Gmail, PATCH_SEND_AS, SEND_AS, SendAsPatch},
};

pub(crate) const LIST_METHODS: &[&str] = &[SEND_AS.id()];
pub(crate) const SIGNATURE_METHODS: &[&str] = &[SEND_AS.id(), PATCH_SEND_AS.id()];

/// Characters of HTML that Gmail takes as a signature.
const LONGEST: usize = 10_000;
/// What an address takes at most, but for its signature.
const SHARE: usize = 800;
/// What a result takes beside its addresses.
const ENVELOPE: usize = 120;

/// Lists the addresses that the person sends mail from, with names and signatures.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListSendAs {
    /// `next_skip` of the list before.
    skip: Option<usize>,
}

/// Replaces the signature below mails that the person writes in Gmail.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateSignature {
    /// Plain text or Markdown; empty for none.
    #[schemars(length(max = 5_000), example = "**Ada Lovelace**, Analysts Ltd")]
    signature: String,
    /// The address that it belongs to; the default one if left out.
    #[schemars(length(min = 1), example = "ada@example.org")]
    send_as: Option<String>,
}

/// Addresses to send from.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(
    clippy::struct_field_names,
    reason = "each list of the tools is named by what it lists"
)]
pub(crate) struct Addresses {
    addresses: Vec<Address>,
    /// Addresses in all.
    total: usize,
    /// The `skip` to read on with: more addresses follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_skip: Option<usize>,
}

/// An address to send from.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a mark is there where it holds, and costs a model nothing elsewhere"
)]
pub(crate) struct Address {
    email: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    reply_to: String,
    /// As Markdown.
    #[serde(skip_serializing_if = "String::is_empty")]
    signature: String,
    /// The account's own address.
    #[serde(skip_serializing_if = "is_false")]
    primary: bool,
    /// The one that mail is sent from unless another is chosen.
    #[serde(skip_serializing_if = "is_false")]
    default: bool,
    /// Its owner has not confirmed it yet: nothing is sent from it.
    #[serde(skip_serializing_if = "is_false")]
    unverified: bool,
    /// The signature is longer than a result may be, and was cut.
    #[serde(skip_serializing_if = "is_false")]
    truncated: bool,
}

/// A signature as Gmail saved it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Signature {
    send_as: String,
    /// As Markdown; empty for none.
    signature: String,
}

/// The addresses, a piece at a time.
pub(crate) async fn list_send_as(
    cx: ToolContext,
    args: ListSendAs,
    budget: usize,
) -> Result<Addresses, ToolError> {
    let all = Gmail::new(&cx, LIST_METHODS).send_as_list().await?;
    let bounds = Bounds {
        most: usize::MAX,
        room: budget.saturating_sub(ENVELOPE),
        more: 0,
    };
    let all = all.into_iter().map(|own| address(own, bounds.room));
    let piece = Piece::of(all.collect(), args.skip, bounds)?;
    Ok(Addresses {
        addresses: piece.items,
        total: piece.total,
        next_skip: piece.next_skip,
    })
}

/// An address on at most so many characters.
fn address(own: SendAs, room: usize) -> Address {
    let whole = signature_of(&own);
    let signature = shortened(&whole, room.saturating_sub(SHARE));
    Address {
        truncated: signature != whole,
        signature,
        email: own.send_as_email.unwrap_or_default(),
        name: shortened(&visible_line(&own.display_name.unwrap_or_default()), 100),
        reply_to: visible_line(&own.reply_to_address.unwrap_or_default()),
        primary: own.is_primary.unwrap_or(false),
        default: own.is_default.unwrap_or(false),
        unverified: own.verification_status.as_deref() == Some("pending"),
    }
}

fn signature_of(own: &SendAs) -> String {
    let html = own.signature.as_deref().unwrap_or_default();
    let limits = toolgate_text::Limits::default();
    toolgate_text::html_to_markdown(html, &limits).text
}

/// Replaces one signature and nothing else of the address.
pub(crate) async fn update_signature(
    cx: ToolContext,
    args: UpdateSignature,
) -> Result<Signature, ToolError> {
    let gmail = Gmail::new(&cx, SIGNATURE_METHODS);
    let html = match args.signature.trim() {
        "" => String::new(),
        text => markdown_to_html(text),
    };
    if html.chars().count() > LONGEST {
        let problem = format!("as HTML it has more than {LONGEST} characters");
        return Err(ToolError::invalid_argument(
            "signature",
            &problem,
            "a few lines",
        ));
    }
    let email = chosen(&gmail.send_as_list().await?, args.send_as.as_deref())?;
    let patch = SendAsPatch {
        signature: Patch::Set(html),
    };
    let saved = gmail.send_as_patch(&email, &patch).await?;
    Ok(Signature {
        signature: signature_of(&saved),
        send_as: email,
    })
}

/// The address that is meant, as Gmail writes it.
fn chosen(all: &[SendAs], wanted: Option<&str>) -> Result<String, ToolError> {
    let email = |own: &SendAs| own.send_as_email.clone().unwrap_or_default();
    let found = match wanted.map(str::trim) {
        Some(wanted) => all
            .iter()
            .find(|own| email(own).eq_ignore_ascii_case(wanted)),
        None => all
            .iter()
            .find(|own| own.is_default == Some(true))
            .or_else(|| all.iter().find(|own| own.is_primary == Some(true))),
    };
    found.map(email).ok_or_else(|| {
        let known: Vec<String> = all.iter().map(email).take(10).collect();
        let problem = match wanted {
            Some(wanted) => format!("{:?} is not one of the person's", labels::shown(wanted)),
            None => "the person has no address to send from".to_owned(),
        };
        ToolError::invalid_argument("send_as", &problem, &format!("one of {}", known.join(", ")))
    })
}
