//! `users.settings.getVacation` and `updateVacation`, and the automatic replies themselves.

use std::collections::BTreeMap;

use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::date::Date;
use mail_builder::headers::text::Text;
use serde_json::{Value, json};

use crate::call::{ApiError, Call, Reply};
use crate::gmail::arrival::own_id;
use crate::gmail::mime::{Parsed, addresses};
use crate::gmail::{Mailbox, Outgoing, sanitize};

/// Whoever writes again after four days is answered again.
const AGAIN_AFTER_MS: i64 = 4 * 86_400_000;

/// The responder and whom it has answered.
#[derive(Debug, Default)]
pub(crate) struct Vacation {
    is_on: bool,
    subject: String,
    plain: String,
    html: String,
    contacts_only: bool,
    domain_only: bool,
    start_ms: Option<i64>,
    end_ms: Option<i64>,
    /// When each sender was answered last.
    answered: BTreeMap<String, i64>,
}

/// `users.settings.getVacation`.
pub(crate) fn get(mailbox: &Mailbox) -> Reply {
    Reply::Json(mailbox.settings.vacation.to_json())
}

/// `users.settings.updateVacation`: replaces all of it, and begins anew with everybody.
pub(crate) fn update(mailbox: &mut Mailbox, call: &Call) -> Result<Reply, ApiError> {
    let vacation = Vacation::from_json(call.json())?;
    if vacation.domain_only && !mailbox.is_workspace {
        return Err(ApiError::invalid(
            "restrictToDomain is available to Google Workspace users only",
        ));
    }
    mailbox.settings.vacation = vacation;
    Ok(get(mailbox))
}

impl Vacation {
    fn from_json(body: &Value) -> Result<Self, ApiError> {
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let new = Self {
            is_on: body["enableAutoReply"] == true,
            subject: text("responseSubject"),
            plain: text("responseBodyPlainText"),
            html: sanitize::html(&text("responseBodyHtml")),
            contacts_only: body["restrictToContacts"] == true,
            domain_only: body["restrictToDomain"] == true,
            start_ms: moment(body, "startTime")?,
            end_ms: moment(body, "endTime")?,
            answered: BTreeMap::new(),
        };
        let says_nothing = [&new.subject, &new.plain, &new.html]
            .into_iter()
            .all(|text| text.trim().is_empty());
        if new.is_on && says_nothing {
            return Err(ApiError::invalid(
                "Either the response subject or the response body must be nonempty",
            ));
        }
        if let (Some(start), Some(end)) = (new.start_ms, new.end_ms)
            && start >= end
        {
            return Err(ApiError::invalid("startTime must precede endTime"));
        }
        Ok(new)
    }

    fn to_json(&self) -> Value {
        let mut shown = json!({
            "enableAutoReply": self.is_on,
            "restrictToContacts": self.contacts_only,
            "restrictToDomain": self.domain_only,
        });
        let texts = [
            ("responseSubject", &self.subject),
            ("responseBodyPlainText", &self.plain),
            ("responseBodyHtml", &self.html),
        ];
        for (name, text) in texts {
            if !text.is_empty() {
                shown[name] = text.as_str().into();
            }
        }
        for (name, moment) in [("startTime", self.start_ms), ("endTime", self.end_ms)] {
            if let Some(moment) = moment {
                shown[name] = moment.to_string().into();
            }
        }
        shown
    }

    fn is_active(&self, now_ms: i64) -> bool {
        self.is_on
            && self.start_ms.is_none_or(|start| start <= now_ms)
            && self.end_ms.is_none_or(|end| now_ms < end)
    }
}

/// The milliseconds of a field; 0 and an empty text are none.
fn moment(body: &Value, name: &str) -> Result<Option<i64>, ApiError> {
    let value = match &body[name] {
        Value::Null => return Ok(None),
        Value::String(text) if text.is_empty() => return Ok(None),
        Value::String(text) => text.parse().ok(),
        number => number.as_i64(),
    };
    match value {
        Some(0) => Ok(None),
        Some(moment @ 1..) => Ok(Some(moment)),
        _ => Err(ApiError::invalid(format!("Invalid {name}"))),
    }
}

/// The responder's answer to a message that arrives, if it is one to answer.
pub(crate) fn answer(mailbox: &mut Mailbox, parsed: &Parsed, now_ms: i64) -> Option<Outgoing> {
    if !mailbox.settings.vacation.is_active(now_ms) || !is_personal(mailbox, parsed) {
        return None;
    }
    let sender = addresses(parsed.root.header("From")?).pop()?;
    let vacation = &mailbox.settings.vacation;
    let domain = |address: &str| address.rsplit('@').next().map(str::to_lowercase);
    let is_left_out = sender.eq_ignore_ascii_case(&mailbox.address)
        || (vacation.domain_only && domain(&sender) != domain(&mailbox.address))
        || (vacation.contacts_only && !has_written_to(mailbox, &sender));
    let last = vacation.answered.get(&sender);
    if is_left_out || last.is_some_and(|last| now_ms - last < AGAIN_AFTER_MS) {
        return None;
    }
    let key = mailbox.store.fresh_id();
    let raw = written(mailbox, parsed, &sender, now_ms, &key);
    let answered = &mut mailbox.settings.vacation.answered;
    answered.insert(sender.clone(), now_ms);
    Some(Outgoing {
        raw,
        recipients: vec![sender],
    })
}

/// Written by a person to this account: neither automatic nor from a list.
fn is_personal(mailbox: &Mailbox, parsed: &Parsed) -> bool {
    let root = &parsed.root;
    let value = |name: &str| root.header(name).unwrap_or_default().trim().to_lowercase();
    let is_automatic = !matches!(value("Auto-Submitted").as_str(), "" | "no")
        || ["bulk", "list", "junk"].contains(&value("Precedence").as_str())
        || ["List-Id", "List-Unsubscribe", "List-Post"]
            .into_iter()
            .any(|name| root.header(name).is_some());
    let me = mailbox.address.to_lowercase();
    let named = ["To", "Cc"]
        .into_iter()
        .flat_map(|name| root.all_headers(name))
        .flat_map(addresses);
    !is_automatic && named.into_iter().any(|address| address == me)
}

/// Whom the account has written to counts as a contact.
fn has_written_to(mailbox: &Mailbox, address: &str) -> bool {
    let mut sent = mailbox
        .store
        .messages()
        .filter(|message| message.labels.contains("SENT"));
    sent.any(|message| {
        ["To", "Cc", "Bcc"].into_iter().any(|name| {
            let mut fields = message.parsed.root.all_headers(name);
            fields.any(|field| addresses(field).iter().any(|known| known == address))
        })
    })
}

fn written(mailbox: &Mailbox, parsed: &Parsed, to: &str, now_ms: i64, key: &str) -> Vec<u8> {
    let vacation = &mailbox.settings.vacation;
    let subject = parsed.root.header("Subject").unwrap_or_default();
    let subject = format!("{} Re: {subject}", vacation.subject);
    let name = Some(mailbox.settings.name()).filter(|name| !name.is_empty());
    let mut builder = MessageBuilder::new()
        .message_id(format!("CA{key}@mail.gmail.com"))
        .date(Date::new(now_ms.div_euclid(1000)))
        .header("Auto-Submitted", Text::new("auto-replied"))
        .header("Precedence", Text::new("bulk"))
        .header("X-Autoreply", Text::new("yes"))
        .from(Address::new_address(name, mailbox.address.as_str()))
        .to(Address::new_address(None::<&str>, to))
        .subject(subject.trim().to_owned());
    if let Some(id) = own_id(parsed) {
        builder = builder.in_reply_to(id.clone()).references(id);
    }
    builder = if vacation.html.is_empty() {
        builder.text_body(vacation.plain.as_str())
    } else {
        builder.html_body(vacation.html.as_str())
    };
    let mut raw = Vec::new();
    builder.serialize(&mut raw);
    raw
}
