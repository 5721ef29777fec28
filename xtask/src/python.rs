//! Python's libraries that ours are held against, in virtual environments below the folder of build
//! results.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Context as _;

use crate::postgres::install_package;
use crate::shell;
use crate::workspace::Workspace;

/// A virtual environment.
#[derive(Debug)]
pub(crate) struct Venv {
    /// Its folder below that of build results.
    pub(crate) folder: &'static str,
    /// What `PyPI` is asked for; the first is the one that it is for.
    pub(crate) packages: &'static [&'static str],
    /// What runs in it once all is there, and fails where something is missing or another version.
    pub(crate) proof: &'static str,
}

/// What the tests of `token.json` talk to.
const GOOGLE_AUTH: Venv = Venv {
    folder: "python",
    packages: &["google-auth==2.63.0", "requests"],
    proof: "import google.oauth2.credentials, google.auth.transport.requests\n\
        import importlib.metadata as m\n\
        assert m.version('google-auth') == '2.63.0'",
};

/// The framework whose tools and whose loading of a token ours are held against, with what its own
/// Google toolkits and its database ask for.
pub(crate) const AGNO: Venv = Venv {
    folder: "agno",
    packages: &[
        "agno==3.1.10",
        "sqlalchemy",
        "greenlet",
        "cryptography",
        "google-api-python-client",
        "google-auth",
        "google-auth-httplib2",
        "google-auth-oauthlib",
        "psycopg[binary]",
    ],
    proof: "from agno.db.sqlite import SqliteDb\n\
        from agno.tools.google.auth.tokens import load_token_from_db\n\
        from agno.tools.google.gmail import GmailTools\n\
        import google_auth_httplib2, psycopg\n\
        import importlib.metadata as m\n\
        assert m.version('agno') == '3.1.10'",
};

/// What some tests need of Python: a name for people, the variable by which the tests are told, and
/// the environment whose interpreter it names.
pub(crate) const FOR_TESTS: &[(&str, &str, Venv)] = &[
    ("Python's google-auth", "TOOLGATE_PYTHON", GOOGLE_AUTH),
    ("agno", "TOOLGATE_AGNO_PYTHON", AGNO),
];

impl Venv {
    /// The environment's interpreter; it is made where it is missing or does not fit.
    pub(crate) fn python(&self, workspace: &Workspace) -> anyhow::Result<PathBuf> {
        let folder = workspace.target_directory.join(self.folder);
        let python = folder.join("bin/python");
        let works = || shell::succeeds(Command::new(&python).args(["-c", self.proof]));
        if works() {
            return Ok(python);
        }
        let name = self.packages.first().copied().unwrap_or_default();
        println!("installing {name} from PyPI");
        let make = || {
            let mut make = Command::new("python3");
            make.args(["-m", "venv", "--clear"]).arg(&folder);
            shell::run_quietly(&mut make)
        };
        if make().is_err() {
            install_package("python3-venv")
                .context("python3 cannot make virtual environments (`python3 -m venv`)")?;
            make()?;
        }
        let install = ["-m", "pip", "install", "--quiet"];
        shell::run_quietly(Command::new(&python).args(install).args(self.packages))?;
        anyhow::ensure!(works(), "{name} was installed, and cannot be imported");
        Ok(python)
    }
}
