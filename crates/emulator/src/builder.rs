//! Choosing how an emulator is, and starting it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::TcpListener;
use url::Url;

use crate::api::resumable::Sessions;
use crate::calendar::Calendars;
use crate::discovery::Directory;
use crate::drive::Drives;
use crate::emulator::Emulator;
use crate::error::{Error, ErrorKind};
use crate::faults::Faults;
use crate::gmail::MessageIds;
use crate::oauth::{ClientSeed, Grants, ServiceAccountSeed, ServiceAccounts, SigningKey};
use crate::record::Log;
use crate::seed::Seed;
use crate::server;
use crate::state::{Account, Clock, Config, Mailboxes, Shared};
use crate::tls::Identity;

/// How an emulator is to be; [`Emulator::builder`] makes one with the defaults.
#[derive(Debug, Clone)]
pub struct EmulatorBuilder {
    address: IpAddr,
    port: u16,
    seed: Option<Seed>,
    clients: Vec<ClientSeed>,
    service_accounts: Vec<ServiceAccountSeed>,
    tls: bool,
    access_token_lifetime: Duration,
    refresh_token_lifetime: Option<Duration>,
    rotating_refresh_tokens: bool,
    domain_wide_delegation: bool,
    page_limit: usize,
    message_ids: MessageIds,
    clock: Clock,
    marker: String,
    issuer: String,
}

impl EmulatorBuilder {
    pub(crate) fn new() -> Self {
        Self {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            seed: None,
            clients: Vec::new(),
            service_accounts: Vec::new(),
            tls: false,
            access_token_lifetime: Duration::from_hours(1),
            refresh_token_lifetime: None,
            rotating_refresh_tokens: false,
            domain_wide_delegation: false,
            page_limit: 0,
            message_ids: MessageIds::default(),
            clock: Clock::system(),
            marker: "CANARYsecret".to_owned(),
            issuer: "https://accounts.google.com".to_owned(),
        }
    }

    /// The port to listen on; a free one is chosen for 0, the default.
    #[must_use]
    pub fn with_port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The address to listen on, 127.0.0.1 by default.
    ///
    /// Whoever reaches the emulator can read every token that it saw and answer every consent. Do
    /// not bind it beyond loopback outside a network that you trust entirely.
    #[must_use]
    pub fn with_bind_address(mut self, address: IpAddr) -> Self {
        self.address = address;
        self
    }

    /// The accounts and their mail; [`Seed::sample`] by default.
    #[must_use]
    pub fn with_seed(mut self, seed: Seed) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Adds an OAuth client. The first of each kind takes the place of the default one.
    #[must_use]
    pub fn with_client(mut self, client: ClientSeed) -> Self {
        self.clients.push(client);
        self
    }

    /// Adds a service account. The first is the one that virtual machines run as: the metadata server
    /// gives its tokens.
    #[must_use]
    pub fn with_service_account(mut self, account: ServiceAccountSeed) -> Self {
        self.service_accounts.push(account);
        self
    }

    /// Serves HTTPS, with HTTP/2 where the client offers it; plain HTTP by default.
    #[must_use]
    pub fn with_tls(mut self, tls: bool) -> Self {
        self.tls = tls;
        self
    }

    /// How long an access token lives; an hour by default.
    #[must_use]
    pub fn with_access_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.access_token_lifetime = lifetime;
        self
    }

    /// How long a refresh token lives, as with an application in testing; for ever by default.
    #[must_use]
    pub fn with_refresh_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.refresh_token_lifetime = Some(lifetime);
        self
    }

    /// Whether each refresh gives a new refresh token and kills the old one; Google does not.
    #[must_use]
    pub fn with_rotating_refresh_tokens(mut self, rotating: bool) -> Self {
        self.rotating_refresh_tokens = rotating;
        self
    }

    /// Whether tokens count as those of a service account with domain-wide authority; no by default.
    ///
    /// Google keeps a few methods for such accounts, such as the making of a send-as alias, and
    /// refuses them to everybody else.
    #[must_use]
    pub fn with_domain_wide_delegation(mut self, delegated: bool) -> Self {
        self.domain_wide_delegation = delegated;
        self
    }

    /// The most entries that a page of any list may have, whatever is asked for; Google's own limit
    /// by default, and for 0.
    ///
    /// Small pages show who forgets the next one. [`Emulator::limit_pages`] changes it later.
    #[must_use]
    pub fn with_page_limit(mut self, entries: usize) -> Self {
        self.page_limit = entries;
        self
    }

    /// What becomes of the `Message-ID` that a message brings when it is sent; it stays by default.
    #[must_use]
    pub fn with_message_ids(mut self, message_ids: MessageIds) -> Self {
        self.message_ids = message_ids;
        self
    }

    /// Where the time comes from, in milliseconds since the Unix epoch; the system by default.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Fn() -> i64 + Send + Sync>) -> Self {
        self.clock = Clock(clock);
        self
    }

    /// The text inside every token, code and client secret; `CANARYsecret` by default.
    ///
    /// It lets a test find a leaked secret in whatever a program printed or stored.
    #[must_use]
    pub fn with_secret_marker(mut self, marker: &str) -> Self {
        marker.clone_into(&mut self.marker);
        self
    }

    /// The issuer of id tokens; Google's by default.
    #[must_use]
    pub fn with_issuer(mut self, issuer: &str) -> Self {
        issuer.clone_into(&mut self.issuer);
        self
    }

    /// Starts the emulator on the current tokio runtime.
    ///
    /// # Errors
    /// When the address cannot be listened on, or the seed or a client is impossible.
    pub async fn start(self) -> Result<Emulator, Error> {
        let seed = self.seed.clone().unwrap_or_else(Seed::sample);
        seed.check()?;
        let clients = self.all_clients()?;
        let directory = Directory::shared()?;
        let identity = if self.tls {
            Some(Identity::speaking(&["h2", "http/1.1"])?)
        } else {
            None
        };
        let address = SocketAddr::new(self.address, self.port);
        let failed = |source| ErrorKind::Bind {
            address: address.to_string(),
            source,
        };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let bound = listener.local_addr().map_err(failed)?;
        let scheme = if self.tls { "https" } else { "http" };
        let base_url = Url::parse(&format!("{scheme}://{bound}/"))
            .map_err(|detail| ErrorKind::built_in("base URL", detail))?;
        let shared = Arc::new(Shared {
            accounts: seed.accounts.iter().map(Account::of).collect(),
            mailboxes: Mutex::new(
                Mailboxes::new(&seed, (self.clock.0)()).with_message_ids(self.message_ids),
            ),
            calendars: Mutex::new(Calendars::new(&seed, (self.clock.0)())),
            channels: Mutex::default(),
            drives: Mutex::new(Drives::new(&seed, base_url.as_str(), (self.clock.0)())),
            grants: Mutex::new(Grants::new(self.marker.clone(), clients.clone())),
            directory,
            clock: self.clock,
            key: SigningKey::worthless()?,
            services: ServiceAccounts::new(self.service_accounts)?,
            faults: Faults::new(),
            log: Log::default(),
            sessions: Sessions::default(),
            page_limit: AtomicUsize::new(self.page_limit),
            config: Config {
                base_url,
                issuer: self.issuer,
                access_token_lifetime: self.access_token_lifetime,
                refresh_token_lifetime: self.refresh_token_lifetime,
                rotating_refresh_tokens: self.rotating_refresh_tokens,
                domain_wide_delegation: self.domain_wide_delegation,
            },
        });
        let (acceptor, ca_pem) = identity.map_or((None, None), |known| {
            (Some(known.acceptor), Some(known.ca_pem))
        });
        let task = tokio::spawn(server::serve(listener, acceptor, Arc::clone(&shared)));
        Ok(Emulator::new(shared, &clients, ca_pem, bound.port(), task))
    }

    /// The clients that were given, then the default ones.
    fn all_clients(&self) -> Result<Vec<ClientSeed>, Error> {
        let mut clients = self.clients.clone();
        clients.push(ClientSeed::default_web(&self.marker));
        clients.push(ClientSeed::default_installed(&self.marker));
        for client in &clients {
            client.check()?;
        }
        Ok(clients)
    }
}
