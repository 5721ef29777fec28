//! Refusals as events: of the person whom a state concerns, or of nobody who is known.

use super::callback::{Answer, reason};
use super::{Inner, Refusal, SignIn, refused, state};
use crate::audit::{Actor, Event};
use crate::error::Error;
use crate::store::SignInRow;

const REFUSED: &str = "sign_in_refused";

impl SignIn {
    /// Notes that Google's answer came again, of a browser that has been told what came of it and is told
    /// that once more: an event, as of any second use, bounded as all of one sign-in are. `query` is the
    /// raw query string. An answer that was not used is none.
    pub async fn came_again(&self, query: &str) {
        let state = Answer::parse(query).and_then(|answer| answer.state);
        let verified = self.0.verify_signature(&state.unwrap_or_default());
        let Ok(verified) = verified else {
            return;
        };
        if let Ok(Some((row, _))) = self.0.store.get(&verified.id_hash).await
            && row.consumed_at.is_some()
        {
            let used = refused(Refusal::AlreadyUsed);
            self.0.record_refusal_of(&verified, &used).await;
        }
    }
}

impl Inner {
    /// A state whose signature is good, which says nothing of its age. One that does not hold is
    /// refused before the database is asked whom it concerns.
    pub(super) async fn signed_state(&self, text: &str) -> Result<state::State, Error> {
        match self.verify_signature(text) {
            Ok(state) => Ok(state),
            Err(refusal) => Err(self.refused_of_nobody(REFUSED, refusal).await),
        }
    }

    /// Records a refusal that concerns nobody who is known, and says it.
    pub(super) async fn refused_of_nobody(&self, event: &'static str, refusal: Refusal) -> Error {
        let now = self.clock.now();
        self.audit
            .record_of_nobody(event, refusal.code(), now)
            .await;
        refused(refusal)
    }

    /// The same of an answer or a link whose state cannot be read.
    pub(super) async fn refused_unread(&self, refusal: Refusal) -> Error {
        self.refused_of_nobody(REFUSED, refusal).await
    }

    /// Records a refusal where the state is ours, as long as its row is known. What fails for want of
    /// the database or of the application's sessions is none.
    pub(super) async fn record_refusal_of(&self, state: &state::State, error: &Error) {
        let Some(refusal) = error.refusal() else {
            return;
        };
        if !self.told.one_more(state, refusal).await {
            return;
        }
        match self.store.get(&state.id_hash).await {
            Ok(Some((row, _))) => self.record_refusal(&row, error).await,
            Ok(None) => drop(self.refused_unread(refusal.clone()).await),
            Err(_) => {}
        }
    }

    pub(super) async fn record_refusal(&self, row: &SignInRow, error: &Error) {
        let event = Event::of(&row.request.principal, REFUSED);
        let event = event.by(Actor::Browser).ended(reason(error));
        self.audit.record(event).await;
    }
}
