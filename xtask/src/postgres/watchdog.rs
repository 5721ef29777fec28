//! Stops servers when the process that wanted them is gone, however it went.
//!
//! The watchdog is a shell that waits for the end of its input. The other end of that pipe is held
//! by this process alone, so it closes at a return, a panic, Ctrl-C and `kill -9` alike; no signal
//! handler could do the last. It stands in a process group of its own, so that a terminal's Ctrl-C
//! does not reach it.

use std::cell::RefCell;
use std::fs;
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::Context as _;

use crate::shell;

/// Each input line names the process to end as well; an empty line says that it has ended.
/// Servers are those that left the file with their number: PostgreSQL's, and the pooler. They take
/// QUIT as "stop at once", which is right for data that is thrown away.
const SCRIPT: &str = r#"
trap '' INT TERM HUP QUIT
runner=
while read -r line; do runner=$line; done
if [ -n "$runner" ]; then kill -TERM "$runner"; fi
for file in "$1"/*.pid "$1"/*/postmaster.pid; do
  if read -r server < "$file"; then
    kill -QUIT "$server"
    tries=0
    while kill -0 "$server" && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
  fi
done
rm -rf "$1"
"#;

/// The shell that waits.
#[derive(Debug)]
pub(crate) struct Watchdog {
    child: Child,
    line: RefCell<Option<ChildStdin>>,
}

impl Watchdog {
    /// Watches over the servers in this folder, which need not run yet.
    pub(super) fn start(folder: &Path) -> anyhow::Result<Self> {
        let mut child = Command::new("sh")
            .args(["-c", SCRIPT, "toolgate-watchdog"])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .context("the servers' watchdog could not be started")?;
        let line = RefCell::new(child.stdin.take());
        Ok(Self { child, line })
    }

    /// Ends this process too, if ours goes before the returned value does.
    pub(crate) fn watch(&self, process: u32) -> Watched<'_> {
        self.say(&process.to_string());
        Watched { watchdog: self }
    }

    // A watchdog that is gone cannot be told; the run itself is not harmed by that.
    fn say(&self, line: &str) {
        if let Some(pipe) = self.line.borrow_mut().as_mut() {
            let _ = writeln!(pipe, "{line}");
        }
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.line.borrow_mut().take());
        let _ = self.child.wait();
    }
}

/// A process that is watched over.
#[derive(Debug)]
pub(crate) struct Watched<'a> {
    watchdog: &'a Watchdog,
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        self.watchdog.say("");
    }
}

/// Removes what a machine that went down in the middle of a run left behind.
pub(super) fn sweep(parent: &Path, prefix: &str) {
    let Ok(entries) = parent.read_dir() else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let owner = name
            .to_str()
            .and_then(|name| name.strip_prefix(prefix)?.split('-').next());
        if owner.is_some_and(|owner| !is_alive(owner)) {
            // Starting and dropping a watchdog stops and removes whatever is there.
            drop(Watchdog::start(&entry.path()));
        }
    }
}

/// Whether a process of this number is there.
pub(super) fn is_alive(process: &str) -> bool {
    fs::exists(format!("/proc/{process}")).unwrap_or(false)
        || shell::succeeds(Command::new("kill").args(["-0", process]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fake_server(folder: &Path, pid_file: &str) -> Child {
        let server = Command::new("sleep").arg("600").spawn().unwrap();
        let pid_file = folder.join(pid_file);
        fs::create_dir_all(pid_file.parent().unwrap()).unwrap();
        fs::write(pid_file, format!("{}\n/data\n", server.id())).unwrap();
        server
    }

    #[test]
    fn dropping_the_watchdog_stops_all_servers_and_removes_their_folder() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("server");
        let files = ["data/postmaster.pid", "own-1/postmaster.pid", "pooler.pid"];
        let servers = files.map(|file| fake_server(&folder, file));
        let watchdog = Watchdog::start(&folder).unwrap();
        let waiting = std::thread::spawn(move || servers.map(|mut it| it.wait().unwrap()));
        drop(watchdog);
        for status in waiting.join().unwrap() {
            assert!(!status.success());
        }
        assert!(!folder.exists());
    }

    #[test]
    fn a_killed_owner_takes_its_runner_and_its_server_along() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("server");
        let mut server = fake_server(&folder, "data/postmaster.pid");
        let mut runner = Command::new("sleep").arg("600").spawn().unwrap();
        let mut watchdog = Watchdog::start(&folder).unwrap();
        let mut ended = Command::new("sleep").arg("600").spawn().unwrap();
        drop(watchdog.watch(ended.id()));
        std::mem::forget(watchdog.watch(runner.id()));
        // What the end of this process would do: the pipe closes, nobody waits.
        drop(watchdog.line.borrow_mut().take());
        assert!(!runner.wait().unwrap().success());
        assert!(!server.wait().unwrap().success());
        assert!(watchdog.child.wait().unwrap().success());
        assert!(!folder.exists());
        assert!(
            ended.try_wait().unwrap().is_none(),
            "only the last one is its business"
        );
        ended.kill().unwrap();
        ended.wait().unwrap();
    }

    #[test]
    fn only_folders_of_dead_owners_are_swept() {
        let parent = tempfile::tempdir().unwrap();
        let alive = parent.path().join(format!("pg-{}-00", std::process::id()));
        let dead = parent.path().join("pg-4194999-00");
        let other = parent.path().join("other");
        for folder in [&alive, &dead, &other] {
            fs::create_dir(folder).unwrap();
        }
        sweep(parent.path(), "pg-");
        assert!(alive.exists() && other.exists() && !dead.exists());
    }
}
