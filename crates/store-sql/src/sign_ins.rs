//! Pending sign-ins.

use std::time::Duration;

use async_trait::async_trait;
use sea_orm::sea_query::{Cond, Condition, Expr, ExprTrait as _, Query};
use toolgate_auth::{
    AccountLabel, Principal, TenantId, Timestamp, UserId,
    store::{NewSignIn, SignInInsert, SignInRow, SignInStore, StoreError},
};

use crate::{
    condition::{col, of_principal, val},
    convert::{Reader, SIGN_IN_COLUMNS},
    moment::Moment,
    store::{Connection, SqlStore, name},
};

#[async_trait]
impl<C: Connection> SignInStore for SqlStore<C> {
    async fn insert(
        &self,
        sign_in: &NewSignIn,
        ttl: Duration,
        max_open: u32,
    ) -> Result<SignInInsert, StoreError> {
        let moment = self.moment();
        let open = Query::select()
            .expr(Expr::col(name("id_hash")).count())
            .from(self.sign_ins())
            .cond_where(of_principal(&sign_in.principal))
            .cond_where(is_open(moment))
            .to_owned();
        let row = Query::select()
            .exprs(new_row(sign_in, ttl, moment))
            .and_where(val(i64::from(max_open)).gt(open))
            .to_owned();
        let mut write = Query::insert();
        write
            .into_table(self.sign_ins())
            .columns(SIGN_IN_COLUMNS.map(name));
        write.select_from(row).map_err(crate::tokens::mismatch)?;
        let inserted = self.changed("storing a sign-in", &write).await?;
        Ok(if inserted == 0 {
            SignInInsert::TooMany
        } else {
            SignInInsert::Inserted
        })
    }

    async fn get(&self, id_hash: &str) -> Result<Option<(SignInRow, Timestamp)>, StoreError> {
        let read = Query::select()
            .columns(SIGN_IN_COLUMNS.map(name))
            .expr_as(self.moment().now(), name("db_now"))
            .from(self.sign_ins())
            .and_where(col("id_hash").eq(id_hash))
            .to_owned();
        let rows = self.rows("reading a sign-in", &read).await?;
        let read = |row| {
            let reader = Reader(row);
            Ok((reader.sign_in()?, reader.moment("db_now")?))
        };
        rows.first().map(read).transpose()
    }

    async fn bind_browser(&self, id_hash: &str, binding: &str) -> Result<bool, StoreError> {
        let free = Cond::any()
            .add(col("browser_binding").is_null())
            .add(col("browser_binding").eq(binding));
        let write = Query::update()
            .table(self.sign_ins())
            .value(name("browser_binding"), binding)
            .and_where(col("id_hash").eq(id_hash))
            .cond_where(free)
            .cond_where(is_open(self.moment()))
            .to_owned();
        Ok(self.changed("binding a browser", &write).await? == 1)
    }

    async fn consume(&self, id_hash: &str, binding: &str) -> Result<Option<SignInRow>, StoreError> {
        let moment = self.moment();
        let write = Query::update()
            .table(self.sign_ins())
            .value(name("consumed_at"), moment.now())
            .and_where(col("id_hash").eq(id_hash))
            .and_where(col("browser_binding").eq(binding))
            .cond_where(is_open(moment))
            .returning(Query::returning().columns(SIGN_IN_COLUMNS.map(name)))
            .to_owned();
        let rows = self.rows("using a sign-in up", &write).await?;
        rows.first().map(|row| Reader(row).sign_in()).transpose()
    }

    async fn remove_all(&self, principal: &Principal) -> Result<u64, StoreError> {
        let write = Query::delete()
            .from_table(self.sign_ins())
            .cond_where(of_principal(principal))
            .to_owned();
        self.changed("removing a person's sign-ins", &write).await
    }

    async fn sweep(&self, older_than: Duration) -> Result<u64, StoreError> {
        let ended = col("expires_at").lte(self.moment().before(older_than));
        let write = Query::delete()
            .from_table(self.sign_ins())
            .and_where(ended)
            .to_owned();
        self.changed("removing ended sign-ins", &write).await
    }
}

fn is_open(moment: Moment) -> Condition {
    Cond::all()
        .add(col("consumed_at").is_null())
        .add(col("expires_at").gt(moment.now()))
}

/// In the order of [`SIGN_IN_COLUMNS`].
fn new_row(sign_in: &NewSignIn, ttl: Duration, moment: Moment) -> [Expr; 18] {
    let principal = &sign_in.principal;
    [
        val(sign_in.id_hash.as_str()),
        val(principal.tenant().map(TenantId::as_str)),
        val(principal.user().map(UserId::as_str)),
        val(sign_in.account_label.as_ref().map(AccountLabel::as_str)),
        val(sign_in.client_id.as_str()),
        val(sign_in.redirect_uri.as_str()),
        val(sign_in.expected_email.as_deref()),
        val(sign_in.expected_domain.as_deref()),
        val(sign_in.service.as_str()),
        val(serde_json::json!(sign_in.services)),
        val(serde_json::json!(sign_in.scopes)),
        val(sign_in.sealed.data.clone()),
        val(sign_in.sealed.key_id.as_str()),
        val(sign_in.return_path.as_deref()),
        val(None::<String>),
        moment.now(),
        moment.after(ttl),
        val(None::<i64>),
    ]
}
