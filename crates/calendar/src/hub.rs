//! The hub of google-calendar3, for program code that needs what no tool does.

use google_calendar3::CalendarHub as Generated;
use toolgate_google_http::{Api, HubAccess, HubConnector};
use toolgate_toolkit::{ToolContext, ToolError, Toolkit};

use crate::toolkit::{CalendarToolkit, NAME};

/// A client of all of Calendar's methods, with one person's tokens.
pub type CalendarHub = Generated<HubConnector>;

impl CalendarToolkit {
    /// A ready hub of the crate google-calendar3, for calls that no tool covers.
    ///
    /// It is a way around everything that holds for tools: no policy decides what it does, no audit
    /// sees it, nothing bounds what it returns, it has no deadline but a time for each request where
    /// `with_api_timeout` or `GOOGLE_API_TIMEOUT` sets one, and it repeats nothing but a request of
    /// up to 8 MiB whose token Google refused, once, with a fresh one. So it is handed out only where the run's policy and audit allow it, and that it was handed out is taken
    /// down. Each of its requests asks the guard for a token of the toolkit's own scopes, whatever
    /// scopes are added to a call; and it connects to Google's endpoints only.
    ///
    /// **Its path parameters are not encoded** (google-apis-common 8.0.0): an id such as
    /// `a/../b#c?d` reaches another method than the one that was called. Give it no id that a model
    /// or a stranger chose, or check it first.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use toolgate_auth::{Access, AccessToken, Principal};
    /// # use toolgate_calendar::CalendarToolkit;
    /// # use toolgate_http::{Endpoints, HttpClient};
    /// # use toolgate_toolkit::{BoundToolkit, Pipeline, Registry, RunScope};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let google = toolgate_emulator::Emulator::builder().start().await?;
    /// # let scope = "https://www.googleapis.com/auth/calendar";
    /// # let token = google.issue_token("alice@example.com", &[scope]);
    /// # let endpoints = Endpoints::at_base(google.base_url().as_str())?;
    /// # let access = Access::from_token(AccessToken::parse(&token)?, HttpClient::new()?, endpoints);
    /// # let calendar = CalendarToolkit::new();
    /// # let bound = BoundToolkit::with_access(Arc::new(calendar.clone()), access);
    /// # let registry = Registry::new(vec![bound], Pipeline::new())?;
    /// let alice = registry.for_run(Principal::for_user("alice")?, RunScope::new("run-1"));
    /// let hub = calendar.hub(&alice.context("calendar")?).await?;
    /// let (_, calendar) = hub.calendars().get("primary").doit().await?;
    /// assert_eq!(calendar.id.as_deref(), Some("alice@example.com"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the run's policy or audit does not allow it.
    pub async fn hub(&self, cx: &ToolContext) -> Result<CalendarHub, ToolError> {
        cx.open_hub(NAME).await?;
        let access = HubAccess::new(cx.access().clone(), self.requirement());
        let mut hub = Generated::new(access.client(), access);
        let endpoints = cx.access().endpoints();
        // This hub's base holds the API's own path; its root does not.
        hub.base_url(endpoints.api(Api::Calendar).to_string());
        hub.root_url(root(endpoints.api(Api::Calendar).as_str(), "calendar/v3/"));
        hub.user_agent(concat!("toolgate/", env!("CARGO_PKG_VERSION")).to_owned());
        Ok(hub)
    }
}

fn root(address: &str, path: &str) -> String {
    address.strip_suffix(path).unwrap_or(address).to_owned()
}
