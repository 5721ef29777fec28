//! Brings the grants of agno's database into ours.

use serde_json::{Map, Value};
use toolgate_auth::{
    HowToImport, Imported, ImportedGrant, KeptBecause, Operator, PROVIDER, Principal, Service,
    TenantId, TokenKey, UserId,
};
use toolgate_http::{Endpoints, HttpClient};
use zeroize::Zeroizing;

use super::FernetKeys;
use super::rows::{Agno, AgnoRead, AgnoRow, AgnoTable, PAGE, Unreadable};
use crate::report::{RowOutcome, RowReport};
use crate::{DatabaseUrl, Error};

/// How grants are brought over from agno. Each row is taken by itself: one that cannot be read is
/// reported, and costs no other.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct AgnoImport {
    keys: FernetKeys,
    table: AgnoTable,
    tenant: Option<TenantId>,
    single_slot: Option<UserId>,
    client_id: Option<String>,
    how: HowToImport,
    verify: Option<(Endpoints, HttpClient)>,
}

impl AgnoImport {
    /// Keys that its rows may be sealed with.
    pub fn with_keys(self, keys: FernetKeys) -> Self {
        Self { keys, ..self }
    }

    /// Another table.
    pub fn with_table(self, table: AgnoTable) -> Self {
        Self { table, ..self }
    }

    /// The tenant that its users are of.
    pub fn with_tenant(self, tenant: Option<TenantId>) -> Self {
        Self { tenant, ..self }
    }

    /// Whose the row without a user is; by default the anonymous user's.
    pub fn with_single_slot_user(self, user: Option<UserId>) -> Self {
        Self {
            single_slot: user,
            ..self
        }
    }

    /// The OAuth client of this application: a grant of another one is taken, and told.
    pub fn with_client_id(self, client_id: Option<String>) -> Self {
        Self { client_id, ..self }
    }

    /// What may be overwritten, and whether anything is written.
    pub fn with_how(self, how: HowToImport) -> Self {
        Self { how, ..self }
    }

    /// Asks Google here whose each grant is, and takes none of which it does not say so.
    pub fn with_verification(self, endpoints: Endpoints, http: HttpClient) -> Self {
        Self {
            verify: Some((endpoints, http)),
            ..self
        }
    }

    /// Reads every row of agno's, which stay as they are, and takes what can be taken.
    ///
    /// # Errors
    /// When one of the databases cannot be asked, or Google where it is to be; the error says what
    /// became of the rows before ([`Error::rows_so_far`]). What is wrong with one row stands in its
    /// report.
    pub async fn run(&self, from: &DatabaseUrl, to: &Operator) -> Result<Vec<RowReport>, Error> {
        let mut agno = Agno::reading(from).await?;
        let mut reports = Vec::new();
        match self.pages(&mut agno, to, &mut reports).await {
            Ok(()) => agno.close().await?,
            Err(error) => return Err(error.after(reports)),
        }
        Ok(reports)
    }

    async fn pages(
        &self,
        agno: &mut Agno,
        to: &Operator,
        reports: &mut Vec<RowReport>,
    ) -> Result<(), Error> {
        let mut after = None;
        loop {
            let rows = agno.rows(&self.table, after.as_deref()).await?;
            for row in &rows {
                reports.push(match row {
                    AgnoRead::Row(row) => self.take(row, to).await?,
                    AgnoRead::Unreadable(row) => unreadable(row),
                });
            }
            if rows.len() < PAGE {
                return Ok(());
            }
            after = rows.last().map(|row| row.id().to_owned());
        }
    }

    async fn take(&self, row: &AgnoRow, to: &Operator) -> Result<RowReport, Error> {
        let mut report = RowReport {
            id: row.id.clone(),
            user: self.user_of(row),
            service: row.service.clone(),
            outcome: RowOutcome::skipped("another provider's"),
            notes: Vec::new(),
        };
        if row.provider != PROVIDER {
            return Ok(report);
        }
        match self
            .grant(row)
            .and_then(|grant| Ok((self.key(row)?, grant)))
        {
            Err(why) => report.outcome = RowOutcome::Skipped(why),
            Ok((key, grant)) => {
                let (outcome, notes) = self.brought(to, &key, grant).await?;
                (report.outcome, report.notes) = (outcome, notes);
            }
        }
        Ok(report)
    }

    async fn brought(
        &self,
        to: &Operator,
        key: &TokenKey,
        grant: ImportedGrant,
    ) -> Result<(RowOutcome, Vec<&'static str>), Error> {
        let client = self.client_id.as_deref();
        let Some((endpoints, http)) = &self.verify else {
            let notes = notes(&grant, client);
            return Ok((take(to, key, &grant, self.how).await?, notes));
        };
        // Google is asked of what would be written alone.
        let dry_run = HowToImport {
            dry_run: true,
            ..self.how
        };
        let planned = take(to, key, &grant, dry_run).await?;
        if !planned.is_written() {
            let same = Imported::Kept(KeptBecause::SameGrant);
            let outcome = if planned == RowOutcome::Imported(same) && !self.how.dry_run {
                told(to.record_standing(key, &grant).await.map(|()| same))?
            } else {
                planned
            };
            return Ok((outcome, notes(&grant, client)));
        }
        match grant.verified(endpoints, http).await {
            Ok(grant) => {
                let notes = notes(&grant, client);
                Ok((take(to, key, &grant, self.how).await?, notes))
            }
            // The next row would wait for as long, and be told the same.
            Err(error) if error.is_transient() => Err(error.into()),
            Err(why) => {
                let outcome = RowOutcome::skipped(format!("not verified: {why}"));
                Ok((outcome, Vec::new()))
            }
        }
    }

    /// No user is "" in agno's releases, and null in the builds before.
    fn user_of(&self, row: &AgnoRow) -> Option<String> {
        let named = row.user_id.clone().filter(|user| !user.is_empty());
        named.or_else(|| self.single_slot.as_ref().map(ToString::to_string))
    }

    fn key(&self, row: &AgnoRow) -> Result<TokenKey, String> {
        let user = self.user_of(row).map(UserId::parse).transpose();
        let user = user.map_err(|error| error.to_string())?;
        let service = Service::parse(row.service.as_str()).map_err(|error| error.to_string())?;
        let principal = Principal::from_parts(self.tenant.clone(), user);
        Ok(TokenKey::new(principal, service))
    }

    fn grant(&self, row: &AgnoRow) -> Result<ImportedGrant, String> {
        let document = self.document(row)?;
        let grant = ImportedGrant::from_authorized_user(&document);
        let grant = grant.map_err(|error| error.to_string())?;
        let scopes = row.granted_scopes.as_deref().unwrap_or("null");
        let scopes: Option<Vec<String>> =
            serde_json::from_str(scopes).map_err(|_| "its granted_scopes are no list")?;
        // What the column says was granted; a document of google-auth's says what was asked for.
        Ok(match scopes {
            Some(scopes) => grant.with_scopes(scopes),
            None => grant,
        })
    }

    /// The document in clear: as it stands, or opened.
    fn document(&self, row: &AgnoRow) -> Result<Zeroizing<Vec<u8>>, String> {
        let text = row.token_data.as_ref().ok_or("it holds nothing")?;
        let data = serde_json::from_str::<Map<String, Value>>(text);
        let data = data.map_err(|_| "its token_data is no JSON object")?;
        if data.is_empty() {
            return Err("its sign-in is pending".to_owned());
        }
        // Exactly this key: that is how agno tells the two.
        match data.get("encrypted") {
            Some(Value::String(token)) if data.len() == 1 => {
                let opened = self.keys.open(token);
                let why = if self.keys.is_empty() {
                    "it is encrypted, and no key was given"
                } else {
                    "it is encrypted with a key that was not given, or was altered"
                };
                opened.ok_or_else(|| why.to_owned())
            }
            _ => Ok(Zeroizing::new(text.as_bytes().to_vec())),
        }
    }
}

fn unreadable(row: &Unreadable) -> RowReport {
    RowReport {
        id: row.id.clone(),
        user: row.user_id.clone(),
        service: row.service.clone().unwrap_or_default(),
        outcome: RowOutcome::skipped("its columns do not hold what agno keeps in them"),
        notes: Vec::new(),
    }
}

async fn take(
    to: &Operator,
    key: &TokenKey,
    grant: &ImportedGrant,
    how: HowToImport,
) -> Result<RowOutcome, Error> {
    told(to.import(key, grant, how).await)
}

/// What became of it; an error only where the next row would meet the same.
fn told(imported: Result<Imported, toolgate_auth::Error>) -> Result<RowOutcome, Error> {
    match RowOutcome::of(imported) {
        Err(error) if error.is_of_one_row() => Ok(RowOutcome::skipped(error.to_string())),
        outcome => outcome,
    }
}

/// What whoever imports a grant should know.
pub(crate) fn notes(grant: &ImportedGrant, client_id: Option<&str>) -> Vec<&'static str> {
    let mut notes = Vec::new();
    if client_id.is_some_and(|ours| ours != grant.client_id()) {
        notes.push("of another OAuth client than GOOGLE_CLIENT_ID, which alone can refresh it");
    }
    if !grant.has_refresh_token() {
        notes.push("without a refresh token, so it ends with its access token");
    }
    if grant.is_verified() {
        notes.push("verified: google says whose it is");
    }
    if grant.scopes().iter().next().is_none() {
        notes.push("without scopes, so that tools ask for consent again");
    }
    notes
}
