//! Google's refusals, as a tool says them: which argument, and what to do next.

use toolgate_auth::{Failure as _, FailureKind};
use toolgate_google_http::{Error, Outcome, id_in_link};
use toolgate_toolkit::ToolError;

/// Characters of a refused id that an error repeats.
const SHOWN: usize = 80;

/// A thing of Drive's that an argument names by its id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named<'a> {
    /// The argument.
    pub(crate) argument: &'static str,
    /// Such as `file`.
    thing: &'static str,
    /// The tool that gives such ids.
    source: &'static str,
    /// What stands in the argument.
    pub(crate) id: &'a str,
}

impl<'a> Named<'a> {
    pub(crate) fn file(id: &'a str) -> Self {
        Self::of("file_id", "file", "search_files", id)
    }

    pub(crate) fn folder(id: &'a str) -> Self {
        Self::of("folder_id", "folder", "search_files", id)
    }

    pub(crate) fn comment(id: &'a str) -> Self {
        Self::of("comment_id", "comment", "list_comments", id)
    }

    fn of(argument: &'static str, thing: &'static str, source: &'static str, id: &'a str) -> Self {
        Self {
            argument,
            thing,
            source,
            id: id_in_link(id),
        }
    }

    /// Another thing of the same kind, which the argument led to.
    pub(crate) fn instead(self, id: &str) -> Named<'_> {
        Named {
            argument: self.argument,
            thing: self.thing,
            source: self.source,
            id,
        }
    }

    /// What a failed look-up of it means.
    pub(crate) fn explain(self, error: Error) -> ToolError {
        match error.kind() {
            FailureKind::NotFound => self.not_found(),
            _ if error.has_reason("exportSizeLimitExceeded") => ToolError::invalid_argument(
                self.argument,
                "Google exports no more than 10 MB, and this has more",
                "a smaller file; the person can open this one by the link that get_file tells",
            ),
            _ if error.has_reason("appNotAuthorizedToFile") => out_of_reach(error),
            FailureKind::InvalidArgument
                if error.status().is_none()
                    && error.outcome() == Outcome::NotSent
                    && !error.is_larger() =>
            {
                let good = format!("one that {} gave", self.source);
                ToolError::invalid_argument(self.argument, "it is no id", &good)
            }
            _ => ToolError::from(error),
        }
    }

    pub(crate) fn not_found(self) -> ToolError {
        let Self {
            thing, source, id, ..
        } = self;
        let shown: String = id
            .chars()
            .filter(|c| !toolgate_text::is_invisible(*c))
            .take(SHOWN)
            .collect();
        ToolError::not_found(format!(
            "there is no {thing} with the id `{shown}` that this person's consent reaches; take ids from {source}"
        ))
    }
}

/// With `drive.file` alone Google lets nothing be done to what this application did not make.
pub(crate) fn out_of_reach(error: Error) -> ToolError {
    let is_files = error.has_reason("appNotAuthorizedToFile");
    let error = ToolError::from(error);
    if !is_files {
        return error;
    }
    error.with_note(
        "the consent reaches only what this application made: choose a folder that it made, or none; \
         for all others the person would have to consent to the scope `drive`",
    )
}

/// Google's answer was that something of the request is no good.
pub(crate) fn is_refused_as_invalid(error: &Error) -> bool {
    error.kind() == FailureKind::InvalidArgument && error.status().is_some()
}

/// A page token is the one argument of a list that Drive alone can find wrong.
pub(crate) fn refused(error: Error, page_token: Option<&str>) -> ToolError {
    if page_token.is_some() && is_refused_as_invalid(&error) {
        return ToolError::invalid_argument(
            "page_token",
            "Drive does not know it for this list",
            "the next_page_token of the page before, with the same arguments",
        );
    }
    ToolError::from(error)
}
