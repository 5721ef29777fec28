//! What holds for every tool of a toolkit.

use std::collections::{BTreeMap, BTreeSet};

use toolgate_auth::ScopeSet;
use toolgate_emulator::{FaultAction, FaultRule};
use toolgate_toolkit::{
    ToolError,
    schema::{self, Dialect},
};

pub use super::arguments::{
    an_argument_that_no_tool_has_is_refused_by_name_before_any_request,
    each_argument_that_is_missing_is_named_with_a_good_value_before_any_request,
    each_argument_that_is_wrong_is_named_with_a_good_value_before_any_request,
};
use super::{Golden, Office, office::made, specs};
use crate::violations;

/// Each has its golden calls, of which the first needs no fault.
pub async fn every_tool_of_the_catalogue_has_its_cases<O: Office>() {
    let golden = O::opened().await.golden();
    let mut cases: Vec<&str> = golden.iter().map(|it| it.tool).collect();
    cases.sort_unstable();
    let specs = specs(O::toolkit().as_ref());
    let mut names: Vec<&str> = specs.iter().map(|it| it.name).collect();
    names.sort_unstable();
    assert_eq!(cases, names);
    for golden in golden {
        assert!(golden.good[0].faults.is_empty(), "{}", golden.tool);
    }
}

/// What a tool asks for is enough for it, and its result is as it promises.
pub async fn every_tool_succeeds_with_the_least_consent_and_answers_as_its_output_schema_says<
    O: Office,
>() {
    let specs = specs(O::toolkit().as_ref());
    for it in made::<O>().await {
        let spec = specs.iter().find(|spec| spec.name == it.tool).unwrap();
        let wrong = violations(&spec.output_schema, &it.result);
        let (tool, arguments, result) = (it.tool, it.arguments, it.result);
        assert!(wrong.is_empty(), "{tool} {arguments}: {wrong:?}\n{result}");
    }
}

/// Consent is asked for the methods that are used.
pub async fn every_tool_requests_each_method_that_it_declares_and_no_other<O: Office>() {
    let mut used: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for it in made::<O>().await {
        used.entry(it.tool).or_default().extend(it.methods);
    }
    for spec in specs(O::toolkit().as_ref()) {
        let declared = spec.requirement.methods().map(str::to_owned).collect();
        assert_eq!(used.remove(spec.name), Some(declared), "{}", spec.name);
    }
}

/// An error that a model can mend at once.
pub async fn every_tool_names_an_argument_that_is_wrong_and_shows_a_good_value<O: Office>() {
    let office = O::opened().await;
    for Golden { tool, bad, .. } in office.golden() {
        let (arguments, name) = bad;
        let error = office.call(tool, arguments.clone()).await.unwrap_err();
        let case = format!("{tool} {arguments}: {error}");
        let told = (error.kind_name(), error.argument());
        assert_eq!(told, ("invalid_argument", Some(name)), "{case}");
        let (_, good) = error.message().split_once("; a good value is ").unwrap();
        let is_named = error.message().contains(&format!("`{name}`"));
        assert!(is_named && !good.is_empty(), "{case}");
        let may_repeat = error.is_retryable() || error.may_have_happened();
        assert!(!may_repeat, "{case}");
    }
}

/// Google's refusals, and what they are to a model.
const REFUSALS: [(u16, &str, &str); 4] = [
    (403, "domainPolicy", "permission_denied"),
    (404, "notFound", "not_found"),
    (429, "rateLimitExceeded", "rate_limited"),
    (500, "backendError", "unavailable"),
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

/// A refusal is of its kind, and says when to come again.
pub async fn every_tool_tells_what_google_refuses_and_nothing_is_done<O: Office>() {
    let office = O::opened().await;
    let before = office.everything().await;
    let faults = office.emulator().faults();
    for golden in office.golden() {
        for (code, reason, kind) in REFUSALS {
            let rule = FaultRule::new(refusal(code, reason)).on_method(golden.at);
            let rule = faults.add(rule);
            let arguments = golden.good[0].arguments.clone();
            let result = office.call(golden.tool, arguments).await;
            let case = format!("{} {code}: {result:?}", golden.tool);
            assert!(faults.applied(rule) > 0, "{case}");
            faults.clear();
            let error = result.unwrap_err();
            assert_eq!(error.kind_name(), kind, "{case}");
            check_ending::<O>(golden.tool, code, &error, &case);
        }
    }
    assert_eq!(office.everything().await, before);
}

fn check_ending<O: Office>(tool: &str, code: u16, error: &ToolError, case: &str) {
    // Only what may have been done and cannot be looked up is told as that.
    let is_untold = code == 500 && O::is_untold(tool);
    assert_eq!(error.may_have_happened(), is_untold, "{case}");
    let waits = (code == 429 || code == 500) && !is_untold;
    assert_eq!(error.is_retryable(), waits, "{case}");
    if waits {
        let seconds = error.retry_after().map(|it| it.as_secs());
        assert!(seconds.is_some_and(|it| it >= 600), "{case}");
    }
}

/// Every provider takes the arguments, and a result's schema is plain.
#[expect(clippy::unused_async, reason = "one shape for all cases")]
pub async fn every_schema_is_canonical_and_passes_the_lint_of_every_dialect<O: Office>() {
    for spec in specs(O::toolkit().as_ref()) {
        let name = spec.name;
        assert_eq!(schema::lint(&spec.input_schema), [""; 0], "{name}");
        for dialect in [
            Dialect::Canonical,
            Dialect::OpenAiStrict,
            Dialect::Anthropic,
            Dialect::Gemini,
            Dialect::Ollama,
        ] {
            let lowered = dialect.lower(&spec.input_schema);
            assert_eq!(dialect.lint(&lowered), [""; 0], "{name} {dialect:?}");
        }
        assert!(!spec.description.is_empty() && !spec.title.is_empty());
        let output = spec.output_schema.to_string();
        assert!(!output.contains("null"), "{name} {output}");
        assert_eq!(spec.output_schema["type"], "object", "{name}");
    }
}

/// Of the least scopes of a tool none can be spared.
#[expect(clippy::unused_async, reason = "one shape for all cases")]
pub async fn every_tool_asks_for_what_it_needs_and_for_nothing_else<O: Office>() {
    for spec in specs(O::toolkit().as_ref()) {
        let scopes = spec.requirement.least_scopes().to_vec();
        for spare in &scopes {
            let fewer = scopes.iter().filter(|it| *it != spare);
            let fewer: ScopeSet = fewer.map(String::as_str).collect();
            let is_enough = spec.requirement.is_satisfied_by(&fewer);
            assert!(!is_enough, "{} {spare}", spec.name);
        }
    }
}
