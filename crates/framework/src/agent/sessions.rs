//! What an agent keeps in its database: conversations, and runs that wait.

use toolgate_auth::store::{SessionKind, SessionStatus};
use toolgate_auth::{Principal, Session, SessionId, SessionKey, Sessions};
use toolgate_toolkit::ToolError;
use tracing::warn;

use super::Agent;
use super::keeper::{Keeper, check_room, written};
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
    /// its process ended. None where none waits, or that of an agent of another
    /// [`name`](crate::AgentBuilder::name).
    ///
    /// # Errors
    /// [`is_taken`](Error::is_taken) while a process goes on with it; when the agent's database keeps
    /// no sessions or cannot be asked, or what is stored cannot be read.
    pub async fn paused_run(
        &self,
        principal: &Principal,
        session: &str,
    ) -> Result<Option<PausedRun>, Error> {
        let key = self.key(principal, &SessionId::parse(session)?)?;
        let found = self.sessions()?.load(&key).await?;
        let Some(found) = found.filter(|it| it.status() != SessionStatus::Idle) else {
            return Ok(None);
        };
        if found.is_held() {
            return Err(ErrorKind::Taken(self.name.told_id(key.session())).into());
        }
        self.paused(&found)
    }

    /// All runs of this person that wait and that nobody goes on with, the latest first; those of
    /// agents of another [`name`](crate::AgentBuilder::name) are left out. One that cannot be read
    /// hides no other: [`unreadable_runs`](Self::unreadable_runs) names it, and the log its row.
    ///
    /// # Errors
    /// When the agent's database keeps no sessions or cannot be asked.
    pub async fn paused_runs(&self, principal: &Principal) -> Result<Vec<PausedRun>, Error> {
        Ok(self.waiting_runs(principal).await?.0)
    }

    /// The names of what waits of this person and cannot be read: it was altered, its key is not
    /// configured, or a later version of this program wrote it.
    /// [`forget_session`](Self::forget_session) removes what is lost. Where the agent has no name, those
    /// are left out that begin as an agent's name and a slash: they may be that agent's.
    ///
    /// # Errors
    /// As [`paused_runs`](Self::paused_runs).
    pub async fn unreadable_runs(&self, principal: &Principal) -> Result<Vec<String>, Error> {
        Ok(self.waiting_runs(principal).await?.1)
    }

    /// What waits, and the names of what cannot be read.
    async fn waiting_runs(
        &self,
        principal: &Principal,
    ) -> Result<(Vec<PausedRun>, Vec<String>), Error> {
        let wanted = [SessionStatus::Paused, SessionStatus::Running];
        let found = self.sessions()?.list(principal, &wanted).await?;
        let (mut runs, mut unreadable) = (Vec::new(), found.unreadable);
        for session in found.sessions.iter().filter(|it| !it.is_held()) {
            match self.paused(session) {
                Ok(run) => runs.extend(run),
                Err(error) => {
                    let key = session.place().key();
                    warn!(target: "toolgate_framework", row = %key.id(), %error, "a run is passed over");
                    unreadable.push(key.clone());
                }
            }
        }
        let own = unreadable
            .iter()
            .filter_map(|it| self.name.own_unread(it.session()));
        Ok((runs, own.map(str::to_owned).collect()))
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
        let name = SessionId::parse(session)?;
        let key = self.key(principal, &name)?;
        let found = self.sessions()?.load(&key).await?;
        let found = found.map(|it| Document::read(&name, it.document()));
        let own = found.transpose()?.filter(|it| self.wrote(it));
        Ok(own.map_or(Vec::new(), |it| it.progress.messages))
    }

    /// Removes a session and all that was said in it, or a run that waits under its own name. A run
    /// that is under way there ends with [`is_taken`](Error::is_taken). Says whether there was one. What
    /// cannot be read goes as well.
    ///
    /// # Errors
    /// [`is_of_another_agent`](Error::is_of_another_agent) where it is another agent's, and then it
    /// stays; when the agent's database keeps no sessions or cannot be asked.
    pub async fn forget_session(
        &self,
        principal: &Principal,
        session: &str,
    ) -> Result<bool, Error> {
        let name = SessionId::parse(session)?;
        let key = self.key(principal, &name)?;
        let sessions = self.sessions()?;
        let document = match sessions.load(&key).await {
            Ok(found) => found.and_then(|it| Document::read(&name, it.document()).ok()),
            Err(error) if error.is_transient() => return Err(error.into()),
            Err(_) => None,
        };
        if document.is_some_and(|it| !self.wrote(&it)) {
            return Err(ErrorKind::OtherAgent(session.to_owned()).into());
        }
        Ok(sessions.remove(&key).await?)
    }

    /// Removes all that was said with one person, and their runs that wait; says how many sessions
    /// went. A run that is under way in one of them ends with [`is_taken`](Error::is_taken).
    ///
    /// Where the agent has a [`name`](crate::AgentBuilder::name), what other agents keep of the person
    /// stays. An agent without one removes what all agents over its database keep.
    ///
    /// For a person without a consent of their own, such as one whom a service account acts for. Where
    /// consents are kept as well, [`BoundGoogleAuth::delete_user`](toolgate_auth::BoundGoogleAuth::delete_user)
    /// removes these too.
    ///
    /// # Errors
    /// When the agent's database keeps no sessions or cannot be asked.
    pub async fn forget_person(&self, principal: &Principal) -> Result<u64, Error> {
        let sessions = self.sessions()?;
        let removed = match self.name.prefix() {
            Some(prefix) => sessions.remove_beginning(principal, &prefix).await,
            None => sessions.remove_all(principal).await,
        };
        Ok(removed?)
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

    /// Under what the database keeps a session of this agent's.
    fn key(&self, principal: &Principal, session: &SessionId) -> Result<SessionKey, Error> {
        let stored = self.name.stored(session)?;
        Ok(SessionKey::new(principal.clone(), stored))
    }

    /// Whether it is a document of this agent's, or of one that shares its name.
    fn wrote(&self, document: &Document) -> bool {
        document.agent.as_deref() == self.name.as_deref()
    }

    fn sessions(&self) -> Result<&Sessions, Error> {
        Ok(self.sessions.as_ref().ok_or(ErrorKind::NoSessions)?)
    }

    /// A run that begins, in its session if it names one.
    pub(super) async fn begin(&self, context: RunContext, prompt: String) -> Result<Start, Error> {
        let context = context.of_agent(&self.name);
        let Some(session) = context.session().cloned() else {
            let sessions = self.sessions.clone();
            return Ok(Start {
                context,
                progress: Progress::new(prompt),
                keeper: sessions.map_or(Keeper::Nowhere, Keeper::OnPause),
            });
        };
        let sessions = self.sessions()?;
        let key = self.key(context.principal(), &session)?;
        let stored = sessions.load(&key).await?;
        let mut progress = match &stored {
            Some(stored) => self.resting(&session, stored)?.and_then(prompt),
            None => Progress::new(prompt),
        };
        let document = written(&context, &mut progress, &[], &session)?;
        check_room(&session, &document)?;
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
        if *context.agent() != self.name {
            let name = stored.place().map(|it| it.key().session());
            let name = name.map(|it| context.agent().told(it).to_owned());
            let run = name.unwrap_or_else(|| context.run_id().to_owned());
            return Err(ErrorKind::OtherAgent(run).into());
        }
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
                let taken = || ErrorKind::Taken(self.name.told_id(place.key().session()));
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

    /// The conversation, where nothing stands in the way of the next run.
    fn resting(&self, session: &SessionId, stored: &Session) -> Result<Progress, Error> {
        if stored.is_held() {
            return Err(ErrorKind::SessionBusy(session.clone()).into());
        }
        let document = Document::read(session, stored.document())?;
        if !self.wrote(&document) {
            return Err(ErrorKind::OtherAgent(session.to_string()).into());
        }
        if document.progress.waiting.is_empty() {
            return Ok(document.progress);
        }
        Err(ErrorKind::SessionWaits(session.clone()).into())
    }

    /// The run that is stored there, where it is this agent's. Whose it is comes from the row.
    fn paused(&self, session: &Session) -> Result<Option<PausedRun>, Error> {
        let place = session.place().clone();
        let name = self.name.told_id(place.key().session());
        let document = Document::read(&name, session.document())?;
        if !self.wrote(&document) {
            return Ok(None);
        }
        let context = RunContext::new(place.key().principal().clone())
            .with_run_id(document.run_id)
            .of_agent(&self.name);
        let context = match place.kind() {
            SessionKind::Conversation => context.of_session(name),
            _ => context,
        };
        Ok(Some(PausedRun(Box::new(Paused {
            context,
            time_left: document.time_left,
            progress: document.progress,
            services: document.services,
            stored: Stored::At(place),
        }))))
    }
}
