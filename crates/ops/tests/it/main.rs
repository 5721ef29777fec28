//! What an operator sees, on both databases.

mod agno;
mod agno_rows;
mod doctor;
mod keys;
mod postgres;
mod schema;
mod support;
mod token_json;
mod users;
