//! ChromeDriver as a process whose end takes the browser along, whoever ends first.

use std::{
    io::{BufRead as _, BufReader},
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use tempfile::TempDir;

/// Runs ChromeDriver until standard input ends, as it does with the test however that ends, and then
/// kills the whole process group, Chromium included, and removes what it wrote.
const KEEP: &str = r#"
trap '' TERM INT HUP
"$1" --port=0 --log-level=SEVERE </dev/null &
exec >&-
read -r _
rm -rf "$2"
kill -KILL 0
"#;
const STARTED: &str = "started successfully on port ";

/// A running ChromeDriver, with a folder for all that it and its browser write.
#[derive(Debug)]
pub(super) struct Keeper {
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
        let mut shell = Command::new("sh")
            .args(["-c", KEEP, "keeper"])
            .arg(driver)
            .arg(folder.path())
            .env("TMPDIR", folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        let mut said = BufReader::new(shell.stdout.take().unwrap());
        let port = port(&mut said);
        assert!(port.is_some(), "{} said no port", driver.display());
        Self {
            shell,
            _said: said,
            folder,
            port: port.unwrap_or_default(),
        }
    }

    /// Where it listens.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Where a browser may keep its profile.
    pub(super) fn profile(&self) -> std::path::PathBuf {
        self.folder.path().join("profile")
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

fn port(said: &mut impl std::io::BufRead) -> Option<u16> {
    let mut lines = said.lines().map_while(Result::ok);
    let line = lines.find(|line| line.contains(STARTED))?;
    let (_, port) = line.split_once(STARTED)?;
    port.trim_end_matches('.').parse().ok()
}
