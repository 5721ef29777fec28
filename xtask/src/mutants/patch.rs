//! A patch under `mutants/`: a diff, and above it what it breaks and which test notices.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

use crate::shell;

/// One way to break the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Patch {
    /// The file's name, without its ending.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    /// The ids of what no longer holds.
    pub(crate) requirements: Vec<String>,
    /// The full name of the test that has to fail.
    pub(crate) test: String,
    /// Where cargo finds the test: `-p` and a package.
    pub(crate) arguments: Vec<String>,
    /// What is broken, in one sentence.
    pub(crate) what: String,
}

/// Every patch, by name.
pub(crate) fn all() -> anyhow::Result<Vec<Patch>> {
    let folder = shell::root().join("mutants");
    let entries = folder
        .read_dir()
        .context("the folder mutants could not be read")?;
    let mut patches = Vec::new();
    for entry in entries {
        let path = entry.context("the folder mutants changed")?.path();
        if path.extension().is_some_and(|it| it == "patch") {
            let text = fs::read_to_string(&path)
                .with_context(|| format!("{} could not be read", path.display()))?;
            patches.push(Patch::parse(&path, &text)?);
        }
    }
    patches.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(patches)
}

impl Patch {
    pub(crate) fn parse(path: &Path, text: &str) -> anyhow::Result<Self> {
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let head: Vec<&str> = text
            .lines()
            .take_while(|line| line.starts_with('#'))
            .collect();
        let said = |key: &str| {
            let start = format!("# {key}: ");
            let line = head.iter().find_map(|line| line.strip_prefix(&start));
            line.map(str::trim)
                .filter(|line| !line.is_empty())
                .with_context(|| format!("mutants/{name}.patch does not say its {key}"))
        };
        let mut words = said("test")?.split_whitespace().map(str::to_owned);
        let parsed = Self {
            path: path.to_owned(),
            requirements: said("requirement")?
                .split(',')
                .map(|id| id.trim().to_owned())
                .collect(),
            test: words.next().unwrap_or_default(),
            arguments: words.collect(),
            what: said("what")?.to_owned(),
            name: name.clone(),
        };
        ensure!(
            !parsed.arguments.is_empty(),
            "mutants/{name}.patch does not say of which package its test is"
        );
        Ok(parsed)
    }

    #[cfg(test)]
    pub(super) fn named(name: &str) -> Self {
        let text = "# requirement: A1\n# test: a::b -p c\n# what: it\n";
        Self::parse(Path::new(&format!("{name}.patch")), text).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_whole_and_a_missing_line_is_told() {
        let text = "# requirement: D2, INV1\n# test: m::t -p toolgate-auth\n# what: w\ndiff --git";
        let patch = Patch::parse(Path::new("x/late.patch"), text).unwrap();
        assert_eq!(patch.name, "late");
        assert_eq!(patch.requirements, ["D2", "INV1"]);
        assert_eq!(patch.test, "m::t");
        assert_eq!(patch.arguments, ["-p", "toolgate-auth"]);
        for missing in ["requirement", "test", "what"] {
            let rest: Vec<_> = text
                .lines()
                .filter(|line| !line.contains(missing))
                .collect();
            let error = Patch::parse(Path::new("x.patch"), &rest.join("\n")).unwrap_err();
            assert!(error.to_string().contains(missing), "{error}");
        }
    }
}
