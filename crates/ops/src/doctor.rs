//! Looks through a whole set-up and says what to mend. It changes nothing, and shows no secret.

mod database;
mod environment;
mod files;
mod google;

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;
use toolgate_auth::{EnvConfig, Environment};
use zeroize::Zeroizing;

use crate::DatabaseUrl;

/// A shorter value is a word such as `true` or a number, and no secret.
const SHORTEST: usize = 6;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Level {
    /// As it should be.
    Ok,
    /// It works, or may.
    Warning,
    /// It cannot work.
    Problem,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        })
    }
}

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The check's name, the same in every version.
    pub check: &'static str,
    /// How it ended.
    pub level: Level,
    /// What was found, and what to do.
    pub says: String,
}

impl Finding {
    fn ok(check: &'static str, says: impl Into<String>) -> Self {
        Self::new(check, Level::Ok, says)
    }

    fn warning(check: &'static str, says: impl Into<String>) -> Self {
        Self::new(check, Level::Warning, says)
    }

    fn problem(check: &'static str, says: impl Into<String>) -> Self {
        Self::new(check, Level::Problem, says)
    }

    fn new(check: &'static str, level: Level, says: impl Into<String>) -> Self {
        Self {
            check,
            level,
            says: says.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.level, self.check, self.says)
    }
}

/// Checks a set-up: the environment, the OAuth client, the database with its schema and keys, the
/// clocks, Google's endpoints, and the files that are used.
///
/// ```
/// use toolgate_auth::Environment;
/// use toolgate_ops::{DatabaseUrl, Doctor, Level};
///
/// # async fn sample() -> Result<(), Box<dyn std::error::Error>> {
/// let environment = Environment::from_pairs([("GOOGLE_REDIRECT_URI", "http://example.com/")]);
/// let url = DatabaseUrl::parse("sqlite://nowhere/toolgate.db")?;
/// let found = Doctor::new(environment, url).offline().examine().await;
/// let problems = found.iter().filter(|it| it.level == Level::Problem);
/// let problems: Vec<_> = problems.map(|it| it.check).collect();
/// assert_eq!(problems, ["client", "redirect", "database"]);
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(sample())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Doctor {
    environment: Environment,
    database: Result<DatabaseUrl, String>,
    token_table: Option<String>,
    token_file: Option<PathBuf>,
    offline: bool,
}

impl Doctor {
    /// For a program in this environment with this database.
    pub fn new(environment: Environment, database: DatabaseUrl) -> Self {
        Self::with_database(environment, Ok(database))
    }

    /// For a program whose database's address is none, and why: that is a finding as any other.
    pub fn without_database(environment: Environment, why: impl fmt::Display) -> Self {
        Self::with_database(environment, Err(why.to_string()))
    }

    fn with_database(environment: Environment, database: Result<DatabaseUrl, String>) -> Self {
        Self {
            environment,
            database,
            token_table: None,
            token_file: None,
            offline: false,
        }
    }

    /// Looks at tables of another name than `auth_tokens`.
    pub fn with_table_name(self, auth_tokens: Option<String>) -> Self {
        Self {
            token_table: auth_tokens,
            ..self
        }
    }

    /// Looks at this `token.json` too, where it is there.
    pub fn with_token_file(self, path: impl Into<PathBuf>) -> Self {
        Self {
            token_file: Some(path.into()),
            ..self
        }
    }

    /// Asks neither Google nor the application.
    pub fn offline(self) -> Self {
        Self {
            offline: true,
            ..self
        }
    }

    /// Makes every check; each is one finding at least.
    pub async fn examine(&self) -> Vec<Finding> {
        let found = self.checks().await.into_iter();
        found.map(|it| self.without_values(it)).collect()
    }

    /// What hangs on a variable that cannot be used is left out: it would be told as not set.
    async fn checks(&self) -> Vec<Finding> {
        let (config, problems) = EnvConfig::examine(&self.environment);
        let can_use = |field| problems.iter().all(|(it, _)| *it != field);
        let mut found = environment::variables(&self.environment, &problems);
        if can_use("client") {
            found.push(environment::client(&config));
        }
        if can_use("redirect_uri") {
            found.push(environment::redirect(&config));
        }
        found.extend(files::client_secrets(&self.environment));
        found.extend(files::service_account(&config));
        found.extend(files::application_credentials(&config));
        found.extend(self.token_file.as_deref().and_then(files::token_file));
        match &self.database {
            Ok(url) => {
                let keys = can_use("keys").then_some(&config.keys);
                let table = self.token_table.as_deref();
                found.extend(database::examine(url, table, keys).await);
            }
            Err(why) => found.push(Finding::problem("database", why.as_str())),
        }
        if !self.offline && can_use("endpoints") {
            found.extend(google::examine(&config).await);
        }
        found
    }

    /// A variable's name in the place of its value, whatever error may quote it: somebody may have
    /// put a secret where a path belongs.
    fn without_values(&self, finding: Finding) -> Finding {
        let hidden = EnvConfig::VARIABLES.iter().map(|variable| variable.name);
        // These are shown where they are well formed, and only then.
        let hidden =
            hidden.filter(|name| !["GOOGLE_CLIENT_ID", "GOOGLE_REDIRECT_URI"].contains(name));
        let says = hidden.fold(finding.says, |says, name| {
            match self
                .environment
                .text(name)
                .ok()
                .flatten()
                .map(Zeroizing::new)
            {
                Some(value) if value.len() >= SHORTEST => says.replace(value.as_str(), name),
                _ => says,
            }
        });
        Finding { says, ..finding }
    }
}
