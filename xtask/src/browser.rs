//! Chromium and its driver, which the tests of the sign-in pages drive.

use std::path::PathBuf;

use anyhow::Context as _;

use crate::postgres::install_package;
use crate::shell;

/// What a browser needs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Chromium {
    driver: PathBuf,
    browser: PathBuf,
}

/// By which the tests are told.
const DRIVER: &str = "TOOLGATE_CHROMEDRIVER";
const BROWSER: &str = "TOOLGATE_CHROMIUM";

/// The names under which systems know both, Debian's first.
const DRIVERS: [&str; 2] = ["chromedriver", "chromium.chromedriver"];
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// The driver brings its own browser; without a font, pages have no letters to look at.
const PACKAGES: [&str; 3] = ["chromium", "chromium-driver", "fonts-dejavu-core"];

impl Chromium {
    /// Those that the environment names, those that are here, or Debian's, installed.
    pub(crate) fn prepare() -> anyhow::Result<Self> {
        if let Some(here) = Self::here() {
            return Ok(here);
        }
        for package in PACKAGES {
            install_package(package).context(
                "neither Chromium nor its driver is on PATH (Debian: chromium, chromium-driver)",
            )?;
        }
        Self::here().context("no driver came with the packages")
    }

    /// The variables by which tests are told of those that are here, if they are.
    pub(crate) fn variables() -> Vec<(&'static str, PathBuf)> {
        Self::here().map_or_else(Vec::new, Self::told)
    }

    /// The variables by which tests are told of it.
    pub(crate) fn told(self) -> Vec<(&'static str, PathBuf)> {
        vec![(DRIVER, self.driver), (BROWSER, self.browser)]
    }

    fn here() -> Option<Self> {
        let path = shell::env("PATH").unwrap_or_default();
        let path: Vec<PathBuf> = std::env::split_paths(&path).collect();
        let named = |name: &str| shell::env(name).map(PathBuf::from);
        Some(Self {
            driver: named(DRIVER).or_else(|| find(&path, &DRIVERS))?,
            browser: named(BROWSER).or_else(|| find(&path, &BROWSERS))?,
        })
    }
}

fn find(path: &[PathBuf], names: &[&str]) -> Option<PathBuf> {
    let mut programs = names
        .iter()
        .flat_map(|name| path.iter().map(move |folder| folder.join(name)));
    programs.find(|program| program.is_file())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_program_is_found_by_its_first_name_wherever_that_is_on_path() {
        let root = tempfile::tempdir().unwrap();
        let folders = ["a", "b"].map(|name| root.path().join(name));
        for folder in &folders {
            fs::create_dir(folder).unwrap();
        }
        assert_eq!(find(&folders, &BROWSERS), None);
        let chrome = folders[0].join("google-chrome");
        fs::write(&chrome, "").unwrap();
        assert_eq!(find(&folders, &BROWSERS), Some(chrome));
        let chromium = folders[1].join("chromium");
        fs::write(&chromium, "").unwrap();
        assert_eq!(find(&folders, &BROWSERS), Some(chromium));
    }
}
