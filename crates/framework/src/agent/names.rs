//! Names of agents: what they keep in one database is kept apart by them.

use std::sync::Arc;

use toolgate_auth::SessionId;

use crate::error::{Error, ErrorKind};

/// How long a name may be, so that what is made of it suits every provider and every session.
const LONGEST: usize = 40;
/// How long the names of sessions may be ([`SessionId`]), that of the agent included.
const LONGEST_STORED: usize = 256;

/// An agent's name, where it has one. Agents without a name share what they keep.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AgentName(Option<Arc<str>>);

impl AgentName {
    pub(crate) fn new(name: Option<String>) -> Self {
        Self(name.map(Into::into))
    }

    pub(crate) fn as_deref(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// What the database calls a session of the agent's, so that each agent has its own.
    pub(crate) fn stored(&self, session: &SessionId) -> Result<SessionId, Error> {
        let Some(prefix) = self.prefix() else {
            return Ok(session.clone());
        };
        let limit = LONGEST_STORED - prefix.len();
        if session.as_str().len() > limit {
            let agent = prefix.trim_end_matches('/').to_owned();
            return Err(ErrorKind::LongSession { agent, limit }.into());
        }
        Ok(SessionId::parse(prefix + session.as_str())?)
    }

    /// How the names begin of all that is the agent's, where it has a name.
    pub(crate) fn prefix(&self) -> Option<String> {
        self.0.as_ref().map(|name| format!("{name}/"))
    }

    /// What the application calls it.
    pub(crate) fn told<'a>(&self, stored: &'a SessionId) -> &'a str {
        self.own(stored).unwrap_or(stored.as_str())
    }

    /// The same, to go on with.
    pub(crate) fn told_id(&self, stored: &SessionId) -> SessionId {
        SessionId::parse(self.told(stored)).unwrap_or_else(|_| stored.clone())
    }

    /// The same, where its name does not say that it is another agent's.
    pub(crate) fn own<'a>(&self, stored: &'a SessionId) -> Option<&'a str> {
        let stored = stored.as_str();
        match &self.0 {
            Some(name) => stored.strip_prefix(&**name)?.strip_prefix('/'),
            None => Some(stored),
        }
    }

    /// The same, where it does not look like another agent's either: of what cannot be read, the name
    /// is all that says whose it is.
    pub(crate) fn own_unread<'a>(&self, stored: &'a SessionId) -> Option<&'a str> {
        let own = self.own(stored)?;
        let begins = own.split_once('/').map(|(begin, _)| begin);
        (self.0.is_some() || !begins.is_some_and(is_name)).then_some(own)
    }
}

/// Whether an agent or a member can be called so.
pub(crate) fn is_name(name: &str) -> bool {
    let fits = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_';
    name.starts_with(|it: char| it.is_ascii_lowercase())
        && name.chars().all(fits)
        && name.len() <= LONGEST
}
