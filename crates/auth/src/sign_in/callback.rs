//! Google's answer: checked, used once, exchanged, and only then stored.

use std::sync::Arc;

use http::HeaderMap;
use tracing::warn;
use url::form_urlencoded;

use super::grant_row::{Given, Written};
use super::page::check_open;
use super::{Connected, IDENTITY_SCOPES, Inner, Refusal, SignIn, cookie, refused, state};
use crate::audit::{Actor, Event};
use crate::error::{Error, ErrorKind};
use crate::grant::{GrantError, TokenAnswer};
use crate::id_token::{self, Claims};
use crate::scope::ScopeSet;
use crate::secret::AuthorizationCode;
use crate::store::SignInRow;

/// What came of a callback, and the cookie that is not needed any more.
#[derive(Debug)]
pub struct CallbackOutcome {
    /// The connection, or why there is none.
    pub result: Result<Connected, Error>,
    /// A `Set-Cookie` value that removes the flow's cookie; none where the flow goes on.
    pub clear_cookie: Option<String>,
}

/// A sign-in that went well: what was connected, and the row.
type Finished = (Connected, Written);

/// The parameters of Google's redirect.
#[derive(Default)]
pub(super) struct Answer {
    pub(super) state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
    issuer: Option<String>,
}

impl SignIn {
    /// Takes Google's redirect. `query` is the raw query string.
    ///
    /// Nothing is stored unless every check holds, and the result is `Ok` only after the grant is.
    /// It goes on as a task of its own when whoever asked is dropped: a browser that reloads in the
    /// middle must not leave a spent code and no connection.
    pub async fn callback(&self, query: &str, headers: &HeaderMap) -> CallbackOutcome {
        let (inner, query, headers) = (Arc::clone(&self.0), query.to_owned(), headers.clone());
        let task = tokio::spawn(async move { inner.take(&query, &headers).await });
        task.await.unwrap_or_else(|_| CallbackOutcome {
            result: Err(ErrorKind::Internal("a sign-in stopped unexpectedly").into()),
            clear_cookie: None,
        })
    }
}

impl Inner {
    async fn take(self: &Arc<Self>, query: &str, headers: &HeaderMap) -> CallbackOutcome {
        match self.claim(query, headers).await {
            Err(error) => {
                warn!(target: "toolgate_auth", reason = reason(&error), "sign-in callback refused");
                CallbackOutcome {
                    result: Err(error),
                    clear_cookie: None,
                }
            }
            Ok((row, answer)) => {
                let name = cookie::name(&self.options.public_url, &row.request.id_hash);
                let result = self.finish(&row, answer).await;
                self.record(&row, &result).await;
                match &result {
                    Ok(_) => self.arrivals.tell(),
                    Err(error) if error.is_saved_or_not() => self.arrivals.tell(),
                    Err(error) => {
                        let id = &row.request.id_hash;
                        self.arrivals.tell_spent(id, error.refusal());
                    }
                }
                let result = result.map(|(connected, _)| connected);
                let clear_cookie = Some(cookie::clear(&self.options.public_url, &name));
                CallbackOutcome {
                    result,
                    clear_cookie,
                }
            }
        }
    }

    /// Everything that can be checked without Google; at its end the sign-in is used up.
    async fn claim(&self, query: &str, headers: &HeaderMap) -> Result<(SignInRow, Answer), Error> {
        let Some(answer) = Answer::parse(query) else {
            return Err(self.refused_unread(Refusal::Malformed).await);
        };
        let state = answer.state.as_deref().unwrap_or_default();
        let verified = self.signed_state(state).await?;
        match self.claim_verified(&verified, &answer, headers).await {
            Ok(row) => Ok((row, answer)),
            Err(error) => {
                self.record_refusal_of(&verified, &error).await;
                Err(error)
            }
        }
    }

    async fn claim_verified(
        &self,
        verified: &state::State,
        answer: &Answer,
        headers: &HeaderMap,
    ) -> Result<SignInRow, Error> {
        verified.check_age(self.clock.now()).map_err(refused)?;
        let name = cookie::name(&self.options.public_url, &verified.id_hash);
        let secret =
            cookie::read(headers, &name).ok_or_else(|| refused(Refusal::NotThisBrowser))?;
        self.check_issuer(answer)?;
        let found = self.store.get(&verified.id_hash).await?;
        let (row, _) = found.ok_or_else(|| refused(Refusal::Expired))?;
        self.check_user(&row, headers).await?;
        // Where replicas of two versions stand behind one address, another one may know it: nothing is
        // used up by one that does not.
        if self.check_ours(&row).is_ok() {
            self.check_services(&row.request.services)?;
        }
        let binding = cookie::binding(&secret);
        match self.store.consume(&verified.id_hash, &binding).await? {
            Some(row) => Ok(row),
            None => Err(self.why_not(verified).await),
        }
    }

    /// RFC 9207: an answer that names another issuer is not ours to use.
    fn check_issuer(&self, answer: &Answer) -> Result<(), Error> {
        let issuers = self.grants.endpoints().issuers();
        match &answer.issuer {
            Some(issuer) if !issuers.iter().any(|known| known == issuer) => {
                Err(refused(Refusal::Issuer))
            }
            _ => Ok(()),
        }
    }

    async fn why_not(&self, verified: &state::State) -> Error {
        let (row, now) = match self.store.get(&verified.id_hash).await {
            Ok(Some(found)) => found,
            Ok(None) => return refused(Refusal::Expired),
            Err(error) => return error.into(),
        };
        check_open(&row, now)
            .err()
            .unwrap_or_else(|| refused(Refusal::NotThisBrowser))
    }

    async fn finish(self: &Arc<Self>, row: &SignInRow, answer: Answer) -> Result<Finished, Error> {
        self.check_ours(row)?;
        if let Some(error) = answer.error {
            let description = answer.error_description;
            return Err(refused(Refusal::Google { error, description }));
        }
        let code = answer.code.ok_or_else(|| refused(Refusal::Malformed))?;
        let code = AuthorizationCode::parse(code).map_err(|_| refused(Refusal::Malformed))?;
        let secrets = self.open(row)?;
        let answer = self
            .grants
            .exchange(&code, &secrets.verifier, &row.request.redirect_uri)
            .await
            .map_err(exchange_error)?;
        let claims = self.check_identity(row, &answer, &secrets.nonce)?;
        let asked: ScopeSet = row.request.scopes.iter().collect();
        let granted = answer.scopes.clone().unwrap_or_else(|| asked.clone());
        let identity: ScopeSet = IDENTITY_SCOPES.into_iter().collect();
        if granted.is_subset(&identity) && !asked.is_subset(&identity) {
            return Err(refused(Refusal::NothingGranted));
        }
        let connected = Connected {
            principal: row.request.principal.clone(),
            account: row.request.account_label.clone(),
            email: claims.email.clone(),
            services: row.request.services.clone(),
            declined: asked
                .iter()
                .filter(|scope| !granted.contains(scope))
                .collect(),
            granted,
            return_path: row.request.return_path.clone(),
        };
        let given = Given {
            answer: &answer,
            claims: &claims,
            connected: &connected,
        };
        let written = self.store_grant(row, given).await?;
        Ok((connected, written))
    }

    fn check_identity(
        &self,
        row: &SignInRow,
        answer: &TokenAnswer,
        nonce: &crate::secret::Nonce,
    ) -> Result<Claims, Error> {
        let missing = || refused(Refusal::IdToken("google sent none"));
        let token = answer.id_token.as_ref().ok_or_else(missing)?;
        let expected = id_token::Expected {
            issuers: self.grants.endpoints().issuers(),
            client_id: &row.request.client_id,
            nonce: Some(nonce),
            access_token: &answer.access,
            now: self.clock.now(),
        };
        let claims = id_token::check(token, &expected)?;
        if let Some(expected) = &row.request.expected_email {
            let same = claims
                .email
                .as_ref()
                .is_some_and(|it| it.eq_ignore_ascii_case(expected));
            if !same || !claims.email_verified {
                return Err(refused(Refusal::Email {
                    expected: expected.clone(),
                }));
            }
        }
        if let Some(expected) = &row.request.expected_domain
            && (claims.hosted_domain.as_ref() != Some(expected) || !claims.email_verified)
        {
            return Err(refused(Refusal::Domain {
                expected: expected.clone(),
            }));
        }
        Ok(claims)
    }

    async fn record(&self, row: &SignInRow, result: &Result<Finished, Error>) {
        match result {
            Ok((connected, written)) => self.record_grant(connected, written).await,
            Err(error) => {
                let (principal, reason) = (&row.request.principal, reason(error));
                warn!(target: "toolgate_auth", %principal, reason, "sign-in failed");
                self.record_refusal(row, error).await;
            }
        }
    }

    pub(super) async fn record_grant(&self, connected: &Connected, written: &Written) {
        let event = |name| {
            let event = Event::of_grant(&written.key, &written.marker, name);
            event.by(Actor::Browser)
        };
        let (granted, before) = (&connected.granted, &written.before);
        if let Some(before) = before.as_ref().filter(|before| *before != granted) {
            let changed = event("scopes_changed").with("added", without(granted, before));
            self.audit
                .note(changed.with("removed", without(before, granted)));
        }
        let mut done = event("connected")
            .with("services", connected.services.clone())
            .with("granted", granted.to_vec())
            .with("declined", connected.declined.to_vec());
        if written.over_unknown {
            done = done.with("account_unknown_before", true);
        }
        self.audit.record(done).await;
    }
}

/// What the one holds and the other does not.
fn without(scopes: &ScopeSet, others: &ScopeSet) -> Vec<String> {
    let rest: ScopeSet = scopes.iter().filter(|it| !others.contains(it)).collect();
    rest.to_vec()
}

impl Answer {
    /// None where a parameter comes twice, or the query is longer than any of Google's.
    pub(super) fn parse(query: &str) -> Option<Self> {
        if query.len() > 8192 {
            return None;
        }
        let mut answer = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let slot = match &*name {
                "state" => &mut answer.state,
                "code" => &mut answer.code,
                "error" => &mut answer.error,
                "error_description" => &mut answer.error_description,
                "iss" => &mut answer.issuer,
                _ => continue,
            };
            if slot.replace(value.into_owned()).is_some() {
                return None;
            }
        }
        Some(answer)
    }
}

/// A code is good for one exchange: what Google refuses has failed for good, and what got lost may
/// have been used, so the person starts again.
fn exchange_error(error: GrantError) -> Error {
    if error.failure().is_final() && !error.failure().is_client() {
        return refused(Refusal::CodeRefused);
    }
    error.into()
}

pub(super) fn reason(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::SignIn(refusal) => refusal.code(),
        ErrorKind::Store(_) => "store",
        ErrorKind::SavedOrNot(_) => "saved_or_not",
        ErrorKind::SessionsUnavailable => "sessions",
        ErrorKind::KeyUnavailable(_) => "key_unavailable",
        ErrorKind::Transient { .. } => "transient",
        ErrorKind::ClientRefused { .. } => "client_refused",
        _ => "internal",
    }
}
