//! The browser step of installed applications (RFC 8252): a loopback redirect, the system browser,
//! a time limit.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, pending};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION, REFERRER_POLICY, SET_COOKIE};
use http::{Method, Request, Response, StatusCode};
use toolgate_http::{LoopbackListener, Served};
use tracing::info;
use url::Url;

use crate::config::Environment;
use crate::error::{Error, ErrorKind};
use crate::sign_in::{CallbackOutcome, Connected, Refusal, SignIn, SignInOptions, SignInRequest};

type Open = dyn Fn(&Url) -> bool + Send + Sync;
type Cancel = dyn Fn() -> BoxFuture<'static, ()> + Send + Sync;

/// How an installed application asks for consent.
///
/// The link reaches no log. It stands in the command line of the browser that is opened, which
/// other people of the same machine may see; the first browser that opens it holds the sign-in.
#[derive(Clone)]
pub struct Browser {
    port: Option<u16>,
    time_limit: Duration,
    open: Arc<Open>,
    cancel: Option<Arc<Cancel>>,
}

impl fmt::Debug for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Browser")
            .field("port", &self.port)
            .field("time_limit", &self.time_limit)
            .finish_non_exhaustive()
    }
}

impl Default for Browser {
    /// The system's browser, a random port, five minutes.
    fn default() -> Self {
        // Whatever opens it must log nothing: whoever has the link can begin the sign-in.
        Self::opened_by(|url| {
            Environment::process().shows_browsers() && open::that_detached(url.as_str()).is_ok()
        })
    }
}

impl Browser {
    /// A browser that is opened by a function of the program's own, which says whether it could.
    /// Where it could not, the link is printed to standard error for the person to open.
    pub fn opened_by(open: impl Fn(&Url) -> bool + Send + Sync + 'static) -> Self {
        Self {
            port: None,
            time_limit: Duration::from_mins(5),
            open: Arc::new(open),
            cancel: None,
        }
    }

    /// Ends the wait when the future that this makes for each sign-in is done: the listener closes, its
    /// port is free, and the link is worth nothing any more.
    ///
    /// A library takes no signal from the program that it is in: Ctrl-C ends a program that does nothing
    /// about it, and leaves a link that ends with its time limit and nothing else. A program that goes on
    /// after it wires it here. Once waited for, the signal is tokio's for as long as the program runs, so
    /// that it has to be ended on it elsewhere as well; the examples show how.
    ///
    /// ```
    /// use toolgate_auth::Browser;
    ///
    /// // In a program: `|| async { drop(tokio::signal::ctrl_c().await) }`.
    /// let (stop, stopped) = tokio::sync::watch::channel(false);
    /// let browser = Browser::default().cancelled_by(move || {
    ///     let mut stopped = stopped.clone();
    ///     async move { drop(stopped.wait_for(|stopped| *stopped).await) }
    /// });
    /// # let _ = (stop, browser);
    /// ```
    #[must_use]
    pub fn cancelled_by<F>(self, cancelled: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self {
            cancel: Some(Arc::new(move || cancelled().boxed())),
            ..self
        }
    }

    /// A fixed port on 127.0.0.1, for a client whose redirect URI names one.
    #[must_use]
    pub fn with_port(self, port: u16) -> Self {
        Self {
            port: Some(port),
            ..self
        }
    }

    /// How long to wait for the person.
    #[must_use]
    pub fn with_time_limit(self, time_limit: Duration) -> Self {
        Self { time_limit, ..self }
    }

    /// Opens a browser and waits until the person has consented. The listener takes requests on
    /// the link and the callback only; one that does not belong to this sign-in ends nothing.
    pub(crate) async fn connect(
        &self,
        options: SignInOptions,
        request: SignInRequest,
        sign_in_at: impl FnOnce(SignInOptions) -> SignIn + Send,
    ) -> Result<Connected, Error> {
        let listener = LoopbackListener::bind(self.port)
            .await
            .map_err(|_| cannot_listen(self.port))?;
        let sign_in = sign_in_at(options.on_this_machine(&listener.base_url(), self.time_limit));
        let link = sign_in.begin(request).await?;
        // Not waited for: a browser in a terminal ends only when the person leaves it.
        let (open, url) = (Arc::clone(&self.open), link.url.clone());
        drop(tokio::task::spawn_blocking(move || {
            if !open(&url) {
                print_link(&url);
            }
        }));
        info!(target: "toolgate_auth", "waiting for the browser");
        let result = Arc::new(Mutex::new(None));
        let (answering, slot) = (sign_in.clone(), Arc::clone(&result));
        let handler = move |request| answer(answering.clone(), Arc::clone(&slot), request).boxed();
        let served = tokio::select! {
            biased;
            served = listener.serve(self.time_limit, handler) => served,
            () = self.cancelled() => {
                sign_in.withdraw(&link).await;
                return Err(ErrorKind::SignIn(Refusal::Cancelled).into());
            }
        };
        let result = result.lock().unwrap_or_else(PoisonError::into_inner).take();
        match (result, served) {
            (Some(result), _) => result,
            (None, Err(error)) if !error.is_timeout() => {
                Err(ErrorKind::Internal("the browser's answer could not be received").into())
            }
            // Not one of those that may pass by themselves: each new try opens a browser.
            (None, _) => Err(ErrorKind::SignIn(Refusal::Unfinished).into()),
        }
    }
}

impl Browser {
    async fn cancelled(&self) {
        match &self.cancel {
            Some(cancel) => cancel().await,
            None => pending().await,
        }
    }
}

type Slot = Arc<Mutex<Option<Result<Connected, Error>>>>;

async fn answer(sign_in: SignIn, result: Slot, request: Request<Vec<u8>>) -> Served {
    if request.method() != Method::GET {
        return Served::not_found();
    }
    let path = request.uri().path();
    if path == sign_in.options().redirect_uri().path() {
        let query = request.uri().query().unwrap_or_default();
        let CallbackOutcome {
            result: outcome,
            clear_cookie,
        } = sign_in.callback(query, request.headers()).await;
        let page = page(&outcome, clear_cookie.as_deref());
        // Without the cookie to clear, the request was none of this sign-in's.
        if clear_cookie.is_none() {
            return Served::Continue(page);
        }
        *result.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        return Served::Done(page);
    }
    match path.strip_prefix("/google/start/") {
        Some(state) => Served::Continue(start(&sign_in, state, &request).await),
        None => Served::not_found(),
    }
}

async fn start(sign_in: &SignIn, state: &str, request: &Request<Vec<u8>>) -> Response<String> {
    match sign_in.proceed(state, request.headers()).await {
        Ok(next) => {
            let mut response = Response::builder()
                .status(StatusCode::SEE_OTHER)
                .header(LOCATION, next.location.as_str())
                .header(CACHE_CONTROL, "no-store")
                .header(REFERRER_POLICY, "no-referrer");
            for cookie in next.set_cookies {
                response = response.header(SET_COOKIE, cookie);
            }
            response.body(String::new()).unwrap_or_default()
        }
        Err(error) => text(
            StatusCode::BAD_REQUEST,
            &format!("Not connected: {error}."),
            None,
        ),
    }
}

fn page(outcome: &Result<Connected, Error>, clear_cookie: Option<&str>) -> Response<String> {
    match outcome {
        Ok(_) => text(
            StatusCode::OK,
            "Connected. You can close this window.",
            clear_cookie,
        ),
        Err(error) => text(
            StatusCode::BAD_REQUEST,
            &format!("Not connected: {error}."),
            clear_cookie,
        ),
    }
}

/// Plain text, so that nothing Google or anybody says can become markup.
fn text(status: StatusCode, message: &str, clear_cookie: Option<&str>) -> Response<String> {
    let mut response = Response::builder()
        .status(status)
        .header(CONTENT_TYPE, "text/plain; charset=utf-8")
        .header(CACHE_CONTROL, "no-store")
        .header(REFERRER_POLICY, "no-referrer")
        .header("x-content-type-options", "nosniff");
    if let Some(cookie) = clear_cookie {
        response = response.header(SET_COOKIE, cookie);
    }
    response.body(message.to_owned()).unwrap_or_default()
}

#[expect(
    clippy::print_stderr,
    reason = "a person has to see the link; standard output is not ours"
)]
fn print_link(url: &Url) {
    eprintln!("Open this link in a browser on this machine to sign in:\n{url}");
}

fn cannot_listen(port: Option<u16>) -> Error {
    let Some(port) = port else {
        return Error::configuration(
            "no port of this machine's loopback address could be opened for the sign-in; name one that \
             may be opened by Browser::with_port",
        );
    };
    Error::configuration(format!(
        "port {port} of this machine's loopback address, which Browser::with_port names, could not be \
         opened for the sign-in: end the program that has it, name another port there, or leave it out \
         for any free one"
    ))
}
