//! What an agent keeps in its database: conversations, and runs that wait.

use toolgate_auth::store::{SessionKind, SessionStatus};
use toolgate_auth::{Principal, Session, SessionId, SessionKey, Sessions};
use toolgate_toolkit::ToolError;

use super::Agent;
use super::keeper::{Keeper, written};
use crate::context::RunContext;
use crate::document::Document;
use crate::error::{Error, ErrorKind};
use crate::model::Message;
use crate::outcome::{Paused, PausedRun, Progress, Stored};

/// A run that is about to go.
pub(super) struct Start {
    pub(super) context: RunContext,
    pub(super) progress: Progress,
    pub(super) keeper: Keeper,
}

impl Agent {
    /// The run of this person that waits under this name: that of its session, or its own
    /// ([`PausedRun::session`]). It may have paused in another process, or have been broken off when
    /// its process ended. None where none waits.
    ///
    /// # Errors
    /// [`is_taken`](Error::is_taken) while a process goes on with it; when the agent's database keeps
    /// no sessions or cannot be asked, or what is stored cannot be read.
    pub async fn paused_run(
        &self,
        principal: &Principal,
        session: &str,
    ) -> Result<Option<PausedRun>, Error> {
        let key = SessionKey::new(principal.clone(), SessionId::parse(session)?);
        let found = self.sessions()?.load(&key).await?;
        let Some(found) = found.filter(|it| it.status() != SessionStatus::Idle) else {
            return Ok(None);
        };
        if found.is_held() {
            return Err(ErrorKind::Taken(key.session().clone()).into());
        }
        paused(&found).map(Some)
    }

    /// All runs of this person that wait and that nobody goes on with, the latest first.
    ///
    /// # Errors
    /// When the agent's database keeps no sessions or cannot be asked, or what is stored cannot be
    /// read.
    pub async fn paused_runs(&self, principal: &Principal) -> Result<Vec<PausedRun>, Error> {
        let wanted = [SessionStatus::Paused, SessionStatus::Running];
        let found = self.sessions()?.list(principal, &wanted).await?;
        let free = found.iter().filter(|session| !session.is_held());
        free.map(paused).collect()
    }

    /// What this person and the agent said in a session so far; nothing where there is none.
    ///
    /// # Errors
    /// As [`paused_runs`](Self::paused_runs).
    pub async fn conversation(
        &self,
        principal: &Principal,
        session: &str,
    ) -> Result<Vec<Message>, Error> {
        let key = SessionKey::new(principal.clone(), SessionId::parse(session)?);
        let found = self.sessions()?.load(&key).await?;
        let found = found.map(|it| Document::read(key.session(), it.document()));
        Ok(found
            .transpose()?
            .map_or(Vec::new(), |it| it.progress.messages))
    }

    /// Removes a session and all that was said in it, or a run that waits under its own name. A run
    /// that is under way there ends with [`is_taken`](Error::is_taken). Says whether there was one.
    ///
    /// # Errors
    /// When the agent's database keeps no sessions or cannot be asked.
    pub async fn forget_session(
        &self,
        principal: &Principal,
        session: &str,
    ) -> Result<bool, Error> {
        let key = SessionKey::new(principal.clone(), SessionId::parse(session)?);
        Ok(self.sessions()?.remove(&key).await?)
    }

    /// Removes all that was said with one person, and their runs that wait; says how many sessions
    /// went. A run that is under way in one of them ends with [`is_taken`](Error::is_taken).
    ///
    /// For a person without a consent of their own, such as one whom a service account acts for. Where
    /// consents are kept as well, [`BoundGoogleAuth::delete_user`](toolgate_auth::BoundGoogleAuth::delete_user)
    /// removes these too.
    ///
    /// # Errors
    /// When the agent's database keeps no sessions or cannot be asked.
    pub async fn forget_person(&self, principal: &Principal) -> Result<u64, Error> {
        Ok(self.sessions()?.remove_all(principal).await?)
    }

    /// Gives a run up that waits: the model will read in the conversation that its calls were not
    /// made, and the next run of the session can begin. A run without a session is gone.
    ///
    /// # Errors
    /// [`is_taken`](Error::is_taken) when another process goes on with it; when the database cannot be
    /// asked.
    pub async fn give_up(&self, paused: PausedRun) -> Result<(), Error> {
        let mut start = self.take_up(paused.with_no_limits()).await?;
        let given_up = ToolError::cancelled(
            "it was not done: the person did not connect what it needs, and went on otherwise",
        );
        start.progress.answer(|_| true, &given_up);
        start
            .keeper
            .complete(&start.context, &mut start.progress)
            .await?;
        Ok(())
    }

    fn sessions(&self) -> Result<&Sessions, Error> {
        Ok(self.sessions.as_ref().ok_or(ErrorKind::NoSessions)?)
    }

    /// A run that begins, in its session if it names one.
    pub(super) async fn begin(&self, context: RunContext, prompt: String) -> Result<Start, Error> {
        let Some(session) = context.session().cloned() else {
            let sessions = self.sessions.clone();
            return Ok(Start {
                context,
                progress: Progress::new(prompt),
                keeper: sessions.map_or(Keeper::Nowhere, Keeper::OnPause),
            });
        };
        let sessions = self.sessions()?;
        let key = SessionKey::new(context.principal().clone(), session.clone());
        let stored = sessions.load(&key).await?;
        let mut progress = match &stored {
            Some(stored) => resting(&session, stored)?.and_then(prompt),
            None => Progress::new(prompt),
        };
        let document = written(&context, &mut progress, &[], &session)?;
        let kind = SessionKind::Conversation;
        let held = match &stored {
            Some(stored) => sessions.begin(stored.place(), &document).await?,
            None => sessions.create(&key, kind, &document).await?,
        };
        Ok(Start {
            context,
            progress,
            keeper: Keeper::In(Box::new(held.ok_or(ErrorKind::SessionBusy(session))?)),
        })
    }

    /// A run that goes on where it paused, unless somebody else goes on with it.
    pub(super) async fn take_up(&self, paused: PausedRun) -> Result<Start, Error> {
        let Paused {
            context,
            time_left,
            mut progress,
            stored,
            ..
        } = *paused.0;
        // Otherwise the calls that wait would be answered with that.
        if context.cancellation().is_cancelled() {
            return Err(ErrorKind::Cancelled.into());
        }
        if time_left.is_some_and(|left| left.is_zero()) {
            return Err(ErrorKind::OutOfTime.into());
        }
        let context = match time_left {
            Some(left) => context.with_time_limit(left),
            None => context,
        };
        let keeper = match (stored, &self.sessions) {
            (Stored::At(place), sessions) => {
                let sessions = sessions.as_ref().ok_or(ErrorKind::NoSessions)?;
                let taken = || ErrorKind::Taken(place.key().session().clone());
                let held = sessions.claim(&place).await?.ok_or_else(taken)?;
                Keeper::In(Box::new(held))
            }
            (Stored::Unclear(held), _) => Keeper::again(held, &context, &mut progress).await?,
            (Stored::Nowhere, Some(sessions)) => Keeper::OnPause(sessions.clone()),
            (Stored::Nowhere, None) => Keeper::Nowhere,
        };
        progress.settle();
        Ok(Start {
            context,
            progress,
            keeper,
        })
    }
}

/// The conversation, where nothing stands in the way of the next run.
fn resting(session: &SessionId, stored: &Session) -> Result<Progress, Error> {
    if stored.is_held() {
        return Err(ErrorKind::SessionBusy(session.clone()).into());
    }
    let progress = Document::read(session, stored.document())?.progress;
    if progress.waiting.is_empty() {
        return Ok(progress);
    }
    Err(ErrorKind::SessionWaits(session.clone()).into())
}

/// Whose it is comes from the row.
fn paused(session: &Session) -> Result<PausedRun, Error> {
    let place = session.place().clone();
    let name = place.key().session();
    let document = Document::read(name, session.document())?;
    let context = RunContext::new(place.key().principal().clone()).with_run_id(document.run_id);
    let context = match place.kind() {
        SessionKind::Conversation => context.of_session(name.clone()),
        _ => context,
    };
    Ok(PausedRun(Box::new(Paused {
        context,
        time_left: document.time_left,
        progress: document.progress,
        services: document.services,
        stored: Stored::At(place),
    })))
}
