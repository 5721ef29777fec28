//! Each known way to break the protocol is found, by the invariant that it breaks.
//!
//! | variant | server | processes | may happen | breaks |
//! |---|---|---|---|---|
//! | success guarded by the lease | rotating | 2 | a stall | INV1 |
//! | lock with an end, blind write, blind release | rotating | 2 | a stall; and an expiry | INV2; INV6 |
//! | failure mark unguarded | rotating; keeping | 2 | a stall; consent and revocation | INV2 |
//! | no read after the lock | keeping | 2 | nothing | INV4 |
//! | version compared, no lease | keeping; family-revoking | 3; 2 | nothing | INV4; INV6, INV1 |
//! | blind write | rotating | 2 | a disconnect; a consent | INV3; INV5 |
//! | incarnation not compared | rotating | 2 | delete and consent | INV5 |
//! | lease without an end | keeping | 2 | a crash | INV7 |
//! | consent starts the counters again | keeping | 2 | a consent | INV9 |
//!
//! Each search looks for the one invariant, so it is that one which finds it; and the protocol
//! itself, in the same configuration, keeps them all. A live token under `needs_consent` counts
//! as INV2 here and not as INV1 too, so a lock with an end breaks the former alone.

use super::invariants::Invariant;
use super::search::search;
use super::server::Kind;
use super::variant::Variant;
use super::world::{Budget, Config};

const NOTHING: Budget = Budget {
    crashes: 0,
    stalls: 0,
    expiries: 0,
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
const STALL: Budget = Budget {
    stalls: 1,
    ..NOTHING
};
const CONSENT: Budget = Budget {
    consents: 1,
    ..NOTHING
};

/// The variant breaks each of `broken`, and the protocol does not.
fn breaks(config: &Config, broken: &[Invariant]) {
    for invariant in broken {
        match search(config, &[*invariant]) {
            Err(violation) => assert_eq!(violation.invariant, *invariant, "{violation}"),
            Ok(states) => panic!(
                "{:?} keeps {invariant:?} in all of {states} states",
                config.variant
            ),
        }
    }
    let protocol = Config {
        variant: Variant::Protocol,
        ..*config
    };
    if let Err(violation) = search(&protocol, &Invariant::ALL) {
        panic!("the protocol itself: {violation}");
    }
}

fn two(variant: Variant, server: Kind, budget: Budget) -> Config {
    Config {
        variant,
        server,
        callers: 2,
        budget,
    }
}

#[test]
fn a_success_under_its_own_lease_only_strands_a_rotated_token() {
    let config = two(Variant::SuccessNeedsLease, Kind::Rotating, STALL);
    breaks(&config, &[Invariant::Inv1]);
}

#[test]
fn a_lock_with_an_end_and_blind_writes_condemns_and_frees_the_lease_of_another() {
    let config = two(Variant::TtlLock, Kind::Rotating, STALL);
    breaks(&config, &[Invariant::Inv2]);
    let again = Budget {
        expiries: 1,
        ..STALL
    };
    let config = two(Variant::TtlLock, Kind::Rotating, again);
    breaks(&config, &[Invariant::Inv6]);
}

#[test]
fn an_unguarded_failure_condemns_a_grant_that_lives() {
    let config = two(Variant::FailureUnguarded, Kind::Rotating, STALL);
    breaks(&config, &[Invariant::Inv2]);
    let revoked = Budget {
        revocations: 1,
        ..CONSENT
    };
    let config = two(Variant::FailureUnguarded, Kind::Keeping, revoked);
    breaks(&config, &[Invariant::Inv2]);
}

#[test]
fn without_a_read_after_the_lock_a_version_is_posted_twice() {
    let config = two(Variant::NoReadAfterLock, Kind::Keeping, NOTHING);
    breaks(&config, &[Invariant::Inv4]);
}

#[test]
fn without_a_lease_a_version_is_posted_more_than_once() {
    let config = Config {
        callers: 3,
        ..two(Variant::NoLease, Kind::Keeping, NOTHING)
    };
    breaks(&config, &[Invariant::Inv4]);
    let config = two(Variant::NoLease, Kind::FamilyRevoking, NOTHING);
    breaks(&config, &[Invariant::Inv6, Invariant::Inv1]);
}

#[test]
fn a_blind_write_brings_a_disconnected_grant_back() {
    let disconnect = Budget {
        disconnects: 1,
        ..NOTHING
    };
    let config = two(Variant::BlindWrite, Kind::Rotating, disconnect);
    breaks(&config, &[Invariant::Inv3]);
}

#[test]
fn a_blind_write_overwrites_a_later_consent() {
    let config = two(Variant::BlindWrite, Kind::Rotating, CONSENT);
    breaks(&config, &[Invariant::Inv5]);
}

#[test]
fn without_the_incarnation_a_refresh_lands_on_the_successor_of_its_row() {
    let deleted = Budget {
        deletes: 1,
        ..CONSENT
    };
    let config = two(Variant::NoIncarnation, Kind::Rotating, deleted);
    breaks(&config, &[Invariant::Inv5]);
}

#[test]
fn a_lease_without_an_end_stops_everybody_after_a_crash() {
    let crash = Budget {
        crashes: 1,
        ..NOTHING
    };
    let config = two(Variant::EndlessLease, Kind::Keeping, crash);
    breaks(&config, &[Invariant::Inv7]);
}

#[test]
fn a_consent_that_starts_the_counters_again_is_noticed() {
    let config = two(Variant::CountersRestart, Kind::Keeping, CONSENT);
    breaks(&config, &[Invariant::Inv9]);
}
