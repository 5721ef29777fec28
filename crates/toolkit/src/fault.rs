//! What can be wrong with how toolkits are put together; calls fail with a
//! [`ToolError`](crate::ToolError) instead.

/// Toolkits, selections or stores do not fit together. Found when an agent is built.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] ErrorKind);

#[derive(Debug, thiserror::Error)]
pub(crate) enum ErrorKind {
    #[error("{toolkit} has no tool named {name}; it has {known}")]
    UnknownTool {
        toolkit: &'static str,
        name: String,
        known: String,
    },
    #[error("no tool of {toolkit} is selected; choose core, all, read_only, or names")]
    NothingSelected { toolkit: &'static str },
    #[error("the toolkits {first} and {second} both have a tool named {name}; leave one out")]
    Collision {
        name: &'static str,
        first: &'static str,
        second: &'static str,
    },
    #[error(
        "the tool {name} of {toolkit} has an argument `account` of its own, which chooses among a person's Google accounts here: give it another name, or leave with_several_accounts out"
    )]
    AccountArgument {
        name: &'static str,
        toolkit: &'static str,
    },
    #[error("the toolkit {toolkit} is there twice; build one with all the tools")]
    Twice { toolkit: &'static str },
    #[error(
        "{toolkit} keeps its consent in a database and got none: give it a store, or give the agent a database{skipped}"
    )]
    StoreMissing {
        toolkit: &'static str,
        skipped: String,
    },
    #[error(
        "the store given to {toolkit} ({store}) has no token storage; give it one that has, or none to use the agent's database"
    )]
    StoreUseless {
        toolkit: &'static str,
        store: String,
    },
    #[error(
        "{toolkit} has a store but no way to obtain consent: give it a GoogleAuth or an access token"
    )]
    NoCredentialSource { toolkit: &'static str },
    #[error(
        "{toolkit} and {other} would keep the consents of two GoogleAuths in one {file}: give them one GoogleAuth, or each a file of its own with token_file"
    )]
    TokenFileShared {
        toolkit: &'static str,
        other: &'static str,
        file: String,
    },
    #[error("the folder {path} cannot be opened to tools; make it first, and let the program in")]
    Folder {
        path: String,
        #[source]
        source: std::io::Error,
    },
    #[error("the consent of {toolkits} could not be set up")]
    Bind {
        toolkits: String,
        #[source]
        source: toolgate_auth::Error,
    },
}

impl Error {
    /// A toolkit needs a store and got none, or one that keeps no tokens.
    pub fn is_store_missing(&self) -> bool {
        matches!(
            self.0,
            ErrorKind::StoreMissing { .. } | ErrorKind::StoreUseless { .. }
        )
    }

    /// A selection names what is not there, or leaves nothing.
    pub fn is_selection(&self) -> bool {
        matches!(
            self.0,
            ErrorKind::UnknownTool { .. } | ErrorKind::NothingSelected { .. }
        )
    }

    /// Two tools, or two toolkits, have one name, two consents one file, or a tool's own argument the name
    /// of the one that chooses an account.
    pub fn is_collision(&self) -> bool {
        matches!(
            self.0,
            ErrorKind::Collision { .. }
                | ErrorKind::Twice { .. }
                | ErrorKind::AccountArgument { .. }
                | ErrorKind::TokenFileShared { .. }
        )
    }

    /// A folder for files is not there, or closed.
    pub fn is_folder_unusable(&self) -> bool {
        matches!(self.0, ErrorKind::Folder { .. })
    }

    /// The guard's own words, where binding to a database failed.
    pub fn auth_error(&self) -> Option<&toolgate_auth::Error> {
        match &self.0 {
            ErrorKind::Bind { source, .. } => Some(source),
            _ => None,
        }
    }
}
