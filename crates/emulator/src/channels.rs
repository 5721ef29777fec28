//! Notification channels of Calendar and Drive: `watch` opens one, `channels.stop` ends it.
//!
//! Written from the discovery documents and Google's guides to push notifications. Nothing is ever
//! delivered: the emulator calls nobody. Who may read a resource may watch it, so that each `watch` asks
//! the method that reads first.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use url::Url;

use crate::call::{ApiError, Call, Reply};
use crate::random;
use crate::refusal::Refusal;
use crate::state::Shared;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
const WEEK_MS: i64 = 7 * DAY_MS;

/// The methods that [`answer`] answers.
pub(crate) const METHODS: &[&str] = &[
    "calendar.acl.watch",
    "calendar.calendarList.watch",
    "calendar.channels.stop",
    "calendar.events.watch",
    "calendar.settings.watch",
    "drive.changes.watch",
    "drive.channels.stop",
    "drive.files.watch",
];

/// All channels, by id.
#[derive(Debug, Default)]
pub(crate) struct Channels(BTreeMap<String, Channel>);

#[derive(Debug)]
struct Channel {
    account: String,
    /// `calendar` or `drive`.
    api: String,
    resource_id: String,
    expires_at_ms: i64,
}

impl Channels {
    /// The ids of the channels that an account has open.
    pub(crate) fn open(&self, account: &str, now_ms: i64) -> Vec<String> {
        let of_account = self.0.iter().filter(|(_, channel)| {
            channel.account.eq_ignore_ascii_case(account) && now_ms < channel.expires_at_ms
        });
        of_account.map(|(id, _)| id.clone()).collect()
    }
}

/// Answers one of [`METHODS`]. `read` answers a method that reads.
pub(crate) fn answer(
    shared: &Shared,
    call: &Call,
    read: impl FnOnce(&Call) -> Result<Reply, Refusal>,
) -> Result<Reply, Refusal> {
    let Some(reads) = reading(&call.method) else {
        return Ok(stop(shared, call)?);
    };
    let reading = Call {
        method: reads.to_owned(),
        body: None,
        ..call.clone()
    };
    read(&reading)?;
    Ok(start(shared, call)?)
}

/// The method that shows what is watched.
fn reading(method: &str) -> Option<&'static str> {
    match method {
        "calendar.acl.watch" => Some("calendar.acl.list"),
        "calendar.calendarList.watch" => Some("calendar.calendarList.list"),
        "calendar.events.watch" => Some("calendar.events.list"),
        "calendar.settings.watch" => Some("calendar.settings.list"),
        "drive.changes.watch" => Some("drive.changes.list"),
        "drive.files.watch" => Some("drive.files.get"),
        _ => None,
    }
}

fn start(shared: &Shared, call: &Call) -> Result<Reply, ApiError> {
    let (body, now_ms) = (call.json(), shared.now_ms());
    let id = wanted(body, "id")?;
    if !matches!(wanted(body, "type")?, "web_hook" | "webhook") {
        return Err(refused("invalid", "Invalid channel type."));
    }
    let address = wanted(body, "address")?;
    if Url::parse(address).is_ok_and(|it| it.scheme() != "https") {
        let message = format!("WebHook callback must be HTTPS: {address}");
        return Err(refused("push.webhookUrlNotHttps", message));
    }
    let resource = resource(call);
    let digest = random::sha256(&format!("{} {resource}", call.account));
    let resource_id: String = digest.chars().take(27).collect();
    let expires_at_ms = end(call, body, now_ms);
    let channel = Channel {
        account: call.account.clone(),
        api: api(call).to_owned(),
        resource_id: resource_id.clone(),
        expires_at_ms,
    };
    shared.with_channels(|channels| {
        let known = channels.0.get(id);
        if known.is_some_and(|it| now_ms < it.expires_at_ms) {
            let message = format!("Channel id {id} not unique");
            return Err(refused("channelIdNotUnique", message));
        }
        channels.0.insert(id.to_owned(), channel);
        Ok(())
    })?;
    let mut shown = json!({
        "kind": "api#channel",
        "id": id,
        "resourceId": resource_id,
        "resourceUri": format!("https://www.googleapis.com/{resource}?alt=json"),
        "expiration": expires_at_ms.to_string(),
    });
    if let Some(token) = body["token"].as_str() {
        shown["token"] = token.into();
    }
    Ok(Reply::Json(shown))
}

/// Both names have to be those of the channel, and whoever opened it ends it.
fn stop(shared: &Shared, call: &Call) -> Result<Reply, ApiError> {
    let body = call.json();
    let (id, resource_id) = (wanted(body, "id")?, wanted(body, "resourceId")?);
    let now_ms = shared.now_ms();
    shared.with_channels(|channels| {
        let is_it = channels.0.get(id).is_some_and(|it| {
            it.account.eq_ignore_ascii_case(&call.account)
                && it.api == api(call)
                && it.resource_id == resource_id
                && now_ms < it.expires_at_ms
        });
        if !is_it {
            let message = format!("Channel '{id}' not found for project 'emulator'");
            return Err(ApiError::not_found(message));
        }
        channels.0.remove(id);
        Ok(Reply::Empty)
    })
}

/// Channels end by themselves: those of Calendar after a week, those of Drive after an hour unless
/// asked otherwise, and then after a day for a file and a week for changes at most.
fn end(call: &Call, body: &Value, now_ms: i64) -> i64 {
    let (usual, most) = match call.method.as_str() {
        "drive.files.watch" => (HOUR_MS, DAY_MS),
        "drive.changes.watch" => (HOUR_MS, WEEK_MS),
        _ => (WEEK_MS, WEEK_MS),
    };
    let asked = body["expiration"].as_str().and_then(|it| it.parse().ok());
    asked
        .filter(|at: &i64| *at > now_ms)
        .unwrap_or(now_ms + usual)
        .min(now_ms + most)
}

/// What is watched, as a path.
fn resource(call: &Call) -> String {
    let of = |name| call.path_one(name).to_owned();
    match call.method.as_str() {
        "calendar.acl.watch" => format!("calendar/v3/calendars/{}/acl", of("calendarId")),
        "calendar.events.watch" => format!("calendar/v3/calendars/{}/events", of("calendarId")),
        "calendar.settings.watch" => "calendar/v3/users/me/settings".to_owned(),
        "drive.changes.watch" => "drive/v3/changes".to_owned(),
        "drive.files.watch" => format!("drive/v3/files/{}", of("fileId")),
        _ => "calendar/v3/users/me/calendarList".to_owned(),
    }
}

fn api(call: &Call) -> &str {
    call.method.split('.').next().unwrap_or_default()
}

fn wanted<'a>(body: &'a Value, name: &str) -> Result<&'a str, ApiError> {
    let value = body[name].as_str().filter(|value| !value.is_empty());
    value.ok_or_else(|| refused("required", format!("entity.resource.{name}: Required")))
}

fn refused(reason: &'static str, message: impl Into<String>) -> ApiError {
    ApiError {
        reason,
        ..ApiError::invalid(message)
    }
}
