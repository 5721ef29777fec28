//! Rows of a result to the rows of the contract.

use std::time::Duration;

use sea_orm::{QueryResult, TryGetable};
use serde_json::Value;
use toolgate_auth::{
    AccountLabel, Error, PROVIDER, Principal, RowId, Service, SessionId, SessionKey, TenantId,
    Timestamp, TokenKey, UserId,
    store::{
        AuditEvent, AuditRecord, Incarnation, Lease, NewSignIn, RowStatus, Sealed, SessionKind,
        SessionMarker, SessionRow, SessionStatus, SignInRow, StoreError, StoreErrorKind, TokenRow,
    },
};

use crate::fault::Fault;

/// The columns of the table of grants.
pub(crate) const TOKEN_COLUMNS: [&str; 33] = [
    "id",
    "incarnation",
    "tenant_id",
    "provider",
    "service",
    "user_id",
    "account_label",
    "account_id",
    "account_email",
    "client_id",
    "token_data",
    "key_id",
    "consented_scopes",
    "token_scopes",
    "status",
    "status_reason",
    "expires_at",
    "lifetime",
    "refresh_expires_at",
    "project",
    "rt_hash",
    "rt_prefix_mac",
    "version",
    "grant_epoch",
    "lease_seq",
    "lease_owner",
    "lease_until",
    "fail_count",
    "last_error",
    "next_attempt_at",
    "created_at",
    "updated_at",
    "last_used_at",
];

/// The columns of the table of sign-ins.
pub(crate) const SIGN_IN_COLUMNS: [&str; 18] = [
    "id_hash",
    "tenant_id",
    "user_id",
    "account_label",
    "client_id",
    "redirect_uri",
    "expected_email",
    "expected_domain",
    "service",
    "services",
    "scopes",
    "sealed",
    "key_id",
    "return_path",
    "browser_binding",
    "created_at",
    "expires_at",
    "consumed_at",
];

/// The columns of the table of sessions.
pub(crate) const SESSION_COLUMNS: [&str; 15] = [
    "id",
    "incarnation",
    "tenant_id",
    "user_id",
    "session_id",
    "kind",
    "status",
    "document",
    "key_id",
    "version",
    "lease_seq",
    "lease_owner",
    "lease_until",
    "created_at",
    "updated_at",
];

/// One result, read by column.
pub(crate) struct Reader<'a>(pub(crate) &'a QueryResult);

impl Reader<'_> {
    pub(crate) fn get<T: TryGetable>(&self, column: &str) -> Result<T, StoreError> {
        self.0
            .try_get_by(column)
            .map_err(|error| unreadable(column).with_source(Fault::of(&error)))
    }

    pub(crate) fn moment(&self, column: &str) -> Result<Timestamp, StoreError> {
        self.get(column).map(Timestamp::from_millis)
    }

    /// A moment in a column without a name.
    pub(crate) fn moment_at(&self, index: usize) -> Result<Timestamp, StoreError> {
        self.0
            .try_get_by_index(index)
            .map(Timestamp::from_millis)
            .map_err(|error| unreadable("time").with_source(Fault::of(&error)))
    }

    fn moment_or_none(&self, column: &str) -> Result<Option<Timestamp>, StoreError> {
        let millis: Option<i64> = self.get(column)?;
        Ok(millis.map(Timestamp::from_millis))
    }

    fn name<T>(
        &self,
        column: &str,
        parse: impl FnOnce(String) -> Result<T, Error>,
    ) -> Result<Option<T>, StoreError> {
        let text: Option<String> = self.get(column)?;
        text.map(parse)
            .transpose()
            .map_err(|error| unreadable(column).with_source(error))
    }

    fn texts(&self, column: &str) -> Result<Vec<String>, StoreError> {
        let value: Value = self.get(column)?;
        serde_json::from_value(value).map_err(|_| unreadable(column))
    }

    pub(crate) fn principal(&self) -> Result<Principal, StoreError> {
        let tenant = self.name("tenant_id", TenantId::parse)?;
        let user = self.name("user_id", UserId::parse)?;
        Ok(Principal::from_parts(tenant, user))
    }

    /// The id of a grant, whatever the rest of its row holds.
    pub(crate) fn id(&self) -> Result<RowId, StoreError> {
        self.get::<String>("id").map(RowId::from_stored)
    }

    fn key(&self) -> Result<TokenKey, StoreError> {
        let provider: String = self.get("provider")?;
        let service = self
            .name("service", Service::parse)?
            .filter(|_| provider == PROVIDER)
            .ok_or_else(|| unreadable("provider"))?;
        let label = self.name("account_label", AccountLabel::parse)?;
        let key = TokenKey::new(self.principal()?, service).with_account_label(label);
        let id: String = self.get("id")?;
        if key.id().as_str() != id {
            return Err(StoreError::new(
                StoreErrorKind::Corrupt,
                format!("the row {id} bears the id of another grant; restore it or delete it"),
            ));
        }
        Ok(key)
    }

    pub(crate) fn sealed(&self, data: &str) -> Result<Option<Sealed>, StoreError> {
        let key_id: Option<String> = self.get("key_id")?;
        match (self.get(data)?, key_id) {
            (Some(data), Some(key_id)) => Ok(Some(Sealed { data, key_id })),
            (None, None) => Ok(None),
            _ => Err(unreadable("key_id")),
        }
    }

    fn lease(&self) -> Result<Option<Lease>, StoreError> {
        match (
            self.get("lease_owner")?,
            self.moment_or_none("lease_until")?,
        ) {
            (Some(owner), Some(until)) => Ok(Some(Lease { owner, until })),
            (None, None) => Ok(None),
            _ => Err(unreadable("lease_until")),
        }
    }

    pub(crate) fn token(&self) -> Result<TokenRow, StoreError> {
        let status: String = self.get("status")?;
        let lifetime: i64 = self.get("lifetime")?;
        Ok(TokenRow {
            key: self.key()?,
            incarnation: Incarnation::new(self.get::<String>("incarnation")?),
            account_id: self.get("account_id")?,
            account_email: self.get("account_email")?,
            client_id: self.get("client_id")?,
            sealed: self.sealed("token_data")?,
            consented_scopes: self.texts("consented_scopes")?,
            token_scopes: self.texts("token_scopes")?,
            status: RowStatus::parse(&status).ok_or_else(|| unreadable("status"))?,
            status_reason: self.get("status_reason")?,
            expires_at: self.moment("expires_at")?,
            lifetime: u64::try_from(lifetime)
                .map(Duration::from_millis)
                .map_err(|_| unreadable("lifetime"))?,
            refresh_expires_at: self.moment_or_none("refresh_expires_at")?,
            project: self.get("project")?,
            rt_hash: self.get("rt_hash")?,
            rt_prefix_mac: self.get("rt_prefix_mac")?,
            version: self.get("version")?,
            grant_epoch: self.get("grant_epoch")?,
            lease_seq: self.get("lease_seq")?,
            lease: self.lease()?,
            fail_count: self.get("fail_count")?,
            last_error: self.get("last_error")?,
            next_attempt_at: self.moment_or_none("next_attempt_at")?,
            created_at: self.moment("created_at")?,
            updated_at: self.moment("updated_at")?,
            last_used_at: self.moment_or_none("last_used_at")?,
        })
    }

    pub(crate) fn sign_in(&self) -> Result<SignInRow, StoreError> {
        let request = NewSignIn {
            id_hash: self.get("id_hash")?,
            principal: self.principal()?,
            account_label: self.name("account_label", AccountLabel::parse)?,
            client_id: self.get("client_id")?,
            redirect_uri: self.get("redirect_uri")?,
            expected_email: self.get("expected_email")?,
            expected_domain: self.get("expected_domain")?,
            service: self.get("service")?,
            services: self.texts("services")?,
            scopes: self.texts("scopes")?,
            sealed: self.sealed("sealed")?.ok_or_else(|| unreadable("sealed"))?,
            return_path: self.get("return_path")?,
        };
        Ok(SignInRow {
            request,
            browser_binding: self.get("browser_binding")?,
            created_at: self.moment("created_at")?,
            expires_at: self.moment("expires_at")?,
            consumed_at: self.moment_or_none("consumed_at")?,
        })
    }

    pub(crate) fn session(&self) -> Result<SessionRow, StoreError> {
        let session = self.name("session_id", SessionId::parse)?;
        let session = session.ok_or_else(|| unreadable("session_id"))?;
        let key = SessionKey::new(self.principal()?, session);
        let id = self.id()?;
        if key.id() != id {
            return Err(StoreError::new(
                StoreErrorKind::Corrupt,
                format!("the row {id} bears the id of another session; restore it or delete it"),
            ));
        }
        let (kind, status): (String, String) = (self.get("kind")?, self.get("status")?);
        let SessionMarker {
            incarnation,
            version,
            lease_seq,
        } = self.session_marker()?;
        Ok(SessionRow {
            key,
            incarnation,
            kind: SessionKind::parse(&kind).ok_or_else(|| unreadable("kind"))?,
            status: SessionStatus::parse(&status).ok_or_else(|| unreadable("status"))?,
            sealed: self
                .sealed("document")?
                .ok_or_else(|| unreadable("document"))?,
            version,
            lease_seq,
            lease: self.lease()?,
            created_at: self.moment("created_at")?,
            updated_at: self.moment("updated_at")?,
        })
    }

    pub(crate) fn session_marker(&self) -> Result<SessionMarker, StoreError> {
        Ok(SessionMarker {
            incarnation: Incarnation::new(self.get::<String>("incarnation")?),
            version: self.get("version")?,
            lease_seq: self.get("lease_seq")?,
        })
    }

    pub(crate) fn event(&self) -> Result<AuditRecord, StoreError> {
        let event = AuditEvent {
            principal: self.principal()?,
            actor: self.get("actor")?,
            event: self.get("event")?,
            outcome: self.get("outcome")?,
            row_id: self.get("row_id")?,
            detail: self.get("detail")?,
        };
        Ok(AuditRecord {
            id: self.get("id")?,
            at: self.moment("at")?,
            event,
        })
    }
}

/// Names the column, never what it holds.
fn unreadable(column: &str) -> StoreError {
    StoreError::new(
        StoreErrorKind::Corrupt,
        format!("the column {column} of a row does not hold what it should"),
    )
}
