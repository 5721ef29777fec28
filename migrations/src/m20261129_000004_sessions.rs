//! The table of sessions: conversations and paused runs.

use sea_orm_migration::{
    MigrationName, MigrationTrait, SchemaManager, async_trait,
    prelude::Table,
    sea_orm::{DbBackend, DbErr, sea_query::TableCreateStatement},
};

use crate::{
    column::{iden, index, json, number, number_null, ordered_text, text, text_null},
    names::TableNames,
    version::record,
};

/// See the module.
#[derive(Debug)]
pub(crate) struct Migration(pub(crate) TableNames);

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261129_000004_sessions"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = self.0.sessions();
        manager
            .create_table(sessions(table, manager.get_database_backend()))
            .await?;
        manager
            .create_index(index(
                table,
                "principal",
                &["tenant_id", "user_id", "updated_at"],
            ))
            .await?;
        manager
            .create_index(index(table, "kind", &["kind", "updated_at"]))
            .await?;
        // Nothing that stood before changes: replicas of the version before go on beside these.
        record(manager.get_connection(), &self.0, 4, 3).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(
                Table::drop()
                    .table(iden(self.0.sessions()))
                    .if_exists()
                    .to_owned(),
            )
            .await?;
        record(manager.get_connection(), &self.0, 3, 3).await
    }
}

fn sessions(table: &str, backend: DbBackend) -> TableCreateStatement {
    Table::create()
        .table(iden(table))
        .if_not_exists()
        .col(ordered_text("id", backend).primary_key())
        .col(text("incarnation"))
        .col(text_null("tenant_id"))
        .col(text_null("user_id"))
        .col(text("session_id"))
        .col(text("kind"))
        .col(text("status"))
        .col(json("document"))
        .col(text("key_id"))
        .col(number("version"))
        .col(number("lease_seq"))
        .col(text_null("lease_owner"))
        .col(number_null("lease_until"))
        .col(number("created_at"))
        .col(number("updated_at"))
        .to_owned()
}
