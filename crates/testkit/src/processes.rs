//! A test that runs itself in several processes at once.

use std::{
    io::Write as _,
    process::{Child, Command, Stdio},
};

use crate::{
    environment::log_folder,
    logs::{LogCapture, log_path},
};

const ARGUMENT: &str = "TOOLGATE_TEST_PROCESS";

/// In a process that [`run_at_once`] started: waits for the start, and gives what it was told.
/// `None` in the test itself.
#[expect(
    clippy::disallowed_methods,
    reason = "a test process is told by its environment what to do"
)]
pub fn process_argument() -> Option<String> {
    let argument = std::env::var(ARGUMENT).ok()?;
    LogCapture::install();
    let mut go = String::new();
    std::io::stdin().read_line(&mut go).unwrap();
    Some(argument)
}

/// Runs the named test of this test binary in `count` processes, which all start at the same word.
///
/// # Panics
/// When one of them fails; what it wrote is in the text.
#[expect(clippy::print_stdout, reason = "a test's output is captured")]
pub fn run_at_once(test: &str, count: usize, argument: &str) {
    let mut children: Vec<Child> = (0..count).map(|_| start(test, argument)).collect();
    for child in &mut children {
        child.stdin.take().unwrap().write_all(b"go\n").unwrap();
    }
    for child in children {
        let process = child.id();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let cried = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}\n{cried}");
        assert!(
            said.contains("1 passed"),
            "no test is called {test}: {said}"
        );
        // The leak check over the whole run reads what each process wrote, this one's included.
        for line in said.lines().chain(cried.lines()) {
            println!("| {line}");
        }
        assert_it_logged(process);
    }
}

/// A process whose log is missing or empty would be one that the leak check does not see.
fn assert_it_logged(process: u32) {
    if let Some(folder) = log_folder() {
        let log = std::fs::read(log_path(&folder, process).unwrap()).unwrap();
        assert!(!log.is_empty(), "process {process} logged nothing");
    }
}

fn start(test: &str, argument: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(ARGUMENT, argument)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}
