//! Keeping all of a program's output while a person sees what matters of it.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::Context as _;

use crate::shell;
use crate::test::Database;

/// Runs cargo test: all output goes to a file, results and failures to the terminal as well.
pub(super) fn run(command: &mut Command, database: &Database, log: &Path) -> anyhow::Result<bool> {
    println!("$ {}", shell::shown(command));
    let file = File::create(log).with_context(|| format!("{} is not writable", log.display()))?;
    let file = Mutex::new(file);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = database.spawn(command)?;
    let (stdout, stderr) = (child.take_stdout(), child.take_stderr());
    thread::scope(|scope| {
        scope.spawn(|| copy(stdout, &file, Shown::results()));
        scope.spawn(|| copy(stderr, &file, Shown::progress()));
    });
    child.passed()
}

fn copy(from: Option<impl Read>, file: &Mutex<File>, mut shown: Shown) {
    let Some(from) = from else { return };
    for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        // A full disk is told by the files that are missing their markers.
        let _ = file.write_all(&line).and_then(|()| file.write_all(b"\n"));
        drop(file);
        let line = String::from_utf8_lossy(&line);
        if shown.shows(&line) {
            println!("{line}");
        }
    }
}

/// Which lines a person sees.
#[derive(Debug)]
struct Shown {
    starts: &'static [&'static str],
    in_failures: bool,
}

impl Shown {
    /// Of what libtest prints: the results, and everything about failures.
    fn results() -> Self {
        Self {
            starts: &["running ", "test "],
            in_failures: false,
        }
    }

    /// Of what cargo prints: what it is doing, and its errors.
    fn progress() -> Self {
        Self {
            starts: &[
                "     Running",
                "   Doc-tests",
                "   Compiling",
                "error",
                "warning",
            ],
            in_failures: false,
        }
    }

    fn shows(&mut self, line: &str) -> bool {
        if line == "failures:" {
            self.in_failures = true;
        } else if line.starts_with("test result:") {
            self.in_failures = false;
        }
        self.in_failures || self.starts.iter().any(|start| line.starts_with(start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(mut shown: Shown, text: &str) -> Vec<&str> {
        text.lines().filter(|line| shown.shows(line)).collect()
    }

    #[test]
    fn output_of_passing_tests_is_kept_from_the_terminal() {
        let text = "running 1 test\ntest a ... ok\n\nsuccesses:\n\n---- a stdout ----\n\
            TRACE noise\n\nsuccesses:\n    a\n\ntest result: ok. 1 passed; 0 failed";
        assert_eq!(
            shown(Shown::results(), text),
            [
                "running 1 test",
                "test a ... ok",
                "test result: ok. 1 passed; 0 failed"
            ]
        );
    }

    #[test]
    fn output_of_failing_tests_is_shown() {
        let text = "test a ... FAILED\nTRACE noise\nfailures:\n---- a stdout ----\nwhy\n\
            test result: FAILED. 0 passed\nTRACE noise";
        assert_eq!(
            shown(Shown::results(), text),
            [
                "test a ... FAILED",
                "failures:",
                "---- a stdout ----",
                "why",
                "test result: FAILED. 0 passed"
            ]
        );
    }

    #[test]
    fn of_the_other_channel_only_cargos_own_lines_are_shown() {
        let text = "     Running tests/it/main.rs\nTRACE noise\nerror: test failed";
        assert_eq!(
            shown(Shown::progress(), text),
            ["     Running tests/it/main.rs", "error: test failed"]
        );
    }
}
