//! ChromeDriver as a process whose end takes the browser along, whoever ends first.

use std::{
    io::{BufRead, BufReader},
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use tempfile::TempDir;

/// Waits until standard input ends, as it does with the test however that ends; then kills the group of
/// the driver and its browser, and removes what they wrote.
const KEEP: &str = r#"
trap '' TERM INT HUP
read -r _
kill -KILL -"$1"
for _ in 1 2 3 4 5 6 7 8 9; do
  rm -rf "$2" && break
  sleep 0.1
done
"#;
const STARTED: &str = "started successfully on port ";

/// A running ChromeDriver, with a folder for all that it and its browser write.
#[derive(Debug)]
pub(super) struct Keeper {
    driver: Child,
    shell: Child,
    /// Kept open: a driver that says something more must find somebody who listens.
    _said: BufReader<ChildStdout>,
    folder: TempDir,
    port: u16,
}

impl Keeper {
    /// Starts it on a free port.
    pub(super) fn start(driver: &Path) -> Self {
        let folder = tempfile::Builder::new().prefix("tg-").tempdir().unwrap();
        let mut command = Command::new(driver);
        let mut driver = apart(command.args(["--port=0", "--log-level=SEVERE"]))
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let group = driver.id().to_string();
        let shell = apart(Command::new("sh").args(["-c", KEEP, "keeper", &group]))
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(driver.stdout.take().unwrap());
        Self {
            driver,
            shell,
            port: port(&mut said),
            _said: said,
            folder,
        }
    }

    /// Where it listens.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The folder for all that is written.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
        let _ = self.driver.wait();
    }
}

/// In a process group of its own: what ends the test must not end the keeper before its work.
fn apart(command: &mut Command) -> &mut Command {
    command.stderr(Stdio::null()).process_group(0)
}

/// # Panics
/// When the driver ends instead.
fn port(said: &mut impl BufRead) -> u16 {
    let mut lines = said.lines().map_while(Result::ok);
    let port = lines.find_map(|line| {
        let (_, port) = line.split_once(STARTED)?;
        port.trim_end_matches('.').parse().ok()
    });
    assert!(port.is_some(), "the driver did not say where it listens");
    port.unwrap_or_default()
}
