//! Sheets: the spreadsheets among the files of all accounts, and Google's methods on them.
//!
//! Written from Sheets' discovery document and Google's documentation. Where both are silent: a
//! range that begins within the grid and ends beyond it is taken as far as the grid goes, where it
//! is read, cleared or formatted; values for a single cell may go beyond it; tables are cells with
//! values that touch, corners too; a formula without a number format takes that of the first cell
//! it names that has one; a function that is not among the handful here is an unknown name; what is
//! edited within ten minutes by one person is one revision.

mod a1;
mod append;
mod batch;
mod book;
mod cells;
mod dates;
mod datum;
mod dimensions;
pub(crate) mod errors;
mod eval;
mod find;
mod formula;
mod functions;
mod grid;
mod input;
mod locale;
mod looks;
mod make;
mod mask;
mod methods;
mod numbers;
mod parse;
mod pattern;
mod plant;
mod protect;
mod ranges;
mod sort;
mod tabs;
mod values;
mod view;

pub(crate) use self::a1::column_name;
pub(crate) use self::book::Book;
pub(crate) use self::datum::Datum;
pub(crate) use self::methods::{METHODS, handle};
pub(crate) use self::plant::{check_seed, planted};
pub(crate) use self::protect::Editor;

#[cfg(test)]
mod tests;
