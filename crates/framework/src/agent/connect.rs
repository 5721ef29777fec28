//! The tools by which a model helps to connect: `authenticate_google` gives the person a link when they
//! ask to connect something, `list_google_accounts` tells what they have connected.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_auth::sign_in::SignInLink;
use toolgate_auth::{AccountLabel, BoundGoogleAuth, Principal};
use toolgate_toolkit::{Risk, Tool, ToolContext, ToolError, Toolkit, typed_tool};

use super::accounts::list_accounts;

/// Not a service of Google's; it needs no scope.
pub(super) const TOOLKIT: &str = "google_auth";
/// How long a label may be that a model gives.
const LONGEST_LABEL: usize = 40;

/// A toolkit that is added to every agent whose consent is given by links, or for several accounts.
#[derive(Debug)]
pub(super) struct Connect {
    links: bool,
    several: bool,
}

impl Connect {
    /// What there is to help with; none where there is nothing.
    pub(super) fn of(auth: &BoundGoogleAuth) -> Option<Self> {
        let (links, several) = (auth.sign_in().is_some(), auth.has_several_accounts());
        (links || several).then_some(Self { links, several })
    }
}

impl Toolkit for Connect {
    fn name(&self) -> &'static str {
        TOOLKIT
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        let mut tools = Vec::new();
        let name = "authenticate_google";
        if self.links && self.several {
            tools.push(typed_tool(name, Risk::Read, &[], authenticate_account));
        } else if self.links {
            tools.push(typed_tool(name, Risk::Read, &[], authenticate));
        }
        if self.several {
            let name = "list_google_accounts";
            tools.push(typed_tool(name, Risk::Read, &[], list_accounts));
        }
        tools.into_iter().map(|tool| tool.core().shared()).collect()
    }

    fn instructions(&self) -> Option<String> {
        if !self.links {
            return None;
        }
        let mut text = "When the person asks to connect, reconnect or add a Google service, call \
             authenticate_google and give them the link as it is. Never make up such a link. \
             When another tool needs consent, the program hands the person a link by itself."
            .to_owned();
        if self.several {
            text.push_str(" For a further Google account give it a new name as `account`.");
        }
        Some(text)
    }
}

/// Gives a link by which the person connects Google services. Call it when they ask to connect one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Authenticate {
    /// The services to connect, such as gmail; all that this agent has if left out.
    services: Option<Vec<String>>,
}

/// Gives a link by which the person connects Google services, of a further account of theirs too. Call
/// it when they ask to connect one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AuthenticateAccount {
    /// The services to connect, such as gmail; all that this agent has if left out.
    services: Option<Vec<String>>,
    /// What a further account is to be called, such as work, or one that is to be connected again; the
    /// default account if left out.
    account: Option<String>,
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
    let (auth, person) = whose(&cx)?;
    let services = chosen(auth, args.services)?;
    let link = auth.connect_link(person, None, &services).await?;
    Ok(told(link, ""))
}

async fn authenticate_account(
    cx: ToolContext,
    args: AuthenticateAccount,
) -> Result<Link, ToolError> {
    let (auth, person) = whose(&cx)?;
    let services = chosen(auth, args.services)?;
    let label = label(auth, person, args.account.as_deref()).await?;
    let link = auth.connect_link(person, label.as_ref(), &services).await?;
    let account = label.map_or_else(String::new, |it| {
        format!(" of the account to be called {it}")
    });
    Ok(told(link, &account))
}

/// The consent, and the person of the run.
pub(super) fn whose(cx: &ToolContext) -> Result<(&BoundGoogleAuth, &Principal), ToolError> {
    let auth = cx.access().auth().ok_or_else(|| {
        ToolError::internal("this agent was given a credential; there is nothing to connect")
    })?;
    let person = cx
        .principal()
        .ok_or_else(|| ToolError::internal("the run names no person"))?;
    Ok((auth, person))
}

fn chosen(auth: &BoundGoogleAuth, asked: Option<Vec<String>>) -> Result<Vec<String>, ToolError> {
    let known: Vec<String> = auth.services().into_iter().map(str::to_owned).collect();
    let services = asked
        .filter(|it| !it.is_empty())
        .unwrap_or_else(|| known.clone());
    match services.iter().find(|service| !known.contains(service)) {
        None => Ok(services),
        Some(unknown) => Err(ToolError::invalid_argument(
            "services",
            &format!("there is no service {unknown}"),
            &format!("one or more of {}", known.join(", ")),
        )),
    }
}

/// The account that a word means: one of the person's own, or a further one that is to be called so.
async fn label(
    auth: &BoundGoogleAuth,
    person: &Principal,
    word: Option<&str>,
) -> Result<Option<AccountLabel>, ToolError> {
    let Some(word) = word.map(str::trim).filter(|it| !it.is_empty()) else {
        return Ok(None);
    };
    let own = auth.connections(person).await?;
    // A name as it is written wins over one that differs in case, and over an address.
    let exact = own.iter().find(|it| it.name() == word);
    if let Some(known) = exact.or_else(|| own.iter().find(|it| it.is_called(word))) {
        return Ok(known.account.clone());
    }
    let good = format!("a short name such as work, of at most {LONGEST_LABEL} characters");
    let unusable = |problem: &str| ToolError::invalid_argument("account", problem, &good);
    if word.chars().count() > LONGEST_LABEL {
        return Err(unusable("it is too long"));
    }
    AccountLabel::named(word).map_err(|error| unusable(&error.to_string()))
}

fn told(link: SignInLink, account: &str) -> Link {
    let services = link.services.join(", ");
    Link {
        message: format!("Open the link to connect {services}{account}"),
        url: link.url.to_string(),
        services: link.services,
        expires_in: link.expires_in.as_secs(),
    }
}
