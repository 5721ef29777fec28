//! Sheets as its clients see it.

mod harness;

mod append;
mod cells;
mod dimensions;
mod files;
mod find;
mod formats;
mod formulas;
mod office;
mod protection;
mod tabs;
mod values;
