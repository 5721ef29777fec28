//! The one row that a token file and its state make, under the lock: how it is read and written.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tracing::{info, warn};
use zeroize::Zeroizing;

use super::adopt::Found;
use super::disk::{self, Place};
use super::format::{AuthorizedUser, Problem};
use super::state::{Entry, State, digest};
use crate::clock::{Random, Timestamp};
use crate::grant::rt_hash;
use crate::identity::{Service, TokenKey};
use crate::seal::ClearSecrets;
use crate::store::{StoreError, StoreErrorKind, TokenRow};

/// Other programs do not write whole files: one that is half there is looked at again.
const LOOKS: u32 = 5;
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// What reading a file takes.
pub(super) struct Reading<'a> {
    pub(super) path: &'a Path,
    /// The key that the row is to have; none: the one it was last used under.
    pub(super) key: Option<&'a TokenKey>,
    pub(super) now: Timestamp,
    pub(super) random: &'a dyn Random,
    /// Whether it was said already that others may read the file.
    pub(super) told: &'a AtomicBool,
}

/// The row, as it stands under the lock.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) row: Option<TokenRow>,
    place: Place,
    entry: Option<Entry>,
    file: Option<AuthorizedUser>,
    _lock: Option<File>,
}

type ReadFile = (AuthorizedUser, String);

impl Reading<'_> {
    /// Takes the lock and reads. With nothing to read no lock is needed, unless something will be
    /// written.
    pub(super) fn table(&self, to_write: bool) -> Result<Table, StoreError> {
        let place = Place::of(self.path).map_err(|it| self.failed("found", &it))?;
        let nothing = !to_write && place.is_empty();
        let lock = (!nothing).then(|| place.lock()).transpose();
        let mut table = Table {
            row: None,
            _lock: lock.map_err(|it| self.failed("locked", &it))?,
            place,
            entry: None,
            file: None,
        };
        if nothing {
            return Ok(table);
        }
        let state = self.state(&table.place)?;
        let (file, digest) = self.file(&table.place)?.unzip();
        table.file = file;
        match state.entry_of(digest.as_deref()) {
            Some(entry) => {
                // A row that was wiped has no secrets, whatever a file holds.
                let wiped = entry.row(None, None).is_none_or(|row| is_wiped(&row));
                let file = table.file.as_ref().filter(|_| !wiped);
                table.row = entry.row(self.key, file.map(AuthorizedUser::sealed));
                table.entry = Some(entry.clone());
                if state.is_open() {
                    self.write_state(&table.place, vec![entry.clone()])?;
                }
            }
            None => self.adopt(&mut table, state.last(), digest)?,
        }
        Ok(table)
    }

    /// Takes over what another program wrote, so that whoever reads next finds the same row.
    fn adopt(
        &self,
        table: &mut Table,
        last: Option<&Entry>,
        digest: Option<String>,
    ) -> Result<(), StoreError> {
        let Some(file) = &table.file else {
            // A file that is gone was taken away by somebody, who signed out by it.
            return Ok(());
        };
        let refresh = file.refresh.as_ref().map(rt_hash);
        let last = last.and_then(|entry| Some((entry, entry.row(self.key, None)?)));
        let key = match (self.key, &last) {
            (Some(key), _) => key.clone(),
            (None, Some((_, row))) => row.key.clone(),
            (None, None) => super::key_of(Service::google()),
        };
        let found = Found {
            file,
            refresh: refresh.as_deref(),
            key,
            now: self.now,
            random: self.random,
        };
        let row = found.row(last);
        let (version, status) = (row.version, row.status);
        info!(target: "toolgate_auth", path = %self.path.display(), version, %status, "a token file that another program wrote");
        let entry = Entry::new(&row, digest, refresh);
        self.write_state(&table.place, vec![entry.clone()])?;
        table.entry = Some(entry);
        table.row = Some(row);
        Ok(())
    }

    fn state(&self, place: &Place) -> Result<State, StoreError> {
        let read = disk::read(&place.state).map_err(|it| self.failed("read", &it))?;
        let Some((bytes, _)) = read else {
            return Ok(State::default());
        };
        Ok(State::parse(&bytes).unwrap_or_else(|| {
            let path = place.state.display();
            warn!(target: "toolgate_auth", %path, "the state of a token file is damaged and not used");
            State::default()
        }))
    }

    fn file(&self, place: &Place) -> Result<Option<ReadFile>, StoreError> {
        let mut looks = 0;
        loop {
            let Some((bytes, open)) =
                disk::read(&place.file).map_err(|it| self.failed("read", &it))?
            else {
                return Ok(None);
            };
            if open && !self.told.swap(true, Ordering::Relaxed) {
                let path = place.file.display();
                warn!(target: "toolgate_auth", %path, "other users of this machine may read the token file; run `chmod 600` on it");
            }
            looks += 1;
            match AuthorizedUser::parse(&bytes) {
                Ok(file) => return Ok(Some((file, digest(&bytes)))),
                Err(problem) if looks == LOOKS => return Err(self.not_one(problem)),
                Err(_) => std::thread::sleep(BETWEEN_LOOKS),
            }
        }
    }

    /// Writes what has become of the row.
    pub(super) fn save(&self, table: &Table, next: Option<&TokenRow>) -> Result<(), StoreError> {
        let place = &table.place;
        let Some(next) = next else {
            // No entry is that of no file, so that the row is gone with the file.
            disk::remove(&place.file).map_err(|it| self.failed("removed", &it))?;
            return disk::remove(&place.state).map_err(|it| self.failed("removed", &it));
        };
        let old = table.entry.as_ref();
        let (file, refresh) = old.cloned().map(|it| (it.file, it.refresh)).unzip();
        let (file, refresh) = (file.flatten(), refresh.flatten());
        let before = table.row.as_ref().filter(|row| row.sealed.is_some());
        match (before, &next.sealed) {
            // A file that is not believed is not touched either.
            (None, None) => self.write_state(place, vec![Entry::new(next, file, refresh)]),
            (Some(before), Some(_)) if says_the_same(before, next) => {
                self.write_state(place, vec![Entry::new(next, file, refresh)])
            }
            (_, Some(_)) => {
                let (bytes, refresh) = self.file_of(table, next)?;
                let entry = Entry::new(next, Some(digest(&bytes)), refresh);
                self.change(table, entry, || disk::write(&place.file, &bytes))
            }
            (Some(_), None) => {
                let entry = Entry::new(next, None, refresh);
                self.change(table, entry, || disk::remove(&place.file))
            }
        }
    }

    /// Changes the token file, between two states of which the first has both rows.
    fn change(
        &self,
        table: &Table,
        entry: Entry,
        change: impl FnOnce() -> io::Result<()>,
    ) -> Result<(), StoreError> {
        let both = table.entry.iter().chain([&entry]).cloned();
        self.write_state(&table.place, both.collect())?;
        change().map_err(|it| self.failed("written", &it))?;
        self.write_state(&table.place, vec![entry])
    }

    /// The text of the file of a row, and the hash of its refresh token.
    fn file_of(
        &self,
        table: &Table,
        row: &TokenRow,
    ) -> Result<(Zeroizing<Vec<u8>>, Option<String>), StoreError> {
        let clear = row.sealed.as_ref().and_then(ClearSecrets::from_sealed);
        let clear = clear.ok_or_else(|| {
            let message = "a token file keeps tokens in clear, and was given sealed ones; bind it \
                           by a GoogleAuth";
            StoreError::new(StoreErrorKind::Rejected, message)
        })?;
        let old = table.file.as_ref();
        let others = old.map(|file| file.others.clone()).unwrap_or_default();
        let epoch = table.row.as_ref().map(|row| row.grant_epoch);
        let consent = epoch != Some(row.grant_epoch);
        let same_client = old.filter(|file| file.client_id == row.client_id);
        let refresh = clear.refresh.as_ref().map(rt_hash);
        let file = AuthorizedUser {
            access: clear.access,
            refresh: clear.refresh,
            client_id: row.client_id.clone(),
            client_secret: clear
                .client_secret
                .or_else(|| same_client.and_then(|file| file.client_secret.clone())),
            scopes: Some(row.consented_scopes.clone()),
            expiry: Some(row.expires_at),
            others: if consent {
                others.of_account(row.account_email.as_deref())
            } else {
                others
            },
        };
        let bytes = file.to_bytes().map_err(|problem| self.not_one(problem))?;
        Ok((bytes, refresh))
    }

    fn write_state(&self, place: &Place, entries: Vec<Entry>) -> Result<(), StoreError> {
        let bytes = State::of(entries).to_bytes();
        disk::write(&place.state, &bytes).map_err(|it| self.failed("written", &it))
    }

    fn not_one(&self, problem: Problem) -> StoreError {
        let path = self.path.display();
        let message = format!(
            "the token file {path} is not in google-auth's authorized-user format: {problem}; mend \
             it, or remove it to sign in again; nothing was changed"
        );
        StoreError::new(StoreErrorKind::Corrupt, message)
    }

    fn failed(&self, what: &str, error: &io::Error) -> StoreError {
        use io::ErrorKind as Io;
        let kind = match error.kind() {
            Io::PermissionDenied
            | Io::ReadOnlyFilesystem
            | Io::NotFound
            | Io::NotADirectory
            | Io::IsADirectory
            | Io::InvalidInput
            | Io::FileTooLarge => StoreErrorKind::Configuration,
            _ => StoreErrorKind::Unavailable,
        };
        let (path, why) = (self.path.display(), error.kind());
        let message = format!(
            "the token file {path} could not be {what} ({why}); it has to be a plain file in a \
             folder that this process may write to, or not be there yet"
        );
        StoreError::new(kind, message)
    }
}

fn is_wiped(row: &TokenRow) -> bool {
    row.status == crate::store::RowStatus::Revoked
}

/// Whether two rows make the same file.
fn says_the_same(one: &TokenRow, other: &TokenRow) -> bool {
    one.sealed == other.sealed
        && one.client_id == other.client_id
        && one.consented_scopes == other.consented_scopes
        && one.expires_at == other.expires_at
        && one.account_email == other.account_email
}
