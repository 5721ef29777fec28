//! The append-only audit events.

use async_trait::async_trait;
use sea_orm::sea_query::{ExprTrait as _, Order, Query};
use toolgate_auth::{
    Principal, TenantId, UserId,
    store::{AuditEvent, AuditRecord, AuditStore, StoreError},
};

use crate::{
    condition::{col, of_principal, val},
    convert::Reader,
    store::{Connection, SqlStore, name},
};

/// The columns, the id that the database gives last.
const COLUMNS: [&str; 9] = [
    "at",
    "tenant_id",
    "user_id",
    "actor",
    "event",
    "outcome",
    "row_id",
    "detail",
    "id",
];

#[async_trait]
impl<C: Connection> AuditStore for SqlStore<C> {
    async fn append(&self, event: &AuditEvent) -> Result<(), StoreError> {
        let principal = &event.principal;
        let write = Query::insert()
            .into_table(self.auth_events())
            .columns(COLUMNS[..8].iter().map(|column| name(column)))
            .values_panic([
                self.moment().now(),
                val(principal.tenant().map(TenantId::as_str)),
                val(principal.user().map(UserId::as_str)),
                val(event.actor.as_str()),
                val(event.event.as_str()),
                val(event.outcome.as_str()),
                val(event.row_id.as_deref()),
                val(event.detail.clone()),
            ])
            .to_owned();
        self.changed("recording an audit event", &write).await?;
        Ok(())
    }

    async fn events(
        &self,
        principal: Option<&Principal>,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        let mut read = Query::select();
        read.columns(COLUMNS.map(name))
            .from(self.auth_events())
            .and_where_option(after.map(|after| col("id").gt(after)))
            .order_by(name("id"), Order::Asc)
            .limit(u64::from(limit));
        if let Some(principal) = principal {
            read.cond_where(of_principal(principal));
        }
        let rows = self.rows("reading audit events", &read).await?;
        rows.iter().map(|row| Reader(row).event()).collect()
    }
}
