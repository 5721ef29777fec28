//! A token answer: read leniently where servers differ, strictly where a wrong reading would harm.

use std::fmt;
use std::time::{Duration, Instant};

use oauth2::TokenType;
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};
use zeroize::Zeroizing;

use super::GrantError;
use crate::scope::ScopeSet;
use crate::secret::{AccessToken, IdToken, RefreshToken};

/// What counts as the lifetime of a token whose answer names none.
const DEFAULT_LIFETIME: Duration = Duration::from_hours(1);
const SHORTEST: Duration = Duration::from_secs(30);
/// No access token is believed to live longer.
pub(crate) const LONGEST: Duration = Duration::from_hours(24);

/// What Google gave.
#[derive(Debug, Clone)]
pub(crate) struct TokenAnswer {
    pub(crate) access: AccessToken,
    /// None where the one that is held goes on.
    pub(crate) refresh: Option<RefreshToken>,
    /// The access token's life from `sent_at` on, between 30 seconds and 24 hours.
    pub(crate) lifetime: Duration,
    /// When the request left: nothing lives longer than counted from there.
    pub(crate) sent_at: Instant,
    /// What was granted; none where the answer does not say.
    pub(crate) scopes: Option<ScopeSet>,
    pub(crate) id_token: Option<IdToken>,
    /// The refresh token's life, where it is limited.
    pub(crate) refresh_lifetime: Option<Duration>,
}

impl TokenAnswer {
    /// What is left of the access token's life.
    pub(crate) fn left(&self, now: Instant) -> Duration {
        self.lifetime
            .saturating_sub(now.saturating_duration_since(self.sent_at))
    }

    pub(super) fn from_wire(wire: Wire, sent_at: Instant) -> Result<Self, GrantError> {
        if !wire.token_type.is_usable() {
            return Err(GrantError::malformed("a token of a type that is not known"));
        }
        let refresh = wire
            .refresh_token
            .filter(|token| !token.secret().is_empty());
        Ok(Self {
            access: AccessToken::parse(wire.access_token.into_secret())
                .map_err(|_| GrantError::malformed("an access token that cannot be one"))?,
            refresh: refresh
                .map(|token| RefreshToken::parse(token.into_secret()))
                .transpose()
                .map_err(|_| GrantError::malformed("a refresh token that cannot be one"))?,
            lifetime: wire.expires_in.0.map_or(DEFAULT_LIFETIME, clamp),
            sent_at,
            scopes: wire
                .scope
                .as_deref()
                .map(ScopeSet::parse)
                .filter(|set| !set.is_empty()),
            // One that cannot be one is none: a sign-in refuses that, and a refresh needs none.
            id_token: wire
                .id_token
                .and_then(|token| IdToken::parse(token.0.as_str()).ok()),
            refresh_lifetime: wire
                .refresh_token_expires_in
                .0
                .filter(|seconds| *seconds > 0.0)
                .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        })
    }
}

fn clamp(seconds: f64) -> Duration {
    let lifetime = Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(LONGEST);
    lifetime.clamp(SHORTEST, LONGEST)
}

/// The fields that are read; what else an answer holds is dropped unread. It can be read and never
/// written, though the `oauth2` crate would like both.
#[derive(Debug, Deserialize)]
pub(super) struct Wire {
    access_token: oauth2::AccessToken,
    #[serde(default)]
    token_type: Bearer,
    #[serde(default)]
    expires_in: Seconds,
    #[serde(default)]
    refresh_token: Option<oauth2::RefreshToken>,
    #[serde(default)]
    scope: Option<String>,
    #[serde(default, deserialize_with = "text")]
    id_token: Option<Hidden>,
    #[serde(default)]
    refresh_token_expires_in: Seconds,
}

impl Serialize for Wire {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(ser::Error::custom("a token answer is never written"))
    }
}

impl oauth2::TokenResponse for Wire {
    type TokenType = Bearer;

    fn access_token(&self) -> &oauth2::AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &Bearer {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        self.expires_in.0.map(clamp)
    }

    fn refresh_token(&self) -> Option<&oauth2::RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<oauth2::Scope>> {
        None
    }
}

/// The type of a token: any text, of which one is usable. A token that is bound to a key (`DPoP`)
/// sent as a bearer would only be refused.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Bearer(String);

impl Bearer {
    fn is_usable(&self) -> bool {
        self.0.eq_ignore_ascii_case("bearer")
    }
}

impl Default for Bearer {
    fn default() -> Self {
        Self("Bearer".to_owned())
    }
}

impl TokenType for Bearer {}

/// A number of seconds, also as text or as a fraction; what is no number counts as absent.
#[derive(Debug, Default)]
struct Seconds(Option<f64>);

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Number(number) => number.as_f64(),
            serde_json::Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        Ok(Self(seconds.filter(|seconds| seconds.is_finite())))
    }
}

/// A text; anything else counts as absent.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Hidden>, D::Error> {
    Ok(match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) => Some(Hidden(Zeroizing::new(text))),
        _ => None,
    })
}

/// A secret on its way into its own type.
pub(crate) struct Hidden(pub(crate) Zeroizing<String>);

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
