//! What invitations say.

use super::*;

const INVITATION: &str = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Lisbon\r\n\
    BEGIN:DAYLIGHT\r\nDTSTART:19960331T010000\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n\
    DTSTART;TZID=Europe/Lisbon:20260518T090000\r\nDTEND;TZID=Europe/Lisbon:20260518T103000\r\n\
    SUMMARY:Offsite\\, first\r\n  day\\nwith a walk\r\n\
    ORGANIZER;CN=\"Reyes; Carol: lead\":MAILTO:carol@partner.example\r\n\
    ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:alice@example.com\r\nLOCATION:Hotel\u{202e} Miramar\r\n\
    RRULE:FREQ=WEEKLY;COUNT=3\r\nBEGIN:VALARM\r\nSUMMARY:Alarm\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

#[test]
fn an_invitation_says_what_when_where_and_by_whom() {
    assert_eq!(
        summary(INVITATION).unwrap(),
        "Invitation: Offsite, first day with a walk\n\
         When: 2026-05-18 09:00 Europe/Lisbon to 2026-05-18 10:30 Europe/Lisbon\n\
         Where: Hotel Miramar\n\
         Organizer: Reyes; Carol: lead <carol@partner.example>\n\
         Repeats: FREQ=WEEKLY;COUNT=3\n\
             No answer yet: alice@example.com"
    );
}

#[test]
fn times_are_told_as_they_were_meant() {
    for (lines, when) in [
        ("DTSTART:20260518T090000Z", "2026-05-18 09:00 UTC"),
        ("DTSTART:20260518T090000", "2026-05-18 09:00 (no time zone)"),
        (
            "DTSTART:20260518T090000Z\nDURATION:PT1H",
            "2026-05-18 09:00 UTC for PT1H",
        ),
        ("DTSTART;VALUE=DATE:20260518", "2026-05-18 (all day)"),
        (
            "DTSTART;VALUE=DATE:20260518\nDTEND;VALUE=DATE:20260519",
            "2026-05-18 (all day)",
        ),
        (
            "DTSTART;VALUE=DATE:20260518\nDTEND;VALUE=DATE:20260521",
            "2026-05-18 (all day) to 2026-05-20",
        ),
        ("DTSTART:soon", "soon"),
    ] {
        let text = format!("BEGIN:VEVENT\nSUMMARY:S\n{lines}\nEND:VEVENT");
        assert_eq!(
            summary(&text).unwrap(),
            format!("Event: S\nWhen: {when}"),
            "{lines}"
        );
    }
}

#[test]
fn answers_and_cancellations_are_told_as_that() {
    let reply = "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nSUMMARY:S\n\
                 ATTENDEE;CN=Bob;PARTSTAT=DECLINED:mailto:bob@example.com\nEND:VEVENT\nEND:VCALENDAR";
    assert_eq!(
        summary(reply).unwrap(),
        "Answer to an invitation: S\nAnswers: Bob <bob@example.com> (DECLINED)"
    );
    let cancel = reply.replace("REPLY", "CANCEL");
    assert!(summary(&cancel).unwrap().starts_with("Cancelled event: S"));
}

#[test]
fn what_is_no_event_shows_nothing_and_many_are_counted() {
    for text in [
        "",
        "BEGIN:VCALENDAR",
        "SUMMARY:S",
        "BEGIN:VTODO\nSUMMARY:S",
        "BEGIN:VEVENT\n:",
        "END:VEVENT",
    ] {
        assert_eq!(summary(text), None, "{text}");
    }
    let many = "BEGIN:VEVENT\nSUMMARY:S\nEND:VEVENT\n".repeat(12);
    let shown = summary(&many).unwrap();
    assert_eq!(shown.matches("Event: S").count(), MOST);
    assert!(shown.ends_with("(2 more events)"), "{shown}");
}

/// What comes of these lines of an event.
fn of_event(lines: &str) -> Vec<String> {
    let shown = summary(&format!("BEGIN:VEVENT\nSUMMARY:S\n{lines}\nEND:VEVENT"));
    shown.unwrap().lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn what_one_needs_to_join_and_to_answer_is_told() {
    for (lines, expected) in [
        (
            "DESCRIPTION:Join: https://meet.example/abc\\nPIN: 123 456#",
            "Description: Join: https://meet.example/abc PIN: 123 456#",
        ),
        (
            "DESCRIPTION:<p>Join <a href=\"https://meet.example/abc\">here</a></p><br>PIN 1",
            "Description: Join [here](https://meet.example/abc) PIN 1",
        ),
        (
            "URL:https://calendar.example/77\nX-GOOGLE-CONFERENCE:https://meet.example/abc\nURL:https://calendar.example/77",
            "Link: https://calendar.example/77, https://meet.example/abc",
        ),
        (
            "CONFERENCE;VALUE=URI:https://meet.example/x",
            "Link: https://meet.example/x",
        ),
        (
            "X-MICROSOFT-SKYPETEAMSMEETINGURL:https://teams.example/x",
            "Link: https://teams.example/x",
        ),
        (
            "ATTENDEE;CN=bob@example.com:mailto:bob@example.com\nATTENDEE;CN=Ann;PARTSTAT=NEEDS-ACTION:mailto:ann@example.org",
            "No answer yet: bob@example.com, Ann <ann@example.org>",
        ),
        (
            "EXDATE;TZID=Europe/Lisbon:20260518T090000,20260525T090000\nEXDATE;VALUE=DATE:20260601",
            "Not on: 2026-05-18 09:00 Europe/Lisbon, 2026-05-25 09:00 Europe/Lisbon, 2026-06-01 (all day)",
        ),
        ("RDATE:20260518T090000Z", "Also on: 2026-05-18 09:00 UTC"),
        (
            "RECURRENCE-ID;TZID=Europe/Lisbon:20260518T090000",
            "Occurrence: that of 2026-05-18 09:00 Europe/Lisbon",
        ),
        (
            "RECURRENCE-ID;RANGE=THISANDFUTURE:20260518T090000Z",
            "Occurrence: that of 2026-05-18 09:00 UTC and all after it",
        ),
    ] {
        assert_eq!(of_event(lines), [expected], "{lines}");
    }
}

#[test]
fn long_lists_and_descriptions_are_bounded_and_say_so() {
    let people: Vec<String> = (0..30)
        .map(|n| format!("ATTENDEE:mailto:a{n}@example.com"))
        .collect();
    let shown = of_event(&people.join("\n"));
    assert_eq!(shown[0].matches('@').count(), MOST);
    assert!(
        shown[0].ends_with("a9@example.com and 20 more"),
        "{shown:?}"
    );
    let days: Vec<String> = (10..30).map(|n| format!("202605{n}")).collect();
    let shown = of_event(&format!("EXDATE;VALUE=DATE:{}", days.join(",")));
    assert!(shown[0].ends_with("and 10 more"), "{shown:?}");
    let shown = of_event(&format!("DESCRIPTION:{}", "ü".repeat(9_000)));
    assert_eq!(
        shown[0].chars().count(),
        "Description: ".len() + DESCRIPTION + 1
    );
    assert!(shown[0].ends_with('…'), "{shown:?}");
}
