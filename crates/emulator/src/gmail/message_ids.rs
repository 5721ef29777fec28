//! What Gmail makes of the `Message-ID` of a message that is sent.

use super::rfc822::{fields, without_field};

/// What becomes of the `Message-ID` that a message brings when it is sent by the API.
///
/// Google's documents do not say. Users report each of these.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessageIds {
    /// It stays.
    #[default]
    Kept,
    /// Another takes its place, and it stands in `X-Google-Original-Message-ID`.
    Moved,
    /// Another takes its place, and nothing shows what it was.
    Replaced,
}

impl MessageIds {
    /// The message as it is taken in; `key` makes its new id unlike others'.
    pub(crate) fn accepted(self, raw: &[u8], key: &str) -> Vec<u8> {
        if self == Self::Kept {
            return raw.to_vec();
        }
        let (fields, _) = fields(raw);
        let own = fields
            .iter()
            .find(|field| field.name.eq_ignore_ascii_case("Message-ID"));
        let mut head = format!("Message-ID: <CAnew{key}@mail.gmail.com>\r\n");
        if let (Self::Moved, Some(own)) = (self, own) {
            let line = format!("X-Google-Original-Message-ID: {}\r\n", own.text().trim());
            head.push_str(&line);
        }
        let mut accepted = head.into_bytes();
        accepted.extend_from_slice(&without_field(raw, "Message-ID"));
        accepted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_kept_moved_or_gone() {
        let raw = b"To: ann@example.org\r\nmessage-id: <own@here.example>\r\n\r\nMessage-ID: in the text\r\n";
        let became = |ids: MessageIds| String::from_utf8(ids.accepted(raw, "7")).unwrap();
        assert_eq!(became(MessageIds::Kept).as_bytes(), raw);
        let moved = became(MessageIds::Moved);
        assert!(moved.starts_with(
            "Message-ID: <CAnew7@mail.gmail.com>\r\nX-Google-Original-Message-ID: <own@here.example>\r\nTo:"
        ));
        let replaced = became(MessageIds::Replaced);
        assert!(!replaced.contains("own@here.example"), "{replaced}");
        for became in [moved, replaced] {
            assert!(became.ends_with("\r\n\r\nMessage-ID: in the text\r\n"));
            assert_eq!(became.to_lowercase().matches("\r\nmessage-id:").count(), 1);
        }
    }
}
