//! Reading seeds, and what is refused.

use super::{Seed, resolve_date};

#[test]
fn the_sample_reads_and_has_what_the_examples_need() {
    let seed = Seed::sample();
    let emails: Vec<&str> = seed
        .accounts
        .iter()
        .map(|account| account.email.as_str())
        .collect();
    assert_eq!(emails, ["alice@example.com", "bob@example.com"]);
    for account in &seed.accounts {
        let messages = &account.gmail.messages;
        let unread = messages
            .iter()
            .filter(|message| message.labels.iter().any(|label| label == "UNREAD"));
        assert!(unread.count() >= 3, "{} has unread mail", account.email);
        assert!(messages.iter().any(|message| message.html.is_some()));
        assert!(
            messages
                .iter()
                .any(|message| !message.attachments.is_empty())
        );
        assert!(messages.iter().any(|message| {
            message
                .raw
                .as_deref()
                .is_some_and(|raw| raw.to_lowercase().contains("iso-8859-1"))
        }));
        let threaded = messages
            .iter()
            .filter(|message| message.thread.is_some())
            .count();
        assert!(threaded >= 3, "{} has a thread", account.email);
    }
}

#[test]
fn yaml_and_json_say_the_same() {
    for name in ["sample", "office"] {
        let seed = Seed::named(name).unwrap();
        let json = serde_json::to_string(&seed).unwrap();
        assert_eq!(Seed::from_json(&json).unwrap(), seed, "{name}");
    }
    assert_ne!(Seed::named("sample"), Seed::named("office"));
    assert_eq!(Seed::named("home"), None);
}

#[test]
fn dates_are_absolute_or_relative() {
    let check = |date: &str, expected: Option<i64>| {
        assert_eq!(resolve_date(date, 1_000_000_000), expected, "{date}");
    };
    check("", Some(1_000_000_000));
    check("-2h", Some(1_000_000_000 - 7_200_000));
    check("-1d", Some(1_000_000_000 - 86_400_000));
    check("-30m", Some(1_000_000_000 - 1_800_000));
    check("1970-01-01T00:00:01Z", Some(1_000));
    check("1970-01-01T01:00:01+01:00", Some(1_000));
    check("yesterday", None);
    check("-2y", None);
    check("-", None);
    check("-é", None);
    check("-99999999999999999d", None);
}

#[test]
fn mistakes_are_named() {
    let check = |yaml: &str, expected: &str| {
        let error = Seed::from_yaml(yaml).unwrap_err();
        assert!(error.is_seed());
        let text = error.to_string();
        assert!(text.contains(expected), "{text:?} lacks {expected:?}");
    };
    check("accounts: [{email: nobody}]", "not an e-mail address");
    check(
        "accounts: [{email: a@b.c}, {email: A@b.c}]",
        "appears twice",
    );
    check("accounts: [{email: a@b.c, nick: x}]", "nick");
    check(
        "accounts: [{email: a@b.c, gmail: {send_as: [{email: sales}]}}]",
        "\"sales\" is not an e-mail address",
    );
    check(
        "accounts: [{email: a@b.c, gmail: {forwarding: [\"x y@z\"]}}]",
        "\"x y@z\" is not an e-mail address",
    );
    check(
        "accounts: [{email: a@b.c, gmail: {messages: [{subject: x}]}}]",
        "message 1: needs `from`",
    );
    check(
        "accounts: [{email: a@b.c, gmail: {messages: [{from: x@y.z, date: soon}]}}]",
        "neither RFC 3339",
    );
    check(
        "accounts: [{email: a@b.c, gmail: {messages: [{from: x@y.z, attachments: \
         [{filename: f, mime_type: a/b, base64: '***'}]}]}}]",
        "well-formed `base64`",
    );
}

#[test]
fn mistakes_in_files_are_named() {
    let check = |files: &str, expected: &str| {
        let yaml = format!("accounts: [{{email: a@b.c, drive: {{files: [{files}]}}}}]");
        let text = Seed::from_yaml(&yaml).unwrap_err().to_string();
        assert!(text.contains(expected), "{text:?} lacks {expected:?}");
    };
    check("{name: x}", "file \"x\": its content is not one");
    check("{name: x, text: a, base64: YQ==}", "its content is not one");
    check("{name: x, base64: '***'}", "its content is not one");
    check(
        "{name: x, markdown: a, mime_type: image/png}",
        "not of its type",
    );
    check(
        "{name: x, text: a, parent: f}",
        "its folder does not stand before it",
    );
    check(
        "{id: f, name: f, text: a}, {name: x, text: a, parent: f}",
        "its folder does not stand before it",
    );
    check(
        "{id: f, name: f, text: a}, {id: f, name: g, text: a}",
        "another has its id",
    );
    check("{name: x, text: a, modified: soon}", "neither RFC 3339");
    check(
        "{name: x, text: a, shared_with: [{role: boss}]}",
        "a role is unknown",
    );
    check("{name: x, text: a, colour: red}", "colour");
}

#[test]
fn an_identifier_is_stable_and_differs_between_accounts() {
    let seed = Seed::sample();
    let [alice, bob] = [seed.accounts[0].subject(), seed.accounts[1].subject()];
    assert_eq!(alice, seed.accounts[0].subject());
    assert_ne!(alice, bob);
    assert_eq!(alice.len(), 21);
    assert!(alice.bytes().all(|byte| byte.is_ascii_digit()));
}
