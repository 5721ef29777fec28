//! The authorized-user format of Python's google-auth: what its reader takes, what `to_json` writes.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime};
use serde::Serialize;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::clock::Timestamp;
use crate::secret::{AccessToken, ClientSecret, RefreshToken};

/// Always this, as google-auth does: what a file says of it is neither read nor kept, so that a
/// file that was tampered with sends the refresh token nowhere.
const TOKEN_URI: &str = "https://oauth2.googleapis.com/token";
/// Of these google-auth knows the meaning; here they are only kept, in its order.
const KEPT: [&str; 3] = ["rapt_token", "universe_domain", "account"];
/// The last moment that four digits of a year can name.
const LAST: i64 = 253_402_300_799_000;

/// Why a file is none of these; never what stands in it.
pub(crate) type Problem = &'static str;

/// What a file holds.
#[derive(Debug, Clone)]
pub(crate) struct AuthorizedUser {
    /// None in the files that `gcloud` writes.
    pub(crate) access: Option<AccessToken>,
    pub(crate) refresh: Option<RefreshToken>,
    pub(crate) client_id: String,
    pub(crate) client_secret: Option<ClientSecret>,
    /// None where the file does not say.
    pub(crate) scopes: Option<Vec<String>>,
    /// None counts as expired.
    pub(crate) expiry: Option<Timestamp>,
    /// What else stands in the file, known to google-auth or not.
    pub(crate) others: Others,
}

/// The keys that are kept as they are.
#[derive(Clone, Default)]
pub(crate) struct Others(BTreeMap<String, Value>);

impl std::fmt::Debug for Others {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Others {
    /// A consent by this account stands in the place of the one before.
    pub(crate) fn of_account(mut self, email: Option<&str>) -> Self {
        self.0.remove("rapt_token");
        let account = email.unwrap_or_default().into();
        self.0.insert("account".to_owned(), account);
        self
    }
}

impl AuthorizedUser {
    /// Reads a file by google-auth's rules. Null counts as absent, as its writer leaves out what
    /// is none.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let map = serde_json::from_slice::<Map<String, Value>>(bytes);
        let mut map = map.map_err(|_| "it holds no JSON object")?;
        if ["refresh_token", "client_id", "client_secret"]
            .iter()
            .any(|name| !map.contains_key(*name))
        {
            return Err(
                "it lacks one of refresh_token, client_id and client_secret, which that format \
                 demands (the client secrets of the Google Cloud console are another file)",
            );
        }
        map.remove("token_uri");
        Ok(Self {
            access: secret(&mut map, "token", AccessToken::parse)?,
            refresh: secret(&mut map, "refresh_token", RefreshToken::parse)?,
            client_id: text(&mut map, "client_id")?.unwrap_or_default(),
            client_secret: secret(&mut map, "client_secret", ClientSecret::parse)?,
            scopes: scopes(map.remove("scopes"))?,
            expiry: text(&mut map, "expiry")?
                .map(|text| moment(&text))
                .transpose()?,
            others: Others(map.into_iter().collect()),
        })
    }

    /// Writes a file as google-auth's `to_json` does: its keys in its order, then the others.
    pub(crate) fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, Problem> {
        let mut others = self.others.0.clone();
        let [rapt_token, universe_domain, account] = KEPT.map(|name| others.remove(name));
        let wire = Wire {
            token: self.access.as_ref().map(AccessToken::expose),
            refresh_token: self.refresh.as_ref().map(RefreshToken::expose),
            token_uri: TOKEN_URI,
            client_id: &self.client_id,
            // A client may have none; the format demands the key.
            client_secret: self.client_secret.as_ref().map_or("", ClientSecret::expose),
            scopes: self.scopes.as_deref(),
            rapt_token,
            universe_domain: universe_domain.unwrap_or_else(|| "googleapis.com".into()),
            account: account.unwrap_or_else(|| "".into()),
            expiry: self.expiry.map(written),
            others,
        };
        let bytes = serde_json::to_vec(&wire).map_err(|_| "it could not be written as JSON")?;
        Ok(Zeroizing::new(bytes))
    }
}

/// The order of the fields is that of google-auth.
#[derive(Serialize)]
struct Wire<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    token_uri: &'static str,
    client_id: &'a str,
    client_secret: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rapt_token: Option<Value>,
    universe_domain: Value,
    account: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiry: Option<String>,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

fn text(map: &mut Map<String, Value>, name: &str) -> Result<Option<String>, Problem> {
    match map.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
        Some(_) => Err("what should be text in it is something else"),
    }
}

fn secret<T, E>(
    map: &mut Map<String, Value>,
    name: &str,
    parse: impl FnOnce(String) -> Result<T, E>,
) -> Result<Option<T>, Problem> {
    let text = text(map, name)?;
    let secret = text.map(parse).transpose();
    secret.map_err(|_| "a token or secret in it was damaged on its way")
}

/// An array, or text with spaces between.
fn scopes(value: Option<Value>) -> Result<Option<Vec<String>>, Problem> {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(words(&text))),
        Some(array) => serde_json::from_value(array)
            .map(Some)
            .map_err(|_| "its scopes are not a list of text"),
    }
}

/// A time of google-auth: naive UTC, whatever stands behind the seconds cut away.
fn moment(text: &str) -> Result<Timestamp, Problem> {
    let text = text.trim_end_matches('Z');
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let time = NaiveDateTime::parse_from_str(whole, "%Y-%m-%dT%H:%M:%S");
    let time = time.map_err(|_| "its expiry is no time such as 2030-01-02T03:04:05Z")?;
    Ok(Timestamp::from_millis(time.and_utc().timestamp_millis()))
}

/// As Python's `isoformat` and a `Z`: microseconds only where there are some.
fn written(time: Timestamp) -> String {
    let millis = time.as_millis().clamp(0, LAST);
    let time = DateTime::from_timestamp_millis(millis).unwrap_or_default();
    let format = if millis % 1000 == 0 {
        "%Y-%m-%dT%H:%M:%SZ"
    } else {
        "%Y-%m-%dT%H:%M:%S%.6fZ"
    };
    time.format(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"{"token": "ya29.CANARYsecret", "refresh_token": "1//CANARYsecret", "token_uri": "https://evil.example/", "client_id": "id", "client_secret": "GOCSPX-CANARYsecret", "scopes": ["a", "b"], "universe_domain": "googleapis.com", "account": "", "expiry": "2030-01-02T03:04:05.678901Z", "quota_project_id": "p", "new": {"deep": [1]}}"#;

    fn parse(text: &str) -> Result<AuthorizedUser, Problem> {
        AuthorizedUser::parse(text.as_bytes())
    }

    #[test]
    fn what_was_read_is_written_in_the_order_of_google_auth_and_nothing_is_lost() {
        let bytes = parse(WHOLE).unwrap().to_bytes().unwrap();
        let expected = WHOLE
            .replace("https://evil.example/", TOKEN_URI)
            .replace(".678901", "")
            .replace(": ", ":")
            .replace(", ", ",");
        // Behind google-auth's own keys the others come in the order of their names.
        let (own, others) = expected.split_once(r#","quota_project_id""#).unwrap();
        let others = format!(r#","new":{{"deep":[1]}},"quota_project_id"{others}"#)
            .replace(r#","new":{"deep":[1]}}"#, "}");
        assert_eq!(String::from_utf8_lossy(&bytes), format!("{own}{others}"));
    }

    #[test]
    fn a_file_is_read_by_the_rules_of_google_auth() {
        let file = |more: &str| {
            parse(&format!(
                r#"{{"refresh_token": "1//r", "client_id": "id", "client_secret": ""{more}}}"#
            ))
        };
        // As `gcloud` writes it.
        let bare = file(r#", "type": "authorized_user""#).unwrap();
        assert!(bare.access.is_none() && bare.expiry.is_none() && bare.client_secret.is_none());
        assert_eq!(bare.scopes, None);
        let spaced = file(r#", "scopes": "a b", "token": null, "expiry": "2030-01-02T03:04:05""#);
        let spaced = spaced.unwrap();
        assert_eq!(spaced.scopes, Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(
            spaced.expiry,
            Some(Timestamp::from_millis(1_893_553_445_000))
        );
        for (more, problem) in [
            (r#", "scopes": 1"#, "its scopes"),
            (r#", "scopes": [1]"#, "its scopes"),
            (r#", "expiry": "tomorrow""#, "its expiry"),
            (r#", "expiry": "2030-01-02T03:04:05+00:00""#, "its expiry"),
            (r#", "expiry": 5"#, "should be text"),
            (r#", "token": ["ya29"]"#, "should be text"),
            (r#", "token": "ya29 CANARYsecret""#, "damaged"),
        ] {
            let error = file(more).unwrap_err();
            assert!(error.contains(problem), "{more}: {error}");
        }
    }

    #[test]
    fn what_is_no_such_file_is_told_by_what_is_wrong_with_it() {
        for (text, problem) in [
            ("", "no JSON"),
            ("[]", "no JSON"),
            (r#"{"refresh_token": "1//r""#, "no JSON"),
            (r#"{"client_id": "id", "client_secret": "s"}"#, "lacks"),
            (r#"{"refresh_token": "1//r", "client_id": "id"}"#, "lacks"),
            (
                r#"{"refresh_token": "1//r", "client_secret": "s"}"#,
                "lacks",
            ),
            (r#"{"installed": {"client_id": "id"}}"#, "lacks"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(problem), "{text}: {error}");
        }
    }

    #[test]
    fn a_time_is_written_as_python_writes_it() {
        for (millis, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (1_893_553_445_000, "2030-01-02T03:04:05Z"),
            (1_893_553_445_067, "2030-01-02T03:04:05.067000Z"),
            (i64::MAX, "9999-12-31T23:59:59Z"),
            (i64::MIN, "1970-01-01T00:00:00Z"),
        ] {
            assert_eq!(written(Timestamp::from_millis(millis)), expected);
        }
    }

    #[test]
    fn nothing_of_it_prints() {
        let file = parse(&WHOLE.replace(r#""new""#, r#""rapt_token": "CANARYsecret", "new""#));
        let printed = format!("{:?}", file.unwrap());
        assert!(!printed.contains("CANARYsecret"), "it prints secrets");
        assert!(printed.contains("rapt_token"), "{printed}");
    }
}
