//! `users.settings.filters`: what is done to mail as it arrives.

use serde_json::{Map, Value, json};

use crate::call::{ApiError, Call, Reply};
use crate::gmail::labels::{AUTOMATIC, is_user_label};
use crate::gmail::query::{Query, Term};
use crate::gmail::search::{Candidate, Scope};
use crate::gmail::store::Store;
use crate::gmail::{Mailbox, strings, words};

/// Google keeps no more of them.
const MAX_FILTERS: usize = 1000;

/// A filter, ready to be applied.
#[derive(Debug)]
pub(crate) struct Filter {
    /// The filter as the API shows it.
    shown: Value,
    query: Query,
    pub(crate) add: Vec<String>,
    pub(crate) remove: Vec<String>,
    pub(crate) forward: Option<String>,
}

impl Filter {
    /// Whether it applies to a message.
    pub(crate) fn matches(&self, message: Candidate<'_>, scope: Scope<'_>) -> bool {
        self.query.matches(message, scope)
    }
}

/// `users.settings.filters.list`.
pub(crate) fn list(mailbox: &Mailbox) -> Reply {
    let filters = &mailbox.settings.filters;
    if filters.is_empty() {
        return Reply::Json(json!({}));
    }
    let shown: Vec<&Value> = filters.iter().map(|filter| &filter.shown).collect();
    Reply::Json(json!({ "filter": shown }))
}

/// `users.settings.filters.get`.
pub(crate) fn get(mailbox: &Mailbox, call: &Call) -> Result<Reply, ApiError> {
    let at = position(mailbox, call)?;
    Ok(Reply::Json(mailbox.settings.filters[at].shown.clone()))
}

/// `users.settings.filters.create`.
pub(crate) fn create(mailbox: &mut Mailbox, call: &Call) -> Result<Reply, ApiError> {
    let body = call.json();
    let criteria = criteria(&body["criteria"])?;
    let action = action(mailbox, &body["action"])?;
    let filters = &mailbox.settings.filters;
    let is_there = |filter: &Filter| {
        filter.shown["criteria"] == Value::Object(criteria.clone())
            && filter.shown["action"] == Value::Object(action.clone())
    };
    if filters.iter().any(is_there) {
        return Err(ApiError::failed_precondition("Filter already exists"));
    }
    if filters.len() >= MAX_FILTERS {
        return Err(ApiError::failed_precondition("Too many filters"));
    }
    let query = query_of(&criteria);
    let id = format!("ANe1Bmj{:016x}", mailbox.store.fresh());
    let shown = json!({ "id": id, "criteria": criteria, "action": action });
    mailbox.settings.filters.push(Filter {
        query,
        add: strings(&shown["action"]["addLabelIds"]),
        remove: strings(&shown["action"]["removeLabelIds"]),
        forward: shown["action"]["forward"].as_str().map(ToOwned::to_owned),
        shown: shown.clone(),
    });
    Ok(Reply::Json(shown))
}

/// `users.settings.filters.delete`.
pub(crate) fn delete(mailbox: &mut Mailbox, call: &Call) -> Result<Reply, ApiError> {
    let at = position(mailbox, call)?;
    mailbox.settings.filters.remove(at);
    Ok(Reply::Empty)
}

fn position(mailbox: &Mailbox, call: &Call) -> Result<usize, ApiError> {
    let id = call.path_one("id");
    let mut filters = mailbox.settings.filters.iter();
    filters
        .position(|filter| filter.shown["id"] == id)
        .ok_or_else(|| ApiError::not_found("Requested entity was not found."))
}

/// What is asked for, without what asks for nothing.
fn criteria(asked: &Value) -> Result<Map<String, Value>, ApiError> {
    let mut kept = Map::new();
    for name in ["from", "to", "subject", "query", "negatedQuery"] {
        let text = asked[name].as_str().unwrap_or_default().trim();
        let text = match name {
            "subject" => text.split_whitespace().collect::<Vec<_>>().join(" "),
            _ => text.to_owned(),
        };
        if !text.is_empty() {
            kept.insert(name.to_owned(), text.into());
        }
    }
    if asked["hasAttachment"] == true {
        kept.insert("hasAttachment".to_owned(), true.into());
    }
    match (asked["size"].as_i64(), asked["sizeComparison"].as_str()) {
        (None | Some(0), None | Some("unspecified")) => {}
        (Some(size @ 1..), Some(comparison @ ("larger" | "smaller"))) => {
            kept.insert("size".to_owned(), size.into());
            kept.insert("sizeComparison".to_owned(), comparison.into());
        }
        _ => return Err(ApiError::invalid("Invalid size criteria")),
    }
    if kept.is_empty() {
        return Err(ApiError::invalid("Filter doesn't have any criteria"));
    }
    if asked["excludeChats"] == true {
        kept.insert("excludeChats".to_owned(), true.into());
    }
    Ok(kept)
}

/// What is to be done, checked against the labels and forwarding addresses that there are.
fn action(mailbox: &Mailbox, asked: &Value) -> Result<Map<String, Value>, ApiError> {
    let mut kept = Map::new();
    let add = known_labels(&mailbox.store, &asked["addLabelIds"])?;
    let remove = known_labels(&mailbox.store, &asked["removeLabelIds"])?;
    if add.iter().any(|id| remove.contains(id)) {
        return Err(ApiError::invalid(
            "Cannot both add and remove the same label",
        ));
    }
    if add.iter().filter(|id| is_user_label(id)).count() > 1 {
        return Err(ApiError::invalid("A filter can add one user label at most"));
    }
    for (name, ids) in [("addLabelIds", add), ("removeLabelIds", remove)] {
        if !ids.is_empty() {
            kept.insert(name.to_owned(), ids.into());
        }
    }
    let forward = asked["forward"].as_str().unwrap_or_default();
    if !forward.is_empty() {
        let mut known = mailbox.settings.forwarding.iter();
        let Some(known) = known.find(|known| known.eq_ignore_ascii_case(forward)) else {
            return Err(ApiError::failed_precondition(
                "Unrecognized forwarding address",
            ));
        };
        kept.insert("forward".to_owned(), known.as_str().into());
    }
    if kept.is_empty() {
        return Err(ApiError::invalid("Filter doesn't have any actions"));
    }
    Ok(kept)
}

fn known_labels(store: &Store, ids: &Value) -> Result<Vec<String>, ApiError> {
    let ids = strings(ids);
    for id in &ids {
        let is_known = store.labels.iter().any(|label| label.id == *id);
        if !is_known || AUTOMATIC.contains(&id.as_str()) {
            return Err(ApiError::invalid(format!("Invalid label: {id}")));
        }
    }
    Ok(ids)
}

/// The criteria as a search: all of them must hold.
fn query_of(criteria: &Map<String, Value>) -> Query {
    let mut all = Vec::new();
    for (name, value) in criteria {
        let text = value.as_str().unwrap_or_default();
        all.push(match name.as_str() {
            "from" | "to" => Query::parse(&format!("{name}:({text})")),
            "subject" => match words::normalized(text) {
                phrase if phrase.trim().is_empty() => Query::All,
                phrase => Query::Term(Term::Subject(phrase)),
            },
            "query" => Query::parse(text),
            "negatedQuery" => match Query::parse(text) {
                Query::All => Query::All,
                unwanted => Query::Not(Box::new(unwanted)),
            },
            "hasAttachment" => Query::Term(Term::HasAttachment),
            "excludeChats" => Query::Not(Box::new(Query::Term(Term::Label("chat".to_owned())))),
            "sizeComparison" => {
                let size = criteria.get("size").and_then(Value::as_u64);
                let size = size.unwrap_or_default();
                Query::Term(match text {
                    "larger" => Term::AtLeast(size.saturating_add(1)),
                    _ => Term::Smaller(size),
                })
            }
            _ => Query::All,
        });
    }
    Query::And(all)
}
