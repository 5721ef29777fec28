//! Stretches of time: what is left of working hours beside busy times, and slots in it.

use chrono::{DateTime, Duration, Utc};

/// Slots begin at full quarters of an hour, which is what every zone's offset is made of.
const GRID: i64 = 15 * 60;

/// A stretch of time, without its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    pub(crate) from: DateTime<Utc>,
    pub(crate) to: DateTime<Utc>,
}

impl Span {
    pub(crate) fn new(from: DateTime<Utc>, to: DateTime<Utc>) -> Self {
        Self { from, to }
    }

    /// The part within a window, if there is one.
    pub(crate) fn within(self, window: Self) -> Option<Self> {
        let part = Self::new(self.from.max(window.from), self.to.min(window.to));
        (part.from < part.to).then_some(part)
    }

    pub(crate) fn overlaps(self, other: Self) -> bool {
        self.from < other.to && other.from < self.to
    }

    /// With this much on both sides.
    pub(crate) fn with_margin(self, margin: Duration) -> Self {
        Self::new(self.from - margin, self.to + margin)
    }
}

/// In order, those that touch as one.
pub(crate) fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
            _ => joined.push(span),
        }
    }
    joined
}

/// The stretches that lie in both.
pub(crate) fn common(some: &[Span], others: &[Span]) -> Vec<Span> {
    let pairs = some
        .iter()
        .flat_map(|one| others.iter().map(move |other| (*one, *other)));
    joined(pairs.filter_map(|(one, other)| one.within(other)).collect())
}

/// What is left of these beside those that are busy.
pub(crate) fn free(open: Vec<Span>, busy: Vec<Span>) -> Vec<Span> {
    let busy = joined(busy);
    let mut left = Vec::new();
    for whole in joined(open) {
        let Span { mut from, to } = whole;
        for taken in busy.iter().filter(|it| it.overlaps(whole)) {
            if taken.from > from {
                left.push(Span::new(from, taken.from));
            }
            from = from.max(taken.to);
        }
        if from < to {
            left.push(Span::new(from, to));
        }
    }
    left
}

/// Slots of this length, one behind the other, as many as wanted.
pub(crate) fn slots(free: &[Span], length: Duration, most: usize) -> Vec<Span> {
    let mut slots = Vec::new();
    for span in free {
        let mut start = on_grid(span.from);
        while start + length <= span.to {
            if slots.len() == most {
                return slots;
            }
            slots.push(Span::new(start, start + length));
            start = on_grid(start + length);
        }
    }
    slots
}

fn on_grid(at: DateTime<Utc>) -> DateTime<Utc> {
    let seconds = at.timestamp() + i64::from(at.timestamp_subsec_nanos() > 0);
    let beyond = seconds.rem_euclid(GRID);
    let seconds = if beyond == 0 {
        seconds
    } else {
        seconds - beyond + GRID
    };
    DateTime::from_timestamp(seconds, 0).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + minute * 60, 0).unwrap()
    }

    fn spans() -> impl Strategy<Value = Vec<Span>> {
        let span = (0..3_000_i64, 1..300_i64);
        let span = span.prop_map(|(from, length)| Span::new(at(from), at(from + length)));
        prop::collection::vec(span, 0..12)
    }

    proptest! {
        #[test]
        fn slots_never_overlap_what_is_busy_nor_each_other_and_lie_in_open_time(
            open in spans(),
            busy in spans(),
            length in 1..120_i64,
            most in 1..50_usize,
        ) {
            let length = Duration::minutes(length);
            let found = slots(&free(open.clone(), busy.clone()), length, most);
            prop_assert!(found.len() <= most);
            let open = joined(open);
            for slot in &found {
                prop_assert_eq!(slot.to - slot.from, length);
                prop_assert_eq!(slot.from.timestamp() % GRID, 0);
                prop_assert!(!busy.iter().any(|it| it.overlaps(*slot)));
                prop_assert!(open.iter().any(|it| slot.within(*it) == Some(*slot)));
            }
            for pair in found.windows(2) {
                prop_assert!(pair[0].to <= pair[1].from);
            }
        }

        #[test]
        fn no_free_quarter_is_left_out(open in spans(), busy in spans()) {
            let found = slots(&free(open.clone(), busy.clone()), Duration::minutes(15), usize::MAX);
            let open = joined(open);
            for quarter in 0..220 {
                let slot = Span::new(on_grid(at(quarter * 15)), on_grid(at(quarter * 15)) + Duration::minutes(15));
                let is_free = open.iter().any(|it| slot.within(*it) == Some(slot))
                    && !busy.iter().any(|it| it.overlaps(slot));
                prop_assert_eq!(found.contains(&slot), is_free, "{:?}", slot);
            }
        }
    }
}
