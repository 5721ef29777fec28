//! All tools of an agent, and one person's tools in one run.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use toolgate_auth::Principal;

use crate::account;
use crate::binding::BindingReport;
use crate::bound::BoundToolkit;
use crate::context::{RunScope, ToolContext};
use crate::error::ToolError;
use crate::fault::{Error, ErrorKind};
use crate::pipeline::{Pipeline, within};
use crate::spec::ToolSpec;
use crate::tool::Tool;

/// All tools of an agent, by name. It knows no person.
#[derive(Clone, Debug)]
pub struct Registry(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    toolkits: Vec<BoundToolkit>,
    tools: BTreeMap<&'static str, Entry>,
    pipeline: Pipeline,
}

#[derive(Debug)]
struct Entry {
    /// Its place among the toolkits.
    toolkit: usize,
    tool: Arc<dyn Tool>,
    /// The same with the argument that chooses among a person's accounts, where it has one.
    choosing: Option<ToolSpec>,
}

impl Entry {
    fn new(index: usize, toolkit: &BoundToolkit, tool: &Arc<dyn Tool>) -> Result<Self, Error> {
        let spec = tool.spec();
        let calls_google = spec.requirement.methods().next().is_some();
        let choosing = if calls_google && toolkit.several_accounts().is_some() {
            let choosing = account::with_argument(spec).ok_or(ErrorKind::AccountArgument {
                name: spec.name,
                toolkit: toolkit.name(),
            })?;
            Some(choosing)
        } else {
            None
        };
        Ok(Self {
            toolkit: index,
            tool: Arc::clone(tool),
            choosing,
        })
    }

    fn spec(&self) -> &ToolSpec {
        self.choosing.as_ref().unwrap_or_else(|| self.tool.spec())
    }
}

impl Registry {
    /// Puts bound toolkits together.
    ///
    /// # Errors
    /// When two tools have one name, one toolkit is there twice, or the argument `account`, which chooses
    /// among a person's Google accounts where there may be several, is a tool's own.
    pub fn new(toolkits: Vec<BoundToolkit>, pipeline: Pipeline) -> Result<Self, Error> {
        let mut tools: BTreeMap<&'static str, Entry> = BTreeMap::new();
        for (index, toolkit) in toolkits.iter().enumerate() {
            if toolkits[..index]
                .iter()
                .any(|it| it.name() == toolkit.name())
            {
                return Err(Error::from(ErrorKind::Twice {
                    toolkit: toolkit.name(),
                }));
            }
            for tool in toolkit.tools() {
                let name = tool.spec().name;
                if let Some(first) = tools.insert(name, Entry::new(index, toolkit, tool)?) {
                    return Err(Error::from(ErrorKind::Collision {
                        name,
                        first: toolkits[first.toolkit].name(),
                        second: toolkit.name(),
                    }));
                }
            }
        }
        Ok(Self(Arc::new(Inner {
            toolkits,
            tools,
            pipeline,
        })))
    }

    /// Which store each toolkit got, and why.
    pub fn reports(&self) -> impl Iterator<Item = &BindingReport> {
        self.0.toolkits.iter().map(BoundToolkit::report)
    }

    /// The bound toolkits.
    pub fn toolkits(&self) -> &[BoundToolkit] {
        &self.0.toolkits
    }

    /// What each tool says of itself, in the order of their names.
    pub fn specs(&self) -> impl Iterator<Item = &ToolSpec> {
        self.0.tools.values().map(Entry::spec)
    }

    /// What the toolkits want the model to know.
    pub fn instructions(&self) -> Vec<String> {
        let toolkits = self.0.toolkits.iter();
        let mut all: Vec<String> = toolkits
            .filter_map(|it| it.toolkit().instructions())
            .collect();
        if self.0.tools.values().any(|it| it.choosing.is_some()) {
            all.push(account::INSTRUCTION.to_owned());
        }
        all
    }

    /// One person's tools, made fresh for one run.
    pub fn for_run(&self, principal: Principal, run: RunScope) -> RunTools {
        RunTools {
            registry: self.clone(),
            principal,
            run,
        }
    }
}

/// One person's tools in one run. Nothing of it is shared with another run.
#[derive(Debug)]
pub struct RunTools {
    registry: Registry,
    principal: Principal,
    run: RunScope,
}

impl RunTools {
    /// Whose they are.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The run.
    pub fn run(&self) -> &RunScope {
        &self.run
    }

    /// What each tool says of itself, in the order of their names.
    pub fn specs(&self) -> impl Iterator<Item = &ToolSpec> {
        self.registry.specs()
    }

    /// The context of this run for program code that works beside the tools of a toolkit, such as
    /// with its hub. The policy and the audit of the run hold for it.
    ///
    /// # Errors
    /// When there is no such toolkit, or it has no way to Google.
    pub fn context(&self, toolkit: &str) -> Result<ToolContext, ToolError> {
        let inner = &self.registry.0;
        let found = inner.toolkits.iter().find(|it| it.name() == toolkit);
        let found = found.ok_or_else(|| {
            ToolError::not_found(format!("there is no toolkit named `{toolkit}`"))
        })?;
        let access = found.access(&self.principal)?;
        let cx = ToolContext::new(access, self.run.clone());
        Ok(cx
            .with_principal(self.principal.clone())
            .under(&inner.pipeline))
    }

    /// Calls a tool through the pipeline. Where consent turns out to be missing and the toolkit's
    /// consent is given by links, the error carries one.
    ///
    /// # Errors
    /// What went wrong, as data.
    pub async fn call(&self, name: &str, arguments: Value) -> Result<Value, ToolError> {
        let inner = &self.registry.0;
        let Some(entry) = inner.tools.get(name) else {
            let known: Vec<&str> = inner.tools.keys().copied().collect();
            return Err(ToolError::not_found(format!(
                "there is no tool named `{name}`; there are {}",
                known.join(", ")
            )));
        };
        let toolkit = &inner.toolkits[entry.toolkit];
        let access = toolkit.access(&self.principal)?;
        let cx = ToolContext::new(access, self.run.clone()).with_principal(self.principal.clone());
        let (cx, arguments) = self.choose(entry, cx, arguments).await?;
        let outcome = inner
            .pipeline
            .run(toolkit.name(), &*entry.tool, &cx, arguments)
            .await;
        match outcome {
            Err(error) => {
                let error = error.of_account(cx.access().account());
                Err(self.with_link(toolkit, &cx, error).await)
            }
            done => done,
        }
    }

    /// Takes the account out of the arguments: the call is of one of the person's own.
    async fn choose(
        &self,
        entry: &Entry,
        cx: ToolContext,
        mut arguments: Value,
    ) -> Result<(ToolContext, Value), ToolError> {
        let toolkit = &self.registry.0.toolkits[entry.toolkit];
        let (Some(spec), Some(auth)) = (&entry.choosing, toolkit.several_accounts()) else {
            return Ok((cx, arguments));
        };
        let named = account::take(&mut arguments)?;
        let choosing = account::choose(auth, &self.principal, named.as_deref(), spec.risk);
        let late = "it was not known in time which account is meant; try again later";
        let label = within(&cx, late, choosing).await?;
        Ok((cx.with_account(label), arguments))
    }

    /// Adds the link where one is needed and the call's time allows it.
    async fn with_link(
        &self,
        toolkit: &BoundToolkit,
        cx: &ToolContext,
        error: ToolError,
    ) -> ToolError {
        let (Some(needed), None, Some(auth)) =
            (error.consent_needed(), error.link(), toolkit.auth())
        else {
            return error;
        };
        if auth.sign_in().is_none() {
            return error;
        }
        let making = async {
            let link = auth.consent_link(&self.principal, needed.account.as_ref(), needed);
            let link = link.await;
            link.map_err(ToolError::from)
        };
        match within(cx, "there was not enough time for it", making).await {
            Ok(link) => error.with_link(link),
            Err(failure) => {
                tracing::warn!(%failure, toolkit = toolkit.name(), "no sign-in link could be made");
                error.with_note(&format!("no sign-in link could be made: {failure}"))
            }
        }
    }
}
