//! Codes, tokens and consents of the emulated project.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::client::ClientSeed;
use crate::random;

/// Google keeps so many refresh tokens of one account and client; the oldest dies.
const LIVE_REFRESH_TOKENS: usize = 100;

/// Everything that was granted.
#[derive(Debug)]
pub(crate) struct Grants {
    marker: String,
    pub(crate) clients: Vec<ClientSeed>,
    pub(super) pending: HashMap<String, Pending>,
    codes: HashMap<String, Code>,
    access: HashMap<String, Access>,
    refresh: HashMap<String, Refresh>,
    consents: BTreeMap<(String, String), Consent>,
    next: u64,
}

/// Who an access token stands for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bearer {
    pub(crate) account: String,
    pub(crate) client_id: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) expires_at_ms: i64,
}

/// An authorization request that waits for the person's decision.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    pub(super) scopes: Vec<String>,
    pub(super) state: Option<String>,
    pub(super) challenge: String,
    pub(super) nonce: Option<String>,
    pub(super) offline: bool,
    pub(super) force_consent: bool,
    pub(super) include_granted: bool,
    pub(super) accounts: Vec<String>,
}

/// An authorization code.
#[derive(Debug, Clone)]
pub(super) struct Code {
    pub(super) grant: Grant,
    pub(super) redirect_uri: String,
    pub(super) challenge: String,
    pub(super) nonce: Option<String>,
    pub(super) expires_at_ms: i64,
    pub(super) gives_refresh: bool,
    pub(super) used: bool,
}

/// What one consent gave.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) account: String,
    pub(super) client_id: String,
    pub(super) scopes: Vec<String>,
    /// Tokens that stem from one code share it.
    pub(super) family: u64,
}

#[derive(Debug)]
struct Access {
    grant: Grant,
    expires_at_ms: i64,
}

/// A refresh token.
#[derive(Debug, Clone)]
pub(super) struct Refresh {
    pub(super) grant: Grant,
    pub(super) expires_at_ms: Option<i64>,
    age: u64,
}

#[derive(Debug, Default)]
struct Consent {
    scopes: BTreeSet<String>,
    gave_refresh: bool,
}

impl Grants {
    pub(crate) fn new(marker: String, clients: Vec<ClientSeed>) -> Self {
        Self {
            marker,
            clients,
            pending: HashMap::new(),
            codes: HashMap::new(),
            access: HashMap::new(),
            refresh: HashMap::new(),
            consents: BTreeMap::new(),
            next: 0,
        }
    }

    pub(super) fn client(&self, client_id: &str) -> Option<&ClientSeed> {
        self.clients
            .iter()
            .find(|client| client.client_id == client_id)
    }

    pub(crate) fn bearer(&self, token: &str) -> Option<Bearer> {
        let access = self.access.get(token)?;
        Some(Bearer {
            account: access.grant.account.clone(),
            client_id: access.grant.client_id.clone(),
            scopes: access.grant.scopes.clone(),
            expires_at_ms: access.expires_at_ms,
        })
    }

    /// Whose code, refresh token or access token this is.
    pub(crate) fn account_of(&self, secret: &str) -> Option<String> {
        let grant = (self.codes.get(secret).map(|code| &code.grant))
            .or_else(|| self.refresh.get(secret).map(|refresh| &refresh.grant))
            .or_else(|| self.access.get(secret).map(|access| &access.grant))?;
        Some(grant.account.clone())
    }

    /// Records a consent and returns the scopes that it comes to, with earlier ones if asked.
    pub(super) fn consent(
        &mut self,
        account: &str,
        client_id: &str,
        scopes: &[String],
        include_granted: bool,
    ) -> Vec<String> {
        let mut all = scopes.to_vec();
        if include_granted {
            let earlier = self
                .consents
                .iter()
                .filter(|((owner, _), _)| owner == account);
            for scope in earlier.flat_map(|(_, consent)| &consent.scopes) {
                if !all.contains(scope) {
                    all.push(scope.clone());
                }
            }
        }
        let key = (account.to_owned(), client_id.to_owned());
        self.consents
            .entry(key)
            .or_default()
            .scopes
            .extend(all.iter().cloned());
        all
    }

    /// Whether the account already gave this client all of these scopes.
    pub(super) fn has_consent(&self, account: &str, client_id: &str, scopes: &[String]) -> bool {
        let key = (account.to_owned(), client_id.to_owned());
        self.consents
            .get(&key)
            .is_some_and(|consent| scopes.iter().all(|scope| consent.scopes.contains(scope)))
    }

    /// Whether a refresh token is due; Google gives one at the first offline consent only.
    pub(super) fn takes_first_refresh(&mut self, account: &str, client_id: &str) -> bool {
        let key = (account.to_owned(), client_id.to_owned());
        !std::mem::replace(
            &mut self.consents.entry(key).or_default().gave_refresh,
            true,
        )
    }

    pub(super) fn new_grant(&mut self, account: &str, client_id: &str, scopes: &[String]) -> Grant {
        self.next += 1;
        Grant {
            account: account.to_owned(),
            client_id: client_id.to_owned(),
            scopes: scopes.to_vec(),
            family: self.next,
        }
    }

    pub(super) fn add_code(&mut self, code: Code) -> String {
        let secret = format!("4/{}-{}", self.marker, random::text());
        self.codes.insert(secret.clone(), code);
        secret
    }

    pub(super) fn code(&mut self, secret: &str) -> Option<&mut Code> {
        self.codes.get_mut(secret)
    }

    pub(super) fn add_access(&mut self, grant: Grant, expires_at_ms: i64) -> String {
        let token = format!("ya29.{}-{}", self.marker, random::text());
        self.access.insert(
            token.clone(),
            Access {
                grant,
                expires_at_ms,
            },
        );
        token
    }

    pub(super) fn add_refresh(&mut self, grant: Grant, expires_at_ms: Option<i64>) -> String {
        let mut siblings: Vec<(u64, String)> = self
            .refresh
            .iter()
            .filter(|(_, known)| {
                known.grant.account == grant.account && known.grant.client_id == grant.client_id
            })
            .map(|(token, known)| (known.age, token.clone()))
            .collect();
        if siblings.len() >= LIVE_REFRESH_TOKENS {
            siblings.sort_unstable();
            self.refresh.remove(&siblings[0].1);
        }
        self.next += 1;
        let token = format!("1//{}-{}", self.marker, random::text());
        self.refresh.insert(
            token.clone(),
            Refresh {
                grant,
                expires_at_ms,
                age: self.next,
            },
        );
        token
    }

    pub(super) fn refresh(&self, token: &str) -> Option<&Refresh> {
        self.refresh.get(token)
    }

    pub(super) fn drop_refresh(&mut self, token: &str) {
        self.refresh.remove(token);
    }

    /// Kills what stems from a code that was used twice.
    pub(super) fn drop_family(&mut self, family: u64) {
        self.access
            .retain(|_, access| access.grant.family != family);
        self.refresh
            .retain(|_, refresh| refresh.grant.family != family);
    }

    /// Makes an account's access tokens expire; returns how many there were.
    pub(crate) fn expire_access(&mut self, account: &str, now_ms: i64) -> usize {
        let mut count = 0;
        for access in self.access.values_mut() {
            if access.grant.account.eq_ignore_ascii_case(account) && access.expires_at_ms > now_ms {
                access.expires_at_ms = now_ms;
                count += 1;
            }
        }
        count
    }

    /// Takes everything back that an account granted to the project, as Google's revocation does.
    pub(crate) fn revoke(&mut self, account: &str) {
        let of_account = |grant: &Grant| grant.account.eq_ignore_ascii_case(account);
        self.access.retain(|_, access| !of_account(&access.grant));
        self.refresh
            .retain(|_, refresh| !of_account(&refresh.grant));
        self.codes.retain(|_, code| !of_account(&code.grant));
        self.consents
            .retain(|(owner, _), _| !owner.eq_ignore_ascii_case(account));
    }

    pub(crate) fn live_refresh_tokens(&self, account: &str) -> usize {
        self.refresh
            .values()
            .filter(|refresh| refresh.grant.account.eq_ignore_ascii_case(account))
            .count()
    }
}
