//! What Sheets refuses, in Google's words.

use crate::refusal::Refusal;

/// Why a change cannot be made; a batch says before it which request it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) message: String,
    /// Whether it is that the emulator cannot do this.
    pub(crate) is_missing: bool,
}

impl Wrong {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            is_missing: false,
        }
    }

    /// What Google has and the emulator has not.
    pub(crate) fn missing(what: &str) -> Self {
        Self {
            message: what.to_owned(),
            is_missing: true,
        }
    }

    /// The same, of one request of a batch.
    pub(crate) fn of_request(self, index: usize, kind: &str) -> Self {
        if self.is_missing {
            return self;
        }
        Self::new(format!(
            "Invalid requests[{index}].{kind}: {}",
            self.message
        ))
    }

    /// The same, of one range of several values.
    pub(crate) fn of_data(self, index: usize) -> Self {
        Self::new(format!("Invalid data[{index}]: {}", self.message))
    }
}

impl From<Wrong> for Refusal {
    fn from(wrong: Wrong) -> Self {
        if wrong.is_missing {
            return Self::not_implemented(&wrong.message);
        }
        Self::new(400, "INVALID_ARGUMENT", "badRequest", wrong.message)
    }
}

pub(crate) fn unparsable(range: &str) -> Wrong {
    Wrong::new(format!("Unable to parse range: {range}"))
}

pub(crate) fn no_grid(id: i64) -> Wrong {
    Wrong::new(format!("No grid with id: {id}"))
}

pub(crate) fn no_sheet(id: i64) -> Wrong {
    Wrong::new(format!("No sheet with id: {id}"))
}

pub(crate) fn is_protected() -> Wrong {
    Wrong::new(
        "You are trying to edit a protected cell or object. Please contact the spreadsheet owner \
         to remove protection if you need to edit.",
    )
}

pub(crate) fn no_fields() -> Wrong {
    Wrong::new("At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)")
}

pub(crate) fn too_many_cells() -> Wrong {
    Wrong::new(
        "This action would increase the number of cells in the workbook above the limit of \
         10000000 cells.",
    )
}

/// 404 for a spreadsheet that is not there.
pub(crate) fn not_found() -> Refusal {
    Refusal::new(
        404,
        "NOT_FOUND",
        "notFound",
        "Requested entity was not found.",
    )
}

/// 403 for who may not.
pub(crate) fn forbidden() -> Refusal {
    let message = "The caller does not have permission";
    Refusal::new(403, "PERMISSION_DENIED", "forbidden", message)
}

/// 400 for a file that is no spreadsheet.
pub(crate) fn no_spreadsheet() -> Refusal {
    let message = "This operation is not supported for this document";
    Refusal::new(400, "FAILED_PRECONDITION", "failedPrecondition", message)
}
