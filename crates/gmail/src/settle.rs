//! Writes that must not be repeated: from the moment one leaves, an unclear end is told as one.

use std::future::Future;

use toolgate_google_http::{Error, Outcome};
use toolgate_toolkit::{ToolContext, ToolError};

/// Waits for a write; `look` says how to find out whether it was done where that is not clear.
pub(crate) async fn settled<T>(
    cx: &ToolContext,
    write: impl Future<Output = Result<T, Error>>,
    look: &str,
) -> Result<T, ToolError> {
    cx.mark_sent();
    match write.await {
        Ok(done) => {
            cx.mark_settled();
            Ok(done)
        }
        Err(error) if error.outcome() == Outcome::Unclear => {
            let note = format!("it may have been done all the same: {look}");
            let error = ToolError::from(error).with_note(&note);
            Err(error.with_may_have_happened())
        }
        Err(error) => {
            cx.mark_settled();
            Err(ToolError::from(error))
        }
    }
}
