//! What the hubs of Google's generated crates need of ours: tokens from the guard, and the client.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use google_apis_common::GetToken;
use http::HeaderValue;
use toolgate_auth::{Access, Requirement, Token};
use toolgate_http::{HubCalls, HubClient, HubWatch};

use crate::rest::QUOTA_PROJECT;

/// One person's way to Google for a hub. Each request of the hub asks the guard for a token.
///
/// A hub says which scope it would like to have, and says it arbitrarily: a read of mail asks for that of
/// an add-on. So what it says is not listened to; the toolkit's own requirement counts.
#[derive(Clone)]
pub struct HubAccess {
    access: Access,
    requirement: Requirement,
}

impl HubAccess {
    /// With the tokens that a toolkit of this requirement gets.
    pub fn new(access: Access, requirement: Requirement) -> Self {
        Self {
            access,
            requirement,
        }
    }

    /// The client that the hub sends with, whose connections all hubs share. Google's refusal of a token is told to the
    /// guard, and the request is sent once more where there is another.
    pub fn client(&self) -> HubClient {
        let watch = Arc::new(self.clone());
        let (http, endpoints) = (self.access.http(), self.access.endpoints());
        http.for_hub(endpoints, watch, self.calls())
    }

    /// What holds for the tools' calls holds for the hub's: the project that they are counted for, and
    /// the time for a request, where one is set.
    fn calls(&self) -> HubCalls {
        let mut calls = HubCalls::default();
        let project = self.access.quota_project().map(HeaderValue::try_from);
        if let Some(Ok(project)) = project {
            calls = calls.with_header(QUOTA_PROJECT, project);
        }
        match self.access.api_timeout() {
            Some(timeout) => calls.with_timeout(timeout),
            None => calls,
        }
    }
}

impl fmt::Debug for HubAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HubAccess")
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}

type Asked<'a> = Pin<
    Box<
        dyn Future<Output = Result<Option<String>, Box<dyn std::error::Error + Send + Sync>>>
            + Send
            + 'a,
    >,
>;

impl GetToken for HubAccess {
    fn get_token<'a>(&'a self, _scopes: &'a [&str]) -> Asked<'a> {
        Box::pin(async move {
            let token = self.access.token(&self.requirement).await?;
            // The one form in which a hub takes it. It goes to the endpoints only: the client sees to that.
            Ok(Some(token.access().expose().to_owned()))
        })
    }
}

impl HubWatch for HubAccess {
    fn refused(
        &self,
        authorization: HeaderValue,
    ) -> Pin<Box<dyn Future<Output = Option<HeaderValue>> + Send + '_>> {
        Box::pin(async move {
            let held = self.access.token(&self.requirement).await.ok()?;
            if bearer(&held)? != authorization {
                // Another has been told already.
                return bearer(&held);
            }
            self.access.rejected(&held).await;
            let fresh = bearer(&self.access.token(&self.requirement).await.ok()?)?;
            Some(fresh).filter(|fresh| *fresh != authorization)
        })
    }
}

fn bearer(token: &Token) -> Option<HeaderValue> {
    let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.access().expose())).ok()?;
    bearer.set_sensitive(true);
    Some(bearer)
}
