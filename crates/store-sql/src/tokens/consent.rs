//! Writing a consent: a new row, or a row that was read.

use sea_orm::sea_query::{
    Cond, Expr, ExprTrait as _, InsertStatement, OnConflict, Query, SelectStatement,
    UpdateStatement,
};
use toolgate_auth::{
    AccountLabel, PROVIDER, TenantId, TokenKey, UserId, millis,
    store::{Consent, Marker, RowStatus, StoreError},
};

use super::{MARKER_COLUMNS, mismatch};
use crate::{
    condition::{at, col, of_key, val},
    convert::TOKEN_COLUMNS,
    moment::Moment,
    store::{Connection, SqlStore, name},
};

impl<C: Connection> SqlStore<C> {
    pub(super) fn consent_insert(
        &self,
        key: &TokenKey,
        consent: &Consent,
    ) -> Result<InsertStatement, StoreError> {
        let mut row = Query::select();
        row.exprs(new_row(key, consent, self.moment()));
        // SQLite tells `ON CONFLICT` from a join's `ON` by the `WHERE`, so there always is one.
        match self.blocking(consent) {
            Some(blocking) => row.cond_where(Cond::all().not().add(Expr::exists(blocking))),
            None => row.and_where(val(1).eq(1)),
        };
        let mut write = Query::insert();
        write
            .into_table(self.auth_tokens())
            .columns(TOKEN_COLUMNS.map(name))
            .on_conflict(OnConflict::column(name("id")).do_nothing().to_owned())
            .returning(Query::returning().columns(MARKER_COLUMNS.map(name)));
        write.select_from(row).map_err(mismatch)?;
        Ok(write)
    }

    pub(super) fn consent_update(
        &self,
        key: &TokenKey,
        consent: &Consent,
        expected: &Marker,
    ) -> UpdateStatement {
        let kept = [
            "id",
            "incarnation",
            "tenant_id",
            "provider",
            "service",
            "user_id",
            "account_label",
            "created_at",
            "last_used_at",
        ];
        let counters = ["version", "grant_epoch", "lease_seq"];
        let values = TOKEN_COLUMNS
            .into_iter()
            .zip(new_row(key, consent, self.moment()))
            .filter(|(column, _)| !kept.contains(column) && !counters.contains(column))
            .chain(counters.map(|counter| (counter, col(counter).add(1))));
        let mut write = Query::update();
        write
            .table(self.auth_tokens())
            .values(values.map(|(column, value)| (name(column), value)))
            .cond_where(of_key(key))
            .cond_where(at(expected))
            .returning(Query::returning().columns(MARKER_COLUMNS.map(name)));
        if let Some(blocking) = self.blocking(consent) {
            write.cond_where(Cond::all().not().add(Expr::exists(blocking)));
        }
        write
    }

    /// Rows that keep this consent out: a disconnect of the same Google account is under way, and
    /// Google would revoke the new grant with the old one. In whatever tenant they are.
    fn blocking(&self, consent: &Consent) -> Option<SelectStatement> {
        let account_id = consent.account_id.as_deref()?;
        let other = |column: &str| Expr::col((name("other"), name(column)));
        let project = match consent.project.as_deref() {
            Some(project) => other("project").eq(project),
            None => other("project").is_null(),
        };
        Some(
            Query::select()
                .expr(Expr::val(1))
                .from_as(self.auth_tokens(), name("other"))
                .and_where(project)
                .and_where(other("account_id").eq(account_id))
                .and_where(other("status").eq(RowStatus::Disconnecting.as_str()))
                .to_owned(),
        )
    }
}

/// In the order of [`TOKEN_COLUMNS`].
fn new_row(key: &TokenKey, consent: &Consent, moment: Moment) -> [Expr; 33] {
    let principal = key.principal();
    let refresh_expires_at = consent
        .refresh_expires_in
        .map_or_else(|| val(None::<i64>), |left| moment.after(left));
    [
        val(key.id().as_str()),
        val(consent.incarnation.as_str()),
        val(principal.tenant().map(TenantId::as_str)),
        val(PROVIDER),
        val(key.service().as_str()),
        val(principal.user().map(UserId::as_str)),
        val(key.account_label().map(AccountLabel::as_str)),
        val(consent.account_id.as_deref()),
        val(consent.account_email.as_deref()),
        val(consent.client_id.as_str()),
        val(consent.sealed.data.clone()),
        val(consent.sealed.key_id.as_str()),
        val(serde_json::json!(consent.consented_scopes)),
        val(serde_json::json!(consent.token_scopes)),
        val(RowStatus::Active.as_str()),
        val(None::<String>),
        moment.after(consent.expires_in),
        val(millis(consent.lifetime)),
        refresh_expires_at,
        val(consent.project.as_deref()),
        val(consent.rt_hash.as_deref()),
        val(consent.rt_prefix_mac.as_deref()),
        val(1_i64),
        val(1_i64),
        val(1_i64),
        val(None::<String>),
        val(None::<i64>),
        val(0_i64),
        val(None::<String>),
        val(None::<i64>),
        moment.now(),
        moment.now(),
        val(None::<i64>),
    ]
}
