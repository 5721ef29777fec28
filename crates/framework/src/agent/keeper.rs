//! Keeps a run in the database as it goes: what is under way before it is, what came of it after.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use toolgate_auth::store::{SessionKind, SessionStatus};
use toolgate_auth::{HeldSession, Random as _, SessionId, SessionKey, Sessions, SystemRandom};
use tracing::warn;

use crate::context::RunContext;
use crate::document::{Document, LONGEST};
use crate::error::{Error, ErrorKind};
use crate::outcome::{Progress, Stored};

/// Where a run is kept.
#[derive(Debug)]
pub(super) enum Keeper {
    /// Nowhere: a run of another's.
    Nowhere,
    /// Nowhere yet: it is stored when it pauses.
    OnPause(Sessions),
    /// In this session, which it holds.
    In(Box<HeldSession>),
}

impl Keeper {
    /// Writes down that calls are under way which must not be made twice: whoever takes over knows
    /// of them.
    pub(super) async fn before_calls(
        &mut self,
        context: &RunContext,
        progress: &mut Progress,
        outward: BTreeSet<String>,
    ) -> Result<(), Error> {
        progress.under_way = outward;
        if progress.under_way.is_empty() {
            return Ok(());
        }
        let saved = self.save(context, progress).await;
        if saved.is_err() {
            // They are not made then.
            progress.under_way.clear();
        }
        saved
    }

    /// Writes down what came of them, and sees whether there is room for what comes next. Where the
    /// database does not take it, the run goes on: whoever takes over looks before anything is repeated.
    pub(super) async fn after_calls(
        &mut self,
        context: &RunContext,
        progress: &mut Progress,
    ) -> Result<(), Error> {
        if !std::mem::take(&mut progress.under_way).is_empty() {
            match self.save(context, progress).await {
                Err(error) if !error.is_taken() => {
                    warn!(target: "toolgate_framework", run = context.run_id(), %error, "what calls gave is not stored yet");
                }
                saved => saved?,
            }
        }
        self.has_room(context, progress)
    }

    /// Whether its conversation has room for what comes next. A run without one is read by nobody but
    /// itself, and goes on as it would have without a pause.
    pub(super) fn has_room(
        &self,
        context: &RunContext,
        progress: &mut Progress,
    ) -> Result<(), Error> {
        match self {
            Self::In(held) if progress.turns > 0 && is_conversation(held) => {
                let session = told(context, held);
                check_room(&session, &written(context, progress, &[], &session)?)
            }
            _ => Ok(()),
        }
    }

    async fn save(&mut self, context: &RunContext, progress: &mut Progress) -> Result<(), Error> {
        let Self::In(held) = self else {
            return Ok(());
        };
        let session = told(context, held);
        let document = written(context, progress, &[], &session)?;
        if held.save(&document).await? {
            return Ok(());
        }
        Err(ErrorKind::Taken(session).into())
    }

    /// The run came to its answer: a conversation is kept, a run without a name is not. Says whether
    /// the database did as it should.
    pub(super) async fn complete(
        mut self,
        context: &RunContext,
        progress: &mut Progress,
    ) -> Result<bool, Error> {
        let Self::In(held) = &mut self else {
            return Ok(true);
        };
        let session = told(context, held);
        let done = if is_conversation(held) {
            let document = written(context, progress, &[], &session)?;
            held.give_back(SessionStatus::Idle, &document).await
        } else {
            held.remove().await
        };
        match done {
            Ok(true) => Ok(true),
            Ok(false) => Err(ErrorKind::Taken(session).into()),
            Err(error) => {
                warn!(target: "toolgate_framework", run = context.run_id(), %error, "the answer is not stored");
                Ok(false)
            }
        }
    }

    /// The run pauses, or ended in an error that may pass: it can be taken up again. Where the database
    /// does not say that it took it, it is in memory for all that is known.
    pub(super) async fn pause(
        self,
        context: &RunContext,
        progress: &mut Progress,
        services: &[String],
    ) -> Result<Stored, Error> {
        match self {
            Self::Nowhere => Ok(Stored::Nowhere),
            Self::OnPause(sessions) => store(&sessions, context, progress, services).await,
            Self::In(held) => {
                let session = told(context, &held);
                let given_back = give_back(held, context, progress, services).await?;
                Ok(given_back.ok_or(ErrorKind::Taken(session))?)
            }
        }
    }

    /// Goes on with a run of which it is not known whether the database has it: somebody else may have
    /// taken it there. Where the database does not answer now either, it is asked again before
    /// anything leaves.
    pub(super) async fn again(
        held: Box<HeldSession>,
        context: &RunContext,
        progress: &mut Progress,
    ) -> Result<Self, Error> {
        let mut keeper = Self::In(held);
        match keeper.save(context, progress).await {
            Err(error) if !error.is_taken() => {
                warn!(target: "toolgate_framework", run = context.run_id(), %error, "a run goes on in memory only");
            }
            saved => saved?,
        }
        Ok(keeper)
    }

    /// The run ended in an error: what was said and done so far is kept where it is kept at all.
    pub(super) async fn failed(self, context: &RunContext, progress: &mut Progress, error: &Error) {
        if error.is_taken() || !matches!(self, Self::In(_)) {
            return;
        }
        if let Err(error) = self.pause(context, progress, &[]).await {
            warn!(target: "toolgate_framework", run = context.run_id(), %error, "a run is not stored");
        }
    }
}

/// A session that is full is told before a model is asked, and not by the database.
pub(super) fn check_room(session: &SessionId, document: &[u8]) -> Result<(), Error> {
    if document.len() > LONGEST {
        return Err(ErrorKind::SessionFull(session.clone()).into());
    }
    Ok(())
}

/// What the application calls the session.
fn told(context: &RunContext, held: &HeldSession) -> SessionId {
    context.agent().told_id(held.key().session())
}

fn is_conversation(held: &HeldSession) -> bool {
    let place = held.place();
    place.is_some_and(|it| it.kind() == SessionKind::Conversation)
}

/// None where somebody else has the session.
async fn give_back(
    mut held: Box<HeldSession>,
    context: &RunContext,
    progress: &mut Progress,
    services: &[String],
) -> Result<Option<Stored>, Error> {
    let document = written(context, progress, services, &told(context, &held))?;
    let mut given_back = held.give_back(SessionStatus::Paused, &document).await;
    if given_back.is_err() {
        // An answer that was lost is found out while nobody else can have ended the run.
        given_back = held.give_back(SessionStatus::Paused, &document).await;
    }
    match given_back {
        Ok(true) => Ok(held.place().map(Stored::At)),
        Ok(false) => Ok(None),
        Err(error) => {
            warn!(target: "toolgate_framework", run = context.run_id(), %error, "the paused run is in memory only");
            Ok(Some(Stored::Unclear(held)))
        }
    }
}

/// A run without a name bears its own; where another bears it already, or it cannot be one, chance
/// names it.
async fn store(
    sessions: &Sessions,
    context: &RunContext,
    progress: &mut Progress,
    services: &[String],
) -> Result<Stored, Error> {
    let own = SessionId::parse(context.run_id()).ok();
    let names = own.into_iter().chain([by_chance()?]);
    for name in names.filter_map(|it| context.agent().stored(&it).ok()) {
        let key = SessionKey::new(context.principal().clone(), name);
        let held = Box::new(sessions.unwritten(&key, SessionKind::Run));
        if let Some(stored) = give_back(held, context, progress, services).await? {
            return Ok(stored);
        }
    }
    Ok(Stored::Nowhere)
}

fn by_chance() -> Result<SessionId, Error> {
    let mut bytes = [0; 16];
    SystemRandom.fill(&mut bytes);
    let name = format!("{:032x}", u128::from_be_bytes(bytes));
    Ok(SessionId::parse(name)?)
}

/// The document of a run as it is. The progress is lent to it and comes back.
pub(super) fn written(
    context: &RunContext,
    progress: &mut Progress,
    services: &[String],
    session: &SessionId,
) -> Result<Vec<u8>, Error> {
    let document = Document {
        run_id: context.run_id().to_owned(),
        agent: context.agent().as_deref().map(str::to_owned),
        time_left: context.time_left(),
        services: services.to_vec(),
        progress: std::mem::take(progress),
    };
    let bytes = document.to_bytes(session);
    *progress = document.progress;
    bytes
}
