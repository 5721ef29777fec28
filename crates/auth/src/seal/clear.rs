//! The secrets of a grant in clear, for a store in another program's format: the one kind that is
//! not sealed though a key is at hand.

use serde::{Deserialize, Serialize};

use super::Secrets;
use crate::keys::PLAINTEXT;
use crate::secret::{AccessToken, ClientSecret, RefreshToken};
use crate::store::Sealed;

/// What such a store is given, and gives back.
#[derive(Debug, Clone)]
pub(crate) struct ClearSecrets {
    pub(crate) access: Option<AccessToken>,
    pub(crate) refresh: Option<RefreshToken>,
    /// The format demands it.
    pub(crate) client_secret: Option<ClientSecret>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    access: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<T>,
}

impl ClearSecrets {
    pub(crate) fn new(secrets: &Secrets, client_secret: Option<&ClientSecret>) -> Self {
        Self {
            access: Some(secrets.access.clone()),
            refresh: secrets.refresh.clone(),
            client_secret: client_secret.cloned(),
        }
    }

    pub(crate) fn to_sealed(&self) -> Sealed {
        let wire = Wire {
            access: self.access.as_ref().map(AccessToken::expose),
            refresh: self.refresh.as_ref().map(RefreshToken::expose),
            client_secret: self.client_secret.as_ref().map(ClientSecret::expose),
        };
        Sealed {
            // An object of text cannot fail to become JSON.
            data: serde_json::to_value(wire).unwrap_or_default(),
            key_id: PLAINTEXT.to_owned(),
        }
    }

    /// None where it is something else, such as sealed secrets.
    pub(crate) fn from_sealed(sealed: &Sealed) -> Option<Self> {
        let wire = Wire::<String>::deserialize(&sealed.data).ok()?;
        if sealed.key_id != PLAINTEXT {
            return None;
        }
        Some(Self {
            access: wire.access.map(AccessToken::parse).transpose().ok()?,
            refresh: wire.refresh.map(RefreshToken::parse).transpose().ok()?,
            client_secret: wire
                .client_secret
                .map(ClientSecret::parse)
                .transpose()
                .ok()?,
        })
    }

    pub(crate) fn into_secrets(self) -> Option<Secrets> {
        Secrets::of(self.access, self.refresh).ok()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        let secrets = Secrets {
            access: AccessToken::parse("ya29.CANARYsecret").unwrap(),
            refresh: Some(RefreshToken::parse("1//CANARYsecret").unwrap()),
        };
        let secret = ClientSecret::parse("GOCSPX-CANARYsecret").unwrap();
        let sealed = ClearSecrets::new(&secrets, Some(&secret)).to_sealed();
        assert!(!format!("{sealed:?}").contains("CANARYsecret"), "it prints");
        let clear = ClearSecrets::from_sealed(&sealed).unwrap();
        assert_eq!(
            clear.client_secret.as_ref().unwrap().expose(),
            secret.expose()
        );
        let opened = clear.into_secrets().unwrap();
        assert_eq!(opened.access.expose(), secrets.access.expose());
        assert_eq!(
            opened.refresh.map(|it| it.expose().to_owned()).as_deref(),
            Some("1//CANARYsecret")
        );
    }

    #[test]
    fn what_is_sealed_or_foreign_is_not_taken_for_it() {
        let envelope = json!({"fmt": 1, "alg": "none", "key_id": "plaintext", "sealed_epoch": 1,
            "nonce": "", "ciphertext": ""});
        for (data, key_id) in [
            (envelope, PLAINTEXT),
            (json!({"access": "ya29.a"}), "k1"),
            (json!({"access": 1}), PLAINTEXT),
            (json!({"access": "two words"}), PLAINTEXT),
            (json!([]), PLAINTEXT),
        ] {
            let key_id = key_id.to_owned();
            let sealed = Sealed { data, key_id };
            assert!(ClearSecrets::from_sealed(&sealed).is_none());
        }
    }
}
