//! The task itself.

use anyhow::{Context as _, bail};
use toolgate_ops::{DatabaseUrl, Error, Schema};

use crate::flags::{Action, MigrateFlags};
use crate::shell;

/// Where the tables are unless something else is said.
const DEFAULT: &str = "sqlite://toolgate.db";

pub(crate) fn run(flags: &MigrateFlags) -> anyhow::Result<()> {
    let url = database_url(flags)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the runtime could not be started")?;
    println!("{url}");
    runtime.block_on(migrate(&url, flags))
}

/// The schema, made or looked at, under the name that its tables have.
fn named(schema: Result<Schema, Error>, flags: &MigrateFlags) -> anyhow::Result<Schema> {
    let schema = schema?;
    Ok(match &flags.token_table {
        Some(name) => schema.with_table_name(name)?,
        None => schema,
    })
}

fn database_url(flags: &MigrateFlags) -> anyhow::Result<DatabaseUrl> {
    let text = match (&flags.database_url, shell::env("DATABASE_URL")) {
        (Some(said), _) => said.clone(),
        (None, Some(set)) => set
            .into_string()
            .ok()
            .context("DATABASE_URL is not valid UTF-8")?,
        (None, None) => DEFAULT.to_owned(),
    };
    Ok(DatabaseUrl::parse(&text)?)
}

async fn migrate(url: &DatabaseUrl, flags: &MigrateFlags) -> anyhow::Result<()> {
    match flags.action {
        Action::Up => {
            let schema = named(Schema::open(url).await, flags)?;
            list("applied", &schema.up().await?);
        }
        Action::Down => {
            let schema = named(Schema::open_existing(url).await, flags)?;
            list("taken back", &schema.down(1).await?);
        }
        Action::Fresh if flags.yes => {
            let schema = named(Schema::open(url).await, flags)?;
            list("applied", &schema.fresh().await?);
        }
        Action::Fresh => bail!(
            "this drops the tables {} with all consents in them; say --yes to go on",
            named(Schema::open_existing(url).await, flags)?
                .tables()
                .join(", ")
        ),
        Action::Status => status(&named(Schema::open_existing(url).await, flags)?).await?,
    }
    Ok(())
}

fn list(what: &str, names: &[String]) {
    if names.is_empty() {
        println!("nothing to do");
    }
    for name in names {
        println!("{what}: {name}");
    }
}

async fn status(schema: &Schema) -> anyhow::Result<()> {
    let status = schema.status().await?;
    match status.schema {
        Some(found) => println!(
            "schema version {}, for Toolgate schemas from {} on",
            found.version, found.min_compatible
        ),
        None => println!("no tables yet"),
    }
    for step in &status.steps {
        let mark = if step.applied { "applied" } else { "pending" };
        println!("{mark}: {}", step.name);
    }
    for name in &status.unknown {
        println!("unknown, of a newer Toolgate: {name}");
    }
    Ok(())
}
