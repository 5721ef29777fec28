//! Any rig completion model as the model of a Toolgate agent.
//!
//! A [`RigModel`] is a [`Model`](toolgate_framework::Model): `OpenAI`, Anthropic, Gemini, Ollama and
//! the rest of rig's registry, by the `*_API_KEY` and `*_BASE_URL` of each. Here an Ollama that this
//! program serves itself:
//!
//! ```
//! use std::time::Duration;
//! use toolgate_framework::{Agent, RunContext};
//! use toolgate_http::{LoopbackListener, Served};
//! use toolgate_model_rig::RigModel;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let ollama = LoopbackListener::bind(None).await?;
//! let model = RigModel::builder("ollama:qwen3").with_base_url(ollama.base_url()).build()?;
//! let agent = Agent::builder().model(model).build().await?;
//!
//! let serving = ollama.serve(Duration::from_secs(10), async |_request| {
//!     let answer = r#"{"model": "qwen3", "done": true, "done_reason": "stop",
//!         "message": {"role": "assistant", "content": "Good morning."}}"#;
//!     Served::Done(http::Response::new(answer.to_owned()))
//! });
//! let running = agent.run(RunContext::for_user("alice")?, "Hello");
//!
//! let (served, outcome) = tokio::join!(serving, running);
//! served?;
//! assert_eq!(outcome?.answer(), Some("Good morning."));
//! # Ok(())
//! # }
//! ```
//!
//! Against the real ones it is [`RigModel::openai`], [`RigModel::anthropic`], [`RigModel::gemini`],
//! [`RigModel::ollama`], [`RigModel::from_env`] for all others by name, and [`RigModel::new`] for a
//! model that was made with rig itself.
//!
//! Each provider gets the tools' schemas in its own dialect. Calls and their results stay paired
//! where a provider gives no ids, and what it wants back with a turn (signed thinking, thought
//! signatures, sealed reasoning) goes back with it. Text comes in pieces where the run is a stream.
//! `OpenAI` is told to keep nothing of what it is asked.
//!
//! A key is sent in a header and stands in no URL, log or error: Gemini's too, which rig would put
//! into the address. Errors tell a provider's status and its code, never its words, which may repeat
//! what was asked. At trace level rig logs conversations, and with them people's mail, under the
//! targets `rig::completions` and `rig::streaming`.
//!
//! There are no features; rig comes without its own, and so without a second HTTP client.
//!
//! What it does not do: it repeats nothing that failed (an error tells whether and when that makes
//! sense), sends no images, and knows no tools of its own.

mod builder;
mod error;
mod failure;
mod model;
mod provider;
mod reply;
mod request;
mod transport;

pub use builder::RigModelBuilder;
pub use error::Error;
pub use model::{RigModel, ToolChoice};
pub use transport::RigHttp;
