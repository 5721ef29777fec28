//! How long to wait: between looks at a row, between tries, after failures.

use std::time::Duration;

use crate::clock::Random;

/// Below the ceiling of the first back-off nothing is spread.
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(5);

/// Between two looks at a row that another process refreshes.
pub(super) fn poll(random: &dyn Random) -> Duration {
    Duration::from_millis(20) + Duration::from_millis(60).mul_f64(fraction(random))
}

/// After so many transient failures in a row: full jitter below an exponential from one second to
/// five minutes.
pub(super) fn back_off(failures: i64, random: &dyn Random) -> Duration {
    let doublings = u32::try_from(failures.clamp(0, 9)).unwrap_or(9);
    (FIRST * (1 << doublings))
        .min(LONGEST)
        .mul_f64(fraction(random))
}

/// Before the next try of something that is tried a few times at once: 50 ms, doubled up to
/// `longest`, and half of it by chance.
pub(crate) fn again(tries: u32, longest: Duration, random: &dyn Random) -> Duration {
    let ceiling = (Duration::from_millis(50) * (1 << tries.min(12))).min(longest);
    ceiling.mul_f64(f64::midpoint(1.0, fraction(random)))
}

/// Between two rounds of what a process does every so often: at least half of it, so that the
/// processes of a set that were started together do not stay together.
pub(crate) fn every(often: Duration, random: &dyn Random) -> Duration {
    often.mul_f64(f64::midpoint(1.0, fraction(random)))
}

/// From 0 to 1.
fn fraction(random: &dyn Random) -> f64 {
    let mut bytes = [0; 4];
    random.fill(&mut bytes);
    f64::from(u32::from_be_bytes(bytes)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All bytes alike.
    #[derive(Debug)]
    struct Alike(u8);

    impl Random for Alike {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn back_off_doubles_from_a_second_to_five_minutes_and_is_spread_below() {
        let ceiling = |failures| back_off(failures, &Alike(255)).as_secs();
        let ceilings: Vec<u64> = [-1, 0, 1, 2, 8, 9, 1_000].map(ceiling).to_vec();
        assert_eq!(ceilings, [1, 1, 2, 4, 256, 300, 300]);
        assert_eq!(back_off(9, &Alike(0)), Duration::ZERO);
    }

    #[test]
    fn a_row_is_looked_at_every_20_to_80_milliseconds() {
        assert_eq!(poll(&Alike(0)), Duration::from_millis(20));
        assert_eq!(poll(&Alike(255)), Duration::from_millis(80));
    }

    #[test]
    fn rounds_are_spread_over_half_of_their_time() {
        let hour = Duration::from_hours(1);
        assert_eq!(every(hour, &Alike(0)), hour / 2);
        assert_eq!(every(hour, &Alike(255)), hour);
    }

    #[test]
    fn tries_come_ever_more_slowly_up_to_a_bound() {
        let longest = Duration::from_secs(30);
        let at = |tries| again(tries, longest, &Alike(255)).as_millis();
        assert_eq!(
            [0, 1, 2, 9, 10, 4_000].map(at),
            [50, 100, 200, 25_600, 30_000, 30_000]
        );
        assert_eq!(again(0, longest, &Alike(0)), Duration::from_millis(25));
    }
}
