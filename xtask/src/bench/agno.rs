//! The framework whose loading of a token and whose Gmail tools ours are measured against.

use std::path::PathBuf;

use crate::python::Venv;
use crate::workspace::Workspace;

/// With what agno's own Google toolkits and its database ask for.
const AGNO: Venv = Venv {
    folder: "agno",
    packages: &[
        "agno==3.1.10",
        "sqlalchemy",
        "greenlet",
        "cryptography",
        "google-auth",
        "google-auth-oauthlib",
        "google-api-python-client",
        "google-auth-httplib2",
    ],
    proof: "from agno.db.sqlite import SqliteDb\n\
        from agno.tools.google.auth.tokens import load_token_from_db\n\
        from agno.tools.google.gmail import GmailTools\n\
        import importlib.metadata as m\n\
        assert m.version('agno') == '3.1.10'",
};

/// A Python with agno.
pub(super) fn python(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    AGNO.python(workspace)
}
