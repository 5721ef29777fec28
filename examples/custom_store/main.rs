//! Grants in a store of your own: the storage traits over whatever you have, and the contract suite
//! that says whether it holds.
//!
//! ```text
//! cargo run --example custom_store          # an agent on it
//! cargo test --example custom_store         # the contract, a test for each sentence of it
//! ```
//!
//! The store here is a table behind a lock. What each operation does to a row are pure functions of
//! `toolgate_auth::store::transition`; a store of your own reads the row, asks one, and writes what it
//! says, within one transaction of its database. An emulated Google is started.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

mod store;

use anyhow::Context as _;
use serde_json::json;
use toolgate_auth::store::{Database as _, ListScope};
use toolgate_examples::Google;
use toolgate_framework::{Agent, ModelReply, RunContext, ScriptedModel};
use toolgate_gmail::GmailToolkit;

use store::TableDatabase;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let google = Google::here().await?;
    let database = TableDatabase::new();
    let gmail = GmailToolkit::new()
        .google_auth(google.in_browser("alice@example.com")?.build()?)
        .store_tokens(true);
    let model = ScriptedModel::new("unread", |conversation| match conversation.last_result() {
        None => ModelReply::call("search_emails", json!({"query": "is:unread"})),
        Some(found) => ModelReply::text(format!("unread mails: {}", found["count"])),
    });
    let agent = Agent::builder().model(model).database(database.clone());
    let agent = agent.toolkit(gmail).build().await?;
    for report in agent.bindings() {
        println!("{report}");
    }
    println!(
        "{}",
        agent
            .run(RunContext::anonymous(), "What is unread?")
            .await?
    );
    let tokens = database.token_store().context("it keeps tokens")?;
    let rows = tokens.list(&ListScope::All, None, 10).await?;
    for row in rows {
        println!(
            "stored: {} of {}, {}",
            row.key.service(),
            row.key.principal(),
            row.status
        );
    }
    Ok(())
}

#[cfg(test)]
mod contract {
    //! `token_store_suite` expands to a test for each sentence of the contract.

    use toolgate_auth::store::NowFn;
    use toolgate_testkit::Fixture;

    use crate::store::TableDatabase;

    #[expect(clippy::unused_async, reason = "most stores have to be waited for")]
    async fn fresh(now: Option<NowFn>) -> Option<Fixture> {
        let database = match now {
            Some(now) => TableDatabase::new().with_now(now),
            None => TableDatabase::new(),
        };
        Some(Fixture::new(database))
    }

    toolgate_testkit::token_store_suite!(fresh);
}
