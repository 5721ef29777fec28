//! Many calls in one request, by Google's batch endpoints.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::FutureExt as _;
use futures_util::stream::{self, StreamExt as _};
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Request, Response};
use serde::de::DeserializeOwned;
use toolgate_auth::{Token, random_256};
use toolgate_http::Api;

use crate::call::{Answer, Call};
use crate::error::{Error, ErrorKind};
use crate::multipart;
use crate::rest::{Rest, read};

/// How many calls one batch carries.
pub const BATCH_SIZE: usize = 25;
/// How many batches are under way at once.
pub const BATCHES_AT_ONCE: usize = 2;

type Outcome = Result<Answer<Vec<u8>>, Error>;

impl Rest {
    /// Sends calls in batches of [`BATCH_SIZE`], [`BATCHES_AT_ONCE`] at a time, and returns their
    /// results in the calls' order. One that fails spoils no other; those that may be repeated are,
    /// and only those.
    ///
    /// # Errors
    /// When a call was not declared, or they are of several APIs. What happens to each call stands
    /// in its own result.
    pub async fn batch<T: DeserializeOwned>(
        &self,
        calls: Vec<Call>,
    ) -> Result<Vec<Result<Answer<T>, Error>>, Error> {
        let Some(api) = calls.first().map(|call| call.method.api()) else {
            return Ok(Vec::new());
        };
        for call in &calls {
            self.check_declared(call)?;
            if call.method.api() != api {
                return Err(Error::from(ErrorKind::MixedBatch));
            }
        }
        tracing::trace!(calls = calls.len(), "batch to google");
        let outcomes = self.rounds(api, &calls).await;
        Ok(outcomes
            .into_iter()
            .map(|outcome| outcome.and_then(read))
            .collect())
    }

    /// Sends all, then those again that failed and may be repeated, until none is left, tries are
    /// used up, or the time is.
    async fn rounds(&self, api: Api, calls: &[Call]) -> Vec<Outcome> {
        let mut done: BTreeMap<usize, Outcome> = BTreeMap::new();
        let mut open: Vec<usize> = (0..calls.len()).collect();
        let mut tried = 0;
        let mut renewed = false;
        while !open.is_empty() {
            let round = self.round(api, calls, &open).await;
            let refused = round.outcomes.values().any(is_unauthorized);
            tried += 1;
            let mut again = Vec::new();
            let mut wait = Duration::ZERO;
            for (index, outcome) in round.outcomes {
                let delay = match &outcome {
                    Ok(_) => None,
                    Err(error) if error.is_unauthorized() => (!renewed).then_some(Duration::ZERO),
                    Err(error) => self.delay(error, &calls[index], tried),
                };
                if let Some(delay) = delay {
                    again.push(index);
                    wait = wait.max(delay);
                }
                done.insert(index, outcome);
            }
            if refused && let Some(token) = round.token.filter(|_| !renewed) {
                renewed = true;
                self.access.rejected(&token).await;
            }
            if !again.is_empty() && wait >= self.remaining() {
                tell_wait(&mut done, &again, wait);
                break;
            }
            if !wait.is_zero() {
                self.retry.sleep(wait).await;
            }
            open = again;
        }
        done.into_values().collect()
    }

    fn delay(&self, error: &Error, call: &Call, tried: u32) -> Option<Duration> {
        let random = self.access.random();
        self.retry
            .delay(error, call.may_be_repeated(), tried, &**random)
    }

    /// One round: a token, and batches of the open calls with it.
    async fn round(&self, api: Api, calls: &[Call], open: &[usize]) -> Round {
        let token = match self.token().await {
            Ok(token) => token,
            Err(error) => return Round::failed(open, &error),
        };
        // Collected, so that no closure over borrowed chunks is held while they are sent.
        let batches: Vec<_> = open
            .chunks(BATCH_SIZE)
            .map(|chunk| self.one(api, calls, chunk, &token).boxed())
            .collect();
        let outcomes: Vec<Vec<(usize, Outcome)>> = stream::iter(batches)
            .buffer_unordered(BATCHES_AT_ONCE)
            .collect()
            .await;
        Round {
            outcomes: outcomes.into_iter().flatten().collect(),
            token: Some(token),
        }
    }

    /// One batch. When it fails as a whole, each of its calls failed so.
    async fn one(
        &self,
        api: Api,
        calls: &[Call],
        chunk: &[usize],
        token: &Token,
    ) -> Vec<(usize, Outcome)> {
        let mut parts = Vec::new();
        let mut outcomes = Vec::new();
        for &index in chunk {
            match self.part(&calls[index]) {
                Ok(message) => parts.push((index, message)),
                Err(error) => outcomes.push((index, Err(error))),
            }
        }
        let sent: Vec<usize> = parts.iter().map(|(index, _)| *index).collect();
        if sent.is_empty() {
            return outcomes;
        }
        let answers = self.exchange_batch(api, &parts, token).await;
        match answers {
            Ok(mut answers) => outcomes.extend(sent.into_iter().map(|index| {
                let outcome = match answers.remove(&index) {
                    Some(answer) => self.judge(answer, &calls[index], token),
                    None => Err(Error::from(ErrorKind::PartMissing)),
                };
                (index, outcome)
            })),
            Err(whole) => outcomes.extend(self.each(calls, &sent, &whole, token)),
        }
        outcomes
    }

    /// The failure of the whole, as the failure of each.
    fn each(
        &self,
        calls: &[Call],
        sent: &[usize],
        whole: &Whole,
        token: &Token,
    ) -> Vec<(usize, Outcome)> {
        let outcome = |index: usize| match whole {
            Whole::Refused(response) => self.judge(response.clone(), &calls[index], token),
            Whole::Failed(error) => Err(error.clone()),
        };
        sent.iter().map(|&index| (index, outcome(index))).collect()
    }

    async fn exchange_batch(
        &self,
        api: Api,
        parts: &[(usize, Vec<u8>)],
        token: &Token,
    ) -> Result<BTreeMap<usize, Response<Vec<u8>>>, Whole> {
        // 256 random bits: no part can hold this by accident or by design.
        let boundary = URL_SAFE_NO_PAD.encode(random_256(&**self.access.random()));
        let boundary = format!("batch_{boundary}");
        let mut request = Request::new(multipart::write(&boundary, parts));
        *request.method_mut() = http::Method::POST;
        let url = self.access.endpoints().batch(api);
        let address = url
            .as_str()
            .parse()
            .map_err(|_| Error::from(ErrorKind::Url));
        *request.uri_mut() = address.map_err(Whole::Failed)?;
        let kind = HeaderValue::try_from(format!("multipart/mixed; boundary={boundary}"));
        let kind = kind.map_err(|_| Whole::Failed(Error::from(ErrorKind::Url)))?;
        request.headers_mut().insert(CONTENT_TYPE, kind);
        let response = self.exchange(request, token).await.map_err(Whole::Failed)?;
        if !response.status().is_success() {
            return Err(Whole::Refused(response));
        }
        let kind = response
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|it| it.to_str().ok());
        let Some(boundary) = kind.and_then(multipart::boundary) else {
            return Ok(BTreeMap::new());
        };
        Ok(multipart::read(boundary, response.body())
            .into_iter()
            .collect())
    }

    /// A call as an HTTP message, with its path as Google knows it and no host.
    fn part(&self, call: &Call) -> Result<Vec<u8>, Error> {
        let endpoints = self.access.endpoints();
        let url = call.url(endpoints)?;
        let prefix = endpoints.base().map_or("/", url::Url::path);
        let path = url.path().strip_prefix(prefix).ok_or(ErrorKind::Url)?;
        let query = url
            .query()
            .map(|query| format!("?{query}"))
            .unwrap_or_default();
        let mut message = format!("{} /{path}{query} HTTP/1.1\r\n", call.method.verb());
        for (name, value) in &call.headers() {
            let value = value.to_str().map_err(|_| ErrorKind::Etag)?;
            message.extend([name.as_str(), ": ", value, "\r\n"]);
        }
        let body = call.body.as_ref().map_or(&[][..], |content| &content.bytes);
        if call.body.is_some() {
            message.extend(["content-length: ", &body.len().to_string(), "\r\n"]);
        }
        message.push_str("\r\n");
        let mut message = message.into_bytes();
        message.extend_from_slice(body);
        Ok(message)
    }
}

/// What became of a round's calls, and the token that it used.
struct Round {
    outcomes: BTreeMap<usize, Outcome>,
    token: Option<Token>,
}

impl Round {
    fn failed(open: &[usize], error: &Error) -> Self {
        let outcomes = open
            .iter()
            .map(|&index| (index, Err(error.clone())))
            .collect();
        Self {
            outcomes,
            token: None,
        }
    }
}

/// A batch that failed as a whole.
enum Whole {
    Refused(Response<Vec<u8>>),
    Failed(Error),
}

fn is_unauthorized(outcome: &Outcome) -> bool {
    outcome.as_ref().is_err_and(Error::is_unauthorized)
}

fn tell_wait(done: &mut BTreeMap<usize, Outcome>, again: &[usize], wait: Duration) {
    for index in again {
        if let Some(Err(error)) = done.get_mut(index) {
            error.set_retry_after(wait);
        }
    }
}
