//! The names of the tables, all derived from one.

use crate::error::{Error, ErrorKind};

/// What the tables are called. The default is `auth_tokens`, `sign_ins`, `auth_events`,
/// `agent_sessions` (an application's own `sessions` are mostly its logins), `toolgate_meta` and
/// `toolgate_migrations`; a name of one's own prefixes the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableNames {
    auth_tokens: String,
    sign_ins: String,
    auth_events: String,
    sessions: String,
    meta: String,
    history: String,
}

/// The default name of the table of grants.
const DEFAULT: &str = "auth_tokens";
/// The other tables of the default names, which a name of one's own must not take.
const DEFAULT_OTHERS: [&str; 5] = [
    "sign_ins",
    "auth_events",
    "agent_sessions",
    "toolgate_meta",
    "toolgate_migrations",
];
/// PostgreSQL cuts names at 63 bytes; the longest name derived from this one is an index's.
const MAX_LENGTH: usize = 40;

impl Default for TableNames {
    fn default() -> Self {
        let [sign_ins, auth_events, sessions, meta, history] = DEFAULT_OTHERS.map(str::to_owned);
        Self {
            auth_tokens: DEFAULT.to_owned(),
            sign_ins,
            auth_events,
            sessions,
            meta,
            history,
        }
    }
}

impl TableNames {
    /// The names that follow from the name of the table of grants.
    ///
    /// # Errors
    /// When the name is not a lower-case identifier (`a-z`, `0-9`, `_`, beginning with a letter) of
    /// at most 40 characters, or is one that a default table or the database itself uses.
    pub fn derived_from(auth_tokens: &str) -> Result<Self, Error> {
        if auth_tokens == DEFAULT {
            return Ok(Self::default());
        }
        check(auth_tokens)?;
        Ok(Self {
            auth_tokens: auth_tokens.to_owned(),
            sign_ins: format!("{auth_tokens}_sign_ins"),
            auth_events: format!("{auth_tokens}_events"),
            sessions: format!("{auth_tokens}_sessions"),
            meta: format!("{auth_tokens}_meta"),
            history: format!("{auth_tokens}_migrations"),
        })
    }

    /// The table of grants.
    pub fn auth_tokens(&self) -> &str {
        &self.auth_tokens
    }

    /// The table of pending sign-ins.
    pub fn sign_ins(&self) -> &str {
        &self.sign_ins
    }

    /// The table of audit events.
    pub fn auth_events(&self) -> &str {
        &self.auth_events
    }

    /// The table of sessions.
    pub fn sessions(&self) -> &str {
        &self.sessions
    }

    /// The table of small named facts.
    pub fn meta(&self) -> &str {
        &self.meta
    }

    /// The table of applied migrations.
    pub fn history(&self) -> &str {
        &self.history
    }

    /// All tables, those that others might refer to last.
    pub fn all(&self) -> [&str; 6] {
        [
            &self.sessions,
            &self.auth_events,
            &self.sign_ins,
            &self.auth_tokens,
            &self.meta,
            &self.history,
        ]
    }
}

fn check(name: &str) -> Result<(), Error> {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let problem = if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        "it has to begin with a letter from a to z"
    } else if !name.chars().all(word) {
        "it may hold a to z, 0 to 9 and _ only"
    } else if name.len() > MAX_LENGTH {
        "it is longer than 40 characters"
    } else if name.starts_with("sqlite_") || name.starts_with("pg_") {
        "the database keeps such names for itself"
    } else if DEFAULT_OTHERS.contains(&name) {
        "it is the name of another of Toolgate's tables"
    } else {
        return Ok(());
    };
    Err(Error::from(ErrorKind::InvalidName {
        name: name.to_owned(),
        problem,
    }))
}

#[cfg(test)]
mod tests {
    use super::TableNames;

    #[test]
    fn the_default_name_gives_the_default_tables() {
        let named = TableNames::derived_from("auth_tokens").unwrap();
        assert_eq!(named, TableNames::default());
        assert_eq!(named.history(), "toolgate_migrations");
    }

    #[test]
    fn names_that_are_no_identifiers_or_are_taken_are_refused() {
        let long = "x".repeat(41);
        for bad in [
            "",
            "1x",
            "_x",
            "a b",
            "a\"b",
            "Tokens",
            "ähre",
            "a;b",
            "sqlite_x",
            "pg_x",
            "sign_ins",
            "agent_sessions",
            "toolgate_meta",
            &long,
        ] {
            let error = TableNames::derived_from(bad).unwrap_err();
            assert!(error.is_invalid_name(), "{bad}");
        }
    }

    #[test]
    fn no_two_tables_of_one_name_are_called_the_same() {
        for name in ["auth_tokens", "tokens"] {
            let names = TableNames::derived_from(name).unwrap();
            let mut all = names.all().to_vec();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), 6);
        }
    }
}
