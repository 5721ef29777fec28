//! Rules of a series: checked before they leave, ended, and continued.

mod moved;

use chrono::{DateTime, NaiveDate, Utc};
use toolgate_toolkit::ToolError;

pub(crate) use self::moved::moved;
use crate::{times::day_before, view::When};

/// How often something may recur.
const FREQUENCIES: [&str; 4] = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"];
/// Parts of a rule whose value is left to Google.
const BY: [&str; 10] = [
    "BYDAY",
    "BYMONTH",
    "BYMONTHDAY",
    "BYYEARDAY",
    "BYWEEKNO",
    "BYSETPOS",
    "BYHOUR",
    "BYMINUTE",
    "BYSECOND",
    "WKST",
];

/// Checks the rules of an argument: each line as it is, one without its name as an RRULE.
///
/// # Errors
/// Names the argument and shows a rule.
pub(crate) fn rules(texts: &[String], is_days: bool) -> Result<Vec<String>, ToolError> {
    let mut rules = Vec::new();
    for text in texts {
        let text = text.trim();
        let line = if text.starts_with("FREQ=") {
            format!("RRULE:{text}")
        } else {
            text.to_owned()
        };
        check(&line, is_days).map_err(|problem| refused(&line, problem))?;
        rules.push(line);
    }
    let recurs = |line: &String| line.starts_with("RRULE:") || line.starts_with("RDATE");
    if !rules.is_empty() && !rules.iter().any(recurs) {
        return Err(refused("", "nothing of it recurs"));
    }
    Ok(rules)
}

fn refused(line: &str, problem: &str) -> ToolError {
    let shown: String = line.chars().take(80).collect();
    ToolError::invalid_argument(
        "recurrence",
        &format!("`{shown}`: {problem}"),
        "such as RRULE:FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10, or RRULE:FREQ=MONTHLY;UNTIL=20261231T235959Z",
    )
}

fn check(line: &str, is_days: bool) -> Result<(), &'static str> {
    if !line.chars().all(|c| c.is_ascii_graphic() || c == ' ') {
        return Err("it is not one line of plain characters");
    }
    let Some(rule) = line.strip_prefix("RRULE:") else {
        let is_dates = ["EXDATE", "RDATE"].iter().any(|name| {
            let rest = line.strip_prefix(name);
            rest.is_some_and(|rest| rest.starts_with([':', ';']) && rest.contains(':'))
        });
        return if is_dates {
            Ok(())
        } else {
            Err("it is no RRULE, RDATE or EXDATE line")
        };
    };
    let mut names: Vec<&str> = Vec::new();
    for part in rule.split(';') {
        let (name, value) = part.split_once('=').ok_or("a part has no value")?;
        if names.contains(&name) {
            return Err("a part stands twice");
        }
        names.push(name);
        check_part(name, value, is_days)?;
    }
    match (
        names.contains(&"FREQ"),
        names.contains(&"COUNT") && names.contains(&"UNTIL"),
    ) {
        (false, _) => Err("it does not say how often: FREQ is missing"),
        (_, true) => Err("it ends by COUNT or by UNTIL, not by both"),
        _ => Ok(()),
    }
}

fn check_part(name: &str, value: &str, is_days: bool) -> Result<(), &'static str> {
    match name {
        "FREQ" if FREQUENCIES.contains(&value) => Ok(()),
        "FREQ" => Err("FREQ is DAILY, WEEKLY, MONTHLY or YEARLY"),
        "COUNT" | "INTERVAL" => match value.parse::<u32>() {
            Ok(1..=10_000) => Ok(()),
            _ => Err("COUNT and INTERVAL are whole numbers from 1 on"),
        },
        "UNTIL" if is_days => NaiveDate::parse_from_str(value, "%Y%m%d")
            .map(drop)
            .map_err(|_| "UNTIL of whole days is a day such as 20261231"),
        "UNTIL" => chrono::NaiveDateTime::parse_from_str(value, "%Y%m%dT%H%M%SZ")
            .map(drop)
            .map_err(|_| "UNTIL is a time in UTC such as 20261231T235959Z"),
        known if BY.contains(&known) && !value.is_empty() => Ok(()),
        _ => Err("a part is not known"),
    }
}

/// Where a series is cut.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cut {
    Moment(DateTime<Utc>),
    Day(NaiveDate),
}

impl Cut {
    /// Where an instance starts.
    pub(crate) fn at(when: &When) -> Self {
        match when {
            When::Timed { from, .. } => Self::Moment(from.with_timezone(&Utc)),
            When::Days { from, .. } => Self::Day(*from),
        }
    }

    /// As an end that the instance itself belongs to.
    fn until(self) -> String {
        match self {
            Self::Moment(at) => at.format("%Y%m%dT%H%M%SZ").to_string(),
            Self::Day(day) => day.format("%Y%m%d").to_string(),
        }
    }

    /// Just before it.
    fn before(self) -> Self {
        match self {
            Self::Moment(at) => Self::Moment(at - chrono::Duration::seconds(1)),
            Self::Day(day) => Self::Day(day_before(day)),
        }
    }
}

/// The same rules, ended before an instance.
pub(crate) fn ended_before(rules: &[String], cut: Cut) -> Vec<String> {
    ended(rules, cut.before())
}

/// The same rules, the last instance of which is this one.
pub(crate) fn ended_with(rules: &[String], last: Cut) -> Vec<String> {
    ended(rules, last)
}

fn ended(rules: &[String], last: Cut) -> Vec<String> {
    let line = |line: &String| match line.strip_prefix("RRULE:") {
        None => line.clone(),
        Some(rule) => {
            let parts = rule.split(';');
            let parts = parts.filter(|it| !it.starts_with("UNTIL=") && !it.starts_with("COUNT="));
            let until = format!("UNTIL={}", last.until());
            let parts: Vec<&str> = parts.chain([until.as_str()]).collect();
            format!("RRULE:{}", parts.join(";"))
        }
    };
    rules.iter().map(line).collect()
}

pub(crate) fn counts(rules: &[String]) -> bool {
    rules
        .iter()
        .any(|line| line.starts_with("RRULE:") && line.contains("COUNT="))
}

/// Whether the rules name dates of their own, which a cut or a new time would miss.
pub(crate) fn names_dates(rules: &[String], name: &str) -> bool {
    rules.iter().any(|line| line.starts_with(name))
}

/// Instances that do not take place.
pub(crate) fn excluding(cuts: &[Cut]) -> String {
    let name = match cuts {
        [Cut::Day(_), ..] => "EXDATE;VALUE=DATE",
        _ => "EXDATE",
    };
    let dates: Vec<String> = cuts.iter().map(|cut| cut.until()).collect();
    format!("{name}:{}", dates.join(","))
}

/// A time that the rules of a series would contradict.
pub(crate) fn contradicted() -> ToolError {
    ToolError::invalid_argument(
        "start_date",
        "the rules of the series name days or dates that would not move with it",
        "the same with `recurrence`, which says the rules anew",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(list: &[&str]) -> Vec<String> {
        list.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn rules_that_google_takes_pass_as_they_are() {
        for (line, is_days) in [
            ("RRULE:FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10", false),
            (
                "RRULE:FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20261231T235959Z",
                false,
            ),
            ("RRULE:FREQ=YEARLY;UNTIL=20301231", true),
            ("RRULE:FREQ=DAILY;INTERVAL=2;WKST=SU", false),
        ] {
            assert_eq!(rules(&texts(&[line]), is_days).unwrap(), [line]);
        }
        let with_dates = texts(&["FREQ=DAILY", "EXDATE;TZID=Europe/Warsaw:20260603T090000"]);
        assert_eq!(rules(&with_dates, false).unwrap()[0], "RRULE:FREQ=DAILY");
    }

    #[test]
    fn rules_that_cannot_be_are_refused_by_name() {
        for (line, is_days) in [
            ("every monday", false),
            ("RRULE:BYDAY=MO", false),
            ("RRULE:FREQ=HOURLY", false),
            ("RRULE:FREQ=DAILY;COUNT=0", false),
            ("RRULE:FREQ=DAILY;COUNT=3;UNTIL=20261231T235959Z", false),
            ("RRULE:FREQ=DAILY;UNTIL=20261231", false),
            ("RRULE:FREQ=DAILY;UNTIL=20261231T235959Z", true),
            ("RRULE:FREQ=DAILY;FREQ=DAILY", false),
            ("RRULE:FREQ=DAILY;COLOUR=RED", false),
            ("RRULE:FREQ=DAILY\nATTENDEE:x", false),
            ("EXDATE:20260603T090000Z", false),
        ] {
            let error = rules(&texts(&[line]), is_days).unwrap_err();
            assert_eq!(error.argument(), Some("recurrence"), "{line}");
        }
    }

    #[test]
    fn a_cut_ends_a_series_and_says_nothing_else_anew() {
        let at = Cut::Moment("2026-06-03T07:00:00Z".parse().unwrap());
        let rules = texts(&[
            "RRULE:FREQ=WEEKLY;COUNT=10;BYDAY=WE",
            "EXDATE:20260520T070000Z",
        ]);
        assert_eq!(
            ended_before(&rules, at),
            [
                "RRULE:FREQ=WEEKLY;BYDAY=WE;UNTIL=20260603T065959Z",
                "EXDATE:20260520T070000Z"
            ]
        );
        assert_eq!(
            ended_with(&rules, at)[0],
            "RRULE:FREQ=WEEKLY;BYDAY=WE;UNTIL=20260603T070000Z"
        );
        let day = Cut::Day("2026-03-01".parse().unwrap());
        let yearly = texts(&["RRULE:FREQ=YEARLY;UNTIL=20300301"]);
        assert_eq!(
            ended_before(&yearly, day),
            ["RRULE:FREQ=YEARLY;UNTIL=20260228"]
        );
        assert!(counts(&rules) && !counts(&yearly));
        assert!(names_dates(&rules, "EXDATE") && !names_dates(&rules, "RDATE"));
    }
}
