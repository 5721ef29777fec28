//! Events, written: inserts under ids of our own choice, updates of one version only.

use std::time::Duration;

use serde::de::IgnoredAny;
use toolgate_auth::Requirement;
use toolgate_google_http::{Call, Error, Query, Rest};
use toolgate_toolkit::ToolContext;

use super::{
    Calendar, DELETE, INSERT, MOVE, PATCH, QUICK_ADD, patch::EventPatch, reading::events,
    types::Event,
};

/// Time kept back for the look-ups of a settlement, beside what they wait.
const FOR_LOOK_UPS: Duration = Duration::from_secs(5);

/// Whether guests get mail of it.
fn notified(notify: bool) -> Query {
    Query::new().with("sendUpdates", if notify { "all" } else { "none" })
}

impl Calendar {
    /// As [`Calendar::new`], but ends early enough for a settlement of this length.
    pub(crate) fn writing(
        cx: &ToolContext,
        methods: &[&'static str],
        settlement: Duration,
    ) -> Self {
        let kept_back = (settlement + FOR_LOOK_UPS).min(cx.remaining() / 2);
        let ends = cx.ends().checked_sub(kept_back).unwrap_or(cx.ends());
        let requirement = Requirement::for_methods(methods);
        Self(Rest::new(cx.access().clone(), requirement).until(ends))
    }

    /// Saves an event that has an id of our own, so that a repeat makes no second one.
    pub(crate) async fn insert(
        &self,
        calendar: &str,
        event: &Event,
        notify: bool,
    ) -> Result<Event, Error> {
        let query = with_conference(notified(notify), event.conference_data.is_some());
        // Without it Google drops them from what is saved.
        let has_files = event.attachments.as_ref().is_some_and(|it| !it.is_empty());
        let query = query.with_some("supportsAttachments", has_files.then_some(true));
        let call = Call::new(&INSERT, events(calendar)?)
            .with_query(query)
            .with_json(event)?
            .with_own_id();
        Ok(self.0.send(call).await?.body)
    }

    /// Changes an event that is still the version with this etag.
    pub(crate) async fn patch(
        &self,
        calendar: &str,
        (id, etag): (&str, &str),
        patch: &EventPatch,
        notify: bool,
    ) -> Result<Event, Error> {
        let query = with_conference(notified(notify), patch.conference_data.as_set().is_some());
        let call = Call::new(&PATCH, events(calendar)?.seg(id)?)
            .with_query(query)
            .with_patch(patch)?
            .with_if_match(etag)?;
        Ok(self.0.send(call).await?.body)
    }

    /// Deletes an event that is still the version with this etag.
    pub(crate) async fn delete(
        &self,
        calendar: &str,
        (id, etag): (&str, &str),
        notify: bool,
    ) -> Result<(), Error> {
        let call = Call::new(&DELETE, events(calendar)?.seg(id)?)
            .with_query(notified(notify))
            .with_if_match(etag)?;
        self.0.send::<Option<IgnoredAny>>(call).await?;
        Ok(())
    }

    /// Gives an event to another calendar; it keeps its id.
    pub(crate) async fn move_to(
        &self,
        calendar: &str,
        id: &str,
        destination: &str,
        notify: bool,
    ) -> Result<Event, Error> {
        let path = events(calendar)?.seg(id)?.then("move");
        let query = notified(notify).with("destination", destination);
        let call = Call::new(&MOVE, path).with_query(query);
        Ok(self.0.send(call).await?.body)
    }

    /// Saves what Google understands of a sentence.
    pub(crate) async fn quick_add(&self, calendar: &str, text: &str) -> Result<Event, Error> {
        let path = events(calendar)?.then("quickAdd");
        let query = notified(false).with("text", text);
        let call = Call::new(&QUICK_ADD, path).with_query(query);
        Ok(self.0.send(call).await?.body)
    }
}

/// Without this number Google takes no notice of conferences.
fn with_conference(query: Query, is_there: bool) -> Query {
    query.with_some("conferenceDataVersion", is_there.then_some(1))
}
