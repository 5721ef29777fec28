//! What cargo knows about the workspace.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context as _;
use serde::Deserialize;

use crate::shell;

/// The members, and where cargo builds.
#[derive(Debug, Deserialize)]
pub(crate) struct Workspace {
    /// The workspace's own packages.
    pub(crate) packages: Vec<Package>,
    /// Where build results go.
    pub(crate) target_directory: PathBuf,
}

/// One package of the workspace.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) version: String,
    pub(crate) description: Option<String>,
    pub(crate) license: Option<String>,
    pub(crate) readme: Option<PathBuf>,
    /// What other programs are told, below their own names.
    #[serde(default)]
    pub(crate) metadata: serde_json::Value,
    /// Empty for a package that is never published.
    pub(crate) publish: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) keywords: Vec<String>,
    #[serde(default)]
    pub(crate) features: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(crate) targets: Vec<Target>,
    #[serde(default)]
    pub(crate) dependencies: Vec<Dependency>,
}

/// Something that a package builds.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) kind: Vec<String>,
}

/// A dependency as the manifest states it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) req: String,
    /// None for a normal dependency, else `dev` or `build`.
    pub(crate) kind: Option<String>,
    /// Set for packages of the workspace.
    pub(crate) path: Option<PathBuf>,
}

impl Workspace {
    /// Asks cargo.
    pub(crate) fn load() -> anyhow::Result<Self> {
        let output = shell::cargo(["metadata", "--format-version=1", "--no-deps"])
            .output()
            .context("cargo metadata could not be started")?;
        anyhow::ensure!(
            output.status.success(),
            "cargo metadata failed:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).context("cargo metadata's answer is not understood")
    }
}

impl Package {
    /// Whether others can depend on it.
    pub(crate) fn has_library(&self) -> bool {
        self.targets
            .iter()
            .any(|target| target.kind.iter().any(|kind| kind == "lib"))
    }

    /// Whether it goes to a registry.
    pub(crate) fn is_published(&self) -> bool {
        self.publish
            .as_ref()
            .is_none_or(|registries| !registries.is_empty())
    }

    /// Whether users get this dependency when they use the package.
    pub(crate) fn needs(&self, name: &str) -> bool {
        self.dependencies
            .iter()
            .any(|dependency| dependency.kind.is_none() && dependency.name == name)
    }
}
