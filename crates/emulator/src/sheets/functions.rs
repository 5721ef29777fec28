//! The handful of functions that formulas may call.

use super::datum::{Datum, Fault, FaultKind};
use super::eval::{Home, Operand, Sums, compare, holds};
use super::grid::Area;
use super::numbers;
use super::parse::Expr;

/// Computes a call.
pub(super) fn call(sums: &Sums<'_>, home: Home, name: &str, arguments: &[Expr]) -> Datum {
    let call = Call {
        sums,
        home,
        name,
        arguments,
    };
    match call.value() {
        Ok(datum) => datum,
        Err(fault) => Datum::Fault(fault),
    }
}

struct Call<'a> {
    sums: &'a Sums<'a>,
    home: Home,
    name: &'a str,
    arguments: &'a [Expr],
}

impl Call<'_> {
    fn value(&self) -> Result<Datum, Fault> {
        match self.name {
            "SUM" => Ok(Datum::Number(self.numbers()?.iter().sum())),
            "AVERAGE" => self.average(),
            "COUNT" => {
                let all = self.each()?;
                let is_number = |it: &&Datum| matches!(it, Datum::Number(_));
                Ok(Datum::Number(numbers::count(
                    all.iter().filter(is_number).count(),
                )))
            }
            "COUNTA" => {
                let all = self.each()?;
                let filled = all.iter().filter(|it| **it != Datum::Empty);
                Ok(Datum::Number(numbers::count(filled.count())))
            }
            "MIN" => self.extreme(f64::min),
            "MAX" => self.extreme(f64::max),
            "IF" => self.choose(),
            "IFERROR" => match self.scalar(0)? {
                Datum::Fault(_) if self.arguments.len() > 1 => self.scalar(1),
                Datum::Fault(_) => Ok(Datum::Text(String::new())),
                datum => Ok(datum),
            },
            "ROUND" => {
                let places = match self.arguments.get(1) {
                    Some(_) => numbers::whole(self.number(1)?),
                    None => 0,
                };
                let places = i32::try_from(places).unwrap_or(0);
                Ok(Datum::Number(numbers::round(self.number(0)?, places)))
            }
            "CONCATENATE" => {
                let texts = self.each()?.into_iter().map(|it| self.sums.text(it));
                Ok(Datum::Text(texts.collect::<Result<String, Fault>>()?))
            }
            "AND" => self.truths(|all| all.iter().all(|it| *it)),
            "OR" => self.truths(|all| all.iter().any(|it| *it)),
            "NOT" => Ok(Datum::Bool(!self.truth(0)?)),
            "COUNTIF" | "SUMIF" => self.conditional(),
            "HYPERLINK" => match self.arguments.len() {
                1 => self.scalar(0),
                _ => self.scalar(1),
            },
            other => Err(Fault {
                kind: FaultKind::Name,
                message: format!("Unknown function: '{other}'."),
            }),
        }
    }

    fn argument(&self, index: usize) -> Result<&Expr, Fault> {
        self.arguments.get(index).ok_or_else(|| Fault {
            kind: FaultKind::NotAvailable,
            message: format!(
                "Wrong number of arguments to {}. Got {} arguments.",
                self.name,
                self.arguments.len()
            ),
        })
    }

    fn scalar(&self, index: usize) -> Result<Datum, Fault> {
        Ok(self.sums.scalar(self.home, self.argument(index)?))
    }

    fn number(&self, index: usize) -> Result<f64, Fault> {
        self.sums.number(self.scalar(index)?)
    }

    fn truth(&self, index: usize) -> Result<bool, Fault> {
        Ok(self.number(index)?.abs() > 0.0)
    }

    /// The values of all arguments, empty cells left out.
    fn each(&self) -> Result<Vec<Datum>, Fault> {
        self.argument(0)?;
        let mut all = Vec::new();
        for argument in self.arguments {
            match self.sums.operand(self.home, argument) {
                Operand::One(datum) => all.push(datum),
                Operand::Cells(tab, area) => all.extend(self.cells(tab, &area)),
            }
        }
        match all.iter().find_map(|datum| match datum {
            Datum::Fault(fault) if !self.name.starts_with("COUNT") => Some(fault.clone()),
            _ => None,
        }) {
            Some(fault) => Err(fault),
            None => Ok(all),
        }
    }

    fn cells(&self, tab: i64, area: &Area) -> Vec<Datum> {
        let Some(found) = self.sums.book.tab(tab) else {
            return Vec::new();
        };
        let cells = found.cells_in(area);
        cells.map(|(place, _)| self.sums.at(tab, place)).collect()
    }

    /// The numbers among the arguments: of cells only what is one, of values what can be one.
    fn numbers(&self) -> Result<Vec<f64>, Fault> {
        self.argument(0)?;
        let mut all = Vec::new();
        for argument in self.arguments {
            match self.sums.operand(self.home, argument) {
                Operand::One(datum) => all.push(self.sums.number(datum)?),
                Operand::Cells(tab, area) => {
                    for datum in self.cells(tab, &area) {
                        match datum {
                            Datum::Number(number) => all.push(number),
                            Datum::Fault(fault) => return Err(fault),
                            _ => {}
                        }
                    }
                }
            }
        }
        Ok(all)
    }

    fn average(&self) -> Result<Datum, Fault> {
        let all = self.numbers()?;
        if all.is_empty() {
            return Err(Fault {
                kind: FaultKind::Div,
                message: "Evaluation of function AVERAGE caused a divide by zero error.".to_owned(),
            });
        }
        Ok(Datum::Number(
            all.iter().sum::<f64>() / numbers::count(all.len()),
        ))
    }

    fn extreme(&self, choose: impl Fn(f64, f64) -> f64) -> Result<Datum, Fault> {
        let all = self.numbers()?;
        Ok(Datum::Number(all.into_iter().reduce(choose).unwrap_or(0.0)))
    }

    fn choose(&self) -> Result<Datum, Fault> {
        if self.truth(0)? {
            self.scalar(1)
        } else if self.arguments.len() > 2 {
            self.scalar(2)
        } else {
            Ok(Datum::Bool(false))
        }
    }

    fn truths(&self, decide: impl Fn(&[bool]) -> bool) -> Result<Datum, Fault> {
        let all = self.each()?.into_iter();
        let all = all.filter(|it| !matches!(it, Datum::Empty | Datum::Text(_)));
        let all = all.map(|it| Ok(self.sums.number(it)?.abs() > 0.0));
        Ok(Datum::Bool(decide(
            &all.collect::<Result<Vec<bool>, Fault>>()?,
        )))
    }

    /// `COUNTIF` and `SUMIF`: of the cells that fit a condition such as `done` or `>=5`.
    fn conditional(&self) -> Result<Datum, Fault> {
        let Operand::Cells(tab, area) = self.sums.operand(self.home, self.argument(0)?) else {
            return Err(Fault {
                kind: FaultKind::NotAvailable,
                message: "Argument must be a range.".to_owned(),
            });
        };
        let condition = self.sums.text(self.scalar(1)?)?;
        let operators = ["<=", ">=", "<>", "<", ">", "="].iter();
        let operator = operators.copied().find(|it| condition.starts_with(it));
        let wanted = condition
            .strip_prefix(operator.unwrap_or(""))
            .unwrap_or_default();
        let wanted = match super::input::number_of(wanted, self.sums.locale) {
            Some(number) => Datum::Number(number),
            None => Datum::Text(wanted.to_owned()),
        };
        let (sum_tab, sum_area) = match self.arguments.get(2) {
            Some(third) => match self.sums.operand(self.home, third) {
                Operand::Cells(tab, area) => (tab, area),
                Operand::One(_) => (tab, area.clone()),
            },
            None => (tab, area.clone()),
        };
        let (mut count, mut sum) = (0, 0.0);
        for row in area.rows.clone() {
            for column in area.columns.clone() {
                let datum = self.sums.at(tab, (row, column));
                let is_alike = matches!(
                    (&datum, &wanted),
                    (Datum::Number(_), Datum::Number(_)) | (Datum::Text(_), Datum::Text(_))
                );
                let order = compare(&datum, &wanted);
                let fits = match operator {
                    Some("<>") => !is_alike || holds("<>", order),
                    operator => is_alike && holds(operator.unwrap_or("="), order),
                };
                if fits {
                    count += 1;
                    let place = (
                        sum_area.rows.start + row - area.rows.start,
                        sum_area.columns.start + column - area.columns.start,
                    );
                    if let Datum::Number(number) = self.sums.at(sum_tab, place) {
                        sum += number;
                    }
                }
            }
        }
        Ok(Datum::Number(if self.name == "SUMIF" {
            sum
        } else {
            numbers::count(count)
        }))
    }
}
