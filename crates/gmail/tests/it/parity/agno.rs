//! Agno's own tools, in a Python that is told what to do by lines.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::world::{ALICE, MODIFY, World};

/// A Python that has agno.
pub(super) struct Agno {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Agno {
    pub(super) fn started(interpreter: &Path) -> Self {
        let mut child = Command::new(interpreter)
            .args(["-c", include_str!("../../parity/agno.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            stdin: child.stdin.take().unwrap(),
            stdout: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    /// Agno's version, and what a model is shown of each tool.
    pub(super) fn parameters(&mut self) -> Value {
        self.told(&json!({"do": "parameters", "toolkit": "gmail"}))
    }

    /// What a tool says; text where that is no JSON.
    pub(super) fn call(&mut self, world: &World, folder: &Path, tool: &str, args: &Value) -> Value {
        let told = json!({
            "do": "call",
            "toolkit": "gmail",
            "root": world.emulator.base_url().as_str(),
            "token": world.emulator.issue_token(ALICE, &[MODIFY]),
            "folder": folder,
            "tool": tool,
            "arguments": args,
        });
        self.told(&told)
    }

    /// The emulator answers from another thread while this one waits.
    fn told(&mut self, told: &Value) -> Value {
        tokio::task::block_in_place(|| {
            writeln!(self.stdin, "{told}").unwrap();
            let mut line = String::new();
            self.stdout.read_line(&mut line).unwrap();
            serde_json::from_str(&line).expect("Python says nothing more: see its error above")
        })
    }
}

impl Drop for Agno {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
