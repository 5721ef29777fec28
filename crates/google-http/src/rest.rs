//! One person's calls to Google: token, deadline, one repeat after 401, retries where safe.

use std::time::{Duration, Instant};

use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use http::{HeaderMap, Request, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use toolgate_auth::{Access, Requirement, Token};

use crate::call::{Answer, Call, Method, Query};
use crate::error::{Error, ErrorKind, Outcome};
use crate::google_error::{GoogleError, Reading};
use crate::path::Path;
use crate::retry::RetryPolicy;

/// How long a call may take with all its tries, unless the caller says until when.
const DEFAULT_CALL_TIME: Duration = Duration::from_mins(2);
/// How long one try may take, beside what its body needs to leave.
const TRY_TIME: Duration = Duration::from_mins(1);
/// Which project a call is counted for.
pub(crate) const QUOTA_PROJECT: HeaderName = HeaderName::from_static("x-goog-user-project");
/// Bytes a second at which the body of a try leaves at the least: a quarter of a megabit.
const SLOWEST: u64 = 32 * 1024;

/// One person's way to Google's APIs, for the calls of one tool. Cheap to make; holds no token.
#[derive(Clone, Debug)]
pub struct Rest {
    pub(crate) access: Access,
    pub(crate) requirement: Requirement,
    pub(crate) retry: RetryPolicy,
    ends: Instant,
}

impl Rest {
    /// For calls of these methods, and no others.
    pub fn new(access: Access, requirement: Requirement) -> Self {
        let timeout = access.api_timeout().unwrap_or_default();
        let ends = Instant::now() + DEFAULT_CALL_TIME.max(timeout);
        Self {
            access,
            requirement,
            retry: RetryPolicy::default(),
            ends,
        }
    }

    /// Every call has to be over by then.
    #[must_use]
    pub fn until(self, ends: Instant) -> Self {
        Self { ends, ..self }
    }

    /// Repeats by this policy.
    #[must_use]
    pub fn with_retry(self, retry: RetryPolicy) -> Self {
        Self { retry, ..self }
    }

    /// The same person's way for calls of these methods, and no others, within the same time.
    #[must_use]
    pub fn for_methods(&self, methods: &[&'static str]) -> Self {
        Self {
            requirement: Requirement::for_methods(methods),
            ..self.clone()
        }
    }

    /// How much time is left.
    pub fn remaining(&self) -> Duration {
        self.ends.saturating_duration_since(Instant::now())
    }

    /// Asks.
    ///
    /// # Errors
    /// See [`Rest::send`].
    pub async fn get<T: DeserializeOwned>(
        &self,
        method: &Method,
        path: Path,
        query: Query,
    ) -> Result<Answer<T>, Error> {
        self.send(Call::new(method, path).with_query(query)).await
    }

    /// Calls a POST method with a JSON body; members that are null are left out.
    ///
    /// # Errors
    /// See [`Rest::send`].
    pub async fn post<T: DeserializeOwned>(
        &self,
        method: &Method,
        path: Path,
        query: Query,
        body: &(impl Serialize + Sync),
    ) -> Result<Answer<T>, Error> {
        self.send(Call::new(method, path).with_query(query).with_json(body)?)
            .await
    }

    /// Updates: sends the body as it is, nulls included, for structs of
    /// [`Patch`](crate::Patch) fields.
    ///
    /// # Errors
    /// See [`Rest::send`].
    pub async fn patch<T: DeserializeOwned>(
        &self,
        method: &Method,
        path: Path,
        query: Query,
        body: &(impl Serialize + Sync),
    ) -> Result<Answer<T>, Error> {
        self.send(Call::new(method, path).with_query(query).with_patch(body)?)
            .await
    }

    /// Calls a PUT method with a JSON body; members that are null are left out.
    ///
    /// # Errors
    /// See [`Rest::send`].
    pub async fn put<T: DeserializeOwned>(
        &self,
        method: &Method,
        path: Path,
        query: Query,
        body: &(impl Serialize + Sync),
    ) -> Result<Answer<T>, Error> {
        self.send(Call::new(method, path).with_query(query).with_json(body)?)
            .await
    }

    /// Deletes.
    ///
    /// # Errors
    /// See [`Rest::send`].
    pub async fn delete(&self, method: &Method, path: Path) -> Result<Answer<()>, Error> {
        let answer = self.send_bytes(Call::new(method, path)).await?;
        Ok(Answer {
            status: answer.status,
            headers: answer.headers,
            body: (),
        })
    }

    /// Sends a call and reads the JSON that comes back. An empty body reads as null.
    ///
    /// # Errors
    /// When the person's token cannot be had, Google refuses, nothing conclusive comes back, or the
    /// answer is not of this type. [`Error::outcome`] says whether it may have been done.
    pub async fn send<T: DeserializeOwned>(&self, call: Call) -> Result<Answer<T>, Error> {
        let answer = self.send_bytes(call).await?;
        read(answer)
    }

    /// Sends a call and returns what comes back as it is: for downloads.
    ///
    /// # Errors
    /// As [`Rest::send`].
    pub async fn send_bytes(&self, call: Call) -> Result<Answer<Vec<u8>>, Error> {
        self.send_declared(&call).await
    }

    pub(crate) async fn send_declared(&self, call: &Call) -> Result<Answer<Vec<u8>>, Error> {
        self.check_declared(call)?;
        tracing::trace!(method = call.method.id(), "call to google");
        let mut unclear = false;
        let sent = self.try_repeatedly(call, &mut unclear).await;
        sent.map_err(|mut error| {
            // A clear refusal of a repeat says nothing of the try before it.
            if unclear && call.carries_own_id {
                error.set_unclear();
            }
            error
        })
    }

    /// Tells in `unclear` whether some try may have been done that gave no answer.
    async fn try_repeatedly(
        &self,
        call: &Call,
        unclear: &mut bool,
    ) -> Result<Answer<Vec<u8>>, Error> {
        let mut tried = 0;
        let mut renewed = false;
        loop {
            let token = self.token().await?;
            let mut error = match self.attempt(call, &token).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            *unclear |= error.outcome() == Outcome::Unclear;
            if error.is_unauthorized() && !renewed {
                renewed = true;
                self.access.rejected(&token).await;
                continue;
            }
            tried += 1;
            let random = self.access.random();
            let delay = self
                .retry
                .delay(&error, call.may_be_repeated(), tried, &**random);
            let Some(delay) = delay else {
                return Err(error);
            };
            if !self.can_wait(delay) {
                error.set_retry_after(delay);
                return Err(error);
            }
            tracing::debug!(method = call.method.id(), tried, %error, "again after a while");
            self.retry.sleep(delay).await;
        }
    }

    /// Whether waiting makes sense: a transfer has much time, but not to stand still in.
    pub(crate) fn can_wait(&self, delay: Duration) -> bool {
        delay < self.remaining().min(DEFAULT_CALL_TIME)
    }

    pub(crate) fn check_declared(&self, call: &Call) -> Result<(), Error> {
        let id = call.method.id();
        if self.requirement.methods().any(|declared| declared == id) {
            return Ok(());
        }
        Err(Error::from(ErrorKind::Undeclared { id }))
    }

    pub(crate) async fn token(&self) -> Result<Token, Error> {
        let token = self.access.token(&self.requirement);
        match tokio::time::timeout(self.remaining(), token).await {
            Ok(token) => Ok(token?),
            Err(_) => Err(Error::from(ErrorKind::OutOfTime)),
        }
    }

    async fn attempt(&self, call: &Call, token: &Token) -> Result<Answer<Vec<u8>>, Error> {
        let url = call.url(self.access.endpoints())?;
        let mut request = Request::new(Vec::new());
        *request.method_mut() = call.method.verb().clone();
        *request.uri_mut() = url.as_str().parse().map_err(|_| ErrorKind::Url)?;
        *request.headers_mut() = call.headers();
        if let Some(content) = &call.body {
            request.body_mut().clone_from(&content.bytes);
        }
        let response = self.exchange(request, token).await?;
        self.judge(response, call, token)
    }

    /// Sends with the token, which goes to Google's hosts only: the address was checked.
    pub(crate) async fn exchange(
        &self,
        mut request: Request<Vec<u8>>,
        token: &Token,
    ) -> Result<Response<Vec<u8>>, Error> {
        let time = self.try_time(request.body().len());
        if time.is_zero() {
            return Err(Error::from(ErrorKind::OutOfTime));
        }
        self.sign(request.headers_mut(), token)?;
        let answer = self.access.http().send(request, time).await;
        answer.map_err(|error| Error::from(ErrorKind::Http(error)))
    }

    /// How long a try with so many bytes may take now.
    pub(crate) fn try_time(&self, bytes: usize) -> Duration {
        let least = self.access.api_timeout().unwrap_or(TRY_TIME);
        self.remaining().min(least + time_for(bytes))
    }

    /// Says whose call it is, and which project it is counted for.
    pub(crate) fn sign(&self, headers: &mut HeaderMap, token: &Token) -> Result<(), Error> {
        headers.insert(AUTHORIZATION, bearer(token)?);
        if let Some(project) = self.access.quota_project() {
            let project = HeaderValue::try_from(project).map_err(|_| ErrorKind::Url)?;
            headers.insert(QUOTA_PROJECT, project);
        }
        Ok(())
    }

    /// Success, or Google's refusal read.
    pub(crate) fn judge(
        &self,
        response: Response<Vec<u8>>,
        call: &Call,
        token: &Token,
    ) -> Result<Answer<Vec<u8>>, Error> {
        let (parts, body) = response.into_parts();
        if parts.status.is_success() {
            return Ok(Answer {
                status: parts.status,
                headers: parts.headers,
                body,
            });
        }
        let reading = Reading {
            api: call.method.api(),
            requirement: &self.requirement,
            token: token.access().expose(),
            now: self.access.clock().now(),
        };
        let error = GoogleError::read(parts.status, parts.headers, &body, reading);
        Err(Error::from(ErrorKind::Google(error)))
    }
}

/// What a try has beside its time for so many bytes: what a slow line has not carried yet is no
/// failure.
fn time_for(bytes: usize) -> Duration {
    let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
    Duration::from_secs(bytes / SLOWEST)
}

/// The header that carries the token.
fn bearer(token: &Token) -> Result<HeaderValue, Error> {
    let bearer = format!("Bearer {}", token.access().expose());
    let mut bearer = HeaderValue::try_from(bearer).map_err(|_| ErrorKind::Url)?;
    bearer.set_sensitive(true);
    Ok(bearer)
}

/// Reads JSON. What does not fit is told by its place; the content stays out of the error.
pub(crate) fn read<T: DeserializeOwned>(answer: Answer<Vec<u8>>) -> Result<Answer<T>, Error> {
    let Answer {
        status,
        headers,
        body,
    } = answer;
    let bytes: &[u8] = if body.is_empty() { b"null" } else { &body };
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize(&mut deserializer) {
        Ok(body) => Ok(Answer {
            status,
            headers,
            body,
        }),
        Err(error) => {
            let place = error.path().to_string();
            Err(Error::from(ErrorKind::Unreadable { status, place }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_try_has_the_time_that_a_slow_line_takes_for_its_body() {
        /// The largest mail that Gmail takes.
        const MAIL: usize = 36_700_160;
        let megabit = u64::try_from(MAIL * 8 / 1_000_000).unwrap();
        assert_eq!(time_for(0), Duration::ZERO);
        assert_eq!(time_for(10_000), Duration::ZERO);
        assert!(time_for(MAIL) > Duration::from_secs(megabit));
    }
}
