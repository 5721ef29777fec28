//! Fernet, as agno seals its rows: AES-128-CBC and HMAC-SHA-256, from crates of one family.

use std::fmt;

use aes::Aes128;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, URL_SAFE};
use base64::{Engine as _, alphabet};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use toolgate_auth::{Clock as _, Environment, Random as _, SystemClock, SystemRandom};
use zeroize::Zeroizing;

use crate::Error;

/// The first byte of every token.
const VERSION: u8 = 0x80;
/// Version, time, initialization vector, and behind the text the code that signs all before it.
const HEAD: usize = 1 + 8 + 16;
const TAG: usize = 32;

/// Python reads keys with and without the padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The keys that rows of agno may be sealed with, in the order in which they are tried.
#[derive(Clone, Default)]
pub struct FernetKeys(Vec<Key>);

#[derive(Clone)]
struct Key {
    bytes: Zeroizing<[u8; 32]>,
    /// Agno seals with a key as it stands, and with nothing else.
    stands: bool,
}

impl fmt::Debug for FernetKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FernetKeys({} [redacted])", self.0.len())
    }
}

impl FernetKeys {
    /// None: rows in clear can be read.
    pub fn none() -> Self {
        Self::default()
    }

    /// Those of the variables that agno reads, in its order: `GOOGLE_TOKEN_ENCRYPTION_KEY`, then
    /// `AGNO_ENCRYPTION_KEY`.
    ///
    /// # Errors
    /// When a variable is damaged; the error names it and never its value.
    pub fn from_environment(environment: &Environment) -> Result<Self, Error> {
        let mut keys = Self::none();
        for name in ["GOOGLE_TOKEN_ENCRYPTION_KEY", "AGNO_ENCRYPTION_KEY"] {
            if let Some(key) = environment.api_key(name)? {
                keys = keys.with(key.expose());
            }
        }
        Ok(keys)
    }

    /// These and the keys in a file's text, one a line; they are tried first.
    #[must_use]
    pub fn or_before_them(self, file: &str) -> Self {
        let lines = file.lines().map(str::trim).filter(|line| !line.is_empty());
        let mut keys = lines.fold(Self::none(), Self::with);
        keys.0.extend(self.0);
        keys
    }

    /// A key as it stands, where it is one; and what builds before agno's release made of a secret.
    #[must_use]
    fn with(mut self, text: &str) -> Self {
        let decoded = LENIENT.decode(text).map(Zeroizing::new);
        let key = decoded
            .ok()
            .and_then(|bytes| bytes.as_slice().try_into().ok());
        let key = key.map(|bytes| (bytes, true));
        let keys = key
            .into_iter()
            .chain([(Sha256::digest(text).into(), false)]);
        self.0.extend(keys.map(|(bytes, stands)| Key {
            bytes: Zeroizing::new(bytes),
            stands,
        }));
        self
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether agno takes one of them for sealing.
    pub(crate) fn can_seal(&self) -> bool {
        self.0.iter().any(|key| key.stands)
    }

    /// The text of a token, by the first key that it was signed with.
    pub(crate) fn open(&self, token: &str) -> Option<Zeroizing<Vec<u8>>> {
        let token = LENIENT.decode(token).ok()?;
        self.0.iter().find_map(|key| open(&key.bytes, &token))
    }

    /// Seals with the first key that agno would take; none where there is none.
    pub(crate) fn seal(&self, text: &[u8]) -> Option<String> {
        let key = &self.0.iter().find(|key| key.stands)?.bytes;
        let mut vector = [0; 16];
        SystemRandom.fill(&mut vector);
        let seconds = SystemClock.now().as_millis().max(0).unsigned_abs() / 1000;
        Some(URL_SAFE.encode(seal(key, text, seconds, vector)))
    }
}

/// The signature is compared in constant time, and before anything is deciphered.
fn open(key: &[u8; 32], token: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (signed, tag) = token.split_at_checked(token.len().checked_sub(TAG)?)?;
    let (head, ciphertext) = signed.split_at_checked(HEAD)?;
    let (sign, cipher) = halves(key)?;
    if head.first() != Some(&VERSION) {
        return None;
    }
    signature(&sign, signed)?.verify_slice(tag).ok()?;
    let vector: [u8; 16] = head.get(9..)?.try_into().ok()?;
    let mut text = Zeroizing::new(ciphertext.to_vec());
    let decryptor = cbc::Decryptor::<Aes128>::new(&cipher.into(), &vector.into());
    let length = decryptor.decrypt_padded::<Pkcs7>(&mut text).ok()?.len();
    text.truncate(length);
    Some(text)
}

fn seal(key: &[u8; 32], text: &[u8], seconds: u64, vector: [u8; 16]) -> Vec<u8> {
    let Some((sign, cipher)) = halves(key) else {
        return Vec::new();
    };
    let encryptor = cbc::Encryptor::<Aes128>::new(&cipher.into(), &vector.into());
    let mut token = vec![VERSION];
    token.extend_from_slice(&seconds.to_be_bytes());
    token.extend_from_slice(&vector);
    token.extend_from_slice(&encryptor.encrypt_padded_vec::<Pkcs7>(text));
    if let Some(code) = signature(&sign, &token) {
        token.extend_from_slice(&code.finalize().into_bytes());
    }
    token
}

/// The half that signs, and the half that enciphers.
fn halves(key: &[u8; 32]) -> Option<([u8; 16], [u8; 16])> {
    let (sign, cipher) = key.split_at(16);
    Some((sign.try_into().ok()?, cipher.try_into().ok()?))
}

fn signature(key: &[u8; 16], message: &[u8]) -> Option<Hmac<Sha256>> {
    let mut code = Hmac::<Sha256>::new_from_slice(key).ok()?;
    code.update(message);
    Some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Fernet's own test vector, of github.com/fernet/spec (generate.json).
    const KEY: &str = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";
    const TOKEN: &str = "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==";
    const SECONDS: u64 = 499_162_800;

    #[test]
    fn the_standards_own_example_is_opened_and_made() {
        let keys = FernetKeys::none().with(KEY);
        assert_eq!(&**keys.open(TOKEN).unwrap(), b"hello");
        let vector = std::array::from_fn(|at| u8::try_from(at).unwrap());
        let made = seal(&keys.0[0].bytes, b"hello", SECONDS, vector);
        assert_eq!(URL_SAFE.encode(made), TOKEN);
    }

    #[test]
    fn what_was_altered_or_cut_anywhere_does_not_open() {
        let keys = FernetKeys::none().with(KEY);
        let token = LENIENT.decode(TOKEN).unwrap();
        for at in 0..token.len() {
            let mut altered = token.clone();
            altered[at] ^= 1;
            assert!(keys.open(&URL_SAFE.encode(&altered)).is_none(), "{at}");
            assert!(keys.open(&URL_SAFE.encode(&token[..at])).is_none(), "{at}");
        }
        assert!(keys.open("no base64 !").is_none());
    }

    #[test]
    fn each_key_is_tried_and_a_secret_counts_by_its_digest_too() {
        let secret = FernetKeys::none().with("a long secret");
        assert!(secret.seal(b"").is_none() && !secret.can_seal());
        let key: [u8; 32] = Sha256::digest("a long secret").into();
        let sealed = URL_SAFE.encode(seal(&key, b"CANARYsecret", SECONDS, [7; 16]));
        let both = secret.or_before_them(&format!("\n{KEY}\n"));
        assert_eq!(&**both.open(&sealed).unwrap(), b"CANARYsecret");
        assert_eq!(&**both.open(TOKEN).unwrap(), b"hello");
        let another = FernetKeys::none().with("another");
        assert!(another.open(&sealed).is_none());
        let again = both.seal(b"again").unwrap();
        let alone = FernetKeys::none().with(KEY);
        assert_eq!(&**alone.open(&again).unwrap(), b"again");
        assert_eq!(format!("{both:?}"), "FernetKeys(3 [redacted])");
    }
}
