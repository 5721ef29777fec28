//! The one way to record what happens to a grant: among the stored events, and in the log.
//!
//! A record is best effort. A database that does not take one costs nobody a token: events are
//! appended behind whoever notes them, one after the other, so that they stand in the order in
//! which they happened. What an operator brings in or takes out is told or is an error.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, ready};
use serde_json::{Map, Value};
use tokio::sync::Semaphore;
use tracing::{info, warn};

use crate::clock::Random;
use crate::error::{Error, ErrorKind};
use crate::identity::{Principal, TokenKey};
use crate::store::{AuditEvent, AuditStore, Marker};

/// How long the database may take for one event.
const TAKES: Duration = Duration::from_secs(5);
/// So many events may wait for a database that is slow or down; what comes on top is only logged.
const WAITING: usize = 1_000;

/// Records events. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Audit(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Option<Arc<dyn AuditStore>>,
    /// This process's name, as in its leases.
    process: String,
    /// The end of the last event's writing, for which the next one waits.
    last: Mutex<Appended>,
    room: Arc<Semaphore>,
}

type Appended = Shared<BoxFuture<'static, ()>>;

/// Who brought something about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Actor {
    /// A person's browser.
    Browser,
    /// The application, by a call.
    Application,
    /// Somebody who looks after the database.
    Operator,
    /// This process, by itself.
    Process,
}

/// Something that happened: codes, counts and names, and never a secret.
#[derive(Debug)]
pub(crate) struct Event {
    principal: Principal,
    actor: Actor,
    name: &'static str,
    outcome: &'static str,
    row: Option<String>,
    detail: Map<String, Value>,
}

impl Event {
    /// Something that this process did for a person, and that ended well.
    pub(crate) fn of(principal: &Principal, name: &'static str) -> Self {
        Self {
            principal: principal.clone(),
            actor: Actor::Process,
            name,
            outcome: "ok",
            row: None,
            detail: Map::new(),
        }
    }

    /// The same of one grant, as it stood then.
    pub(crate) fn of_grant(key: &TokenKey, at: &Marker, name: &'static str) -> Self {
        let event = Self::of(key.principal(), name);
        Self {
            row: Some(key.id().as_str().to_owned()),
            ..event
        }
        .with("version", at.version)
        .with("epoch", at.epoch)
    }

    pub(crate) fn by(self, actor: Actor) -> Self {
        Self { actor, ..self }
    }

    /// How it ended, if not well: a word of ours, and no text that came from outside.
    pub(crate) fn ended(self, outcome: &'static str) -> Self {
        Self { outcome, ..self }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.detail.insert(name.to_owned(), value.into());
        self
    }

    fn told_by(self, process: &str) -> AuditEvent {
        let actor = match self.actor {
            Actor::Browser => "browser",
            Actor::Application => "application",
            Actor::Operator => "operator",
            Actor::Process => process,
        };
        AuditEvent {
            principal: self.principal,
            actor: actor.to_owned(),
            event: self.name.to_owned(),
            outcome: self.outcome.to_owned(),
            row_id: self.row,
            detail: Value::Object(self.detail),
        }
    }
}

impl Audit {
    /// For one process, which gets a name: by chance, since processes on several machines share
    /// numbers.
    pub(crate) fn new(store: Option<Arc<dyn AuditStore>>, random: &dyn Random) -> Self {
        let mut bytes = [0; 8];
        random.fill(&mut bytes);
        Self(Arc::new(Inner {
            store,
            process: format!("{:016x}", u64::from_be_bytes(bytes)),
            last: Mutex::new(ready(()).boxed().shared()),
            room: Arc::new(Semaphore::new(WAITING)),
        }))
    }

    /// This process's name, in events and in leases.
    pub(crate) fn process(&self) -> &str {
        &self.0.process
    }

    /// Records an event behind the caller, who does not wait.
    pub(crate) fn note(&self, event: Event) {
        let event = self.logged(event);
        if let Some(store) = &self.0.store {
            self.append(Arc::clone(store), event);
        }
    }

    /// Records an event, and waits until the database has it and all before it, or would not take
    /// them.
    pub(crate) async fn record(&self, event: Event) {
        self.note(event);
        self.settled().await;
    }

    /// Records an event behind all that were noted, for what must not happen unseen.
    ///
    /// # Errors
    /// When the database does not take it; the text is `otherwise`. One that keeps no events takes
    /// all of them: they are in the log.
    pub(crate) async fn require(&self, event: Event, otherwise: &'static str) -> Result<(), Error> {
        let event = self.logged(event);
        let Some(store) = &self.0.store else {
            return Ok(());
        };
        self.settled().await;
        let source = match tokio::time::timeout(TAKES, store.append(&event)).await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => Some(error),
            Err(_) => None,
        };
        let what = otherwise;
        Err(ErrorKind::Unrecorded { what, source }.into())
    }

    /// Waits for the events noted so far, as long as the database may take for one.
    pub(crate) async fn settled(&self) {
        let last = self.lock().clone();
        if tokio::time::timeout(TAKES, last).await.is_err() {
            warn!(target: "toolgate_auth", "events are still not stored");
        }
    }

    fn logged(&self, event: Event) -> AuditEvent {
        let event = event.told_by(&self.0.process);
        info!(
            target: "toolgate_auth",
            event = event.event, outcome = event.outcome, actor = event.actor,
            principal = %event.principal, row = event.row_id, detail = %event.detail, "event"
        );
        event
    }

    fn append(&self, store: Arc<dyn AuditStore>, event: AuditEvent) {
        let Ok(place) = Arc::clone(&self.0.room).try_acquire_owned() else {
            warn!(target: "toolgate_auth", "an event is not stored: too many wait for the database");
            return;
        };
        let mut last = self.lock();
        let before = last.clone();
        let writing = tokio::spawn(async move {
            let _place = place;
            before.await;
            append_one(&*store, &event).await;
        });
        *last = writing.map(drop).boxed().shared();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Appended> {
        self.0.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn append_one(store: &dyn AuditStore, event: &AuditEvent) {
    match tokio::time::timeout(TAKES, store.append(event)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            warn!(target: "toolgate_auth", %error, event = event.event, "an event is not stored");
        }
        Err(_) => {
            warn!(target: "toolgate_auth", event = event.event, "an event is not stored in time");
        }
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;

    use super::*;
    use crate::clock::SystemRandom;
    use crate::store::{AuditRecord, StoreError};

    /// Takes no event until it is opened.
    #[derive(Debug)]
    struct Gate {
        open: Semaphore,
        stored: Mutex<Vec<String>>,
    }

    #[async_trait]
    impl AuditStore for Gate {
        async fn append(&self, event: &AuditEvent) -> Result<(), StoreError> {
            // The first that comes waits at the gate, and would be overtaken by the others.
            if event.event == "first" {
                self.open.acquire().await.unwrap().forget();
            }
            self.stored.lock().unwrap().push(event.event.clone());
            Ok(())
        }

        async fn events(
            &self,
            _principal: Option<&Principal>,
            _after: Option<i64>,
            _limit: u32,
        ) -> Result<Vec<AuditRecord>, StoreError> {
            Ok(Vec::new())
        }
    }

    fn gate() -> (Arc<Gate>, Audit) {
        let gate = Arc::new(Gate {
            open: Semaphore::new(0),
            stored: Mutex::default(),
        });
        let store = Arc::clone(&gate) as Arc<dyn AuditStore>;
        (gate, Audit::new(Some(store), &SystemRandom))
    }

    fn event(name: &'static str) -> Event {
        Event::of(&Principal::for_user("alice").unwrap(), name)
    }

    #[tokio::test]
    async fn events_are_stored_in_the_order_in_which_they_were_noted() {
        let (gate, audit) = gate();
        audit.note(event("first"));
        audit.note(event("second"));
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert!(gate.stored.lock().unwrap().is_empty());
        gate.open.add_permits(1);
        audit.record(event("third")).await;
        assert_eq!(*gate.stored.lock().unwrap(), ["first", "second", "third"]);
    }

    #[tokio::test]
    async fn so_many_wait_for_a_database_and_no_more() {
        let (gate, audit) = gate();
        audit.note(event("first"));
        for _ in 0..WAITING + 10 {
            audit.note(event("another"));
        }
        gate.open.add_permits(1);
        audit.record(event("last")).await;
        assert_eq!(gate.stored.lock().unwrap().len(), WAITING);
        audit.record(event("next")).await;
        assert_eq!(gate.stored.lock().unwrap().last().unwrap(), "next");
    }

    #[tokio::test(start_paused = true)]
    async fn an_event_that_the_database_never_takes_holds_up_no_other() {
        let (gate, audit) = gate();
        audit.note(event("first"));
        audit.record(event("second")).await;
        audit.settled().await;
        assert_eq!(*gate.stored.lock().unwrap(), ["second"]);
    }
}
