//! What the tasks work on: the environment, the database, and files of keys.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use toolgate_auth::{
    AccountLabel, EnvConfig, Environment, OAuthClient, Operator, Principal, Service, TenantId,
    TokenKey, UserId,
};
use toolgate_ops::{AgnoTable, DatabaseUrl, FernetKeys, Storage};

use super::flags::{Details, OperateFlags};

/// Where the tables are unless something else is said.
const DEFAULT: &str = "sqlite://toolgate.db";

/// What every task needs.
pub(super) struct Setting {
    pub(super) environment: Environment,
    pub(super) config: EnvConfig,
    pub(super) url: DatabaseUrl,
    token_table: Option<String>,
}

impl Setting {
    pub(super) fn read(flags: &OperateFlags) -> anyhow::Result<Self> {
        let environment = Environment::process();
        Ok(Self {
            config: EnvConfig::read(&environment)?,
            url: database_url(flags, &environment)?,
            token_table: flags.token_table.clone(),
            environment,
        })
    }

    pub(super) async fn storage(&self) -> anyhow::Result<Storage> {
        let table = self.token_table.as_deref();
        Ok(Storage::open_with(&self.url, table).await?)
    }

    pub(super) async fn operator(&self) -> anyhow::Result<Operator> {
        let storage = self.storage().await?;
        Ok(self.ours(storage.operator(&self.config.keys).await?))
    }

    /// The same for who only looks: no key file and no record of a key is made.
    pub(super) async fn onlooker(&self) -> anyhow::Result<Operator> {
        let storage = self.storage().await?;
        let operator = Operator::look(storage.database(), &self.config.keys).await?;
        let operator = operator.context(
            "there is no key yet, and a look makes none: it is made in a file beside the database when \
             something is first stored there; to look before that, set TOOLGATE_KEY to the output of \
             `openssl rand -base64 32`, and keep it",
        )?;
        Ok(self.ours(operator))
    }

    pub(super) async fn operator_unless(&self, dry_run: bool) -> anyhow::Result<Operator> {
        if dry_run {
            return self.onlooker().await;
        }
        self.operator().await
    }

    fn ours(&self, operator: Operator) -> Operator {
        match &self.config.client {
            Some(client) => operator.with_client(client.clone()),
            None => operator,
        }
    }

    pub(super) fn client(&self) -> anyhow::Result<OAuthClient> {
        let client = self.config.client.clone();
        client.context(
            "GOOGLE_CLIENT_ID is not set; set it and GOOGLE_CLIENT_SECRET: whoever gets these grants \
             refreshes them with both",
        )
    }

    pub(super) fn client_id(&self) -> Option<String> {
        let client = self.config.client.as_ref();
        client.map(|client| client.id().to_owned())
    }

    /// Keys of a file, `-` being standard input, then those of the variables.
    pub(super) fn fernet_keys(&self, file: Option<&Path>) -> anyhow::Result<FernetKeys> {
        let keys = FernetKeys::from_environment(&self.environment)?;
        let Some(file) = file else {
            return Ok(keys);
        };
        let mut text = String::new();
        if file == Path::new("-") {
            std::io::stdin().read_to_string(&mut text)?;
        } else {
            // What it holds is not quoted.
            text = std::fs::read_to_string(file)
                .with_context(|| format!("{} cannot be read", file.display()))?;
        }
        Ok(keys.or_before_them(&text))
    }

    /// An address of agno's database: from the line, or from the environment.
    pub(super) fn agno_url(&self, said: Option<&str>, flag: &str) -> anyhow::Result<DatabaseUrl> {
        const NAME: &str = "AGNO_DATABASE_URL";
        if let Some(said) = said {
            return Ok(DatabaseUrl::parse_of_sqlalchemy(said)?);
        }
        let url = self.environment.text(NAME)?;
        let url = url.with_context(|| format!("say {flag} URL, or set {NAME}"))?;
        Ok(DatabaseUrl::parse_of_sqlalchemy(&url)?)
    }
}

pub(super) fn database_url(
    flags: &OperateFlags,
    environment: &Environment,
) -> anyhow::Result<DatabaseUrl> {
    let set = environment.text("DATABASE_URL")?;
    let said = flags.database_url.clone().or(set);
    Ok(DatabaseUrl::parse(said.as_deref().unwrap_or(DEFAULT))?)
}

/// The grant that `--user` and its like name.
pub(super) fn key(details: &Details) -> anyhow::Result<TokenKey> {
    let user = match (&details.user, details.anonymous) {
        (Some(user), false) => Some(UserId::parse(user.as_str())?),
        (None, true) => None,
        _ => bail!("say whose it is: --user U, or --anonymous"),
    };
    let service = details.service.as_deref().map(Service::parse).transpose()?;
    let account = details.account.as_deref().map(AccountLabel::parse);
    let principal = Principal::from_parts(tenant(details)?, user);
    let key = TokenKey::new(principal, service.unwrap_or_else(Service::google));
    Ok(key.with_account_label(account.transpose()?))
}

pub(super) fn tenant(details: &Details) -> anyhow::Result<Option<TenantId>> {
    Ok(details.tenant.as_deref().map(TenantId::parse).transpose()?)
}

pub(super) fn single_slot(details: &Details) -> anyhow::Result<Option<UserId>> {
    Ok(details
        .single_slot
        .as_deref()
        .map(UserId::parse)
        .transpose()?)
}

pub(super) fn table(details: &Details) -> anyhow::Result<AgnoTable> {
    let (table, schema) = (details.table.as_deref(), details.schema.as_deref());
    Ok(AgnoTable::new(table, schema)?)
}
