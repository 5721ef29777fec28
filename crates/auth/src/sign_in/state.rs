//! The signed state: what a link carries and Google echoes. Junk is refused before the database is
//! touched.
//!
//! Layout, base64url: version (1), length of the key id (1), key id, random id (32), end in Unix
//! milliseconds (8), HMAC-SHA-256 over all before (32).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::Refusal;
use crate::clock::{Random, Timestamp, random_256};
use crate::secret::SealingKey;

const VERSION: u8 = 1;
const MAC: usize = 32;
const ID: usize = 32;
const END: usize = 8;
/// No state of ours is longer; more is not even decoded.
const MAX_TEXT: usize = 600;

/// A state whose signature is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    /// Under which the row is stored.
    pub(crate) id_hash: String,
    ends_at: Timestamp,
}

impl State {
    /// Whether it can still be used.
    pub(crate) fn check_age(&self, now: Timestamp) -> Result<(), Refusal> {
        if self.ends_at <= now {
            return Err(Refusal::Expired);
        }
        Ok(())
    }
}

/// Makes a state that ends at `expires_at`; returns its text and the hash of its id.
pub(crate) fn issue(
    key_id: &str,
    key: &SealingKey,
    expires_at: Timestamp,
    random: &dyn Random,
) -> (String, String) {
    let id = random_256(random);
    let mut bytes = vec![VERSION, u8::try_from(key_id.len()).unwrap_or(u8::MAX)];
    bytes.extend_from_slice(key_id.as_bytes());
    bytes.extend_from_slice(&id);
    bytes.extend_from_slice(&expires_at.as_millis().to_be_bytes());
    let tag = mac(key, &bytes).finalize().into_bytes();
    bytes.extend_from_slice(&tag);
    (URL_SAFE_NO_PAD.encode(bytes), hash(&id))
}

/// Checks the signature. `key` gives the signing key of a key id.
pub(crate) fn verify(
    text: &str,
    key: impl Fn(&str) -> Option<SealingKey>,
) -> Result<State, Refusal> {
    if text.len() > MAX_TEXT {
        return Err(Refusal::Forged);
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Refusal::Forged)?;
    let key_len = match bytes.get(..2) {
        Some([VERSION, len]) => usize::from(*len),
        _ => return Err(Refusal::Forged),
    };
    let signed_len = 2 + key_len + ID + END;
    if bytes.len() != signed_len + MAC {
        return Err(Refusal::Forged);
    }
    let (signed, tag) = bytes.split_at(signed_len);
    let key_id = std::str::from_utf8(&signed[2..2 + key_len]).map_err(|_| Refusal::Forged)?;
    let key = key(key_id).ok_or(Refusal::Forged)?;
    mac(&key, signed)
        .verify_slice(tag)
        .map_err(|_| Refusal::Forged)?;
    let (id, end) = signed[2 + key_len..].split_at(ID);
    let end = end.try_into().map_or(i64::MIN, i64::from_be_bytes);
    Ok(State {
        id_hash: hash(id),
        ends_at: Timestamp::from_millis(end),
    })
}

fn mac(key: &SealingKey, bytes: &[u8]) -> Hmac<Sha256> {
    // HMAC pads a short key with zeros to its block, so that this is the key itself.
    let mut block = Zeroizing::new([0; 64]);
    block[..32].copy_from_slice(key.expose());
    let mut mac = <Hmac<Sha256>>::new((&*block).into());
    mac.update(bytes);
    mac
}

/// SHA-256, base64url: what is stored in place of a random value.
pub(crate) fn hash(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clock::SystemRandom;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn key(byte: u8) -> SealingKey {
        SealingKey::from_bytes([byte; 32])
    }

    fn keys(id: &str) -> Option<SealingKey> {
        (id == "k1").then(|| key(1))
    }

    fn issued(end: i64) -> String {
        issue("k1", &key(1), Timestamp::from_millis(end), &SystemRandom).0
    }

    #[test]
    fn a_state_of_ours_is_good_until_its_end() {
        let (text, id_hash) = issue(
            "k1",
            &key(1),
            Timestamp::from_millis(1_000_001),
            &SystemRandom,
        );
        let state = verify(&text, keys).unwrap();
        assert_eq!(state.id_hash, id_hash);
        assert_eq!(state.check_age(NOW), Ok(()));
        let state = verify(&issued(1_000_000), keys).unwrap();
        assert_eq!(state.check_age(NOW), Err(Refusal::Expired));
    }

    #[test]
    fn a_state_under_another_key_or_an_unknown_key_id_is_forged() {
        let (text, _) = issue(
            "k1",
            &key(2),
            Timestamp::from_millis(i64::MAX),
            &SystemRandom,
        );
        assert_eq!(verify(&text, keys), Err(Refusal::Forged));
        let (text, _) = issue(
            "k2",
            &key(1),
            Timestamp::from_millis(i64::MAX),
            &SystemRandom,
        );
        assert_eq!(verify(&text, keys), Err(Refusal::Forged));
    }

    proptest! {
        #[test]
        fn any_changed_byte_makes_it_forged(at in 0usize..84, flip in 1u8..) {
            let mut bytes = URL_SAFE_NO_PAD.decode(issued(i64::MAX)).unwrap_or_default();
            let at = at % bytes.len();
            bytes[at] ^= flip;
            let text = URL_SAFE_NO_PAD.encode(bytes);
            prop_assert_eq!(verify(&text, keys), Err(Refusal::Forged));
        }

        #[test]
        fn junk_is_forged_and_nothing_panics(text in "\\PC{0,700}") {
            prop_assert_eq!(verify(&text, keys), Err(Refusal::Forged));
        }
    }
}
