//! Tests of this crate through its public API.

mod binding;
mod events;
mod limits;
mod mailbox;
mod people;
mod run;
mod support;
mod team;
mod team_build;
mod team_end;
mod team_pause;
mod team_restart;
mod token_file;
mod turns;
