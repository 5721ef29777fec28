//! The rows of one person under one consent: a row for each of their Google accounts.

use crate::identity::{Principal, Service};
use crate::store::{ListScope, RowStatus, StoreError, TokenRow, TokenStore};

/// How many rows are read at once.
const PAGE: u32 = 100;

/// All rows of a person that are of this service, whatever their state.
pub(crate) async fn rows_of(
    tokens: &dyn TokenStore,
    principal: &Principal,
    service: &Service,
) -> Result<Vec<TokenRow>, StoreError> {
    let scope = ListScope::Principal(principal.clone());
    let mut after = None;
    let mut found = Vec::new();
    loop {
        let rows = tokens.list(&scope, after.as_ref(), PAGE).await?;
        let is_last = rows.len() < PAGE as usize;
        after = rows.last().map(|row| row.key.id());
        found.extend(rows.into_iter().filter(|row| row.key.service() == service));
        if is_last {
            return Ok(found);
        }
    }
}

/// Whether the person would say that the account is connected: it may need a new consent.
pub(crate) fn is_connected(row: &TokenRow) -> bool {
    !matches!(row.status, RowStatus::Revoked | RowStatus::Disconnecting)
}
