//! Talking to Google's OAuth endpoints, one file a request. When to talk is the guard's business.

mod answer;
mod client;
mod consent;
mod error;
mod exchange;
mod refresh;
mod revoke;
mod service_account;
mod stop_watch;
mod transport;
mod userinfo;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
};
use oauth2::{
    AuthType, Client, ClientId, EndpointNotSet, EndpointSet, StandardRevocableToken, TokenUrl,
};
use toolgate_http::{Endpoints, HttpClient};

use self::answer::Wire;
pub(crate) use self::answer::{Hidden, LONGEST, TokenAnswer};
pub use self::client::OAuthClient;
pub(crate) use self::client::read_file;
pub(crate) use self::consent::{ConsentRequest, PkcePair, consent_url};
pub(crate) use self::error::{GrantError, GrantFailure, Sent};
pub(crate) use self::refresh::rt_hash;
pub(crate) use self::service_account::Google;
pub use self::service_account::{
    Impersonation, ServiceAccount, ServiceToken, ServiceTokenRequest, ServiceTokens,
};
use self::transport::Transport;
pub(crate) use self::userinfo::UserInfo;
use crate::clock::{Clock, SystemClock};

/// The whole time for a request that no lease bounds.
const DEADLINE: Duration = Duration::from_secs(15);

/// The crate's client with the token endpoint set, over our answer.
type Requests = Client<
    BasicErrorResponse,
    Wire,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// Google's OAuth endpoints for one OAuth client. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Grants {
    transport: Arc<dyn Transport>,
    endpoints: Arc<Endpoints>,
    client: Arc<OAuthClient>,
    clock: Arc<dyn Clock>,
}

impl Grants {
    pub(crate) fn new(http: HttpClient, endpoints: Endpoints, client: OAuthClient) -> Self {
        Self::over(Arc::new(http), endpoints, client)
    }

    fn over(transport: Arc<dyn Transport>, endpoints: Endpoints, client: OAuthClient) -> Self {
        Self {
            transport,
            endpoints: Arc::new(endpoints),
            client: Arc::new(client),
            clock: Arc::new(SystemClock),
        }
    }

    /// The clock that tells when a request left.
    #[must_use]
    pub(crate) fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    pub(crate) fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    pub(crate) fn client(&self) -> &OAuthClient {
        &self.client
    }

    pub(crate) fn client_id(&self) -> &str {
        self.client.id()
    }

    fn requests(&self) -> Requests {
        let requests = Client::new(ClientId::new(self.client.id().to_owned()))
            .set_auth_type(AuthType::RequestBody)
            .set_token_uri(TokenUrl::from_url(self.endpoints.token().clone()));
        match self.client.secret() {
            Some(secret) => {
                requests.set_client_secret(oauth2::ClientSecret::new(secret.expose().to_owned()))
            }
            None => requests,
        }
    }
}
