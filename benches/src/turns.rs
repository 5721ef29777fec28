//! Ours and the other, in turn, so that what else the machine does falls on both.

use std::time::Duration;

use serde::Serialize;

/// Rounds whose times are thrown away.
const WARM_UP: usize = 3;

/// What was measured: one call in each round, ours and the other's.
#[derive(Debug, Serialize)]
pub(crate) struct Lane {
    pub(crate) benchmark: &'static str,
    /// Which of the benchmark's cases, such as a database.
    pub(crate) case: &'static str,
    /// What ours is measured against.
    pub(crate) against: &'static str,
    /// Of what.
    pub(crate) unit: Unit,
    /// Ours may take so many times as much as the other; none where it is only told.
    pub(crate) bar: Option<f64>,
    /// Ours may take so much at all.
    pub(crate) most: Option<f64>,
    pub(crate) ours: Vec<f64>,
    pub(crate) other: Vec<f64>,
}

/// What is measured.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) enum Unit {
    #[serde(rename = "ns")]
    Nanoseconds,
    #[serde(rename = "round trips")]
    RoundTrips,
    #[serde(rename = "characters")]
    Characters,
    #[serde(rename = "bytes")]
    Bytes,
}

/// How long one call took, of `calls` that took `time` together.
pub(crate) fn per_call(time: Duration, calls: usize) -> f64 {
    let calls = u32::try_from(calls).unwrap_or(u32::MAX);
    time.as_secs_f64() * 1e9 / f64::from(calls)
}

impl Lane {
    pub(crate) fn new(benchmark: &'static str, case: &'static str, against: &'static str) -> Self {
        Self {
            benchmark,
            case,
            against,
            unit: Unit::Nanoseconds,
            bar: Some(1.0),
            most: None,
            ours: Vec::new(),
            other: Vec::new(),
        }
    }

    pub(crate) fn with_bar(self, bar: f64) -> Self {
        let bar = Some(bar);
        Self { bar, ..self }
    }

    /// What comes out is told, whatever it is.
    pub(crate) fn without_bar(self) -> Self {
        Self { bar: None, ..self }
    }

    /// Whether bytes were counted, and no time was taken.
    pub(crate) fn is_of_memory(&self) -> bool {
        matches!(self.unit, Unit::Bytes)
    }

    pub(crate) fn with_most(self, most: Duration) -> Self {
        let most = Some(per_call(most, 1));
        Self { most, ..self }
    }

    /// With what was counted instead of timed.
    pub(crate) fn counted(self, unit: Unit, ours: Vec<f64>, other: Vec<f64>) -> Self {
        Self {
            unit,
            ours,
            other,
            ..self
        }
    }

    /// Runs both so many times, one after the other; each says how long one call took.
    pub(crate) async fn measure(
        mut self,
        rounds: usize,
        mut ours: impl AsyncFnMut() -> anyhow::Result<f64>,
        mut other: impl AsyncFnMut() -> anyhow::Result<f64>,
    ) -> anyhow::Result<Self> {
        for round in 0..WARM_UP + rounds {
            let (other, ours) = (other().await?, ours().await?);
            if round >= WARM_UP {
                self.other.push(other);
                self.ours.push(ours);
            }
        }
        Ok(self)
    }
}
