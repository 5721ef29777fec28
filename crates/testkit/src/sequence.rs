//! The same random operations on several stores, which have to agree on every outcome and row.

use std::{collections::BTreeMap, time::Duration};

use proptest::{collection::vec, prelude::*};
use toolgate_auth::{
    Clock as _, RowId, Timestamp, TokenKey,
    store::{
        AccountCount, AuditRecord, Consent, DisconnectReach, Fetched, Incarnation, Leased,
        ListScope, Marker, NewSignIn, RefreshFailure, RefreshedGrant, RowStatus, SignInInsert,
        SignInRow, StoreError, StoreErrorKind, TokenRow, UpsertOutcome,
    },
};

use crate::{clock::FakeClock, fixture::Fixture, sample};

/// One operation, with a moment of time before it.
#[derive(Debug, Clone)]
pub struct Step {
    who: usize,
    pick: Pick,
    wait: i32,
    action: Action,
}

/// Which marker a caller holds.
#[derive(Debug, Clone)]
enum Pick {
    Current,
    Earlier(prop::sample::Index),
    Foreign,
}

/// What is done. Small numbers, so that operations meet.
#[derive(Debug, Clone)]
enum Action {
    Get,
    Insert {
        account: u8,
    },
    Replace {
        account: u8,
    },
    Delete,
    List {
        scope: u8,
        after: bool,
        limit: u32,
    },
    Lease {
        ttl: u64,
    },
    Refresh {
        sparse: bool,
        own: bool,
    },
    Fail {
        how: u8,
        own: bool,
    },
    Begin {
        everywhere: bool,
    },
    Finish,
    Invalidate {
        min_age: u64,
    },
    Touch,
    Reseal,
    Due {
        within: u64,
        after: Option<u64>,
        limit: u32,
    },
    Count {
        account: u8,
    },
    SignIn {
        id: u8,
        ttl: u64,
        max_open: u32,
    },
    SignInGet {
        id: u8,
    },
    Bind {
        id: u8,
        browser: u8,
    },
    Consume {
        id: u8,
        browser: u8,
    },
    Sweep {
        older_than: u64,
    },
    RemoveAll,
    Audit,
    Events {
        own: bool,
        after: Option<u8>,
        limit: u32,
    },
    Put {
        name: u8,
    },
}

/// What came of it.
#[derive(Debug, PartialEq)]
enum Outcome {
    Fetched(Fetched),
    Upserted(UpsertOutcome),
    Done(bool),
    Rows(Vec<TokenRow>),
    Leased(Option<Leased>),
    Saved(Option<Marker>),
    Begun(Option<TokenRow>),
    Counted(AccountCount),
    SignedIn(SignInInsert),
    Found(Option<(SignInRow, Timestamp)>),
    Used(Option<SignInRow>),
    Swept(u64),
    Events(Vec<AuditRecord>),
    Value(String),
    Failed(StoreErrorKind),
}

/// Random sequences of up to `length` steps.
pub fn steps(length: usize) -> impl Strategy<Value = Vec<Step>> {
    vec(step(), 1..=length)
}

fn step() -> impl Strategy<Value = Step> {
    let pick = prop_oneof![
        8 => Just(Pick::Current),
        2 => any::<prop::sample::Index>().prop_map(Pick::Earlier),
        1 => Just(Pick::Foreign),
    ];
    // Mostly forwards by less than a lease, sometimes far, sometimes back.
    let wait = prop_oneof![4 => Just(0), 4 => 0..15_000, 1 => 0..4_000_000, 1 => -60_000..0];
    (0..KEYS, pick, wait, action()).prop_map(|(who, pick, wait, action)| Step {
        who,
        pick,
        wait,
        action,
    })
}

fn action() -> impl Strategy<Value = Action> {
    let tokens = prop_oneof![
        Just(Action::Get),
        (0..3_u8).prop_map(|account| Action::Insert { account }),
        (0..3_u8).prop_map(|account| Action::Insert { account }),
        (0..3_u8).prop_map(|account| Action::Replace { account }),
        Just(Action::Delete),
        (0..4_u8, any::<bool>(), 0..5_u32).prop_map(|(scope, after, limit)| Action::List {
            scope,
            after,
            limit
        }),
        (0..30_000_u64).prop_map(|ttl| Action::Lease { ttl }),
        (any::<bool>(), any::<bool>()).prop_map(|(sparse, own)| Action::Refresh { sparse, own }),
        (0..4_u8, any::<bool>()).prop_map(|(how, own)| Action::Fail { how, own }),
        any::<bool>().prop_map(|everywhere| Action::Begin { everywhere }),
        Just(Action::Finish),
        (0..20_000_u64).prop_map(|min_age| Action::Invalidate { min_age }),
        Just(Action::Touch),
        Just(Action::Reseal),
        (
            0..7_200_000_u64,
            prop::option::of(0..7_200_000_u64),
            0..5_u32
        )
            .prop_map(|(within, after, limit)| Action::Due {
                within,
                after,
                limit
            }),
        (0..3_u8).prop_map(|account| Action::Count { account }),
    ];
    let others = prop_oneof![
        (0..4_u8, 0..30_000_u64, 0..3_u32).prop_map(|(id, ttl, max_open)| Action::SignIn {
            id,
            ttl,
            max_open
        }),
        (0..4_u8).prop_map(|id| Action::SignInGet { id }),
        (0..4_u8, 0..2_u8).prop_map(|(id, browser)| Action::Bind { id, browser }),
        (0..4_u8, 0..2_u8).prop_map(|(id, browser)| Action::Consume { id, browser }),
        (0..30_000_u64).prop_map(|older_than| Action::Sweep { older_than }),
        Just(Action::RemoveAll),
        Just(Action::Audit),
        (any::<bool>(), any::<Option<u8>>(), 0..5_u32)
            .prop_map(|(own, after, limit)| Action::Events { own, after, limit }),
        (0..3_u8).prop_map(|name| Action::Put { name }),
    ];
    prop_oneof![3 => tokens, 1 => others]
}

const KEYS: usize = 5;

fn key(who: usize) -> TokenKey {
    let people = [
        (None, None),
        (None, Some("alice")),
        (Some("acme"), None),
        (Some("acme"), Some("alice")),
        (Some("acme"), Some("bob")),
    ];
    let (tenant, user) = people[who % KEYS];
    sample::key(tenant, user)
}

/// An account and its project; the first is unknown, the second has none.
fn account(number: u8) -> (Option<&'static str>, Option<&'static str>) {
    [
        (None, Some("project-1")),
        (Some("sub-1"), None),
        (Some("sub-1"), Some("project-1")),
    ][usize::from(number % 3)]
}

/// Runs the steps on all databases, each of which has to run on `clock`.
///
/// # Errors
/// When two disagree on an outcome, or on the rows after a step. The text says where.
pub async fn run_alike(
    fixtures: &[Fixture],
    clock: &FakeClock,
    steps: &[Step],
) -> Result<(), String> {
    let mut known: BTreeMap<TokenKey, Vec<(Marker, i64)>> = BTreeMap::new();
    for (number, step) in (0..).zip(steps) {
        let wait = i64::from(step.wait);
        clock.set(Timestamp::from_millis(clock.now().as_millis() + wait));
        let call = Call::new(number, step, &known);
        let mut outcomes = Vec::new();
        let mut tables = Vec::new();
        for fixture in fixtures {
            let outcome = call.run(fixture).await;
            outcomes.push(outcome.unwrap_or_else(|error| Outcome::Failed(error.kind())));
            let rows = fixture.tokens().list(&ListScope::All, None, 100).await;
            tables.push(rows.map_err(|error| format!("step {number}, {step:?}: {error}"))?);
        }
        let agree = |at: usize| outcomes[at] == outcomes[0] && tables[at] == tables[0];
        if let Some(other) = (1..fixtures.len()).find(|at| !agree(*at)) {
            return Err(format!(
                "step {number}, {step:?}\n{}: {:?}\n{:?}\n{}: {:?}\n{:?}",
                fixtures[0].database().describe(),
                outcomes[0],
                tables[0],
                fixtures[other].database().describe(),
                outcomes[other],
                tables[other],
            ));
        }
        for row in &tables[0] {
            let seen = known.entry(row.key.clone()).or_default();
            let now = (row.marker(), row.lease_seq);
            if seen.last() != Some(&now) {
                seen.push(now);
            }
        }
    }
    Ok(())
}

/// A step with what its caller knows filled in.
struct Call<'a> {
    number: u32,
    key: TokenKey,
    at: Marker,
    seq: i64,
    action: &'a Action,
}

impl<'a> Call<'a> {
    fn new(number: u32, step: &'a Step, known: &BTreeMap<TokenKey, Vec<(Marker, i64)>>) -> Self {
        let key = key(step.who);
        let nothing = (
            Marker {
                incarnation: Incarnation::new("nobody"),
                version: 1,
                epoch: 1,
            },
            1,
        );
        let seen = known.get(&key).filter(|seen| !seen.is_empty());
        let (at, seq) = match (&step.pick, seen) {
            (Pick::Current, Some(seen)) => seen.last().cloned().unwrap_or(nothing),
            (Pick::Earlier(index), Some(seen)) => index.get(seen).clone(),
            (Pick::Foreign, _) | (_, None) => nothing,
        };
        Self {
            number,
            key,
            at,
            seq,
            action: &step.action,
        }
    }

    async fn run(&self, fixture: &Fixture) -> Result<Outcome, StoreError> {
        match self.action {
            Action::Get
            | Action::Insert { .. }
            | Action::Replace { .. }
            | Action::Delete
            | Action::List { .. }
            | Action::Due { .. }
            | Action::Count { .. } => self.run_rows(fixture).await,
            Action::Lease { .. }
            | Action::Refresh { .. }
            | Action::Fail { .. }
            | Action::Begin { .. }
            | Action::Finish
            | Action::Invalidate { .. }
            | Action::Touch
            | Action::Reseal => self.run_writes(fixture).await,
            _ => self.run_others(fixture).await,
        }
    }

    fn consent(&self, number: u8) -> Consent {
        let (account, project) = account(number);
        sample::consent_of(self.number, account, project)
    }

    async fn run_rows(&self, fixture: &Fixture) -> Result<Outcome, StoreError> {
        let (tokens, key) = (fixture.tokens(), &self.key);
        Ok(match *self.action {
            Action::Get => Outcome::Fetched(tokens.get(key).await?),
            Action::Insert { account } => {
                let consent = self.consent(account);
                Outcome::Upserted(tokens.upsert(key, &consent, None).await?)
            }
            Action::Replace { account } => {
                let consent = self.consent(account);
                Outcome::Upserted(tokens.upsert(key, &consent, Some(&self.at)).await?)
            }
            Action::Delete => Outcome::Done(tokens.delete(key, &self.at.incarnation).await?),
            Action::List {
                scope,
                after,
                limit,
            } => {
                let principal = key.principal();
                let scope = match scope {
                    0 => ListScope::All,
                    3 => ListScope::Status(RowStatus::Disconnecting),
                    1 => ListScope::Tenant(principal.tenant().cloned()),
                    _ => ListScope::Principal(principal.clone()),
                };
                let id: Option<RowId> = after.then(|| key.id());
                Outcome::Rows(tokens.list(&scope, id.as_ref(), limit).await?)
            }
            Action::Due {
                within,
                after,
                limit,
            } => {
                let within = Duration::from_millis(within);
                let behind = |left| fixture.clock().now().after(Duration::from_millis(left));
                let after = after.map(|left| (behind(left), key.id()));
                let due = tokens.due_for_refresh(within, after.as_ref(), limit);
                Outcome::Rows(due.await?)
            }
            Action::Count { account: number } => {
                let (id, project) = account(number);
                let id = id.unwrap_or("sub-2");
                Outcome::Counted(tokens.count_account(project, id).await?)
            }
            ref other => unreachable!("{other:?}"),
        })
    }

    async fn run_writes(&self, fixture: &Fixture) -> Result<Outcome, StoreError> {
        let (tokens, key, at) = (fixture.tokens(), &self.key, &self.at);
        let seq = |own| if own { self.seq } else { 2 };
        Ok(match *self.action {
            Action::Lease { ttl } => {
                let ttl = Duration::from_millis(ttl);
                Outcome::Leased(tokens.try_lease(key, at, "me", ttl).await?)
            }
            Action::Refresh { sparse, own } => {
                let new = self.refreshed(sparse);
                Outcome::Saved(tokens.commit_refresh(key, at, seq(own), &new).await?)
            }
            Action::Fail { how, own } => {
                let failure = failure(how);
                Outcome::Done(tokens.commit_failure(key, at, seq(own), &failure).await?)
            }
            Action::Begin { everywhere } => {
                let reach = if everywhere {
                    DisconnectReach::Everywhere
                } else {
                    DisconnectReach::ThisRow
                };
                Outcome::Begun(tokens.begin_disconnect(key, at, reach).await?)
            }
            Action::Finish => Outcome::Done(tokens.finish_disconnect(key, at).await?),
            Action::Invalidate { min_age } => {
                let min_age = Duration::from_millis(min_age);
                Outcome::Done(tokens.invalidate(key, at, min_age).await?)
            }
            Action::Touch => Outcome::Done(tokens.touch(key, &at.incarnation).await?),
            Action::Reseal => {
                let sealed = sample::sealed(self.number);
                Outcome::Done(tokens.reseal(key, at, &sealed, None).await?)
            }
            ref other => unreachable!("{other:?}"),
        })
    }

    fn refreshed(&self, sparse: bool) -> RefreshedGrant {
        let full = sample::refreshed(self.number);
        if !sparse {
            return full;
        }
        RefreshedGrant {
            token_scopes: None,
            refresh_expires_in: None,
            rt_lookup: None,
            account: None,
            ..full
        }
    }

    async fn run_others(&self, fixture: &Fixture) -> Result<Outcome, StoreError> {
        let sign_ins = fixture.sign_ins();
        let hash = |id: u8| format!("hash-{id}");
        let browser = |number: u8| format!("browser-{number}");
        let principal = self.key.principal().clone();
        Ok(match *self.action {
            Action::SignIn { id, ttl, max_open } => {
                let request = NewSignIn {
                    principal,
                    ..sample::sign_in(&hash(id))
                };
                let ttl = Duration::from_millis(ttl);
                Outcome::SignedIn(sign_ins.insert(&request, ttl, max_open).await?)
            }
            Action::SignInGet { id } => Outcome::Found(sign_ins.get(&hash(id)).await?),
            Action::Bind { id, browser: by } => {
                Outcome::Done(sign_ins.bind_browser(&hash(id), &browser(by)).await?)
            }
            Action::Consume { id, browser: by } => {
                Outcome::Used(sign_ins.consume(&hash(id), &browser(by)).await?)
            }
            Action::Sweep { older_than } => {
                Outcome::Swept(sign_ins.sweep(Duration::from_millis(older_than)).await?)
            }
            Action::RemoveAll => Outcome::Swept(sign_ins.remove_all(&principal).await?),
            Action::Audit => {
                let event = sample::event(principal, &format!("event-{}", self.number));
                fixture.audit().append(&event).await?;
                Outcome::Done(true)
            }
            Action::Events { own, after, limit } => {
                let whose = own.then_some(&principal);
                let after = after.map(i64::from);
                Outcome::Events(fixture.audit().events(whose, after, limit).await?)
            }
            Action::Put { name } => {
                let value = format!("value {}", self.number);
                let name = format!("fact {name}");
                Outcome::Value(fixture.meta().put_if_absent(&name, &value).await?)
            }
            ref other => unreachable!("{other:?}"),
        })
    }
}

fn failure(how: u8) -> RefreshFailure {
    match how {
        0 => RefreshFailure::Transient {
            error: "timeout".to_owned(),
            retry_in: Duration::from_secs(10),
        },
        1 => RefreshFailure::Condemned {
            status: RowStatus::NeedsConsent,
            reason: "revoked".to_owned(),
            error: "invalid_grant".to_owned(),
        },
        2 => RefreshFailure::Released,
        _ => RefreshFailure::Condemned {
            status: RowStatus::Blocked,
            reason: "policy".to_owned(),
            error: "admin_policy_enforced".to_owned(),
        },
    }
}
