//! The mails about events: invitations, updates, cancellations, answers.

use std::collections::{BTreeMap, BTreeSet};

use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::date::Date;
use mail_builder::mime::{BodyPart, MimePart};
use serde_json::Value;

use super::store::Event;
use super::times::{self, Moment};
use super::write::PRIVATE;
use super::{Calendars, Letter, ical};
use crate::call::{ApiError, Call};

/// Who is told of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Nobody,
    /// Those whose calendar is not Google's, which here are those without an account.
    External,
    Everybody,
}

/// What a mail says, and to whom.
struct Notice<'a> {
    event: &'a Event,
    to: &'a str,
    subject: &'static str,
    method: &'static str,
    only: Option<&'a Value>,
}

fn told(call: &Call) -> Told {
    match (
        call.query_one("sendUpdates"),
        call.query_one("sendNotifications"),
    ) {
        (Some("all"), _) | (None, Some("true")) => Told::Everybody,
        (Some("externalOnly"), _) => Told::External,
        _ => Told::Nobody,
    }
}

/// Tells the invited what became of an event.
pub(super) fn tell(
    calendars: &mut Calendars,
    call: &Call,
    calendar: &str,
    before: Option<&Event>,
    id: &str,
) -> Result<(), ApiError> {
    let after = calendars.current(calendar, id)?;
    if before.is_some_and(|before| open_fields(before) == open_fields(&after)) {
        return Ok(());
    }
    let was_invited = |email: &str| before.is_some_and(|before| before.attendee(email).is_some());
    let people: BTreeSet<String> = before
        .into_iter()
        .chain([&after])
        .flat_map(Event::attendees)
        .filter(|entry| entry["resource"] != true)
        .filter_map(|entry| entry["email"].as_str())
        .map(str::to_ascii_lowercase)
        .collect();
    for person in people {
        let is_out = after.is_cancelled() || after.attendee(&person).is_none();
        let (subject, method) = match (is_out, was_invited(&person)) {
            (true, _) => ("Canceled event", "CANCEL"),
            (false, true) => ("Updated invitation", "REQUEST"),
            (false, false) => ("Invitation", "REQUEST"),
        };
        let event = match before {
            Some(before) if is_out && after.attendee(&person).is_none() => before,
            _ => &after,
        };
        let notice = Notice {
            event,
            to: &person,
            subject,
            method,
            only: None,
        };
        calendars.post(call, &notice);
    }
    Ok(())
}

/// What of an event is not its organizer's own.
fn open_fields(event: &Event) -> BTreeMap<&String, &Value> {
    let is_own = |name: &str| PRIVATE.contains(&name) || matches!(name, "sequence" | "updated");
    let fields = event.fields.iter();
    fields.filter(|(name, _)| !is_own(name)).collect()
}

/// Tells the organizer what an invited person has answered, if it is another answer than before.
pub(super) fn reply(
    calendars: &mut Calendars,
    call: &Call,
    calendar: &str,
    before: &Event,
) -> Result<(), ApiError> {
    let home = calendars.current(before.organizer(), &before.id);
    let after = home.or_else(|_| calendars.current(calendar, &before.id))?;
    let answer = |event: &Event| event.attendee(calendar).cloned().unwrap_or_default();
    let (old, new) = (answer(before), answer(&after));
    if old["responseStatus"] == new["responseStatus"] {
        return Ok(());
    }
    let subject = match new["responseStatus"].as_str() {
        Some("accepted") => "Accepted",
        Some("declined") => "Declined",
        Some("tentative") => "Tentatively Accepted",
        _ => return Ok(()),
    };
    let notice = Notice {
        event: &after,
        to: after.organizer(),
        subject,
        method: "REPLY",
        only: Some(&new),
    };
    calendars.post(call, &notice);
    Ok(())
}

impl Calendars {
    /// Sends a notice, if the call wants its recipient to be told.
    fn post(&mut self, call: &Call, notice: &Notice<'_>) {
        let has_account = self.people.contains_key(&notice.to.to_ascii_lowercase());
        let is_told = match told(call) {
            Told::Nobody => false,
            Told::External => !has_account,
            Told::Everybody => true,
        };
        if !is_told || notice.to.eq_ignore_ascii_case(&call.account) {
            return;
        }
        let change = self.tick();
        let sender = self.people.get(&call.account.to_ascii_lowercase());
        let sender = sender.map_or(call.account.as_str(), |person| person.name.as_str());
        let letter = Letter {
            to: notice.to.to_ascii_lowercase(),
            raw: raw(notice, (sender, &call.account), self.now_ms, change),
        };
        self.outgoing.push(letter);
    }
}

fn raw(notice: &Notice<'_>, from: (&str, &str), now_ms: i64, change: u64) -> Vec<u8> {
    let event = notice.event;
    let summary = match event.text("summary") {
        "" => "(No title)",
        summary => summary,
    };
    let when = when(event);
    let subject = format!("{}: {summary} @ {when} ({})", notice.subject, notice.to);
    let ics = ical::write(event, notice.method, notice.only);
    let text = format!("{}\r\n\r\n{summary}\r\n{when}\r\n", notice.subject);
    let calendar_type = ContentType::new("text/calendar")
        .attribute("charset", "UTF-8")
        .attribute("method", notice.method);
    let boundary = |name: &str| {
        ContentType::new(format!("multipart/{name}"))
            .attribute("boundary", format!("{name}-{change:012x}"))
    };
    let alternative = MimePart::new(
        boundary("alternative"),
        BodyPart::Multipart(vec![
            MimePart::new("text/plain", BodyPart::Text(text.into())),
            MimePart::new(calendar_type, BodyPart::Text(ics.clone().into())),
        ]),
    );
    let file = MimePart::new("application/ics", BodyPart::Binary(ics.into_bytes().into()))
        .attachment("invite.ics");
    let mut raw = Vec::new();
    // Writing into memory does not fail.
    let _ = MessageBuilder::new()
        .message_id(format!("calendar-{change:016x}@google.com"))
        .date(Date::new(now_ms.div_euclid(1000)))
        .from(Address::new_address(
            Some(from.0.to_owned()),
            from.1.to_owned(),
        ))
        .sender(Address::new_address(
            Some("Google Calendar"),
            "calendar-notification@google.com",
        ))
        .to(Address::new_address(None::<&str>, notice.to.to_owned()))
        .subject(subject)
        .body(MimePart::new(
            boundary("mixed"),
            BodyPart::Multipart(vec![alternative, file]),
        ))
        .write_to(&mut raw);
    raw
}

/// When an event is, in words, in its own zone.
fn when(event: &Event) -> String {
    match event.start() {
        Some(Moment::Day(day)) => day.format("%a %b %-d, %Y").to_string(),
        Some(Moment::At(time, zone)) => {
            let local = times::wall(time, zone).format("%a %b %-d, %Y %H:%M");
            format!("{local} ({})", zone.name())
        }
        None => String::new(),
    }
}
