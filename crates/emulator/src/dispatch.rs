//! The way of a request: what it is for, the faults on it, its answer, its record.

use http::header::CONTENT_TYPE;
use http::{Method, StatusCode};

use crate::api::resumable;
use crate::discovery::route::{Match, NoMatch};
use crate::exchange::{Answer, Delivery, Request};
use crate::faults::Verdict;
use crate::oauth::Endpoint;
use crate::slides::CONTENT;
use crate::state::Shared;
use crate::{api, batch, control, slides};

/// What a request is for.
enum Target {
    Api(Match),
    /// A session that waits for bytes: its id, its method, its account.
    Session(String, String, String),
    OAuth(Endpoint),
    /// A picture, by the key in its link.
    Shown(String),
    Nothing(StatusCode),
}

/// Answers a request as it came over the wire.
pub(crate) async fn handle(shared: &Shared, request: Request) -> Answer {
    if let Some(rest) = request.path.strip_prefix("/_emulator/") {
        return control::answer(shared, rest, &request);
    }
    match batch::path(&request.path) {
        Some(api) => batch::answer(shared, api, &request).await,
        None => single(shared, &request, false).await,
    }
}

/// Answers one request that is not a batch, and records it.
pub(crate) async fn single(shared: &Shared, request: &Request, batched: bool) -> Answer {
    let target = Target::of(shared, request);
    let name = target.name();
    let account = target.account(shared, request);
    let work = Work {
        shared,
        request,
        name: name.as_deref(),
        account: account.as_deref(),
        batched,
    };
    work.run(async || match &target {
        Target::Api(found) => {
            let fetched = slides::fetch(shared, &found.route.method.id, request).await;
            api::answer(shared, found, request, fetched)
        }
        Target::Shown(key) => shown(shared, key),
        Target::Session(id, ..) => resumable::proceed(shared, id, request),
        Target::OAuth(endpoint) => endpoint.answer(shared, request),
        Target::Nothing(status) => Answer::no_such_page(*status),
    })
    .await
}

/// The method and the account that a request is for, as far as its head tells.
pub(crate) fn identify(shared: &Shared, request: &Request) -> (Option<String>, Option<String>) {
    let target = Target::of(shared, request);
    (target.name(), target.account(shared, request))
}

/// A request with what its record and its faults go by.
pub(crate) struct Work<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) request: &'a Request,
    pub(crate) name: Option<&'a str>,
    pub(crate) account: Option<&'a str>,
    pub(crate) batched: bool,
}

impl Work<'_> {
    /// Records the request, applies the faults before and after `process`, and notes the status.
    pub(crate) async fn run<F>(&self, process: F) -> Answer
    where
        F: AsyncFnOnce() -> Answer,
    {
        let Self {
            shared,
            request,
            name,
            account,
            batched,
        } = *self;
        let sequence = shared.log.arrived(
            request,
            name.map(str::to_owned),
            account.map(str::to_owned),
            batched,
        );
        let answer = match shared.faults.before(&request.path, name, account).await {
            Verdict::Instead(answer) => *answer,
            Verdict::Process(plan) => {
                let answer = process().await;
                // Noted before the answer can be held or lost.
                shared.log.processed(sequence, answer.status.as_u16());
                shared.faults.after(plan, answer).await
            }
        };
        let status = answer.status.as_u16();
        if answer.delivery != Delivery::Dropped {
            shared.log.answered(sequence, status);
        }
        tracing::info!(
            target: "toolgate_emulator",
            sequence,
            method = %request.method,
            path = %request.path,
            api_method = name,
            status,
            batched,
            "request answered"
        );
        answer
    }
}

impl Target {
    fn of(shared: &Shared, request: &Request) -> Self {
        if let Some(endpoint) = Endpoint::at(&request.path) {
            return Self::OAuth(endpoint);
        }
        let shown = request
            .path
            .get(1..)
            .and_then(|path| path.strip_prefix(CONTENT));
        if let (Some(key), &Method::GET) = (shown, &request.method) {
            return Self::Shown(key.to_owned());
        }
        if let Some(id) = resumable::id_of(request)
            && let Some((method, account)) = shared.sessions.purpose(&id)
        {
            return Self::Session(id, method, account);
        }
        match shared
            .directory
            .find(request.method.as_str(), &request.path)
        {
            Ok(found) => Self::Api(found),
            Err(NoMatch::Malformed) => Self::Nothing(StatusCode::BAD_REQUEST),
            Err(NoMatch::Unknown) => Self::Nothing(StatusCode::NOT_FOUND),
        }
    }

    fn name(&self) -> Option<String> {
        match self {
            Self::Api(found) => Some(found.route.method.id.clone()),
            Self::Session(_, method, _) => Some(method.clone()),
            Self::OAuth(endpoint) => Some(endpoint.name().to_owned()),
            Self::Shown(_) => Some("slides-content".to_owned()),
            Self::Nothing(_) => None,
        }
    }

    fn account(&self, shared: &Shared, request: &Request) -> Option<String> {
        if let Self::OAuth(endpoint) = self
            && let Some(account) = endpoint.account(shared, request)
        {
            return Some(account);
        }
        if let Self::Session(.., account) = self {
            return Some(account.clone());
        }
        Some(shared.bearer(request.bearer()?)?.account)
    }
}

/// What a link of a presentation shows: to whoever has it, and for a time.
fn shown(shared: &Shared, key: &str) -> Answer {
    let what = shared.with_drives(|drives| drives.shown.get(key, shared.now_ms()));
    let Some((bytes, content_type)) = what.and_then(|what| what.file()) else {
        return Answer::no_such_page(StatusCode::FORBIDDEN);
    };
    let mut answer = Answer::empty(StatusCode::OK).with(CONTENT_TYPE, content_type);
    answer.body = bytes;
    answer
}
