//! The hub of google-drive3, for program code that needs what no tool does.

use google_drive3::DriveHub as Hub;
use toolgate_google_http::{Api, HubAccess, HubConnector};
use toolgate_toolkit::{ToolContext, ToolError, Toolkit};

use crate::toolkit::{DriveToolkit, NAME};

/// A client of all of Drive's methods, with one person's tokens.
pub type DriveHub = Hub<HubConnector>;

impl DriveToolkit {
    /// A ready hub of the crate google-drive3, for calls that no tool covers.
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
    /// or a stranger chose, or check it first. **Its resumable upload loses pieces** that Google did not
    /// take at once: `upload_file` does not.
    ///
    /// # Errors
    /// When the run's policy or audit does not allow it.
    pub async fn hub(&self, cx: &ToolContext) -> Result<DriveHub, ToolError> {
        cx.open_hub(NAME).await?;
        let access = HubAccess::new(cx.access().clone(), self.requirement());
        let mut hub = Hub::new(access.client(), access);
        let endpoints = cx.access().endpoints();
        // For Drive the hub's base holds the version; uploads go to the root.
        hub.base_url(endpoints.api(Api::Drive).as_str().to_owned());
        let upload = endpoints.upload(Api::Drive).as_str();
        let root = upload.strip_suffix("upload/drive/v3/").unwrap_or(upload);
        hub.root_url(root.to_owned());
        hub.user_agent(concat!("toolgate/", env!("CARGO_PKG_VERSION")).to_owned());
        Ok(hub)
    }
}
