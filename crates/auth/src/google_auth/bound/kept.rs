//! One person's stored grant for code that has an OAuth client library of its own: read and written
//! by the rules of the guard, and opened for nobody else.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use tracing::{debug, warn};

use super::BoundGoogleAuth;
use crate::audit::{Actor, Event};
use crate::clock::{Timestamp, random_256};
use crate::error::{Error, ErrorKind};
use crate::grant::{UserInfo, rt_hash};
use crate::guard::Wanted;
use crate::identity::{Principal, TokenKey};
use crate::scope::{Requirement, ScopeSet};
use crate::seal::Secrets;
use crate::secret::{AccessToken, RefreshToken};
use crate::store::{
    Consent, Incarnation, Marker, RefreshedGrant, RowStatus, TokenRow, UpsertOutcome,
};
use crate::vault::Place;

/// How often a race with another write is run again.
const ATTEMPTS: usize = 5;
/// No lease has this number, so that a write by this door frees nobody's.
const NO_LEASE: i64 = -1;

/// Where the row stands that was written, and what happened to it; none where another write was faster.
type Written = Option<(Marker, &'static str)>;

/// The tokens of a grant.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "whoever writes says all of it")]
pub struct GrantTokens {
    /// The access token. There is no grant without one.
    pub access: AccessToken,
    /// The refresh token; none keeps the one that is stored.
    pub refresh: Option<RefreshToken>,
    /// When the access token expires, by this process's clock.
    pub expires_at: Timestamp,
}

/// One person's grant, for an adapter to another OAuth client library. Everything else asks for an
/// [`Access`](crate::Access), which hands out no refresh token.
///
/// ```
/// use std::time::Duration;
/// use toolgate_auth::{
///     AccessToken, Clock, GoogleAuth, GrantTokens, KeptGrant, MemoryDatabase, OAuthClient,
///     Principal, RefreshToken, Service, SystemClock,
/// };
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let google = GoogleAuth::builder(OAuthClient::new("id.apps.googleusercontent.com")).build()?;
/// let bound = google.bind(&MemoryDatabase::new(), Service::google(), Vec::new()).await?;
/// let grant = bound.kept_grant(&Principal::for_user("alice")?)?;
/// let scope = "https://www.googleapis.com/auth/gmail.readonly";
/// assert!(grant.read(&[scope]).await?.is_none());
///
/// // What another library's refresh gave.
/// async fn refreshed(grant: &KeptGrant, scope: &str) -> Result<(), toolgate_auth::Error> {
///     let tokens = GrantTokens {
///         access: AccessToken::parse("ya29.a0Af")?,
///         refresh: Some(RefreshToken::parse("1//0e")?),
///         expires_at: SystemClock.now().after(Duration::from_secs(3600)),
///     };
///     grant.write(&[scope], &tokens).await
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct KeptGrant {
    bound: BoundGoogleAuth,
    key: TokenKey,
    /// Where the row stood when it was read last: what is written follows from that.
    seen: Mutex<Option<Marker>>,
}

impl BoundGoogleAuth {
    /// One person's grant of their default account, for an adapter to another OAuth client library.
    ///
    /// # Errors
    /// When the store is a token file and the person is not the anonymous user.
    pub fn kept_grant(&self, principal: &Principal) -> Result<KeptGrant, Error> {
        self.0.check_person(principal, None)?;
        Ok(KeptGrant {
            key: TokenKey::new(principal.clone(), self.0.service.clone()),
            bound: self.clone(),
            seen: Mutex::new(None),
        })
    }
}

impl KeptGrant {
    /// The tokens, refreshed if they are due, where the grant works and its consent covers these
    /// scopes, word for word. `None`: it is missing, refused, disconnected or does not cover them.
    ///
    /// # Errors
    /// When the database cannot be asked, the row does not open, an administrator blocks the access,
    /// or the token has expired and Google cannot be asked. None of these means that consent is
    /// missing.
    pub async fn read(&self, scopes: &[&str]) -> Result<Option<GrantTokens>, Error> {
        let parts = &self.bound.0;
        let nothing = Requirement::none();
        let wanted = Wanted {
            key: &self.key,
            toolkit: self.key.service().as_str(),
            requirement: &nothing,
        };
        // By the guard, so that a grant that is shared with others is refreshed once.
        let usable = match parts.guard.stored_token(wanted).await {
            Ok(_) => true,
            Err(error) if error.is_reauthorization_required() => false,
            Err(error) => return Err(error),
        };
        let fetched = parts.tokens.get(&self.key).await?;
        let Some(row) = fetched.row else {
            self.saw(None);
            return Ok(None);
        };
        self.saw(Some(row.marker()));
        let consented: ScopeSet = row.consented_scopes.iter().collect();
        let covered = scopes.iter().collect::<ScopeSet>().is_subset(&consented);
        debug!(target: "toolgate_auth", row = %self.key.id(), usable, covered, "a kept grant is read");
        if !usable || !covered || !self.works(&row) {
            return Ok(None);
        }
        let left = row.expires_at.since(fetched.now);
        let secrets = parts.vault.open(&row)?;
        Ok(secrets.map(|secrets| GrantTokens {
            access: secrets.access,
            refresh: secrets.refresh,
            expires_at: self.now().after(left),
        }))
    }

    /// Writes what another library's refresh or sign-in gave.
    ///
    /// Where a grant stands it is a refresh of that: the scopes that its consent gave stay, and so
    /// does its refresh token where none is given. What follows from a grant that was replaced
    /// meanwhile is refused, and so is what follows from one that was disconnected. Where none
    /// stands it is a consent to the scopes that were asked for. A refresh token that is not the one
    /// that is stored has to be of the same Google account, which Google's userinfo says: the sign-in
    /// of another library may have been anybody's.
    ///
    /// # Errors
    /// When another write was faster, the grant is disconnected, blocked or of another OAuth client,
    /// whose the tokens are cannot be seen or is somebody else, or the database cannot be asked.
    pub async fn write(&self, scopes: &[&str], tokens: &GrantTokens) -> Result<(), Error> {
        for _ in 0..ATTEMPTS {
            let row = self.bound.0.tokens.get(&self.key).await?.row;
            let written = match row {
                Some(row) => self.refresh(&row, tokens).await?,
                None => self.consent(scopes, tokens).await?,
            };
            if let Some((marker, event)) = written {
                self.bound.0.guard.forget(&self.key).await;
                let event = Event::of_grant(&self.key, &marker, event);
                self.bound.0.audit.note(event.by(Actor::Application));
                return Ok(());
            }
        }
        Err(overtaken())
    }

    async fn refresh(&self, row: &TokenRow, tokens: &GrantTokens) -> Result<Written, Error> {
        let parts = &self.bound.0;
        if !self.takes_writes(row) {
            return Err(closed());
        }
        let standing = parts.vault.open(row)?.and_then(|secrets| secrets.refresh);
        let (seen, now) = (self.seen(), row.marker());
        let rotated = match (&tokens.refresh, &standing) {
            (Some(given), Some(standing)) => rt_hash(given) != rt_hash(standing),
            (given, _) => given.is_some(),
        };
        let follows = if rotated {
            // From this row only if nothing was written since it was read.
            seen.as_ref() == Some(&now)
        } else {
            let same =
                |seen: &Marker| (&seen.incarnation, seen.epoch) == (&now.incarnation, now.epoch);
            tokens.refresh.is_some() || seen.as_ref().is_some_and(same)
        };
        if !follows {
            return Err(overtaken());
        }
        if rotated
            && self.account_of(tokens).await?.id != *row.account_id.as_ref().ok_or_else(stranger)?
        {
            return Err(stranger());
        }
        let refresh = tokens.refresh.clone().or(standing);
        let renamed = parts.vault.keys.is_renamed(row.rt_prefix_mac.as_deref());
        let new = refresh.as_ref().filter(|_| rotated || renamed);
        let secrets = Secrets {
            access: tokens.access.clone(),
            refresh: refresh.clone(),
        };
        let place = Place {
            key: &self.key,
            client_id: &row.client_id,
            incarnation: &row.incarnation,
            epoch: row.grant_epoch,
        };
        let left = self.left(tokens);
        let refreshed = RefreshedGrant {
            sealed: parts.vault.seal(&place, &secrets)?,
            token_scopes: None,
            expires_in: left,
            lifetime: left,
            refresh_expires_in: None,
            rt_lookup: new.map(|it| (rt_hash(it), parts.vault.keys.rt_prefix_mac(it))),
            account: None,
        };
        let store = &parts.tokens;
        let commit = store.commit_refresh(&self.key, &now, NO_LEASE, &refreshed);
        Ok(commit.await?.map(|marker| (marker, "refreshed")))
    }

    async fn consent(&self, scopes: &[&str], tokens: &GrantTokens) -> Result<Written, Error> {
        let parts = &self.bound.0;
        // A row that was read and is gone was deleted with all that follows from it.
        if self.seen().is_some() {
            return Err(closed());
        }
        let account = self.account_of(tokens).await?;
        let client = parts.grants.client();
        let incarnation =
            Incarnation::new(URL_SAFE_NO_PAD.encode(random_256(&*self.bound.definition().random)));
        let secrets = Secrets {
            access: tokens.access.clone(),
            refresh: tokens.refresh.clone(),
        };
        let place = Place {
            key: &self.key,
            client_id: client.id(),
            incarnation: &incarnation,
            epoch: 1,
        };
        let (sealed, left) = (parts.vault.seal(&place, &secrets)?, self.left(tokens));
        let refresh = tokens.refresh.as_ref();
        let consent = Consent {
            incarnation,
            account_id: Some(account.id),
            account_email: account.email,
            client_id: client.id().to_owned(),
            sealed,
            consented_scopes: scopes.iter().map(|it| (*it).to_owned()).collect(),
            token_scopes: Vec::new(),
            expires_in: left,
            lifetime: left,
            refresh_expires_in: None,
            project: client.project().map(str::to_owned),
            rt_hash: refresh.map(rt_hash),
            rt_prefix_mac: refresh.map(|it| parts.vault.keys.rt_prefix_mac(it)),
        };
        let outcome = parts.tokens.upsert(&self.key, &consent, None).await?;
        Ok(match outcome {
            UpsertOutcome::Written(marker) => Some((marker, "connected")),
            UpsertOutcome::Lost => None,
        })
    }

    /// Whose tokens these are, by Google's own word.
    async fn account_of(&self, tokens: &GrantTokens) -> Result<UserInfo, Error> {
        let asked = self.bound.0.grants.userinfo(&tokens.access).await;
        asked.map_err(|error| {
            warn!(target: "toolgate_auth", row = %self.key.id(), %error, "whose tokens these are is not known");
            stranger()
        })
    }

    /// Whether the row's tokens may be used.
    fn works(&self, row: &TokenRow) -> bool {
        row.status == RowStatus::Active && self.is_of_this_client(row)
    }

    /// A refused grant works again where another library's sign-in has replaced its refresh token.
    fn takes_writes(&self, row: &TokenRow) -> bool {
        let open = matches!(row.status, RowStatus::Active | RowStatus::NeedsConsent);
        open && self.is_of_this_client(row)
    }

    fn is_of_this_client(&self, row: &TokenRow) -> bool {
        row.client_id == self.bound.0.grants.client_id()
    }

    /// This process's clock, by which [`GrantTokens::expires_at`] is.
    pub fn now(&self) -> Timestamp {
        self.bound.definition().clock.now()
    }

    fn left(&self, tokens: &GrantTokens) -> Duration {
        tokens.expires_at.since(self.now())
    }

    fn saw(&self, marker: Option<Marker>) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = marker;
    }

    fn seen(&self) -> Option<Marker> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.clone()
    }
}

fn overtaken() -> Error {
    ErrorKind::Conflict(
        "the stored consent was replaced while these tokens were obtained from the one before; \
         they are not stored: read the consent again",
    )
    .into()
}

fn stranger() -> Error {
    ErrorKind::Conflict(
        "these tokens are not known to be of the account that is connected; they are not stored: let \
         the person sign in through Toolgate",
    )
    .into()
}

fn closed() -> Error {
    ErrorKind::Conflict(
        "the stored consent was disconnected, blocked, or is of another OAuth client; tokens of \
         another library do not bring it back: let the person sign in again",
    )
    .into()
}
