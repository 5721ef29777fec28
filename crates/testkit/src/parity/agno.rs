//! Agno's own tools, in a Python that is told what to do by lines.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::{Value, json};

use crate::environment::agno_python;

/// A Python that has agno. Its calls block: use it on a runtime of several threads, where the
/// emulator that it asks goes on.
#[derive(Debug)]
pub struct Agno {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

/// One call of a tool of agno's.
#[derive(Debug, Clone, Copy)]
pub struct AgnoCall<'a> {
    /// As agno's modules are named, such as `gmail`.
    pub toolkit: &'a str,
    /// Where Google is.
    pub root: &'a str,
    /// An access token.
    pub token: &'a str,
    /// What the toolkit is made with, as an object.
    pub options: &'a Value,
    /// The tool's name.
    pub tool: &'a str,
    /// As an object.
    pub arguments: &'a Value,
}

impl Agno {
    /// Starts one, where there is one; without it, as for [`agno_python`].
    pub fn started(what: &str) -> Option<Self> {
        let mut child = Command::new(agno_python(what)?)
            .args(["-c", include_str!("agno.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Some(Self {
            stdin: child.stdin.take().unwrap(),
            stdout: BufReader::new(child.stdout.take().unwrap()),
            child,
        })
    }

    /// What a tool says; text where that is no JSON.
    pub fn call(&mut self, call: AgnoCall<'_>) -> Value {
        self.told(&json!({
            "do": "call",
            "toolkit": call.toolkit,
            "root": call.root,
            "token": call.token,
            "options": call.options,
            "tool": call.tool,
            "arguments": call.arguments,
        }))
    }

    /// Agno's version, and what a model is shown of each tool.
    pub(super) fn parameters(&mut self, toolkit: &str) -> Value {
        self.told(&json!({"do": "parameters", "toolkit": toolkit}))
    }

    fn told(&mut self, told: &Value) -> Value {
        tokio::task::block_in_place(|| {
            writeln!(self.stdin, "{told}").unwrap();
            let mut line = String::new();
            self.stdout.read_line(&mut line).unwrap();
            assert!(!line.is_empty(), "Python failed: its error stands above");
            serde_json::from_str(&line).unwrap()
        })
    }
}

impl Drop for Agno {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
