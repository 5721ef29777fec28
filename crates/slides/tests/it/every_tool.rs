//! The whole catalogue, tool by tool: what succeeds, what is refused, and what Google is asked.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

mod arguments;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use serde_json::Value;
use toolgate_emulator::{FaultAction, FaultRule};
use toolgate_toolkit::{Risk, ToolSpec, Toolkit as _};

use crate::{
    golden::{Golden, Office},
    world::all_tools,
};
use toolgate_testkit::violations;

/// What the catalogue says of each tool.
fn specs() -> &'static [ToolSpec] {
    static SPECS: LazyLock<Vec<ToolSpec>> = LazyLock::new(|| {
        let tools = all_tools().tools();
        tools.iter().map(|tool| tool.spec().clone()).collect()
    });
    &SPECS
}

fn spec(name: &str) -> &'static ToolSpec {
    specs().iter().find(|it| it.name == name).unwrap()
}

/// A golden call that was made.
struct Made {
    tool: &'static str,
    arguments: Value,
    result: Value,
    /// Google's methods that it requested.
    methods: BTreeSet<String>,
}

/// Makes all golden calls. What changes a presentation has one of its own.
async fn made() -> Vec<Made> {
    let shared = Office::new().await;
    let mut made = Vec::new();
    for (place, golden) in Office::golden().into_iter().enumerate() {
        if spec(golden.tool).risk == Risk::Read {
            made.extend(make(&shared, golden).await);
        } else {
            let own = Office::new().await;
            let golden = Office::golden().into_iter().nth(place).unwrap();
            made.extend(make(&own, golden).await);
        }
    }
    made
}

async fn make(office: &Office, golden: Golden) -> Vec<Made> {
    let tool = golden.tool;
    let mut made = Vec::new();
    for call in golden.good {
        office.world.emulator.clear_requests();
        let result = office.call_during(tool, &call).await;
        office.world.assert_lawful();
        let requests = office.world.emulator.requests().into_iter();
        // A picture is fetched by its address, which is no method.
        let mut methods = BTreeSet::new();
        for request in requests {
            let Some(method) = request.api_method else {
                continue;
            };
            if request.body.contains("\"DRIVE\"") {
                methods.insert(format!("{method}?createVideo"));
            }
            methods.insert(method);
        }
        made.push(Made {
            tool,
            arguments: call.arguments,
            result,
            methods,
        });
    }
    made
}

#[tokio::test]
async fn every_tool_of_the_catalogue_has_its_cases() {
    let golden = Office::golden();
    let mut cases: Vec<&str> = golden.iter().map(|it| it.tool).collect();
    cases.sort_unstable();
    let mut names: Vec<&str> = specs().iter().map(|it| it.name).collect();
    names.sort_unstable();
    assert_eq!(cases, names);
    for golden in golden {
        let first = golden.good.first().unwrap();
        assert!(first.faults.is_empty(), "{}", golden.tool);
    }
}

#[tokio::test]
async fn every_tool_succeeds_with_the_least_consent_and_answers_as_its_output_schema_says() {
    for Made {
        tool,
        arguments,
        result,
        ..
    } in made().await
    {
        let wrong = violations(&spec(tool).output_schema, &result);
        assert!(wrong.is_empty(), "{tool} {arguments}: {wrong:?}\n{result}");
    }
}

#[tokio::test]
async fn every_tool_requests_each_method_that_it_declares_and_no_other() {
    let mut used: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for Made { tool, methods, .. } in made().await {
        used.entry(tool).or_default().extend(methods);
    }
    for spec in specs() {
        let declared = spec.requirement.methods().map(str::to_owned).collect();
        assert_eq!(used.remove(spec.name), Some(declared), "{}", spec.name);
    }
}

#[tokio::test]
async fn every_tool_names_an_argument_that_is_wrong_and_shows_a_good_value() {
    let office = Office::new().await;
    for Golden { tool, bad, .. } in Office::golden() {
        let (arguments, name) = bad;
        let error = office.call(tool, arguments.clone()).await.unwrap_err();
        assert_eq!(
            (error.kind_name(), error.argument()),
            ("invalid_argument", Some(name)),
            "{tool} {arguments}: {error}"
        );
        let (_, good) = error.message().split_once("; a good value is ").unwrap();
        assert!(
            error.message().contains(&format!("`{name}`")) && !good.is_empty(),
            "{tool}: {error}"
        );
        assert!(
            !error.is_retryable() && !error.may_have_happened(),
            "{tool}: {error}"
        );
    }
}

/// Google's refusals, and what they are to a model.
const REFUSALS: [(u16, &str, &str); 4] = [
    (403, "domainPolicy", "permission_denied"),
    (404, "notFound", "not_found"),
    (429, "rateLimitExceeded", "rate_limited"),
    (500, "backendError", "unavailable"),
];

/// Those whose unclear end no look-up can deny.
const UNKNOWN: [&str; 3] = [
    "create_presentation",
    "create_from_outline",
    "create_from_template",
];

fn refusal(code: u16, reason: &str) -> FaultAction {
    FaultAction::Status {
        code,
        status: None,
        reason: Some(reason.to_owned()),
        message: None,
        // Nobody waits for that long: it is told at once.
        retry_after: (code == 429 || code == 500).then(|| "600".to_owned()),
    }
}

#[tokio::test]
async fn every_tool_tells_what_google_refuses() {
    // Nothing of what is refused is done, so one office does for all.
    let office = Office::new().await;
    let faults = office.world.emulator.faults();
    for golden in Office::golden() {
        let tool = golden.tool;
        for (code, reason, kind) in REFUSALS {
            let rule = FaultRule::new(refusal(code, reason)).on_method(golden.at);
            let rule = faults.add(rule);
            let arguments = golden.good[0].arguments.clone();
            let error = office.call(tool, arguments).await.unwrap_err();
            assert!(faults.applied(rule) > 0, "{tool} {code}");
            faults.clear();
            assert_eq!(error.kind_name(), kind, "{tool} {code}: {error}");
            // What was not done and may be tried again is told as that, unless nothing tells it.
            let is_searched = code == 500 && UNKNOWN.contains(&tool);
            assert_eq!(
                error.may_have_happened(),
                is_searched,
                "{tool} {code}: {error}"
            );
            let waits = (code == 429 || code == 500) && !is_searched;
            assert_eq!(error.is_retryable(), waits, "{tool} {code}: {error}");
            if waits {
                assert!(
                    error.retry_after().is_some_and(|it| it.as_secs() >= 600),
                    "{tool} {code}"
                );
            }
        }
    }
}

#[tokio::test]
async fn no_reply_travels_without_a_mask() {
    let office = Office::new().await;
    for golden in Office::golden() {
        for call in golden.good {
            office.call_during(golden.tool, &call).await;
        }
    }
    for request in office.world.emulator.requests() {
        let is_content = request.path.ends_with("/export") || request.api_method.is_none();
        assert!(
            is_content || request.method == "DELETE" || request.query.contains("fields="),
            "{request:?}"
        );
    }
}
