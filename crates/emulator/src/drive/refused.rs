//! Drive's refusals: the documented reasons, and where they say the fault is.

use crate::refusal::Refusal;

/// 404, as for a file that the caller may not know of.
pub(crate) fn no_file(id: &str) -> Refusal {
    let message = format!("File not found: {id}.");
    Refusal::new(404, "NOT_FOUND", "notFound", message).at("parameter", "fileId")
}

/// 404 for something else.
pub(crate) fn not_found(what: &str, id: &str, location: &'static str) -> Refusal {
    let message = format!("{what} not found: {id}.");
    Refusal::new(404, "NOT_FOUND", "notFound", message).at("parameter", location)
}

/// 400 for a parameter's value.
pub(crate) fn invalid_parameter(name: &'static str) -> Refusal {
    Refusal::new(400, "INVALID_ARGUMENT", "invalid", "Invalid Value").at("parameter", name)
}

/// 400 for something in the body.
pub(crate) fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "INVALID_ARGUMENT", "invalid", message)
}

/// 403 for this reason.
pub(crate) fn forbidden(reason: &'static str, message: impl Into<String>) -> Refusal {
    Refusal::new(403, "PERMISSION_DENIED", reason, message)
}

/// 403 for who may see a file and not do this with it.
pub(crate) fn insufficient(name: &str) -> Refusal {
    let message = format!("The user does not have sufficient permissions for file {name}.");
    forbidden("insufficientFilePermissions", message)
}

/// 400 for a conversion that is not offered.
pub(crate) fn no_conversion() -> Refusal {
    let message = "The requested conversion is not supported.";
    Refusal::new(400, "INVALID_ARGUMENT", "badRequest", message).at("parameter", "convertTo")
}
