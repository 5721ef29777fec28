//! Small named facts.

use async_trait::async_trait;
use sea_orm::sea_query::{ExprTrait as _, OnConflict, Query};
use toolgate_auth::store::{MetaStore, StoreError, StoreErrorKind};

use crate::{
    condition::{col, val},
    convert::Reader,
    store::{Connection, SqlStore, name},
};

#[async_trait]
impl<C: Connection> MetaStore for SqlStore<C> {
    async fn value(&self, fact: &str) -> Result<Option<String>, StoreError> {
        let read = Query::select()
            .column(name("value"))
            .from(self.meta())
            .and_where(col("name").eq(fact))
            .to_owned();
        let rows = self.rows("reading a recorded fact", &read).await?;
        rows.first().map(|row| Reader(row).get("value")).transpose()
    }

    async fn put_if_absent(&self, fact: &str, value: &str) -> Result<String, StoreError> {
        // Setting the name to itself changes nothing, and makes the row that stands come back.
        let keep = OnConflict::column(name("name"))
            .update_column(name("name"))
            .to_owned();
        let write = Query::insert()
            .into_table(self.meta())
            .columns([name("name"), name("value")])
            .values_panic([val(fact), val(value)])
            .on_conflict(keep)
            .returning_col(name("value"))
            .to_owned();
        let rows = self.rows("recording a fact", &write).await?;
        let row = rows.first().ok_or_else(|| {
            StoreError::new(
                StoreErrorKind::Rejected,
                "recording a fact returned nothing",
            )
        })?;
        Reader(row).get("value")
    }
}
