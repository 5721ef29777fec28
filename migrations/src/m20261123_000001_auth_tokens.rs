//! The tables of grants and of small named facts.

use sea_orm_migration::{
    MigrationName, MigrationTrait, SchemaManager, async_trait,
    prelude::Table,
    sea_orm::{DbBackend, DbErr, sea_query::TableCreateStatement},
};

use crate::{
    column::{iden, index, json, json_null, number, number_null, ordered_text, text, text_null},
    names::TableNames,
    version::record,
};

/// See the module.
#[derive(Debug)]
pub(crate) struct Migration(pub(crate) TableNames);

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261123_000001_auth_tokens"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let names = &self.0;
        let table = names.auth_tokens();
        manager
            .create_table(auth_tokens(table, manager.get_database_backend()))
            .await?;
        manager
            .create_index(index(table, "user_id", &["user_id"]))
            .await?;
        manager
            .create_index(index(table, "due", &["status", "expires_at"]))
            .await?;
        manager
            .create_index(index(table, "account", &["project", "account_id"]))
            .await?;
        manager.create_table(meta(names.meta())).await?;
        record(manager.get_connection(), names, 1, 1).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [self.0.auth_tokens(), self.0.meta()] {
            manager
                .drop_table(Table::drop().table(iden(table)).if_exists().to_owned())
                .await?;
        }
        Ok(())
    }
}

fn auth_tokens(table: &str, backend: DbBackend) -> TableCreateStatement {
    Table::create()
        .table(iden(table))
        .if_not_exists()
        .col(ordered_text("id", backend).primary_key())
        .col(text("incarnation"))
        .col(text_null("tenant_id"))
        .col(text("provider"))
        .col(text("service"))
        .col(text_null("user_id"))
        .col(text_null("account_label"))
        .col(text_null("account_id"))
        .col(text_null("account_email"))
        .col(text("client_id"))
        .col(json_null("token_data"))
        .col(text_null("key_id"))
        .col(json("consented_scopes"))
        .col(json("token_scopes"))
        .col(text("status"))
        .col(text_null("status_reason"))
        .col(number("expires_at"))
        .col(number("lifetime"))
        .col(number_null("refresh_expires_at"))
        .col(text_null("project"))
        .col(text_null("rt_hash"))
        .col(text_null("rt_prefix_mac"))
        .col(number("version"))
        .col(number("grant_epoch"))
        .col(number("lease_seq"))
        .col(text_null("lease_owner"))
        .col(number_null("lease_until"))
        .col(number("fail_count").default(0))
        .col(text_null("last_error"))
        .col(number_null("next_attempt_at"))
        .col(number("created_at"))
        .col(number("updated_at"))
        .col(number_null("last_used_at"))
        .to_owned()
}

fn meta(table: &str) -> TableCreateStatement {
    Table::create()
        .table(iden(table))
        .if_not_exists()
        .col(text("name").primary_key())
        .col(text("value"))
        .to_owned()
}
