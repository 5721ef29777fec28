//! A loopback Google with an empty Drive, in a process of its own.

use std::time::Duration;

use anyhow::ensure;
use tokio::io::AsyncReadExt as _;
use toolgate_emulator::{Emulator, Seed, SeedAccount};
use toolgate_http::HttpClient;

use super::Place;
use crate::child::Child;

const OWNER: &str = "alice@example.com";
const SCOPE: &str = "https://www.googleapis.com/auth/drive";

pub(super) struct Google {
    child: Child,
    pub(super) place: Place,
    http: HttpClient,
}

impl Google {
    pub(super) async fn start(tls: bool) -> anyhow::Result<Self> {
        let part = if tls { "google-tls" } else { "google" };
        let mut child = Child::of_this_program(&["--transfer", part])?;
        let place: Place = serde_json::from_str(&child.answer().await?)?;
        let mut http = HttpClient::builder();
        if let Some(authority) = &place.authority {
            http = http.with_root_certificate_pem(authority.as_bytes());
        }
        Ok(Self {
            child,
            place,
            http: http.build()?,
        })
    }

    /// Deletes a file for good.
    pub(super) async fn delete(&self, id: &str) -> anyhow::Result<()> {
        let request = http::Request::delete(format!("{}drive/v3/files/{id}", self.place.base))
            .header("authorization", format!("Bearer {}", self.place.token))
            .body(Vec::new())?;
        let answer = self.http.send(request, Duration::from_secs(20)).await?;
        ensure!(
            answer.status() == 204,
            "deleting ended with {}",
            answer.status()
        );
        Ok(())
    }

    pub(super) async fn end(self) -> anyhow::Result<()> {
        self.child.end().await
    }
}

/// Is that other process, until its standard input ends.
#[expect(clippy::print_stdout, reason = "the other process reads it")]
pub(super) async fn serve(tls: bool) -> anyhow::Result<()> {
    let seed = Seed {
        accounts: vec![SeedAccount::new(OWNER, "Alice Example")],
    };
    let builder = Emulator::builder().with_seed(seed).with_tls(tls);
    let google = builder.start().await?;
    let place = Place {
        base: google.base_url().to_string(),
        token: google.issue_token(OWNER, &[SCOPE]),
        authority: google.ca_certificate_pem().map(ToOwned::to_owned),
    };
    println!("{}", serde_json::to_string(&place)?);
    tokio::io::stdin().read_to_end(&mut Vec::new()).await?;
    google.shutdown().await;
    Ok(())
}
