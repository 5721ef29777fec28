//! A database's address, as a person writes it.

use std::fmt;
use std::path::{Path, PathBuf};

use url::Url;

use crate::Error;

/// Where a database is: `sqlite://PATH/OF/FILE.db` or `postgres://USER:PASSWORD@HOST/DATABASE`.
///
/// Neither `Display` nor `Debug` shows who connects and with which password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseUrl(Location);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Location {
    Sqlite(PathBuf),
    Postgres(ServerUrl),
}

/// A server's address with its password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ServerUrl(Url);

impl DatabaseUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// When it is none; the text says what is wrong and what a good one looks like, never what was
    /// given, since that may hold a password.
    ///
    /// ```
    /// use toolgate_ops::DatabaseUrl;
    ///
    /// let url = DatabaseUrl::parse("postgres://app:hunter2@db.example.com:5433/app")?;
    /// assert_eq!(url.to_string(), "PostgreSQL database app at db.example.com:5433");
    /// # Ok::<(), toolgate_ops::Error>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let Some((scheme, rest)) = text.split_once(':') else {
            return Err(Error::invalid_url("it has no scheme before a colon"));
        };
        match scheme.to_ascii_lowercase().as_str() {
            "sqlite" => file(rest).map(Self::sqlite),
            "postgres" | "postgresql" => server(text).map(|url| Self(Location::Postgres(url))),
            _ => Err(Error::invalid_url("its scheme is not known")),
        }
    }

    /// Reads an address as agno has it, which is `SQLAlchemy`'s: a driver may stand behind a plus
    /// sign, and three slashes begin a relative path of a file and four an absolute one.
    ///
    /// ```
    /// use toolgate_ops::DatabaseUrl;
    ///
    /// let url = DatabaseUrl::parse_of_sqlalchemy("sqlite+aiosqlite:///agno.db")?;
    /// assert_eq!(url.to_string(), "SQLite file agno.db");
    /// # Ok::<(), toolgate_ops::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_of_sqlalchemy(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let (scheme, rest) = text.split_once(':').unwrap_or((text, ""));
        let Some((database, _driver)) = scheme.split_once('+') else {
            return Self::parse(&without_slash(text));
        };
        Self::parse(&without_slash(&format!("{database}:{rest}")))
    }

    /// An `SQLite` file.
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Self(Location::Sqlite(path.into()))
    }

    pub(crate) fn location(&self) -> &Location {
        &self.0
    }
}

impl ServerUrl {
    /// The whole address; for connecting only.
    pub(crate) fn expose(&self) -> &str {
        self.0.as_str()
    }
}

fn file(rest: &str) -> Result<PathBuf, Error> {
    let (path, options) = rest.split_once('?').unwrap_or((rest, ""));
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() {
        return Err(Error::invalid_url("it names no file"));
    }
    if path == ":memory:" || options.contains("mode=memory") {
        return Err(Error::invalid_url(
            "a database in memory is gone before anybody could use it",
        ));
    }
    Ok(Path::new(path).to_path_buf())
}

/// `SQLAlchemy` reads a path from behind the third slash on.
fn without_slash(text: &str) -> String {
    match text.split_once(":///") {
        Some((scheme, path)) if scheme.eq_ignore_ascii_case("sqlite") => format!("sqlite:{path}"),
        _ => text.to_owned(),
    }
}

fn server(text: &str) -> Result<ServerUrl, Error> {
    let url = Url::parse(text).map_err(|error| Error::invalid_url(problem(error)))?;
    // A socket's folder may stand in the options instead.
    let names_host = url.host_str().is_some_and(|host| !host.is_empty())
        || url.query_pairs().any(|(name, _)| name == "host");
    if !names_host {
        return Err(Error::invalid_url("it names no host"));
    }
    Ok(ServerUrl(url))
}

fn problem(error: url::ParseError) -> &'static str {
    match error {
        url::ParseError::EmptyHost => "it names no host",
        url::ParseError::InvalidPort => {
            "its port is no number (a `/`, `#`, `?` or `@` in the password is written as %2F, %23, \
             %3F, %40)"
        }
        _ => "it is not well formed",
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Location::Sqlite(path) => write!(f, "SQLite file {}", path.display()),
            Location::Postgres(ServerUrl(url)) => {
                let name = url.path().trim_start_matches('/');
                f.write_str("PostgreSQL")?;
                if !name.is_empty() {
                    write!(f, " database {name}")?;
                }
                write!(f, " at {}", url.host_str().unwrap_or("a local socket"))?;
                url.port().map_or(Ok(()), |port| write!(f, ":{port}"))
            }
        }
    }
}

impl fmt::Debug for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerUrl([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_addresses_are_read() {
        for (text, expected) in [
            ("sqlite://toolgate.db", "SQLite file toolgate.db"),
            ("sqlite:toolgate.db", "SQLite file toolgate.db"),
            (
                "sqlite:///var/lib/a.db?mode=rwc",
                "SQLite file /var/lib/a.db",
            ),
            (" sqlite://a b.db\n", "SQLite file a b.db"),
            ("postgres://localhost", "PostgreSQL at localhost"),
            ("POSTGRES://u:p@h/d", "PostgreSQL database d at h"),
            (
                "postgresql://u@[::1]:5433/d?sslmode=require",
                "PostgreSQL database d at [::1]:5433",
            ),
            (
                "postgres:///d?host=/run/postgresql",
                "PostgreSQL database d at a local socket",
            ),
        ] {
            assert_eq!(
                DatabaseUrl::parse(text).unwrap().to_string(),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn addresses_of_sqlalchemy_are_read_as_it_reads_them() {
        for (text, expected) in [
            ("sqlite:///agno.db", "SQLite file agno.db"),
            ("sqlite+aiosqlite:///tmp/agno.db", "SQLite file tmp/agno.db"),
            ("sqlite:////var/lib/agno.db", "SQLite file /var/lib/agno.db"),
            ("sqlite://agno.db", "SQLite file agno.db"),
            ("sqlite:/var/lib/agno.db", "SQLite file /var/lib/agno.db"),
            (
                "postgresql+psycopg://ai:hunter2@localhost:5532/ai",
                "PostgreSQL database ai at localhost:5532",
            ),
            ("postgresql+asyncpg://h/ai", "PostgreSQL database ai at h"),
            ("postgres://h/ai", "PostgreSQL database ai at h"),
        ] {
            let url = DatabaseUrl::parse_of_sqlalchemy(text).unwrap();
            assert_eq!(url.to_string(), expected, "{text}");
        }
        for text in [
            "",
            "sqlite://",
            "sqlite:///",
            "sqlite:///:memory:",
            "mysql+pymysql://u:hunter2@h/d",
            "hunter2",
        ] {
            let error = DatabaseUrl::parse_of_sqlalchemy(text).unwrap_err();
            assert!(error.is_invalid_url(), "{text}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn bad_addresses_are_refused_with_a_good_one_and_without_the_password() {
        for (text, problem) in [
            ("", "no scheme"),
            ("localhost/app", "no scheme"),
            ("hunter2", "no scheme"),
            ("mysql://u:hunter2@h/d", "scheme is not known"),
            ("user:hunter2@localhost/app", "scheme is not known"),
            ("sqlite://", "names no file"),
            ("sqlite::memory:", "in memory"),
            ("sqlite://file.db?mode=memory", "in memory"),
            ("postgres:///app", "no host"),
            ("postgres://u:hunter2@/app", "host"),
            ("postgres://u:hunter2/x@h/app", "%2F"),
            ("postgres://u:hunter2@h:port/app", "port"),
            ("postgres://u:hunter2@[::1/app", "well formed"),
        ] {
            let error = DatabaseUrl::parse(text).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(error.is_invalid_url(), "{text}");
            assert!(shown.contains(problem), "{text}: {shown}");
            assert!(
                shown.contains("postgres://USER:PASSWORD@HOST/DATABASE"),
                "{shown}"
            );
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }

    #[test]
    fn a_password_is_in_no_form_of_an_address() {
        let url = DatabaseUrl::parse("postgres://user:hunter2@h/d?password=hunter2").unwrap();
        for shown in [format!("{url}"), format!("{url:?}"), format!("{url:#?}")] {
            assert!(
                !shown.contains("hunter2") && !shown.contains("user"),
                "{shown}"
            );
        }
    }
}
