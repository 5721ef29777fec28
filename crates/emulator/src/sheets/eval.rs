//! Computing formulas: references, operators, and cells that depend on each other.

use std::cell::{Cell as Slot, RefCell};
use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde_json::Value;

use super::book::{Book, Entry, Place, Tab};
use super::datum::{Datum, Fault, FaultKind};
use super::formula::Reference;
use super::functions;
use super::grid::{Area, GridRange};
use super::input;
use super::locale::Locale;
use super::parse::{self, Expr};

/// How many formulas and parts of formulas may wait for each other at once; longer chains are
/// computed from their ends.
const DEEPEST: usize = 300;

/// How far the format of a formula is looked for.
const FARTHEST: usize = 40;

/// Where a formula stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Home {
    pub(super) tab: i64,
    pub(super) place: Place,
}

/// What an argument is: a value, or cells.
#[derive(Debug, Clone)]
pub(super) enum Operand {
    One(Datum),
    Cells(i64, Area),
}

/// The computed cells of a spreadsheet, each computed once.
#[derive(Debug)]
pub(crate) struct Sums<'a> {
    pub(super) book: &'a Book,
    pub(super) locale: &'static Locale,
    known: RefCell<BTreeMap<Home, Option<Datum>>>,
    depth: Slot<usize>,
    is_cut: Slot<bool>,
}

impl<'a> Sums<'a> {
    /// All of a spreadsheet.
    pub(crate) fn of(book: &'a Book) -> Self {
        let sums = Self {
            book,
            locale: book.rules_of_place(),
            known: RefCell::default(),
            depth: Slot::new(0),
            is_cut: Slot::new(false),
        };
        let homes: Vec<Home> = (book.tabs.iter())
            .flat_map(|tab| {
                let formulas = tab.cells.iter();
                let formulas = formulas.filter(|(_, it)| matches!(it.entry, Entry::Formula(_)));
                formulas.map(|(place, _)| Home {
                    tab: tab.id,
                    place: *place,
                })
            })
            .collect();
        // Down, then up: so that most chains are short when they are asked for.
        for home in homes.iter().chain(homes.iter().rev()) {
            sums.value(*home);
        }
        sums
    }

    /// The value of a cell.
    pub(crate) fn at(&self, tab: i64, place: Place) -> Datum {
        self.value(Home { tab, place })
    }

    fn value(&self, home: Home) -> Datum {
        let cell = self.book.tab(home.tab).and_then(|tab| tab.cell(home.place));
        match cell.map(|cell| &cell.entry) {
            None | Some(Entry::Empty) => Datum::Empty,
            Some(Entry::Number(number)) => Datum::Number(*number),
            Some(Entry::Text(text)) => Datum::Text(text.clone()),
            Some(Entry::Bool(truth)) => Datum::Bool(*truth),
            Some(Entry::Formula(formula)) => self.formula(home, formula),
        }
    }

    fn formula(&self, home: Home, formula: &str) -> Datum {
        let known = self.known.borrow().get(&home).cloned();
        match known {
            Some(Some(datum)) => return datum,
            Some(None) => {
                let message = "Circular dependency detected. To resolve with iterative \
                               calculation, see File > Settings.";
                return Datum::fault(FaultKind::Ref, message);
            }
            None => {}
        }
        self.known.borrow_mut().insert(home, None);
        self.depth.set(self.depth.get() + 1);
        let datum = match parse::read(formula, self.locale) {
            Some(expr) => self.single(home, &expr),
            None => Datum::fault(FaultKind::Parse, "Formula parse error."),
        };
        self.depth.set(self.depth.get() - 1);
        let mut known = self.known.borrow_mut();
        if self.is_cut.get() {
            known.remove(&home);
            self.is_cut.set(self.depth.get() > 0);
        } else {
            known.insert(home, Some(datum.clone()));
        }
        datum
    }

    /// The value of a part of a formula where one value is wanted; an empty cell is none.
    pub(super) fn scalar(&self, home: Home, expr: &Expr) -> Datum {
        match self.operand(home, expr) {
            Operand::One(datum) => datum,
            Operand::Cells(tab, area) if area.rows.len() == 1 && area.columns.len() == 1 => {
                self.at(tab, (area.rows.start, area.columns.start))
            }
            Operand::Cells(..) => {
                Datum::fault(FaultKind::Value, "An array value could not be found.")
            }
        }
    }

    /// As [`Self::scalar`], where what is empty shows as 0.
    fn single(&self, home: Home, expr: &Expr) -> Datum {
        match self.scalar(home, expr) {
            Datum::Empty => Datum::Number(0.0),
            datum => datum,
        }
    }

    pub(super) fn operand(&self, home: Home, expr: &Expr) -> Operand {
        if self.depth.get() >= DEEPEST {
            self.is_cut.set(true);
            let message = "The chain of formulas is too long.";
            return Operand::One(Datum::fault(FaultKind::Ref, message));
        }
        self.depth.set(self.depth.get() + 1);
        let operand = self.part(home, expr);
        self.depth.set(self.depth.get() - 1);
        operand
    }

    fn part(&self, home: Home, expr: &Expr) -> Operand {
        Operand::One(match expr {
            Expr::Number(number) => Datum::Number(*number),
            Expr::Text(text) => Datum::Text(text.clone()),
            Expr::Fault(kind) => Datum::fault(*kind, "Reference does not exist."),
            Expr::Missing => Datum::Empty,
            Expr::Reference(reference) => match self.target(home, reference) {
                Some((tab, area)) => return Operand::Cells(tab, area),
                None => Datum::fault(FaultKind::Ref, "Reference does not exist."),
            },
            Expr::Name(name) => return self.named(name),
            Expr::Negative(inner) => {
                self.arithmetic("-", Datum::Number(0.0), self.scalar(home, inner))
            }
            Expr::Percent(inner) => {
                self.arithmetic("/", self.scalar(home, inner), Datum::Number(100.0))
            }
            Expr::Binary(operator, left, right) => {
                self.binary(operator, self.scalar(home, left), self.scalar(home, right))
            }
            Expr::Call(name, arguments) => functions::call(self, home, name, arguments),
        })
    }

    fn named(&self, name: &str) -> Operand {
        if let Some(truth) = self.locale.truth_of(name) {
            return Operand::One(Datum::Bool(truth));
        }
        let mut names = self.book.names.iter();
        let range = names.find(|it| it.name.eq_ignore_ascii_case(name));
        if let Some((tab, area)) = range.and_then(|it| self.book.area(&it.range).ok()) {
            return Operand::Cells(tab.id, area);
        }
        let message = format!("Unknown range name: '{}'.", name.to_uppercase());
        Operand::One(Datum::fault(FaultKind::Name, message))
    }

    /// The cells that a reference means; `None` when they are not there.
    pub(super) fn target(&self, home: Home, reference: &Reference) -> Option<(i64, Area)> {
        let tab: &Tab = match &reference.tab {
            Some(name) => self.book.tab_named(name)?,
            None => self.book.tab(home.tab)?,
        };
        let range: GridRange = reference.on(tab.id);
        let area = Area {
            rows: range.rows.within(tab.rows),
            columns: range.columns.within(tab.columns),
        };
        (!area.rows.is_empty() && !area.columns.is_empty()).then_some((tab.id, area))
    }

    fn binary(&self, operator: &str, left: Datum, right: Datum) -> Datum {
        match operator {
            "&" => match (self.text(left), self.text(right)) {
                (Ok(left), Ok(right)) => Datum::Text(left + &right),
                (Err(fault), _) | (_, Err(fault)) => Datum::Fault(fault),
            },
            "=" | "<>" | "<" | ">" | "<=" | ">=" => match (left, right) {
                (Datum::Fault(fault), _) | (_, Datum::Fault(fault)) => Datum::Fault(fault),
                (left, right) => Datum::Bool(holds(operator, compare(&left, &right))),
            },
            _ => self.arithmetic(operator, left, right),
        }
    }

    fn arithmetic(&self, operator: &str, left: Datum, right: Datum) -> Datum {
        let (left, right) = match (self.number(left), self.number(right)) {
            (Ok(left), Ok(right)) => (left, right),
            (Err(fault), _) | (_, Err(fault)) => return Datum::Fault(fault),
        };
        let result = match operator {
            "+" => left + right,
            "-" => left - right,
            "*" => left * right,
            "/" if right.abs() < f64::MIN_POSITIVE => {
                let message = "Function DIVIDE parameter 2 cannot be zero.";
                return Datum::fault(FaultKind::Div, message);
            }
            "/" => left / right,
            _ => left.powf(right),
        };
        if result.is_finite() {
            Datum::Number(result)
        } else {
            Datum::fault(FaultKind::Num, "The result is no number.")
        }
    }

    /// A value as a number.
    pub(super) fn number(&self, datum: Datum) -> Result<f64, Fault> {
        match datum {
            Datum::Empty => Ok(0.0),
            Datum::Number(number) => Ok(number),
            Datum::Bool(truth) => Ok(f64::from(u8::from(truth))),
            Datum::Text(text) => input::number_of(&text, self.locale).ok_or_else(|| Fault {
                kind: FaultKind::Value,
                message: format!(
                    "A parameter expects number values. But '{text}' is a text and cannot be \
                     coerced to a number."
                ),
            }),
            Datum::Fault(fault) => Err(fault),
        }
    }

    pub(super) fn text(&self, datum: Datum) -> Result<String, Fault> {
        match datum {
            Datum::Fault(fault) => Err(fault),
            datum => Ok(datum.formatted(None, self.locale)),
        }
    }

    /// The number format that a cell shows its value by; a formula takes that of its cells.
    pub(crate) fn format(&self, tab: i64, place: Place) -> Option<Value> {
        self.format_of(Home { tab, place }, 0)
    }

    fn format_of(&self, home: Home, depth: usize) -> Option<Value> {
        let cell = self.book.tab(home.tab)?.cell(home.place)?;
        if let Some(format) = cell.number_format() {
            return Some(format.clone());
        }
        match &cell.entry {
            Entry::Formula(formula) if depth < FARTHEST => {
                let expr = parse::read(formula, self.locale)?;
                self.hint(home, &expr, depth)
            }
            _ => None,
        }
    }

    fn hint(&self, home: Home, expr: &Expr, depth: usize) -> Option<Value> {
        if depth > FARTHEST {
            return None;
        }
        let depth = depth + 1;
        match expr {
            Expr::Reference(_) | Expr::Name(_) => {
                let Operand::Cells(tab, area) = self.operand(home, expr) else {
                    return None;
                };
                let rows = area.rows.clone().take(5);
                let mut homes = rows.map(|row| Home {
                    tab,
                    place: (row, area.columns.start),
                });
                homes.find_map(|home| self.format_of(home, depth))
            }
            Expr::Negative(inner) => self.hint(home, inner, depth),
            Expr::Binary("+" | "-" | "*", left, right) => self
                .hint(home, left, depth)
                .or_else(|| self.hint(home, right, depth)),
            Expr::Binary("/", left, _) => self.hint(home, left, depth),
            Expr::Call(name, arguments) => {
                let keeps = matches!(
                    name.as_str(),
                    "SUM" | "AVERAGE" | "MIN" | "MAX" | "ROUND" | "IF" | "IFERROR"
                );
                let mut arguments = arguments.iter().filter(|_| keeps);
                arguments.find_map(|argument| self.hint(home, argument, depth))
            }
            _ => None,
        }
    }
}

/// Orders values: numbers before texts before truths; letters without their case.
pub(super) fn compare(left: &Datum, right: &Datum) -> Ordering {
    let rank = |datum: &Datum| match datum {
        Datum::Number(_) => 0,
        Datum::Text(_) => 1,
        Datum::Bool(_) => 2,
        Datum::Fault(_) => 3,
        Datum::Empty => 4,
    };
    match (left, right) {
        (Datum::Number(left), Datum::Number(right)) => left.total_cmp(right),
        (Datum::Text(left), Datum::Text(right)) => left.to_lowercase().cmp(&right.to_lowercase()),
        (Datum::Bool(left), Datum::Bool(right)) => left.cmp(right),
        (Datum::Empty, Datum::Empty) => Ordering::Equal,
        (Datum::Empty, other) => compare(&blank(other), other),
        (other, Datum::Empty) => compare(other, &blank(other)),
        (left, right) => rank(left).cmp(&rank(right)),
    }
}

/// What an empty cell is beside another value.
fn blank(beside: &Datum) -> Datum {
    match beside {
        Datum::Text(_) => Datum::Text(String::new()),
        Datum::Bool(_) => Datum::Bool(false),
        _ => Datum::Number(0.0),
    }
}

pub(super) fn holds(operator: &str, order: Ordering) -> bool {
    match operator {
        "=" => order == Ordering::Equal,
        "<>" => order != Ordering::Equal,
        "<" => order == Ordering::Less,
        ">" => order == Ordering::Greater,
        "<=" => order != Ordering::Greater,
        _ => order != Ordering::Less,
    }
}
