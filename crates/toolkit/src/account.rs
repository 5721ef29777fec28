//! Which of a person's own Google accounts a call is for: a label or an e-mail address that a model
//! gives, or the one that stands to reason.

use serde_json::{Value, json};
use toolgate_auth::{AccountLabel, BoundGoogleAuth, Connection, Principal};

use crate::error::ToolError;
use crate::risk::Risk;
use crate::spec::ToolSpec;

/// The argument of every tool that calls Google.
const ARGUMENT: &str = "account";

/// What the model hears of it, once for all tools.
pub(crate) const INSTRUCTION: &str = "The person may have several Google accounts: `account` takes \
    the name or e-mail address of the one they mean. Left out, what only reads uses their default \
    account; ask the person rather than guess where something is changed or sent.";

/// The same tool with the argument; none where it has one of that name.
pub(crate) fn with_argument(spec: &ToolSpec) -> Option<ToolSpec> {
    let mut spec = spec.clone();
    let schema = spec.input_schema.as_object_mut()?;
    let properties = schema.entry("properties").or_insert_with(|| json!({}));
    let properties = properties.as_object_mut()?;
    if properties.contains_key(ARGUMENT) {
        return None;
    }
    let argument = json!({"type": "string", "description": "Google account"});
    properties.insert(ARGUMENT.to_owned(), argument);
    Some(spec)
}

/// Takes the argument out: no tool sees it. Null and an empty text are as if it were left out.
pub(crate) fn take(arguments: &mut Value) -> Result<Option<String>, ToolError> {
    let taken = arguments.as_object_mut().and_then(|it| it.remove(ARGUMENT));
    match taken {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(word)) => {
            let word = word.trim();
            Ok((!word.is_empty()).then(|| word.to_owned()))
        }
        Some(_) => Err(ToolError::invalid_argument(
            ARGUMENT,
            "it is no text",
            "the name or the e-mail address of one of the person's Google accounts",
        )),
    }
}

/// The account that a call of this risk is for; none is the default one. For what only reads and names
/// none, what is known from memory decides, and where it refuses, the database. Nothing else goes by
/// memory: what another process connected a moment ago may make a change ambiguous, or a name another
/// account's.
pub(crate) async fn choose(
    auth: &BoundGoogleAuth,
    principal: &Principal,
    named: Option<&str>,
    risk: Risk,
) -> Result<Option<AccountLabel>, ToolError> {
    if risk.is_read_only() && named.is_none() {
        let known = auth.known_connections(principal).await?;
        if let Ok(label) = among(&known, named, risk) {
            return Ok(label);
        }
    }
    let now = auth.connections(principal).await?;
    among(&now, named, risk)
}

fn among(
    own: &[Connection],
    named: Option<&str>,
    risk: Risk,
) -> Result<Option<AccountLabel>, ToolError> {
    let Some(word) = named else {
        return unnamed(own, risk);
    };
    if own.is_empty() && word.eq_ignore_ascii_case(AccountLabel::DEFAULT) {
        return Ok(None);
    }
    let mut called = own.iter().filter(|it| it.is_called(word));
    match (called.next(), called.next()) {
        (Some(only), None) => Ok(only.account.clone()),
        (None, _) => Err(refused("the person has no such account", own)),
        (Some(_), Some(_)) => {
            // A name that is one's own wins over an address that several have.
            let exact = own.iter().find(|it| it.name() == word);
            let exact = exact.ok_or_else(|| refused("several accounts are called that", own))?;
            Ok(exact.account.clone())
        }
    }
}

/// One account is the one, whatever it is called; with none, consent is asked for the default one.
fn unnamed(own: &[Connection], risk: Risk) -> Result<Option<AccountLabel>, ToolError> {
    let has_default = own.iter().any(|it| it.account.is_none());
    match own {
        [] => Ok(None),
        [only] => Ok(only.account.clone()),
        _ if risk.is_read_only() && has_default => Ok(None),
        _ => Err(refused(
            "it is missing, and the person has several accounts: ask them which one they mean",
            own,
        )),
    }
}

fn refused(problem: &str, own: &[Connection]) -> ToolError {
    let names: Vec<String> = own.iter().map(ToString::to_string).collect();
    let good = if names.is_empty() {
        "none yet: leave it out, and the person is asked to connect their first account".to_owned()
    } else {
        format!("one of {}", names.join(", "))
    };
    ToolError::invalid_argument(ARGUMENT, problem, &good)
}
