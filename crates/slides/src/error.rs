//! Google's refusals, as a tool says them: which argument, and what to do next.

use toolgate_auth::{Failure as _, FailureKind};
use toolgate_google_http::{Error, Outcome, id_in_link};
use toolgate_toolkit::ToolError;

use crate::{ids::slide_in_link, text::visible};

/// Characters of a refused id that an error repeats.
const SHOWN: usize = 80;
/// Characters of Google's reasons.
const TOLD: usize = 300;

/// A thing that an argument names by its id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named<'a> {
    /// The argument.
    pub(crate) argument: &'static str,
    /// Such as `slide`.
    thing: &'static str,
    /// The tool that gives such ids.
    source: &'static str,
    /// What stands in the argument, or what the link there names.
    pub(crate) id: &'a str,
}

impl<'a> Named<'a> {
    pub(crate) fn deck(id: &'a str) -> Self {
        Self::of(
            "presentation_id",
            "presentation",
            "list_presentations",
            id_in_link(id),
        )
    }

    pub(crate) fn template(id: &'a str) -> Self {
        Self::of(
            "template_id",
            "presentation",
            "list_presentations",
            id_in_link(id),
        )
    }

    pub(crate) fn slide(id: &'a str) -> Self {
        Self::of("slide_id", "slide", "get_presentation", slide_in_link(id))
    }

    pub(crate) fn slides(id: &'a str) -> Self {
        Self::of("slide_ids", "slide", "get_presentation", slide_in_link(id))
    }

    pub(crate) fn page(id: &'a str) -> Self {
        Self::of(
            "page_object_id",
            "page",
            "get_presentation",
            slide_in_link(id),
        )
    }

    pub(crate) fn element(id: &'a str) -> Self {
        Self::of("element_id", "element", "get_presentation", id.trim())
    }

    pub(crate) fn table(id: &'a str) -> Self {
        Self::of("table_id", "table", "get_presentation", id.trim())
    }

    pub(crate) fn folder(id: &'a str) -> Self {
        Self::of(
            "folder_id",
            "folder",
            "search_files of Drive",
            id_in_link(id),
        )
    }

    pub(crate) fn video(id: &'a str) -> Self {
        Self::of("file_id", "file", "search_files of Drive", id_in_link(id))
    }

    fn of(argument: &'static str, thing: &'static str, source: &'static str, id: &'a str) -> Self {
        Self {
            argument,
            thing,
            source,
            id,
        }
    }

    /// Google says that something is not there, and names this.
    fn is_meant_by(&self, error: &Error) -> bool {
        let told = error.to_string();
        let quoted = |(before, after)| format!("{before}{}{after}", self.id);
        is_refused_as_invalid(error)
            && [("(", ")"), ("\"", "\""), (" ", " ")]
                .map(quoted)
                .iter()
                .any(|it| told.contains(it))
    }

    /// What a failed call that names it means.
    pub(crate) fn explain(self, error: Error) -> ToolError {
        match error.kind() {
            FailureKind::NotFound => self.not_found(),
            // Where it is all that a request holds, it is all that can be wrong with it.
            FailureKind::InvalidArgument if error.status().is_some() => self.not_found(),
            FailureKind::InvalidArgument
                if error.outcome() == Outcome::NotSent && !error.is_larger() =>
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
        let shown = visible(id, SHOWN);
        let whose = match thing {
            "presentation" | "file" | "folder" => "that this person's consent reaches",
            _ => "in this presentation",
        };
        ToolError::not_found(format!(
            "there is no {thing} with the id `{shown}` {whose}; take ids from {source}"
        ))
    }
}

/// What Google's refusal of a change means: the presentation, one of the things in it that are named, or
/// an argument that Google alone can find wrong.
pub(crate) fn refused(
    error: Error,
    deck: Named<'_>,
    things: &[Named<'_>],
    blame: Option<(&'static str, &'static str)>,
) -> ToolError {
    if let Some(thing) = things.iter().find(|it| it.is_meant_by(&error)) {
        return thing.not_found();
    }
    if is_revision(&error) {
        return changed();
    }
    match blame {
        Some((argument, good)) if is_refused_as_invalid(&error) => {
            let told = visible(&error.to_string(), TOLD);
            ToolError::invalid_argument(argument, &told, good)
        }
        // The changes were looked at, and so was the presentation's id.
        None if is_refused_as_invalid(&error) && has_place(&error) => ToolError::from(error),
        _ => deck.explain(error),
    }
}

/// Whether Google names the change that it does not take.
fn has_place(error: &Error) -> bool {
    error.to_string().contains("requests[")
}

/// Whether the presentation is no longer at the revision that was read.
fn is_revision(error: &Error) -> bool {
    let is_refused = error.status().is_some_and(|it| it.as_u16() == 400);
    is_refused && error.to_string().to_lowercase().contains("revision")
}

/// Somebody changed the presentation between reading and writing.
fn changed() -> ToolError {
    ToolError::unavailable(
        "nothing was changed: somebody else changed the presentation meanwhile; read it again, then repeat",
    )
}

/// Google's answer was that something of the request is no good.
pub(crate) fn is_refused_as_invalid(error: &Error) -> bool {
    error.kind() == FailureKind::InvalidArgument && error.status().is_some()
}

/// A page token is the one argument of a list that Drive alone can find wrong.
pub(crate) fn list_refused(error: Error, page_token: Option<&str>) -> ToolError {
    if page_token.is_some() && is_refused_as_invalid(&error) {
        return ToolError::invalid_argument(
            "page_token",
            "Drive does not know it for this list",
            "the next_page_token of the page before, with the same arguments",
        );
    }
    ToolError::from(error)
}

/// A text that has to say something.
pub(crate) fn said<'a>(argument: &str, text: &'a str, good: &str) -> Result<&'a str, ToolError> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(ToolError::invalid_argument(argument, "it is empty", good));
    }
    Ok(trimmed)
}
