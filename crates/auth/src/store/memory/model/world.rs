//! A state of the whole: database, server, processes, and what may still happen.

use std::rc::Rc;

use super::caller::{Caller, CallerStep};
use super::database::Database;
use super::events::{Consent, Disconnect, Event, Job};
use super::server::{Kind, Server};
use super::variant::Variant;

/// How often each thing may happen in one run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Budget {
    /// A process dies at work, or while it disconnects.
    pub(super) crashes: u8,
    /// A lease runs out though its holder lives.
    pub(super) stalls: u8,
    /// The access token expires once more.
    pub(super) expiries: u8,
    /// A request that is not heard, or not answered, or refused for the client's sake.
    pub(super) mishaps: u8,
    /// The database refuses a commit.
    pub(super) outages: u8,
    /// A person consents.
    pub(super) consents: u8,
    /// A disconnect is asked for.
    pub(super) disconnects: u8,
    /// The row is deleted.
    pub(super) deletes: u8,
    /// A security event wipes the secrets.
    pub(super) wipes: u8,
    /// A person revokes the grant at Google.
    pub(super) revocations: u8,
    /// An API refuses the access token.
    pub(super) invalidations: u8,
    /// A key rotation seals the row again.
    pub(super) reseals: u8,
}

/// Where a search begins, and how far it may go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Config {
    pub(super) variant: Variant,
    pub(super) server: Kind,
    pub(super) callers: usize,
    pub(super) budget: Budget,
}

/// One thing that happens; a caller's by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Caller(usize, CallerStep),
    Event(Event),
}

/// A state.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct World {
    pub(super) database: Database,
    pub(super) server: Server,
    pub(super) callers: Vec<Caller>,
    pub(super) consent: Consent,
    pub(super) disconnect: Disconnect,
    pub(super) job: Job,
    pub(super) left: Budget,
    pub(super) account: Account,
}

/// What the invariants need to know of the way here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Account {
    /// POSTs by (incarnation, version) of the row that was leased for them.
    pub(super) posts: Vec<((u8, i64), u8)>,
    /// What entitles to one more POST of a version.
    pub(super) excuses: u8,
    /// The consent that was written last.
    pub(super) consented: u8,
}

impl Account {
    pub(super) fn post(&mut self, of: (u8, i64)) {
        match self.posts.iter_mut().find(|(version, _)| *version == of) {
            Some((_, count)) => *count += 1,
            None => self.posts.push((of, 1)),
        }
    }
}

impl World {
    /// One consent has been given, its access token is over, and nobody has noticed.
    pub(super) fn new(config: &Config) -> Self {
        let mut server = Server::new(config.server);
        let mut database = Database::new(config.variant);
        let written = database.upsert(None, server.consent());
        assert!(written, "nothing stood in the way");
        database.expire();
        Self {
            database,
            server,
            callers: vec![Caller::Idle; config.callers],
            consent: Consent::Idle,
            disconnect: Disconnect::Idle,
            job: Job::Idle,
            left: config.budget,
            account: Account::default(),
        }
    }

    /// Everything that can happen next.
    pub(super) fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        for caller in 0..self.callers.len() {
            let own = self.caller_steps(caller).into_iter();
            steps.extend(own.map(|step| Step::Caller(caller, step)));
        }
        steps.extend(self.events().into_iter().map(Step::Event));
        steps
    }

    /// The state after it has happened.
    pub(super) fn after(&self, step: Step) -> Self {
        let mut next = self.clone();
        match step {
            Step::Caller(caller, step) => next.call(caller, step),
            Step::Event(event) => next.happen(event),
        }
        next
    }

    /// The same for all states that differ only in which process is which.
    pub(super) fn canonical(this: &Rc<Self>) -> Rc<Self> {
        let mut canonical = Rc::clone(this);
        if !canonical.callers.is_sorted() {
            Rc::make_mut(&mut canonical).callers.sort_unstable();
        }
        canonical
    }
}
