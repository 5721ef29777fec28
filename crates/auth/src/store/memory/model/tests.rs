//! The protocol holds: every configuration, every invariant.
//!
//! Each test runs with 2 and with 3 processes, on a server of each kind. A family-revoking server
//! gets no stall, but in the test that is about it. Bounds (how often each thing may happen):
//!
//! | test | crash | stall | expiry | besides | processes |
//! |---|---|---|---|---|---|
//! | refreshes alone | 1 | 1 | 1 | mishap 1, outage 1 | 2, 3 |
//! | a consent | 1 | 1 | 1 | consent 1, revocation by the person 1 (2 processes) | 2, 3 |
//! | a disconnect | 1 | 1 | 1 | disconnect 1 | 2, 3 |
//! | a disconnect and a consent | 0 | 1 | 1 | disconnect 1, consent 1 | 2 |
//! | the same | 1 | 0 | 0 | disconnect 1, consent 1 | 3 |
//! | two consents around a disconnect | 0 | 0 | 1 | disconnect 1, consent 2 | 2 |
//! | deleted, consented again | 1 | 1 | 1 (2 processes) | delete 1, consent 1 | 2, 3 |
//! | a security event | 1 | 1 | 1 (2 processes) | wipe 1, consent 1 | 2, 3 |
//! | a refused token | 1 | 1 | 1 | invalidation 1 | 2, 3 |
//! | a key rotation | 1 | 1 | 1 | reseal 1 | 2, 3 |
//! | the same | 0 | 1 | 0 | reseal 1, disconnect 1, consent 1 | 2 |
//!
//! The floors are there so that a search which has become empty does not pass; they are well below
//! what is visited.

use super::invariants::Invariant;
use super::search::search;
use super::server::Kind;
use super::variant::Variant;
use super::world::{Budget, Config};

/// One process dies, one lease is overrun, and the token is refreshed twice.
const BASE: Budget = Budget {
    crashes: 1,
    stalls: 1,
    expiries: 1,
    mishaps: 0,
    outages: 0,
    consents: 0,
    disconnects: 0,
    deletes: 0,
    wipes: 0,
    revocations: 0,
    invalidations: 0,
    reseals: 0,
};

/// The protocol keeps `held`; more than `floor` states are visited.
fn check(server: Kind, callers: usize, budget: Budget, held: &[Invariant], floor: usize) {
    let config = Config {
        variant: Variant::Protocol,
        server,
        callers,
        budget,
    };
    match search(&config, held) {
        Ok(states) => assert!(
            states > floor,
            "{callers} processes, {server:?} server: {states} states only"
        ),
        Err(violation) => panic!("{callers} processes, {server:?} server: {violation}"),
    }
}

/// Every invariant on every kind of server.
fn holds(callers: usize, budget: Budget, floor: usize) {
    for server in [Kind::Keeping, Kind::Rotating] {
        check(server, callers, budget, &Invariant::ALL, floor);
    }
    let no_stall = Budget {
        stalls: 0,
        ..budget
    };
    let (server, floor) = (Kind::FamilyRevoking, floor / 4);
    check(server, callers, no_stall, &Invariant::ALL, floor);
}

#[test]
fn refreshes_alone_keep_the_invariants() {
    let budget = Budget {
        mishaps: 1,
        outages: 1,
        ..BASE
    };
    holds(2, budget, 2_000);
    holds(3, budget, 8_000);
}

#[test]
fn a_consent_at_any_point_keeps_the_invariants() {
    let budget = Budget {
        consents: 1,
        ..BASE
    };
    let revoked = Budget {
        revocations: 1,
        ..budget
    };
    holds(2, revoked, 7_000);
    holds(3, budget, 7_000);
}

#[test]
fn a_disconnect_at_any_point_keeps_the_invariants() {
    let budget = Budget {
        disconnects: 1,
        ..BASE
    };
    holds(2, budget, 2_500);
    holds(3, budget, 7_000);
}

#[test]
fn a_disconnect_and_a_consent_at_any_point_keep_the_invariants() {
    let both = Budget {
        disconnects: 1,
        consents: 1,
        ..BASE
    };
    let no_crash = Budget { crashes: 0, ..both };
    let no_stall = Budget {
        stalls: 0,
        expiries: 0,
        ..both
    };
    holds(2, no_crash, 7_000);
    holds(3, no_stall, 2_000);
}

#[test]
fn two_consents_around_a_disconnect_keep_the_invariants() {
    let budget = Budget {
        crashes: 0,
        stalls: 0,
        disconnects: 1,
        consents: 2,
        ..BASE
    };
    holds(2, budget, 5_000);
}

#[test]
fn a_row_deleted_and_consented_again_at_any_point_keeps_the_invariants() {
    let budget = Budget {
        deletes: 1,
        consents: 1,
        ..BASE
    };
    let once = Budget {
        expiries: 0,
        ..budget
    };
    holds(2, budget, 4_000);
    holds(3, once, 2_000);
}

#[test]
fn a_security_event_at_any_point_keeps_the_invariants() {
    let budget = Budget {
        wipes: 1,
        consents: 1,
        ..BASE
    };
    let once = Budget {
        expiries: 0,
        ..budget
    };
    holds(2, budget, 4_000);
    holds(3, once, 2_000);
}

#[test]
fn a_refused_token_at_any_point_keeps_the_invariants() {
    let budget = Budget {
        invalidations: 1,
        ..BASE
    };
    holds(2, budget, 1_200);
    holds(3, budget, 4_000);
}

#[test]
fn a_key_rotation_at_any_point_keeps_the_invariants() {
    let budget = Budget { reseals: 1, ..BASE };
    let ended = Budget {
        crashes: 0,
        expiries: 0,
        consents: 1,
        disconnects: 1,
        ..budget
    };
    holds(2, budget, 1_000);
    holds(2, ended, 3_000);
    holds(3, budget, 3_000);
}

/// Nobody can help it: the server sees a used token and ends the grant. That the request is
/// shorter than the lease is what keeps it from happening.
#[test]
fn a_stall_at_a_family_revoking_server_costs_the_grant_and_nothing_else() {
    let config = Config {
        variant: Variant::Protocol,
        server: Kind::FamilyRevoking,
        callers: 2,
        budget: BASE,
    };
    let violation = search(&config, &[Invariant::Inv1]).expect_err("the grant is lost");
    assert_eq!(violation.invariant, Invariant::Inv1, "{violation}");
    let others: Vec<Invariant> = Invariant::ALL
        .into_iter()
        .filter(|invariant| *invariant != Invariant::Inv1)
        .collect();
    for callers in [2, 3] {
        check(config.server, callers, config.budget, &others, 200);
    }
}
