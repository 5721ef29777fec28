//! How a write of Sheets' is settled: a look-up tells for certain that it was not done, so that it may be tried again.

use std::{future::Future, time::Duration};

use toolgate_google_http::{Error, Seen, Settled, Settlement, Words};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::error::Named;

/// Waits for a write, and looks for what it did where Google's answer is not clear. A clear refusal is said as
/// one of the spreadsheet's.
pub(crate) async fn settled<T, F>(
    (cx, time): (&ToolContext, Duration),
    (named, words): (Named<'_>, Words),
    write: impl Future<Output = Result<T, Error>> + Send,
    look: impl Fn() -> F + Send,
) -> Result<Settled<T>, ToolError>
where
    F: Future<Output = Result<Seen<T>, Error>> + Send,
{
    let settlement = Settlement::new(cx, time, words).with_retry();
    // Large, and otherwise held twice.
    let done = settlement.settle(Box::pin(write), look).await;
    done.map_err(|refusal| refusal.explained(|error| named.explain(error)))
}
