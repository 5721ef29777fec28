//! Tests of the PostgreSQL stores, on the server that `DATABASE_URL` names.

mod agreement;
mod concurrency;
mod connecting;
mod contract;
mod processes;
