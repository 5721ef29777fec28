//! Google Calendar tools for LLM agents, per user, on Toolgate.

mod availability;
mod book;
mod calendars;
mod catalogue;
mod create;
mod delete;
mod error;
mod fields;
mod get;
mod guests;
mod hours;
mod hub;
mod list;
mod moving;
mod people;
mod respond;
mod schedule;
mod series;
mod settlement;
mod setup;
mod slots;
mod span;
mod text;
mod times;
mod toolkit;
mod update;
mod view;
mod when;
mod wire;

pub use error::Error;
pub use google_calendar3;
pub use hours::WorkingHours;
pub use hub::CalendarHub;
pub use toolkit::{CalendarToolkit, LEAST_RESULT_BUDGET};
