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
        let standing = meta
            .put_if_absent(&format!("key_check:{id}"), &record)
            .await?;
        if !bool::from(standing.as_bytes().ct_eq(record.as_bytes())) {
            return Err(Error::key_unavailable(format!(
                "the sealing key {id:?} is not the one that this database was used with under that \
                 id; configure the right key, or give a new key an id of its own and keep the old \
                 one beside it; nothing was changed"
            )));
        }
    }
    if let Some(active) = ring.ids().next() {
        meta.put_if_absent(FIRST_KEY, active).await?;
    }
    Ok(())
}

fn record(ring: &KeyRing, id: &str) -> String {
    let key = ring.derive(id, "key check");
    let tag = key.map(|key| mac(&key, id.as_bytes()));
    tag.map(|tag| BASE64.encode(tag)).unwrap_or_default()
}
