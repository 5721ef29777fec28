//! A web application with a chat, a login of its own and many people: whoever asks for their mail gets
//! a link in the chat, connects Google, and the run goes on by itself.
//!
//! ```text
//! cargo run --example signin_server
//! ```
//!
//! and open the address that it prints. Log in as alice in one browser and as bob in another. No page
//! needs a script. Without Google credentials an emulated Google is started; with `GOOGLE_CLIENT_ID` and
//! `GOOGLE_CLIENT_SECRET` set (a client of type "Web application" that redirects to
//! `http://127.0.0.1:8080/google/callback`) it is Google itself. Consents and paused runs are kept in
//! `toolgate.db`, or in the PostgreSQL database of `DATABASE_URL`; the model is a script.
//!
//! The login asks for a name and no password, and sessions end with the program: put your own in its
//! place. What matters is `login::Sessions`, the `UserVerifier`: it tells the sign-in pages who is logged
//! in, so that a link works for the person that it was made for and for nobody else.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

mod chat;
mod login;
mod pages;

use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use tokio::net::TcpListener;
use toolgate_auth::store::Database;
use toolgate_examples::{Google, environment};
use toolgate_framework::{Agent, ModelReply, ScriptedModel};
use toolgate_gmail::GmailToolkit;
use toolgate_signin::PageOptions;
use toolgate_store_postgres::PostgresDatabase;
use toolgate_store_sqlite::SqliteDatabase;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let port = port()?;
    let google = Google::here().await?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let sessions = Arc::new(login::Sessions::default());
    let auth = google.by_links(&url)?.with_app_name(pages::APP);
    let agent = Agent::builder()
        .model(assistant())
        .database(database().await?)
        .google_auth(
            auth.with_user_verifier(Arc::clone(&sessions) as _)
                .build()?,
        )
        .toolkit(GmailToolkit::new())
        .build()
        .await?;
    let bound = agent.google_auth().context("the agent gives no links")?;
    let sign_in = toolgate_signin::router(bound.clone(), PageOptions::new())?;
    let application = Router::new()
        .merge(chat::router(agent, sessions))
        .merge(sign_in);
    println!("the chat is at {url}/ (Ctrl-C ends it)");
    tokio::select! {
        ended = async { axum::serve(listener, application).await } => ended?,
        stopped = tokio::signal::ctrl_c() => stopped?,
    }
    println!("good bye");
    Ok(())
}

/// `--port`, which is 8080 where it is not said, and any that is free where it is 0.
fn port() -> anyhow::Result<u16> {
    let mut arguments = lexopt::Parser::from_env();
    let mut port = 8080;
    while let Some(argument) = arguments.next()? {
        match argument {
            lexopt::Arg::Long("port") => port = arguments.value()?.to_string_lossy().parse()?,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(port)
}

async fn database() -> anyhow::Result<Arc<dyn Database>> {
    match environment("DATABASE_URL") {
        Some(url) => {
            let database = PostgresDatabase::connect(&url).await;
            let database = database.context("the database of DATABASE_URL cannot be used")?;
            Ok(Arc::new(database))
        }
        None => Ok(Arc::new(SqliteDatabase::open("toolgate.db").await?)),
    }
}

/// Looks into the mail, whatever it is asked.
fn assistant() -> ScriptedModel {
    ScriptedModel::new("mail", |conversation| match conversation.last_result() {
        None => ModelReply::call("search_emails", serde_json::json!({"query": "is:unread"})),
        Some(found) if found["count"].is_u64() => {
            let newest = found["emails"][0]["subject"].as_str().unwrap_or("none");
            let text = format!("{} unread mails; the newest: {newest}", found["count"]);
            ModelReply::text(text)
        }
        Some(failed) => ModelReply::text(format!("That did not work: {}", failed["error"])),
    })
}
