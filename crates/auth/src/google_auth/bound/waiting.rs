//! Waiting for a person to sign in, in whichever process they do.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use tracing::{debug, warn};

use super::BoundGoogleAuth;
use crate::accounts::{is_connected, rows_of};
use crate::error::Error;
use crate::failure::ConsentNeeded;
use crate::identity::{AccountLabel, Principal, TokenKey};
use crate::scope::ScopeSet;
use crate::sign_in::{Refusal, SignInLink};
use crate::store::{Incarnation, RowStatus, StoreError, TokenRow};

/// How often the database is asked: soon at first, and then ever more seldom.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How long a link may have been used without a word on what came of it, in another process.
/// Whoever serves it may have to ask Google for the grant, whose it is, and whose the person's other
/// accounts are, and then to write.
const SILENCE: Duration = Duration::from_mins(3);
/// How many refusals a process remembers for those who wait.
const REFUSALS: usize = 256;
/// As good as no limit.
const FAR: Duration = Duration::from_hours(24 * 365 * 10);

/// A consent that somebody waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwaitedConsent {
    /// What it has to give, and with which of the person's accounts.
    pub needed: ConsentNeeded,
    /// What stood when it was found to be missing; none where that is not known.
    pub before: Option<ConsentMark>,
    /// The sign-in whose link the person was handed, by the hash of its id, which opens nothing; none
    /// where that is not known.
    pub sign_in: Option<String>,
}

/// How a wait for a consent ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Waited {
    /// The person has consented.
    Connected,
    /// The link that they were handed is used up, and no consent came of it: another link is needed.
    /// Why is known where this process served the sign-in and Google or a check said no.
    LinkSpent(Option<Refusal>),
    /// The limit is over.
    TimeOver,
}

/// Which consent of a grant it is. Every new consent has another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentMark {
    /// The row's; empty where there was no row.
    pub incarnation: Incarnation,
    /// The row's, zero where there was no row.
    pub epoch: i64,
}

impl ConsentMark {
    fn of(row: Option<&TokenRow>) -> Self {
        let none = || Incarnation::new("");
        Self {
            incarnation: row.map_or_else(none, |row| row.incarnation.clone()),
            epoch: row.map_or(0, |row| row.grant_epoch),
        }
    }
}

/// Tells those who wait in this process of sign-ins that ended.
#[derive(Debug, Clone)]
pub(crate) struct Arrivals(Arc<watch::Sender<Ended>>);

/// The sign-ins of late that came to nothing, by the hashes of their ids, and why.
type Ended = VecDeque<(String, Option<Refusal>)>;

impl Default for Arrivals {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Ended::new())))
    }
}

impl Arrivals {
    /// Somebody has signed in.
    pub(crate) fn tell(&self) {
        self.0.send_modify(|_| ());
    }

    /// A sign-in is used up, and nothing came of it.
    pub(crate) fn tell_spent(&self, id_hash: &str, refusal: Option<&Refusal>) {
        self.0.send_modify(|ended| {
            ended.truncate(REFUSALS - 1);
            ended.push_front((id_hash.to_owned(), refusal.cloned()));
        });
    }
}

impl BoundGoogleAuth {
    /// Notes what consent a person lacks, and by which link they were asked for it, for
    /// [`connected`](Self::connected): call it when the lack was found.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn awaited(
        &self,
        principal: &Principal,
        needed: &ConsentNeeded,
        link: Option<&SignInLink>,
    ) -> Result<AwaitedConsent, Error> {
        let row = self.grant_of(principal, needed.account.as_ref()).await?;
        let sign_in = self.sign_in().zip(link);
        Ok(AwaitedConsent {
            needed: needed.clone(),
            before: Some(ConsentMark::of(row.as_ref())),
            sign_in: sign_in.and_then(|(sign_in, link)| sign_in.id_hash(link)),
        })
    }

    /// Waits until the person has consented, in whichever process: a sign-in that this one served, by any
    /// binding of the same [`GoogleAuth`](crate::GoogleAuth), is heard of at once, any other within two seconds. Nothing is held in the database meanwhile.
    ///
    /// Where the link that they were handed was used and nothing came of it, because they said no say,
    /// the wait ends too: at once where this process served the sign-in, and otherwise three
    /// minutes after the link was used. Whoever has no account yet may connect one under any name.
    ///
    /// A consent that came and gives less than was needed ends the wait too: the person has decided.
    /// What is missing then is told by whoever asks for a token.
    ///
    /// # Errors
    /// When the database cannot be asked, and would not answer later either.
    pub async fn connected(
        &self,
        principal: &Principal,
        awaited: &AwaitedConsent,
        limit: Duration,
    ) -> Result<Waited, Error> {
        let end = Instant::now();
        let end = end.checked_add(limit).unwrap_or(end + FAR);
        let mut arrivals = self.definition().arrivals.0.subscribe();
        let mut pause = FIRST_PAUSE;
        loop {
            // From here on: what arrives while the database is asked is looked at again.
            let spent = spent_here(&arrivals.borrow_and_update(), awaited);
            match self.look(principal, awaited).await {
                Ok(Some(ended)) => return Ok(ended),
                Ok(None) => {}
                Err(error) if error.is_transient() => {
                    warn!(target: "toolgate_auth", %error, "waiting for a consent");
                }
                Err(error) => return Err(error.into()),
            }
            if let Some(spent) = spent {
                return Ok(spent);
            }
            if Instant::now() >= end {
                return Ok(Waited::TimeOver);
            }
            let next = end.min(Instant::now() + pause);
            // Whether somebody arrived or the pause is over, the database knows.
            let _ = timeout_at(next, arrivals.changed()).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// What the database says of the wait: that it is over, or nothing.
    async fn look(
        &self,
        principal: &Principal,
        awaited: &AwaitedConsent,
    ) -> Result<Option<Waited>, StoreError> {
        let account = awaited.needed.account.as_ref();
        if let Some(row) = self.grant_of(principal, account).await?
            && self.has_come(&row, awaited)
        {
            debug!(target: "toolgate_auth", row = %row.key.id(), "the awaited consent came");
            return Ok(Some(Waited::Connected));
        }
        let (Some(id), Some(store)) = (&awaited.sign_in, &self.0.sign_ins) else {
            return Ok(None);
        };
        let found = store.get(id).await?;
        // Until then whoever serves the sign-in may still be asking Google.
        let spent = found
            .is_some_and(|(row, now)| row.consumed_at.is_some_and(|at| at.after(SILENCE) <= now));
        Ok(spent.then_some(Waited::LinkSpent(None)))
    }

    /// The grant that a call takes: that of its account, and of a call that names none the default
    /// one, or the only one that the person has.
    async fn grant_of(
        &self,
        principal: &Principal,
        account: Option<&AccountLabel>,
    ) -> Result<Option<TokenRow>, StoreError> {
        let key = self.key(principal, account);
        let found = self.0.tokens.get(&key).await?.row;
        if account.is_some()
            || !self.has_several_accounts()
            || found.as_ref().is_some_and(is_connected)
        {
            return Ok(found);
        }
        let rows = rows_of(&*self.0.tokens, principal, self.service()).await?;
        let mut connected = rows.into_iter().filter(is_connected);
        let only = connected.next().filter(|_| connected.next().is_none());
        Ok(only.or(found))
    }

    fn has_come(&self, row: &TokenRow, awaited: &AwaitedConsent) -> bool {
        if row.status != RowStatus::Active {
            return false;
        }
        let mark = ConsentMark::of(Some(row));
        if awaited
            .before
            .as_ref()
            .is_some_and(|before| *before != mark)
        {
            return true;
        }
        let needed: ScopeSet = awaited.needed.scopes.iter().collect();
        let granted: ScopeSet = row.consented_scopes.iter().collect();
        row.client_id == self.0.grants.client_id() && needed.is_subset(&granted)
    }

    fn key(&self, principal: &Principal, account: Option<&AccountLabel>) -> TokenKey {
        let key = TokenKey::new(principal.clone(), self.service().clone());
        key.with_account_label(account.cloned())
    }
}

/// Whether this process served the sign-in, and it came to nothing.
fn spent_here(ended: &Ended, awaited: &AwaitedConsent) -> Option<Waited> {
    let id = awaited.sign_in.as_ref()?;
    let (_, refusal) = ended.iter().find(|(spent, _)| spent == id)?;
    Some(Waited::LinkSpent(refusal.clone()))
}
