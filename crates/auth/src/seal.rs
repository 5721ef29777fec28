//! Seals secrets for the one row they belong to: XChaCha20-Poly1305 with the row as associated
//! data, in a JSON envelope that names the key.
//!
//! The algorithm's nonce is long enough to be random for ever, so that no process has to count.

mod clear;
mod payload;
#[cfg(test)]
mod tests;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

pub(crate) use self::clear::ClearSecrets;
pub(crate) use self::payload::{Secrets, SignInSecrets};
use crate::clock::Random;
use crate::error::{Error, ErrorKind};
use crate::identity::push_length_prefixed;
use crate::keys::{KeyRing, PLAINTEXT};
use crate::secret::SealingKey;
use crate::store::Sealed;

const FORMAT: u32 = 1;
const XCHACHA: &str = "xchacha20-poly1305";
const NONE: &str = "none";
const NONCE_LEN: usize = 24;

/// What the secrets belong to. All of it is associated data: an envelope that was copied to
/// another row, column, tenant, user, client or incarnation does not open.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SealContext<'a> {
    pub(crate) tenant: Option<&'a str>,
    pub(crate) user: Option<&'a str>,
    pub(crate) row: &'a str,
    pub(crate) column: &'static str,
    pub(crate) client_id: &'a str,
    pub(crate) incarnation: &'a str,
    /// The row's epoch: what is sealed is sealed for it.
    pub(crate) epoch: i64,
}

/// Which epoch an envelope may have been sealed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EpochRule {
    /// This one: the rule for every use of the secrets.
    Exactly(i64),
    /// The context's or any before it: for a disconnect, which has raised the row's epoch, and for
    /// re-sealing.
    AnyOlder,
}

/// What an envelope held.
pub(crate) struct Opened {
    pub(crate) bytes: Zeroizing<Vec<u8>>,
    /// The epoch it was sealed for; re-sealing keeps it.
    #[cfg_attr(not(test), expect(dead_code, reason = "reseal is built on it"))]
    pub(crate) sealed_epoch: i64,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opened([redacted])")
    }
}

/// The envelope. Everything but nonce and ciphertext is authenticated as associated data.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    fmt: u32,
    alg: String,
    key_id: String,
    sealed_epoch: i64,
    /// For [`NONE`], a digest of the context: it stops accidents, not attackers.
    nonce: String,
    ciphertext: String,
}

impl KeyRing {
    /// Seals with the active key.
    pub(crate) fn seal(
        &self,
        context: &SealContext<'_>,
        plaintext: &[u8],
        random: &dyn Random,
    ) -> Result<Sealed, Error> {
        let mut envelope = Envelope {
            fmt: FORMAT,
            alg: XCHACHA.to_owned(),
            key_id: self.active_id().to_owned(),
            sealed_epoch: context.epoch,
            nonce: String::new(),
            ciphertext: String::new(),
        };
        if self.is_plaintext() {
            NONE.clone_into(&mut envelope.alg);
            envelope.nonce = BASE64.encode(context.digest(&envelope));
            envelope.ciphertext = BASE64.encode(plaintext);
            return envelope.into_sealed();
        }
        let key = self
            .sealing_key(self.active_id())
            .ok_or_else(|| Error::from(ErrorKind::Internal("the active key is not in its ring")))?;
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce);
        let aad = context.associated_data(&envelope);
        let payload = Payload {
            msg: plaintext,
            aad: &aad,
        };
        let ciphertext = cipher(key)
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| Error::from(ErrorKind::Internal("sealing failed")))?;
        envelope.nonce = BASE64.encode(nonce);
        envelope.ciphertext = BASE64.encode(ciphertext);
        envelope.into_sealed()
    }

    /// Opens with the key that the envelope names, and with no other.
    pub(crate) fn open(
        &self,
        context: &SealContext<'_>,
        sealed: &Sealed,
        epoch: EpochRule,
    ) -> Result<Opened, Error> {
        let envelope = Envelope::read(sealed, context)?;
        let epoch_fits = match epoch {
            EpochRule::Exactly(epoch) => envelope.sealed_epoch == epoch,
            EpochRule::AnyOlder => envelope.sealed_epoch <= context.epoch,
        };
        if !epoch_fits {
            return Err(context.tampered());
        }
        let bytes = match envelope.alg.as_str() {
            XCHACHA => self.open_sealed(context, &envelope)?,
            NONE => self.open_plain(context, &envelope)?,
            alg => return Err(unknown_format(context, &format!("algorithm {alg:?}"))),
        };
        Ok(Opened {
            bytes: Zeroizing::new(bytes),
            sealed_epoch: envelope.sealed_epoch,
        })
    }

    fn open_sealed(
        &self,
        context: &SealContext<'_>,
        envelope: &Envelope,
    ) -> Result<Vec<u8>, Error> {
        let id = &envelope.key_id;
        let key = self
            .sealing_key(id)
            .ok_or_else(|| key_missing(context, id))?;
        let nonce: [u8; NONCE_LEN] = decode(&envelope.nonce)
            .and_then(|nonce| nonce.try_into().ok())
            .ok_or_else(|| context.tampered())?;
        let ciphertext = decode(&envelope.ciphertext).ok_or_else(|| context.tampered())?;
        let aad = context.associated_data(envelope);
        let payload = Payload {
            msg: &ciphertext,
            aad: &aad,
        };
        cipher(key)
            .decrypt(&XNonce::from(nonce), payload)
            .map_err(|_| context.tampered())
    }

    fn open_plain(&self, context: &SealContext<'_>, envelope: &Envelope) -> Result<Vec<u8>, Error> {
        if !self.is_plaintext() {
            return Err(ErrorKind::NotSealed {
                row: context.row.to_owned(),
            }
            .into());
        }
        let digest = decode(&envelope.nonce).unwrap_or_default();
        if !bool::from(digest.ct_eq(&context.digest(envelope))) {
            return Err(context.tampered());
        }
        decode(&envelope.ciphertext).ok_or_else(|| context.tampered())
    }
}

impl SealContext<'_> {
    /// Every field behind its length, so that no two contexts run together into the same bytes.
    fn associated_data(&self, envelope: &Envelope) -> Vec<u8> {
        let numbers = (envelope.fmt.to_string(), envelope.sealed_epoch.to_string());
        let fields = [
            Some("toolgate seal"),
            Some(&numbers.0),
            Some(&envelope.alg),
            Some(&envelope.key_id),
            self.tenant,
            self.user,
            Some(self.row),
            Some(self.column),
            Some(self.client_id),
            Some(self.incarnation),
            Some(&numbers.1),
        ];
        let mut bytes = Vec::with_capacity(512);
        for field in fields {
            push_length_prefixed(&mut bytes, field);
        }
        bytes
    }

    fn digest(&self, envelope: &Envelope) -> Vec<u8> {
        Sha256::digest(self.associated_data(envelope)).to_vec()
    }

    fn tampered(&self) -> Error {
        ErrorKind::Tampered {
            row: self.row.to_owned(),
        }
        .into()
    }
}

impl Envelope {
    fn into_sealed(self) -> Result<Sealed, Error> {
        let data = serde_json::to_value(&self)
            .map_err(|_| Error::from(ErrorKind::Internal("the envelope could not be written")))?;
        Ok(Sealed {
            data,
            key_id: self.key_id,
        })
    }

    /// Reads an envelope, and holds the column beside it to the header.
    fn read(sealed: &Sealed, context: &SealContext<'_>) -> Result<Self, Error> {
        let format = sealed.data.get("fmt").and_then(serde_json::Value::as_u64);
        if format.is_some_and(|format| format > u64::from(FORMAT)) {
            return Err(unknown_format(context, "a newer format"));
        }
        let envelope = Self::deserialize(&sealed.data).map_err(|_| context.tampered())?;
        if envelope.fmt != FORMAT || envelope.key_id != sealed.key_id {
            return Err(context.tampered());
        }
        Ok(envelope)
    }
}

fn cipher(key: &SealingKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.expose().into())
}

fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok()
}

fn key_missing(context: &SealContext<'_>, id: &str) -> Error {
    let row = context.row;
    if id == PLAINTEXT {
        return context.tampered();
    }
    Error::key_unavailable(format!(
        "what is stored in row {row} is sealed with key {id:?}, which is not configured; add that key \
         to the key ring or the key file again; nothing was changed"
    ))
}

fn unknown_format(context: &SealContext<'_>, what: &str) -> Error {
    let row = context.row;
    Error::key_unavailable(format!(
        "what is stored in row {row} is sealed in {what} that this version does not know; use the \
         version that wrote it or a later one; nothing was changed"
    ))
}
