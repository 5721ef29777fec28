//! Writes our grants into a table of agno's.

use serde_json::{Map, Value, json};
use toolgate_auth::store::{RowStatus, TokenRow};
use toolgate_auth::{
    Clock as _, ExportedGrant, OAuthClient, Operator, PROVIDER, Random as _, SystemClock,
    SystemRandom, TenantId, UserId,
};

use zeroize::Zeroizing;

use super::FernetKeys;
use super::rows::{Agno, AgnoTable};
use crate::error::ErrorKind;
use crate::report::{RowOutcome, RowReport};
use crate::{DatabaseUrl, Error};

/// How many rows are read at once.
const PAGE: u32 = 100;

/// How grants are written for agno. It keeps the client's secret in each of its rows.
#[derive(Debug, Clone)]
#[must_use]
pub struct AgnoExport {
    client: OAuthClient,
    keys: FernetKeys,
    plain: bool,
    table: AgnoTable,
    tenant: Option<TenantId>,
    single_slot: Option<UserId>,
    overwrite: bool,
    dry_run: bool,
}

impl AgnoExport {
    /// For grants of this client, whose secret goes with them.
    pub fn new(client: OAuthClient) -> Self {
        Self {
            client,
            keys: FernetKeys::none(),
            plain: false,
            table: AgnoTable::default(),
            tenant: None,
            single_slot: None,
            overwrite: false,
            dry_run: false,
        }
    }

    /// The first of these seals what is written.
    pub fn with_keys(self, keys: FernetKeys) -> Self {
        Self { keys, ..self }
    }

    /// Writes tokens in clear.
    pub fn in_clear(self) -> Self {
        Self {
            plain: true,
            ..self
        }
    }

    /// Another table.
    pub fn with_table(self, table: AgnoTable) -> Self {
        Self { table, ..self }
    }

    /// The tenant whose people are exported; by default those without one.
    pub fn with_tenant(self, tenant: Option<TenantId>) -> Self {
        Self { tenant, ..self }
    }

    /// Who is written as the user "", the one that agno's Google tools read; by default the
    /// anonymous user.
    pub fn with_single_slot_user(self, user: Option<UserId>) -> Self {
        Self {
            single_slot: user,
            ..self
        }
    }

    /// Whether a row that stands is replaced.
    pub fn with_overwrite(self, overwrite: bool) -> Self {
        Self { overwrite, ..self }
    }

    /// Whether nothing is written, and nothing made.
    pub fn with_dry_run(self, dry_run: bool) -> Self {
        Self { dry_run, ..self }
    }

    /// Writes every grant that works; makes the table as agno does where it is missing.
    ///
    /// # Errors
    /// When there is no key and tokens in clear were not asked for, or one of the databases cannot
    /// be asked; the error says what became of the rows before ([`Error::rows_so_far`]). What is
    /// wrong with one row stands in its report.
    pub async fn run(&self, from: &Operator, to: &DatabaseUrl) -> Result<Vec<RowReport>, Error> {
        if !self.keys.can_seal() && !self.plain {
            return Err(ErrorKind::NoFernetKey.into());
        }
        let mut there = self.there(to).await?;
        let mut reports = Vec::new();
        if let Err(error) = self.pages(from, &mut there, &mut reports).await {
            return Err(error.after(reports));
        }
        if let Some(agno) = there {
            agno.close().await?;
        }
        Ok(reports)
    }

    /// The other end; none where a dry run finds no database or table.
    async fn there(&self, to: &DatabaseUrl) -> Result<Option<Agno>, Error> {
        if !self.dry_run {
            let mut agno = Agno::writing(to).await?;
            make_table(&mut agno, &self.table).await?;
            return Ok(Some(agno));
        }
        let mut agno = match Agno::reading(to).await {
            Err(error) if error.is_missing_file() => return Ok(None),
            agno => agno?,
        };
        match agno.stands(&self.table, "", "").await {
            Err(error) if error.is_no_table() => {
                agno.close().await?;
                Ok(None)
            }
            looked => looked.map(|_| Some(agno)),
        }
    }

    async fn pages(
        &self,
        from: &Operator,
        there: &mut Option<Agno>,
        reports: &mut Vec<RowReport>,
    ) -> Result<(), Error> {
        let mut after = None;
        loop {
            let rows = from.rows(after.as_ref(), PAGE).await?;
            let is_last = rows.len() < PAGE as usize;
            after = rows.last().map(|row| row.key.id());
            for row in rows.iter().filter(|row| self.is_meant(row)) {
                let outcome = match self.write(row, from, there.as_mut()).await {
                    Err(error) if error.is_of_one_row() => RowOutcome::skipped(error.to_string()),
                    outcome => outcome?,
                };
                reports.push(RowReport {
                    id: row.key.id().to_string(),
                    user: row.key.principal().user().map(ToString::to_string),
                    service: row.key.service().to_string(),
                    outcome,
                    notes: Vec::new(),
                });
            }
            if is_last {
                return Ok(());
            }
        }
    }

    /// Of this tenant, and something to export: what was disconnected is not.
    fn is_meant(&self, row: &TokenRow) -> bool {
        row.key.principal().tenant() == self.tenant.as_ref() && row.sealed.is_some()
    }

    async fn write(
        &self,
        row: &TokenRow,
        from: &Operator,
        agno: Option<&mut Agno>,
    ) -> Result<RowOutcome, Error> {
        if let Some(why) = self.hindrance(row) {
            return Ok(RowOutcome::skipped(why));
        }
        if self.dry_run {
            from.opens(row)?;
        }
        let Some(agno) = agno else {
            return Ok(RowOutcome::Exported);
        };
        let (user, service) = (row.key.principal().user(), row.key.service().as_str());
        let is_single = user == self.single_slot.as_ref();
        let user = user.filter(|_| !is_single).map_or("", UserId::as_str);
        if self.dry_run {
            let stands = agno.stands(&self.table, user, service).await?;
            return Ok(match (stands, self.overwrite) {
                (false, _) => RowOutcome::Exported,
                (true, false) => RowOutcome::Stands,
                (true, true) => RowOutcome::ExportedOver,
            });
        }
        let Some(grant) = from.export(&row.key).await? else {
            return Ok(RowOutcome::skipped("it was disconnected meanwhile"));
        };
        let written = self.insert(agno, user, service, &grant).await?;
        Ok(if written {
            RowOutcome::Exported
        } else {
            RowOutcome::Stands
        })
    }

    fn hindrance(&self, row: &TokenRow) -> Option<&'static str> {
        let user = row.key.principal().user();
        if row.status != RowStatus::Active {
            Some("it does not work any more, or is being disconnected")
        } else if row.client_id != self.client.id() {
            Some("of another OAuth client than GOOGLE_CLIENT_ID, whose secret is not known")
        } else if row.key.account_label().is_some() {
            Some("agno keeps one account of a person: labelled ones have no place")
        } else if user.is_none() && self.single_slot.is_some() {
            Some("its place is taken by the user that was named for it")
        } else {
            None
        }
    }

    /// agno owns the ids: one is made for a new row, and that of a row that stands is kept.
    async fn insert(
        &self,
        agno: &mut Agno,
        user: &str,
        service: &str,
        grant: &ExportedGrant,
    ) -> Result<bool, Error> {
        let id = uuid();
        let data = self.token_data(grant)?;
        let scopes = json!(grant.scopes()).to_string();
        let now = SystemClock.now().as_millis() / 1000;
        let place = agno.place(&self.table);
        let json = match agno {
            Agno::Sqlite(_) => "TEXT",
            Agno::Postgres(_) => "JSONB",
        };
        let conflict = if self.overwrite {
            "UPDATE SET token_data = excluded.token_data, \
             granted_scopes = excluded.granted_scopes, updated_at = excluded.updated_at"
        } else {
            "NOTHING"
        };
        let statement = format!(
            "INSERT INTO {place} (id, provider, user_id, service, token_data, granted_scopes, \
             created_at, updated_at) VALUES ($1, $2, $3, $4, CAST($5 AS {json}), \
             CAST($6 AS {json}), $7, $8) ON CONFLICT (provider, user_id, service) DO {conflict}"
        );
        let texts = [&id, PROVIDER, user, service, data.as_str(), &scopes].map(Some);
        let written = agno.write(statement, &texts, &[now, now]).await?;
        Ok(written > 0)
    }

    /// The keys that agno writes, and no other: scopes have a column of their own.
    fn token_data(&self, grant: &ExportedGrant) -> Result<Zeroizing<String>, Error> {
        let document = grant.to_authorized_user(self.client.secret())?;
        let map = serde_json::from_slice::<Map<String, Value>>(document.expose());
        let mut map = map.map_err(|_| ErrorKind::Unwritten)?;
        for name in ["scopes", "universe_domain", "account"] {
            map.remove(name);
        }
        map.entry("refresh_token").or_insert(Value::Null);
        let plain = Zeroizing::new(Value::Object(map).to_string());
        Ok(match self.keys.seal(plain.as_bytes()) {
            Some(sealed) if !self.plain => json!({ "encrypted": sealed }).to_string().into(),
            _ => plain,
        })
    }
}

/// As agno 3.1.10 makes it.
async fn make_table(agno: &mut Agno, table: &AgnoTable) -> Result<(), Error> {
    let (name, place) = (table.name(), agno.place(table));
    let json = match agno {
        Agno::Sqlite(_) => "JSON",
        Agno::Postgres(_) => "JSONB",
    };
    let mut statements = Vec::new();
    if matches!(agno, Agno::Postgres(_)) {
        statements.push(format!(
            "CREATE SCHEMA IF NOT EXISTS \"{}\"",
            table.schema()
        ));
    }
    statements.push(format!(
        "CREATE TABLE IF NOT EXISTS {place} (id VARCHAR NOT NULL, provider VARCHAR NOT NULL, \
         user_id VARCHAR NOT NULL, service VARCHAR NOT NULL, token_data {json} NOT NULL, \
         granted_scopes {json}, created_at BIGINT NOT NULL, updated_at BIGINT, PRIMARY KEY (id), \
         CONSTRAINT \"{name}_uq_auth_token_provider_user_service\" \
         UNIQUE (provider, user_id, service))"
    ));
    for column in ["provider", "user_id", "service", "created_at"] {
        statements.push(format!(
            "CREATE INDEX IF NOT EXISTS \"idx_{name}_{column}\" ON {place} ({column})"
        ));
    }
    for statement in statements {
        agno.write(statement, &[], &[]).await?;
    }
    Ok(())
}

/// A random UUID (version 4), as agno's ids are.
fn uuid() -> String {
    let mut bytes = [0; 16];
    SystemRandom.fill(&mut bytes);
    let number =
        u128::from_be_bytes(bytes) & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62);
    let text = format!("{number:032x}");
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    [
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32),
    ]
    .join("-")
}
