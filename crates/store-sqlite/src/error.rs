//! What can go wrong when opening, and what a person does about it.

use std::{io, path::Path};

use sea_orm::sqlx;
use toolgate_auth::store::{StoreError, StoreErrorKind};
use toolgate_store_sql::Fault;

/// The error of opening a file.
pub(crate) fn opening(path: &Path, error: &sqlx::Error) -> StoreError {
    let fault = Fault::of_sqlx(error);
    let code: u32 = fault
        .code()
        .and_then(|code| code.parse().ok())
        .unwrap_or_default();
    let advice = match code & 0xff {
        5 | 6 => "another program holds its lock; try again, or end that program",
        8 => "it is read-only; make the file and its folder writable for this user",
        11 => "it is damaged; restore it from a backup",
        14 => "it cannot be opened; check that this user may read and write it and its folder",
        26 => {
            "it is not an SQLite database; move it away or choose another path (nothing was changed)"
        }
        _ => "it cannot be opened",
    };
    StoreError::new(fault.kind(), format!("{}: {advice}", file(path))).with_source(fault)
}

pub(crate) fn no_folder(path: &Path) -> StoreError {
    let folder = path.parent().unwrap_or(path).display();
    configuration(
        path,
        format!("the folder {folder} does not exist; create it"),
    )
}

pub(crate) fn is_folder(path: &Path) -> StoreError {
    configuration(path, "it is a folder; name a file in it")
}

pub(crate) fn read_only(path: &Path) -> StoreError {
    configuration(
        path,
        "it is read-only; make the file and its folder writable for this user",
    )
}

pub(crate) fn unreachable(path: &Path, error: io::Error) -> StoreError {
    configuration(
        path,
        "it cannot be reached; check that the folder exists and this user may write to it",
    )
    .with_source(error)
}

/// The error of a schema that does not fit.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the form that `map_err` calls"
)]
pub(crate) fn schema(error: toolgate_migrations::Error) -> StoreError {
    if let Some(database) = error.database_error() {
        return Fault::of(database).while_doing("preparing the schema");
    }
    let kind = if error.is_invalid_name() {
        StoreErrorKind::Configuration
    } else {
        StoreErrorKind::Schema
    };
    StoreError::new(kind, error.to_string())
}

fn configuration(path: &Path, advice: impl std::fmt::Display) -> StoreError {
    StoreError::new(
        StoreErrorKind::Configuration,
        format!("{}: {advice}", file(path)),
    )
}

fn file(path: &Path) -> String {
    format!("SQLite file {}", path.display())
}
