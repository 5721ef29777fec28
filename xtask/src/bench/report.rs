//! From times to what they say: medians, spreads, ratios, and whether the bars are met.

use std::fs;

use serde::{Deserialize, Serialize};

/// What the program measured: one call in each round.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Lane {
    benchmark: String,
    case: String,
    against: String,
    /// What `most`, `ours` and `other` count: `ns`, or another word.
    unit: String,
    /// None where the ratio is only told.
    bar: Option<f64>,
    most: Option<f64>,
    ours: Vec<f64>,
    other: Vec<f64>,
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

/// What a lane's numbers say.
#[derive(Debug, Serialize)]
struct Figures {
    benchmark: String,
    case: String,
    against: String,
    unit: String,
    rounds: usize,
    ours: Spread,
    other: Spread,
    /// Of the rounds' own ratios: what the machine did besides fell on both sides of each.
    ratio: Spread,
    #[serde(skip_serializing_if = "Option::is_none")]
    bar: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    most: Option<f64>,
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
        let pairs = lane.ours.iter().zip(&lane.other);
        let ratio = Spread::of(pairs.map(|(ours, other)| ours / other).collect());
        let ours = Spread::of(lane.ours);
        Self {
            rounds: lane.other.len(),
            other: Spread::of(lane.other),
            met: lane.bar.is_none_or(|bar| ratio.median <= bar)
                && lane.most.is_none_or(|most| ours.median <= most),
            ours,
            ratio,
            unit: lane.unit,
            benchmark: lane.benchmark,
            case: lane.case,
            against: lane.against,
            bar: lane.bar,
            most: lane.most,
        }
    }

    fn line(&self) -> String {
        let amount = |number| amount(number, &self.unit);
        let most = self.most.map(|most| format!(" and under {}", amount(most)));
        let bar = self.bar.map(|bar| format!("bar {bar:.2}"));
        let bar = bar.unwrap_or_else(|| "without a bar".to_owned());
        let word = match self.bar {
            None => "told",
            Some(_) if self.met => "met",
            Some(_) => "MISSED",
        };
        format!(
            "{:<6} {} ({}): {:.2} times {} (half of the rounds {:.2} to {:.2}), {bar}{}: {} \
             against {}",
            word,
            self.benchmark,
            self.case,
            self.ratio.median,
            self.against,
            self.ratio.lower_quartile,
            self.ratio.upper_quartile,
            most.unwrap_or_default(),
            amount(self.ours.median),
            amount(self.other.median),
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

fn amount(number: f64, unit: &str) -> String {
    match unit {
        "ns" if number < 10_000.0 => format!("{number:.0} ns"),
        "ns" if number < 10_000_000.0 => format!("{:.1} µs", number / 1e3),
        "ns" => format!("{:.1} ms", number / 1e6),
        "bytes" => format!("{:.1} MB", number / 1e6),
        unit => format!("{number:.0} {unit}"),
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

    fn figures(ours: &[f64], other: &[f64], most: Option<f64>) -> Figures {
        Figures::of(Lane {
            benchmark: "save".to_owned(),
            case: "SQLite".to_owned(),
            against: "a bare upsert".to_owned(),
            unit: "ns".to_owned(),
            bar: Some(1.5),
            most,
            ours: ours.to_vec(),
            other: other.to_vec(),
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
    fn what_has_no_bar_is_told_whatever_it_is() {
        let mut found = figures(&[9.0; 3], &[1.0; 3], None);
        found.bar = None;
        let line = found.line();
        assert!(
            line.starts_with("told") && line.contains("without a bar"),
            "{line}"
        );
    }

    #[test]
    fn an_amount_is_said_in_its_unit() {
        for (number, unit, words) in [
            (9_999.0, "ns", "9999 ns"),
            (10_000.0, "ns", "10.0 µs"),
            (9_999_000.0, "ns", "9999.0 µs"),
            (2_712_345_678.0, "ns", "2712.3 ms"),
            (3.0, "round trips", "3 round trips"),
            (10_000.0, "characters", "10000 characters"),
            (31_960_000.0, "bytes", "32.0 MB"),
        ] {
            assert_eq!(amount(number, unit), words);
        }
    }

    #[test]
    fn nothing_measured_meets_no_bar() {
        assert!(!figures(&[], &[], None).met);
    }
}
