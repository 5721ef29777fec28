//! The database, its schema, its keys and its clock.

use std::time::Duration;

use toolgate_auth::store::Database;
use toolgate_auth::{
    Clock as _, Environment, Error as AuthError, KeySource, KeyUse, KeysInUse, Operator, Principal,
    RowId, Service, SystemClock, Timestamp, TokenKey,
};

use super::Finding;
use crate::{DatabaseUrl, Error, Schema, Storage};

/// Leases run on the database's clock, but id tokens are checked by ours.
const SKEW: Duration = Duration::from_mins(1);

/// How many rows or sessions that do not open are named.
const NAMED: usize = 5;
/// Sessions come with all that was said in them, so only so many are opened.
const SESSIONS: u32 = 200;

/// Looks at the tables of this name; `keys` is none where what is said of them cannot be used.
pub(super) async fn examine(
    url: &DatabaseUrl,
    table: Option<&str>,
    keys: Option<&KeySource>,
    environment: &Environment,
) -> Vec<Finding> {
    let mut found = Vec::new();
    let Some(storage) = reached(url, table, &mut found).await else {
        return found;
    };
    let database = storage.database();
    found.push(clock(database).await);
    if let Some(keys) = keys {
        found.extend(sealing(database, keys, environment).await);
    }
    found
}

async fn reached(
    url: &DatabaseUrl,
    table: Option<&str>,
    found: &mut Vec<Finding>,
) -> Option<Storage> {
    let schema = match schema_of(url, table).await {
        Ok(schema) => schema,
        Err(error) => {
            found.push(Finding::problem("database", error.to_string()));
            return None;
        }
    };
    found.push(Finding::ok("database", format!("{url} answers")));
    match opened(url, table, &schema).await {
        Ok(storage) => {
            found.push(Finding::ok("schema", "is of this version"));
            Some(storage)
        }
        Err(says) => {
            found.push(Finding::problem("schema", says));
            None
        }
    }
}

async fn schema_of(url: &DatabaseUrl, table: Option<&str>) -> Result<Schema, Error> {
    let schema = Schema::open_existing(url).await?;
    match table {
        Some(table) => schema.with_table_name(table),
        None => Ok(schema),
    }
}

async fn opened(
    url: &DatabaseUrl,
    table: Option<&str>,
    schema: &Schema,
) -> Result<Storage, String> {
    let status = schema.status().await.map_err(|error| error.to_string())?;
    if status.schema.is_none() {
        return Err(
            "Toolgate's tables are not there; run `cargo xtask migrate up`, or start the program \
             once; where the table of grants is not called auth_tokens, name it by --token-table"
                .to_owned(),
        );
    }
    let storage = Storage::open_with(url, table).await;
    storage.map_err(|error| error.to_string())
}

async fn clock(database: &dyn Database) -> Finding {
    const CHECK: &str = "database clock";
    let Some(tokens) = database.token_store() else {
        return Finding::problem(CHECK, "the database keeps no tokens");
    };
    let nobody = TokenKey::new(Principal::anonymous(), Service::google());
    match tokens.get(&nobody).await {
        Ok(fetched) => skew(CHECK, "the database's", fetched.now),
        Err(error) => Finding::problem(CHECK, error.to_string()),
    }
}

/// How far another clock is from this machine's.
pub(super) fn skew(check: &'static str, whose: &str, theirs: Timestamp) -> Finding {
    let ours = SystemClock.now();
    let apart = ours.since(theirs).max(theirs.since(ours));
    if apart <= SKEW {
        return Finding::ok(check, format!("{whose} clock and this machine's agree"));
    }
    let seconds = apart.as_secs();
    Finding::warning(
        check,
        format!("{whose} clock is {seconds} s from this machine's; set both by NTP"),
    )
}

async fn sealing(
    database: &dyn Database,
    keys: &KeySource,
    environment: &Environment,
) -> Vec<Finding> {
    const CHECK: &str = "keys";
    let operator = match Operator::look_in(database, keys, environment).await {
        Ok(Some(operator)) => operator,
        Ok(None) => {
            return vec![Finding::warning(
                CHECK,
                "there is no key yet: one is made in a file beside the database at first use; back \
                 that up",
            )];
        }
        Err(error) => return vec![Finding::problem(CHECK, error.to_string())],
    };
    let fits = format!("{} seals, and fits this database", operator.active_key());
    let rows = match operator.keys_in_use().await {
        Ok(used) => rows(&used),
        Err(error) => Finding::problem("rows", error.to_string()),
    };
    let all = "what is under these keys opens";
    let sealed = openable("sealed rows", operator.damaged_rows().await, all);
    let first = format!("what is under these keys opens, of the first {SESSIONS}");
    let sessions = operator.damaged_sessions(SESSIONS).await;
    let sessions = openable("sessions", sessions, &first);
    vec![Finding::ok(CHECK, fits), rows, sealed, sessions]
}

/// What does not open, though its key is there. What is under a key that is not there is told of the
/// rows.
fn openable(check: &'static str, damaged: Result<Vec<RowId>, AuthError>, fine: &str) -> Finding {
    let damaged = match damaged {
        Ok(damaged) if damaged.is_empty() => {
            return Finding::ok(check, fine);
        }
        Ok(damaged) => damaged,
        Err(error) => return Finding::problem(check, error.to_string()),
    };
    let named: Vec<_> = damaged.iter().take(NAMED).map(RowId::as_str).collect();
    let (count, named) = (damaged.len(), named.join(", "));
    let dots = if count > NAMED { ", .." } else { "" };
    Finding::problem(
        check,
        format!(
            "{count} do not open, though their keys are configured: they were altered, or copied from \
             another database or row ({named}{dots}); restore them from a backup, or let these \
             people sign in again"
        ),
    )
}

fn rows(used: &KeysInUse) -> Finding {
    const CHECK: &str = "rows";
    let lost = used.keys.iter().filter(|key| !key.is_known);
    let lost: Vec<_> = lost.filter(|key| key.rows + key.sessions > 0).collect();
    if !lost.is_empty() {
        let lost: Vec<_> = lost.into_iter().map(told).collect();
        return Finding::problem(
            CHECK,
            format!(
                "these cannot be opened, as their keys are not configured: {}; add these keys again",
                lost.join(", ")
            ),
        );
    }
    let old = used.keys.iter().filter(|key| !key.is_active);
    let old: Vec<_> = old
        .filter(|key| key.rows + key.names + key.sessions > 0)
        .collect();
    if !old.is_empty() {
        let old: Vec<_> = old.into_iter().map(told).collect();
        let says = format!(
            "sealed or named under an old key: {}; run `cargo xtask keys rotate`",
            old.join(", ")
        );
        return Finding::warning(CHECK, says);
    }
    let all: u64 = used.keys.iter().map(|key| key.rows).sum();
    Finding::ok(CHECK, format!("{all} are sealed under the active key"))
}

fn told(key: &KeyUse) -> String {
    let KeyUse {
        id,
        rows,
        names,
        sessions,
        ..
    } = key;
    let names = match names {
        0 => String::new(),
        names => format!(", the names of {names} more"),
    };
    format!("{rows} rows{names} and {sessions} conversations and paused runs under {id}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Level;

    #[test]
    fn clocks_that_are_more_than_a_minute_apart_are_told() {
        let now = SystemClock.now().as_millis();
        for (off_by, expected) in [
            (0, Level::Ok),
            (30, Level::Ok),
            (-30, Level::Ok),
            (180, Level::Warning),
            (-180, Level::Warning),
        ] {
            let theirs = Timestamp::from_millis(now + off_by * 1000);
            let found = skew("clock", "its", theirs);
            assert_eq!(found.level, expected, "{off_by}: {found}");
        }
    }
}
