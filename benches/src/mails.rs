//! Ten mails as they come in, with what a task may need of each.

use toolgate_emulator::SeedMessage;

/// A mail, and what must not get lost of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mail {
    pub(crate) name: &'static str,
    raw: &'static str,
    /// The sender's address.
    pub(crate) from: &'static str,
    pub(crate) subject: &'static str,
    /// In UTC.
    pub(crate) date: &'static str,
    /// Amounts, dates, names, numbers.
    pub(crate) facts: &'static [&'static str],
    /// Names of attached files.
    pub(crate) files: &'static [&'static str],
}

/// The mail that ends a conversation of seven.
pub(crate) const THREAD: &str = "thread";

/// What came before it, each with all of what came before that below it.
const HISTORY: [(&str, &str); 6] = [
    (
        "2026-03-23T09:12:00Z",
        include_str!("../mails/thread-1.eml"),
    ),
    (
        "2026-03-23T10:40:00Z",
        include_str!("../mails/thread-2.eml"),
    ),
    (
        "2026-03-23T11:05:00Z",
        include_str!("../mails/thread-3.eml"),
    ),
    (
        "2026-03-24T08:55:00Z",
        include_str!("../mails/thread-4.eml"),
    ),
    (
        "2026-03-24T09:31:00Z",
        include_str!("../mails/thread-5.eml"),
    ),
    (
        "2026-03-25T14:20:00Z",
        include_str!("../mails/thread-6.eml"),
    ),
];

/// The mails before that one, which are archived.
pub(crate) fn history() -> impl Iterator<Item = SeedMessage> {
    HISTORY.iter().map(|(date, raw)| SeedMessage {
        thread: Some(THREAD.to_owned()),
        ..seed(date, raw)
    })
}

/// That mail, in one thread with those before it.
pub(crate) fn end_of_history(mail: &Mail) -> SeedMessage {
    SeedMessage {
        thread: Some(THREAD.to_owned()),
        ..mail.seed()
    }
}

fn seed(date: &str, raw: &str) -> SeedMessage {
    SeedMessage {
        date: date.to_owned(),
        raw: Some(raw.replace('\n', "\r\n")),
        ..SeedMessage::default()
    }
}

/// From large senders' templates to a person's own words; by their dates.
pub(crate) const MAILS: [Mail; 10] = [
    Mail {
        name: "newsletter",
        raw: include_str!("../mails/newsletter.eml"),
        from: "weekly@citypost.example",
        subject: "City Post Weekly: the night tram",
        date: "2026-04-06T05:02:11Z",
        facts: &[
            "line 12 runs every 20 minutes until 2 a.m.",
            "1.4 million euros",
            "Saturday, 11 April at 10",
            "240 seats",
            "Three bakeries",
            "180 bacteria per 100 ml",
            "14.80 euros per square metre, 6.2 %",
        ],
        files: &[],
    },
    Mail {
        name: "invitation",
        raw: include_str!("../mails/invitation.eml"),
        from: "carol@partner.example",
        subject: "Invitation: Offsite planning @ Mon 18 May 2026 9am - 10:30am (WEST) \
                  (alice@example.com)",
        date: "2026-04-07T08:15:02Z",
        facts: &[
            "Monday 18 May 2026 ⋅ 9am – 10:30am (Western European Time - Lisbon)",
            "Hotel Miramar, Lisbon",
            "Agenda: budget, venue, travel.",
            "Carol Reyes",
        ],
        files: &["invite.ics"],
    },
    Mail {
        name: "invoice",
        raw: include_str!("../mails/invoice.eml"),
        from: "billing@hosting.example",
        subject: "Your invoice H-2026-004711 from Hosting Example Ltd.",
        date: "2026-04-08T06:30:00Z",
        facts: &[
            "H-2026-004711",
            "Due 21 April 2026",
            "Server M, 1 March to 31 March 2026",
            "€24.00",
            "Backup storage, 500 GB",
            "€16.00",
            "€14.00",
            "€45.38",
            "VAT 19%",
            "€8.62",
            "€54.00",
            "DE02 1203 0000 0000 2020 51",
        ],
        files: &["Invoice-H-2026-004711.pdf"],
    },
    Mail {
        name: THREAD,
        raw: include_str!("../mails/thread-7.eml"),
        from: "bob@example.com",
        subject: "Re: Offers for the move",
        date: "2026-04-09T07:45:10Z",
        facts: &[
            "120 crates",
            "Wednesday 10 June before noon",
            "CR-88213",
            "Friday 12 June, 8 a.m.",
            "3,240 euros",
            "2,950 euros",
            "extra for stairs above the third floor",
            "Saturday the 13th",
        ],
        files: &[],
    },
    Mail {
        name: "personal",
        raw: include_str!("../mails/personal.eml"),
        from: "nina.park@mail.example",
        subject: "Lunch on Friday?",
        date: "2026-04-09T17:22:41Z",
        facts: &["https://fishhall.example/menu", "13:30", "15:05", "27.50"],
        files: &[],
    },
    Mail {
        name: "delivery report",
        raw: include_str!("../mails/delivery-report.eml"),
        from: "mailer-daemon@googlemail.com",
        subject: "Delivery Status Notification (Failure)",
        date: "2026-04-10T09:11:15Z",
        facts: &["nobody@partner.example", "Address not found", "5.1.1"],
        files: &["icon.png", "Offsite"],
    },
    Mail {
        name: "notification",
        raw: include_str!("../mails/notification.eml"),
        from: "notifications@forge.example",
        subject: "Re: [acme/robot] Retry what was not answered (PR #1234)",
        date: "2026-04-11T08:17:33Z",
        facts: &[
            "dporter",
            "is 5 in the code and 3 in the docs",
            "41 seconds",
            "Release 2.7.0 is cut on 16 April",
        ],
        files: &[],
    },
    Mail {
        name: "shipping",
        raw: include_str!("../mails/shipping.eml"),
        from: "service@outdoor.example",
        subject: "A shipment from order #10482 is on the way",
        date: "2026-04-12T16:40:09Z",
        facts: &[
            "Tuesday, 14 April, between 10 and 13 o'clock",
            "00340434161094042557",
            "Trail bottle 0.75 l × 2",
            "€19.90",
            "Wool socks × 3",
            "€12.50",
            "Head lamp × 1",
            "€34.00",
            "€4.95",
            "€116.25",
        ],
        files: &[],
    },
    Mail {
        name: "calendar reply",
        raw: include_str!("../mails/calendar-reply.eml"),
        from: "bob@example.com",
        subject: "Accepted: Budget review @ Mon 20 Apr 2026 2pm - 3pm (CEST) (Bob Sample)",
        date: "2026-04-13T09:12:30Z",
        facts: &[
            "Bob Sample",
            "has accepted this invitation",
            "Monday 20 April 2026 ⋅ 2pm – 3pm (Central European Time - Berlin)",
        ],
        files: &["invite.ics"],
    },
    Mail {
        name: "another charset",
        raw: include_str!("../mails/other-charset.eml"),
        from: "booking@miramar.example",
        subject: "Бронь SPB-70315 подтверждена",
        date: "2026-04-14T09:05:00Z",
        facts: &[
            "«Мирамар», Санкт-Петербург, с 3 по 7 июля 2026 г.",
            "48 600 рублей",
            "12 000 рублей",
            "до 26 июня: https://miramar.example/cancel?b=SPB-70315",
        ],
        files: &[],
    },
];

impl Mail {
    /// As it lies in the inbox.
    pub(crate) fn seed(&self) -> SeedMessage {
        SeedMessage {
            labels: vec!["INBOX".to_owned(), "UNREAD".to_owned()],
            ..seed(self.date, self.raw)
        }
    }

    /// Where its links lead, as its HTML says.
    pub(crate) fn links(&self) -> Vec<String> {
        let targets = self.raw.split(" href=\"").skip(1);
        targets
            .filter_map(|rest| rest.split_once('"'))
            .map(|(target, _)| target.replace("&amp;", "&"))
            .collect()
    }
}
