//! What is sealed: private wire structs, so that no secret type is ever serializable itself.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};
use crate::secret::{AccessToken, Nonce, PkceVerifier, RefreshToken};

/// The secrets of a grant.
#[derive(Debug, Clone)]
pub(crate) struct Secrets {
    pub(crate) access: AccessToken,
    pub(crate) refresh: Option<RefreshToken>,
}

/// What stands for an access token that somebody else's grant does not hold. It counts as expired,
/// so that nobody is ever sent it.
const NO_ACCESS_TOKEN: &str = "none";

/// The secrets of a pending sign-in.
#[derive(Debug, Clone)]
pub(crate) struct SignInSecrets {
    pub(crate) verifier: PkceVerifier,
    pub(crate) nonce: Nonce,
}

#[derive(Serialize, Deserialize)]
struct GrantWire<T> {
    access: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh: Option<T>,
}

#[derive(Serialize, Deserialize)]
struct SignInWire<T> {
    verifier: T,
    nonce: T,
}

impl Secrets {
    /// Of a grant that may have no access token, as in the files that `gcloud` writes.
    pub(crate) fn of(
        access: Option<AccessToken>,
        refresh: Option<RefreshToken>,
    ) -> Result<Self, Error> {
        let access = match access {
            Some(access) => access,
            None => AccessToken::parse(NO_ACCESS_TOKEN)?,
        };
        Ok(Self { access, refresh })
    }

    /// The access token, where there is one.
    pub(crate) fn into_parts(self) -> (Option<AccessToken>, Option<RefreshToken>) {
        let access = Some(self.access).filter(|it| it.expose() != NO_ACCESS_TOKEN);
        (access, self.refresh)
    }

    pub(crate) fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        write(&GrantWire {
            access: self.access.expose(),
            refresh: self.refresh.as_ref().map(RefreshToken::expose),
        })
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let wire: GrantWire<String> = read(bytes)?;
        Ok(Self {
            access: AccessToken::parse(wire.access)?,
            refresh: wire.refresh.map(RefreshToken::parse).transpose()?,
        })
    }
}

impl SignInSecrets {
    pub(crate) fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        write(&SignInWire {
            verifier: self.verifier.expose(),
            nonce: self.nonce.expose(),
        })
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let wire: SignInWire<String> = read(bytes)?;
        Ok(Self {
            verifier: PkceVerifier::parse(wire.verifier)?,
            nonce: Nonce::parse(wire.nonce)?,
        })
    }
}

/// Serde's errors are dropped: they may quote what they read.
fn write(wire: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, Error> {
    // Large enough for the largest tokens, so that no copy is left behind by growing.
    let mut bytes = Zeroizing::new(Vec::with_capacity(20_000));
    serde_json::to_writer(&mut *bytes, wire)
        .map_err(|_| Error::from(ErrorKind::Internal("the secrets could not be written")))?;
    Ok(bytes)
}

fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Error> {
    serde_json::from_slice(bytes)
        .map_err(|_| ErrorKind::Internal("sealed secrets do not hold what they should").into())
}
