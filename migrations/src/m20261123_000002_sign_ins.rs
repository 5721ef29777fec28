//! The table of pending sign-ins.

use sea_orm_migration::{
    MigrationName, MigrationTrait, SchemaManager, async_trait,
    prelude::Table,
    sea_orm::{DbErr, sea_query::TableCreateStatement},
};

use crate::{
    column::{iden, index, json, number, number_null, text, text_null},
    names::TableNames,
    version::record,
};

/// See the module.
#[derive(Debug)]
pub(crate) struct Migration(pub(crate) TableNames);

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261123_000002_sign_ins"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = self.0.sign_ins();
        manager.create_table(sign_ins(table)).await?;
        manager
            .create_index(index(table, "principal", &["tenant_id", "user_id"]))
            .await?;
        manager
            .create_index(index(table, "expires_at", &["expires_at"]))
            .await?;
        record(manager.get_connection(), &self.0, 2, 2).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(
                Table::drop()
                    .table(iden(self.0.sign_ins()))
                    .if_exists()
                    .to_owned(),
            )
            .await?;
        record(manager.get_connection(), &self.0, 1, 1).await
    }
}

fn sign_ins(table: &str) -> TableCreateStatement {
    Table::create()
        .table(iden(table))
        .if_not_exists()
        .col(text("id_hash").primary_key())
        .col(text_null("tenant_id"))
        .col(text_null("user_id"))
        .col(text_null("account_label"))
        .col(text("client_id"))
        .col(text("redirect_uri"))
        .col(text_null("expected_email"))
        .col(text_null("expected_domain"))
        .col(text("service"))
        .col(json("services"))
        .col(json("scopes"))
        .col(json("sealed"))
        .col(text("key_id"))
        .col(text_null("return_path"))
        .col(text_null("browser_binding"))
        .col(number("created_at"))
        .col(number("expires_at"))
        .col(number_null("consumed_at"))
        .to_owned()
}
