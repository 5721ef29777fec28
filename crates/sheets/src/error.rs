//! Which spreadsheet a call means, and Google's refusals as a tool says them: which argument, and what to do next.

use toolgate_auth::{Failure as _, FailureKind};
use toolgate_google_http::{Error, Outcome, id_in_link};
use toolgate_toolkit::ToolError;

use crate::{cell::visible, setup::Setup};

/// Characters of a refused id that an error repeats.
const SHOWN: usize = 80;
const GOOD: &str = "the id of a spreadsheet, or its link at docs.google.com";

/// A spreadsheet that an argument names, by its id or by a link.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named<'a> {
    /// The argument.
    pub(crate) argument: &'static str,
    pub(crate) id: &'a str,
    /// The tab that the link opens.
    pub(crate) gid: Option<i32>,
}

impl<'a> Named<'a> {
    /// The spreadsheet of the call; where it names none, that of the toolkit.
    pub(crate) fn meant(call: Option<&'a str>, setup: &'a Setup) -> Result<Self, ToolError> {
        let meant = call.or(setup.spreadsheet.as_deref());
        let Some(text) = meant else {
            let problem = "it is missing, and the toolkit has no spreadsheet of its own";
            return Err(ToolError::invalid_argument("spreadsheet_id", problem, GOOD));
        };
        Ok(Self::of("spreadsheet_id", text))
    }

    pub(crate) fn of(argument: &'static str, text: &'a str) -> Self {
        let id = id_in_link(text);
        let is_link = id != text.trim();
        let gid = text
            .split(['?', '&', '#'])
            .find_map(|it| it.strip_prefix("gid="));
        Self {
            argument,
            id,
            gid: gid.filter(|_| is_link).and_then(|it| it.parse().ok()),
        }
    }

    /// What a failure means that may be due to the spreadsheet.
    pub(crate) fn explain(self, error: Error) -> ToolError {
        let is_unsent = error.status().is_none() && error.outcome() == Outcome::NotSent;
        match error.kind() {
            FailureKind::NotFound => self.not_found(),
            FailureKind::InvalidArgument if is_unsent && !error.is_larger() => {
                ToolError::invalid_argument(self.argument, "it is no id", GOOD)
            }
            _ if is_protected(&error) => ToolError::permission_denied(
                "a cell or a tab that this would change is protected, and this person may not change \
                 it; get_spreadsheet shows what is protected; an owner of the spreadsheet can change \
                 it or lift the protection",
            ),
            _ if is_of_another_kind(&error) => {
                ToolError::invalid_argument(self.argument, "it names no Google spreadsheet", GOOD)
            }
            _ => ToolError::from(error),
        }
    }

    fn not_found(self) -> ToolError {
        let shown: String = visible(self.id).chars().take(SHOWN).collect();
        ToolError::not_found(format!(
            "there is no spreadsheet with the id `{shown}` that this person's consent reaches; \
             take ids from a link or a search of Drive"
        ))
    }
}

/// Google has no reason of its own for this, and no status.
fn is_protected(error: &Error) -> bool {
    error.status().is_some() && error.to_string().contains("protected cell or object")
}

/// An office file in Drive has cells too, and Google says that this API is not for it.
fn is_of_another_kind(error: &Error) -> bool {
    let said = error.to_string();
    error.has_reason("failedPrecondition") || said.contains("not supported for this document")
}
