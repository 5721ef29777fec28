//! A private PostgreSQL for one test run: a server, a pooler in front of it, and what tests need to
//! start further servers that they may stop.

mod find;
mod install;
mod pooler;
mod site;
mod user;
mod watchdog;

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Context as _;
use serde_json::json;

pub(crate) use install::package as install_package;
use site::{Site, password};
pub(crate) use watchdog::{Watchdog, Watched};

/// What tests are told: a variable and its value.
pub(crate) type Variable = (&'static str, OsString);

/// PostgreSQL's programs, and a folder for servers. Dropping it stops the servers in it and removes
/// their files; so does its watchdog when this process ends in any other way.
#[derive(Debug)]
pub(crate) struct Cluster {
    site: Site,
    password: String,
    watchdog: Watchdog,
}

/// A running server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Server {
    port: u16,
}

impl Cluster {
    /// Finds PostgreSQL's programs, or installs them, and makes the files that a server starts with.
    pub(crate) fn prepare() -> anyhow::Result<Self> {
        if let Some(programs) = find::programs() {
            return Self::of(programs);
        }
        let installed = install::package("postgresql")
            .and_then(|()| find::programs().context("no server came with the package"));
        Self::of(installed.context(install::ADVICE)?)
    }

    /// The same, and nothing is installed.
    pub(crate) fn prepare_with_what_is_here() -> anyhow::Result<Self> {
        Self::of(find::programs().context(install::ADVICE)?)
    }

    fn of(programs: PathBuf) -> anyhow::Result<Self> {
        let site = Site::new(programs, user::unprivileged()?)?;
        let watchdog = Watchdog::start(site.folder())?;
        let password = password()?;
        site.create(&password)?;
        Ok(Self {
            site,
            password,
            watchdog,
        })
    }

    /// Starts the server that all tests share.
    pub(crate) fn serve(&self) -> anyhow::Result<Server> {
        let port = self.site.serve()?;
        let programs = self.site.programs().display();
        println!("PostgreSQL of {programs} on 127.0.0.1:{port}");
        Ok(Server { port })
    }

    /// Finds PgBouncer, or installs it, and starts it in front of a server.
    pub(crate) fn pool(&self, server: Server) -> anyhow::Result<Server> {
        let program = match find::pooler() {
            Some(program) => program,
            None => install::package("pgbouncer")
                .and_then(|()| find::pooler().context("no pooler came with the package"))?,
        };
        let port = pooler::start(&self.site, &program, server.port, &self.password)?;
        println!("PgBouncer of {} on 127.0.0.1:{port}", program.display());
        Ok(Server { port })
    }

    /// Where a server is, with its password.
    pub(crate) fn url(&self, server: Server) -> OsString {
        let (password, port) = (&self.password, server.port);
        format!("postgres://toolgate:{password}@127.0.0.1:{port}/postgres").into()
    }

    /// How a test starts a server of its own, which the watchdog stops where the test does not.
    pub(crate) fn own_servers(&self) -> Variable {
        let account = self.site.account().map(|it| [it.uid, it.gid]);
        let own = json!({
            "programs": self.site.programs(),
            "template": self.site.template(),
            "account": account,
            "password": self.password,
        });
        ("TOOLGATE_OWN_POSTGRES", own.to_string().into())
    }

    /// Who stops the servers, and the test runner with them, if this process is killed.
    pub(crate) fn watchdog(&self) -> &Watchdog {
        &self.watchdog
    }
}
