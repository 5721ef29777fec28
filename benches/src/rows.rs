//! `rows`: a look-up among a million rows, against one among a thousand.

use std::time::Instant;

use sea_orm::sqlx::{AssertSqlSafe, Executor as _, PgPool, SqlitePool};
use toolgate_auth::TokenKey;
use toolgate_auth::store::TokenStore;

use crate::database::{Place, Pool, Server};
use crate::turns::{Lane, per_call};
use crate::world::{consent, key};

const FEW: usize = 1_000;
const MANY: usize = 1_000_000;
const ROUNDS: usize = 20;
const BAR: f64 = 1.3;

/// The columns that every row has to itself come first.
const COLUMNS: &str = "incarnation, provider, service, account_email, client_id, token_data, \
    key_id, consented_scopes, token_scopes, status, expires_at, lifetime, project, rt_hash, \
    rt_prefix_mac, version, grant_epoch, lease_seq, fail_count, created_at, updated_at";

pub(crate) async fn run(server: &Server) -> anyhow::Result<Vec<Lane>> {
    let lane = |name| Lane::new("rows", name, "the same look-up at 1,000 rows").with_bar(BAR);
    let (few, many) = (Place::sqlite().await?, Place::sqlite().await?);
    let sqlite = lookups(&few, &many, lane("SQLite, 1,000,000 rows")).await?;
    few.remove().await?;
    many.remove().await?;
    let few = Place::postgres(server, true).await?;
    let many = Place::postgres(server, true).await?;
    let postgres = lookups(&few, &many, lane("PostgreSQL, 1,000,000 rows")).await?;
    many.remove().await?;
    few.remove().await?;
    Ok(vec![sqlite, postgres])
}

async fn lookups(few: &Place<'_>, many: &Place<'_>, lane: Lane) -> anyhow::Result<Lane> {
    let keys: Vec<TokenKey> = (0..FEW).map(key).collect::<Result<_, _>>()?;
    for place in [few, many] {
        let store = place.tokens()?;
        for (user, key) in keys.iter().enumerate() {
            store.upsert(key, &consent(user), None).await?;
        }
    }
    many.pool.fill(keys[0].id().as_str(), MANY - FEW).await?;
    few.pool.settle().await?;
    many.pool.settle().await?;
    let (among_few, among_many) = (few.tokens()?, many.tokens()?);
    lane.measure(
        ROUNDS,
        async || look_up(&*among_many, &keys).await,
        async || look_up(&*among_few, &keys).await,
    )
    .await
}

async fn look_up(store: &dyn TokenStore, keys: &[TokenKey]) -> anyhow::Result<f64> {
    let start = Instant::now();
    for key in keys {
        let fetched = store.get(key).await?;
        anyhow::ensure!(fetched.row.is_some(), "a row is not there");
    }
    Ok(per_call(start.elapsed(), keys.len()))
}

impl Pool {
    /// Adds so many copies of a row, each of another person and account, under ids that are spread
    /// like those of real rows.
    async fn fill(&self, template: &str, rows: usize) -> anyhow::Result<()> {
        match self {
            Self::Sqlite(pool) => fill_sqlite(pool, template, rows).await,
            Self::Postgres(pool) => fill_postgres(pool, template, rows).await,
        }
    }

    /// What a database does by and by after many writes.
    async fn settle(&self) -> anyhow::Result<()> {
        match self {
            Self::Sqlite(pool) => {
                pool.execute("PRAGMA wal_checkpoint(TRUNCATE)").await?;
            }
            Self::Postgres(pool) => {
                pool.execute("VACUUM ANALYZE auth_tokens").await?;
            }
        }
        Ok(())
    }
}

const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

async fn fill_sqlite(pool: &SqlitePool, template: &str, rows: usize) -> anyhow::Result<()> {
    let mut connection = pool.acquire().await?;
    // Only here: what is measured runs on connections as Toolgate opens them.
    connection.execute("PRAGMA cache_size = -400000").await?;
    let text = format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
         INSERT INTO auth_tokens (id, user_id, account_id, {COLUMNS})
         SELECT substr('{ALPHABET}', 1 + (random() & 63), 1) || hex(randomblob(21)),
                'other-' || i, 'other-' || i, {COLUMNS}
         FROM n, (SELECT * FROM auth_tokens WHERE id = '{template}')"
    );
    connection.execute(AssertSqlSafe(text)).await?;
    connection.close_on_drop();
    Ok(())
}

async fn fill_postgres(pool: &PgPool, template: &str, rows: usize) -> anyhow::Result<()> {
    let text = format!(
        "INSERT INTO auth_tokens (id, user_id, account_id, {COLUMNS})
         SELECT substr('{ALPHABET}', 1 + floor(random() * 64)::int, 1)
                    || md5(random()::text) || substr(md5(random()::text), 1, 10),
                'other-' || i, 'other-' || i, {COLUMNS}
         FROM generate_series(1, {rows}) AS i,
              (SELECT * FROM auth_tokens WHERE id = '{template}') AS template"
    );
    pool.execute(AssertSqlSafe(text)).await?;
    Ok(())
}
