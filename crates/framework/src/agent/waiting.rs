//! Goes on with a paused run by itself when its person has signed in.

use std::collections::BTreeMap;
use std::time::Duration;

use toolgate_auth::{BoundGoogleAuth, Waited};

use super::stream::{Events, RunStream};
use super::{Agent, BoundToolkit};
use crate::error::{Error, ErrorKind};
use crate::outcome::{Need, NotConnectedReason, Paused, PausedRun, Progress, RunOutcome};

impl Agent {
    /// Waits until the person has signed in, in whichever process, and goes on with the run. When
    /// `limit` is over first, or their link is used up and they have connected nothing by it, the run
    /// comes back in [`RunOutcome::NotConnected`], which says why.
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
        let reason = match self.has_connected(&paused, limit).await? {
            Waited::Connected => None,
            Waited::LinkSpent(refusal) => Some(NotConnectedReason::LinkSpent(refusal)),
            _ => Some(NotConnectedReason::TimeOver),
        };
        if let Some(reason) = reason {
            return Ok(RunOutcome::NotConnected {
                services: paused.services().to_vec(),
                run: paused,
                reason,
            });
        }
        let Paused {
            progress, services, ..
        } = &mut *paused.0;
        progress.answered_by(services);
        self.go_on(paused, events).await
    }

    /// Whether the consent came that the link was handed out for. A run that waits for none goes on.
    async fn has_connected(&self, paused: &PausedRun, limit: Duration) -> Result<Waited, Error> {
        let context = paused.context();
        let Progress { needs, members, .. } = &paused.0.progress;
        let first = needs.first();
        let Some((need, auth)) = first.and_then(|it| Some((it, self.auth_of(it, members)?))) else {
            return Ok(Waited::Connected);
        };
        tokio::select! {
            biased;
            () = context.cancellation().cancelled() => Err(ErrorKind::Cancelled.into()),
            came = auth.connected(context.principal(), &need.consent, limit) => Ok(came?),
        }
    }

    /// Whose consent is meant: that of the call's tool, or of the tool that its member waits in.
    pub(super) fn auth_of(
        &self,
        need: &Need,
        members: &BTreeMap<String, Progress>,
    ) -> Option<&BoundGoogleAuth> {
        if let Some(member) = self.members().and_then(|it| it.agent_of(&need.tool)) {
            let Progress { needs, members, .. } = members.get(&need.call_id)?;
            let inner = needs
                .iter()
                .find(|it| it.consent.needed == need.consent.needed)?;
            return member.auth_of(inner, members);
        }
        let has = |toolkit: &&BoundToolkit| {
            let mut tools = toolkit.tools().iter();
            tools.any(|it| it.spec().name == need.tool)
        };
        self.registry.toolkits().iter().find(has)?.auth()
    }
}
