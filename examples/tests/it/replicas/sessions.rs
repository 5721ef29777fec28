//! Runs that pause in one process and go on in the same or another, over one database.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::net::TcpListener;
use toolgate_auth::{
    ClientSecret, ExpectedEmail, GoogleAuth, KeyRing, KeySource, OAuthClient, Principal, SealingKey,
};
use toolgate_emulator::{Emulator, FaultAction, FaultRule, Person};
use toolgate_framework::{
    Agent, Error, Message, ModelReply, PausedRun, RunContext, RunOutcome, ScriptedModel,
};
use toolgate_gmail::GmailToolkit;
use toolgate_http::Endpoints;
use toolgate_signin::PageOptions;
use toolgate_testkit::{Worker, process_argument, say};
use toolgate_toolkit::Selection;
use url::Url;

use super::process::Place;
use crate::world::{Databases, KEY, address, canary, emulator, users};

/// Nobody waits as long as this unless it hangs.
const LONG: Duration = Duration::from_mins(4);
/// Short enough to be waited for.
const HOLD_MILLIS: u64 = 400;

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Part {
    /// It begins a run, and goes on with it when its person has signed in.
    Begin,
    /// It goes on with what waits.
    GoOn,
}

/// What a process is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Orders {
    place: Place,
    google: String,
    client: (String, String),
    /// Where browsers reach the sign-in, whichever process serves it.
    url: String,
    prompt: String,
    part: Part,
    /// Whether a member of a team does the work, and not the agent itself.
    team: bool,
}

impl Orders {
    pub(super) fn start(&self, test: &str, part: Part) -> Worker {
        let orders = Self {
            part,
            ..self.clone()
        };
        Worker::start(test, &serde_json::to_string(&orders).unwrap())
    }

    async fn agent(&self) -> Agent {
        let (id, secret) = &self.client;
        let client = OAuthClient::new(id).with_secret(ClientSecret::parse(secret).unwrap());
        let ring = KeyRing::new("k1", SealingKey::from_bytes(KEY)).unwrap();
        let google = GoogleAuth::builder(client)
            .with_endpoints(Endpoints::at_base(&self.google).unwrap())
            .with_public_url(&self.url)
            .with_expected_email(ExpectedEmail::new(|principal| {
                principal.user().map(|user| address(user.as_str()))
            }))
            .with_keys(KeySource::Ring(ring));
        let works = Agent::builder()
            .model(script())
            .toolkit(GmailToolkit::new().with_tools(Selection::all()).unwrap());
        let (database, google) = (self.place.open().await, google.build().unwrap());
        let hold = Duration::from_millis(HOLD_MILLIS);
        if self.team {
            let team = super::teams::led(works).session_hold(hold);
            let team = team.database(database).google_auth(google).build().await;
            return team.unwrap().coordinator().clone();
        }
        let works = works.database(database).google_auth(google);
        works.session_hold(hold).build().await.unwrap()
    }

    pub(super) async fn obey(argument: &str) {
        let orders: Self = serde_json::from_str(argument).unwrap();
        orders.do_part().await;
    }

    async fn do_part(&self) {
        let agent = self.agent().await;
        let outcome = match self.part {
            Part::Begin => {
                let run = talk();
                let outcome = agent.run(run, self.prompt.as_str()).await.unwrap();
                match outcome {
                    RunOutcome::ConsentRequired { link, run, .. } => {
                        say(&format!("link {}", link.url));
                        agent.resume_when_connected(run, LONG).await.unwrap()
                    }
                    outcome => outcome,
                }
            }
            Part::GoOn => {
                let run = waiting(&agent).await;
                say("waits");
                agent.resume_when_connected(run, LONG).await.unwrap()
            }
        };
        say(&format!("answer {}", outcome.answer().unwrap()));
    }
}

/// Searches, or sends a mail, as it is asked; and says what it was told.
fn script() -> ScriptedModel {
    ScriptedModel::new("script", |it| match (it.turn(), it.prompt()) {
        (0, "send") => ModelReply::call(
            "send_email",
            json!({"to": "nina@example.net", "subject": "Hello", "body": "Dear Nina"}),
        ),
        (0, query) => ModelReply::call("search_emails", json!({"query": query})),
        _ => ModelReply::text(it.last_result().unwrap().to_string()),
    })
}

pub(super) fn person() -> Principal {
    Principal::for_user("u0").unwrap()
}

fn talk() -> RunContext {
    RunContext::new(person()).with_session("chat").unwrap()
}

/// The run that waits, once nobody holds it any more.
async fn waiting(agent: &Agent) -> PausedRun {
    loop {
        match agent.paused_run(&person(), "chat").await {
            Ok(run) => return run.unwrap(),
            Err(error) => assert!(error.is_taken(), "{error}"),
        }
        tokio::task::yield_now().await;
    }
}

/// This process: Google, and the sign-in pages over the database.
pub(super) struct Site {
    pub(super) google: Emulator,
    pub(super) orders: Orders,
    pub(super) agent: Agent,
}

impl Site {
    async fn open(place: &Place, prompt: &str) -> Self {
        Self::open_for(place, prompt, false).await
    }

    pub(super) async fn open_for(place: &Place, prompt: &str, team: bool) -> Self {
        let google = emulator(&users(1)).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let callback = format!("{url}/google/callback");
        google.register_redirect_uri(&callback).unwrap();
        let orders = Orders {
            place: place.clone(),
            google: google.base_url().to_string(),
            client: (
                google.client_id().to_owned(),
                google.client_secret().to_owned(),
            ),
            url,
            prompt: prompt.to_owned(),
            part: Part::Begin,
            team,
        };
        let agent = orders.agent().await;
        let auth = agent.google_auth().unwrap().clone();
        let router = toolgate_signin::router(auth, PageOptions::new()).unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            google,
            orders,
            agent,
        }
    }

    pub(super) async fn sign_in(&self, link: &str) {
        let link = Url::parse(link).unwrap();
        let page = Person::new(address("u0")).follow(&link).await.unwrap();
        assert!(page.status.is_success(), "{}", page.body);
    }

    pub(super) fn sends(&self) -> usize {
        let requests = self.google.requests();
        requests
            .iter()
            .filter(|it| it.method == "POST" && it.path.ends_with("/messages/send"))
            .count()
    }
}

pub(super) fn places(databases: &Databases) -> Vec<Place> {
    let postgres = databases.postgres_place().map(Place::Postgres);
    [Place::Sqlite(databases.sqlite_path())]
        .into_iter()
        .chain(postgres)
        .collect()
}

const HERE: &str =
    "replicas::sessions::a_run_goes_on_in_its_process_when_another_served_the_sign_in";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_goes_on_in_its_process_when_another_served_the_sign_in() {
    if let Some(argument) = process_argument() {
        return Orders::obey(&argument).await;
    }
    let databases = Databases::fresh("a sign-in served by another process").await;
    for place in places(&databases) {
        let site = Site::open(&place, &canary("u0")).await;
        let mut worker = site.orders.start(HERE, Part::Begin);
        let link = worker.wait_for("link");
        site.sign_in(&link).await;
        let answer = worker.wait_for("answer");
        assert!(answer.contains(&canary("u0")), "{answer}");
        worker.finish();
        let said = site.agent.conversation(&person(), "chat").await.unwrap();
        assert!(
            matches!(said.last(), Some(Message::Assistant { text: Some(it), .. }) if *it == answer)
        );
    }
}

const THERE: &str = "replicas::sessions::a_run_whose_process_was_killed_goes_on_in_another";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_whose_process_was_killed_goes_on_in_another() {
    if let Some(argument) = process_argument() {
        return Orders::obey(&argument).await;
    }
    let databases = Databases::fresh("a run whose process was killed").await;
    for place in places(&databases) {
        let site = Site::open(&place, &canary("u0")).await;
        let mut first = site.orders.start(THERE, Part::Begin);
        let link = first.wait_for("link");
        first.kill();
        let mut second = site.orders.start(THERE, Part::GoOn);
        second.wait_for("waits");
        site.sign_in(&link).await;
        let answer = second.wait_for("answer");
        assert!(answer.contains(&canary("u0")), "{answer}");
        second.finish();
        let left = site.agent.paused_runs(&person()).await.unwrap();
        assert!(left.is_empty(), "{left:?}");
    }
}

const ONCE: &str =
    "replicas::sessions::a_mail_that_had_left_when_its_process_was_killed_is_not_sent_again";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_that_had_left_when_its_process_was_killed_is_not_sent_again() {
    if let Some(argument) = process_argument() {
        return Orders::obey(&argument).await;
    }
    let databases = Databases::fresh("a mail that had left").await;
    for place in places(&databases) {
        let site = Site::open(&place, "send").await;
        let faults = site.google.faults();
        let mut first = site.orders.start(ONCE, Part::Begin);
        let link = first.wait_for("link");
        faults
            .add(FaultRule::new(FaultAction::hold_answer()).on_method("gmail.users.messages.send"));
        site.sign_in(&link).await;
        faults.wait_for_held(1).await;
        first.kill();
        faults.clear();
        faults.release();
        let mut second = site.orders.start(ONCE, Part::GoOn);
        let answer = second.wait_for("answer");
        assert!(answer.contains("\"may_have_happened\":true"), "{answer}");
        second.finish();
        assert_eq!(site.sends(), 1);
    }
}

/// Two processes that find the same run: one goes on with it.
async fn both(first: &Agent, second: &Agent) -> [Result<RunOutcome, Error>; 2] {
    let runs = [waiting(first).await, waiting(second).await];
    let [one, other] = runs;
    let (one, other) = tokio::join!(first.resume(one), second.resume(other));
    [one, other]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_replicas_that_resume_a_run_one_goes_on_with_it() {
    let databases = Databases::fresh("two replicas that resume").await;
    for place in places(&databases) {
        let site = Site::open(&place, "send").await;
        let other = site.orders.agent().await;
        let outcome = site.agent.run(talk(), "send").await.unwrap();
        let RunOutcome::ConsentRequired { link, .. } = outcome else {
            unreachable!("nobody has signed in: {outcome}")
        };
        site.sign_in(link.url.as_str()).await;
        let outcomes = both(&site.agent, &other).await;
        let went_on = outcomes.iter().filter(|it| it.is_ok()).count();
        assert_eq!(went_on, 1, "{outcomes:?}");
        for error in outcomes.into_iter().filter_map(Result::err) {
            assert!(error.is_taken(), "{error}");
        }
        assert_eq!(site.sends(), 1);
    }
}
