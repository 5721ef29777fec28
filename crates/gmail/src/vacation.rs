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
    /// At once if left out.
    #[schemars(extend("format" = "date-time"))]
    start: Option<String>,
    /// Until it is turned off if left out.
    #[schemars(extend("format" = "date-time"))]
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
    settings.start_time = times.start;
    settings.end_time = times.end;
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

#[derive(Debug, PartialEq, Eq)]
struct Times {
    start: Option<i64>,
    end: Option<i64>,
}

impl Times {
    fn of(args: &SetVacation) -> Result<Self, ToolError> {
        let start = moment("start", args.start.as_deref())?;
        let end = moment("end", args.end.as_deref())?;
        if let (Some(start), Some(end)) = (start, end)
            && start >= end
        {
            return Err(ToolError::invalid_argument(
                "end",
                "it is not after `start`",
                "a later time, such as \"2026-08-31T00:00:00+02:00\"",
            ));
        }
        Ok(Self { start, end })
    }
}

fn moment(argument: &str, text: Option<&str>) -> Result<Option<i64>, ToolError> {
    let Some(text) = text.map(str::trim) else {
        return Ok(None);
    };
    let moment = DateTime::parse_from_rfc3339(text).map_err(|_| {
        ToolError::invalid_argument(
            argument,
            "it is no time with an offset",
            "an RFC 3339 time, such as \"2026-08-31T00:00:00+02:00\"",
        )
    })?;
    Ok(Some(moment.timestamp_millis()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_need_an_offset_and_an_order() {
        let times = |start: Option<&str>, end: Option<&str>| {
            Times::of(&SetVacation {
                start: start.map(str::to_owned),
                end: end.map(str::to_owned),
                ..SetVacation::default()
            })
        };
        let good = times(
            Some("2026-08-01T00:00:00+02:00"),
            Some("2026-07-31T22:00:01Z"),
        )
        .unwrap();
        assert_eq!(good.start.unwrap() + 1_000, good.end.unwrap());
        for (start, end, argument) in [
            (Some("2026-08-01"), None, "start"),
            (None, Some("2026-08-01T00:00:00"), "end"),
            (
                Some("2026-08-01T00:00:00Z"),
                Some("2026-08-01T02:00:00+02:00"),
                "end",
            ),
        ] {
            let error = times(start, end).unwrap_err();
            assert_eq!(error.argument(), Some(argument), "{start:?} {end:?}");
        }
    }
}
