//! Waiting for a person to sign in, in whichever process they do.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use tracing::{debug, warn};

use super::BoundGoogleAuth;
use crate::error::Error;
use crate::failure::ConsentNeeded;
use crate::identity::{AccountLabel, Principal, TokenKey};
use crate::scope::ScopeSet;
use crate::store::{Incarnation, RowStatus, TokenRow};

/// How often the database is asked: soon at first, and then ever more seldom.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// As good as no limit.
const FAR: Duration = Duration::from_hours(24 * 365 * 10);

/// A consent that somebody waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwaitedConsent {
    /// Which of the person's accounts; none is the default one.
    pub account: Option<AccountLabel>,
    /// What it has to give.
    pub needed: ConsentNeeded,
    /// What stood when it was found to be missing; none where that is not known.
    pub before: Option<ConsentMark>,
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

/// Tells those who wait in this process of sign-ins that went well.
#[derive(Debug, Clone)]
pub(crate) struct Arrivals(Arc<watch::Sender<u64>>);

impl Default for Arrivals {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl Arrivals {
    /// Somebody has signed in.
    pub(crate) fn tell(&self) {
        self.0.send_modify(|count| *count += 1);
    }
}

impl BoundGoogleAuth {
    /// Notes what consent a person lacks, for [`connected`](Self::connected): call it when the lack
    /// was found.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn awaited(
        &self,
        principal: &Principal,
        account: Option<&AccountLabel>,
        needed: &ConsentNeeded,
    ) -> Result<AwaitedConsent, Error> {
        let fetched = self.0.tokens.get(&self.key(principal, account)).await?;
        Ok(AwaitedConsent {
            account: account.cloned(),
            needed: needed.clone(),
            before: Some(ConsentMark::of(fetched.row.as_ref())),
        })
    }

    /// Waits until the person has consented, in whichever process: a sign-in that this one served is
    /// heard of at once, any other within two seconds. Says whether they have; no, when the limit is
    /// over. Nothing is held in the database meanwhile.
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
    ) -> Result<bool, Error> {
        let key = self.key(principal, awaited.account.as_ref());
        let end = Instant::now();
        let end = end.checked_add(limit).unwrap_or(end + FAR);
        let mut arrivals = self.0.arrivals.0.subscribe();
        let mut pause = FIRST_PAUSE;
        loop {
            // From here on: what arrives while the database is asked is looked at again.
            arrivals.borrow_and_update();
            match self.0.tokens.get(&key).await {
                Ok(fetched) => {
                    if fetched.row.is_some_and(|row| self.has_come(&row, awaited)) {
                        debug!(target: "toolgate_auth", row = %key.id(), "the awaited consent came");
                        return Ok(true);
                    }
                }
                Err(error) if error.is_transient() => {
                    warn!(target: "toolgate_auth", %error, "waiting for a consent");
                }
                Err(error) => return Err(error.into()),
            }
            if Instant::now() >= end {
                return Ok(false);
            }
            let next = end.min(Instant::now() + pause);
            // Whether somebody arrived or the pause is over, the database knows.
            let _ = timeout_at(next, arrivals.changed()).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
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
