//! Secrets as types: they cannot be printed, compared or serialized by accident.

#[cfg(test)]
mod tests;

use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};

/// Declares a secret text: checked at the door, wiped on drop, printed as `[redacted]`.
macro_rules! secret {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// Takes a value that came from outside.
            ///
            /// # Errors
            /// When the value is empty, longer than 8,192 bytes, or holds white space, control
            /// characters or anything beyond ASCII: such a value was damaged on its way (a line
            /// break at the end of a file is the usual case).
            pub fn parse(value: impl Into<String>) -> Result<Self, Error> {
                let value = Zeroizing::new(value.into());
                check_text($what, &value)?;
                Ok(Self(value))
            }

            /// The one way out. Each call is a place to audit.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    };
}

secret!(
    /// An OAuth access token: what goes into the `Authorization` header.
    ///
    /// ```
    /// use toolgate_auth::AccessToken;
    ///
    /// let token = AccessToken::parse("ya29.a0Af")?;
    /// assert_eq!(format!("{token:?}"), "AccessToken([redacted])");
    /// assert!(AccessToken::parse("ya29.a0Af\n").is_err());
    /// # Ok::<(), toolgate_auth::Error>(())
    /// ```
    AccessToken,
    "access token"
);
secret!(
    /// An OAuth refresh token: whoever has it can act for the person until it is revoked.
    RefreshToken,
    "refresh token"
);
secret!(
    /// The secret of an OAuth client.
    ClientSecret,
    "client secret"
);
secret!(
    /// An OpenID Connect id token: who signed in, as Google tells the application.
    IdToken,
    "id token"
);
secret!(
    /// An authorization code, good for one exchange.
    AuthorizationCode,
    "authorization code"
);
secret!(
    /// A PKCE code verifier (RFC 7636).
    PkceVerifier,
    "PKCE verifier"
);
secret!(
    /// The nonce that ties an id token to one sign-in (OpenID Connect Core 3.1.2.1).
    Nonce,
    "nonce"
);
secret!(
    /// The value of the cookie that ties a sign-in to one browser.
    BrowserSecret,
    "browser cookie"
);
secret!(
    /// The key of an API that is not Google Workspace's, such as a language model's.
    ApiKey,
    "API key"
);

fn check_text(what: &'static str, value: &str) -> Result<(), Error> {
    let problem = if value.is_empty() {
        "it is empty"
    } else if value.len() > 8192 {
        "it is longer than 8192 bytes"
    } else if value.bytes().any(|b| b == b'\n' || b == b'\r') {
        "it holds a line break; remove it"
    } else if !value.bytes().all(|b| b.is_ascii_graphic()) {
        "it holds white space or characters that no such value has"
    } else {
        return Ok(());
    };
    Err(Error::from(ErrorKind::InvalidSecret { what, problem }))
}

/// A 256-bit key that seals stored tokens.
#[derive(Clone)]
pub struct SealingKey(Zeroizing<[u8; 32]>);

impl SealingKey {
    /// Takes 32 key bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The one way out. Each call is a place to audit.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey([redacted])")
    }
}
