//! The tool `list_google_accounts`: which accounts the person has connected.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_auth::Connection;
use toolgate_auth::store::RowStatus;
use toolgate_toolkit::{ToolContext, ToolError};

use super::connect::whose;

/// Lists the person's Google accounts: names, addresses, services, and whether they work.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListAccounts {}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Accounts {
    accounts: Vec<Own>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Own {
    /// What it is called; the word default is the account without a name of its own.
    account: String,
    /// Its e-mail address.
    email: Option<String>,
    /// Whether it is the one that is meant where no account is named.
    is_default: bool,
    /// The services that may be used with it.
    services: Vec<String>,
    /// `connected`, `needs_consent` (the person has to sign in again), or `blocked`.
    status: &'static str,
}

pub(super) async fn list_accounts(
    cx: ToolContext,
    _args: ListAccounts,
) -> Result<Accounts, ToolError> {
    let (auth, person) = whose(&cx)?;
    let own = auth.connections(person).await?;
    let is_only = own.len() == 1;
    let accounts = own.into_iter().map(|it| account(it, is_only)).collect();
    Ok(Accounts { accounts })
}

/// The only account is the default one, whatever it is called.
fn account(it: Connection, is_only: bool) -> Own {
    Own {
        account: it.name().to_owned(),
        is_default: it.account.is_none() || is_only,
        status: match it.status {
            RowStatus::Active => "connected",
            RowStatus::NeedsConsent => "needs_consent",
            _ => "blocked",
        },
        email: it.email,
        services: it.services,
    }
}
