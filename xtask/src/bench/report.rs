//! From times to what they say: medians, spreads, ratios, and whether the bars are met.

use std::fs;

use serde::{Deserialize, Serialize};

/// What the program measured: the time of one call in each round.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Lane {
    benchmark: String,
    case: String,
    against: String,
    bar: f64,
    most_ns: Option<f64>,
    ours_ns: Vec<f64>,
    other_ns: Vec<f64>,
}

/// All lanes of a run.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    machine: Machine,
    lanes: Vec<Figures>,
}

#[derive(Debug, Serialize)]
struct Machine {
    cpu: String,
    cpus: usize,
    /// Over the last minute, when the run was over.
    load: String,
}

/// What a lane's times say.
#[derive(Debug, Serialize)]
struct Figures {
    benchmark: String,
    case: String,
    against: String,
    rounds: usize,
    ours_ns: Spread,
    other_ns: Spread,
    /// Of the rounds' own ratios: what the machine did besides fell on both sides of each.
    ratio: Spread,
    bar: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    most_ns: Option<f64>,
    met: bool,
}

/// The middle of some numbers, and where half of them lie.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
struct Spread {
    median: f64,
    lower_quartile: f64,
    upper_quartile: f64,
}

impl Report {
    pub(super) fn new(lanes: Vec<Lane>) -> Self {
        let (cpu, load) = (cpu().unwrap_or_default(), load().unwrap_or_default());
        let cpus = std::thread::available_parallelism().map_or(0, usize::from);
        Self {
            machine: Machine { cpu, cpus, load },
            lanes: lanes.into_iter().map(Figures::of).collect(),
        }
    }

    /// One sentence a lane, for a person.
    pub(super) fn lines(&self) -> Vec<String> {
        self.lanes.iter().map(Figures::line).collect()
    }
}

impl Figures {
    fn of(lane: Lane) -> Self {
        let pairs = lane.ours_ns.iter().zip(&lane.other_ns);
        let ratio = Spread::of(pairs.map(|(ours, other)| ours / other).collect());
        let ours_ns = Spread::of(lane.ours_ns);
        Self {
            rounds: lane.other_ns.len(),
            other_ns: Spread::of(lane.other_ns),
            met: ratio.median <= lane.bar && lane.most_ns.is_none_or(|most| ours_ns.median <= most),
            ours_ns,
            ratio,
            benchmark: lane.benchmark,
            case: lane.case,
            against: lane.against,
            bar: lane.bar,
            most_ns: lane.most_ns,
        }
    }

    fn line(&self) -> String {
        let most = self
            .most_ns
            .map(|most| format!(" and under {}", time(most)));
        format!(
            "{:<6} {} ({}): {:.2} times {} (half of the rounds {:.2} to {:.2}), bar {:.2}{}: {} \
             against {}",
            if self.met { "met" } else { "MISSED" },
            self.benchmark,
            self.case,
            self.ratio.median,
            self.against,
            self.ratio.lower_quartile,
            self.ratio.upper_quartile,
            self.bar,
            most.unwrap_or_default(),
            time(self.ours_ns.median),
            time(self.other_ns.median),
        )
    }
}

impl Spread {
    fn of(mut numbers: Vec<f64>) -> Self {
        numbers.sort_by(f64::total_cmp);
        let at = |quarter: usize| {
            let index = numbers.len() * quarter / 4;
            numbers.get(index).copied().unwrap_or(f64::NAN)
        };
        Self {
            median: at(2),
            lower_quartile: at(1),
            upper_quartile: at(3),
        }
    }
}

fn time(nanos: f64) -> String {
    if nanos < 10_000.0 {
        format!("{nanos:.0} ns")
    } else {
        format!("{:.1} µs", nanos / 1000.0)
    }
}

fn cpu() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    line.split_once(':').map(|(_, name)| name.trim().to_owned())
}

fn load() -> Option<String> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    text.split_whitespace().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(ours_ns: &[f64], other_ns: &[f64], most_ns: Option<f64>) -> Figures {
        Figures::of(Lane {
            benchmark: "save".to_owned(),
            case: "SQLite".to_owned(),
            against: "a bare upsert".to_owned(),
            bar: 1.5,
            most_ns,
            ours_ns: ours_ns.to_vec(),
            other_ns: other_ns.to_vec(),
        })
    }

    #[test]
    fn the_spread_is_the_middle_and_the_quarters_whatever_the_order() {
        let spread = Spread::of(vec![5.0, 1.0, 4.0, 2.0, 3.0]);
        let found = [spread.lower_quartile, spread.median, spread.upper_quartile];
        assert_eq!(found.map(|number| number.to_string()), ["2", "3", "4"]);
    }

    #[test]
    fn ratios_are_of_the_same_round() {
        let found = figures(&[100.0, 1000.0, 10.0], &[100.0, 500.0, 10.0], None);
        assert_eq!(found.ratio.median.to_string(), "1");
        assert_eq!(found.ratio.upper_quartile.to_string(), "2");
    }

    #[test]
    fn a_bar_is_met_up_to_its_own_number_and_only_with_the_time_it_may_take() {
        for (ours, most, met) in [
            (1.5, None, true),
            (1.6, None, false),
            (1.5, Some(1.5), true),
            (1.5, Some(1.4), false),
        ] {
            let found = figures(&[ours; 3], &[1.0; 3], most);
            assert_eq!(found.met, met, "{ours} {most:?}");
            let word = if met { "met" } else { "MISSED" };
            assert!(found.line().starts_with(word), "{}", found.line());
        }
    }

    #[test]
    fn nothing_measured_meets_no_bar() {
        assert!(!figures(&[], &[], None).met);
    }
}
