//! The hub of google-sheets4, for program code that needs what no tool does.

use google_sheets4::Sheets as Hub;
use toolgate_google_http::{Api, HubAccess, HubConnector};
use toolgate_toolkit::{ToolContext, ToolError, Toolkit};

use crate::toolkit::{NAME, SheetsToolkit};

/// A client of all of Sheets' methods, with one person's tokens.
pub type SheetsHub = Hub<HubConnector>;

impl SheetsToolkit {
    /// A ready hub of the crate google-sheets4, for calls that no tool covers.
    ///
    /// It is a way around everything that holds for tools: no policy decides what it does, no audit
    /// sees it, nothing bounds what it returns, it has no deadline but a time for each request where
    /// `with_api_timeout` or `GOOGLE_API_TIMEOUT` sets one, and it repeats nothing but a request of
    /// up to 8 MiB whose token Google refused, once, with a fresh one. So it is handed out only where the run's policy and
    /// audit allow it, and that it was handed out is taken down. Each of its requests asks the guard for a token of the
    /// toolkit's own scopes, whatever scopes are added to a call; and it connects to Google's endpoints only.
    ///
    /// **Its path parameters are not encoded** (google-apis-common 8.0.0): an id such as
    /// `a/../b#c?d` reaches another method than the one that was called. Give it no id that a model
    /// or a stranger chose, or check it first.
    ///
    /// # Errors
    /// When the run's policy or audit does not allow it.
    pub async fn hub(&self, cx: &ToolContext) -> Result<SheetsHub, ToolError> {
        cx.open_hub(NAME).await?;
        let access = HubAccess::new(cx.access().clone(), self.requirement());
        let mut hub = Hub::new(access.client(), access);
        let endpoints = cx.access().endpoints();
        // For Sheets the hub's paths hold the version.
        let base = endpoints.api(Api::Sheets).as_str();
        let root = base.strip_suffix("v4/").unwrap_or(base).to_owned();
        hub.base_url(root.clone());
        hub.root_url(root);
        hub.user_agent(concat!("toolgate/", env!("CARGO_PKG_VERSION")).to_owned());
        Ok(hub)
    }
}
