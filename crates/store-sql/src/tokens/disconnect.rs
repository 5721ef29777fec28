//! Beginning and ending a disconnect.

use sea_orm::{
    QueryResult,
    sea_query::{
        CommonTableExpression, Cond, Condition, Expr, ExprTrait as _, LockType, Query,
        UpdateStatement,
    },
};
use toolgate_auth::{
    TokenKey,
    store::{DisconnectReach, Marker, RowStatus, StoreError, TokenRow},
};

use super::unknown;
use crate::{
    condition::{at_epoch, col, in_status, of_key},
    convert::{Reader, TOKEN_COLUMNS},
    store::{Connection, SqlStore, name},
};

impl<C: Connection> SqlStore<C> {
    pub(super) fn disconnect_begin(
        &self,
        key: &TokenKey,
        marker: &Marker,
        reach: DisconnectReach,
    ) -> Result<UpdateStatement, StoreError> {
        let own = of_key(key)
            .add(at_epoch(marker))
            .add(col("status").ne(RowStatus::Revoked.as_str()));
        let table = self.auth_tokens();
        let of_table = |column: &'static str| Expr::col((table.clone(), name(column)));
        let mut write = Query::update();
        write
            .table(table.clone())
            .value(name("status"), RowStatus::Disconnecting.as_str())
            .value(name("grant_epoch"), of_table("grant_epoch").add(1))
            .value(name("lease_seq"), of_table("lease_seq").add(1))
            .value(name("lease_owner"), None::<String>)
            .value(name("lease_until"), None::<i64>)
            .value(name("updated_at"), self.moment().now())
            .returning(Query::returning().exprs(TOKEN_COLUMNS.map(of_table)));
        match reach {
            DisconnectReach::ThisRow => write.cond_where(own),
            DisconnectReach::Everywhere => write
                .with_cte(self.first(own))
                .from(name("first"))
                .cond_where(everywhere(of_table)),
            _ => return Err(unknown("how far this disconnect reaches")),
        };
        Ok(write)
    }

    /// The row that the caller read. It is locked before any other changes, so that of two
    /// disconnects at once the loser changes none; `SQLite` runs one writer at a time anyway.
    fn first(&self, own: Condition) -> CommonTableExpression {
        let columns = [
            ("id", "first_id"),
            ("project", "first_project"),
            ("account_id", "first_account_id"),
        ];
        let mut select = Query::select();
        for (column, alias) in columns {
            select.expr_as(col(column), name(alias));
        }
        select
            .from(self.auth_tokens())
            .cond_where(own)
            .lock(LockType::Update);
        CommonTableExpression::new()
            .table_name(name("first"))
            .query(select)
            .to_owned()
    }

    pub(super) fn disconnect_finish(&self, key: &TokenKey, marker: &Marker) -> UpdateStatement {
        Query::update()
            .table(self.auth_tokens())
            .value(name("token_data"), None::<serde_json::Value>)
            .value(name("key_id"), None::<String>)
            .value(name("rt_hash"), None::<String>)
            .value(name("rt_prefix_mac"), None::<String>)
            .value(name("status"), RowStatus::Revoked.as_str())
            .value(name("updated_at"), self.moment().now())
            .cond_where(of_key(key))
            .cond_where(at_epoch(marker))
            .and_where(in_status(RowStatus::Disconnecting))
            .to_owned()
    }
}

/// The first row, and all of its account that still hold secrets.
fn everywhere(of_table: impl Fn(&'static str) -> Expr) -> Condition {
    let first = |column: &str| Expr::col((name("first"), name(column)));
    let same_project = Cond::any()
        .add(of_table("project").eq(first("first_project")))
        .add(
            of_table("project")
                .is_null()
                .and(first("first_project").is_null()),
        );
    let same_account = Cond::all()
        .add(of_table("account_id").eq(first("first_account_id")))
        .add(same_project)
        .add(of_table("token_data").is_not_null());
    Cond::any()
        .add(of_table("id").eq(first("first_id")))
        .add(same_account)
}

/// The caller's own row among those that changed; the others are not its business.
pub(super) fn own_row(
    key: &TokenKey,
    rows: &[QueryResult],
) -> Result<Option<TokenRow>, StoreError> {
    let id = key.id();
    for row in rows {
        let reader = Reader(row);
        if reader.get::<String>("id")? == id.as_str() {
            return reader.token().map(Some);
        }
    }
    Ok(None)
}
