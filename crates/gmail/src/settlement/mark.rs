//! By what a message of ours is known again.
//!
//! Gmail's documents do not say what becomes of the `Message-ID` of a message that is sent by the API. Users report that it
//! is kept, that it is replaced with the old one in `X-Google-Original-Message-ID`, and that it is replaced without a trace
//! (gauteh/lieer#198, FlowCrypt/flowcrypt-browser#4273). So a message carries two marks of ours, each of 128 random bits:
//! its `Message-ID` and the boundary of its MIME parts; and where neither is found, a message that looks like it is a
//! doubt, never a confirmation and never a denial.

use google_gmail1::api::{Message, MessagePart};

use crate::{
    compose::MessageId,
    letter::subject_of,
    mime::{Mailbox, boundary, header, parse_addresses},
};

/// How far Google's clock and ours may be apart, in milliseconds.
const SKEW: i64 = 10 * 60 * 1_000;
/// Characters of a boundary that is nobody else's.
const LEAST_BOUNDARY: usize = 12;

/// By what a message is known again.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    message_id: String,
    /// A piece of the boundary of its parts; empty where it has none.
    boundary: String,
    subject: String,
    /// In lower case and in order.
    to: Vec<String>,
    /// When it left at the earliest, by Google's clock.
    since: i64,
}

/// How much a message is like the one that is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Likeness {
    /// It is that one.
    Same,
    /// It may be that one.
    Alike,
    /// It is another.
    Other,
}

impl Mark {
    /// The marks of a message that is written now.
    pub(crate) fn new(message_id: &MessageId, subject: &str, to: &[Mailbox], now: i64) -> Self {
        let id = message_id.as_str();
        let random = id.split('@').next().unwrap_or_default();
        Self {
            message_id: id.to_owned(),
            boundary: random.to_owned(),
            subject: subject.to_owned(),
            to: emails(to),
            since: now - SKEW,
        }
    }

    /// The marks of a message that is there already, such as a draft.
    pub(crate) fn of(headers: &MessagePart, now: i64) -> Self {
        let boundary = boundary(headers).unwrap_or_default();
        let is_own = boundary.len() >= LEAST_BOUNDARY;
        Self {
            message_id: message_id(headers, "Message-ID").unwrap_or_default(),
            boundary: if is_own { boundary } else { String::new() },
            subject: subject_of(headers),
            to: emails(&people(headers)),
            since: now - SKEW,
        }
    }

    /// The `Message-ID`, without angle brackets; empty where there is none.
    pub(super) fn message_id(&self) -> &str {
        &self.message_id
    }

    /// Compares a message by its headers.
    pub(super) fn compare(&self, message: &Message) -> Likeness {
        let nothing = MessagePart::default();
        let headers = message.payload.as_ref().unwrap_or(&nothing);
        let same_id = ["Message-ID", "X-Google-Original-Message-ID"]
            .into_iter()
            .filter_map(|name| message_id(headers, name))
            .any(|id| !id.is_empty() && id == self.message_id);
        let same_boundary = !self.boundary.is_empty()
            && boundary(headers).is_some_and(|boundary| boundary.contains(&self.boundary));
        // What was there before cannot be it, whatever it bears: marks of a draft are its writer's.
        if self.is_before(message) {
            return Likeness::Other;
        }
        if same_id || same_boundary {
            return Likeness::Same;
        }
        if subject_of(headers) == self.subject && emails(&people(headers)) == self.to {
            Likeness::Alike
        } else {
            Likeness::Other
        }
    }

    /// Whether a message is older than the one that is looked for. One without a date is taken for
    /// a new one.
    pub(super) fn is_before(&self, message: &Message) -> bool {
        message.internal_date.is_some_and(|date| date < self.since)
    }
}

fn message_id(headers: &MessagePart, name: &str) -> Option<String> {
    let value = header(headers, name)?;
    Some(value.trim().trim_matches(['<', '>']).to_owned())
}

fn people(headers: &MessagePart) -> Vec<Mailbox> {
    header(headers, "To")
        .map(parse_addresses)
        .unwrap_or_default()
}

fn emails(list: &[Mailbox]) -> Vec<String> {
    let mut emails: Vec<String> = list
        .iter()
        // A local part with odd dots is quoted in a header, and the same without.
        .map(|it| it.email.to_ascii_lowercase().replace('"', ""))
        .collect();
    emails.sort_unstable();
    emails
}

#[cfg(test)]
mod tests {
    use google_gmail1::api::MessagePartHeader;

    use super::*;

    const NOW: i64 = 1_778_000_000_000;

    fn message(headers: &[(&str, &str)], date: i64) -> Message {
        let headers = headers
            .iter()
            .map(|(name, value)| MessagePartHeader {
                name: Some((*name).to_owned()),
                value: Some((*value).to_owned()),
            })
            .collect();
        Message {
            internal_date: Some(date),
            payload: Some(MessagePart {
                headers: Some(headers),
                ..MessagePart::default()
            }),
            ..Message::default()
        }
    }

    fn mark() -> Mark {
        let ann = Mailbox {
            name: Some("Ann".to_owned()),
            email: "Ann@example.org".to_owned(),
        };
        Mark::new(&MessageId::new([7; 16], None), "Tea", &[ann], NOW)
    }

    const HEX: &str = "07070707070707070707070707070707";

    #[test]
    fn a_message_is_known_by_either_mark_whatever_google_made_of_the_other() {
        let id = format!("<{HEX}@toolgate.invalid>");
        let kind = format!("multipart/alternative; boundary=\"=_a_{HEX}\"");
        for headers in [
            vec![("Message-ID", &*id)],
            vec![
                ("Message-Id", "<CAx@mail.gmail.com>"),
                ("X-Google-Original-Message-ID", &*id),
            ],
            vec![
                ("Message-ID", "<CAx@mail.gmail.com>"),
                ("Content-Type", &*kind),
            ],
        ] {
            assert_eq!(
                mark().compare(&message(&headers, NOW)),
                Likeness::Same,
                "{headers:?}"
            );
            // A mail of long ago may bear the marks of a draft that somebody's program wrote.
            let old = message(&headers, NOW - SKEW - 1);
            assert_eq!(mark().compare(&old), Likeness::Other, "{headers:?}");
        }
    }

    #[test]
    fn what_only_looks_like_it_is_a_doubt_if_it_is_new() {
        let alike = [("Subject", "Tea"), ("To", "ann@EXAMPLE.org")];
        let with = |name, value| vec![(name, value), alike[0], alike[1]];
        for (headers, date, expected) in [
            (alike.to_vec(), NOW, Likeness::Alike),
            (
                with("Message-ID", "<CAx@mail.gmail.com>"),
                NOW,
                Likeness::Alike,
            ),
            (alike.to_vec(), NOW - SKEW - 1, Likeness::Other),
            (
                vec![("Subject", "Tea"), ("To", "bob@example.org")],
                NOW,
                Likeness::Other,
            ),
            (
                vec![("Subject", "Tee"), ("To", "ann@example.org")],
                NOW,
                Likeness::Other,
            ),
        ] {
            assert_eq!(
                mark().compare(&message(&headers, date)),
                expected,
                "{headers:?}"
            );
        }
    }

    #[test]
    fn a_draft_that_somebody_else_wrote_has_marks_as_well() {
        let draft = [
            ("Message-ID", "<CAdraft@mail.gmail.com>"),
            (
                "Content-Type",
                "multipart/mixed; boundary=\"000000000000abcdef\"",
            ),
            ("Subject", "Tea"),
        ];
        let draft = message(&draft, NOW).payload.unwrap();
        let mark = Mark::of(&draft, NOW);
        let sent = [(
            "Content-Type",
            "multipart/mixed; boundary=000000000000abcdef",
        )];
        assert_eq!(mark.compare(&message(&sent, NOW)), Likeness::Same);
        let bare = Mark::of(&MessagePart::default(), NOW);
        let other = [
            ("Message-ID", "<>"),
            ("Content-Type", "multipart/mixed; boundary=b"),
        ];
        assert_ne!(bare.compare(&message(&other, NOW)), Likeness::Same);
    }
}
