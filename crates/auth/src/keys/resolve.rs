//! Finds the sealing keys: from the program, the environment, or the file beside the database.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tracing::{debug, info, warn};

use super::check::{check, compare, first_key};
use super::{KeyRing, KeySource, file};
use crate::audit::{Audit, Event};
use crate::clock::Random;
use crate::config::Environment;
use crate::error::Error;
use crate::identity::Principal;
use crate::store::{Database, MetaStore};

const KEY: &str = "TOOLGATE_KEY";
const KEY_FILE: &str = "TOOLGATE_KEY_FILE";

/// The ring, and the file it came from.
type Found = (KeyRing, Option<PathBuf>);

/// Finds the keys that `source` names, holds them to the database's check records, and makes the
/// key file of an embedded database at its first use. Nothing that stands is ever overwritten. A key
/// that is missing or does not fit is an event: what is stored may be in wrong hands, or lost.
pub(crate) async fn resolve_keys(
    source: &KeySource,
    database: &dyn Database,
    random: &dyn Random,
) -> Result<Found, Error> {
    let found = resolve_keys_in(source, database, &Environment::process(), random).await;
    if found.as_ref().is_err_and(Error::is_key_unavailable) {
        let audit = Audit::new(database.audit_store(), random);
        let event = Event::of(&Principal::anonymous(), "key_refused");
        audit.record(event.ended("key_unavailable")).await;
    }
    found
}

/// The same in an environment that is given.
pub(super) async fn resolve_keys_in(
    source: &KeySource,
    database: &dyn Database,
    environment: &Environment,
    random: &dyn Random,
) -> Result<Found, Error> {
    let (ring, path) = match source {
        KeySource::Ring(ring) => (ring.clone(), None),
        KeySource::InsecurePlaintext => (KeyRing::insecure_plaintext(), None),
        KeySource::File(path) => (existing(path).await?, Some(path.clone())),
        KeySource::Environment => from_environment(environment)
            .await?
            .ok_or_else(|| no_key(database))?,
        KeySource::Database => match from_environment(environment).await? {
            Some(found) => found,
            None if database.is_ephemeral() => (of_this_process(random)?, None),
            None => beside_database(database, random).await?,
        },
    };
    if ring.is_plaintext() {
        allow_plaintext(database)?;
    }
    if let Some(meta) = database.meta_store() {
        check(&ring, &*meta).await?;
    } else {
        debug!("the database keeps no check records: sealing keys are not verified");
    }
    Ok((ring, path))
}

/// Finds the keys as [`resolve_keys`] does, and changes nothing: no file and no record is made. None
/// where the key file of an embedded database would be made at first use.
pub(crate) async fn look_at_keys(
    source: &KeySource,
    database: &dyn Database,
) -> Result<Option<KeyRing>, Error> {
    let said = match source {
        KeySource::Ring(ring) => Some(ring.clone()),
        KeySource::InsecurePlaintext => Some(KeyRing::insecure_plaintext()),
        KeySource::File(path) => Some(existing(path).await?),
        KeySource::Environment | KeySource::Database => {
            let found = from_environment(&Environment::process()).await?;
            found.map(|(ring, _)| ring)
        }
    };
    let ring = match (said, database.default_key_file()) {
        (Some(ring), _) => ring,
        (None, Some(path)) => match file::read(&path).await? {
            Some(ring) => ring,
            None => return not_made_yet(database, &path).await.map(|()| None),
        },
        (None, None) => return Err(no_key(database)),
    };
    if let Some(meta) = database.meta_store() {
        compare(&ring, &*meta).await?;
    }
    Ok(Some(ring))
}

/// Refuses where a key file was made once and is gone.
async fn not_made_yet(database: &dyn Database, path: &Path) -> Result<(), Error> {
    match database.meta_store() {
        Some(meta) => refuse_second_first_key(&*meta, database, path).await,
        None => Ok(()),
    }
}

async fn existing(path: &Path) -> Result<KeyRing, Error> {
    file::read(path).await?.ok_or_else(|| {
        Error::key_unavailable(format!(
            "the key file {} does not exist; restore it, or name the right one",
            path.display()
        ))
    })
}

async fn from_environment(environment: &Environment) -> Result<Option<Found>, Error> {
    Ok(match KeySource::from_environment(environment)? {
        Some(KeySource::Ring(ring)) => Some((ring, None)),
        Some(KeySource::File(path)) => Some((existing(&path).await?, Some(path))),
        _ => None,
    })
}

impl KeySource {
    /// What an environment says of the keys, if anything.
    pub(crate) fn from_environment(environment: &Environment) -> Result<Option<Self>, Error> {
        match (environment.get(KEY)?, environment.get(KEY_FILE)?) {
            (None, None) => Ok(None),
            (Some(text), None) => Ok(Some(Self::Ring(file::parse_variable(KEY, &text)?))),
            (None, Some(path)) => Ok(Some(Self::File(path.as_str().into()))),
            (Some(_), Some(_)) => Err(Error::configuration(format!(
                "both {KEY} and {KEY_FILE} are set; set one of them"
            ))),
        }
    }
}

/// The key of all databases that live and die with this process: one for all, so that whoever binds
/// to one of them can open what is in it.
pub(crate) fn of_this_process(random: &dyn Random) -> Result<KeyRing, Error> {
    static RING: OnceLock<KeyRing> = OnceLock::new();
    if let Some(ring) = RING.get() {
        return Ok(ring.clone());
    }
    let (id, key) = file::random_key(random)?;
    let ring = KeyRing::new(id, key)?;
    debug!("a database in memory is sealed with a key of this process");
    Ok(RING.get_or_init(|| ring).clone())
}

async fn beside_database(database: &dyn Database, random: &dyn Random) -> Result<Found, Error> {
    let path = database
        .default_key_file()
        .ok_or_else(|| no_key(database))?;
    if let Some(ring) = file::read(&path).await? {
        return Ok((ring, Some(path)));
    }
    if let Some(meta) = database.meta_store() {
        refuse_second_first_key(&*meta, database, &path).await?;
    }
    let ring = file::create(&path, random).await?;
    info!(
        path = %path.display(),
        key_id = ring.active_id(),
        "made a key that seals stored tokens; back this file up apart from the database: without \
         it nobody can read them, and with both everybody can"
    );
    Ok((ring, Some(path)))
}

/// A database that was used with a key is not given a new one silently: what is stored would not
/// open any more, and a restored key would not fit what was stored since.
async fn refuse_second_first_key(
    meta: &dyn MetaStore,
    database: &dyn Database,
    path: &Path,
) -> Result<(), Error> {
    let Some(id) = first_key(meta).await? else {
        return Ok(());
    };
    Err(Error::key_unavailable(format!(
        "the key file {} is missing, but the {} was used with sealing key {id:?}; restore that file \
         from a backup, or set {KEY} or {KEY_FILE}; no new key was made and nothing was changed",
        path.display(),
        database.describe()
    )))
}

fn no_key(database: &dyn Database) -> Error {
    Error::configuration(format!(
        "no key is configured to seal the tokens in the {}; set {KEY} to the output of `openssl \
         rand -base64 32`, or set {KEY_FILE} to the path of a file that holds one, or pass a \
         `KeyRing` in code",
        database.describe()
    ))
}

fn allow_plaintext(database: &dyn Database) -> Result<(), Error> {
    if !database.allows_plaintext() {
        return Err(Error::configuration(format!(
            "storing tokens unsealed is refused on the {}; configure a key instead",
            database.describe()
        )));
    }
    warn!(database = %database.describe(), "stored tokens are not sealed, as was asked for");
    Ok(())
}
