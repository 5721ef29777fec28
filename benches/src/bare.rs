//! The same rows by sqlx alone, as a program without Toolgate would read and write them.

use sea_orm::sqlx::{
    AssertSqlSafe, ColumnIndex, Database, Decode, Encode, Executor, IntoArguments,
    Pool as SqlxPool, Row, Type, query,
};
use serde_json::{Value, json};
use toolgate_auth::TokenKey;
use toolgate_auth::store::Consent;

use crate::database::Pool;

const TEXTS: [&str; 21] = [
    "id",
    "incarnation",
    "tenant_id",
    "provider",
    "service",
    "user_id",
    "account_label",
    "account_id",
    "account_email",
    "client_id",
    "token_data",
    "key_id",
    "consented_scopes",
    "token_scopes",
    "status",
    "status_reason",
    "project",
    "rt_hash",
    "rt_prefix_mac",
    "lease_owner",
    "last_error",
];

const NUMBERS: [&str; 12] = [
    "expires_at",
    "lifetime",
    "refresh_expires_at",
    "version",
    "grant_epoch",
    "lease_seq",
    "lease_until",
    "fail_count",
    "next_attempt_at",
    "created_at",
    "updated_at",
    "last_used_at",
];

const SELECT: &str = "SELECT * FROM auth_tokens WHERE id = $1";

/// What a consent writes, in the order in which `write` binds it.
const WRITTEN: [&str; 27] = [
    "id",
    "incarnation",
    "provider",
    "service",
    "user_id",
    "account_id",
    "account_email",
    "client_id",
    "token_data",
    "key_id",
    "consented_scopes",
    "token_scopes",
    "status",
    "status_reason",
    "expires_at",
    "lifetime",
    "refresh_expires_at",
    "project",
    "rt_hash",
    "rt_prefix_mac",
    "lease_owner",
    "lease_until",
    "fail_count",
    "last_error",
    "next_attempt_at",
    "created_at",
    "updated_at",
];

/// What a row's first writing decides.
const KEPT: [&str; 6] = [
    "id",
    "incarnation",
    "provider",
    "service",
    "user_id",
    "created_at",
];

const COUNTERS: [&str; 3] = ["version", "grant_epoch", "lease_seq"];

/// Reads a row into values of Rust, JSON as its text.
pub(crate) async fn select(pool: &Pool, id: &str) -> anyhow::Result<usize> {
    match pool {
        Pool::Sqlite(pool) => select_by(pool, id).await,
        Pool::Postgres(pool) => select_by(pool, id).await,
    }
}

async fn select_by<D: Database>(pool: &SqlxPool<D>, id: &str) -> anyhow::Result<usize>
where
    for<'c> &'c SqlxPool<D>: Executor<'c, Database = D>,
    D::Arguments: IntoArguments<D>,
    for<'q> &'q str: Encode<'q, D> + Type<D> + ColumnIndex<D::Row>,
    for<'r> Option<String>: Decode<'r, D>,
    for<'r> Option<i64>: Decode<'r, D>,
{
    let row = query::<D>(SELECT).bind(id).fetch_one(pool).await?;
    let mut size = 0;
    for column in TEXTS {
        let text: Option<String> = row.try_get_unchecked(column)?;
        size += std::hint::black_box(text).map_or(0, |text| text.len());
    }
    for column in NUMBERS {
        let number: Option<i64> = row.try_get_unchecked(column)?;
        size += usize::from(std::hint::black_box(number).is_some());
    }
    Ok(size)
}

/// The text of the upsert that writes a consent.
pub(crate) fn upsert_text() -> String {
    let columns: Vec<_> = WRITTEN.into_iter().chain(COUNTERS).collect();
    let places: Vec<_> = (1..=WRITTEN.len())
        .map(|place| format!("${place}"))
        .chain(COUNTERS.map(|_| "1".to_owned()))
        .collect();
    let updates: Vec<_> = WRITTEN
        .into_iter()
        .filter(|column| !KEPT.contains(column))
        .map(|column| format!("{column} = excluded.{column}"))
        .chain(COUNTERS.map(|counter| format!("{counter} = auth_tokens.{counter} + 1")))
        .collect();
    format!(
        "INSERT INTO auth_tokens ({}) VALUES ({}) ON CONFLICT (id) DO UPDATE SET {} \
         RETURNING incarnation, version, grant_epoch",
        columns.join(", "),
        places.join(", "),
        updates.join(", "),
    )
}

/// Writes a consent over whatever is there.
pub(crate) async fn upsert(
    pool: &Pool,
    text: &str,
    key: &TokenKey,
    consent: &Consent,
) -> anyhow::Result<()> {
    match pool {
        Pool::Sqlite(pool) => write(pool, text, key, consent).await,
        Pool::Postgres(pool) => write(pool, text, key, consent).await,
    }
}

async fn write<D: Database>(
    pool: &SqlxPool<D>,
    text: &str,
    key: &TokenKey,
    consent: &Consent,
) -> anyhow::Result<()>
where
    for<'c> &'c SqlxPool<D>: Executor<'c, Database = D>,
    D::Arguments: IntoArguments<D>,
    for<'q> String: Encode<'q, D> + Type<D>,
    for<'q> Option<String>: Encode<'q, D> + Type<D>,
    for<'q> i64: Encode<'q, D> + Type<D>,
    for<'q> Option<i64>: Encode<'q, D> + Type<D>,
    for<'q> Value: Encode<'q, D> + Type<D>,
    for<'r> String: Decode<'r, D>,
    for<'r> i64: Decode<'r, D>,
    usize: ColumnIndex<D::Row>,
{
    let user = key.principal().user().map(|user| user.as_str().to_owned());
    let (now, hour) = (1_790_000_000_000_i64, 3_600_000_i64);
    let row = query::<D>(AssertSqlSafe(text))
        .bind(key.id().as_str().to_owned())
        .bind(consent.incarnation.as_str().to_owned())
        .bind("google".to_owned())
        .bind(key.service().as_str().to_owned())
        .bind(user)
        .bind(consent.account_id.clone())
        .bind(consent.account_email.clone())
        .bind(consent.client_id.clone())
        .bind(consent.sealed.data.clone())
        .bind(consent.sealed.key_id.clone())
        .bind(json!(consent.consented_scopes))
        .bind(json!(consent.token_scopes))
        .bind("active".to_owned())
        .bind(None::<String>)
        .bind(now + hour)
        .bind(hour)
        .bind(None::<i64>)
        .bind(consent.project.clone())
        .bind(consent.rt_hash.clone())
        .bind(consent.rt_prefix_mac.clone())
        .bind(None::<String>)
        .bind(None::<i64>)
        .bind(0_i64)
        .bind(None::<String>)
        .bind(None::<i64>)
        .bind(now)
        .bind(now)
        .fetch_one(pool)
        .await?;
    let marker: (String, i64, i64) = (
        row.try_get_unchecked(0)?,
        row.try_get_unchecked(1)?,
        row.try_get_unchecked(2)?,
    );
    std::hint::black_box(marker);
    Ok(())
}
