//! Whose toolkits get which store, what is shared, and what is no team.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;

use serde_json::json;
use toolgate_auth::store::Database;
use toolgate_auth::{GoogleAuth, MemoryDatabase};
use toolgate_emulator::Emulator;
use toolgate_framework::{
    Agent, AgentBuilder, ModelReply, RunContext, RunOutcome, ScriptedModel, Team, TeamBuilder,
};
use toolgate_testkit::Wraps;
use toolgate_toolkit::{BindingReason, ConsentSource, StorageWish};

use crate::support::{Probe, google};

fn mute() -> AgentBuilder {
    Agent::builder().model(model())
}

fn model() -> ScriptedModel {
    ScriptedModel::new("mute", |_| ModelReply::default())
}

fn team() -> TeamBuilder {
    Team::builder().model(model())
}

fn probe(name: &'static str) -> Probe {
    Probe {
        name: Some(name),
        ..Probe::default()
    }
}

#[tokio::test]
async fn the_teams_database_is_that_of_members_without_one_and_the_report_says_whose() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, _pages) = google(&emulator).await;
    let built = mute()
        .google_auth(google.clone())
        .database(MemoryDatabase::new())
        .toolkit(probe("built"));
    let team = team()
        .google_auth(google)
        .database(MemoryDatabase::new())
        .member("mail", "Mail.", mute().toolkit(probe("mail")))
        .member(
            "apart",
            "Apart.",
            mute()
                .toolkit(probe("apart"))
                .database(MemoryDatabase::new()),
        )
        .member("built", "Built.", built.build().await.unwrap())
        .toolkit(probe("own"));
    let team = team.build().await.unwrap();
    let told: Vec<_> = team
        .bindings()
        .into_iter()
        .map(|it| (it.member, it.report.toolkit, it.report.reason))
        .collect();
    assert_eq!(
        told,
        [
            (None, "own", BindingReason::AgentDatabase),
            (Some("mail"), "mail", BindingReason::TeamDatabase),
            (Some("apart"), "apart", BindingReason::AgentDatabase),
            (Some("built"), "built", BindingReason::AgentDatabase),
        ]
    );
    let said = team.bindings()[1].to_string();
    assert!(
        said.starts_with("mail: mail keeps consent in ") && said.contains("the team's database"),
        "{said}"
    );
    assert_eq!(
        team.members().collect::<Vec<_>>(),
        ["mail", "apart", "built"]
    );
}

#[tokio::test]
async fn the_consent_of_a_team_is_one_for_all_that_share_it_and_the_coordinator_gives_the_link() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, _pages) = google(&emulator).await;
    let reads = ScriptedModel::new("reads", |_| {
        ModelReply::call("read_mail", json!({"text": "x"}))
    });
    let lead = ScriptedModel::new("lead", |it| {
        let tools: Vec<_> = it.request().tools.iter().map(|it| &it.name).collect();
        assert!(tools.contains(&&"authenticate_google".to_owned()));
        ModelReply::call("delegate_to_mail", json!({"task": "x"}))
    });
    let team = Team::builder()
        .model(lead)
        .google_auth(google)
        .database(MemoryDatabase::new())
        .toolkit(probe("own"))
        .member(
            "mail",
            "Mail.",
            Agent::builder().model(reads).toolkit(probe("mail")),
        )
        .member("diary", "Diary.", mute().toolkit(probe("diary")));
    let team = team.build().await.unwrap();
    let outcome = team.run(RunContext::for_user("alice").unwrap(), "Go").await;
    let RunOutcome::ConsentRequired { services, .. } = outcome.unwrap() else {
        unreachable!("no consent was needed")
    };
    assert_eq!(services, ["diary", "mail", "own"]);
    for member in ["mail", "diary"] {
        let tools = team.member(member).unwrap().tools();
        assert!(tools.iter().all(|it| it.name != "authenticate_google"));
    }
}

#[tokio::test]
async fn a_member_with_a_consent_of_its_own_gives_its_own_links() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (of_mail, _pages) = google(&emulator).await;
    let (of_diary, _other_pages) = google(&emulator).await;
    let member = |name, google| {
        let member = mute().toolkit(probe(name)).google_auth(google);
        member.database(MemoryDatabase::new())
    };
    let team = team()
        .member("mail", "Mail.", member("mail", of_mail))
        .member("diary", "Diary.", member("diary", of_diary));
    let team = team.build().await.unwrap();
    let connects = |agent: &Agent| {
        let tools = agent.tools();
        tools.iter().any(|it| it.name == "authenticate_google")
    };
    assert!(connects(team.member("mail").unwrap()) && connects(team.member("diary").unwrap()));
    assert!(
        team.tools()
            .iter()
            .all(|it| it.name.starts_with("delegate_to_"))
    );
    let of_mail = team.member("mail").unwrap().google_auth().unwrap();
    assert!(team.google_auth().unwrap().is_same(of_mail));
    let of_diary = team.member("diary").unwrap().google_auth().unwrap();
    assert!(!of_diary.is_same(of_mail));
}

/// A database that says which it is, as those on disk do.
#[derive(Debug)]
struct Named(MemoryDatabase, &'static str);

impl Wraps for Named {
    fn inner(&self) -> Arc<dyn Database> {
        Arc::new(self.0.clone())
    }

    fn describe(&self) -> String {
        self.1.to_owned()
    }
}

toolgate_testkit::wraps_database!(Named);

#[tokio::test]
async fn links_of_two_consents_under_one_public_url_are_an_error_when_the_team_is_built() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (shared, _pages) = google(&emulator).await;
    let (other, _other_pages) = google(&emulator).await;
    let (one, two) = (MemoryDatabase::new(), MemoryDatabase::new());
    let member = |name, google: &GoogleAuth, database: &MemoryDatabase, of: &'static str| {
        let member = mute().google_auth(google.clone());
        let member = member.toolkit(probe(name));
        member.database(Named(database.clone(), of))
    };
    let of_two = |mail: AgentBuilder, diary: AgentBuilder| {
        let team = team().member("mail", "Mail.", mail);
        team.member("diary", "Diary.", diary)
    };
    let mail = || member("mail", &shared, &one, "the database one");
    let apart = of_two(mail(), member("diary", &shared, &two, "the database two"));
    let says = "what is kept in the database one and in the database two is asked for by links";
    fails(apart, says).await;
    // Nor is an agent exempt that was built before, or the coordinator's own consent.
    let built = member("diary", &shared, &two, "the database two");
    let built = built.build().await.unwrap();
    let built = team()
        .google_auth(shared.clone())
        .database(Named(one.clone(), "the database one"))
        .toolkit(probe("own"))
        .member("diary", "Diary.", built);
    fails(built, says).await;
    for (google, database, of) in [
        (&other, &two, "the database two"),
        (&shared, &one, "the database one"),
    ] {
        let fits = of_two(mail(), member("diary", google, database, of));
        fits.build().await.unwrap();
    }
}

/// A database for other things.
#[derive(Debug)]
struct Unfit;

impl Database for Unfit {
    fn describe(&self) -> String {
        "a phone book".to_owned()
    }
}

async fn fails(team: TeamBuilder, expected: &str) {
    let error = team.build().await.unwrap_err();
    let chain = std::iter::successors(Some(&error as &dyn std::error::Error), |it| it.source());
    let text: Vec<String> = chain.map(ToString::to_string).collect();
    let text = text.join(": ");
    assert!(
        error.is_configuration() && text.contains(expected),
        "{text}"
    );
}

#[tokio::test]
async fn what_is_no_team_is_an_error_when_it_is_built() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, _pages) = google(&emulator).await;
    fails(team(), "no members").await;
    let nobody = Team::builder().member("mail", "Mail.", mute());
    fails(nobody, "has no model").await;
    let modelless = team().member("mail", "Mail.", Agent::builder());
    fails(
        modelless,
        "the member mail cannot be built: the agent has no model",
    )
    .await;
    let twice = team().member("mail", "Mail.", mute());
    fails(twice.member("mail", "Mail.", mute()), "two members").await;
    fails(
        team().member("mail", " ", mute()),
        "what the member mail is for",
    )
    .await;
    for name in ["", "Mail", "ma il", "7", "é", &"m".repeat(41)] {
        fails(team().member(name, "Mail.", mute()), "names no member").await;
    }
    let collides = team().member(
        "mail",
        "Mail.",
        mute().toolkit(probe("a")).toolkit(probe("b")),
    );
    fails(collides, "the member mail cannot be built").await;
    let stores = Probe {
        consent: ConsentSource::new()
            .with_google_auth(google.clone())
            .with_storage(StorageWish::StoreTokens),
        ..Probe::default()
    };
    let storeless = team().member("mail", "Mail.", mute().toolkit(stores));
    fails(storeless, "got none").await;
    let leads = team().member("mail", "Mail.", mute());
    let leads = leads.build().await.unwrap().coordinator().clone();
    fails(
        team().member("office", "All.", leads),
        "office leads a team itself",
    )
    .await;
    let unfit = team().google_auth(google).database(Unfit).member(
        "mail",
        "Mail.",
        mute().toolkit(probe("mail")),
    );
    fails(unfit, "a phone book").await;
}
