//! The small writes: delete, expire, note a use, seal anew.

use std::time::Duration;

use sea_orm::sea_query::{DeleteStatement, Expr, ExprTrait as _, Query, UpdateStatement};
use toolgate_auth::{
    TokenKey,
    store::{Incarnation, Marker, RowStatus, Sealed},
};

use crate::{
    condition::{at, col, in_status, not_ahead, of_key},
    store::{Connection, SqlStore, name},
};

impl<C: Connection> SqlStore<C> {
    pub(super) fn delete_one(&self, key: &TokenKey, incarnation: &Incarnation) -> DeleteStatement {
        Query::delete()
            .from_table(self.auth_tokens())
            .cond_where(of_key(key))
            .and_where(col("incarnation").eq(incarnation.as_str()))
            .to_owned()
    }

    pub(super) fn expire(
        &self,
        key: &TokenKey,
        marker: &Marker,
        min_age: Duration,
    ) -> UpdateStatement {
        let moment = self.moment();
        let sooner =
            Expr::case(col("expires_at").lt(moment.now()), col("expires_at")).finally(moment.now());
        Query::update()
            .table(self.auth_tokens())
            .value(name("expires_at"), sooner)
            .value(name("updated_at"), moment.now())
            .cond_where(of_key(key))
            .and_where(col("incarnation").eq(marker.incarnation.as_str()))
            .and_where(col("version").eq(marker.version))
            .and_where(in_status(RowStatus::Active))
            .and_where(col("updated_at").lte(moment.before(min_age)))
            .to_owned()
    }

    pub(super) fn note_use(&self, key: &TokenKey, incarnation: &Incarnation) -> UpdateStatement {
        Query::update()
            .table(self.auth_tokens())
            .value(name("last_used_at"), self.moment().now())
            .cond_where(of_key(key))
            .and_where(col("incarnation").eq(incarnation.as_str()))
            .to_owned()
    }

    /// Only where secrets are: what a disconnect wiped since must not come back.
    pub(super) fn exchange_seal(
        &self,
        key: &TokenKey,
        marker: &Marker,
        sealed: &Sealed,
    ) -> UpdateStatement {
        Query::update()
            .table(self.auth_tokens())
            .value(name("token_data"), sealed.data.clone())
            .value(name("key_id"), sealed.key_id.as_str())
            .cond_where(of_key(key))
            .cond_where(at(marker))
            .and_where(col("token_data").is_not_null())
            .cond_where(not_ahead("lease_until", self.moment()))
            .to_owned()
    }
}
