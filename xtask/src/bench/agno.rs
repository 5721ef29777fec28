//! The framework whose loading of a token ours is measured against.

use std::path::PathBuf;
use std::process::Command;

use crate::shell;
use crate::workspace::Workspace;

/// What agno's own Google toolkits and its database ask for.
const PACKAGES: [&str; 6] = [
    "agno==3.1.10",
    "sqlalchemy",
    "greenlet",
    "cryptography",
    "google-auth",
    "google-auth-oauthlib",
];

const IMPORTS: &str = "from agno.db.sqlite import SqliteDb\n\
    from agno.tools.google.auth.tokens import load_token_from_db\n\
    import importlib.metadata as m\n\
    assert m.version('agno') == '3.1.10'";

/// A Python with agno, in a virtual environment below the folder of build results.
pub(super) fn python(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let folder = workspace.target_directory.join("agno");
    let python = folder.join("bin/python");
    let works = || shell::succeeds(Command::new(&python).args(["-c", IMPORTS]));
    if works() {
        return Ok(python);
    }
    println!("installing {} from PyPI", PACKAGES[0]);
    shell::run_quietly(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let install = ["-m", "pip", "install", "--quiet"];
    shell::run_quietly(Command::new(&python).args(install).args(PACKAGES))?;
    anyhow::ensure!(
        works(),
        "agno was installed, and its token loader cannot be imported"
    );
    Ok(python)
}
