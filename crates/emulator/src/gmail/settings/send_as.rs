//! `users.settings.sendAs`: the addresses that an account may send as.

use mail_builder::MessageBuilder;
use mail_builder::headers::date::Date;
use serde_json::{Value, json};

use super::address::{SendAs, make_default, position};
use crate::call::{ApiError, Call, Reply};
use crate::gmail::compose::is_address;
use crate::gmail::{Mailbox, Outgoing};

/// `users.settings.sendAs.list`.
pub(crate) fn list(mailbox: &Mailbox) -> Reply {
    let known = mailbox.settings.send_as.iter();
    let shown: Vec<Value> = known.map(SendAs::to_json).collect();
    Reply::Json(json!({ "sendAs": shown }))
}

/// `users.settings.sendAs.get`.
pub(crate) fn get(mailbox: &Mailbox, call: &Call) -> Result<Reply, ApiError> {
    let at = asked(mailbox, call)?;
    Ok(Reply::Json(mailbox.settings.send_as[at].to_json()))
}

/// `users.settings.sendAs.create`: an address of the account's own Workspace domain needs no
/// verification, any other gets a message.
pub(crate) fn create(mailbox: &mut Mailbox, call: &Call, now_ms: i64) -> Result<Reply, ApiError> {
    let body = call.json();
    let email = body["sendAsEmail"].as_str().unwrap_or_default();
    if !is_address(email) {
        return Err(ApiError::invalid("Invalid sendAsEmail"));
    }
    if position(&mailbox.settings.send_as, email).is_some() {
        return Err(ApiError {
            code: 409,
            status: "ALREADY_EXISTS",
            reason: "alreadyExists",
            message: "Send-as alias already exists".to_owned(),
        });
    }
    let is_own = mailbox.is_workspace && same_domain(email, &mailbox.address);
    let mut new = SendAs::alias(email, is_own);
    new.set(body, true)?;
    check_default(&new, body)?;
    let is_verified = new.is_verified();
    mailbox.settings.send_as.push(new);
    let at = mailbox.settings.send_as.len() - 1;
    if body["isDefault"] == true {
        make_default(&mut mailbox.settings.send_as, at);
    }
    if !is_verified {
        ask_owner(mailbox, at, now_ms);
    }
    Ok(Reply::Json(mailbox.settings.send_as[at].to_json()))
}

/// `users.settings.sendAs.update`, and `patch` when `keep` says to keep what is not named.
pub(crate) fn update(mailbox: &mut Mailbox, call: &Call, keep: bool) -> Result<Reply, ApiError> {
    let at = asked(mailbox, call)?;
    let body = call.json();
    let mut changed = mailbox.settings.send_as[at].clone();
    let named = body["sendAsEmail"].as_str().filter(|it| !it.is_empty());
    if named.is_some_and(|named| !named.eq_ignore_ascii_case(&changed.email)) {
        return Err(ApiError::invalid("sendAsEmail cannot be changed"));
    }
    changed.set(body, keep)?;
    check_default(&changed, body)?;
    let known = &mut mailbox.settings.send_as;
    known[at] = changed;
    if body["isDefault"] == true {
        make_default(known, at);
    }
    Ok(Reply::Json(known[at].to_json()))
}

/// `users.settings.sendAs.delete`.
pub(crate) fn delete(mailbox: &mut Mailbox, call: &Call) -> Result<Reply, ApiError> {
    let at = asked(mailbox, call)?;
    let known = &mut mailbox.settings.send_as;
    if known[at].is_primary() {
        return Err(ApiError::invalid("The primary address cannot be deleted"));
    }
    if known.remove(at).is_default {
        make_default(known, 0);
    }
    Ok(Reply::Empty)
}

/// `users.settings.sendAs.verify`: sends the message once more.
pub(crate) fn verify(mailbox: &mut Mailbox, call: &Call, now_ms: i64) -> Result<Reply, ApiError> {
    let at = asked(mailbox, call)?;
    if mailbox.settings.send_as[at].is_verified() {
        return Err(ApiError::failed_precondition(
            "The verification status must be pending",
        ));
    }
    ask_owner(mailbox, at, now_ms);
    Ok(Reply::Empty)
}

/// Sends the owner of an address the question whether the account may send as it.
fn ask_owner(mailbox: &mut Mailbox, at: usize, now_ms: i64) {
    let owner = mailbox.settings.send_as[at].email.clone();
    let key = mailbox.store.fresh_id();
    let subject = format!("Gmail Confirmation - Send Mail as {owner}");
    let text = format!(
        "{} has requested to add {owner} to their Gmail account.\n",
        mailbox.address
    );
    let mut raw = Vec::new();
    MessageBuilder::new()
        .message_id(format!("{key}@google.com"))
        .date(Date::new(now_ms.div_euclid(1000)))
        .from(("Gmail Team", "gmail-noreply@google.com"))
        .to(owner.as_str())
        .subject(subject)
        .text_body(text)
        .serialize(&mut raw);
    mailbox.outgoing.push(Outgoing {
        raw,
        recipients: vec![owner.to_lowercase()],
    });
}

/// A request may make an address the default one, never the opposite.
fn check_default(entry: &SendAs, body: &Value) -> Result<(), ApiError> {
    match body["isDefault"].as_bool() {
        Some(false) => Err(ApiError::invalid("isDefault can only be set to true")),
        Some(true) if !entry.is_verified() => Err(ApiError::failed_precondition(
            "An address that is not verified cannot be the default",
        )),
        _ => Ok(()),
    }
}

fn asked(mailbox: &Mailbox, call: &Call) -> Result<usize, ApiError> {
    position(&mailbox.settings.send_as, call.path_one("sendAsEmail"))
        .ok_or_else(|| ApiError::not_found("Requested entity was not found."))
}

fn same_domain(one: &str, other: &str) -> bool {
    let domain = |address: &str| address.rsplit('@').next().map(str::to_lowercase);
    domain(one) == domain(other)
}
