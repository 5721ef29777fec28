//! Who may do what with a calendar.

use serde_json::{Value, json};

use super::errors::{self, invalid, required};
use super::store::{Role, Rule, etag};
use super::{Calendars, check_match, list_etag, page};
use crate::call::{ApiError, Call, Reply};

/// Google's page sizes.
const SIZES: (usize, usize) = (100, 250);

/// `acl.list`.
pub(super) fn list(calendars: &Calendars, call: &Call) -> Result<Reply, ApiError> {
    let (calendar, _) = calendars.need(call, Role::Owner)?;
    let since = page::since(call, calendars.now_ms)?;
    let shows_deleted = since.is_some() || call.query_one("showDeleted") == Some("true");
    let found: Vec<&Rule> = calendar
        .rules
        .values()
        .filter(|rule| rule.role > Role::None || shows_deleted)
        .filter(|rule| since.is_none_or(|since| rule.change > since))
        .collect();
    let page = page::of(call, (SIZES.0, SIZES.1, calendars.change), found, |rule| {
        (0, rule.id())
    })?;
    let mut reply = json!({
        "kind": "calendar#acl",
        "etag": list_etag(calendar.change),
        "items": page.items.iter().copied().map(shown).collect::<Vec<Value>>(),
    });
    page.sign(&mut reply, call, calendars.now_ms);
    Ok(Reply::Json(reply))
}

/// `acl.get`.
pub(super) fn get(calendars: &Calendars, call: &Call) -> Result<Reply, ApiError> {
    Ok(Reply::Json(shown(rule(calendars, call)?)))
}

/// `acl.insert`.
pub(super) fn insert(calendars: &mut Calendars, call: &Call) -> Result<Reply, ApiError> {
    calendars.need(call, Role::Owner)?;
    let body = call.json();
    let kind = body["scope"]["type"].as_str().unwrap_or_default();
    let value = body["scope"]["value"].as_str().unwrap_or_default();
    match kind {
        "default" if value.is_empty() => {}
        "user" | "group" if value.contains('@') => {}
        "domain" if !value.is_empty() => {}
        "default" | "user" | "group" | "domain" => return Err(invalid("Invalid scope value.")),
        _ => return Err(required("Missing scope type.")),
    }
    let rule = Rule {
        kind: kind.to_owned(),
        value: value.to_ascii_lowercase(),
        role: role(body)?,
        change: calendars.tick(),
    };
    keep(calendars, call, rule)
}

/// `acl.patch` and `acl.update`.
pub(super) fn change(calendars: &mut Calendars, call: &Call) -> Result<Reply, ApiError> {
    let mut rule = rule(calendars, call)?.clone();
    check_match(call, &etag(rule.change))?;
    if call.json()["role"].is_string() {
        rule.role = role(call.json())?;
    }
    rule.change = calendars.tick();
    keep(calendars, call, rule)
}

/// `acl.delete`.
pub(super) fn delete(calendars: &mut Calendars, call: &Call) -> Result<Reply, ApiError> {
    let mut rule = rule(calendars, call)?.clone();
    check_match(call, &etag(rule.change))?;
    rule.role = Role::None;
    rule.change = calendars.tick();
    keep(calendars, call, rule)?;
    Ok(Reply::Empty)
}

fn role(body: &Value) -> Result<Role, ApiError> {
    let name = body["role"].as_str().unwrap_or_default();
    Role::named(name).ok_or_else(|| invalid("Invalid role value."))
}

fn rule<'a>(calendars: &'a Calendars, call: &Call) -> Result<&'a Rule, ApiError> {
    let (calendar, _) = calendars.need(call, Role::Owner)?;
    let rule = calendar
        .rules
        .get(&call.path_one("ruleId").to_ascii_lowercase());
    rule.filter(|rule| rule.role > Role::None)
        .ok_or_else(errors::not_found)
}

fn keep(calendars: &mut Calendars, call: &Call, rule: Rule) -> Result<Reply, ApiError> {
    let id = calendars.need(call, Role::Owner)?.0.id.clone();
    let calendar = calendars.calendar_mut(&id)?;
    let is_owners = rule.kind == "user" && rule.value.eq_ignore_ascii_case(&calendar.owner);
    if is_owners && rule.role < Role::Owner {
        return Err(errors::forbidden(
            "cannotChangeOwnAcl",
            "Cannot change your own access level.",
        ));
    }
    let reply = shown(&rule);
    calendar.change = rule.change;
    calendar.rules.insert(rule.id(), rule);
    Ok(Reply::Json(reply))
}

fn shown(rule: &Rule) -> Value {
    let mut scope = json!({ "type": rule.kind });
    if !rule.value.is_empty() {
        scope["value"] = rule.value.as_str().into();
    }
    json!({
        "kind": "calendar#aclRule",
        "etag": etag(rule.change),
        "id": rule.id(),
        "scope": scope,
        "role": rule.role.name(),
    })
}
