//! Upkeep: what nobody asks for and somebody has to do. Idle grants are refreshed, ended sign-ins
//! removed, runs that waited for too long as well, and half-done disconnects finished.

use std::time::Duration;

use tokio::task::JoinHandle;
use tracing::{debug, warn};

use crate::disconnect::Disconnects;
use crate::error::Error;
use crate::guard::pace;
use crate::sign_in;

/// How often every process does it by itself. A round that finds nothing costs five statements.
pub(crate) const OFTEN: Duration = Duration::from_hours(2);

/// What one round of upkeep did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Upkept {
    /// Idle grants that are fresh now, whichever process refreshed them.
    pub refreshed: u64,
    /// Idle grants that could not be refreshed. The failure is recorded as any other is.
    pub failed: u64,
    /// Sign-ins that ended long ago and are gone now.
    pub sign_ins_removed: u64,
    /// Runs that had waited for too long and are gone now.
    pub runs_removed: u64,
    /// Half-done disconnects that are done now.
    pub disconnects_finished: u64,
    /// Half-done disconnects that Google could still not be told of.
    pub disconnects_pending: u64,
}

/// Upkeep that goes on every so often, until this is dropped.
#[derive(Debug)]
#[must_use = "it ends when this is dropped"]
pub struct UpkeepTask(JoinHandle<()>);

impl Drop for UpkeepTask {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Does rounds of upkeep. Cheap to clone; what it holds does not hold it.
#[derive(Debug, Clone)]
pub(crate) struct Upkeep(Disconnects);

impl Upkeep {
    /// What ends connections holds all that this takes.
    pub(crate) fn new(disconnects: Disconnects) -> Self {
        Self(disconnects)
    }

    pub(crate) async fn round(&self) -> Result<Upkept, Error> {
        let parts = self.0.parts();
        parts.audit.tell_of_nobody();
        // Each part is tried, whatever became of the others; then the first failure is told.
        let swept = match &parts.sign_ins {
            Some(sign_ins) => sign_ins.sweep(sign_in::KEPT).await,
            None => Ok(0),
        };
        let runs = match &parts.sessions {
            Some(sessions) => sessions.sweep(parts.paused_runs_kept).await,
            None => Ok(0),
        };
        let finished = self.0.finish_old().await;
        let (refreshed, failed) = parts.guard.refresh_idle().await?;
        let finished = finished?;
        Ok(Upkept {
            refreshed,
            failed,
            sign_ins_removed: swept?,
            runs_removed: runs?,
            disconnects_finished: finished.finished,
            disconnects_pending: finished.pending,
        })
    }

    /// The first round, too, comes after a pause: programs that are started often and end soon, and
    /// many that are started at once, should not begin with it.
    pub(crate) fn start(&self, often: Duration) -> UpkeepTask {
        let (this, often) = (self.clone(), often.max(Duration::from_secs(1)));
        UpkeepTask(tokio::spawn(async move {
            loop {
                tokio::time::sleep(pace::every(often, &*this.0.parts().vault.random)).await;
                match this.round().await {
                    Ok(upkept) => debug!(target: "toolgate_auth", ?upkept, "upkeep"),
                    Err(error) => warn!(target: "toolgate_auth", %error, "upkeep failed"),
                }
            }
        }))
    }
}
