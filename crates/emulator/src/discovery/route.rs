//! Matching a request's method and raw path to a method of the documents.

use std::collections::BTreeMap;
use std::sync::Arc;

use percent_encoding::percent_decode_str;

use super::{Directory, Method};

/// One way to a method.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) document: usize,
    pub(crate) method: Arc<Method>,
    pub(crate) via: Via,
    template: Vec<Segment>,
}

/// Which of a method's paths was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Via {
    /// The method's own path, with a JSON body if any.
    Plain,
    /// The path under `/upload`.
    SimpleUpload,
    /// The path under `/resumable/upload`.
    ResumableUpload,
}

/// A route and the decoded values of its path parameters.
#[derive(Debug)]
pub(crate) struct Match {
    pub(crate) route: &'static Route,
    pub(crate) path: BTreeMap<String, String>,
}

/// Why a path has no method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoMatch {
    /// A `.` or `..` segment, an escape that is none, or text that is not UTF-8.
    Malformed,
    /// No template fits.
    Unknown,
}

/// A segment of a template: literal text, or a variable with literal text behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Variable { name: String, suffix: String },
}

pub(super) fn routes_of(document: usize, service_path: &str, method: Method) -> Vec<Route> {
    let method = Arc::new(method);
    let path = format!("/{service_path}{}", method.path);
    let mut ways = vec![(Via::Plain, path)];
    if let Some(upload) = &method.media_upload {
        for (protocol, way) in &upload.protocols {
            let via = if protocol == "simple" {
                Via::SimpleUpload
            } else {
                Via::ResumableUpload
            };
            ways.push((via, way.path.clone()));
        }
    }
    ways.into_iter()
        .map(|(via, path)| Route {
            document,
            method: Arc::clone(&method),
            via,
            template: path
                .trim_start_matches('/')
                .split('/')
                .map(Segment::read)
                .collect(),
        })
        .collect()
}

impl Directory {
    /// Finds the method for a request line; `raw_path` is as it came over the wire.
    pub(crate) fn find(&'static self, verb: &str, raw_path: &str) -> Result<Match, NoMatch> {
        let raw: Vec<&str> = raw_path.trim_start_matches('/').split('/').collect();
        let decoded = raw
            .iter()
            .map(|segment| decode(segment))
            .collect::<Result<Vec<_>, _>>()?;
        if decoded
            .iter()
            .any(|segment| segment == "." || segment == "..")
        {
            return Err(NoMatch::Malformed);
        }
        let route = self
            .routes
            .iter()
            .filter(|route| route.method.verb == verb && route.fits(&raw))
            .max_by_key(|route| route.rank())
            .ok_or(NoMatch::Unknown)?;
        let mut path = BTreeMap::new();
        for (segment, raw) in route.template.iter().zip(&raw) {
            if let Segment::Variable { name, suffix } = segment {
                let value = raw.strip_suffix(suffix.as_str()).unwrap_or(raw);
                path.insert(name.clone(), decode(value)?);
            }
        }
        Ok(Match { route, path })
    }
}

impl Route {
    fn fits(&self, raw: &[&str]) -> bool {
        self.template.len() == raw.len()
            && self
                .template
                .iter()
                .zip(raw)
                .all(|(segment, raw)| segment.fits(raw))
    }

    /// Literal segments count most, from the left; then a variable with text behind it.
    fn rank(&self) -> Vec<usize> {
        self.template
            .iter()
            .map(|segment| match segment {
                Segment::Literal(_) => usize::MAX,
                Segment::Variable { suffix, .. } => suffix.len(),
            })
            .collect()
    }
}

impl Segment {
    fn read(text: &str) -> Self {
        let variable = text.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        match variable {
            // `{+name}` may hold a slash in general; in these documents a pattern forbids it.
            Some((name, suffix)) => Self::Variable {
                name: name.trim_start_matches('+').to_owned(),
                suffix: suffix.to_owned(),
            },
            None => Self::Literal(text.to_owned()),
        }
    }

    fn fits(&self, raw: &str) -> bool {
        match self {
            Self::Literal(text) => raw == text,
            Self::Variable { suffix, .. } => raw
                .strip_suffix(suffix.as_str())
                .is_some_and(|value| !value.is_empty()),
        }
    }
}

fn decode(segment: &str) -> Result<String, NoMatch> {
    let bytes = segment.as_bytes();
    let broken = bytes.iter().enumerate().any(|(at, byte)| {
        *byte == b'%'
            && !bytes
                .get(at + 1..at + 3)
                .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    });
    if broken {
        return Err(NoMatch::Malformed);
    }
    let text = percent_decode_str(segment)
        .decode_utf8()
        .map_err(|_| NoMatch::Malformed)?;
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::{Directory, NoMatch, Via};

    fn find(verb: &str, path: &str) -> Result<(String, Via, Vec<String>), NoMatch> {
        let found = Directory::shared().unwrap().find(verb, path)?;
        let values = found.path.into_values().collect();
        Ok((found.route.method.id.clone(), found.route.via, values))
    }

    #[test]
    fn paths_lead_to_their_methods() {
        let check = |line: &str, id: &str, values: &[&str]| {
            let (verb, path) = line.split_once(' ').unwrap();
            let (found, _, found_values) = find(verb, path).unwrap();
            assert_eq!(found, id, "{line}");
            assert_eq!(found_values, values, "{line}");
        };
        let mail = "gmail.users.messages";
        check(
            "GET /gmail/v1/users/me/messages",
            &format!("{mail}.list"),
            &["me"],
        );
        check(
            "GET /gmail/v1/users/me/messages/1",
            &format!("{mail}.get"),
            &["1", "me"],
        );
        check(
            "POST /gmail/v1/users/me/messages/send",
            &format!("{mail}.send"),
            &["me"],
        );
        check(
            "GET /drive/v3/files/generateIds",
            "drive.files.generateIds",
            &[],
        );
        check("GET /drive/v3/files/abc", "drive.files.get", &["abc"]);
        let cells = "sheets.spreadsheets.values.get";
        check(
            "GET /v4/spreadsheets/s1/values/A1%3AB2",
            cells,
            &["A1:B2", "s1"],
        );
        let batch = "sheets.spreadsheets.batchUpdate";
        check("POST /v4/spreadsheets/s1:batchUpdate", batch, &["s1"]);
        check(
            "GET /v1/presentations/p1",
            "slides.presentations.get",
            &["p1"],
        );
        check(
            "GET /calendar/v3/users/me/calendarList",
            "calendar.calendarList.list",
            &[],
        );
        check("GET /oauth2/v2/userinfo", "oauth2.userinfo.get", &[]);
    }

    #[test]
    fn an_encoded_slash_stays_in_its_segment() {
        let (id, _, values) =
            find("GET", "/gmail/v1/users/me/messages/a%2F..%2Fb%23c%3Fd").unwrap();
        assert_eq!(id, "gmail.users.messages.get");
        assert_eq!(values[0], "a/../b#c?d");
    }

    #[test]
    fn uploads_have_paths_of_their_own() {
        let via = |path: &str| find("POST", path).unwrap().1;
        assert_eq!(via("/upload/gmail/v1/users/me/drafts"), Via::SimpleUpload);
        assert_eq!(
            via("/resumable/upload/gmail/v1/users/me/drafts"),
            Via::ResumableUpload
        );
        assert_eq!(via("/gmail/v1/users/me/drafts"), Via::Plain);
    }

    #[test]
    fn paths_that_climb_or_do_not_decode_are_malformed() {
        for path in [
            "/gmail/v1/users/me/messages/../drafts",
            "/gmail/v1/users/me/messages/%2E%2e/drafts",
            "/gmail/v1/users/./messages",
            "/gmail/v1/users/me/messages/%zz",
            "/gmail/v1/users/me/messages/%2",
            "/gmail/v1/users/me/messages/%ff",
        ] {
            assert_eq!(find("GET", path).unwrap_err(), NoMatch::Malformed, "{path}");
        }
        for path in ["/gmail/v1/users/me/messages/", "/gmail/v1/nothing", "/"] {
            assert_eq!(find("GET", path).unwrap_err(), NoMatch::Unknown, "{path}");
        }
        assert_eq!(
            find("PUT", "/gmail/v1/users/me/messages").unwrap_err(),
            NoMatch::Unknown
        );
    }
}
