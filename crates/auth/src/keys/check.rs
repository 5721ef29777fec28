//! Check records: they tell a wrong key from the right one before anything is opened or sealed.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use subtle::ConstantTimeEq as _;

use super::{KeyRing, mac};
use crate::error::Error;
use crate::store::MetaStore;

/// Says that this database was used with sealing keys, and with which first.
const FIRST_KEY: &str = "first_key";

/// The id of the key that this database was first used with.
pub(super) async fn first_key(meta: &dyn MetaStore) -> Result<Option<String>, Error> {
    Ok(meta.value(FIRST_KEY).await?)
}

/// Holds every key of the ring to its record, and makes the records that are missing. A record
/// that stands is never changed.
pub(super) async fn check(ring: &KeyRing, meta: &dyn MetaStore) -> Result<(), Error> {
    for id in ring.ids() {
        let record = record(ring, id);
        let standing = meta.put_if_absent(&name(id), &record).await?;
        hold(id, &standing, &record)?;
    }
    if let Some(active) = ring.ids().next() {
        meta.put_if_absent(FIRST_KEY, active).await?;
    }
    Ok(())
}

/// Holds every key of the ring to its record where there is one, and changes nothing.
pub(super) async fn compare(ring: &KeyRing, meta: &dyn MetaStore) -> Result<(), Error> {
    for id in ring.ids() {
        if let Some(standing) = meta.value(&name(id)).await? {
            hold(id, &standing, &record(ring, id))?;
        }
    }
    Ok(())
}

fn name(id: &str) -> String {
    format!("key_check:{id}")
}

fn hold(id: &str, standing: &str, record: &str) -> Result<(), Error> {
    if standing.as_bytes().ct_eq(record.as_bytes()).into() {
        return Ok(());
    }
    Err(Error::key_unavailable(format!(
        "the sealing key {id:?} is not the one that this database was used with under that id; \
         configure the right key, or give a new key an id of its own and keep the old one beside \
         it; nothing was changed"
    )))
}

fn record(ring: &KeyRing, id: &str) -> String {
    let key = ring.derive(id, "key check");
    let tag = key.map(|key| mac(&key, id.as_bytes()));
    tag.map(|tag| BASE64.encode(tag)).unwrap_or_default()
}
