//! The suite and the comparison of stores.

use std::{panic::catch_unwind, sync::Arc};

use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};
use toolgate_auth::{Clock as _, MemoryDatabase, Timestamp};
use toolgate_testkit::{
    FakeClock, Fixture, assert_complete,
    sequence::{run_alike, steps},
};

#[test]
fn a_case_that_is_not_listed_is_found() {
    let all = ["a_fact_is_set_once", "of_many_values_at_once_one_stands"];
    assert_complete("meta", &all);
    let missing = catch_unwind(|| assert_complete("meta", &all[..1]));
    let twice = catch_unwind(|| assert_complete("meta", &[all[0], all[1], all[1]]));
    assert!(missing.is_err() && twice.is_err());
}

#[tokio::test]
async fn stores_that_differ_by_a_millisecond_are_told_apart() {
    let clock = FakeClock::new();
    let steps = steps(200).new_tree(&mut TestRunner::deterministic());
    let steps = steps.unwrap().current();
    let right = || MemoryDatabase::new().with_now(clock.now_fn());
    let alike = [Fixture::new(right()), Fixture::new(right())];
    run_alike(&alike, &clock, &steps).await.unwrap();

    let clock_of_wrong = clock.clone();
    let wrong = MemoryDatabase::new().with_now(Arc::new(move || {
        Timestamp::from_millis(clock_of_wrong.now().as_millis() + 1)
    }));
    let unlike = [Fixture::new(right()), Fixture::new(wrong)];
    let told = run_alike(&unlike, &clock, &steps).await.unwrap_err();
    assert!(told.starts_with("step "), "{told}");
}
