//! A test that runs itself in several processes at once.

use std::{
    io::{BufRead as _, BufReader, Lines, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
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
    let mut children: Vec<Child> = (0..count)
        .map(|_| start(test, argument, Stdio::piped()))
        .collect();
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

/// A process of this test binary that runs one of its tests and talks with it line by line.
///
/// ```no_run
/// use toolgate_testkit::{Worker, process_argument, say};
///
/// fn a_test() {
///     if let Some(argument) = process_argument() {
///         return say(&format!("ready with {argument}"));
///     }
///     let mut worker = Worker::start("a_test", "tea");
///     assert_eq!(worker.wait_for("ready"), "with tea");
///     worker.finish();
/// }
/// ```
#[derive(Debug)]
pub struct Worker {
    child: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

/// What a line to the test begins with; everything else is the harness's.
const SAID: &str = "worker: ";

/// In a process that a [`Worker`] started: says a line to the test.
#[expect(clippy::print_stdout, reason = "the test reads it")]
pub fn say(line: &str) {
    println!("{SAID}{line}");
}

/// In a process that a [`Worker`] started: waits for the test's next line. It blocks its thread.
pub fn hear() -> String {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    line.trim_end().to_owned()
}

impl Worker {
    /// Starts a process that runs the named test with this argument.
    pub fn start(test: &str, argument: &str) -> Self {
        let mut child = start(test, argument, Stdio::inherit());
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let lines = BufReader::new(stdout.unwrap()).lines();
        let stdin = stdin.unwrap();
        let mut worker = Self {
            child,
            stdin,
            lines,
        };
        worker.tell("go");
        worker
    }

    /// Waits until the process says a line that begins with this word; the rest of the line.
    #[expect(clippy::print_stdout, reason = "a test's output is captured")]
    pub fn wait_for(&mut self, word: &str) -> String {
        let process = self.child.id();
        let mut lines = self.lines.by_ref().map(Result::unwrap);
        let said = lines.find_map(|line| {
            println!("| {line}");
            // The harness writes the name of the test before the first line, without an end.
            let (_, said) = line.split_once(SAID)?;
            Some(said.strip_prefix(word)?.trim_start().to_owned())
        });
        assert!(
            said.is_some(),
            "process {process} ended and never said {word:?}"
        );
        said.unwrap()
    }

    /// Says a line to the process.
    pub fn tell(&mut self, line: &str) {
        writeln!(self.stdin, "{line}").unwrap();
    }

    /// Stops the process where it stands (SIGSTOP).
    pub fn stop(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on (SIGCONT).
    pub fn go_on(&self) {
        self.signal("-CONT");
    }

    /// Presses Ctrl-C (SIGINT).
    pub fn interrupt(&self) {
        self.signal("-INT");
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Ends it at once (SIGKILL).
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end, which has to be a good one.
    #[expect(clippy::print_stdout, reason = "a test's output is captured")]
    pub fn finish(mut self) {
        let mut passed = false;
        for line in &mut self.lines {
            let line = line.unwrap();
            passed |= line.contains("1 passed");
            println!("| {line}");
        }
        let process = self.child.id();
        assert!(
            self.child.wait().unwrap().success() && passed,
            "process {process} failed"
        );
        assert_it_logged(process);
    }
}

/// What a failing test leaves behind must not outlive it.
impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A process whose log is missing or empty would be one that the leak check does not see.
fn assert_it_logged(process: u32) {
    if let Some(folder) = log_folder() {
        let log = std::fs::read(log_path(&folder, process).unwrap()).unwrap();
        assert!(!log.is_empty(), "process {process} logged nothing");
    }
}

fn start(test: &str, argument: &str, stderr: Stdio) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(ARGUMENT, argument)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(stderr)
        .spawn()
        .unwrap()
}
