//! The leak check: no secret in anything that a test run writes, in clear or encoded.
//!
//! Every secret that the tests and the emulator make carries one constant. This module looks for
//! that constant in each form in which a program may print it by mistake.

mod encodings;
mod markers;
mod redact;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use aho_corasick::AhoCorasick;
use anyhow::Context as _;

use crate::shell;
use crate::workspace::Workspace;
pub(crate) use encodings::ALL_FORMS;
use encodings::Form;
pub(crate) use markers::missing_markers;

/// What every secret of the tests and of the emulator carries. Put together here, so that no log
/// that quotes this file looks like a leak.
pub(crate) const CANARY: &str = concat!("CANARY", "secret");

/// Where a run's captured output is gathered: emptied before each run.
pub(crate) fn folder(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let folder = workspace.target_directory.join("leak");
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("{} could not be emptied", folder.display()))?;
    }
    fs::create_dir_all(&folder)
        .with_context(|| format!("{} could not be made", folder.display()))?;
    Ok(folder)
}

/// Where nextest leaves the output of every test, those that pass included.
pub(crate) fn nextest_report() -> PathBuf {
    shell::root().join("target/nextest/leak/junit.xml")
}

/// Looks for the canary in all its forms at once.
#[derive(Debug)]
pub(crate) struct Scanner {
    automaton: AhoCorasick,
    forms: Vec<Form>,
}

/// A secret that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    file: PathBuf,
    line: usize,
    form: Form,
    test: Option<String>,
    before: String,
}

impl Scanner {
    /// A scanner for the canary.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let (forms, patterns): (Vec<_>, Vec<_>) =
            encodings::patterns(CANARY.as_bytes()).into_iter().unzip();
        let automaton = AhoCorasick::new(&patterns).context("the scanner could not be built")?;
        Ok(Self { automaton, forms })
    }

    /// What a file shows.
    pub(crate) fn scan_file(&self, file: &Path) -> anyhow::Result<Vec<Finding>> {
        let content =
            fs::read(file).with_context(|| format!("{} could not be read", file.display()))?;
        Ok(self.scan(file, &content))
    }

    /// What a file of this content shows.
    pub(crate) fn scan(&self, file: &Path, content: &[u8]) -> Vec<Finding> {
        self.automaton
            .find_iter(content)
            .map(|found| Finding {
                file: file.to_path_buf(),
                line: content[..found.start()]
                    .split(|byte| *byte == b'\n')
                    .count(),
                form: self.forms[found.pattern().as_usize()],
                test: redact::test_name(&content[..found.start()]),
                before: redact::words_before(&content[..found.start()]),
            })
            .collect()
    }

    /// The forms that a file shows; all of them, where a leak was planted in each.
    pub(crate) fn forms_in(&self, file: &Path) -> anyhow::Result<Vec<Form>> {
        let mut forms: Vec<_> = self
            .scan_file(file)?
            .into_iter()
            .map(|finding| finding.form)
            .collect();
        forms.sort_unstable();
        forms.dedup();
        Ok(forms)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} ({}", self.file.display(), self.line, self.form)?;
        if let Some(test) = &self.test {
            write!(f, ", in {test}")?;
        }
        write!(f, ") after: {}", self.before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(content: &str) -> Vec<Form> {
        Scanner::new()
            .unwrap()
            .scan(Path::new("run.log"), content.as_bytes())
            .into_iter()
            .map(|finding| finding.form)
            .collect()
    }

    #[test]
    fn clean_output_has_no_finding() {
        assert_eq!(forms("INFO toolgate_auth: canary and secret apart\n"), []);
    }

    #[test]
    fn a_secret_in_clear_is_found_wherever_it_stands() {
        for line in [
            format!("token=ya29.{CANARY}-0017"),
            format!("{{\"refresh_token\":\"1//{CANARY}-x\"}}"),
            format!("\u{1b}[2mcode\u{1b}[0m=4/{CANARY}-x"),
            format!("<system-out>GOCSPX-{CANARY}-x</system-out>"),
        ] {
            assert_eq!(forms(&line), [Form::Clear], "{line}");
        }
    }

    #[test]
    fn each_secret_is_told_with_its_place() {
        let content = format!(
            "<testcase name=\"a::b\" classname=\"x\">\nfine\nDEBUG token=ya29.{CANARY}-1 then {CANARY}"
        );
        let findings = Scanner::new()
            .unwrap()
            .scan(Path::new("junit.xml"), content.as_bytes());
        assert_eq!(findings.len(), 2);
        assert_eq!(
            findings[0].to_string(),
            "junit.xml:3 (in clear, in a::b) after: DEBUG token=ya29."
        );
    }
}
