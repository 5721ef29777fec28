//! The list of migrations over run-time table names.

use sea_orm_migration::{MigrationTrait, MigratorTraitSelf, sea_orm::DynIden};

use crate::{
    column::iden, m20261123_000001_auth_tokens, m20261123_000002_sign_ins,
    m20261123_000003_auth_events, m20261129_000004_sessions, names::TableNames,
};

/// The migrations of the tables of these names. Prefer [`up`](crate::up) and its siblings, which
/// lock; this is for programs that run sea-orm migrations of their own in the same breath.
#[derive(Debug, Clone, Default)]
pub struct Migrator {
    names: TableNames,
}

impl Migrator {
    /// The migrations of these tables.
    pub fn new(names: TableNames) -> Self {
        Self { names }
    }
}

impl MigratorTraitSelf for Migrator {
    fn migrations(&self) -> Vec<Box<dyn MigrationTrait>> {
        let names = || self.names.clone();
        vec![
            Box::new(m20261123_000001_auth_tokens::Migration(names())),
            Box::new(m20261123_000002_sign_ins::Migration(names())),
            Box::new(m20261123_000003_auth_events::Migration(names())),
            Box::new(m20261129_000004_sessions::Migration(names())),
        ]
    }

    fn migration_table_name(&self) -> DynIden {
        iden(self.names.history())
    }
}
