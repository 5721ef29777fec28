//! The harmless markers: proof that the check reads what every crate writes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::Context as _;

use super::redact::without_colours;
use crate::workspace::Workspace;

/// Library crates that write no log, each with its reason. The check fails for a crate that has no
/// `tracing` and is not here, and for one that gained it and still is.
const SILENT: &[(&str, &str)] = &[
    (
        "toolgate-testkit",
        "it is in tests only, and captures what others log",
    ),
    (
        "toolgate-text",
        "it is pure functions over what people wrote",
    ),
    (
        "toolgate-examples",
        "its library is empty; its programs are examples",
    ),
];

const LEVELS: [&str; 5] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"];

/// The crates of which no log line is in these files.
pub(crate) fn missing_markers(
    workspace: &Workspace,
    files: &[impl AsRef<Path>],
) -> anyhow::Result<Vec<String>> {
    let mut missing = expected(workspace)?;
    for file in files {
        let file = file.as_ref();
        let content =
            fs::read(file).with_context(|| format!("{} could not be read", file.display()))?;
        for line in String::from_utf8_lossy(&content).lines() {
            missing.retain(|name| !is_marker(line, name));
        }
    }
    Ok(missing.into_iter().collect())
}

fn expected(workspace: &Workspace) -> anyhow::Result<BTreeSet<String>> {
    let mut expected = BTreeSet::new();
    for package in workspace.packages.iter().filter(|p| p.has_library()) {
        let name = &package.name;
        match (
            package.needs("tracing"),
            SILENT.iter().any(|(silent, _)| silent == name),
        ) {
            (true, false) => drop(expected.insert(name.replace('-', "_"))),
            (false, true) => {}
            (true, true) => anyhow::bail!("{name} can log and is listed as silent"),
            (false, false) => anyhow::bail!("{name} cannot log and is not listed as silent"),
        }
    }
    Ok(expected)
}

/// Whether a line is a log record whose target is this crate or a module of it, as the plain, the
/// coloured and the JSON format of tracing-subscriber write it.
fn is_marker(line: &str, krate: &str) -> bool {
    line.contains(krate) && {
        let line = without_colours(line);
        LEVELS.iter().any(|level| line.contains(level))
            && line.match_indices(krate).any(|(at, _)| {
                let before = line[..at].chars().next_back();
                let after = line[at + krate.len()..].chars().next();
                matches!(before, None | Some(' ' | '"')) && matches!(after, Some(':' | '"'))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_line_of_the_crate_is_a_marker() {
        for line in [
            "2026-01-01T00:00:00Z  INFO toolgate_auth: ready",
            "2026-01-01T00:00:00Z DEBUG toolgate_auth::guard::flight: one flight",
            "2026-01-01T00:00:00Z TRACE run{id=1}: toolgate_auth::guard: cached",
            "\u{1b}[32m INFO\u{1b}[0m \u{1b}[2mtoolgate_auth::guard\u{1b}[0m\u{1b}[2m:\u{1b}[0m hi",
            r#"{"level":"INFO","fields":{"message":"hi"},"target":"toolgate_auth::guard"}"#,
        ] {
            assert!(is_marker(line, "toolgate_auth"), "{line}");
        }
    }

    #[test]
    fn other_mentions_of_a_crate_are_no_marker() {
        for line in [
            "test toolgate_auth::guard ... ok",
            "INFO toolgate_authority: ready",
            "INFO mytoolgate_auth: ready",
            "INFO toolgate_http: see toolgate_auth, the crate",
            "INFO crates/toolgate_auth/src: read",
        ] {
            assert!(!is_marker(line, "toolgate_auth"), "{line}");
        }
    }
}
