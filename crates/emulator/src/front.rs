//! TLS in front of another server on this machine, as a proxy puts it there in life.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use url::Url;

use crate::error::{Error, ErrorKind};
use crate::tls::Identity;

/// A proxy that takes HTTP/1.1 over TLS off a server's hands: for an application that is to be met
/// under `https`, in tests. It ends with this value.
#[derive(Debug)]
pub struct TlsFront {
    url: Url,
    ca_pem: String,
    /// Aborted with it, and its connections are too.
    _serving: JoinSet<()>,
}

impl TlsFront {
    /// Starts one on a free port of loopback, with a certificate of an authority that nobody knows.
    ///
    /// # Errors
    /// When no port can be listened on.
    pub async fn start(server: SocketAddr) -> Result<Self, Error> {
        let identity = Identity::speaking(&["http/1.1"])?;
        let failed = |source| ErrorKind::Bind {
            address: Ipv4Addr::LOCALHOST.to_string(),
            source,
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        let url = Url::parse(&format!("https://localhost:{port}/"))
            .map_err(|detail| ErrorKind::built_in("URL", detail))?;
        let mut serving = JoinSet::new();
        serving.spawn(serve(listener, identity.acceptor, server));
        Ok(Self {
            url,
            ca_pem: identity.ca_pem,
            _serving: serving,
        })
    }

    /// Where it is met: `https://localhost:<port>/`.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The authority, for clients that are to trust it.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, server: SocketAddr) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        let acceptor = acceptor.clone();
        connections.spawn(async move {
            let Ok(mut outside) = acceptor.accept(stream).await else {
                return;
            };
            if let Ok(mut inside) = TcpStream::connect(server).await {
                // Whoever hangs up first ends both.
                let _ = copy_bidirectional(&mut outside, &mut inside).await;
            }
        });
    }
}
