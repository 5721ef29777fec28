//! A coordinator and its members: who is asked, what is told, and what they see of one another.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "test helpers fail the test"
)]

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use toolgate_framework::{
    Agent, AgentBuilder, Message, ModelError, ModelErrorKind, ModelReply, ModelRequest, RunContext,
    RunEvent, RunOutcome, ScriptedModel, Team, TeamBuilder, Usage, async_trait,
};
use toolgate_toolkit::{Audit, CallInfo, Pipeline, Policy, ToolError, Toolkit as _};

use crate::support::{Probe, bounded, results};

fn alice() -> RunContext {
    RunContext::for_user("alice").unwrap()
}

/// Asks these members at once, each for what is named, and answers with what came of it.
fn lead(tasks: &'static [(&'static str, &'static str)]) -> ScriptedModel {
    ScriptedModel::new("lead", move |it| match it.turn() {
        0 => tasks.iter().fold(ModelReply::default(), |reply, task| {
            reply.and_call(format!("delegate_to_{}", task.0), json!({"task": task.1}))
        }),
        _ => ModelReply::text("done"),
    })
}

/// Calls one tool, and answers with what it said.
fn member_that(tool: &'static str, arguments: Value, probe: Probe) -> AgentBuilder {
    let model = ScriptedModel::new(tool, move |it| match it.last_result() {
        None => ModelReply::call(tool, arguments.clone()),
        Some(result) => ModelReply::text(format!("{}: {}", it.prompt(), result["text"])),
    });
    Agent::builder().model(model).toolkit(probe)
}

fn mute() -> AgentBuilder {
    Agent::builder().model(ScriptedModel::new("mute", |_| ModelReply::default()))
}

async fn run(team: TeamBuilder) -> RunOutcome {
    let team = team.build().await.unwrap();
    bounded(team.run(alice(), "Go")).await.unwrap()
}

#[tokio::test]
async fn members_asked_in_one_turn_work_at_once_and_answer_in_the_order_of_the_calls() {
    let probe = Probe::with_token();
    let meets = || member_that("meet", json!({}), probe.clone());
    let team = Team::builder()
        .model(lead(&[("mail", "one"), ("diary", "two")]))
        .member("diary", "Keeps the diary.", meets())
        .member("mail", "Reads mail.", meets());
    let answers: Vec<_> = results(&run(team).await)
        .into_iter()
        .map(|(tool, result, is_error)| (tool, result["answer"].clone(), is_error))
        .collect();
    let answer = |tool: &str, text: &str| (tool.to_owned(), json!(text), false);
    assert_eq!(
        answers,
        [
            answer("delegate_to_mail", "one: \"met\""),
            answer("delegate_to_diary", "two: \"met\"")
        ]
    );
}

#[tokio::test]
async fn a_coordinator_sees_its_members_and_none_of_their_tools_and_nobody_sees_the_person() {
    let lead = ScriptedModel::new("lead", |it| {
        let request = it.request();
        let own = Probe::with_token().tools().len();
        assert_eq!(request.tools.len(), own + 1);
        let asks = &request.tools[own];
        assert_eq!(asks.name, "delegate_to_mail");
        assert!(
            asks.description.ends_with("Reads and sends mail."),
            "{asks:?}"
        );
        assert_eq!(asks.input_schema["required"], json!(["task"]));
        assert_eq!(asks.input_schema["additionalProperties"], false);
        let text = format!("{} {asks:?}", request.instructions);
        assert!(text.contains("You lead a team: mail."), "{text}");
        assert!(!text.contains("alice") && !text.contains("user"), "{text}");
        match it.last_result() {
            None => ModelReply::call("delegate_to_mail", json!({"task": "look"})),
            Some(_) => ModelReply::text("done"),
        }
    });
    let member = ScriptedModel::new("mail", |it| {
        let request = it.request();
        assert!(request.tools.is_empty());
        assert!(request.instructions.contains("You are mail, a member"));
        assert_eq!(request.messages, [Message::User("look".to_owned())]);
        ModelReply::text("seen")
    });
    let member = Agent::builder().model(member);
    let team = Team::builder()
        .model(lead)
        .toolkit(Probe::with_token())
        .member("mail", "Reads and sends mail.", member);
    assert_eq!(run(team).await.answer(), Some("done"));
}

/// Fails as it is told.
#[derive(Debug)]
struct Broken(ModelErrorKind);

#[async_trait]
impl toolgate_framework::Model for Broken {
    fn name(&self) -> &'static str {
        "broken"
    }

    async fn complete(&self, _: &ModelRequest<'_>) -> Result<ModelReply, ModelError> {
        Err(ModelError::new("it is broken").with_kind(self.0))
    }
}

#[tokio::test]
async fn a_member_that_fails_is_told_as_data_and_the_team_goes_on() {
    let broken = |kind| Agent::builder().model(Broken(kind));
    let loops = ScriptedModel::new("loops", |_| ModelReply::call("say", json!({"text": "x"})));
    let loops = Agent::builder().model(loops).turn_limit(2);
    let tasks: &[_] = &[("down", "x"), ("odd", "x"), ("loops", "x"), ("mute", "")];
    let team = Team::builder()
        .model(lead(tasks))
        .member("down", "Is down.", broken(ModelErrorKind::Unavailable))
        .member("odd", "Is odd.", broken(ModelErrorKind::Other))
        .member("loops", "Loops.", loops.toolkit(Probe::with_token()))
        .member("mute", "Says nothing.", mute());
    let told: Vec<_> = results(&run(team).await)
        .into_iter()
        .map(|(_, result, _)| {
            let error = &result["error"];
            let text = error["message"].as_str().unwrap().to_owned();
            (error["kind"].clone(), error["retryable"].clone(), text)
        })
        .collect();
    for (told, (kind, is_retryable, text)) in told.iter().zip([
        ("unavailable", true, "down came to no answer"),
        ("internal", false, "it is broken"),
        ("internal", false, "in the turns that it has"),
        ("invalid_argument", false, "`task`"),
    ]) {
        assert_eq!((&told.0, &told.1), (&json!(kind), &json!(is_retryable)));
        assert!(told.2.contains(text), "{told:?}");
    }
    assert_eq!(told.len(), 4);
}

#[tokio::test]
async fn a_member_that_fails_after_it_did_something_says_what_so_that_it_is_not_done_twice() {
    let model = ScriptedModel::new("sends", |it| match it.turn() {
        0 => ModelReply::call("say", json!({"text": "x"})),
        _ => ModelReply::call("send", json!({})),
    });
    let member = Agent::builder().model(model).turn_limit(2);
    let team = Team::builder().model(lead(&[("mail", "send it")])).member(
        "mail",
        "Sends mail.",
        member.toolkit(Probe::with_token()),
    );
    let results = results(&run(team).await);
    let error = &results[0].1["error"];
    assert_eq!(error["may_have_happened"], true, "{error}");
    let text = error["message"].as_str().unwrap();
    assert!(text.contains("stays done (send):"), "{text}");
}

#[tokio::test]
async fn what_members_use_adds_up_and_each_has_turns_of_its_own() {
    let spends = |turns: usize, input: u64| {
        ScriptedModel::new("spends", move |it| ModelReply {
            usage: Usage {
                input_tokens: input,
                ..Usage::default()
            },
            ..if it.turn() < turns {
                ModelReply::call("say", json!({"text": "x"}))
            } else {
                ModelReply::text("spent")
            }
        })
    };
    let member = |turns, limit, input| {
        let member = Agent::builder().model(spends(turns, input));
        member.turn_limit(limit).toolkit(Probe::with_token())
    };
    let leads = ScriptedModel::new("lead", |it| ModelReply {
        usage: Usage {
            input_tokens: 1,
            ..Usage::default()
        },
        ..match it.turn() {
            0 => ModelReply::call("delegate_to_long", json!({"task": "x"}))
                .and_call("delegate_to_short", json!({"task": "x"})),
            _ => ModelReply::text("done"),
        }
    });
    let team = Team::builder()
        .model(leads)
        .turn_limit(2)
        .member("long", "Takes its turns.", member(4, 5, 10))
        .member("short", "Has too few.", member(4, 3, 1_000));
    let outcome = run(team).await;
    let errors: Vec<_> = results(&outcome).iter().map(|it| it.2).collect();
    assert_eq!(errors, [false, true]);
    let RunOutcome::Completed(answer) = outcome else {
        panic!("{outcome}")
    };
    // Two turns, five turns, and the three of a member that came to no answer.
    assert_eq!(answer.usage.input_tokens, 2 + 50 + 3_000);
}

/// Takes down which calls there were, and forbids one tool.
#[derive(Debug, Default)]
struct Book {
    lines: Mutex<Vec<String>>,
    forbids: Option<&'static str>,
}

#[async_trait]
impl Policy for Book {
    async fn decide(&self, call: &CallInfo<'_>) -> Result<(), ToolError> {
        match self.forbids {
            Some(tool) if tool == call.tool.name => Err(ToolError::permission_denied("no")),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl Audit for Book {
    async fn begin(&self, _: &CallInfo<'_>) -> Result<(), ToolError> {
        Ok(())
    }

    async fn end(&self, call: &CallInfo<'_>, outcome: Result<(), &ToolError>) {
        let outcome = outcome.map_or_else(ToolError::kind_name, |()| "done");
        let (tool, run) = (call.tool.name, call.run.run_id());
        let person = call.principal.unwrap();
        let line = format!("{}.{tool} of {person} in {run}: {outcome}", call.toolkit);
        self.lines.lock().unwrap().push(line);
    }
}

#[tokio::test]
async fn every_call_of_a_team_is_decided_and_taken_down_under_the_one_run() {
    let book = |forbids| {
        Arc::new(Book {
            forbids,
            ..Book::default()
        })
    };
    let (teams, own) = (book(None), book(None));
    let pipeline = |book: &Arc<Book>| {
        let pipeline = Pipeline::new().with_audit(book.clone());
        pipeline.with_policy(book.clone())
    };
    let says = || member_that("say", json!({"text": "x"}), Probe::with_token());
    let team = Team::builder()
        .model(lead(&[("mail", "x"), ("apart", "x")]))
        .pipeline(pipeline(&teams))
        .member("mail", "Has the team's.", says())
        .member("apart", "Has its own.", says().pipeline(pipeline(&own)));
    let team = team.build().await.unwrap();
    let context = alice().with_run_id("run-7");
    team.run(context, "Go").await.unwrap();
    let mut lines = teams.lines.lock().unwrap().clone();
    lines.sort();
    assert_eq!(
        lines,
        [
            "probe.say of alice in run-7: done",
            "team.delegate_to_apart of alice in run-7: done",
            "team.delegate_to_mail of alice in run-7: done",
        ]
    );
    assert_eq!(
        *own.lines.lock().unwrap(),
        ["probe.say of alice in run-7: done"]
    );

    for (forbidden, kind) in [("delegate_to_mail", "permission_denied"), ("say", "")] {
        let book = book(Some(forbidden));
        let team = Team::builder()
            .model(lead(&[("mail", "x")]))
            .pipeline(pipeline(&book))
            .member("mail", "Has the team's.", says());
        let results = results(&run(team).await);
        assert_eq!(results[0].1["error"]["kind"].as_str().unwrap_or(""), kind);
    }
}

#[tokio::test]
async fn what_a_member_answers_keeps_to_the_budget_of_a_result() {
    let model = ScriptedModel::new("talks", |_| ModelReply::text("word ".repeat(10_000)));
    let team = Team::builder()
        .model(lead(&[("talks", "x")]))
        .pipeline(Pipeline::new().with_result_budget(2_000))
        .member("talks", "Talks a lot.", Agent::builder().model(model));
    let results = results(&run(team).await);
    assert!(results[0].1.to_string().chars().count() <= 2_000);
    assert!(results[0].1.get("truncated").is_some(), "{}", results[0].1);
}

/// One word for each event.
fn brief(event: &RunEvent) -> String {
    match event {
        RunEvent::Text(text) => format!("text {text}"),
        RunEvent::ToolStart { call } => format!("start {}", call.name),
        RunEvent::ToolEnd { name, is_error, .. } => format!("end {name} {is_error}"),
        RunEvent::Member {
            member,
            call_id,
            event,
        } => format!("{member} ({call_id}) {}", brief(event)),
        RunEvent::Completed(answer) => format!("completed {}", answer.text),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_stream_tells_of_members_by_their_names() {
    let member = member_that("say", json!({"text": "hi"}), Probe::with_token());
    let team =
        Team::builder()
            .model(lead(&[("mail", "look")]))
            .member("mail", "Reads mail.", member);
    let team = team.build().await.unwrap();
    let mut stream = team.run_stream(alice(), "Go");
    let mut told = Vec::new();
    while let Some(event) = stream.next().await {
        told.push(brief(&event.unwrap()));
    }
    assert_eq!(
        told,
        [
            "start delegate_to_mail",
            "mail (call-0-0) start say",
            "mail (call-0-0) end say false",
            "mail (call-0-0) text look: \"hi\"",
            "end delegate_to_mail false",
            "text done",
            "completed done",
        ]
    );
}
