//! `cargo xtask tidy`: the house rules that no compiler checks.

mod files;
mod manifests;
mod requirements;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::generate;
use crate::mutants;
use crate::shell;
use crate::workspace::Workspace;

/// Folders that hold nothing of ours.
const SKIPPED: [&str; 3] = ["target", ".git", "node_modules"];

/// What a rule has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Remark {
    place: String,
    text: String,
    /// Told, and no more than that.
    is_warning: bool,
}

impl Remark {
    fn error(place: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            text: text.into(),
            is_warning: false,
        }
    }

    fn warning(place: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            is_warning: true,
            ..Self::error(place, text)
        }
    }
}

/// Prints every remark, and fails where one of them is an error.
pub(crate) fn run() -> anyhow::Result<()> {
    let root = shell::root();
    let mut sources = Vec::new();
    collect(&root, &mut sources)?;
    sources.sort();
    let (mut remarks, mut functions) = (Vec::new(), BTreeSet::new());
    for source in &sources {
        let text = fs::read_to_string(source)
            .with_context(|| format!("{} could not be read", source.display()))?;
        let place = source.strip_prefix(&root).unwrap_or(source);
        remarks.extend(files::check(place, &text));
        functions.extend(requirements::functions(&text));
    }
    remarks.extend(manifests::check(&Workspace::load()?));
    let pages = requirements::PAGES.map(|page| {
        let text = fs::read_to_string(root.join(page));
        text.map(|text| (page, text))
            .with_context(|| format!("{page} could not be read"))
    });
    let pages = pages.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
    let patches = mutants::all()?;
    remarks.extend(requirements::check(&pages, &functions, &patches));
    let stale = generate::stale().into_iter();
    remarks.extend(stale.map(|(place, text)| Remark::error(place, text)));
    report(&remarks, sources.len())
}

fn report(remarks: &[Remark], files: usize) -> anyhow::Result<()> {
    for remark in remarks {
        let weight = if remark.is_warning { "note" } else { "error" };
        println!("{weight}: {}: {}", remark.place, remark.text);
    }
    match remarks.iter().filter(|remark| !remark.is_warning).count() {
        0 => {
            println!("tidy: {files} files");
            Ok(())
        }
        errors => bail!("tidy found {errors} things to mend"),
    }
}

fn collect(folder: &Path, sources: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let entries = folder
        .read_dir()
        .with_context(|| format!("{} could not be read", folder.display()))?;
    for entry in entries {
        let path = entry
            .context("the folder changed while it was read")?
            .path();
        let skipped = |name: &str| path.file_name().is_some_and(|own| own == name);
        if path.is_dir() {
            if !SKIPPED.into_iter().any(skipped) {
                collect(&path, sources)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push(path);
        }
    }
    Ok(())
}
