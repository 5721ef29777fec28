//! The servers that the tests use, and what the tests are told of them.

use std::ffi::{OsStr, OsString};
use std::process::{Command, Stdio};

use anyhow::Context as _;

use super::Running;
use crate::postgres::{Cluster, Variable};
use crate::shell;

/// Whether tests may be left out for want of a program that they need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lanes {
    /// Where that is said, and nowhere in CI.
    Here,
    /// None may.
    All,
}

/// The servers of a run.
#[derive(Debug)]
pub(super) struct Database {
    variables: Vec<Variable>,
    cluster: Option<Cluster>,
}

impl Database {
    /// Uses the server of `DATABASE_URL`, or starts one with a pooler in front of it.
    pub(super) fn open(lanes: Lanes) -> anyhow::Result<Self> {
        if shell::env("DATABASE_URL").is_some() {
            return Self::given(lanes);
        }
        let cluster = Cluster::prepare()?;
        let server = cluster.serve()?;
        let mut variables = vec![("DATABASE_URL", cluster.url(server)), cluster.own_servers()];
        if let Some(pooler) = lanes.need("PgBouncer", cluster.pool(server))? {
            variables.push(("PGBOUNCER_URL", cluster.url(pooler)));
        }
        Ok(Self {
            variables,
            cluster: Some(cluster),
        })
    }

    fn given(lanes: Lanes) -> anyhow::Result<Self> {
        println!("PostgreSQL of DATABASE_URL");
        let pooler = shell::env("PGBOUNCER_URL").context("PGBOUNCER_URL names none in front of it");
        lanes.need("PgBouncer", pooler)?;
        let cluster = Cluster::prepare_with_what_is_here();
        let cluster = lanes.need("servers that tests may stop", cluster)?;
        Ok(Self {
            variables: cluster.iter().map(Cluster::own_servers).collect(),
            cluster,
        })
    }

    /// Tells the tests one thing more.
    pub(super) fn tell(&mut self, name: &'static str, value: impl Into<OsString>) {
        self.variables.push((name, value.into()));
    }

    /// Runs a command to its end; it stops with us.
    pub(super) fn run(&self, command: &mut Command) -> anyhow::Result<bool> {
        println!("$ {}", shell::shown(command));
        self.spawn(command)?.passed()
    }

    /// Starts a command that knows the servers and stops with us.
    pub(super) fn spawn(&self, command: &mut Command) -> anyhow::Result<Running<'_>> {
        let variables = self.variables.iter();
        command.envs(variables.map(|(name, value)| (OsStr::new(name), value)));
        let child = command
            .stdin(Stdio::null())
            .spawn()
            .with_context(|| format!("{} could not be started", shell::shown(command)))?;
        let watchdog = self.cluster.as_ref().map(Cluster::watchdog);
        let watched = watchdog.map(|watchdog| watchdog.watch(child.id()));
        Ok(Running {
            child,
            _watched: watched,
        })
    }
}

impl Lanes {
    /// What some tests need, or a line that says why they are left out.
    pub(super) fn need<T>(self, what: &str, had: anyhow::Result<T>) -> anyhow::Result<Option<T>> {
        match had {
            Ok(had) => Ok(Some(had)),
            Err(error) if self == Self::All || shell::env("CI").is_some() => {
                Err(error.context(format!("{what} is needed, and CI must not skip")))
            }
            Err(error) => {
                let error = format!("{error:#}");
                let reason = error.lines().next().unwrap_or_default();
                println!("skipped: what needs {what}: {reason}");
                Ok(None)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn what_is_missing_fails_where_nothing_may_be_left_out() {
        let missing = || Err::<(), _>(anyhow!("no apt-get"));
        let error = Lanes::All.need("PgBouncer", missing()).unwrap_err();
        let expected = "PgBouncer is needed, and CI must not skip: no apt-get";
        assert_eq!(format!("{error:#}"), expected);
        assert!(Lanes::All.need("PgBouncer", Ok(())).unwrap().is_some());
    }

    #[test]
    fn what_is_missing_is_left_out_here_unless_this_is_ci() {
        let missing = Err::<(), _>(anyhow!("no apt-get"));
        let left_out = Lanes::Here.need("PgBouncer", missing);
        let ci = shell::env("CI").is_some();
        assert_eq!(left_out.is_ok_and(|it| it.is_none()), !ci);
    }
}
