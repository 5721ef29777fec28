//! Tests of the PostgreSQL stores, on the server that `DATABASE_URL` names.

mod agreement;
mod connecting;
mod contract;
mod processes;
