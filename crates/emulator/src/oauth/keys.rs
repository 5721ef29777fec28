//! The key that signs id tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair, PublicKeyComponents};
use ring::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use serde_json::{Value, json};

use crate::error::{Error, ErrorKind};
use crate::random;

/// A key for RS256.
///
/// It is checked in for everybody to read and worth nothing: it signs what an emulator on loopback
/// says about accounts that do not exist. Making one at each start would take seconds.
#[derive(Debug)]
pub(crate) struct SigningKey {
    pair: KeyPair,
    id: String,
}

impl SigningKey {
    pub(crate) fn worthless() -> Result<Self, Error> {
        let pair = KeyPair::from_der(include_bytes!("worthless-test-key.der"))
            .map_err(|detail| ErrorKind::built_in("test key", detail))?;
        let modulus = PublicKeyComponents::<Vec<u8>>::from(pair.public()).n;
        let id = random::sha256(&URL_SAFE_NO_PAD.encode(modulus))
            .chars()
            .take(16)
            .collect();
        Ok(Self { pair, id })
    }

    /// The public half, as a JSON Web Key.
    pub(super) fn public(&self) -> Value {
        let components = PublicKeyComponents::<Vec<u8>>::from(self.pair.public_key());
        json!({
            "kty": "RSA",
            "alg": "RS256",
            "use": "sig",
            "kid": self.id,
            "n": URL_SAFE_NO_PAD.encode(components.n),
            "e": URL_SAFE_NO_PAD.encode(components.e),
        })
    }

    /// The claims as a signed JSON Web Token; empty if signing fails.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        let header = json!({ "alg": "RS256", "kid": self.id, "typ": "JWT" });
        let text = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header.to_string()),
            URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        let mut signature = vec![0; self.pair.public().modulus_len()];
        let signed = self.pair.sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            text.as_bytes(),
            &mut signature,
        );
        match signed {
            Ok(()) => format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)),
            Err(_) => String::new(),
        }
    }
}
