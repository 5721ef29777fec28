//! What the quickstart holds itself to.

use std::collections::BTreeMap;

use anyhow::ensure;
use toolgate_auth::store::TokenRow;
use toolgate_emulator::{RecordedRequest, Seed, SeedMessage};
use toolgate_framework::{Answer, Message};

const PEOPLE: [&str; 2] = ["alice", "bob"];

/// A word that stands in one person's mailbox only.
fn canary(user: &str) -> String {
    format!("canary-of-{user}")
}

/// The sample mailboxes, each with one more unread mail that holds its canary.
pub(crate) fn seed() -> Seed {
    let mut seed = Seed::sample();
    for account in &mut seed.accounts {
        let user = account
            .email
            .split('@')
            .next()
            .unwrap_or_default()
            .to_owned();
        account.gmail.messages.push(SeedMessage {
            from: "Nina Novak <nina@example.net>".to_owned(),
            subject: format!("Your {}", canary(&user)),
            date: "-1m".to_owned(),
            labels: vec!["INBOX".to_owned(), "UNREAD".to_owned()],
            text: Some(format!("Please look after your {}.", canary(&user))),
            ..SeedMessage::default()
        });
    }
    seed
}

/// A run saw its own person's canary, and nobody else's.
pub(crate) fn own_mail_only(answer: &Answer, user: &str) -> anyhow::Result<()> {
    let seen = format!("{:?}", answer.messages);
    for person in PEOPLE {
        let found = seen.contains(&canary(person));
        ensure!(
            found == (person == user),
            "{user}'s run and {person}'s canary: found is {found}"
        );
    }
    ensure!(
        answer.text.contains("draft"),
        "{user}'s run ended without a draft: {}",
        answer.text
    );
    Ok(())
}

/// Each access token was used for one account, and each account had a token of its own.
pub(crate) fn bearers(requests: &[RecordedRequest]) -> anyhow::Result<()> {
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    let calls = requests
        .iter()
        .filter_map(|it| Some((it.bearer.as_deref()?, it.account.as_deref()?)));
    for (bearer, account) in calls {
        let owner = owners.entry(bearer).or_insert(account);
        ensure!(
            *owner == account,
            "one access token was used for {owner} and for {account}"
        );
    }
    for person in PEOPLE {
        let account = format!("{person}@example.com");
        ensure!(
            owners.values().any(|owner| *owner == account),
            "{account} was never read"
        );
    }
    Ok(())
}

/// So many tool calls were made, and each was answered with no error.
pub(crate) fn all_answered(answer: &Answer, calls: usize) -> anyhow::Result<()> {
    let answered = answer.messages.iter().filter(|message| {
        let failed = matches!(message, Message::ToolResult { is_error: true, .. });
        matches!(message, Message::ToolResult { .. }) && !failed
    });
    let answered = answered.count();
    ensure!(
        answered == calls,
        "{answered} of {calls} tool calls were answered: {}",
        answer.text
    );
    Ok(())
}

/// How often Google was asked for a refresh.
pub(crate) fn refreshes(requests: &[RecordedRequest]) -> usize {
    let refresh = |it: &&RecordedRequest| it.body.contains("grant_type=refresh_token");
    requests.iter().filter(refresh).count()
}

/// The row holds ciphertext: no token of the emulator's is in it.
pub(crate) fn is_sealed(row: &TokenRow) -> anyhow::Result<()> {
    let sealed = row
        .sealed
        .as_ref()
        .map(|it| it.data.to_string())
        .unwrap_or_default();
    ensure!(sealed.contains("ciphertext"), "a row is not sealed");
    ensure!(
        !sealed.contains("ya29.") && !sealed.contains("1//"),
        "a row holds a token in clear"
    );
    Ok(())
}
