//! The framework whose loading of a token and whose Gmail tools ours are measured against.

use std::path::PathBuf;

use crate::python::AGNO;
use crate::workspace::Workspace;

/// A Python with agno.
pub(super) fn python(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    AGNO.python(workspace)
}
