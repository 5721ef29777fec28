//! A private PostgreSQL server for one test run.

mod find;
mod install;
mod user;
mod watchdog;

use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::leak::CANARY;
use crate::shell;
use user::Account;
pub(crate) use watchdog::{Watchdog, Watched};

const PREFIX: &str = "toolgate-pg-";

/// A free port can be taken by another program before the server has it.
const TRIES: usize = 3;

/// A running server. Dropping it stops the server and removes its files; so does its watchdog when
/// this process ends in any other way.
#[derive(Debug)]
pub(crate) struct Cluster {
    url: String,
    watchdog: Watchdog,
}

impl Cluster {
    /// Finds or installs PostgreSQL's programs and starts a server of our own.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let programs = match find::programs() {
            Some(programs) => programs,
            None => install::postgres()
                .and_then(|()| find::programs().context("no server came with the package"))
                .context(install::ADVICE)?,
        };
        let account = user::unprivileged()?;
        let parent = parent(account.as_ref());
        watchdog::sweep(&parent, PREFIX);
        let folder = new_folder(&parent, account.as_ref())?;
        let watchdog = Watchdog::start(&folder)?;
        let site = Site {
            programs,
            account,
            folder,
        };
        let password = password()?;
        site.create(&password)?;
        let port = site.start()?;
        println!(
            "PostgreSQL of {} on 127.0.0.1:{port}",
            site.programs.display()
        );
        Ok(Self {
            url: format!("postgres://toolgate:{password}@127.0.0.1:{port}/postgres"),
            watchdog,
        })
    }

    /// Where the server is, with its password.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Who stops the server, and the test runner with it, if this process is killed.
    pub(crate) fn watchdog(&self) -> &Watchdog {
        &self.watchdog
    }
}

/// Where a server's programs and files are, and as whom it runs.
struct Site {
    programs: PathBuf,
    account: Option<Account>,
    folder: PathBuf,
}

impl Site {
    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.current_dir(&self.folder).env("LC_ALL", "C");
        if let Some(account) = &self.account {
            account.apply(&mut command);
        }
        command
    }

    fn create(&self, password: &str) -> anyhow::Result<()> {
        let password_file = self.folder.join("password");
        fs::write(&password_file, password).context("the password file could not be written")?;
        if let Some(account) = &self.account {
            chown(&password_file, Some(account.uid), Some(account.gid))
                .context("the password file could not be handed over")?;
        }
        let created = shell::run_quietly(
            self.program("initdb")
                .arg("--pgdata")
                .arg(self.data())
                .arg("--pwfile")
                .arg(&password_file)
                .args(["--username=toolgate", "--encoding=UTF8", "--no-sync"])
                .args(["--auth-local=reject", "--auth-host=password"]),
        );
        fs::remove_file(&password_file).context("the password file could not be removed")?;
        created?;
        let mut settings = fs::read_to_string(self.data().join("postgresql.conf"))
            .context("the new server has no settings")?;
        settings.push_str(&self.settings());
        fs::write(self.data().join("postgresql.conf"), settings)
            .context("the new server's settings could not be written")
    }

    // The data is thrown away, so nothing waits for a disk.
    fn settings(&self) -> String {
        format!(
            "\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{}'\n\
             max_connections = 200\nshared_buffers = 64MB\nfsync = off\n\
             synchronous_commit = off\nfull_page_writes = off\nwal_level = minimal\n\
             max_wal_senders = 0\nautovacuum = off\n",
            self.folder.display()
        )
    }

    fn start(&self) -> anyhow::Result<u16> {
        let log = self.folder.join("server.log");
        let mut outcome = Ok(());
        for _ in 0..TRIES {
            let port = free_port()?;
            outcome = shell::run_quietly(
                self.program("pg_ctl")
                    .args(["start", "--silent", "--wait", "--timeout=60"])
                    .arg("--pgdata")
                    .arg(self.data())
                    .arg("--log")
                    .arg(&log)
                    .args(["--options", &format!("-p {port}")]),
            );
            if outcome.is_ok() {
                return Ok(port);
            }
        }
        outcome?;
        bail!(
            "the server did not start:\n{}",
            fs::read_to_string(&log).unwrap_or_default()
        );
    }
}

// A folder that only root may enter, such as a root's own temporary folder, is of no use to
// another account; and a socket's path must be short.
fn parent(account: Option<&Account>) -> PathBuf {
    match account {
        Some(_) => PathBuf::from("/tmp"),
        None => std::env::temp_dir(),
    }
}

fn new_folder(parent: &Path, account: Option<&Account>) -> anyhow::Result<PathBuf> {
    let name = format!("{PREFIX}{}-{}", std::process::id(), random_hex(4)?);
    let folder = parent.join(name);
    fs::DirBuilder::new()
        .mode(0o700)
        .create(&folder)
        .with_context(|| format!("{} could not be made", folder.display()))?;
    if let Some(account) = account {
        chown(&folder, Some(account.uid), Some(account.gid))
            .with_context(|| format!("{} could not be handed over", folder.display()))?;
    }
    Ok(folder)
}

fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no free port")?;
    Ok(listener.local_addr().context("no free port")?.port())
}

// It carries the canary: the leak check then finds a test that logs its database's URL.
fn password() -> anyhow::Result<String> {
    Ok(format!("{CANARY}-{}", random_hex(16)?))
}

fn random_hex(bytes: usize) -> anyhow::Result<String> {
    let mut random = vec![0; bytes];
    fs::File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut random))
        .context("no random bytes")?;
    Ok(random.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}
