//! Random text for tokens, and the digests that OAuth asks for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom as _, SystemRandom};

/// 24 random bytes in unpadded base64url.
pub(crate) fn text() -> String {
    let mut bytes = [0_u8; 24];
    // Without random bytes a value still differs from every other, which is all a test double needs.
    if SystemRandom::new().fill(&mut bytes).is_err() {
        static COUNTER: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        let count = COUNTER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        bytes[..8].copy_from_slice(&count.to_be_bytes());
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

/// SHA-256 of a text in unpadded base64url.
pub(crate) fn sha256(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(ring::digest::digest(&ring::digest::SHA256, text.as_bytes()))
}
