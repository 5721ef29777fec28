//! When a token is due: soft (refresh in the background) and hard (everybody waits).

use std::time::Duration;

use crate::identity::RowId;

/// How long before its end an access token is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Thresholds {
    /// From here on one caller refreshes while the rest go on.
    pub(crate) soft: Duration,
    /// From here on nobody uses the old token.
    pub(crate) hard: Duration,
}

impl Thresholds {
    /// Soft is five minutes or a quarter of the token's life, and up to a minute (or a twentieth)
    /// more by row, so that rows written together do not fall due together; hard is a minute or a
    /// tenth.
    pub(crate) fn of(lifetime: Duration, row: &RowId) -> Self {
        let jitter = Duration::from_mins(1).min(lifetime / 20);
        let (soft, hard) = before_end(lifetime);
        Self {
            soft: soft + jitter.mul_f64(fraction(row)),
            hard,
        }
    }
}

/// The same for a token that has no row: how long before its end it is due, soft and hard.
pub(crate) fn before_end(lifetime: Duration) -> (Duration, Duration) {
    let soft = Duration::from_mins(5).min(lifetime / 4);
    (soft, Duration::from_mins(1).min(lifetime / 10))
}

/// The same number between 0 and 1 for the same row; ids are hashes, so they are spread evenly.
fn fraction(row: &RowId) -> f64 {
    let seed = row.as_str().bytes().fold(0u32, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u32::from(byte))
    });
    f64::from(seed % 1000) / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_follow_the_lifetime() {
        let row = RowId::from_stored("");
        let check = |lifetime: u64, soft: u64, hard: u64| {
            let got = Thresholds::of(Duration::from_secs(lifetime), &row);
            assert_eq!(
                (got.soft.as_secs(), got.hard.as_secs()),
                (soft, hard),
                "{lifetime}"
            );
        };
        check(3600, 300, 60);
        check(1200, 300, 60);
        check(400, 100, 40);
        check(40, 10, 4);
        check(0, 0, 0);
    }

    #[test]
    fn rows_of_one_moment_fall_due_at_different_ones() {
        let soft = |id: &str| Thresholds::of(Duration::from_hours(1), &RowId::from_stored(id)).soft;
        assert_ne!(soft("a"), soft("b"));
        assert!(soft("zzzzzzz") <= Duration::from_mins(6));
    }
}
