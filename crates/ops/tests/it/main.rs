//! What an operator sees, on both databases.

mod postgres;
mod schema;
