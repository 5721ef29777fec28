//! The tasks themselves.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use toolgate_auth::{Environment, HowToImport, Principal, UserId};
use toolgate_http::HttpClient;
use toolgate_ops::{
    AgnoExport, AgnoImport, Doctor, Rotation, RowReport, Users, export_token_json,
    import_token_json, read_token_json,
};

use super::flags::{Details, OperateFlags, Operation};
use super::setting::{Setting, database_url, key, single_slot, table, tenant};
use super::show;

/// Rows that are sealed in one step.
const BATCH: u32 = 100;
/// A refresh holds its row for up to twenty seconds.
const PAUSE: Duration = Duration::from_secs(5);
/// So often busy rows are come back to, before whoever started it is told.
const PATIENCE: u32 = 12;

pub(crate) fn run(flags: &OperateFlags) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the runtime could not be started")?;
    runtime.block_on(operate(flags))
}

async fn operate(flags: &OperateFlags) -> anyhow::Result<()> {
    let details = &flags.details;
    if flags.task == Operation::Doctor {
        return doctor(flags).await;
    }
    let setting = Setting::read(flags)?;
    match &flags.task {
        Operation::ImportTokenJson(file) => import_file(&setting, file, details).await,
        Operation::ImportAgno => import_agno(&setting, details).await,
        Operation::ExportTokenJson => export_file(&setting, details).await,
        Operation::ExportAgno => export_agno(&setting, details).await,
        Operation::KeysStatus => keys_status(&setting).await,
        Operation::KeysRotate => keys_rotate(&setting, details.batch.unwrap_or(BATCH)).await,
        Operation::UsersDelete(user) => delete(&setting, user.as_deref(), details).await,
        Operation::UsersFinishDisconnects => finish_disconnects(&setting, details).await,
        Operation::Doctor => Ok(()),
    }
}

fn how(details: &Details) -> HowToImport {
    HowToImport {
        overwrite: details.overwrite,
        dry_run: details.dry_run,
    }
}

async fn import_file(setting: &Setting, file: &Path, details: &Details) -> anyhow::Result<()> {
    let key = key(details)?;
    let mut grant = read_token_json(file)?;
    if details.verify {
        let endpoints = &setting.config.endpoints;
        grant = grant.verified(endpoints, &HttpClient::new()?).await?;
    }
    let operator = setting.operator_unless(details.dry_run).await?;
    let client = setting.client_id();
    let report =
        import_token_json(&operator, &key, &grant, client.as_deref(), how(details)).await?;
    show::rows(&[report], details.dry_run)
}

async fn import_agno(setting: &Setting, details: &Details) -> anyhow::Result<()> {
    let from = setting.agno_url(details.from.as_deref(), "--from")?;
    let mut import = AgnoImport::default()
        .with_keys(setting.fernet_keys(details.fernet_key_file.as_deref())?)
        .with_table(table(details)?)
        .with_tenant(tenant(details)?)
        .with_single_slot_user(single_slot(details)?)
        .with_client_id(setting.client_id())
        .with_how(how(details));
    if details.verify {
        let endpoints = setting.config.endpoints.clone();
        import = import.with_verification(endpoints, HttpClient::new()?);
    }
    let operator = setting.operator_unless(details.dry_run).await?;
    tell(import.run(&from, &operator).await, details.dry_run)
}

async fn export_file(setting: &Setting, details: &Details) -> anyhow::Result<()> {
    let (key, client) = (key(details)?, setting.client()?);
    let out = details.out.as_deref().context("say where to: --out FILE")?;
    let operator = setting.operator().await?;
    export_token_json(&operator, &key, &client, out, details.overwrite).await?;
    println!("{} written, readable by its owner only", out.display());
    Ok(())
}

async fn export_agno(setting: &Setting, details: &Details) -> anyhow::Result<()> {
    let to = setting.agno_url(details.to.as_deref(), "--to")?;
    let mut export = AgnoExport::new(setting.client()?)
        .with_keys(setting.fernet_keys(details.fernet_key_file.as_deref())?)
        .with_table(table(details)?)
        .with_tenant(tenant(details)?)
        .with_single_slot_user(single_slot(details)?)
        .with_overwrite(details.overwrite)
        .with_dry_run(details.dry_run);
    if details.plain {
        export = export.in_clear();
    }
    let operator = setting.operator_unless(details.dry_run).await?;
    tell(export.run(&operator, &to).await, details.dry_run)
}

/// What became of the rows, also of those before a database went away.
fn tell(ran: Result<Vec<RowReport>, toolgate_ops::Error>, dry_run: bool) -> anyhow::Result<()> {
    let rows = ran.as_deref().unwrap_or_else(|error| error.rows_so_far());
    if ran.is_err() && rows.is_empty() {
        return Ok(ran.map(drop)?);
    }
    let shown = show::rows(rows, dry_run);
    ran?;
    shown
}

async fn keys_status(setting: &Setting) -> anyhow::Result<()> {
    show::keys(&setting.onlooker().await?.keys_in_use().await?);
    Ok(())
}

/// It can be stopped at any time and begun again.
async fn keys_rotate(setting: &Setting, batch: u32) -> anyhow::Result<()> {
    let operator = setting.operator().await?;
    let mut rotation = Rotation::new(&operator, batch);
    let stepped = rotate(&mut rotation).await;
    let done = rotation.end().await;
    show::rotated(done, operator.active_key());
    if done.is_unrecorded {
        eprintln!("the database did not take the events of this rotation: note it by hand");
    }
    stepped?;
    if done.busy > 0 {
        bail!("some were being refreshed or used by a run all the time; run it again");
    }
    if done.unreadable > 0 {
        bail!(
            "what is under keys that are not configured is as it was; `keys status` names the keys"
        );
    }
    if done.is_unrecorded {
        bail!("the table of audit events has to be writable");
    }
    println!(
        "keep the old keys for ten minutes, and until no process writes under them: sign-ins that \
         are under way are sealed under them"
    );
    Ok(())
}

async fn rotate(rotation: &mut Rotation<'_>) -> anyhow::Result<()> {
    let mut waited = 0;
    while rotation.step().await? {
        if rotation.is_waiting() {
            if waited == PATIENCE {
                break;
            }
            waited += 1;
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(())
}

async fn doctor(flags: &OperateFlags) -> anyhow::Result<()> {
    let details = &flags.details;
    let environment = Environment::process();
    let token_file = details.token_file.clone();
    let token_file = token_file.unwrap_or_else(|| "token.json".into());
    // An address that is none is among what there is to mend, and ends no other check.
    let mut doctor = match database_url(flags, &environment) {
        Ok(url) => Doctor::new(environment, url),
        Err(why) => Doctor::without_database(environment, why),
    };
    doctor = doctor
        .with_table_name(flags.token_table.clone())
        .with_token_file(token_file);
    if details.offline {
        doctor = doctor.offline();
    }
    show::findings(&doctor.examine().await, details.json)
}

async fn delete(setting: &Setting, user: Option<&str>, details: &Details) -> anyhow::Result<()> {
    let user = user.map(UserId::parse).transpose()?;
    let person = Principal::from_parts(tenant(details)?, user);
    if !details.yes {
        bail!(
            "this disconnects {person} at Google and deletes all that is stored of them; say --yes"
        );
    }
    let users = users(setting, details).await?;
    show::deleted(&person, &users.delete(&person).await?)
}

async fn finish_disconnects(setting: &Setting, details: &Details) -> anyhow::Result<()> {
    show::finished(users(setting, details).await?.finish_disconnects().await?)
}

async fn users(setting: &Setting, details: &Details) -> anyhow::Result<Users> {
    let users = Users::new(setting.storage().await?, &setting.config);
    Ok(if details.wipe_unreadable {
        users.wiping_unreadable()
    } else {
        users
    })
}
