//! `save`: writing a consent over the one that was read, against an upsert of the same columns.

use std::time::Instant;

use anyhow::bail;
use toolgate_auth::TokenKey;
use toolgate_auth::store::{Consent, Marker, TokenStore, UpsertOutcome};

use crate::bare;
use crate::database::{Place, Server};
use crate::turns::{Lane, per_call};
use crate::world::{consent, key};

const PEOPLE: usize = 128;
const ROUNDS: usize = 30;
const BAR: f64 = 1.3;

pub(crate) async fn run(server: &Server) -> anyhow::Result<Vec<Lane>> {
    let mut lanes = Vec::new();
    for (lane, place) in [
        ("SQLite", Place::sqlite().await?),
        ("PostgreSQL, prepared", Place::postgres(server, true).await?),
        (
            "PostgreSQL, as behind a pooler",
            Place::postgres(server, false).await?,
        ),
    ] {
        let lane = Lane::new("save", lane, "a bare upsert of the same columns, same pool");
        lanes.push(save_on(&place, lane.with_bar(BAR)).await?);
        place.remove().await?;
    }
    Ok(lanes)
}

async fn save_on(place: &Place<'_>, lane: Lane) -> anyhow::Result<Lane> {
    let store = place.tokens()?;
    let people: Vec<(TokenKey, Consent)> = (0..PEOPLE)
        .map(|user| Ok((key(user)?, consent(user))))
        .collect::<anyhow::Result<_>>()?;
    for (key, consent) in &people {
        written(&store.upsert(key, consent, None).await?)?;
    }
    let text = bare::upsert_text();
    let upsert = async || {
        let start = Instant::now();
        for (key, consent) in &people {
            bare::upsert(&place.pool, &text, key, consent).await?;
        }
        Ok(per_call(start.elapsed(), PEOPLE))
    };
    let ours = async || {
        // What a sign-in has read before it saves.
        let markers = markers(&*store, &people).await?;
        let start = Instant::now();
        for ((key, consent), marker) in people.iter().zip(&markers) {
            written(&store.upsert(key, consent, Some(marker)).await?)?;
        }
        Ok(per_call(start.elapsed(), PEOPLE))
    };
    lane.measure(ROUNDS, ours, upsert).await
}

async fn markers(
    store: &dyn TokenStore,
    people: &[(TokenKey, Consent)],
) -> anyhow::Result<Vec<Marker>> {
    let mut markers = Vec::new();
    for (key, _) in people {
        markers.extend(store.get(key).await?.row.map(|row| row.marker()));
    }
    Ok(markers)
}

fn written(outcome: &UpsertOutcome) -> anyhow::Result<()> {
    match outcome {
        UpsertOutcome::Written(_) => Ok(()),
        _ => bail!("a consent was not written"),
    }
}
