//! The folder of a test run's servers: making it, and starting a server in it.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use super::user::Account;
use super::watchdog;
use crate::leak::CANARY;
use crate::shell;

const PREFIX: &str = "toolgate-pg-";

/// A free port can be taken by another program before the server has it.
pub(super) const TRIES: usize = 3;

/// Where the servers' programs and files are, and as whom they run.
#[derive(Debug)]
pub(super) struct Site {
    programs: PathBuf,
    account: Option<Account>,
    folder: PathBuf,
}

impl Site {
    /// A new folder, after those of runs that died were removed.
    pub(super) fn new(programs: PathBuf, account: Option<Account>) -> anyhow::Result<Self> {
        let parent = parent(account.as_ref());
        watchdog::sweep(&parent, PREFIX);
        let folder = new_folder(&parent, account.as_ref())?;
        Ok(Self {
            programs,
            account,
            folder,
        })
    }

    pub(super) fn programs(&self) -> &Path {
        &self.programs
    }

    pub(super) fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The files that a server starts with; none runs on them.
    pub(super) fn template(&self) -> PathBuf {
        self.folder.join("template")
    }

    /// A command that runs in the folder, as whom the servers run.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder).env("LC_ALL", "C");
        if let Some(account) = &self.account {
            account.apply(&mut command);
        }
        command
    }

    /// Writes a file of the folder that nobody else may read.
    pub(super) fn write(&self, name: &str, text: &str) -> anyhow::Result<PathBuf> {
        let path = self.folder.join(name);
        let mut file = fs::OpenOptions::new();
        let file = file.write(true).create(true).truncate(true).mode(0o600);
        file.open(&path)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .with_context(|| format!("{name} could not be written"))?;
        if let Some(account) = &self.account {
            chown(&path, Some(account.uid), Some(account.gid))
                .with_context(|| format!("{name} could not be handed over"))?;
        }
        Ok(path)
    }

    /// Makes those files.
    pub(super) fn create(&self, password: &str) -> anyhow::Result<()> {
        let password_file = self.write("password", password)?;
        let created = shell::run_quietly(
            self.command(&self.programs.join("initdb"))
                .arg("--pgdata")
                .arg(self.template())
                .arg("--pwfile")
                .arg(&password_file)
                .args(["--username=toolgate", "--encoding=UTF8", "--no-sync"])
                .args(["--auth-local=reject", "--auth-host=password"]),
        );
        fs::remove_file(&password_file).context("the password file could not be removed")?;
        created?;
        let mut settings = fs::read_to_string(self.template().join("postgresql.conf"))
            .context("the new server has no settings")?;
        settings.push_str(&self.settings());
        fs::write(self.template().join("postgresql.conf"), settings)
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

    /// Starts a server on a copy of them; its port.
    pub(super) fn serve(&self) -> anyhow::Result<u16> {
        let data = self.folder.join("data");
        let mut copy = self.command(Path::new("cp"));
        shell::run_quietly(copy.arg("-Rp").arg(self.template()).arg(&data))?;
        let log = self.folder.join("server.log");
        let mut outcome = Ok(());
        for _ in 0..TRIES {
            let port = free_port()?;
            outcome = shell::run_quietly(
                self.command(&self.programs.join("pg_ctl"))
                    .args(["start", "--silent", "--wait", "--timeout=60"])
                    .arg("--pgdata")
                    .arg(&data)
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

pub(super) fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no free port")?;
    Ok(listener.local_addr().context("no free port")?.port())
}

// It carries the canary: the leak check then finds a test that logs its database's URL.
pub(super) fn password() -> anyhow::Result<String> {
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
