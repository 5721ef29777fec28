//! The table of agno, on either database.

use std::io;
use std::path::Path;

use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::sqlx::{
    self, AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection,
    Row as _, SqliteConnection,
};
use toolgate_auth::PROVIDER;
use toolgate_store_sql::Fault;
use zeroize::Zeroizing;

use crate::database_url::Location;
use crate::error::ErrorKind;
use crate::{DatabaseUrl, Error, private_file};

/// How many rows are read at once.
pub(super) const PAGE: usize = 100;

/// Which table of agno: `agno_auth_tokens`, on PostgreSQL in the schema `ai`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgnoTable {
    name: String,
    schema: String,
}

impl Default for AgnoTable {
    fn default() -> Self {
        Self {
            name: "agno_auth_tokens".to_owned(),
            schema: "ai".to_owned(),
        }
    }
}

impl AgnoTable {
    /// A table of another name (`auth_tokens_table=` of agno's databases), or in another schema.
    ///
    /// # Errors
    /// When a name is not letters, digits and `_`.
    pub fn new(name: Option<&str>, schema: Option<&str>) -> Result<Self, Error> {
        let default = Self::default();
        let named = |given: Option<&str>, default| match given {
            None => Ok(default),
            Some(name) if is_name(name) => Ok(name.to_owned()),
            Some(_) => Err(ErrorKind::InvalidName),
        };
        Ok(Self {
            name: named(name, default.name)?,
            schema: named(schema, default.schema)?,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn schema(&self) -> &str {
        &self.schema
    }
}

fn is_name(name: &str) -> bool {
    let letter = |b: u8| b.is_ascii_alphabetic() || b == b'_';
    let rest = |b: u8| letter(b) || b.is_ascii_digit();
    name.len() <= 63 && name.bytes().next().is_some_and(letter) && name.bytes().all(rest)
}

/// A row as agno keeps it.
pub(super) struct AgnoRow {
    pub(super) id: String,
    pub(super) provider: String,
    pub(super) user_id: Option<String>,
    pub(super) service: String,
    pub(super) token_data: Option<Zeroizing<String>>,
    pub(super) granted_scopes: Option<String>,
}

/// A row that was read, or one whose columns are not what agno keeps in them.
pub(super) enum AgnoRead {
    Row(AgnoRow),
    Unreadable(Unreadable),
}

/// What could be read of it.
pub(super) struct Unreadable {
    pub(super) id: String,
    pub(super) user_id: Option<String>,
    pub(super) service: Option<String>,
}

impl AgnoRead {
    pub(super) fn id(&self) -> &str {
        match self {
            Self::Row(row) => &row.id,
            Self::Unreadable(row) => &row.id,
        }
    }
}

/// A connection to a database of agno's.
pub(super) enum Agno {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Statements are not logged: they hold what is stored.
impl Agno {
    /// Connects so that nothing can be changed.
    pub(super) async fn reading(url: &DatabaseUrl) -> Result<Self, Error> {
        match url.location() {
            Location::Sqlite(path) => Self::sqlite(path, true).await,
            Location::Postgres(url) => {
                let mut db = connect(url.expose()).await?;
                let read_only = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY";
                db.execute(read_only).await.map_err(failed)?;
                Ok(Self::Postgres(db))
            }
        }
    }

    /// Connects to write rows.
    pub(super) async fn writing(url: &DatabaseUrl) -> Result<Self, Error> {
        match url.location() {
            Location::Sqlite(path) => Self::sqlite(path, false).await,
            Location::Postgres(url) => Ok(Self::Postgres(connect(url.expose()).await?)),
        }
    }

    async fn sqlite(path: &Path, read_only: bool) -> Result<Self, Error> {
        if read_only && !path.exists() {
            let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
            return Err(ErrorKind::NoSource(path).into());
        }
        if !read_only {
            make(path)?;
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .read_only(read_only)
            .disable_statement_logging();
        let db = SqliteConnection::connect_with(&options).await;
        Ok(Self::Sqlite(db.map_err(failed)?))
    }

    /// The table as statements name it.
    pub(super) fn place(&self, table: &AgnoTable) -> String {
        match self {
            Self::Sqlite(_) => format!("\"{}\"", table.name),
            Self::Postgres(_) => format!("\"{}\".\"{}\"", table.schema, table.name),
        }
    }

    /// Rows by their ids, at most [`PAGE`], from behind `after` on; fewer are the end.
    pub(super) async fn rows(
        &mut self,
        table: &AgnoTable,
        after: Option<&str>,
    ) -> Result<Vec<AgnoRead>, Error> {
        let behind = after.map_or("", |_| "WHERE id > $1 ");
        let statement = format!(
            "SELECT id, provider, user_id, service, CAST(token_data AS TEXT), \
             CAST(granted_scopes AS TEXT) FROM {} {behind}ORDER BY id LIMIT {PAGE}",
            self.place(table)
        );
        // The drivers' rows are two types without one trait that says as much.
        macro_rules! read {
            ($db:expr) => {{
                let mut query = sqlx::query(AssertSqlSafe(statement));
                if let Some(after) = after {
                    query = query.bind(after);
                }
                let rows = query.fetch_all($db).await.map_err(failed)?.into_iter();
                rows.map(|row| {
                    let id: String = row.try_get(0)?;
                    let read = || -> Result<AgnoRow, sqlx::Error> {
                        Ok(AgnoRow {
                            id: id.clone(),
                            provider: row.try_get(1)?,
                            user_id: row.try_get(2)?,
                            service: row.try_get(3)?,
                            token_data: row.try_get::<Option<String>, _>(4)?.map(Zeroizing::new),
                            granted_scopes: row.try_get(5)?,
                        })
                    };
                    Ok(read().map_or_else(
                        |_| {
                            AgnoRead::Unreadable(Unreadable {
                                id: id.clone(),
                                user_id: row.try_get(2).ok().flatten(),
                                service: row.try_get(3).ok(),
                            })
                        },
                        AgnoRead::Row,
                    ))
                })
                .collect::<Result<Vec<_>, sqlx::Error>>()
                .map_err(failed)
            }};
        }
        match self {
            Self::Sqlite(db) => read!(db),
            Self::Postgres(db) => read!(db),
        }
    }

    /// Whether a row of this user and service stands there. All columns that are written are asked
    /// for, so that a table that cannot take them is an error.
    pub(super) async fn stands(
        &mut self,
        table: &AgnoTable,
        user: &str,
        service: &str,
    ) -> Result<bool, Error> {
        let statement = format!(
            "SELECT id, token_data, granted_scopes, created_at, updated_at FROM {} \
             WHERE provider = $1 AND user_id = $2 AND service = $3",
            self.place(table)
        );
        macro_rules! look {
            ($db:expr) => {{
                let query = sqlx::query(AssertSqlSafe(statement));
                let query = query.bind(PROVIDER).bind(user).bind(service);
                let found = query.fetch_optional($db).await.map_err(failed)?;
                Ok(found.is_some())
            }};
        }
        match self {
            Self::Sqlite(db) => look!(db),
            Self::Postgres(db) => look!(db),
        }
    }

    /// Runs a statement with these values, text or numbers; says how many rows it wrote.
    pub(super) async fn write(
        &mut self,
        statement: String,
        texts: &[Option<&str>],
        numbers: &[i64],
    ) -> Result<u64, Error> {
        macro_rules! run {
            ($db:expr) => {{
                let mut query = sqlx::query(AssertSqlSafe(statement));
                for text in texts {
                    query = query.bind(*text);
                }
                for number in numbers {
                    query = query.bind(*number);
                }
                let done = query.execute($db).await.map_err(failed)?;
                Ok(done.rows_affected())
            }};
        }
        match self {
            Self::Sqlite(db) => run!(db),
            Self::Postgres(db) => run!(db),
        }
    }

    pub(super) async fn close(self) -> Result<(), Error> {
        match self {
            Self::Sqlite(db) => db.close().await,
            Self::Postgres(db) => db.close().await,
        }
        .map_err(failed)
    }
}

/// Makes an empty file for its owner only, unless one is there: tokens may stand in it in clear.
/// `SQLite` gives the files beside it the same mode.
fn make(path: &Path) -> Result<(), Error> {
    match private_file::create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(Error::file(path, error)),
        Ok(_) => Ok(()),
    }
}

async fn connect(url: &str) -> Result<PgConnection, Error> {
    let options: PgConnectOptions = url
        .parse()
        .map_err(|_| Error::invalid_url("it is not well formed"))?;
    let options = options
        .extra_float_digits(None)
        .statement_cache_capacity(0)
        .disable_statement_logging();
    PgConnection::connect_with(&options).await.map_err(failed)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the form that `map_err` calls"
)]
fn failed(error: sqlx::Error) -> Error {
    let fault = Fault::of_sqlx(&error);
    // SQLite has one code for all that is wrong with a statement.
    let message = error.as_database_error().map_or("", |it| it.message());
    match fault.code() {
        Some("42P01" | "3F000") => return ErrorKind::NoAgnoTable.into(),
        Some("1") if message.starts_with("no such table") => return ErrorKind::NoAgnoTable.into(),
        Some("42703" | "1") => return ErrorKind::OtherAgnoTable.into(),
        _ => {}
    }
    Error::from(fault.while_doing("asking the database of agno"))
}
