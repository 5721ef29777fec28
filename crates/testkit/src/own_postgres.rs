//! A PostgreSQL server of a test's own, which it may stop.

use std::{
    fs,
    os::unix::process::CommandExt as _,
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_json::Value;
use toolgate_auth::{Random as _, SystemRandom};

use crate::environment::own_servers;

/// A port can be somebody else's.
const TRIES: u32 = 10;

/// A server of a test's own. It goes with this value, also when the test fails; `cargo xtask test`
/// sees to those of tests that were killed.
#[derive(Debug)]
pub struct OwnPostgres {
    /// As `cargo xtask test` says it.
    site: Value,
    folder: PathBuf,
    port: u16,
}

/// Starts a server for one test; none where nobody says how, as [`postgres_url`](crate::postgres_url)
/// has it.
///
/// # Panics
/// When it does not start.
pub fn own_postgres_server(what: &str) -> Option<OwnPostgres> {
    let site: Value = serde_json::from_str(&own_servers(what)?).unwrap();
    let template = PathBuf::from(site["template"].as_str().unwrap());
    let folder = template.with_file_name(format!("own-{:016x}", random()));
    let mut server = OwnPostgres {
        site,
        folder,
        port: 0,
    };
    let mut copy = server.command("cp");
    assert!(run(copy.arg("-Rp").arg(&template).arg(&server.folder)));
    let started = (0..TRIES).any(|_| {
        // Below the ports that connections going out are given: nobody takes it while we are down.
        server.port = 10_000 + u16::try_from(random() % 20_000).unwrap();
        server.is_started()
    });
    assert!(started, "{}", server.log());
    Some(server)
}

impl OwnPostgres {
    /// The URL of its database, whether it runs or not.
    pub fn url(&self) -> String {
        let (password, port) = (self.site["password"].as_str().unwrap(), self.port);
        format!("postgres://toolgate:{password}@127.0.0.1:{port}/postgres")
    }

    /// Stops it as a crash does: nobody is waited for, and connections break.
    ///
    /// # Panics
    /// When it does not run.
    pub fn stop(&self) {
        assert!(self.is_stopped(), "{}", self.log());
    }

    /// Starts it again.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(&self) {
        assert!(self.is_started(), "{}", self.log());
    }

    fn is_stopped(&self) -> bool {
        run(self.pg_ctl("stop").args(["--mode", "immediate"]))
    }

    // What was committed outlives a crash.
    fn is_started(&self) -> bool {
        let options = format!("-p {} -c synchronous_commit=on", self.port);
        let mut start = self.pg_ctl("start");
        run(start
            .args(["--options", &options, "--log"])
            .arg(self.folder.join("server.log")))
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.join("server.log")).unwrap_or_default()
    }

    fn pg_ctl(&self, what: &str) -> Command {
        let programs = PathBuf::from(self.site["programs"].as_str().unwrap());
        let mut command = self.command(programs.join("pg_ctl").to_str().unwrap());
        command
            .args([what, "--silent", "--wait", "--timeout=60", "--pgdata"])
            .arg(&self.folder);
        command
    }

    /// A command that runs as whom servers run.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.folder.parent().unwrap())
            .env("LC_ALL", "C");
        let id = |which: usize| self.site["account"][which].as_u64();
        if let (Some(user), Some(group)) = (id(0), id(1)) {
            let (user, group) = (u32::try_from(user), u32::try_from(group));
            command.uid(user.unwrap()).gid(group.unwrap());
        }
        command
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        // It may be stopped already.
        self.is_stopped();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn random() -> u64 {
    let mut random = [0; 8];
    SystemRandom.fill(&mut random);
    u64::from_be_bytes(random)
}

fn run(command: &mut Command) -> bool {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null());
    command.stderr(Stdio::null()).status().unwrap().success()
}
