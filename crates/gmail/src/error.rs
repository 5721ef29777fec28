//! Google's and our own refusals, as a tool says them: which argument, and what to do next.

use toolgate_auth::{Failure as _, FailureKind};
use toolgate_google_http::{Error, Outcome};
use toolgate_toolkit::ToolError;

use crate::compose::ComposeError;

/// Characters of a refused id that an error repeats.
const SHOWN: usize = 80;

/// A thing of Gmail's that an argument names by its id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named<'a> {
    /// The argument.
    pub(crate) argument: &'static str,
    /// `message` or `thread`.
    pub(crate) thing: &'static str,
    /// The tool that gives such ids.
    source: &'static str,
    /// What stands in the argument.
    pub(crate) id: &'a str,
}

impl<'a> Named<'a> {
    pub(crate) fn message(id: &'a str) -> Self {
        Self {
            argument: "message_id",
            thing: "message",
            source: "search_emails",
            id: id.trim(),
        }
    }

    pub(crate) fn thread(id: &'a str) -> Self {
        Self {
            argument: "thread_id",
            thing: "thread",
            source: "search_emails",
            id: id.trim(),
        }
    }

    pub(crate) fn draft(id: &'a str) -> Self {
        Self {
            argument: "draft_id",
            thing: "draft",
            source: "list_drafts",
            id: id.trim(),
        }
    }

    pub(crate) fn filter(id: &'a str) -> Self {
        Self {
            argument: "filter_id",
            thing: "filter",
            source: "list_filters",
            id: id.trim(),
        }
    }

    /// What a failed look-up of it means. Gmail answers 404 for an id that it does not know, and 400 for what is no id at all.
    pub(crate) fn explain(self, error: Error) -> ToolError {
        let status = error.status().map(|status| status.as_u16());
        match (error.kind(), status) {
            _ if is_about_a_label(&error) => ToolError::from(error),
            (FailureKind::NotFound, _) | (FailureKind::InvalidArgument, Some(400)) => {
                self.not_found()
            }
            (FailureKind::InvalidArgument, None) if error.outcome() == Outcome::NotSent => {
                ToolError::invalid_argument(self.argument, "it is no id", self.good())
            }
            _ => ToolError::from(error),
        }
    }

    fn good(self) -> &'static str {
        match self.source {
            "list_drafts" => "one that list_drafts gave",
            "list_filters" => "one that list_filters gave",
            _ => "one that a search gave",
        }
    }

    pub(crate) fn not_found(self) -> ToolError {
        let Self {
            thing, id, source, ..
        } = self;
        let shown: String = id
            .chars()
            .filter(|c| !toolgate_text::is_invisible(*c))
            .take(SHOWN)
            .collect();
        if id.contains('@') {
            let bare = shown.trim_matches(['<', '>']);
            return ToolError::not_found(format!(
                "`{shown}` is a Message-ID header, not Gmail's id; search for `rfc822msgid:{bare}` to find the {thing}"
            ));
        }
        ToolError::not_found(format!(
            "there is no {thing} with the id `{shown}` in this mailbox; take ids from {source}"
        ))
    }
}

/// Whether Google refuses a label, such as one that went in the meantime: its own words name it, and no other id is wrong.
pub(crate) fn is_about_a_label(error: &Error) -> bool {
    error.status().map(|status| status.as_u16()) == Some(400)
        && error.kind() == FailureKind::InvalidArgument
        && error.to_string().to_lowercase().contains("label")
}

impl From<ComposeError> for ToolError {
    fn from(error: ComposeError) -> Self {
        Self::invalid_argument(error.argument(), &error.problem(), error.good_value())
    }
}
