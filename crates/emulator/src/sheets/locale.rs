//! How numbers and dates are written where a spreadsheet is from.

/// Which part of a date stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateOrder {
    Month,
    Day,
    Year,
}

/// The rules of a locale.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Locale {
    name: &'static str,
    pub(crate) decimal: char,
    pub(crate) group: char,
    pub(crate) order: DateOrder,
    pub(crate) date: &'static str,
    pub(crate) time: &'static str,
    pub(crate) date_time: &'static str,
    pub(crate) currency: &'static str,
    /// The pattern of an amount of money.
    pub(crate) money: &'static str,
    pub(crate) truth: [&'static str; 2],
    months: [&'static str; 12],
    days: [&'static str; 7],
}

const ENGLISH_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const ENGLISH_DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

const AMERICAN: Locale = Locale {
    name: "en_US",
    decimal: '.',
    group: ',',
    order: DateOrder::Month,
    date: "m/d/yyyy",
    time: "h:mm:ss am/pm",
    date_time: "m/d/yyyy h:mm:ss",
    currency: "$",
    money: "\"$\"#,##0.00",
    truth: ["TRUE", "FALSE"],
    months: ENGLISH_MONTHS,
    days: ENGLISH_DAYS,
};

static ALL: [Locale; 5] = [
    AMERICAN,
    Locale {
        name: "en_GB",
        order: DateOrder::Day,
        date: "dd/mm/yyyy",
        time: "hh:mm:ss",
        date_time: "dd/mm/yyyy hh:mm:ss",
        currency: "£",
        money: "\"£\"#,##0.00",
        ..AMERICAN
    },
    Locale {
        name: "de_DE",
        decimal: ',',
        group: '.',
        order: DateOrder::Day,
        date: "dd.mm.yyyy",
        time: "hh:mm:ss",
        date_time: "dd.mm.yyyy hh:mm:ss",
        currency: "€",
        money: "#,##0.00 \"€\"",
        truth: ["WAHR", "FALSCH"],
        months: [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
        days: [
            "Montag",
            "Dienstag",
            "Mittwoch",
            "Donnerstag",
            "Freitag",
            "Samstag",
            "Sonntag",
        ],
    },
    Locale {
        name: "pl_PL",
        decimal: ',',
        group: '\u{a0}',
        order: DateOrder::Day,
        date: "d.mm.yyyy",
        time: "hh:mm:ss",
        date_time: "d.mm.yyyy hh:mm:ss",
        currency: "zł",
        money: "#,##0.00 \"zł\"",
        truth: ["PRAWDA", "FAŁSZ"],
        ..AMERICAN
    },
    Locale {
        name: "sv_SE",
        decimal: ',',
        group: '\u{a0}',
        order: DateOrder::Year,
        date: "yyyy-mm-dd",
        time: "hh:mm:ss",
        date_time: "yyyy-mm-dd hh:mm:ss",
        currency: "kr",
        money: "#,##0.00 \"kr\"",
        truth: ["SANT", "FALSKT"],
        ..AMERICAN
    },
];

impl Locale {
    /// The rules of a locale that is known, or of another of its language; else those of the USA.
    pub(crate) fn of(name: &str) -> &'static Self {
        let language = |name: &str| name.split('_').next().unwrap_or_default().to_owned();
        let same = |locale: &&Self| locale.name == name;
        let akin = |locale: &&Self| language(locale.name) == language(name);
        let elsewhere = |locale: &&Self| name.starts_with("en_") && locale.name == "en_GB";
        let found = ALL.iter().find(same).or_else(|| ALL.iter().find(elsewhere));
        found.or_else(|| ALL.iter().find(akin)).unwrap_or(&ALL[0])
    }

    /// The name of a month, counted from 1.
    pub(crate) fn month(&self, number: u32) -> &'static str {
        let index = usize::try_from(number).unwrap_or(1).saturating_sub(1);
        self.months.get(index).copied().unwrap_or_default()
    }

    /// The number of a month by its name or the first three letters of it.
    pub(crate) fn month_named(&self, name: &str) -> Option<u32> {
        let name = name.trim_end_matches('.').to_lowercase();
        let is = |known: &str| {
            let known = known.to_lowercase();
            known == name || known.chars().take(3).collect::<String>() == name
        };
        let place = self.months.iter().position(|known| is(known));
        let place = place.or_else(|| ENGLISH_MONTHS.iter().position(|known| is(known)))?;
        u32::try_from(place + 1).ok()
    }

    /// The name of a day, counted from Monday.
    pub(crate) fn day(&self, index: usize) -> &'static str {
        self.days.get(index).copied().unwrap_or_default()
    }

    /// Whether a text is the word for true or for false.
    pub(crate) fn truth_of(&self, text: &str) -> Option<bool> {
        let says = |index: usize| {
            let words = [self.truth[index], AMERICAN.truth[index]];
            words
                .iter()
                .any(|word| word.to_lowercase() == text.to_lowercase())
        };
        if says(0) {
            Some(true)
        } else {
            says(1).then_some(false)
        }
    }
}
