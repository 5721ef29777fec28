//! Errors in the shape of Google's API answers.

use http::StatusCode;
use http::header::WWW_AUTHENTICATE;
use serde_json::{Value, json};

use crate::call::ApiError;
use crate::exchange::Answer;

/// An error of an API, with what goes beside its code and message.
#[derive(Debug, Clone)]
pub(crate) struct Refusal(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    error: ApiError,
    details: Vec<Value>,
    authenticate: Option<String>,
    /// Of which kind the faulty part of the request is, and its name.
    location: Option<(&'static str, &'static str)>,
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self(Box::new(Parts {
            error,
            details: Vec::new(),
            authenticate: None,
            location: None,
        }))
    }
}

impl Refusal {
    pub(crate) fn new(
        code: u16,
        status: &'static str,
        reason: &'static str,
        message: impl Into<String>,
    ) -> Self {
        ApiError {
            code,
            status,
            reason,
            message: message.into(),
        }
        .into()
    }

    /// The same, saying which part of the request is at fault.
    #[must_use]
    pub(crate) fn at(mut self, kind: &'static str, name: &'static str) -> Self {
        self.0.location = Some((kind, name));
        self
    }

    /// 400 with the violation that a checked request had.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        let message = message.into();
        let mut refusal = Self::from(ApiError::invalid(message.clone()));
        refusal.0.details.push(json!({
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            "fieldViolations": [{ "description": message }],
        }));
        refusal
    }

    /// 401: no token, or one that is unknown, expired or revoked.
    pub(crate) fn unauthenticated(error_info: &'static str) -> Self {
        let message = "Request had invalid authentication credentials. Expected OAuth 2 access \
                       token, login cookie or other valid authentication credential. See \
                       https://developers.google.com/identity/sign-in/web/devconsole-project.";
        let mut refusal = Self::new(401, "UNAUTHENTICATED", "authError", message);
        refusal.0.details.push(error_info_of(error_info));
        let error = if error_info == "CREDENTIALS_MISSING" {
            ""
        } else {
            ", error=\"invalid_token\""
        };
        refusal.0.authenticate = Some(format!(
            "Bearer realm=\"https://accounts.google.com/\"{error}"
        ));
        refusal.0.location = Some(("header", "Authorization"));
        refusal
    }

    /// 403: the token is good, but for other things.
    pub(crate) fn insufficient_scope(scopes: &[String]) -> Self {
        let message = "Request had insufficient authentication scopes.";
        let mut refusal = Self::new(403, "PERMISSION_DENIED", "insufficientPermissions", message);
        refusal
            .0
            .details
            .push(error_info_of("ACCESS_TOKEN_SCOPE_INSUFFICIENT"));
        refusal.0.authenticate = Some(format!(
            "Bearer realm=\"https://accounts.google.com/\", error=\"insufficient_scope\", \
             scope=\"{}\"",
            scopes.join(" ")
        ));
        refusal
    }

    /// 501: the method exists at Google and not here.
    pub(crate) fn not_implemented(what: &str) -> Self {
        let message = format!("The emulator does not implement {what}.");
        Self::new(501, "UNIMPLEMENTED", "notImplemented", message)
    }

    pub(crate) fn answer(&self) -> Answer {
        let ApiError {
            code,
            status,
            reason,
            message,
        } = &self.0.error;
        let mut item = json!({ "message": message, "domain": "global", "reason": reason });
        if let Some(location) = self.0.location {
            item["locationType"] = location.0.into();
            item["location"] = location.1.into();
        }
        let mut body = json!({ "error": {
            "code": code,
            "message": message,
            "errors": [item],
            "status": status,
        }});
        if !self.0.details.is_empty() {
            body["error"]["details"] = Value::Array(self.0.details.clone());
        }
        let code = StatusCode::from_u16(*code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let answer = Answer::json(code, &body);
        match &self.0.authenticate {
            Some(challenge) => answer.with(WWW_AUTHENTICATE, challenge),
            None => answer,
        }
    }
}

fn error_info_of(reason: &str) -> Value {
    json!({
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
    })
}
