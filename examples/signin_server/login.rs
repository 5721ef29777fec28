//! Who is logged in. A name is enough here; in an application of yours it is not.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use toolgate_auth::sign_in::UserVerifier;
use toolgate_auth::{Principal, Random as _, SystemRandom};

const COOKIE_NAME: &str = "session";

/// The sessions of this process: a random value in a cookie stands for a person.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<HashMap<String, String>>);

impl Sessions {
    /// A new session; what `Set-Cookie` says. Over HTTPS it has to say `Secure` as well.
    pub(crate) fn begin(&self, person: &str) -> String {
        let mut random = [0; 32];
        SystemRandom.fill(&mut random);
        let secret = random.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        let cookie = format!("{COOKIE_NAME}={secret}; Path=/; HttpOnly; SameSite=Lax");
        self.all().insert(secret, person.to_owned());
        cookie
    }

    /// Whose session a request is of.
    pub(crate) fn person(&self, headers: &HeaderMap) -> Option<String> {
        let cookies = headers.get_all(COOKIE).into_iter();
        let mut pairs = cookies
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='));
        let (_, secret) = pairs.find(|(name, _)| *name == COOKIE_NAME)?;
        self.all().get(secret).cloned()
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The sign-in pages ask this.
#[async_trait]
impl UserVerifier for Sessions {
    async fn logged_in(
        &self,
        headers: &HeaderMap,
    ) -> Result<Option<Principal>, Box<dyn std::error::Error + Send + Sync>> {
        let Some(person) = self.person(headers) else {
            return Ok(None);
        };
        Ok(Some(Principal::for_user(person)?))
    }
}
