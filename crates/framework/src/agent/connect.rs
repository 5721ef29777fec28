//! The tool `authenticate_google`: gives the person a link when they ask to connect something.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{Risk, Tool, ToolContext, ToolError, Toolkit, typed_tool};

/// Not a service of Google's; it needs no scope.
pub(super) const TOOLKIT: &str = "google_auth";

/// A toolkit of one tool, added to every agent whose consent is given by links.
#[derive(Debug)]
pub(super) struct Connect;

impl Toolkit for Connect {
    fn name(&self) -> &'static str {
        TOOLKIT
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        vec![
            typed_tool("authenticate_google", Risk::Read, &[], authenticate)
                .core()
                .shared(),
        ]
    }

    fn instructions(&self) -> Option<String> {
        Some(
            "When the person asks to connect, reconnect or add a Google service, call \
             authenticate_google and give them the link as it is. Never make up such a link. \
             When another tool needs consent, the program hands the person a link by itself."
                .to_owned(),
        )
    }
}

/// Gives a link by which the person connects Google services. Call it when they ask to connect one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Authenticate {
    /// The services to connect, such as gmail; all that this agent has if left out.
    services: Option<Vec<String>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Link {
    /// What to tell the person.
    message: String,
    /// The link to open.
    url: String,
    /// The services it is for.
    services: Vec<String>,
    /// How many seconds it can be used.
    expires_in: u64,
}

async fn authenticate(cx: ToolContext, args: Authenticate) -> Result<Link, ToolError> {
    let auth = cx.access().auth().ok_or_else(|| {
        ToolError::internal("this agent was given a credential; there is nothing to connect")
    })?;
    let known: Vec<String> = auth.services().into_iter().map(str::to_owned).collect();
    let services = args
        .services
        .filter(|it| !it.is_empty())
        .unwrap_or_else(|| known.clone());
    if let Some(unknown) = services.iter().find(|service| !known.contains(service)) {
        return Err(ToolError::invalid_argument(
            "services",
            &format!("there is no service {unknown}"),
            &format!("one or more of {}", known.join(", ")),
        ));
    }
    let person = cx
        .principal()
        .ok_or_else(|| ToolError::internal("the run names no person"))?;
    let link = auth.connect_link(person, None, &services).await?;
    Ok(Link {
        message: format!("Open the link to connect {}", link.services.join(", ")),
        url: link.url.to_string(),
        services: link.services,
        expires_in: link.expires_in.as_secs(),
    })
}
