//! `resolve-hot` and `resolve-cold`: from "this person's token" to the token.

use std::time::{Duration, Instant};

use moka::future::Cache;
use toolgate_auth::{Access, TokenKey};
use toolgate_store_sqlite::SqliteDatabase;

use crate::bare;
use crate::database::{Place, Server};
use crate::turns::{Lane, per_call};
use crate::world::{World, key, requirement};

/// As the guard's memory is.
const ENTRIES: u64 = 10_000;
const KEPT: Duration = Duration::from_mins(1);

const HOT_CALLS: usize = 20_000;
const HOT_ROUNDS: usize = 60;

/// Each is asked for once by a process that knows nothing.
pub(crate) const PEOPLE: usize = 256;
const COLD_ROUNDS: usize = 30;

/// The guard with a token in memory, against a look into a cache of the same kind.
pub(crate) async fn hot() -> anyhow::Result<Vec<Lane>> {
    let world = World::start().await?;
    let database = SqliteDatabase::in_memory().await?;
    world.connect(&database, 1).await?;
    let people = world.process(&database, 1).await?;
    let requirement = requirement();
    let guard = async || {
        // Memory is served for a minute; it is renewed outside of the measured time.
        for access in &people {
            access.token(&requirement).await?;
        }
        let start = Instant::now();
        for _ in 0..HOT_CALLS {
            for access in &people {
                std::hint::black_box(access.token(&requirement).await?);
            }
        }
        Ok(per_call(start.elapsed(), HOT_CALLS))
    };
    let cache = Cache::builder()
        .max_capacity(ENTRIES)
        .time_to_live(KEPT)
        .build();
    let key = key(0)?;
    let cached = async || {
        cache.insert(key.clone(), key.id()).await;
        let start = Instant::now();
        for _ in 0..HOT_CALLS {
            std::hint::black_box(cache.get(&key).await);
        }
        Ok(per_call(start.elapsed(), HOT_CALLS))
    };
    let lane = Lane::new("resolve-hot", "memory", "a moka get of the same key")
        .with_bar(3.0)
        .with_most(Duration::from_micros(1))
        .measure(HOT_ROUNDS, guard, cached)
        .await?;
    Ok(vec![lane])
}

/// Read, open and parse, against a select of the same row.
pub(crate) async fn cold(server: &Server) -> anyhow::Result<Vec<Lane>> {
    let mut lanes = Vec::new();
    for (lane, bar, place) in [
        ("SQLite", 1.3, Place::sqlite().await?),
        (
            "PostgreSQL, prepared",
            1.15,
            Place::postgres(server, true).await?,
        ),
        (
            "PostgreSQL, as behind a pooler",
            1.15,
            Place::postgres(server, false).await?,
        ),
    ] {
        let lane = Lane::new("resolve-cold", lane, "a bare select of the row, same pool");
        lanes.push(cold_on(&place, lane.with_bar(bar)).await?);
        place.remove().await?;
    }
    Ok(lanes)
}

async fn cold_on(place: &Place<'_>, lane: Lane) -> anyhow::Result<Lane> {
    let world = World::start().await?;
    world.connect(&*place.database, PEOPLE).await?;
    let keys: Vec<TokenKey> = (0..PEOPLE).map(key).collect::<Result<_, _>>()?;
    let select = async || {
        let start = Instant::now();
        for key in &keys {
            bare::select(&place.pool, key.id().as_str()).await?;
        }
        Ok(per_call(start.elapsed(), PEOPLE))
    };
    let guard = async || cold_round(&world.process(&*place.database, PEOPLE).await?).await;
    lane.measure(COLD_ROUNDS, guard, select).await
}

/// Asks for each person's token once.
pub(crate) async fn cold_round(people: &[Access]) -> anyhow::Result<f64> {
    let requirement = requirement();
    let start = Instant::now();
    for access in people {
        std::hint::black_box(access.token(&requirement).await?);
    }
    Ok(per_call(start.elapsed(), people.len()))
}
