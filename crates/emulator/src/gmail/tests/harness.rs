//! A mailbox for tests, whose replies are checked against Google's schemas.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use serde_json::{Value, json};

use crate::call::{ApiError, Call, Media, Reply};
use crate::gmail::{Mailbox, Owner};
use crate::seed::SeedMailbox;

/// 15 March 2026, noon UTC.
pub(crate) const NOW: i64 = 1_773_576_000_000;

static DISCOVERY: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../discovery/gmail.v1.json")).unwrap()
});

/// A mailbox and its clock.
pub(crate) struct Gmail {
    pub(crate) mailbox: Mailbox,
    pub(crate) now_ms: i64,
    pub(crate) address: String,
    pub(crate) page_limit: Option<usize>,
}

impl Gmail {
    /// Alice's mailbox with that seed.
    pub(crate) fn with(seed: Value) -> Self {
        Self::of("alice@example.com", seed)
    }

    /// That address's mailbox; the domain `work.example` belongs to Workspace.
    pub(crate) fn of(address: &str, seed: Value) -> Self {
        let seed: SeedMailbox = serde_json::from_value(seed).unwrap();
        let owner = Owner {
            address,
            name: "Alice",
            hosted_domain: address
                .strip_prefix("alice@")
                .filter(|it| *it == "work.example"),
        };
        let mailbox = Mailbox::new(&seed, owner, NOW);
        Self {
            mailbox,
            now_ms: NOW,
            address: address.to_owned(),
            page_limit: None,
        }
    }

    /// Calls a method whose id may lack `gmail.users.`; parameters are of the path or the query.
    pub(crate) fn call(
        &mut self,
        method: &str,
        parameters: Value,
        body: Value,
    ) -> Result<Value, ApiError> {
        self.send_call(method, parameters, body, None)
    }

    /// Calls a method with an uploaded message.
    pub(crate) fn upload(&mut self, method: &str, body: Value, raw: &str) -> Value {
        let bytes = raw.as_bytes().to_vec();
        let media = Media {
            content_type: "message/rfc822".to_owned(),
            content: bytes.into(),
        };
        self.send_call(method, json!({}), body, Some(media))
            .unwrap()
    }

    pub(crate) fn ok(&mut self, method: &str, parameters: Value, body: Value) -> Value {
        let asked = format!("{method} {parameters} {body}");
        self.call(method, parameters, body)
            .unwrap_or_else(|refused| panic!("{asked}: {refused:?}"))
    }

    pub(crate) fn refused(&mut self, method: &str, parameters: Value, body: Value) -> ApiError {
        let asked = format!("{method} {parameters} {body}");
        self.call(method, parameters, body)
            .expect_err(&format!("{asked} was not refused"))
    }

    /// The ids that a search lists, newest first.
    pub(crate) fn search(&mut self, q: &str) -> Vec<String> {
        let listed = self.ok("messages.list", json!({ "q": q }), json!(null));
        ids(&listed["messages"])
    }

    pub(crate) fn get(&mut self, id: &str) -> Value {
        self.ok("messages.get", json!({ "id": id }), json!(null))
    }

    /// Takes in a message from elsewhere; returns its id.
    pub(crate) fn arrive(&mut self, raw: &str) -> String {
        self.mailbox.deliver(raw.as_bytes(), self.now_ms);
        self.search("in:anywhere newer_than:1h")[0].clone()
    }

    /// The labels of a message.
    pub(crate) fn labels(&mut self, id: &str) -> Value {
        self.get(id)["labelIds"].clone()
    }

    fn send_call(
        &mut self,
        method: &str,
        parameters: Value,
        body: Value,
        media: Option<Media>,
    ) -> Result<Value, ApiError> {
        let id = match method.strip_prefix("gmail.users.") {
            Some(_) => method.to_owned(),
            None => format!("gmail.users.{method}"),
        };
        let description = described(&DISCOVERY["resources"], &id).unwrap();
        let mut call = Call {
            method: id,
            path: BTreeMap::from([("userId".to_owned(), "me".to_owned())]),
            query: BTreeMap::new(),
            body: (!body.is_null()).then_some(body),
            media,
            account: self.address.clone(),
            scopes: vec!["https://mail.google.com/".to_owned()],
            page_limit: self.page_limit,
            fetched: BTreeMap::default(),
            if_match: None,
            if_none_match: None,
        };
        let Value::Object(parameters) = parameters else {
            panic!("parameters are an object")
        };
        for (name, value) in parameters {
            let values = match value {
                Value::Array(list) => list.iter().map(text).collect(),
                one => vec![text(&one)],
            };
            match description["parameters"][&name]["location"].as_str() {
                Some("path") => drop(call.path.insert(name, values[0].clone())),
                Some("query") => drop(call.query.insert(name, values)),
                _ => panic!("{} has no parameter {name}", call.method),
            }
        }
        match self.mailbox.handle(&call, self.now_ms)? {
            Reply::Unchanged => panic!("{} knows no versions", call.method),
            Reply::Media { .. } => panic!("{} has no media", call.method),
            Reply::Empty => {
                assert!(
                    description["response"].is_null(),
                    "{} has a reply",
                    call.method
                );
                Ok(Value::Null)
            }
            Reply::Json(reply) => {
                let schema = description["response"]["$ref"].as_str().unwrap();
                check(&reply, &json!({ "$ref": schema }), &call.method);
                Ok(reply)
            }
        }
    }
}

/// The `id` of each entry of a list.
pub(crate) fn ids(list: &Value) -> Vec<String> {
    let entries = list.as_array().into_iter().flatten();
    entries
        .map(|entry| entry["id"].as_str().unwrap().to_owned())
        .collect()
}

/// A message in a request's body.
pub(crate) fn raw(message: &str) -> Value {
    json!({ "raw": URL_SAFE.encode(message) })
}

/// The value of a header field of a message in full or metadata format.
pub(crate) fn header<'a>(message: &'a Value, name: &str) -> Option<&'a str> {
    let headers = message["payload"]["headers"].as_array()?;
    let found = headers.iter().find(|header| header["name"] == name)?;
    found["value"].as_str()
}

/// The bytes of a field in base64url.
pub(crate) fn decoded(data: &Value) -> Vec<u8> {
    URL_SAFE.decode(data.as_str().unwrap()).unwrap()
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), ToOwned::to_owned)
}

fn described(resources: &Value, id: &str) -> Option<Value> {
    resources.as_object()?.values().find_map(|resource| {
        let methods = resource["methods"]
            .as_object()
            .into_iter()
            .flat_map(|list| list.values());
        let own = methods
            .into_iter()
            .find(|method| method["id"] == id)
            .cloned();
        own.or_else(|| described(&resource["resources"], id))
    })
}

/// Fails unless the value has the schema's fields only, each of its type.
fn check(value: &Value, schema: &Value, at: &str) {
    if let Some(name) = schema["$ref"].as_str() {
        let properties = &DISCOVERY["schemas"][name]["properties"];
        for (field, value) in value.as_object().unwrap() {
            let at = format!("{at}.{field}");
            assert!(!properties[field].is_null(), "{at} is not in {name}");
            check(value, &properties[field], &at);
        }
        return;
    }
    let is_right = match schema["type"].as_str().unwrap() {
        "string" => match schema["format"].as_str() {
            Some("int64" | "uint64") => value.as_str().is_some_and(|it| it.parse::<i64>().is_ok()),
            Some("byte") => value.as_str().is_some_and(|it| URL_SAFE.decode(it).is_ok()),
            _ => value.as_str().is_some_and(|it| {
                schema["enum"]
                    .as_array()
                    .is_none_or(|values| values.iter().any(|v| v == it))
            }),
        },
        "integer" => value.as_i64().is_some_and(|it| i32::try_from(it).is_ok()),
        "boolean" => value.is_boolean(),
        "array" => {
            for (index, item) in value.as_array().unwrap().iter().enumerate() {
                check(item, &schema["items"], &format!("{at}[{index}]"));
            }
            true
        }
        other => panic!("{at} has the unexpected type {other}"),
    };
    assert!(is_right, "{at} is {value}, not {schema}");
}
