//! The small writes: delete, expire, note a use, seal anew, give another label.

use std::time::Duration;

use sea_orm::sea_query::{Cond, DeleteStatement, Expr, ExprTrait as _, Query, UpdateStatement};
use toolgate_auth::{
    AccountLabel, TokenKey,
    store::{Incarnation, Marker, RowStatus, Sealed},
};

use super::MARKER_COLUMNS;
use crate::{
    condition::{at, col, in_status, not_ahead, of_key, val},
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
        rt_prefix_mac: Option<&str>,
    ) -> UpdateStatement {
        Query::update()
            .table(self.auth_tokens())
            .value(name("token_data"), sealed.data.clone())
            .value(name("key_id"), sealed.key_id.as_str())
            .value(name("rt_prefix_mac"), rt_prefix_mac)
            .cond_where(of_key(key))
            .cond_where(at(marker))
            .and_where(col("token_data").is_not_null())
            .cond_where(not_ahead("lease_until", self.moment()))
            .to_owned()
    }

    /// Where no row of that name stands, not even one that was wiped.
    pub(super) fn give_label(
        &self,
        key: &TokenKey,
        marker: &Marker,
        new: &TokenKey,
        sealed: &Sealed,
    ) -> UpdateStatement {
        let other = |column: &str| Expr::col((name("other"), name(column)));
        let standing = Query::select()
            .expr(Expr::val(1))
            .from_as(self.auth_tokens(), name("other"))
            .and_where(other("id").eq(new.id().as_str()))
            .to_owned();
        let label = new.account_label().map(AccountLabel::as_str);
        let counters = ["version", "grant_epoch", "lease_seq"];
        Query::update()
            .table(self.auth_tokens())
            .value(name("id"), new.id().as_str())
            .value(name("account_label"), val(label))
            .value(name("token_data"), sealed.data.clone())
            .value(name("key_id"), sealed.key_id.as_str())
            .values(counters.map(|counter| (name(counter), col(counter).add(1))))
            .value(name("lease_owner"), val(None::<String>))
            .value(name("lease_until"), val(None::<i64>))
            .value(name("updated_at"), self.moment().now())
            .cond_where(of_key(key))
            .cond_where(at(marker))
            .and_where(col("token_data").is_not_null())
            .and_where(col("status").is_not_in([
                RowStatus::Disconnecting.as_str(),
                RowStatus::Revoked.as_str(),
            ]))
            .cond_where(not_ahead("lease_until", self.moment()))
            .cond_where(Cond::all().not().add(Expr::exists(standing)))
            .returning(Query::returning().columns(MARKER_COLUMNS.map(name)))
            .to_owned()
    }
}
