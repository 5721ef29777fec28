//! Tools: the trait, and typed functions as tools.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use toolgate_auth::Requirement;

use crate::arguments;
use crate::context::ToolContext;
use crate::error::ToolError;
use crate::risk::Risk;
use crate::schema;
use crate::spec::ToolSpec;

/// Something a model can call. It holds no user: whose call it is stands in the context.
#[async_trait]
pub trait Tool: Send + Sync + fmt::Debug {
    /// What it says of itself.
    fn spec(&self) -> &ToolSpec;

    /// How long a call of it may take, where that is more or less than usual. A run's own deadline holds
    /// all the same.
    fn call_time(&self) -> Option<Duration> {
        None
    }

    /// Whether a call of it sees by itself that the run was cancelled or is out of time, and ends then.
    /// What makes calls of its own has to, so that the end of each of them is taken down; anything
    /// else is cut off where it stands.
    fn ends_with_its_run(&self) -> bool {
        false
    }

    /// Checks arguments without doing anything.
    ///
    /// # Errors
    /// `invalid_argument`, naming the argument and showing a good value.
    fn check(&self, arguments: &Value) -> Result<(), ToolError> {
        arguments::check(&self.spec().input_schema, arguments)
    }

    /// Does it. The arguments were checked.
    ///
    /// # Errors
    /// What went wrong, as data.
    async fn call(&self, cx: &ToolContext, arguments: Value) -> Result<Value, ToolError>;
}

type Calling = Pin<Box<dyn Future<Output = Result<Value, ToolError>> + Send>>;
type Function = Box<dyn Fn(ToolContext, Value) -> Calling + Send + Sync>;

/// A typed function as a tool, made by [`typed_tool`].
pub struct TypedTool {
    spec: ToolSpec,
    /// The input schema with its examples, for error messages.
    detailed: Value,
    parses: fn(&Value) -> Result<(), ToolError>,
    function: Function,
    time: Option<Duration>,
}

/// Makes a tool of a typed function: one line for each tool.
///
/// The doc comment of the arguments' struct describes the tool to a model, those of its fields the
/// arguments. `methods` are Google's ids of the API methods that the function calls.
///
/// ```
/// use std::sync::Arc;
/// use schemars::JsonSchema;
/// use serde::{Deserialize, Serialize};
/// use toolgate_toolkit::{Risk, Tool, ToolContext, ToolError, typed_tool};
///
/// /// Greets a person.
/// #[derive(Deserialize, JsonSchema)]
/// #[serde(deny_unknown_fields)]
/// struct Greet {
///     /// The person's first name.
///     name: String,
/// }
///
/// #[derive(Serialize, JsonSchema)]
/// struct Greeting {
///     text: String,
/// }
///
/// async fn greet(_cx: ToolContext, args: Greet) -> Result<Greeting, ToolError> {
///     Ok(Greeting { text: format!("Hello {}", args.name) })
/// }
///
/// let tool: Arc<dyn Tool> = typed_tool("greet", Risk::Read, &[], greet).core().shared();
/// assert_eq!(tool.spec().description, "Greets a person.");
/// let error = tool.check(&serde_json::json!({"nam": "Ann"})).unwrap_err();
/// assert_eq!(error.argument(), Some("nam"));
/// ```
pub fn typed_tool<A, O, F, R>(
    name: &'static str,
    risk: Risk,
    methods: &[&'static str],
    function: F,
) -> TypedTool
where
    A: DeserializeOwned + JsonSchema + Send + 'static,
    O: Serialize + JsonSchema,
    F: Fn(ToolContext, A) -> R + Send + Sync + 'static,
    R: Future<Output = Result<O, ToolError>> + Send + 'static,
{
    let detailed = schema::for_arguments::<A>();
    TypedTool {
        spec: ToolSpec {
            requirement: Requirement::for_methods(methods),
            ..ToolSpec::described::<O>(name, risk, &detailed)
        },
        detailed,
        parses: |arguments| arguments::parse::<A>(arguments.clone()).map(drop),
        function: Box::new(move |cx, value| match arguments::parse::<A>(value) {
            Ok(parsed) => {
                let calling = function(cx, parsed);
                Box::pin(async move { to_value(&calling.await?) })
            }
            Err(error) => Box::pin(async move { Err(error) }),
        }),
        time: None,
    }
}

fn to_value<O: Serialize>(result: &O) -> Result<Value, ToolError> {
    serde_json::to_value(result).map_err(|_| ToolError::internal("the tool's result is not JSON"))
}

impl TypedTool {
    /// Puts it into the small set that most tasks need.
    #[must_use]
    pub fn core(mut self) -> Self {
        self.spec.core = true;
        self
    }

    /// Gives each call this long, where the run has as much: for what takes longer than most.
    #[must_use]
    pub fn lasting(self, time: Duration) -> Self {
        Self {
            time: Some(time),
            ..self
        }
    }

    /// Names it for people; otherwise its own name in words.
    #[must_use]
    pub fn with_title(mut self, title: impl Into<String>) -> Self {
        self.spec.title = title.into();
        self
    }

    /// Ready for a toolkit's list.
    pub fn shared(self) -> std::sync::Arc<dyn Tool> {
        std::sync::Arc::new(self)
    }
}

#[async_trait]
impl Tool for TypedTool {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn call_time(&self) -> Option<Duration> {
        self.time
    }

    fn check(&self, arguments: &Value) -> Result<(), ToolError> {
        arguments::check(&self.detailed, arguments)?;
        (self.parses)(arguments)
    }

    async fn call(&self, cx: &ToolContext, arguments: Value) -> Result<Value, ToolError> {
        (self.function)(cx.clone(), arguments).await
    }
}

impl fmt::Debug for TypedTool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypedTool")
            .field("name", &self.spec.name)
            .field("risk", &self.spec.risk)
            .finish_non_exhaustive()
    }
}
