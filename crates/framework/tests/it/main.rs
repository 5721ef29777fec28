//! Tests of this crate through its public API.

mod accounts;
mod binding;
mod broken;
mod browser;
mod events;
mod limits;
mod mailbox;
mod more_toolkits;
mod names;
mod people;
mod resuming;
mod run;
mod service_account;
mod sessions;
mod support;
mod team;
mod team_build;
mod team_end;
mod team_pause;
mod team_restart;
mod team_sends;
mod token_file;
mod turns;
mod unclear;
mod waiting;
