//! Goes on with a paused run by itself when its person has signed in.

use std::time::Duration;

use toolgate_auth::BoundGoogleAuth;

use super::stream::{Events, RunStream};
use super::{Agent, BoundToolkit};
use crate::error::{Error, ErrorKind};
use crate::outcome::{Need, PausedRun, RunOutcome};

impl Agent {
    /// Waits until the person has signed in, in whichever process, and goes on with the run. When
    /// `limit` is over first, the run comes back in [`RunOutcome::NotConnected`].
    ///
    /// A sign-in that gave less than was asked for counts as well: calls that still lack a consent
    /// are then answered to the model with what is missing, rather than that the person is asked
    /// once more. Nothing is held in the database while it waits.
    ///
    /// After a restart, and in any other replica, [`paused_run`](Self::paused_run) gives the run to
    /// wait with.
    ///
    /// # Errors
    /// As [`resume`](Self::resume). A cancellation ends the wait at once; what is stored stays.
    pub async fn resume_when_connected(
        &self,
        paused: PausedRun,
        limit: Duration,
    ) -> Result<RunOutcome, Error> {
        let events = Events::unwanted();
        self.go_on_when_connected(paused, limit, &events).await
    }

    /// The same as [`resume_when_connected`](Self::resume_when_connected), told as it goes.
    pub fn resume_stream_when_connected(&self, paused: PausedRun, limit: Duration) -> RunStream {
        let this = self.clone();
        RunStream::new(
            |events| async move { this.go_on_when_connected(paused, limit, &events).await },
        )
    }

    async fn go_on_when_connected(
        &self,
        mut paused: PausedRun,
        limit: Duration,
        events: &Events,
    ) -> Result<RunOutcome, Error> {
        if !self.has_connected(&paused, limit).await? {
            return Ok(RunOutcome::NotConnected {
                services: paused.services().to_vec(),
                run: paused,
            });
        }
        let asked = &paused.0.services;
        let answered = |need: &&Need| {
            let services = &need.consent.needed.services;
            services.iter().all(|it| asked.contains(it))
        };
        let needs = paused.0.progress.needs.iter();
        let answered = needs.filter(answered).map(|need| need.call_id.clone());
        paused.0.progress.answered = answered.collect();
        self.go_on(paused, events).await
    }

    /// Whether the consent came that the link was handed out for. A run that waits for none goes on.
    async fn has_connected(&self, paused: &PausedRun, limit: Duration) -> Result<bool, Error> {
        let context = paused.context();
        let first = paused.0.progress.needs.first();
        let Some((need, auth)) = first.and_then(|it| Some((it, self.auth_of(&it.tool)?))) else {
            return Ok(true);
        };
        tokio::select! {
            biased;
            () = context.cancellation().cancelled() => Err(ErrorKind::Cancelled.into()),
            came = auth.connected(context.principal(), &need.consent, limit) => Ok(came?),
        }
    }

    /// Whose consent a tool works with.
    pub(super) fn auth_of(&self, tool: &str) -> Option<&BoundGoogleAuth> {
        let has = |toolkit: &&BoundToolkit| {
            let mut tools = toolkit.tools().iter();
            tools.any(|it| it.spec().name == tool)
        };
        self.registry.toolkits().iter().find(has)?.auth()
    }
}
