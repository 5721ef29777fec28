//! Conditions that the statements share. A null tenant, user or project is a value like any other.

use sea_orm::sea_query::{Cond, Condition, Expr, ExprTrait as _, Value};
use toolgate_auth::{
    Principal, TenantId, TokenKey, UserId,
    store::{Marker, RowStatus},
};

use crate::{moment::Moment, store::name};

/// A column.
pub(crate) fn col(column: &str) -> Expr {
    Expr::col(name(column))
}

/// A value.
pub(crate) fn val(value: impl Into<Value>) -> Expr {
    Expr::value(value)
}

/// Whether a column holds this value, where absent equals absent.
pub(crate) fn same(column: &str, value: Option<&str>) -> Expr {
    match value {
        Some(value) => col(column).eq(value),
        None => col(column).is_null(),
    }
}

/// The rows of one person.
pub(crate) fn of_principal(principal: &Principal) -> Condition {
    Cond::all()
        .add(of_tenant(principal.tenant()))
        .add(same("user_id", principal.user().map(UserId::as_str)))
}

/// The rows of one tenant.
pub(crate) fn of_tenant(tenant: Option<&TenantId>) -> Expr {
    same("tenant_id", tenant.map(TenantId::as_str))
}

/// The row of a key.
pub(crate) fn of_key(key: &TokenKey) -> Condition {
    Cond::all()
        .add(col("id").eq(key.id().as_str()))
        .add(of_principal(key.principal()))
}

/// Whether incarnation, version and epoch are those read.
pub(crate) fn at(marker: &Marker) -> Condition {
    at_epoch(marker).add(col("version").eq(marker.version))
}

/// Whether incarnation and epoch are those read; the version may have moved on.
pub(crate) fn at_epoch(marker: &Marker) -> Condition {
    Cond::all()
        .add(col("incarnation").eq(marker.incarnation.as_str()))
        .add(col("grant_epoch").eq(marker.epoch))
}

/// Whether the row is in this state.
pub(crate) fn in_status(status: RowStatus) -> Expr {
    col("status").eq(status.as_str())
}

/// Whether a moment is absent or not ahead.
pub(crate) fn not_ahead(column: &str, moment: Moment) -> Condition {
    Cond::any()
        .add(col(column).is_null())
        .add(col(column).lte(moment.now()))
}
