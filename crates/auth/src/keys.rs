//! Sealing keys: one that seals, any number that still open.

mod check;
mod file;
mod resolve;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

pub(crate) use self::resolve::{look_at_keys, of_this_process, resolve_keys};
use crate::error::{Error, ErrorKind};
use crate::secret::{RefreshToken, SealingKey};

/// The id that stands for "not sealed".
pub(crate) const PLAINTEXT: &str = "plaintext";

/// The keys that seal stored tokens: one active, any number of old ones, each with its id.
///
/// ```
/// use toolgate_auth::{KeyRing, SealingKey};
///
/// let ring = KeyRing::new("2027", SealingKey::from_bytes([7; 32]))?
///     .with_old_key("2026", SealingKey::from_bytes([6; 32]))?;
/// assert_eq!(ring.active_id(), "2027");
/// # Ok::<(), toolgate_auth::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct KeyRing {
    /// The active key first; empty when nothing is sealed.
    keys: Vec<Key>,
    plaintext: bool,
}

/// One key of a ring.
#[derive(Debug, Clone)]
struct Key {
    id: String,
    root: SealingKey,
    /// What seals and opens, derived from the root once: every cold read needs it.
    seal: SealingKey,
}

impl Key {
    fn new(id: impl Into<String>, root: SealingKey) -> Result<Self, Error> {
        let id = id.into();
        check_id(&id)?;
        let seal = derive(&root, "seal");
        let seal = seal.ok_or(ErrorKind::Internal("a sealing key could not be derived"))?;
        Ok(Self { id, root, seal })
    }
}

/// Where the sealing keys come from.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum KeySource {
    /// From the program.
    Ring(KeyRing),
    /// From this file; it has to exist.
    File(PathBuf),
    /// From `TOOLGATE_KEY` or the file that `TOOLGATE_KEY_FILE` names; one has to be set.
    Environment,
    /// From the environment where it is set; else from the file beside an embedded database, which
    /// is made at first use. A database in memory gets a random key that lives as long as the
    /// process.
    #[default]
    Database,
    /// None: tokens are stored in clear. For trials on an embedded database only.
    InsecurePlaintext,
}

impl KeyRing {
    /// A ring of one key, which seals.
    ///
    /// # Errors
    /// When the id is empty, longer than 64 bytes, holds anything but letters, digits, `.`, `_` and
    /// `-`, or is the reserved `plaintext`.
    pub fn new(id: impl Into<String>, key: SealingKey) -> Result<Self, Error> {
        Ok(Self {
            keys: vec![Key::new(id, key)?],
            plaintext: false,
        })
    }

    /// The same with a further key that opens what it sealed before.
    ///
    /// # Errors
    /// When the id is malformed, see [`KeyRing::new`], or the ring has it with another key.
    pub fn with_old_key(self, id: impl Into<String>, key: SealingKey) -> Result<Self, Error> {
        let key = Key::new(id, key)?;
        if self.key(&key.id).is_some() {
            let id = &key.id;
            return Err(Error::configuration(format!(
                "two sealing keys have the id {id:?}; give each its own"
            )));
        }
        let mut keys = self.keys;
        keys.push(key);
        Ok(Self { keys, ..self })
    }

    /// Seals nothing: what is stored can be read by whoever reads the database. Old keys may be
    /// added to open what was sealed before.
    pub fn insecure_plaintext() -> Self {
        Self {
            keys: Vec::new(),
            plaintext: true,
        }
    }

    /// The id of the key that seals.
    pub fn active_id(&self) -> &str {
        match self.keys.first() {
            Some(key) if !self.plaintext => &key.id,
            _ => PLAINTEXT,
        }
    }

    /// The ids of all keys, the active one first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|key| key.id.as_str())
    }

    /// Whether nothing is sealed.
    pub fn is_plaintext(&self) -> bool {
        self.plaintext
    }

    fn key(&self, id: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.id == id)
    }

    /// The key that seals under this id.
    pub(crate) fn sealing_key(&self, id: &str) -> Option<&SealingKey> {
        self.key(id).map(|key| &key.seal)
    }

    /// A key for another purpose, derived from the key of this id by HKDF-SHA-256. A ring that
    /// seals nothing derives from a constant, and so protects nothing.
    pub(crate) fn derive(&self, id: &str, purpose: &'static str) -> Option<SealingKey> {
        if self.plaintext && id == PLAINTEXT {
            return derive(&SealingKey::from_bytes([0; 32]), purpose);
        }
        derive(&self.key(id)?.root, purpose)
    }

    /// A keyed hash of a refresh token's first 16 characters, behind the id of its key: Google's
    /// security events name tokens by these characters.
    pub(crate) fn rt_prefix_mac(&self, token: &RefreshToken) -> String {
        let prefix: String = token.expose().chars().take(16).collect();
        let id = self.active_id();
        let key = self.derive(id, "refresh token prefix");
        let mac = key.map(|key| BASE64.encode(mac(&key, prefix.as_bytes())));
        format!("{id}.{}", mac.unwrap_or_default())
    }
}

impl KeyRing {
    /// The id of the key by which a refresh token is named so; ids may hold dots, the hash holds none.
    pub(crate) fn namer(rt_prefix_mac: &str) -> Option<&str> {
        rt_prefix_mac.rsplit_once('.').map(|(id, _)| id)
    }

    /// Whether a refresh token is named by another key than the active one: whoever has the new key
    /// alone would not find it.
    pub(crate) fn is_renamed(&self, rt_prefix_mac: Option<&str>) -> bool {
        let named_by = rt_prefix_mac.and_then(Self::namer);
        named_by.is_some_and(|id| id != self.active_id())
    }
}

fn derive(root: &SealingKey, purpose: &str) -> Option<SealingKey> {
    let mut bytes = Zeroizing::new([0; 32]);
    let info = [b"toolgate ", purpose.as_bytes()];
    let hkdf = Hkdf::<Sha256>::new(None, root.expose());
    hkdf.expand_multi_info(&info, &mut *bytes).ok()?;
    Some(SealingKey::from_bytes(*bytes))
}

/// HMAC-SHA-256. The key is padded to a block, as HMAC does itself.
fn mac(key: &SealingKey, message: &[u8]) -> Vec<u8> {
    let mut block = Zeroizing::new([0; 64]);
    block[..32].copy_from_slice(key.expose());
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

fn check_id(id: &str) -> Result<(), Error> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b".-_".contains(&b);
    if (1..=64).contains(&id.len()) && id.bytes().all(allowed) && id != PLAINTEXT {
        return Ok(());
    }
    Err(Error::configuration(
        "the id of a sealing key has to be 1 to 64 letters, digits, `.`, `_` or `-`, and not \
         `plaintext`",
    ))
}
