//! Service accounts of the emulated project: who they are, and their key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rsa::KeyPair;
use ring::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey,
};
use serde_json::json;
use url::Url;

use crate::error::{Error, ErrorKind};

/// PKCS#8, as in the files that Google gives out.
const KEY: &[u8] = include_bytes!("worthless-service-key.der");
const KEY_ID: &str = "0000000000000000000000000000000000000001";

/// A service account of the emulated project.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a test says all of it, or takes the rest by default"
)]
pub struct ServiceAccountSeed {
    /// Such as `robot@project.iam.gserviceaccount.com`.
    pub email: String,
    /// The domains whose administrators let it act for their people.
    pub delegated_domains: Vec<String>,
    /// What they let it do there, as scopes.
    pub delegated_scopes: Vec<String>,
    /// The accounts, also of services, that may act as this one: those with the role
    /// `roles/iam.serviceAccountTokenCreator` on it.
    pub token_creators: Vec<String>,
}

/// The service accounts and the key of all of them, which is checked in for everybody to read and worth
/// nothing: it signs for accounts that do not exist.
#[derive(Debug)]
pub(crate) struct ServiceAccounts {
    seeds: Vec<ServiceAccountSeed>,
    pair: KeyPair,
}

impl ServiceAccounts {
    pub(crate) fn new(seeds: Vec<ServiceAccountSeed>) -> Result<Self, Error> {
        let pair = KeyPair::from_pkcs8(KEY)
            .map_err(|detail| ErrorKind::built_in("service key", detail))?;
        Ok(Self { seeds, pair })
    }

    pub(crate) fn of(&self, email: &str) -> Option<&ServiceAccountSeed> {
        self.seeds
            .iter()
            .find(|seed| seed.email.eq_ignore_ascii_case(email))
    }

    /// The one that a virtual machine of this project runs as.
    pub(super) fn of_machines(&self) -> Option<&ServiceAccountSeed> {
        self.seeds.first()
    }

    /// The key file that Google's console gives out once.
    pub(crate) fn key_file(&self, email: &str, base: &Url) -> Option<String> {
        let seed = self.of(email)?;
        let project = seed.email.split_once('@')?.1.split('.').next()?;
        let lines: Vec<String> = STANDARD
            .encode(KEY)
            .as_bytes()
            .chunks(64)
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect();
        let pem = format!(
            "-----BEGIN {0}-----\n{1}\n-----END {0}-----\n",
            "PRIVATE KEY",
            lines.join("\n")
        );
        let base = base.as_str().trim_end_matches('/');
        let file = json!({
            "type": "service_account",
            "project_id": project,
            "private_key_id": KEY_ID,
            "private_key": pem,
            "client_email": seed.email,
            "client_id": "100000000000000000001",
            "auth_uri": format!("{base}/o/oauth2/auth"),
            "token_uri": format!("{base}/token"),
            "auth_provider_x509_cert_url": format!("{base}/oauth2/v1/certs"),
            "client_x509_cert_url": format!("{base}/robot/v1/metadata/x509/{}", seed.email),
            "universe_domain": "googleapis.com",
        });
        Some(format!("{file:#}\n"))
    }

    /// Whether this is a signature by the key of that id; none stands for any id.
    pub(super) fn verifies(&self, key_id: Option<&str>, text: &str, signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.pair.public_key());
        key_id.is_none_or(|id| id == KEY_ID) && key.verify(text.as_bytes(), signature).is_ok()
    }

    /// Signs as Google does with a key that it keeps itself.
    pub(super) fn sign(&self, text: &str) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public().modulus_len()];
        let random = ring::rand::SystemRandom::new();
        let signed = self
            .pair
            .sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature);
        signed.map_or_else(|_| Vec::new(), |()| signature)
    }

    pub(super) fn key_id() -> &'static str {
        KEY_ID
    }
}
