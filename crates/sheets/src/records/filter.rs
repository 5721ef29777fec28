//! Which rows of a table are meant.

use std::cmp::Ordering;

use toolgate_toolkit::{ToolError, sized::shortened};

use super::header::Header;
use crate::{
    cell::{CellValue, visible},
    grid::Cell,
};

const GOOD: &str = "`Status = open`, with one of = != ~ < <= > >= behind the name of a column";

/// What has to hold of a column.
#[derive(Debug)]
struct Filter {
    place: usize,
    sign: Sign,
    /// What stands behind the sign.
    than: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Is,
    IsNot,
    Contains,
    Below,
    AtMost,
    Above,
    AtLeast,
}

/// The longer ones first, so that none is taken for its beginning.
const SIGNS: [(&str, Sign); 7] = [
    ("!=", Sign::IsNot),
    ("<=", Sign::AtMost),
    (">=", Sign::AtLeast),
    ("=", Sign::Is),
    ("~", Sign::Contains),
    ("<", Sign::Below),
    (">", Sign::Above),
];

/// Filters that all have to hold.
#[derive(Debug)]
pub(crate) struct Filters(Vec<Filter>);

impl Filters {
    pub(crate) fn of(texts: &[String], header: &Header) -> Result<Self, ToolError> {
        let filters = texts.iter().map(|text| Filter::parse(text, header));
        filters.collect::<Result<_, _>>().map(Self)
    }

    pub(crate) fn hold(&self, row: &[Cell]) -> bool {
        self.0.iter().all(|filter| {
            let value = row.get(filter.place);
            filter.holds(value.map_or(&CellValue::Empty, |it| it.value.value()))
        })
    }
}

impl Filter {
    /// A column may have a sign in its name: the longest name that the text begins with is meant.
    fn parse(text: &str, header: &Header) -> Result<Self, ToolError> {
        let signs = text.char_indices().filter_map(|(at, _)| {
            let rest = text.get(at..)?;
            let (sign, kind) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign))?;
            Some((text.get(..at)?, *kind, rest.get(sign.len()..)?))
        });
        let signs: Vec<(&str, Sign, &str)> = signs.collect();
        let Some((first, ..)) = signs.first() else {
            let shown = shortened(&visible(text), 60);
            let problem = format!("`{shown}` does not say what has to hold");
            return Err(ToolError::invalid_argument("filter", &problem, GOOD));
        };
        let known = signs.iter().rev().find_map(|(name, sign, than)| {
            let place = header.place("filter", name).ok()?;
            Some(Self {
                place,
                sign: *sign,
                than: than.trim().to_owned(),
            })
        });
        match known {
            Some(filter) if filter.has_no_order() => {
                let shown = shortened(&visible(&filter.than), 60);
                let problem = format!("`{shown}` is no number, date or time to compare with");
                let good = "`Amount > 1200.5`, `Due < 2027-03-01` or `Start >= 09:30`";
                Err(ToolError::invalid_argument("filter", &problem, good))
            }
            Some(filter) => Ok(filter),
            None => Err(header.place("filter", first).map_or_else(
                |it| it,
                |_| ToolError::invalid_argument("filter", "its column is not clear", GOOD),
            )),
        }
    }

    /// Whether cells are to be compared with what none of them is before or behind.
    fn has_no_order(&self) -> bool {
        let is_ordered = matches!(
            self.sign,
            Sign::Below | Sign::AtMost | Sign::Above | Sign::AtLeast
        );
        is_ordered && self.than.parse::<f64>().is_err() && !is_moment(&self.than)
    }

    fn holds(&self, value: &CellValue) -> bool {
        let than = self.than.as_str();
        let order = || order(value, than);
        match self.sign {
            Sign::Is => is(value, than),
            Sign::IsNot => !is(value, than),
            Sign::Contains => {
                let shown = value.to_string().to_lowercase();
                shown.contains(&visible(than).to_lowercase())
            }
            Sign::Below => order().is_some_and(Ordering::is_lt),
            Sign::AtMost => order().is_some_and(Ordering::is_le),
            Sign::Above => order().is_some_and(Ordering::is_gt),
            Sign::AtLeast => order().is_some_and(Ordering::is_ge),
        }
    }
}

/// Whether a cell is what somebody calls it: a number by any spelling, a text in any case.
pub(crate) fn is(value: &CellValue, called: &str) -> bool {
    if let (CellValue::Number(number), Ok(other)) = (value, called.trim().parse::<f64>()) {
        return number.partial_cmp(&other).is_some_and(Ordering::is_eq);
    }
    value.to_string().trim().to_lowercase() == visible(called).trim().to_lowercase()
}

/// Whether a text is the beginning of a date as cells show it, or of a time.
fn is_moment(text: &str) -> bool {
    let like = |pattern: &str| {
        text.len() <= pattern.len()
            && text.bytes().zip(pattern.bytes()).all(|(it, like)| {
                if like == b'0' {
                    it.is_ascii_digit()
                } else {
                    it == like
                }
            })
    };
    let is_long = text.len() >= 4;
    is_long && (like("0000-00-00 00:00:00.000") || like("00:00:00.000"))
}

/// Numbers with numbers, dates with dates as they are written, and nothing else.
fn order(value: &CellValue, than: &str) -> Option<Ordering> {
    match value {
        CellValue::Number(number) => number.partial_cmp(&than.parse().ok()?),
        CellValue::Date(date) => {
            // A day stands for all of it where a time of it is compared.
            let same = date.get(..than.len()).is_some_and(|it| it == than);
            Some(if same {
                Ordering::Equal
            } else {
                date.as_str().cmp(than)
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header::named(&["Status", "Amount", "a=b", "a"])
    }

    #[test]
    fn a_filter_holds_by_what_cells_are_as_a_table() {
        let text = |text: &str| CellValue::Text(text.to_owned());
        let date = |text: &str| CellValue::Date(text.to_owned());
        let number = CellValue::Number;
        for (filter, value, expected) in [
            ("Status = open", text("Open "), true),
            ("status=open", text("opened"), false),
            ("Status != open", text("opened"), true),
            ("Amount = 12", number(12.0), true),
            ("Amount = 12.0", number(12.0), true),
            ("Amount = true", CellValue::Boolean(true), true),
            ("Status =", CellValue::Empty, true),
            ("Status ~ PEN", text("open"), true),
            ("Status ~ <", text("a<b"), true),
            ("Amount > 9", number(10.0), true),
            ("Amount > 10", number(10.0), false),
            ("Amount >= 10", number(10.0), true),
            ("Amount <= 10", number(10.0), true),
            ("Amount < 10", number(10.0), false),
            ("Amount > 9", text("10"), false),
            ("Amount < 3", CellValue::Empty, false),
            ("Status < 2027-03-01", date("2027-02-28"), true),
            ("Status < 2027-03-01", date("2027-03-01"), false),
            ("Status <= 2027-03-01", date("2027-03-01 09:00:00"), true),
            ("Status > 2027-03", date("2027-03-31"), false),
            ("Status > 2027", date("2028-01-01"), true),
            ("Status >= 09:30", date("10:00:00"), true),
            ("Status >= 09:30", date("09:00:00"), false),
        ] {
            let parsed = Filter::parse(filter, &header()).unwrap();
            assert_eq!(parsed.holds(&value), expected, "{filter} {value:?}");
        }
    }

    #[test]
    fn what_has_no_order_is_refused_and_not_compared_letter_by_letter() {
        for than in [
            "2027-3-1",
            "01.03.2027",
            "3/1/2027",
            "1,200",
            "10%",
            "m",
            "",
        ] {
            for sign in ["<", "<=", ">", ">="] {
                let error = Filter::parse(&format!("Amount {sign} {than}"), &header()).unwrap_err();
                assert!(
                    error.message().contains("to compare with"),
                    "{than} {error}"
                );
            }
        }
    }

    #[test]
    fn the_longest_name_that_a_filter_begins_with_is_meant() {
        for (text, place, sign, than) in [
            ("a=b=c", 2, Sign::Is, "c"),
            ("a=c", 3, Sign::Is, "c"),
            ("a = b", 3, Sign::Is, "b"),
            ("Amount>=1", 1, Sign::AtLeast, "1"),
        ] {
            let filter = Filter::parse(text, &header()).unwrap();
            let read = (filter.place, filter.sign, filter.than.as_str());
            assert_eq!(read, (place, sign, than), "{text}");
        }
        for text in ["Status", "", "Nothing = 3", "= 3"] {
            let error = Filter::parse(text, &header()).unwrap_err();
            assert_eq!(error.argument(), Some("filter"), "{text}");
        }
    }
}
