//! Grants: the trait's methods, each one statement of the files beside this one.

mod consent;
mod disconnect;
mod read;
mod refresh;
mod upkeep;

use std::time::Duration;

use async_trait::async_trait;
use sea_orm::{QueryResult, sea_query};
use toolgate_auth::{
    RowId, Timestamp, TokenKey,
    store::{
        AccountCount, Consent, DisconnectReach, Fetched, Incarnation, Leased, ListScope, Marker,
        RefreshFailure, RefreshedGrant, Sealed, StoreError, StoreErrorKind, TokenRow, TokenStore,
        UpsertOutcome,
    },
};

use crate::{
    convert::Reader,
    fault::Fault,
    store::{Connection, SqlStore},
};

#[async_trait]
impl<C: Connection> TokenStore for SqlStore<C> {
    async fn get(&self, key: &TokenKey) -> Result<Fetched, StoreError> {
        let doing = "reading a grant";
        if let Some(row) = self.first(doing, self.read_one(key)).await? {
            return read::fetched(&row);
        }
        // Nobody waits for this: who has no grant has to sign in.
        let rows = self.rows(doing, &self.select_now()).await?;
        read::absent(rows.first())
    }

    async fn upsert(
        &self,
        key: &TokenKey,
        consent: &Consent,
        expected: Option<&Marker>,
    ) -> Result<UpsertOutcome, StoreError> {
        let doing = "saving a consent";
        let rows = if let Some(expected) = expected {
            let write = self.consent_update(key, consent, expected);
            self.rows(doing, &write).await?
        } else {
            let write = self.consent_insert(key, consent)?;
            self.rows(doing, &write).await?
        };
        Ok(match marker(&rows)? {
            Some(marker) => UpsertOutcome::Written(marker),
            None => UpsertOutcome::Lost,
        })
    }

    async fn delete(&self, key: &TokenKey, incarnation: &Incarnation) -> Result<bool, StoreError> {
        let write = self.delete_one(key, incarnation);
        Ok(self.changed("deleting a grant", &write).await? == 1)
    }

    async fn list(
        &self,
        scope: &ListScope,
        after: Option<&RowId>,
        limit: u32,
    ) -> Result<Vec<TokenRow>, StoreError> {
        let doing = "listing grants";
        // Whoever deletes a person, or answers what is stored of them, must not miss a row.
        if matches!(scope, ListScope::Principal(_)) {
            let read = self.select_page(scope, after, limit)?;
            let rows = self.rows(doing, &read).await?;
            return rows.iter().map(|row| Reader(row).token()).collect();
        }
        let select = |after: Option<&RowId>, left| self.select_page(scope, after, left);
        let place = |row: &Reader<'_>| row.id();
        self.readable(doing, after.cloned(), limit, select, place)
            .await
    }

    async fn try_lease(
        &self,
        key: &TokenKey,
        at: &Marker,
        owner: &str,
        ttl: Duration,
    ) -> Result<Option<Leased>, StoreError> {
        let write = self.lease(key, at, owner, ttl);
        let rows = self.rows("taking a refresh lease", &write).await?;
        rows.first().map(refresh::leased).transpose()
    }

    async fn commit_refresh(
        &self,
        key: &TokenKey,
        at: &Marker,
        lease_seq: i64,
        refreshed: &RefreshedGrant,
    ) -> Result<Option<Marker>, StoreError> {
        let write = self.refresh_success(key, at, lease_seq, refreshed);
        marker(&self.rows("saving a refreshed grant", &write).await?)
    }

    async fn commit_failure(
        &self,
        key: &TokenKey,
        at: &Marker,
        lease_seq: i64,
        failure: &RefreshFailure,
    ) -> Result<bool, StoreError> {
        let write = self.refresh_failure(key, at, lease_seq, failure)?;
        Ok(self.changed("recording a failed refresh", &write).await? == 1)
    }

    async fn begin_disconnect(
        &self,
        key: &TokenKey,
        at: &Marker,
        reach: DisconnectReach,
    ) -> Result<Option<TokenRow>, StoreError> {
        let write = self.disconnect_begin(key, at, reach)?;
        let rows = self.rows("beginning a disconnect", &write).await?;
        disconnect::own_row(key, &rows)
    }

    async fn finish_disconnect(&self, key: &TokenKey, at: &Marker) -> Result<bool, StoreError> {
        let write = self.disconnect_finish(key, at);
        Ok(self.changed("finishing a disconnect", &write).await? == 1)
    }

    async fn invalidate(
        &self,
        key: &TokenKey,
        at: &Marker,
        min_age: Duration,
    ) -> Result<bool, StoreError> {
        let write = self.expire(key, at, min_age);
        Ok(self.changed("invalidating an access token", &write).await? == 1)
    }

    async fn touch(&self, key: &TokenKey, incarnation: &Incarnation) -> Result<bool, StoreError> {
        let write = self.note_use(key, incarnation);
        Ok(self.changed("noting a grant's use", &write).await? == 1)
    }

    async fn reseal(
        &self,
        key: &TokenKey,
        at: &Marker,
        sealed: &Sealed,
        rt_prefix_mac: Option<&str>,
    ) -> Result<bool, StoreError> {
        let write = self.exchange_seal(key, at, sealed, rt_prefix_mac);
        Ok(self.changed("sealing a grant anew", &write).await? == 1)
    }

    async fn rename(
        &self,
        key: &TokenKey,
        at: &Marker,
        new: &TokenKey,
        sealed: &Sealed,
    ) -> Result<Option<Marker>, StoreError> {
        if key == new || !key.is_of_same_grants(new) {
            return Ok(None);
        }
        let write = self.give_label(key, at, new, sealed);
        match self.rows("naming a grant anew", &write).await {
            // A row of that name was written at the same moment: it stands.
            Err(error) if is_taken(&error) => Ok(None),
            rows => marker(&rows?),
        }
    }

    async fn due_for_refresh(
        &self,
        within: Duration,
        after: Option<&(Timestamp, RowId)>,
        limit: u32,
    ) -> Result<Vec<TokenRow>, StoreError> {
        let doing = "looking for grants to refresh";
        let select =
            |after: Option<&(Timestamp, RowId)>, left| Ok(self.select_due(within, after, left));
        let place = |row: &Reader<'_>| Ok((row.moment("expires_at")?, row.id()?));
        self.readable(doing, after.cloned(), limit, select, place)
            .await
    }

    async fn count_account(
        &self,
        project: Option<&str>,
        account_id: &str,
    ) -> Result<AccountCount, StoreError> {
        let read = self.select_counts(project, account_id);
        let rows = self.rows("counting an account's grants", &read).await?;
        read::counts(rows.first())
    }
}

/// The marker that a write returned, where it won.
fn marker(rows: &[QueryResult]) -> Result<Option<Marker>, StoreError> {
    let read = |row| {
        let reader = Reader(row);
        Ok(Marker {
            incarnation: Incarnation::new(reader.get::<String>("incarnation")?),
            version: reader.get("version")?,
            epoch: reader.get("grant_epoch")?,
        })
    };
    rows.first().map(read).transpose()
}

/// Whether another row has the primary key.
fn is_taken(error: &StoreError) -> bool {
    let source = std::error::Error::source(error);
    let fault = source.and_then(|it| it.downcast_ref::<Fault>());
    fault.is_some_and(Fault::is_taken_key)
}

/// The columns that [`marker`] reads.
const MARKER_COLUMNS: [&str; 3] = ["incarnation", "version", "grant_epoch"];

/// A statement whose columns and values differ in number: a mistake in this crate.
pub(crate) fn mismatch(_: sea_query::error::Error) -> StoreError {
    StoreError::new(
        StoreErrorKind::Rejected,
        "a statement's columns and values differ in number",
    )
}

/// A variant of a contract type that this version does not know.
fn unknown(what: &'static str) -> StoreError {
    StoreError::new(
        StoreErrorKind::Rejected,
        format!("this version of the store does not know {what}"),
    )
}
