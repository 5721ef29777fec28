//! Reading grants.

use std::time::Duration;

use sea_orm::{
    QueryResult, Statement, StatementBuilder,
    sea_query::{Cond, Expr, ExprTrait as _, Func, Order, Query, SelectStatement, Value},
};
use toolgate_auth::{
    RowId, TenantId, Timestamp, TokenKey, UserId,
    store::{AccountCount, Fetched, ListScope, RowStatus, StoreError, StoreErrorKind, TokenRow},
};
use tracing::warn;

use super::unknown;
use crate::{
    condition::{col, in_status, not_ahead, of_key, of_principal, of_tenant, same},
    convert::{Reader, TOKEN_COLUMNS},
    moment::Moment,
    store::{Connection, SqlStore, name},
};

impl<C: Connection> SqlStore<C> {
    /// The read of one row, whose text is built once for each set of the key's absent parts: it is
    /// what every call waits for, and building it takes longer than `SQLite` takes to answer it.
    pub(super) fn read_one(&self, key: &TokenKey) -> Statement {
        let principal = key.principal();
        let tenant = principal.tenant().map(TenantId::as_str);
        let user = principal.user().map(UserId::as_str);
        let now = match self.moment() {
            Moment::Database(_) => None,
            Moment::Fixed(now) => Some(Value::from(now.as_millis())),
        };
        let backend = self.connection().get_database_backend();
        let build = || StatementBuilder::build(&self.select_one(key), &backend).sql;
        let sql = self.reads().text(tenant.is_some(), user.is_some(), build);
        // In the order in which `select_one` names them.
        let id = key.id();
        let texts = [Some(id.as_str()), tenant, user].into_iter().flatten();
        let values = now.into_iter().chain(texts.map(Value::from));
        Statement::from_sql_and_values(backend, sql, values)
    }

    /// The row, and the database's time beside it; nothing where there is no row. A join that gave the
    /// time either way would have to be planned at every read.
    fn select_one(&self, key: &TokenKey) -> SelectStatement {
        Query::select()
            .expr_as(self.moment().now(), name("db_now"))
            .columns(TOKEN_COLUMNS.map(name))
            .from(self.auth_tokens())
            .cond_where(of_key(key))
            .to_owned()
    }

    /// The database's time alone.
    pub(super) fn select_now(&self) -> SelectStatement {
        Query::select()
            .expr_as(self.moment().now(), name("db_now"))
            .to_owned()
    }

    pub(super) fn select_page(
        &self,
        scope: &ListScope,
        after: Option<&RowId>,
        limit: u32,
    ) -> Result<SelectStatement, StoreError> {
        let within = match scope {
            ListScope::All => Cond::all(),
            ListScope::Tenant(tenant) => Cond::all().add(of_tenant(tenant.as_ref())),
            ListScope::Principal(principal) => of_principal(principal),
            ListScope::Status(status) => Cond::all().add(in_status(*status)),
            _ => return Err(unknown("this scope of a list")),
        };
        let mut read = Query::select();
        read.columns(TOKEN_COLUMNS.map(name))
            .from(self.auth_tokens())
            .and_where_option(after.map(|after| col("id").gt(after.as_str())))
            .order_by(name("id"), Order::Asc)
            .limit(u64::from(limit));
        if !within.is_empty() {
            read.cond_where(within);
        }
        Ok(read)
    }

    pub(super) fn select_due(
        &self,
        within: Duration,
        after: Option<&(Timestamp, RowId)>,
        limit: u32,
    ) -> SelectStatement {
        let moment = self.moment();
        let behind = after.map(|(expiry, id)| {
            let expiry = expiry.as_millis();
            let same = col("expires_at").eq(expiry).and(col("id").gt(id.as_str()));
            col("expires_at").gt(expiry).or(same)
        });
        Query::select()
            .columns(TOKEN_COLUMNS.map(name))
            .from(self.auth_tokens())
            .and_where(in_status(RowStatus::Active))
            .and_where(col("expires_at").lte(moment.after(within)))
            .and_where_option(behind)
            .cond_where(not_ahead("lease_until", moment))
            .cond_where(not_ahead("next_attempt_at", moment))
            .order_by(name("expires_at"), Order::Asc)
            .order_by(name("id"), Order::Asc)
            .limit(u64::from(limit))
            .to_owned()
    }

    /// Over all tenants, and therefore numbers only.
    pub(super) fn select_counts(&self, project: Option<&str>, account_id: &str) -> SelectStatement {
        let revoked_at = Expr::case(in_status(RowStatus::Revoked), col("updated_at"));
        let last_revoked = Expr::from(Func::max(revoked_at));
        Query::select()
            .expr_as(how_many(in_status(RowStatus::Active)), name("live"))
            .expr_as(
                how_many(in_status(RowStatus::Disconnecting)),
                name("disconnecting"),
            )
            .expr_as(last_revoked, name("last_revoked"))
            .expr_as(self.moment().now(), name("db_now"))
            .from(self.auth_tokens())
            .and_where(same("project", project))
            .and_where(col("account_id").eq(account_id))
            .to_owned()
    }
}

impl<C: Connection> SqlStore<C> {
    /// A page of grants, over the rows that cannot be read: one that is damaged is told by its id,
    /// and hides no other. Fewer than `limit` are the end, and so what was passed over is made up for
    /// from behind it.
    pub(super) async fn readable<P: Sync>(
        &self,
        doing: &'static str,
        mut after: Option<P>,
        limit: u32,
        select: impl Fn(Option<&P>, u32) -> Result<SelectStatement, StoreError> + Sync,
        place: impl Fn(&Reader<'_>) -> Result<P, StoreError> + Sync,
    ) -> Result<Vec<TokenRow>, StoreError> {
        let mut page = Vec::new();
        let mut left = limit;
        loop {
            let rows = self.rows(doing, &select(after.as_ref(), left)?).await?;
            page.extend(rows.iter().filter_map(readable));
            let found = u32::try_from(page.len()).unwrap_or(limit);
            let Some(last) = rows
                .last()
                .filter(|_| found < limit && rows.len() == left as usize)
            else {
                return Ok(page);
            };
            after = Some(place(&Reader(last))?);
            left = limit - found;
        }
    }
}

fn readable(row: &QueryResult) -> Option<TokenRow> {
    let reader = Reader(row);
    match reader.token() {
        Ok(row) => Some(row),
        Err(error) => {
            let id = reader.id().map(|id| id.as_str().to_owned());
            let row = id.as_deref().unwrap_or("whose id cannot be read");
            warn!(target: "toolgate_store", row, %error, "a grant is passed over");
            None
        }
    }
}

fn how_many(condition: Expr) -> Expr {
    Func::count(Expr::case(condition, 1_i64)).into()
}

pub(super) fn fetched(row: &QueryResult) -> Result<Fetched, StoreError> {
    let reader = Reader(row);
    Ok(Fetched {
        row: Some(reader.token()?),
        now: reader.moment("db_now")?,
    })
}

/// Where there is no row.
pub(super) fn absent(row: Option<&QueryResult>) -> Result<Fetched, StoreError> {
    let now = Reader(the_row(row)?).moment("db_now")?;
    Ok(Fetched { row: None, now })
}

pub(super) fn counts(row: Option<&QueryResult>) -> Result<AccountCount, StoreError> {
    let reader = Reader(the_row(row)?);
    let count = |column: &str| {
        let count: i64 = reader.get(column)?;
        Ok::<_, StoreError>(count.unsigned_abs())
    };
    let now = reader.moment("db_now")?;
    let last_revoked: Option<i64> = reader.get("last_revoked")?;
    Ok(AccountCount {
        live: count("live")?,
        disconnecting: count("disconnecting")?,
        revoked_ago: last_revoked.map(|at| now.since(Timestamp::from_millis(at))),
    })
}

fn the_row(row: Option<&QueryResult>) -> Result<&QueryResult, StoreError> {
    row.ok_or_else(|| StoreError::new(StoreErrorKind::Rejected, "a read returned nothing at all"))
}
