//! The vacation responder, which answers mails while the person is away.

use chrono::{DateTime, SecondsFormat};
use google_gmail1::api::VacationSettings;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{
    ToolContext, ToolError,
    sized::{piece, shortened},
};

use crate::{
    compose::{header_value, markdown_to_html},
    mime::{plain, visible_line},
    view::is_false,
    wire::{Gmail, SET_VACATION, VACATION},
};

pub(crate) const GET_METHODS: &[&str] = &[VACATION.id()];
pub(crate) const SET_METHODS: &[&str] = &[VACATION.id(), SET_VACATION.id()];

/// What a result takes beside its text.
const ENVELOPE: usize = 700;

/// Tells whether Gmail answers mails by itself, and with what.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetVacation {
    /// `next_offset` of an earlier reading, to read on in its text.
    offset: Option<usize>,
}

/// Turns automatic answers on or off. Turned on, Gmail mails whoever writes to the person.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetVacation {
    /// Whether to answer.
    enabled: bool,
    /// Kept if left out.
    subject: Option<String>,
    /// Plain text or Markdown; kept if left out.
    body: Option<String>,
    /// RFC 3339; kept if left out; empty: at once.
    start: Option<String>,
    /// RFC 3339; kept if left out; empty: until it is turned off.
    end: Option<String>,
    /// Answer people in the address book only; kept if left out.
    contacts_only: Option<bool>,
    /// Answer people of the own organisation only; kept if left out.
    domain_only: Option<bool>,
}

/// The responder.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "so many switches has Gmail's form"
)]
pub(crate) struct Vacation {
    enabled: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    subject: String,
    /// As Markdown.
    #[serde(skip_serializing_if = "String::is_empty")]
    body: String,
    /// In UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<String>,
    /// In UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    contacts_only: bool,
    #[serde(skip_serializing_if = "is_false")]
    domain_only: bool,
    /// The text was cut.
    #[serde(skip_serializing_if = "is_false")]
    truncated: bool,
    /// The `offset` to read on from; missing at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_offset: Option<usize>,
}

/// The responder as it is.
pub(crate) async fn get_vacation(
    cx: ToolContext,
    args: GetVacation,
    budget: usize,
) -> Result<Vacation, ToolError> {
    let settings = Gmail::new(&cx, GET_METHODS).vacation_get().await?;
    shown(settings, args.offset.unwrap_or(0), budget)
}

fn shown(settings: VacationSettings, offset: usize, budget: usize) -> Result<Vacation, ToolError> {
    let html = settings.response_body_html.unwrap_or_default();
    let limits = toolgate_text::Limits::default();
    let whole = match toolgate_text::html_to_markdown(&html, &limits).text {
        text if text.trim().is_empty() => {
            plain(&settings.response_body_plain_text.unwrap_or_default())
        }
        text => text,
    };
    let whole = whole.trim();
    let length = whole.chars().count();
    if offset > 0 && offset >= length {
        return Err(ToolError::invalid_argument(
            "offset",
            &format!("the text has {length} characters"),
            "the next_offset of an earlier reading",
        ));
    }
    let body = piece(whole, offset, budget.saturating_sub(ENVELOPE));
    Ok(Vacation {
        enabled: settings.enable_auto_reply.unwrap_or(false),
        subject: shortened(
            &visible_line(&settings.response_subject.unwrap_or_default()),
            250,
        ),
        truncated: body.next.is_some(),
        next_offset: body.next,
        body: body.text.to_owned(),
        start: settings.start_time.and_then(written),
        end: settings.end_time.and_then(written),
        contacts_only: settings.restrict_to_contacts.unwrap_or(false),
        domain_only: settings.restrict_to_domain.unwrap_or(false),
    })
}

fn written(millis: i64) -> Option<String> {
    let moment = DateTime::from_timestamp_millis(millis).filter(|_| millis > 0)?;
    Some(moment.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// Changes it. Gmail has no update of single fields, so what is kept is read first.
pub(crate) async fn set_vacation(
    cx: ToolContext,
    args: SetVacation,
    budget: usize,
) -> Result<Vacation, ToolError> {
    let times = Times::of(&args)?;
    if let Some(subject) = &args.subject {
        header_value("subject", subject)?;
    }
    let gmail = Gmail::new(&cx, SET_METHODS);
    let mut settings = gmail.vacation_get().await?;
    settings.enable_auto_reply = Some(args.enabled);
    settings.start_time = times.start.over(settings.start_time);
    settings.end_time = times.end.over(settings.end_time);
    check_order(&settings)?;
    if args.enabled {
        check_end(&settings, cx.access().clock().now().as_millis())?;
    }
    if let Some(subject) = args.subject {
        settings.response_subject = Some(subject.trim().to_owned());
    }
    if let Some(body) = args.body {
        let html = Some(body.trim()).filter(|body| !body.is_empty());
        settings.response_body_html = html.map(markdown_to_html);
        settings.response_body_plain_text = Some(body.trim().to_owned());
    }
    settings.restrict_to_contacts = args.contacts_only.or(settings.restrict_to_contacts);
    settings.restrict_to_domain = args.domain_only.or(settings.restrict_to_domain);
    if args.enabled && says_nothing(&settings) {
        return Err(ToolError::invalid_argument(
            "body",
            "there is nothing to answer with",
            "a sentence or two, such as \"I am away until Monday.\"",
        ));
    }
    shown(gmail.vacation_update(&settings).await?, 0, budget)
}

fn says_nothing(settings: &VacationSettings) -> bool {
    let texts = [
        &settings.response_subject,
        &settings.response_body_html,
        &settings.response_body_plain_text,
    ];
    let mut texts = texts.into_iter().flatten();
    texts.all(|text| text.trim().is_empty())
}

/// What an argument says of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Time {
    Kept,
    Cleared,
    At(i64),
}

impl Time {
    /// In the place of what is there. Gmail has no null for a time: zero is none.
    fn over(self, old: Option<i64>) -> Option<i64> {
        match self {
            Self::Kept => old.filter(|millis| *millis > 0),
            Self::Cleared => None,
            Self::At(millis) => Some(millis),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Times {
    start: Time,
    end: Time,
}

impl Times {
    fn of(args: &SetVacation) -> Result<Self, ToolError> {
        Ok(Self {
            start: time("start", args.start.as_deref())?,
            end: time("end", args.end.as_deref())?,
        })
    }
}

fn time(argument: &str, text: Option<&str>) -> Result<Time, ToolError> {
    let text = match text.map(str::trim) {
        None => return Ok(Time::Kept),
        Some("") => return Ok(Time::Cleared),
        Some(text) => text,
    };
    let moment = DateTime::parse_from_rfc3339(text).map_err(|_| {
        ToolError::invalid_argument(
            argument,
            "it is no time with an offset",
            "an RFC 3339 time, such as \"2026-08-31T00:00:00+02:00\"",
        )
    })?;
    Ok(Time::At(moment.timestamp_millis()))
}

fn check_order(settings: &VacationSettings) -> Result<(), ToolError> {
    match (settings.start_time, settings.end_time) {
        (Some(start), Some(end)) if start >= end => Err(bad_end(end, "is not after `start`")),
        _ => Ok(()),
    }
}

/// One that is over would answer nobody, though it looks turned on.
fn check_end(settings: &VacationSettings, now: i64) -> Result<(), ToolError> {
    match settings.end_time {
        Some(end) if end <= now => Err(bad_end(end, "is over")),
        _ => Ok(()),
    }
}

fn bad_end(end: i64, problem: &str) -> ToolError {
    let end = written(end).unwrap_or_default();
    ToolError::invalid_argument(
        "end",
        &format!("{end} {problem}"),
        "a later time, such as \"2026-08-31T00:00:00+02:00\", or an empty text for none",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_need_an_offset() {
        let times = |start: Option<&str>, end: Option<&str>| {
            Times::of(&SetVacation {
                start: start.map(str::to_owned),
                end: end.map(str::to_owned),
                ..SetVacation::default()
            })
        };
        let good = times(Some("1970-01-01T02:00:01+02:00"), Some(" ")).unwrap();
        assert_eq!((good.start, good.end), (Time::At(1_000), Time::Cleared));
        for (start, end, argument) in [
            (Some("2026-08-01"), None, "start"),
            (None, Some("2026-08-01T00:00:00"), "end"),
        ] {
            let error = times(start, end).unwrap_err();
            assert_eq!(error.argument(), Some(argument), "{start:?} {end:?}");
        }
    }

    #[test]
    fn an_end_is_after_the_start_and_not_over() {
        let check = |start, end, now| {
            let settings = VacationSettings {
                start_time: start,
                end_time: end,
                ..VacationSettings::default()
            };
            check_order(&settings).is_ok() && check_end(&settings, now).is_ok()
        };
        for (start, end, now, good) in [
            (None, None, 5, true),
            (Some(1), None, 5, true),
            (Some(1), Some(6), 5, true),
            (Some(1), Some(5), 5, false),
            (None, Some(4), 5, false),
            (Some(7), Some(7), 5, false),
            (Some(8), Some(7), 5, false),
        ] {
            assert_eq!(check(start, end, now), good, "{start:?} {end:?}");
        }
    }

    #[test]
    fn what_is_not_given_is_kept() {
        for (time, old, new) in [
            (Time::Kept, Some(3), Some(3)),
            (Time::Kept, Some(0), None),
            (Time::Cleared, Some(3), None),
            (Time::At(4), Some(3), Some(4)),
            (Time::At(4), None, Some(4)),
        ] {
            assert_eq!(time.over(old), new, "{time:?}");
        }
    }
}
