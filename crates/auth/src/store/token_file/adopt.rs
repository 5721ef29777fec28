//! What a file means that another program wrote: a refresh, or a consent.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};

use super::format::AuthorizedUser;
use super::state::Entry;
use crate::clock::{Random, Timestamp, random_256};
use crate::identity::TokenKey;
use crate::seal::ClearSecrets;
use crate::store::{Incarnation, RowStatus, Sealed, TokenRow};

/// Google's access tokens live so long; a file does not say when its own was issued.
const LIFETIME: Duration = Duration::from_hours(1);

/// A file that is not the one of the last row, and what is around it.
pub(super) struct Found<'a> {
    pub(super) file: &'a AuthorizedUser,
    /// The hash of its refresh token.
    pub(super) refresh: Option<&'a str>,
    pub(super) key: TokenKey,
    pub(super) now: Timestamp,
    pub(super) random: &'a dyn Random,
}

impl AuthorizedUser {
    /// The secrets as the guard gets them.
    pub(super) fn sealed(&self) -> Sealed {
        let clear = ClearSecrets {
            access: self.access.clone(),
            refresh: self.refresh.clone(),
            client_secret: self.client_secret.clone(),
        };
        clear.to_sealed()
    }
}

impl Found<'_> {
    /// The row that the file makes.
    ///
    /// The same refresh token of the same client is a refresh by another program, or no more than the
    /// file written anew: what was read before is overtaken. What Google said of that refresh token
    /// (refused, blocked, not now) stands until the file shows that Google has accepted it since, by a
    /// token that ends later than the last one and than the refusal: a program that saves what it had
    /// in memory, or adds a key, must not have everybody ask Google again. Nothing but a consent ends a
    /// suspension. The scopes are the file's in any case: it is the only one that says what another
    /// program's consent gave, and one that claims too much is refused by Google.
    ///
    /// Another refresh token is a consent. One that was disconnected stays so: a program that still had
    /// it in memory brings nothing back.
    pub(super) fn row(&self, last: Option<(&Entry, TokenRow)>) -> TokenRow {
        let Some((entry, row)) = last else {
            return self.first();
        };
        let same = entry.refresh.as_deref() == self.refresh && row.client_id == self.file.client_id;
        match row.status {
            RowStatus::Revoked if same => row,
            RowStatus::Disconnecting | RowStatus::Suspended if same => self.rewritten(row),
            _ if same && self.is_still_refused(&row) => self.rewritten(row),
            _ if same => self.refreshed(row, RowStatus::Active),
            _ => TokenRow {
                grant_epoch: row.grant_epoch + 1,
                lease_seq: row.lease_seq + 1,
                lease: None,
                ..self.over(row, RowStatus::Active)
            },
        }
    }

    /// Whether Google gave no token when it was asked last, and the file shows none that it gave
    /// since: one that ends later than the row's, and than that moment.
    fn is_still_refused(&self, row: &TokenRow) -> bool {
        let refused = row.status != RowStatus::Active || row.fail_count > 0;
        let expiry = self.file.expiry.filter(|_| self.file.access.is_some());
        let given_since = expiry.is_some_and(|it| it > row.expires_at && it > row.updated_at);
        refused && !given_since
    }

    /// The same grant with other tokens, of which Google's last word holds.
    fn rewritten(&self, row: TokenRow) -> TokenRow {
        let status = row.status;
        TokenRow {
            status_reason: row.status_reason.clone(),
            fail_count: row.fail_count,
            last_error: row.last_error.clone(),
            next_attempt_at: row.next_attempt_at,
            updated_at: row.updated_at,
            ..self.refreshed(row, status)
        }
    }

    fn refreshed(&self, row: TokenRow, status: RowStatus) -> TokenRow {
        TokenRow {
            account_email: row.account_email.clone(),
            account_id: row.account_id.clone(),
            project: row.project.clone(),
            refresh_expires_at: row.refresh_expires_at,
            ..self.over(row, status)
        }
    }

    /// The next version of a row, with what the file says.
    fn over(&self, row: TokenRow, status: RowStatus) -> TokenRow {
        TokenRow {
            incarnation: row.incarnation,
            version: row.version + 1,
            grant_epoch: row.grant_epoch,
            lease_seq: row.lease_seq,
            lease: row.lease,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            status,
            ..self.first()
        }
    }

    /// The row of a file of which nothing is known.
    fn first(&self) -> TokenRow {
        let scopes = self.file.scopes.clone().unwrap_or_default();
        let incarnation = BASE64.encode(random_256(self.random));
        // A file without a token is as good as one with an old one.
        let expiry = self.file.expiry.filter(|_| self.file.access.is_some());
        TokenRow {
            key: self.key.clone(),
            incarnation: Incarnation::new(incarnation),
            account_id: None,
            account_email: None,
            client_id: self.file.client_id.clone(),
            sealed: Some(self.file.sealed()),
            consented_scopes: scopes.clone(),
            token_scopes: scopes,
            status: RowStatus::Active,
            status_reason: None,
            expires_at: expiry.unwrap_or(self.now),
            lifetime: LIFETIME,
            refresh_expires_at: None,
            project: None,
            rt_hash: self.refresh.map(str::to_owned),
            rt_prefix_mac: None,
            version: 1,
            grant_epoch: 1,
            lease_seq: 1,
            lease: None,
            fail_count: 0,
            last_error: None,
            next_attempt_at: None,
            created_at: self.now,
            updated_at: self.now,
            last_used_at: None,
        }
    }
}
