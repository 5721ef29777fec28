//! The fake clock.

use std::time::Duration;

use toolgate_auth::Clock as _;
use toolgate_testkit::FakeClock;

#[test]
fn a_wall_clock_that_is_set_back_leaves_the_monotonic_one_alone() {
    let clock = FakeClock::new();
    let (wall, monotonic) = (clock.now(), clock.monotonic());
    clock.set(wall.before(Duration::from_hours(1)));
    assert_eq!(wall.since(clock.now()), Duration::from_hours(1));
    assert_eq!(clock.monotonic(), monotonic);
    clock.advance(Duration::from_secs(5));
    assert_eq!(clock.monotonic() - monotonic, Duration::from_secs(5));
}

#[test]
fn clones_and_stores_see_the_same_time() {
    let clock = FakeClock::new();
    let (copy, now) = (clock.clone(), clock.now_fn());
    clock.advance(Duration::from_secs(5));
    assert_eq!((copy.now(), now()), (clock.now(), clock.now()));
}
