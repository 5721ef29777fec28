//! One person's grant as the file of Python's google-auth, in and out.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use toolgate_auth::{
    HowToImport, ImportedGrant, OAuthClient, Operator, Random as _, SystemRandom, TokenDocument,
    TokenKey,
};
use zeroize::Zeroizing;

use crate::agno::notes;
use crate::error::ErrorKind;
use crate::report::{RowOutcome, RowReport};
use crate::{Error, private_file};

/// Far more than a grant takes.
const LARGEST: u64 = 1024 * 1024;

/// Reads a file in google-auth's authorized-user format, as `Credentials.to_json` or `gcloud` wrote
/// it.
///
/// # Errors
/// When it cannot be read, or is none.
pub fn read_token_json(path: &Path) -> Result<ImportedGrant, Error> {
    let failed = |error| Error::file(path, error);
    let file = fs::metadata(path).map_err(failed)?;
    if !file.is_file() || file.len() > LARGEST {
        return Err(ErrorKind::NoTokenFile(path.to_owned()).into());
    }
    let document = Zeroizing::new(fs::read(path).map_err(failed)?);
    Ok(ImportedGrant::from_authorized_user(&document)?)
}

/// Takes a grant that was read from a file into the row of `key`.
/// Whose it is, the file does not say; [`ImportedGrant::verified`] asks Google.
///
/// # Errors
/// When the database cannot be asked.
pub async fn import_token_json(
    to: &Operator,
    key: &TokenKey,
    grant: &ImportedGrant,
    client_id: Option<&str>,
    how: HowToImport,
) -> Result<RowReport, Error> {
    let outcome = RowOutcome::of(to.import(key, grant, how).await)?;
    Ok(RowReport {
        id: key.id().to_string(),
        user: key.principal().user().map(ToString::to_string),
        service: key.service().to_string(),
        outcome,
        notes: notes(grant, client_id),
    })
}

/// Writes the grant of `key` to a file that only its owner can read: whole, or not at all, and over
/// a file that is there only where that is asked for. google-auth refreshes with the client's
/// secret, so it stands in the file.
///
/// # Errors
/// When there is no grant that works, it is of another client, a file is there, or it cannot be
/// written.
pub async fn export_token_json(
    from: &Operator,
    key: &TokenKey,
    client: &OAuthClient,
    out: &Path,
    overwrite: bool,
) -> Result<(), Error> {
    if !overwrite && fs::symlink_metadata(out).is_ok() {
        return Err(ErrorKind::FileStands(out.to_owned()).into());
    }
    let grant = from.export(key).await?.ok_or(ErrorKind::NoGrant)?;
    if grant.client_id() != client.id() {
        return Err(ErrorKind::OtherClient.into());
    }
    let document = grant.to_authorized_user(client.secret())?;
    write(out, &document, overwrite)
}

fn write(out: &Path, document: &TokenDocument, overwrite: bool) -> Result<(), Error> {
    let beside = beside(out);
    let written = write_new(&beside, document).and_then(|()| {
        if overwrite {
            return fs::rename(&beside, out);
        }
        // A link never takes the place of a file, as a renamed one would.
        fs::hard_link(&beside, out)
    });
    // After a rename it is gone.
    fs::remove_file(&beside).ok();
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => ErrorKind::FileStands(out.to_owned()).into(),
        _ => Error::file(out, error),
    })
}

fn write_new(path: &Path, document: &TokenDocument) -> io::Result<()> {
    let mut file = private_file::create(path)?;
    file.write_all(document.expose())?;
    file.sync_all()
}

/// A name in the same folder that nobody has.
fn beside(out: &Path) -> PathBuf {
    let mut bytes = [0; 8];
    SystemRandom.fill(&mut bytes);
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    out.with_file_name(format!(".{name}.{:016x}.part", u64::from_be_bytes(bytes)))
}
