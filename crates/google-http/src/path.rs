//! Paths: what comes from outside gets in encoded, or not at all.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::{Error, ErrorKind};

/// Everything but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'~')
    .remove(b'.');
const LONGEST: usize = 2048;

/// One path segment, encoded.
///
/// ```
/// use toolgate_google_http::seg;
///
/// assert_eq!(seg("C#!A1")?, "C%23%21A1");
/// assert_eq!(seg("../drive?x")?, "..%2Fdrive%3Fx");
/// assert!(seg("..").is_err());
/// # Ok::<(), toolgate_google_http::Error>(())
/// ```
///
/// # Errors
/// When it is empty, `.` or `..` (which URL parsers resolve, whatever the encoding), or longer than
/// 2,048 bytes.
pub fn seg(value: &str) -> Result<String, Error> {
    let problem = match value {
        "" => "it is empty",
        "." | ".." => "it is no id",
        long if long.len() > LONGEST => "it is too long",
        fine => return Ok(utf8_percent_encode(fine, RESERVED).to_string()),
    };
    Err(Error::from(ErrorKind::Segment { problem }))
}

/// A path under an API's base. Text that is not in the program's source gets in by [`Path::seg`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(String);

impl Path {
    /// Begins with fixed segments, such as `users/me/messages`.
    pub fn new(fixed: &'static str) -> Self {
        Self(fixed.trim_matches('/').to_owned())
    }

    /// Adds an id, a name or a range as one segment.
    ///
    /// # Errors
    /// As [`seg`].
    pub fn seg(mut self, value: &str) -> Result<Self, Error> {
        let value = seg(value)?;
        self.0.push('/');
        self.0.push_str(&value);
        Ok(self)
    }

    /// Adds fixed segments.
    #[must_use]
    pub fn then(mut self, fixed: &'static str) -> Self {
        self.0.push('/');
        self.0.push_str(fixed.trim_matches('/'));
        self
    }

    /// Adds a verb to the last segment, such as `:append`.
    #[must_use]
    pub fn verb(mut self, verb: &'static str) -> Self {
        self.0.push_str(verb);
        self
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_stay_segments() {
        let cases = [
            ("m1", "m1"),
            ("a/b", "a%2Fb"),
            ("a/../../b", "a%2F..%2F..%2Fb"),
            ("a?alt=media&x=1", "a%3Falt%3Dmedia%26x%3D1"),
            ("en.usa#holiday@group", "en.usa%23holiday%40group"),
            ("%2e%2e", "%252e%252e"),
            ("What?!A1", "What%3F%21A1"),
            ("a b+c", "a%20b%2Bc"),
            ("ü\u{0}\n", "%C3%BC%00%0A"),
            ("...", "..."),
            ("a\\b;c:d", "a%5Cb%3Bc%3Ad"),
        ];
        for (raw, encoded) in cases {
            assert_eq!(seg(raw).unwrap(), encoded, "{raw:?}");
            let url = url::Url::parse("https://x.example/api/v1/").unwrap();
            let path = Path::new("things")
                .seg(raw)
                .unwrap()
                .then("parts")
                .to_string();
            let joined = url.join(&path).unwrap();
            assert_eq!(joined.path(), format!("/api/v1/things/{encoded}/parts"));
            assert_eq!((joined.query(), joined.fragment()), (None, None));
        }
    }

    #[test]
    fn what_is_no_segment_is_refused() {
        for raw in ["", ".", "..", &"a".repeat(LONGEST + 1)] {
            assert!(seg(raw).is_err(), "{raw:?}");
            assert!(Path::new("x").seg(raw).is_err(), "{raw:?}");
        }
    }

    #[test]
    fn verbs_follow_the_last_segment() {
        let path = Path::new("spreadsheets").seg("id").unwrap().then("values");
        let path = path.seg("A1:B2").unwrap().verb(":append");
        assert_eq!(path.to_string(), "spreadsheets/id/values/A1%3AB2:append");
    }
}
