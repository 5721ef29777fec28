//! The message that a request brings.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

use crate::call::{ApiError, Call};

/// Google's limit for messages that are sent or drafted, in bytes.
const MAX_SENT: usize = 35 * 1024 * 1024;

/// Google's limit for messages that are inserted or imported, in bytes.
const MAX_STORED: usize = 150 * 1024 * 1024;

/// Reads base64 with either alphabet's padding, or without.
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// The bytes of the message that a request brings, uploaded or in `raw`.
///
/// # Errors
/// When there is none, it is not base64, or it is too large for the method.
pub(crate) fn submitted(call: &Call, message: &Value) -> Result<Vec<u8>, ApiError> {
    if let Some(media) = &call.media {
        let bytes = media.content.bytes();
        return bytes
            .map(|bytes| bytes.to_vec())
            .map_err(|_| ApiError::invalid("The upload cannot be read"));
    }
    let Some(raw) = message["raw"].as_str().filter(|raw| !raw.is_empty()) else {
        return Err(ApiError::invalid(
            "'raw' RFC822 payload message string or uploading message via /upload/* URL required",
        ));
    };
    if !fits(&call.method, decoded_len(raw)) {
        return Err(ApiError {
            code: 413,
            status: "INVALID_ARGUMENT",
            reason: "uploadTooLarge",
            message: "Request Entity Too Large".to_owned(),
        });
    }
    let alphabet = if raw.contains(['+', '/']) {
        alphabet::STANDARD
    } else {
        alphabet::URL_SAFE
    };
    GeneralPurpose::new(&alphabet, LENIENT)
        .decode(raw)
        .map_err(|_| {
            ApiError::invalid("Invalid value at 'raw' (TYPE_BYTES), Base64 decoding failed")
        })
}

/// Whether a method takes a message of that many bytes.
fn fits(method: &str, bytes: usize) -> bool {
    let stores = method.ends_with(".insert") || method.ends_with(".import");
    bytes <= if stores { MAX_STORED } else { MAX_SENT }
}

/// How many bytes a base64 text stands for.
fn decoded_len(text: &str) -> usize {
    text.trim_end_matches('=').len() * 3 / 4
}

/// The thread that a request's message asks for.
pub(crate) fn requested_thread(message: &Value) -> Option<&str> {
    message["threadId"].as_str().filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{decoded_len, fits};

    #[test]
    fn each_method_takes_messages_up_to_googles_limit() {
        let limits = [
            ("gmail.users.messages.send", 36_700_160),
            ("gmail.users.drafts.create", 36_700_160),
            ("gmail.users.drafts.update", 36_700_160),
            ("gmail.users.drafts.send", 36_700_160),
            ("gmail.users.messages.insert", 157_286_400),
            ("gmail.users.messages.import", 157_286_400),
        ];
        for (method, most) in limits {
            assert!(fits(method, most) && !fits(method, most + 1), "{method}");
        }
    }

    #[test]
    fn the_length_is_that_of_the_decoded_bytes() {
        let table = [
            ("", 0),
            ("QQ==", 1),
            ("QQ", 1),
            ("QUI=", 2),
            ("QUJD", 3),
            ("QUJDRA", 4),
        ];
        for (text, length) in table {
            assert_eq!(decoded_len(text), length, "{text}");
        }
    }
}
