//! Tests of the migrations, each on SQLite and on the PostgreSQL that `DATABASE_URL` names.

mod processes;
mod support;
mod up_down_up;
mod versions;
