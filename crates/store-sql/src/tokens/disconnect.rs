//! Beginning and ending a disconnect.

use sea_orm::{
    QueryResult,
    sea_query::{
        CommonTableExpression, Cond, Condition, Expr, ExprTrait as _, LockType, Order, Query,
        SelectStatement, UpdateStatement,
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
        let wanted = of_key(key)
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
        if let Some(reason) = reach.status_reason() {
            write.value(name("status_reason"), reason);
        }
        match reach {
            DisconnectReach::ThisRow => write.cond_where(wanted),
            DisconnectReach::Everywhere => write
                .with_cte(self.account_held(key, wanted))
                .from(name("held"))
                .and_where(of_table("id").equals((name("held"), name("held_id"))))
                .and_where(Expr::exists(any_wanted())),
            _ => return Err(unknown("how far this disconnect reaches")),
        };
        Ok(write)
    }

    /// The caller's row and all of its account that still hold secrets and are not ending yet, each
    /// with whether it is the row that the caller read.
    ///
    /// They are locked before any of them changes, so that of two disconnects at once the loser
    /// changes none; and in one order, so that none waits for another in a circle. `SQLite` runs
    /// one writer at a time anyway.
    fn account_held(&self, key: &TokenKey, wanted: Condition) -> CommonTableExpression {
        let own = |column: &'static str| {
            Query::select()
                .column(name(column))
                .from(self.auth_tokens())
                .cond_where(of_key(key))
                .to_owned()
        };
        let same_project = Cond::any().add(col("project").eq(own("project"))).add(
            col("project")
                .is_null()
                .and(Expr::from(own("project")).is_null()),
        );
        let same_account = Cond::all()
            .add(col("account_id").eq(own("account_id")))
            .add(same_project)
            .add(col("token_data").is_not_null())
            .add(col("status").ne(RowStatus::Disconnecting.as_str()));
        let select = Query::select()
            .expr_as(col("id"), name("held_id"))
            .expr_as(wanted, name("wanted"))
            .from(self.auth_tokens())
            .cond_where(Cond::any().add(of_key(key)).add(same_account))
            .order_by(name("id"), Order::Asc)
            .lock(LockType::Update)
            .to_owned();
        CommonTableExpression::new()
            .table_name(name("held"))
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

/// Whether the caller's row is as it was read.
fn any_wanted() -> SelectStatement {
    Query::select()
        .column(name("held_id"))
        .from(name("held"))
        .and_where(col("wanted"))
        .to_owned()
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
