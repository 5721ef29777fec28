//! The append-only table of audit events.

use sea_orm_migration::{
    MigrationName, MigrationTrait, SchemaManager, async_trait,
    prelude::{ColumnDef, Table},
    sea_orm::{DbBackend, DbErr, sea_query::TableCreateStatement},
};

use crate::{
    column::{iden, index, json, number, text, text_null},
    names::TableNames,
    version::record,
};

/// See the module.
#[derive(Debug)]
pub(crate) struct Migration(pub(crate) TableNames);

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261123_000003_auth_events"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = self.0.auth_events();
        manager
            .create_table(auth_events(table, manager.get_database_backend()))
            .await?;
        manager
            .create_index(index(table, "principal", &["tenant_id", "user_id", "id"]))
            .await?;
        record(manager.get_connection(), &self.0, 3, 3).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(
                Table::drop()
                    .table(iden(self.0.auth_events()))
                    .if_exists()
                    .to_owned(),
            )
            .await?;
        record(manager.get_connection(), &self.0, 2, 2).await
    }
}

fn auth_events(table: &str, backend: DbBackend) -> TableCreateStatement {
    Table::create()
        .table(iden(table))
        .if_not_exists()
        .col(growing_id(backend))
        .col(number("at"))
        .col(text_null("tenant_id"))
        .col(text_null("user_id"))
        .col(text("actor"))
        .col(text("event"))
        .col(text("outcome"))
        .col(text_null("row_id"))
        .col(json("detail"))
        .to_owned()
}

/// A key that the database counts up and never gives out twice.
fn growing_id(backend: DbBackend) -> ColumnDef {
    let mut id = ColumnDef::new(iden("id"));
    match backend {
        DbBackend::Sqlite => id.integer(),
        _ => id.big_integer(),
    };
    id.not_null().auto_increment().primary_key();
    id
}
