//! Column types that read the same on both databases.

use sea_orm_migration::{
    prelude::{Alias, ColumnDef, DynIden, Index, IndexCreateStatement, IntoIden},
    sea_orm::DbBackend,
};

/// A name that is a run-time value.
pub(crate) fn iden(name: &str) -> DynIden {
    Alias::new(name).into_iden()
}

/// A text that may be absent.
pub(crate) fn text_null(name: &str) -> ColumnDef {
    let mut column = ColumnDef::new(iden(name));
    column.text().null();
    column
}

/// A text.
pub(crate) fn text(name: &str) -> ColumnDef {
    let mut column = ColumnDef::new(iden(name));
    column.text().not_null();
    column
}

/// A text that is ordered by its bytes whatever the database's locale: `SQLite` does so anyway.
pub(crate) fn ordered_text(name: &str, backend: DbBackend) -> ColumnDef {
    let mut column = text(name);
    if backend == DbBackend::Postgres {
        column.extra("COLLATE \"C\"");
    }
    column
}

/// A JSON document: `jsonb` on PostgreSQL, text on `SQLite`.
pub(crate) fn json(name: &str) -> ColumnDef {
    let mut column = ColumnDef::new(iden(name));
    column.json_binary().not_null();
    column
}

/// A JSON document that may be absent.
pub(crate) fn json_null(name: &str) -> ColumnDef {
    let mut column = ColumnDef::new(iden(name));
    column.json_binary().null();
    column
}

/// A number, or a moment in milliseconds.
pub(crate) fn number(name: &str) -> ColumnDef {
    let mut column = ColumnDef::new(iden(name));
    column.big_integer().not_null();
    column
}

/// A number or a moment that may be absent.
pub(crate) fn number_null(name: &str) -> ColumnDef {
    let mut column = ColumnDef::new(iden(name));
    column.big_integer().null();
    column
}

/// An index, named after its table since PostgreSQL's index names are a schema's.
pub(crate) fn index(table: &str, suffix: &str, columns: &[&str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index
        .if_not_exists()
        .name(format!("idx_{table}_{suffix}"))
        .table(iden(table));
    for column in columns {
        index.col(iden(column));
    }
    index
}
