//! Forms and queries read strictly: no unknown and no repeated parameter.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::json;

use crate::exchange::{Answer, Request};

/// An error in the shape of RFC 6749, section 5.2.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) status: StatusCode,
    pub(super) error: &'static str,
    pub(super) description: String,
}

/// Parameters by name.
#[derive(Debug)]
pub(super) struct Form(BTreeMap<String, String>);

impl Failure {
    pub(super) fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error,
            description: description.into(),
        }
    }

    pub(super) fn invalid_request(description: impl Into<String>) -> Self {
        Self::new("invalid_request", description)
    }

    pub(super) fn answer(&self) -> Answer {
        let body = json!({ "error": self.error, "error_description": self.description });
        let answer = Answer::json(self.status, &body).never_stored();
        if self.status == StatusCode::UNAUTHORIZED {
            return answer.with(http::header::WWW_AUTHENTICATE, "Basic realm=\"oauth2\"");
        }
        answer
    }
}

impl Form {
    /// Reads a posted form.
    pub(super) fn of_body(request: &Request) -> Result<Self, Failure> {
        if request.media_type() != "application/x-www-form-urlencoded" {
            return Err(Failure::invalid_request("Invalid content type."));
        }
        if !request.query.is_empty() {
            return Err(Failure::invalid_request(
                "Parameters must be in the request body.",
            ));
        }
        Self::read(&request.body)
    }

    /// Reads an encoded text; a parameter that stands twice is refused.
    pub(super) fn read(text: &[u8]) -> Result<Self, Failure> {
        let mut values = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(text) {
            if values
                .insert(name.clone().into_owned(), value.into_owned())
                .is_some()
            {
                let description =
                    format!("OAuth 2 parameters can only have a single value: {name}");
                return Err(Failure::invalid_request(description));
            }
        }
        Ok(Self(values))
    }

    /// Refuses parameters that are not in the list.
    pub(super) fn allow_only(&self, known: &[&str]) -> Result<(), Failure> {
        match self.0.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(Failure::invalid_request(format!(
                "Parameter not allowed for this message type: {name}"
            ))),
            None => Ok(()),
        }
    }

    /// A parameter that is there and not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    pub(super) fn need(&self, name: &str) -> Result<&str, Failure> {
        self.get(name)
            .ok_or_else(|| Failure::invalid_request(format!("Missing required parameter: {name}")))
    }
}
