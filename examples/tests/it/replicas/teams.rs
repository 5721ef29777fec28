//! A team's run that pauses in one process and goes on in another, and whose consent is kept where.

use serde_json::json;
use tokio::net::TcpListener;
use toolgate_auth::store::{Database, ListScope};
use toolgate_emulator::{FaultAction, FaultRule, Person};
use toolgate_framework::{
    Agent, AgentBuilder, ModelReply, RunContext, RunOutcome, ScriptedModel, Team, TeamBuilder,
};
use toolgate_gmail::GmailToolkit;
use toolgate_signin::PageOptions;
use toolgate_testkit::process_argument;
use toolgate_toolkit::BindingReason;

use super::process::Place;
use super::sessions::{Orders, Part, Site, person, places};
use crate::world::{Databases, address, canary, emulator, google, users};

/// A team whose member does what the coordinator is asked, and whose answer is the member's.
pub(super) fn led(member: AgentBuilder) -> TeamBuilder {
    let lead = ScriptedModel::new("lead", |it| match it.last_result() {
        None => ModelReply::call("delegate_to_mail", json!({"task": it.prompt()})),
        Some(result) => ModelReply::text(result.to_string()),
    });
    let team = Team::builder().model(lead);
    team.member("mail", "Reads and sends mail.", member)
}

const THERE: &str = "replicas::teams::a_teams_run_whose_process_was_killed_goes_on_in_another";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_teams_run_whose_process_was_killed_goes_on_in_another() {
    if let Some(argument) = process_argument() {
        return Orders::obey(&argument).await;
    }
    let databases = Databases::fresh("a team's run whose process was killed").await;
    for place in places(&databases) {
        let site = Site::open_for(&place, &canary("u0"), true).await;
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

const ONCE: &str = "replicas::teams::a_mail_of_a_member_that_had_left_is_not_sent_again";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_of_a_member_that_had_left_is_not_sent_again() {
    if let Some(argument) = process_argument() {
        return Orders::obey(&argument).await;
    }
    let databases = Databases::fresh("a member's mail that had left").await;
    for place in places(&databases) {
        let site = Site::open_for(&place, "send", true).await;
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

/// A member that searches the mail and says what it was told.
fn searches() -> AgentBuilder {
    let model = ScriptedModel::new("searches", |it| match it.last_result() {
        None => ModelReply::call("search_emails", json!({"query": it.prompt()})),
        Some(result) => ModelReply::text(result.to_string()),
    });
    Agent::builder().model(model).toolkit(GmailToolkit::new())
}

/// Serves the sign-in of one consent; where browsers reach it.
async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

async fn grants(database: &dyn Database) -> usize {
    let store = database.token_store().unwrap();
    store.list(&ListScope::All, None, 9).await.unwrap().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_keeps_consent_in_the_teams_database_unless_it_has_its_own() {
    let databases = Databases::fresh("whose database is whose").await;
    for place in places(&databases) {
        let folder = tempfile::tempdir().unwrap();
        let apart = Place::Sqlite(folder.path().join("apart.db"));
        let site = emulator(&users(1)).await;
        let [(teams, teams_url), (own, own_url)] = [listen().await, listen().await];
        for url in [&teams_url, &own_url] {
            let callback = format!("{url}/google/callback");
            site.register_redirect_uri(&callback).unwrap();
        }
        let (database, members) = (place.open().await, apart.open().await);
        let diary = searches().database(members.clone());
        let team = led(searches())
            .google_auth(google(&site, &teams_url))
            .database(database.clone())
            .member(
                "apart",
                "Has its own.",
                diary.google_auth(google(&site, &own_url)),
            );
        let team = team.build().await.unwrap();
        let reasons: Vec<_> = team.bindings().iter().map(|it| it.report.reason).collect();
        let expected = [BindingReason::TeamDatabase, BindingReason::AgentDatabase];
        assert_eq!(reasons, expected);
        let agents = [team.coordinator(), team.member("apart").unwrap()];
        let auths = [team.google_auth(), agents[1].google_auth()];
        for (auth, listener) in auths.into_iter().zip([teams, own]) {
            let auth = auth.unwrap().clone();
            let router = toolgate_signin::router(auth, PageOptions::new()).unwrap();
            tokio::spawn(async move { axum::serve(listener, router).await });
        }
        for (agent, now) in agents.into_iter().zip([(1, 0), (1, 1)]) {
            let run = RunContext::new(person());
            let outcome = agent.run(run, canary("u0")).await.unwrap();
            let RunOutcome::ConsentRequired { link, run, .. } = outcome else {
                unreachable!("nobody has signed in: {outcome}")
            };
            let person = Person::new(address("u0"));
            assert!(person.follow(&link.url).await.unwrap().status.is_success());
            let outcome = agent.resume(run).await.unwrap();
            assert!(
                outcome.answer().unwrap().contains(&canary("u0")),
                "{outcome}"
            );
            assert_eq!((grants(&*database).await, grants(&*members).await), now);
        }
    }
}
