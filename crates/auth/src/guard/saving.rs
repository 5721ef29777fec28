//! Saving what a refresh gave. A database that does not take it is asked again until the lease
//! ends; then the token serves this process, and saving goes on behind it by the same comparison.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tracing::{debug, info, warn};

use super::pace;
use super::refresh::Attempt;
use super::{Held, Inner, Read, hold};
use crate::accounts::{is_connected, rows_of};
use crate::audit::Event;
use crate::error::Error;
use crate::grant::{TokenAnswer, rt_hash};
use crate::id_token;
use crate::identity::TokenKey;
use crate::scope::ScopeSet;
use crate::seal::Secrets;
use crate::secret::RefreshToken;
use crate::store::{
    GrantAccount, Marker, RefreshedGrant, Sealed, StoreError, StoreErrorKind, TokenRow,
};
use crate::vault::Place;

/// The longest pause between two tries under the lease, and behind it.
const PAUSE: Duration = Duration::from_secs(1);
const LONG_PAUSE: Duration = Duration::from_secs(30);
/// One try.
const TRY: Duration = Duration::from_secs(5);

/// A grant that was refreshed and is not saved yet.
struct Fresh {
    attempt: Attempt,
    answer: TokenAnswer,
    sealed: Sealed,
    refresh: RefreshToken,
    /// The refresh token is another one than the row's.
    rotated: bool,
    /// Whose the row is, where the answer says so and the row does not.
    account: Option<GrantAccount>,
}

/// What this process keeps of such a grant.
#[derive(Debug)]
pub(super) struct Unsaved {
    /// The version that it was refreshed from: it serves as long as the row is still that.
    at: Marker,
    pub(super) held: Arc<Held>,
    pub(super) refresh: RefreshToken,
    rotated: bool,
    /// Held by whoever tries to save it, or asks Google with it.
    pub(super) turn: tokio::sync::Mutex<()>,
    /// An API has refused the access token.
    refused: AtomicBool,
}

impl Unsaved {
    /// The token, as a reader at this moment holds it. One that an API refused counts as expired: its
    /// refresh token gets another.
    pub(super) fn held_at(&self, read_at: std::time::Instant) -> Held {
        let held = Held {
            read_at,
            ..(*self.held).clone()
        };
        if self.refused.load(Ordering::SeqCst) {
            return held.ended_at(read_at);
        }
        held
    }

    /// What became of it, unless it was saved: that is a refresh like any other.
    fn event(&self, key: &TokenKey, outcome: &'static str) -> Event {
        let event = Event::of_grant(key, &self.at, "refresh_unsaved").ended(outcome);
        event.with("rotated", self.rotated)
    }
}

/// The unsaved grants of this process.
#[derive(Debug, Default)]
pub(super) struct UnsavedGrants(Mutex<HashMap<TokenKey, Arc<Unsaved>>>);

impl UnsavedGrants {
    /// What was refreshed from this very version.
    pub(super) fn get(&self, key: &TokenKey, at: &Marker) -> Option<Arc<Unsaved>> {
        let found = self.lock().get(key).cloned();
        found.filter(|unsaved| unsaved.at == *at)
    }

    /// An API refused what was refreshed from this version, unless it is younger than `min_age`.
    pub(super) fn refuse(
        &self,
        key: &TokenKey,
        at: &Marker,
        now: std::time::Instant,
        min_age: Duration,
    ) {
        let unsaved = self.get(key, at);
        let old = |it: &Arc<Unsaved>| now.saturating_duration_since(it.held.read_at) >= min_age;
        if let Some(unsaved) = unsaved.filter(old) {
            unsaved.refused.store(true, Ordering::SeqCst);
        }
    }

    /// Whether this is what is kept: neither settled nor replaced by a later refresh.
    pub(super) fn holds(&self, key: &TokenKey, unsaved: &Arc<Unsaved>) -> bool {
        let map = self.lock();
        map.get(key).is_some_and(|kept| Arc::ptr_eq(kept, unsaved))
    }

    /// How many there are, and how many of them hold a refresh token that took another's place.
    pub(super) fn count(&self) -> (usize, usize) {
        let map = self.lock();
        let rotated = map.values().filter(|unsaved| unsaved.rotated).count();
        (map.len(), rotated)
    }

    fn keep(&self, key: TokenKey, unsaved: Arc<Unsaved>) {
        self.lock().insert(key, unsaved);
    }

    /// Lets go of this, and of nothing that replaced it.
    pub(super) fn settle(&self, key: &TokenKey, unsaved: &Arc<Unsaved>) {
        if self.holds(key, unsaved) {
            self.lock().remove(key);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<TokenKey, Arc<Unsaved>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Saves what Google gave. `None`: another write was faster, and what it wrote counts.
    pub(super) async fn save(
        self: &Arc<Self>,
        attempt: Attempt,
        answer: TokenAnswer,
        old: RefreshToken,
    ) -> Result<Option<Arc<Held>>, Error> {
        let before = attempt.unsaved.as_ref();
        let rotated = answer.refresh.is_some() || before.is_some_and(|it| it.rotated);
        let refresh = answer.refresh.clone().unwrap_or(old);
        let secrets = Secrets {
            access: answer.access.clone(),
            refresh: Some(refresh.clone()),
        };
        let fresh = Fresh {
            sealed: self.vault.seal(&place(&attempt.row), &secrets)?,
            account: self.learned(&attempt.row, &answer),
            attempt,
            answer,
            refresh,
            rotated,
        };
        let mut tries = 0;
        loop {
            let error = match self.commit(&fresh, "ok").await {
                Ok(saved) => return Ok(saved),
                Err(error) => error,
            };
            warn!(target: "toolgate_auth", %error, "a refreshed token is not saved yet");
            if Instant::now() >= fresh.attempt.deadline {
                return Ok(Some(self.keep(fresh).await));
            }
            tokio::time::sleep(pace::again(tries, PAUSE, &*self.vault.random)).await;
            tries += 1;
        }
    }

    /// One try; `outcome` is how a success is called among the events. `Ok(None)` is a lost race.
    async fn commit(
        &self,
        fresh: &Fresh,
        outcome: &'static str,
    ) -> Result<Option<Arc<Held>>, StoreError> {
        let Attempt { row, marker, .. } = &fresh.attempt;
        let read = self.moment_of(fresh);
        let seq = fresh.attempt.leased.lease_seq;
        let grant = self.grant(fresh);
        let saving = self.store.commit_refresh(&row.key, marker, seq, &grant);
        let saved = tokio::time::timeout(TRY, saving).await.map_err(|_| {
            StoreError::new(StoreErrorKind::Unavailable, "the database did not answer")
        })??;
        let Some(marker) = saved else {
            return Ok(None);
        };
        let refreshed = Event::of_grant(&row.key, &marker, "refreshed").ended(outcome);
        let refreshed = refreshed.with("rotated", fresh.rotated);
        self.audit.note(match &fresh.account {
            Some(account) => self.learned_of(row, account, refreshed).await,
            None => refreshed,
        });
        let held = Self::held(fresh, &marker, read);
        let key = row.key.clone();
        self.memory.put(key, Arc::clone(&held), read.moment).await;
        Ok(Some(held))
    }

    /// Keeps the token for this process and goes on saving. It is served from memory, as the row
    /// cannot be looked at, unless something was forgotten since the lease: then nobody knows.
    async fn keep(self: &Arc<Self>, fresh: Fresh) -> Arc<Held> {
        let at = fresh.attempt.marker.clone();
        let held = Self::held(&fresh, &at, self.moment_of(&fresh));
        let rotated = fresh.rotated;
        let unsaved = Arc::new(Unsaved {
            at,
            held: Arc::clone(&held),
            refresh: fresh.refresh.clone(),
            rotated,
            turn: tokio::sync::Mutex::default(),
            refused: AtomicBool::new(false),
        });
        let key = fresh.attempt.row.key.clone();
        self.unsaved.keep(key.clone(), Arc::clone(&unsaved));
        self.audit.note(unsaved.event(&key, "kept"));
        let moment = fresh.attempt.moment;
        self.memory.put(key, Arc::clone(&held), moment).await;
        warn!(
            target: "toolgate_auth", row = %fresh.attempt.row.key.id(), rotated, unpersisted = true,
            "a refreshed token serves this process only; saving goes on"
        );
        drop(tokio::spawn(Arc::clone(self).save_later(fresh, unsaved)));
        held
    }

    /// Goes on until the token is saved, another write was faster, a later refresh took its place,
    /// or nothing of worth is left.
    async fn save_later(self: Arc<Self>, fresh: Fresh, unsaved: Arc<Unsaved>) {
        let key = &fresh.attempt.row.key;
        let mut tries = 5;
        let outcome = loop {
            tokio::time::sleep(pace::again(tries, LONG_PAUSE, &*self.vault.random)).await;
            tries += 1;
            let _turn = unsaved.turn.lock().await;
            if !self.unsaved.holds(key, &unsaved) {
                break "replaced";
            }
            let saved = self.commit(&fresh, "saved_late").await;
            // A rotated refresh token is the only one that works: it is never given up.
            let worthless =
                || !fresh.rotated && fresh.answer.left(self.clock.monotonic()).is_zero();
            let outcome = match saved {
                Ok(Some(_)) => "saved",
                Ok(None) => "overtaken",
                Err(_) if worthless() => "expired",
                Err(_) => continue,
            };
            self.unsaved.settle(key, &unsaved);
            break outcome;
        };
        info!(target: "toolgate_auth", row = %key.id(), outcome, "a kept token is settled");
        if outcome != "saved" {
            self.audit.note(unsaved.event(key, outcome));
        }
    }

    /// What is written, counted from now.
    fn grant(&self, fresh: &Fresh) -> RefreshedGrant {
        let (answer, refresh) = (&fresh.answer, &fresh.refresh);
        let named = fresh.attempt.row.rt_prefix_mac.as_deref();
        let is_renamed = self.vault.keys.is_renamed(named);
        RefreshedGrant {
            sealed: fresh.sealed.clone(),
            token_scopes: answer.scopes.as_ref().map(ScopeSet::to_vec),
            expires_in: answer.left(self.clock.monotonic()),
            lifetime: answer.lifetime,
            refresh_expires_in: answer.refresh_lifetime,
            rt_lookup: (fresh.rotated || is_renamed)
                .then(|| (rt_hash(refresh), self.vault.keys.rt_prefix_mac(refresh))),
            account: fresh.account.clone(),
        }
    }

    /// The event of a refresh that told whose the row is. Where another account of the person turns out
    /// to be the same one, each call for either goes there: somebody has to disconnect one.
    async fn learned_of(&self, row: &TokenRow, account: &GrantAccount, event: Event) -> Event {
        let event = event.with("account_learned", true);
        let rows = rows_of(&*self.store, row.key.principal(), row.key.service());
        let Ok(Ok(rows)) = tokio::time::timeout(TRY, rows).await else {
            return event;
        };
        let twin = |it: &TokenRow| {
            it.key != row.key && is_connected(it) && it.account_id.as_ref() == Some(&account.id)
        };
        let Some(twin) = rows.iter().find(|it| twin(it)) else {
            return event;
        };
        warn!(
            target: "toolgate_auth", row = %row.key.id(), twin = %twin.key.id(),
            "two accounts of a person are one google account: disconnect one of them"
        );
        event.with("account_twice", true)
    }

    /// Whose the grant is, where the row does not say and the answer's id token does. No refresh
    /// fails for an id token, and an account that the row names is never replaced by one.
    fn learned(&self, row: &TokenRow, answer: &TokenAnswer) -> Option<GrantAccount> {
        let expected = id_token::Expected {
            issuers: self.grants.endpoints().issuers(),
            client_id: &row.client_id,
            nonce: None,
            access_token: &answer.access,
            now: self.clock.now(),
        };
        let claims = match id_token::check(answer.id_token.as_ref()?, &expected) {
            Ok(claims) => claims,
            Err(error) => {
                debug!(target: "toolgate_auth", row = %row.key.id(), %error, "a refresh's id token is not used");
                return None;
            }
        };
        let Some(known) = &row.account_id else {
            return Some(GrantAccount {
                id: claims.subject,
                email: claims.email,
            });
        };
        if *known != claims.subject {
            warn!(
                target: "toolgate_auth", row = %row.key.id(),
                "google refreshed a grant as another account's than its row names"
            );
        }
        None
    }

    fn held(fresh: &Fresh, marker: &Marker, read: Read) -> Arc<Held> {
        let row = &fresh.attempt.row;
        let written = TokenRow {
            version: marker.version,
            expires_at: read.now.after(fresh.answer.left(read.at)),
            lifetime: fresh.answer.lifetime,
            ..row.clone()
        };
        Arc::new(hold(&written, fresh.answer.access.clone(), read))
    }

    /// Now, as the write of a fresh grant sees it: only differences of its times count.
    fn moment_of(&self, fresh: &Fresh) -> Read {
        Read {
            at: self.clock.monotonic(),
            now: fresh.attempt.leased.now,
            moment: self.memory.moment(),
        }
    }
}

fn place(row: &TokenRow) -> Place<'_> {
    Place {
        key: &row.key,
        client_id: &row.client_id,
        incarnation: &row.incarnation,
        epoch: row.grant_epoch,
    }
}
