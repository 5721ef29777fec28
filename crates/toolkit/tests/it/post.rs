//! A toolkit whose tools tell with which Google account they are called, and a database of accounts.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use toolgate_auth::store::{Consent, Database as _};
use toolgate_auth::{
    AccountLabel, GoogleAuth, MemoryDatabase, OAuthClient, Principal, Requirement, Service,
    TokenKey,
};
use toolgate_testkit::{FakeClock, sample as rows};
use toolgate_toolkit::{
    ConsentSource, Error, Pipeline, Registry, Risk, RunScope, Tool, ToolContext, ToolError,
    Toolkit, bind, typed_tool,
};

use crate::sample::{Nothing, Text, log_for_the_leak_check};

const READ: &str = "gmail.users.messages.list";
const CLIENT: &str = "id.apps.googleusercontent.com";

/// A toolkit whose tools tell with which account they are called.
#[derive(Debug)]
struct Post {
    consent: ConsentSource,
    own: bool,
}

/// Takes an account of its own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OfItsOwn {
    /// A bank account.
    account: String,
}

async fn tell(cx: ToolContext, _: Nothing) -> Result<Text, ToolError> {
    let account = cx.access().account();
    let text = account.map_or("the default account", AccountLabel::as_str);
    Ok(Text {
        text: text.to_owned(),
    })
}

async fn need(cx: ToolContext, _: Nothing) -> Result<Text, ToolError> {
    let needs = Requirement::for_methods(&[READ]);
    cx.access().token(&needs).await?;
    tell(cx, Nothing {}).await
}

impl Toolkit for Post {
    fn name(&self) -> &'static str {
        "gmail"
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        let mut tools = vec![
            typed_tool("look", Risk::Read, &[READ], tell).shared(),
            typed_tool("sort", Risk::Organise, &[READ], tell).shared(),
            typed_tool("send", Risk::Send, &[READ], tell).shared(),
            typed_tool("need", Risk::Read, &[READ], need).shared(),
            typed_tool("count", Risk::Send, &[], tell).shared(),
        ];
        if self.own {
            let pay = async |_, args: OfItsOwn| Ok(Text { text: args.account });
            tools.push(typed_tool("pay", Risk::Send, &[READ], pay).shared());
        }
        tools
    }

    fn consent(&self) -> &ConsentSource {
        &self.consent
    }
}

/// A database, a clock, and what is bound to them.
pub(crate) struct World {
    pub(crate) database: MemoryDatabase,
    pub(crate) clock: FakeClock,
    google: GoogleAuth,
}

impl World {
    pub(crate) fn new(several: bool) -> Self {
        log_for_the_leak_check();
        let clock = FakeClock::new();
        let builder = GoogleAuth::builder(OAuthClient::new(CLIENT))
            .with_public_url("https://app.example.com")
            .with_hosted_domain("example.com")
            .with_clock(Arc::new(clock.clone()));
        let builder = if several {
            builder.with_several_accounts()
        } else {
            builder
        };
        Self {
            database: MemoryDatabase::new().with_now(clock.now_fn()),
            clock,
            google: builder.build().unwrap(),
        }
    }

    pub(crate) async fn registry_with(
        &self,
        own: bool,
        pipeline: Pipeline,
    ) -> Result<Registry, Error> {
        let consent = ConsentSource::new().with_google_auth(self.google.clone());
        let post: Arc<dyn Toolkit> = Arc::new(Post { consent, own });
        let database = Arc::new(self.database.clone());
        let bound = bind(vec![(post, Some(database as _))]).await.unwrap();
        Registry::new(bound, pipeline)
    }

    pub(crate) async fn registry(&self) -> Registry {
        self.registry_with(false, Pipeline::new()).await.unwrap()
    }

    /// Another process connects an account; what is sealed opens for nobody.
    pub(crate) async fn connect(&self, user: &str, label: Option<&str>, email: &str) {
        let label = label.map(|it| AccountLabel::parse(it).unwrap());
        let principal = Principal::for_user(user).unwrap();
        let key = TokenKey::new(principal, Service::google()).with_account_label(label);
        let consent = Consent {
            account_id: Some(format!("sub of {email}")),
            account_email: Some(email.to_owned()),
            client_id: CLIENT.to_owned(),
            ..rows::consent(1)
        };
        let store = self.database.token_store().unwrap();
        store.upsert(&key, &consent, None).await.unwrap();
    }

    /// Alice has a default account and two others, and Bob has some of his own.
    pub(crate) async fn with_many(&self) {
        self.connect("alice", None, "alice@example.com").await;
        self.connect("alice", Some("work"), "wanda@work.example")
            .await;
        self.connect("alice", Some("Club"), "club@example.org")
            .await;
        self.connect("bob", None, "bob@example.com").await;
        self.connect("bob", Some("secret"), "agent@example.net")
            .await;
    }
}

pub(crate) async fn call(
    registry: &Registry,
    user: &str,
    tool: &str,
    arguments: Value,
) -> Result<String, ToolError> {
    let principal = Principal::for_user(user).unwrap();
    let tools = registry.for_run(principal, RunScope::new("r"));
    let answer = tools.call(tool, arguments).await?;
    Ok(answer["text"].as_str().unwrap().to_owned())
}
