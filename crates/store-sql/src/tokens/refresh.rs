//! The refresh protocol's three writes: take the lease, save the grant, record the failure.

use std::time::Duration;

use sea_orm::{
    QueryResult,
    sea_query::{Cond, Expr, ExprTrait as _, Query, UpdateStatement},
};
use toolgate_auth::{
    TokenKey, millis,
    store::{Leased, Marker, RefreshFailure, RefreshedGrant, RowStatus, StoreError},
};

use super::{MARKER_COLUMNS, unknown};
use crate::{
    condition::{at, col, in_status, not_ahead, of_key},
    convert::Reader,
    store::{Connection, SqlStore, name},
};

impl<C: Connection> SqlStore<C> {
    pub(super) fn lease(
        &self,
        key: &TokenKey,
        marker: &Marker,
        owner: &str,
        ttl: Duration,
    ) -> UpdateStatement {
        let moment = self.moment();
        let set_back = col("lease_until").gt(moment.after(ttl.saturating_mul(2)));
        Query::update()
            .table(self.auth_tokens())
            .value(name("lease_owner"), owner)
            .value(name("lease_until"), moment.after(ttl))
            .value(name("lease_seq"), col("lease_seq").add(1))
            .cond_where(of_key(key))
            .cond_where(at(marker))
            .and_where(in_status(RowStatus::Active))
            .cond_where(not_ahead("lease_until", moment).add(set_back))
            .cond_where(not_ahead("next_attempt_at", moment))
            .returning(Query::returning().exprs([
                col("lease_seq"),
                col("token_data"),
                col("key_id"),
                moment.now(),
            ]))
            .to_owned()
    }

    pub(super) fn refresh_success(
        &self,
        key: &TokenKey,
        marker: &Marker,
        lease_seq: i64,
        refreshed: &RefreshedGrant,
    ) -> UpdateStatement {
        let moment = self.moment();
        // The lease itself is not compared: who comes late with a rotated token has to save it.
        let open = Cond::any()
            .add(in_status(RowStatus::Active))
            .add(in_status(RowStatus::NeedsConsent));
        let unless_mine = |column| {
            Expr::case(col("lease_seq").ne(lease_seq), col(column)).finally(Expr::cust("NULL"))
        };
        let mut write = Query::update();
        write
            .table(self.auth_tokens())
            .value(name("token_data"), refreshed.sealed.data.clone())
            .value(name("key_id"), refreshed.sealed.key_id.as_str())
            .value(name("status"), RowStatus::Active.as_str())
            .value(name("status_reason"), None::<String>)
            .value(name("expires_at"), moment.after(refreshed.expires_in))
            .value(name("lifetime"), millis(refreshed.lifetime))
            .value(name("version"), col("version").add(1))
            .value(name("lease_owner"), unless_mine("lease_owner"))
            .value(name("lease_until"), unless_mine("lease_until"))
            .value(name("fail_count"), 0_i64)
            .value(name("last_error"), None::<String>)
            .value(name("next_attempt_at"), None::<i64>)
            .value(name("updated_at"), moment.now())
            .cond_where(of_key(key))
            .cond_where(at(marker))
            .cond_where(open)
            .returning(Query::returning().columns(MARKER_COLUMNS.map(name)));
        if let Some(scopes) = &refreshed.token_scopes {
            write.value(name("token_scopes"), serde_json::json!(scopes));
        }
        if let Some(account) = &refreshed.account {
            // What an assignment reads is the row as it was.
            let unless_known = |column, learned: Option<&str>| {
                let learned: Expr = learned.map(str::to_owned).into();
                Expr::case(col("account_id").is_null(), learned).finally(col(column))
            };
            write.value(
                name("account_id"),
                unless_known("account_id", Some(&account.id)),
            );
            let email = account.email.as_deref();
            write.value(name("account_email"), unless_known("account_email", email));
        }
        if let Some(left) = refreshed.refresh_expires_in {
            write.value(name("refresh_expires_at"), moment.after(left));
        }
        if let Some((hash, prefix)) = &refreshed.rt_lookup {
            write.value(name("rt_hash"), hash.as_str());
            write.value(name("rt_prefix_mac"), prefix.as_str());
        }
        write
    }

    pub(super) fn refresh_failure(
        &self,
        key: &TokenKey,
        marker: &Marker,
        lease_seq: i64,
        failure: &RefreshFailure,
    ) -> Result<UpdateStatement, StoreError> {
        let moment = self.moment();
        let mut write = Query::update();
        write
            .table(self.auth_tokens())
            .value(name("lease_owner"), None::<String>)
            .value(name("lease_until"), None::<i64>)
            .cond_where(of_key(key))
            .cond_where(at(marker))
            // Unlike success: who comes late must not condemn what another holds.
            .and_where(col("lease_seq").eq(lease_seq))
            .and_where(in_status(RowStatus::Active));
        if *failure != RefreshFailure::Released {
            write.value(name("updated_at"), moment.now());
        }
        match failure {
            RefreshFailure::Condemned {
                status,
                reason,
                error,
            } => write
                .value(name("status"), status.as_str())
                .value(name("status_reason"), reason.as_str())
                .value(name("last_error"), error.as_str()),
            RefreshFailure::Transient { error, retry_in } => write
                .value(name("fail_count"), col("fail_count").add(1))
                .value(name("last_error"), error.as_str())
                .value(name("next_attempt_at"), moment.after(*retry_in)),
            RefreshFailure::Released => &mut write,
            _ => return Err(unknown("this failure of a refresh")),
        };
        Ok(write)
    }
}

pub(super) fn leased(row: &QueryResult) -> Result<Leased, StoreError> {
    let reader = Reader(row);
    Ok(Leased {
        lease_seq: reader.get("lease_seq")?,
        sealed: reader.sealed("token_data")?,
        now: reader.moment_at(3)?,
    })
}
