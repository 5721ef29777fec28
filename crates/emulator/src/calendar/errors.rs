//! The refusals of Google's Calendar.

use crate::call::ApiError;

/// 400 for a value that cannot be.
pub(super) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError {
        code: 400,
        status: "INVALID_ARGUMENT",
        reason: "invalid",
        message: message.into(),
    }
}

/// 400 for a value that is missing.
pub(super) fn required(message: impl Into<String>) -> ApiError {
    ApiError {
        reason: "required",
        ..invalid(message)
    }
}

/// 400 for a range that ends before it starts.
pub(super) fn empty_range() -> ApiError {
    ApiError {
        reason: "timeRangeEmpty",
        ..invalid("The specified time range is empty.")
    }
}

/// 404: it does not exist, or may not be known to exist.
pub(super) fn not_found() -> ApiError {
    ApiError::not_found("Not Found")
}

/// 403 for a calendar that may be seen and not changed.
pub(super) fn needs_access(role: &str) -> ApiError {
    forbidden(
        "requiredAccessLevel",
        format!("You need to have {role} access to this calendar."),
    )
}

/// 403 with a reason of Calendar's.
pub(super) fn forbidden(reason: &'static str, message: impl Into<String>) -> ApiError {
    ApiError {
        code: 403,
        status: "PERMISSION_DENIED",
        reason,
        message: message.into(),
    }
}

/// 409 for an identifier that something has or had.
pub(super) fn duplicate() -> ApiError {
    ApiError {
        code: 409,
        status: "ALREADY_EXISTS",
        reason: "duplicate",
        message: "The requested identifier already exists.".to_owned(),
    }
}

/// 410 for what is deleted already.
pub(super) fn deleted() -> ApiError {
    gone("deleted", "Resource has been deleted")
}

/// 410 for a token whose changes are not known any more.
pub(super) fn full_sync() -> ApiError {
    gone(
        "fullSyncRequired",
        "Sync token is no longer valid, a full sync is required.",
    )
}

/// 410 for changes since a time that is too long ago.
pub(super) fn too_long_ago() -> ApiError {
    gone(
        "updatedMinTooLongAgo",
        "The requested minimum modification time lies too far in the past.",
    )
}

/// 412 for an `If-Match` that names another version.
pub(super) fn condition() -> ApiError {
    ApiError {
        code: 412,
        status: "FAILED_PRECONDITION",
        reason: "conditionNotMet",
        message: "Precondition Failed".to_owned(),
    }
}

fn gone(reason: &'static str, message: &str) -> ApiError {
    ApiError {
        code: 410,
        status: "FAILED_PRECONDITION",
        reason,
        message: message.to_owned(),
    }
}
