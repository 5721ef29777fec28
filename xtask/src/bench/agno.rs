//! The framework whose loading of a token ours is measured against.

use std::path::PathBuf;

use crate::python::AGNO;
use crate::workspace::Workspace;

/// A Python with agno.
pub(super) fn python(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    AGNO.python(workspace)
}
