//! Sessions.

use std::time::Duration;

use async_trait::async_trait;
use sea_orm::{
    QueryResult,
    sea_query::{
        Cond, Condition, Expr, ExprTrait as _, OnConflict, Order, Query, ReturningClause,
        UpdateStatement,
    },
};
use toolgate_auth::{
    Principal, RowId, SessionKey, TenantId, Timestamp, UserId,
    store::{
        Sealed, SessionKind, SessionMarker, SessionRow, SessionStore, SessionWrite, StoreError,
    },
};

use crate::{
    condition::{col, not_ahead, of_principal, val},
    convert::{Reader, SESSION_COLUMNS},
    moment::Moment,
    store::{Connection, SqlStore, name},
};

const MARKER_COLUMNS: [&str; 3] = ["incarnation", "version", "lease_seq"];

#[async_trait]
impl<C: Connection> SessionStore for SqlStore<C> {
    async fn get(&self, key: &SessionKey) -> Result<Option<(SessionRow, Timestamp)>, StoreError> {
        let read = Query::select()
            .columns(SESSION_COLUMNS.map(name))
            .expr_as(self.moment().now(), name("db_now"))
            .from(self.sessions())
            .cond_where(of_session(key))
            .to_owned();
        let rows = self.rows("reading a session", &read).await?;
        let read = |row| {
            let reader = Reader(row);
            Ok((reader.session()?, reader.moment("db_now")?))
        };
        rows.first().map(read).transpose()
    }

    async fn put(
        &self,
        key: &SessionKey,
        write: &SessionWrite,
        expected: Option<&SessionMarker>,
    ) -> Result<Option<SessionMarker>, StoreError> {
        let (doing, moment) = ("storing a session", self.moment());
        let rows = if let Some(expected) = expected {
            let update = self.session_update(key, write, expected);
            self.rows(doing, &update).await?
        } else {
            let mut insert = Query::insert();
            insert
                .into_table(self.sessions())
                .columns(SESSION_COLUMNS.map(name))
                .values_panic(new_row(key, write, moment))
                .on_conflict(OnConflict::column(name("id")).do_nothing().to_owned())
                .returning(marker_columns());
            self.rows(doing, &insert).await?
        };
        rows.first().map(marker).transpose()
    }

    async fn claim(
        &self,
        key: &SessionKey,
        at: &SessionMarker,
        owner: &str,
        ttl: Duration,
    ) -> Result<Option<SessionMarker>, StoreError> {
        let moment = self.moment();
        let set_back = col("lease_until").gt(moment.after(ttl.saturating_mul(2)));
        let write = Query::update()
            .table(self.sessions())
            .value(name("lease_owner"), owner)
            .value(name("lease_until"), moment.after(ttl))
            .value(name("lease_seq"), col("lease_seq").add(1))
            .cond_where(of_session(key))
            .cond_where(as_read(at))
            .cond_where(not_ahead("lease_until", moment).add(set_back))
            .returning(marker_columns())
            .to_owned();
        let rows = self.rows("claiming a session", &write).await?;
        rows.first().map(marker).transpose()
    }

    async fn renew(
        &self,
        key: &SessionKey,
        at: &SessionMarker,
        owner: &str,
        ttl: Duration,
    ) -> Result<bool, StoreError> {
        let write = Query::update()
            .table(self.sessions())
            .value(name("lease_until"), self.moment().after(ttl))
            .cond_where(of_session(key))
            .cond_where(claimed(at, owner))
            .to_owned();
        Ok(self.changed("holding a session", &write).await? == 1)
    }

    async fn release(
        &self,
        key: &SessionKey,
        at: &SessionMarker,
        owner: &str,
    ) -> Result<bool, StoreError> {
        let write = Query::update()
            .table(self.sessions())
            .value(name("lease_owner"), None::<String>)
            .value(name("lease_until"), None::<i64>)
            .cond_where(of_session(key))
            .cond_where(claimed(at, owner))
            .to_owned();
        Ok(self.changed("giving a session back", &write).await? == 1)
    }

    async fn list(
        &self,
        principal: &Principal,
        after: Option<&(Timestamp, RowId)>,
        limit: u32,
    ) -> Result<(Vec<SessionRow>, Timestamp), StoreError> {
        let doing = "listing sessions";
        let behind = after.map(|(at, id)| {
            let at = at.as_millis();
            let same = col("updated_at").eq(at).and(col("id").lt(id.as_str()));
            col("updated_at").lt(at).or(same)
        });
        let read = Query::select()
            .columns(SESSION_COLUMNS.map(name))
            .from(self.sessions())
            .cond_where(of_principal(principal))
            .and_where_option(behind)
            .order_by(name("updated_at"), Order::Desc)
            .order_by(name("id"), Order::Desc)
            .limit(u64::from(limit))
            .to_owned();
        // The time is read first: what is held by it is held, whatever ends meanwhile.
        let now = Query::select()
            .expr_as(self.moment().now(), name("db_now"))
            .to_owned();
        let now = self.rows(doing, &now).await?;
        let now = now.first().map(|row| Reader(row).moment("db_now"));
        let rows = self.rows(doing, &read).await?;
        let rows: Result<_, _> = rows.iter().map(|row| Reader(row).session()).collect();
        Ok((rows?, now.transpose()?.unwrap_or(Timestamp::from_millis(0))))
    }

    async fn delete(
        &self,
        key: &SessionKey,
        at: Option<&SessionMarker>,
    ) -> Result<bool, StoreError> {
        let mut write = Query::delete();
        write
            .from_table(self.sessions())
            .cond_where(of_session(key));
        if let Some(at) = at {
            write.cond_where(as_read(at));
        }
        Ok(self.changed("removing a session", &write).await? == 1)
    }

    async fn remove_all(&self, principal: &Principal) -> Result<u64, StoreError> {
        let write = Query::delete()
            .from_table(self.sessions())
            .cond_where(of_principal(principal))
            .to_owned();
        self.changed("removing a person's sessions", &write).await
    }

    async fn sweep(&self, older_than: Duration) -> Result<u64, StoreError> {
        let moment = self.moment();
        let write = Query::delete()
            .from_table(self.sessions())
            .and_where(col("kind").eq(SessionKind::Run.as_str()))
            .and_where(col("updated_at").lte(moment.before(older_than)))
            .cond_where(not_ahead("lease_until", moment))
            .to_owned();
        self.changed("removing old runs", &write).await
    }

    async fn due_for_reseal(
        &self,
        active: &str,
        after: Option<&RowId>,
        limit: u32,
    ) -> Result<Vec<SessionRow>, StoreError> {
        let read = Query::select()
            .columns(SESSION_COLUMNS.map(name))
            .from(self.sessions())
            .and_where(col("key_id").ne(active))
            .and_where_option(after.map(|after| col("id").gt(after.as_str())))
            .order_by(name("id"), Order::Asc)
            .limit(u64::from(limit))
            .to_owned();
        let rows = self.rows("listing sessions by their keys", &read).await?;
        rows.iter().map(|row| Reader(row).session()).collect()
    }

    async fn reseal(
        &self,
        key: &SessionKey,
        at: &SessionMarker,
        sealed: &Sealed,
    ) -> Result<bool, StoreError> {
        let write = Query::update()
            .table(self.sessions())
            .value(name("document"), sealed.data.clone())
            .value(name("key_id"), sealed.key_id.as_str())
            .cond_where(of_session(key))
            .cond_where(as_read(at))
            .cond_where(not_ahead("lease_until", self.moment()))
            .to_owned();
        Ok(self.changed("sealing a session anew", &write).await? == 1)
    }
}

impl<C: Connection> SqlStore<C> {
    fn session_update(
        &self,
        key: &SessionKey,
        write: &SessionWrite,
        expected: &SessionMarker,
    ) -> UpdateStatement {
        let moment = self.moment();
        let free = not_ahead("lease_until", moment).add(col("lease_owner").eq(&*write.owner));
        let written = [
            "kind",
            "status",
            "document",
            "key_id",
            "lease_owner",
            "lease_until",
            "updated_at",
        ];
        let values = SESSION_COLUMNS
            .into_iter()
            .zip(new_row(key, write, moment))
            .filter(|(column, _)| written.contains(column));
        Query::update()
            .table(self.sessions())
            .values(values.map(|(column, value)| (name(column), value)))
            .value(name("version"), col("version").add(1))
            .cond_where(of_session(key))
            .cond_where(as_read(expected))
            .cond_where(free)
            .returning(marker_columns())
            .to_owned()
    }
}

fn marker_columns() -> ReturningClause {
    Query::returning().columns(MARKER_COLUMNS.map(name))
}

/// The row of a key.
fn of_session(key: &SessionKey) -> Condition {
    Cond::all()
        .add(col("id").eq(key.id().as_str()))
        .add(of_principal(key.principal()))
}

/// Whether incarnation, version and fencing number are those read.
fn as_read(at: &SessionMarker) -> Condition {
    Cond::all()
        .add(col("incarnation").eq(at.incarnation.as_str()))
        .add(col("version").eq(at.version))
        .add(col("lease_seq").eq(at.lease_seq))
}

/// Whether the claim that was made is still this owner's; the version may have moved on.
fn claimed(at: &SessionMarker, owner: &str) -> Condition {
    Cond::all()
        .add(col("incarnation").eq(at.incarnation.as_str()))
        .add(col("lease_seq").eq(at.lease_seq))
        .add(col("lease_owner").eq(owner))
}

/// In the order of [`SESSION_COLUMNS`].
fn new_row(key: &SessionKey, write: &SessionWrite, moment: Moment) -> [Expr; 15] {
    let principal = key.principal();
    let owner = write.hold.is_some().then_some(write.owner.as_str());
    let until = write.hold.map(|ttl| moment.after(ttl));
    [
        val(key.id().as_str()),
        val(write.incarnation.as_str()),
        val(principal.tenant().map(TenantId::as_str)),
        val(principal.user().map(UserId::as_str)),
        val(key.session().as_str()),
        val(write.kind.as_str()),
        val(write.status.as_str()),
        val(write.sealed.data.clone()),
        val(write.sealed.key_id.as_str()),
        val(1_i64),
        val(1_i64),
        val(owner),
        until.unwrap_or_else(|| val(None::<i64>)),
        moment.now(),
        moment.now(),
    ]
}

fn marker(row: &QueryResult) -> Result<SessionMarker, StoreError> {
    Reader(row).session_marker()
}
