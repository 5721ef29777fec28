//! Benchmarks: Toolgate against the bare libraries beneath it, in turn and in the same process.
//!
//! `cargo xtask bench` runs this program and says what the numbers mean. It writes one JSON array of
//! [`Lane`]s to standard output, and what it is at to standard error.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that is run for what it prints"
)]

mod agno;
mod bare;
mod by_hand;
mod child;
mod database;
mod mail_50;
mod mailbox;
mod mails;
mod overhead;
mod python;
mod resolve;
mod rows;
mod save;
mod sides;
mod sizes;
mod transfer;
mod turns;
mod world;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use lexopt::prelude::*;
use tokio::runtime;

use database::Server;
use transfer::Part;
use turns::Lane;

/// Which benchmarks to run, and what they need.
#[derive(Debug, Default)]
struct Flags {
    names: Vec<String>,
    /// A Python in which agno is installed.
    python: Option<PathBuf>,
    /// Be a Google with these mails for another process of this program, and nothing else.
    google: Option<String>,
    /// Be a part of `transfer` for another process of this program, and nothing else.
    part: Option<Part>,
}

fn main() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("benches: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> anyhow::Result<()> {
    let flags = Flags::parse()?;
    let mut runtime = match flags.part {
        // As a program has one that does not say otherwise.
        Some(Part::Ours) => runtime::Builder::new_multi_thread(),
        // On one thread: another one would see that a socket is ready and wake this one, which no
        // task of a server waits for.
        _ => runtime::Builder::new_current_thread(),
    };
    runtime.enable_all().build()?.block_on(run(flags))
}

async fn run(flags: Flags) -> anyhow::Result<()> {
    if let Some(part) = flags.part {
        return part.play().await;
    }
    if let Some(mails) = &flags.google {
        return overhead::serve(mails).await;
    }
    let server = Server::of_the_environment()?;
    let mut lanes = Vec::new();
    for name in &flags.names {
        lanes.extend(run_one(name, &server, &flags).await.context(name.clone())?);
    }
    println!("{}", serde_json::to_string(&lanes)?);
    Ok(())
}

async fn run_one(name: &str, server: &Server, flags: &Flags) -> anyhow::Result<Vec<Lane>> {
    let python = || {
        let python = flags.python.as_deref();
        python.context("--python names no Python with agno")
    };
    match name {
        "resolve-hot" => resolve::hot().await,
        "resolve-cold" => resolve::cold(server).await,
        "resolve-agno" => agno::run(python()?).await,
        "save" => save::run(server).await,
        "rows" => rows::run(server).await,
        "mail-50" => mail_50::run(python()?).await,
        "tool-overhead" => overhead::run().await,
        "transfer" => transfer::run().await,
        "sizes" => sizes::run(python()?).await,
        _ => bail!("there is no benchmark of this name"),
    }
}

impl Flags {
    fn parse() -> anyhow::Result<Self> {
        let mut parser = lexopt::Parser::from_env();
        let mut flags = Self::default();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("python") => flags.python = Some(parser.value()?.into()),
                Long("google") => flags.google = Some(parser.value()?.string()?),
                Long("transfer") => flags.part = Some(parser.value()?.parse()?),
                Value(name) => flags.names.push(name.string()?),
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(flags)
    }
}
