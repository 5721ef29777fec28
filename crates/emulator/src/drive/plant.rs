//! Drives as a seed describes them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::export::export;
use super::native::{Native, Tab};
use super::node::{
    Body, DOCUMENT, FOLDER, File, Grantee, Permission, Role, SCRIPT, SHEET, SHORTCUT, SLIDES,
    SharedDrive,
};
use super::world::Drives;
use crate::seed::{Seed, SeedFile, SeedGrant, resolve_date};
use crate::slides::Deck;
use crate::state::Account;

/// Refuses what could not be planted.
///
/// # Errors
/// What is wrong with the first file that is.
pub(crate) fn check_seed(seed: &Seed) -> Result<(), String> {
    let mut ids = BTreeSet::new();
    let mut types = BTreeMap::new();
    for account in &seed.accounts {
        let drive = &account.drive;
        let shared = drive.shared_drives.iter();
        let of_drives = shared.clone().filter_map(|it| it.id.as_ref());
        for id in of_drives {
            if !id.starts_with("0A") || !ids.insert(id) {
                return Err(format!(
                    "shared drive {id}: its id is not one, or not its own"
                ));
            }
            types.insert(id.as_str(), FOLDER);
        }
        for file in drive.files.iter().chain(shared.flat_map(|it| &it.files)) {
            let wrong = |problem: &str| Err(format!("file {:?}: {problem}", file.name));
            if file
                .parent
                .as_ref()
                .is_some_and(|id| types.get(id.as_str()) != Some(&FOLDER))
            {
                return wrong("its folder does not stand before it");
            }
            let dates = [&file.created, &file.modified];
            if dates
                .into_iter()
                .any(|date| resolve_date(date, 0).is_none())
            {
                return wrong("a date is neither RFC 3339 nor like -2d");
            }
            if file
                .shared_with
                .iter()
                .any(|it| Role::named(&it.role).is_none())
            {
                return wrong("a role is unknown");
            }
            let Some((mime_type, _)) = content(file) else {
                return wrong("its content is not one, or not of its type");
            };
            let Some(id) = &file.id else { continue };
            if !ids.insert(id) {
                return wrong("another has its id");
            }
            types.insert(id, if mime_type == FOLDER { FOLDER } else { "" });
        }
    }
    Ok(())
}

impl Drives {
    /// The Drives that a seed describes, at the time `now_ms`.
    pub(crate) fn new(seed: &Seed, base_url: &str, now_ms: i64) -> Self {
        let mut drives = Self {
            accounts: seed.accounts.iter().map(Account::of).collect(),
            base_url: base_url.to_owned(),
            now_ms,
            ..Self::default()
        };
        drives.plant_roots(now_ms);
        for account in &seed.accounts {
            let author = account.email.to_lowercase();
            for file in &account.drive.files {
                drives.plant(file, &author, None, now_ms);
            }
            for drive in &account.drive.shared_drives {
                let id = drive.id.clone();
                let id = id.unwrap_or_else(|| drives.fresh_id("0A", 19));
                let maker = Permission::new(Grantee::User(author.clone()), Role::Organizer, true);
                let members = drive.members.iter().filter_map(permission);
                let planted = SharedDrive {
                    id: id.clone(),
                    name: drive.name.clone(),
                    created_ms: now_ms,
                    color: None,
                    members: std::iter::once(maker).chain(members).collect(),
                    request_id: None,
                    restrictions: BTreeMap::new(),
                    hidden_for: BTreeSet::new(),
                };
                drives.add_drive(planted, &author, now_ms, false);
                for file in &drive.files {
                    drives.plant(file, &author, Some(&id), now_ms);
                }
            }
        }
        drives.settle_shortcuts();
        drives
    }

    fn plant(&mut self, seed: &SeedFile, author: &str, drive: Option<&str>, now_ms: i64) {
        let Some((mime_type, body)) = content(seed) else {
            return;
        };
        let modified_ms = resolve_date(&seed.modified, now_ms).unwrap_or(now_ms);
        let created_ms = if seed.created.is_empty() {
            modified_ms
        } else {
            resolve_date(&seed.created, now_ms).unwrap_or(modified_ms)
        };
        let id = seed.id.clone();
        let id = id.unwrap_or_else(|| self.fresh_id("1", 33));
        let top = || drive.map_or_else(|| Self::root_of(author), str::to_owned);
        let mut file = File {
            id: id.clone(),
            name: seed.name.clone(),
            mime_type,
            description: seed.description.clone(),
            parent: Some(seed.parent.clone().unwrap_or_else(top)),
            drive: drive.map(str::to_owned),
            created_ms,
            modified_ms,
            modified_by: author.to_owned(),
            properties: seed.properties.clone(),
            copy_requires_writer: seed.copy_requires_writer,
            is_of_app: seed.of_app,
            trashed: seed.trashed.then(|| (modified_ms, author.to_owned())),
            shortcut: seed.shortcut_to.clone().map(|id| (id, String::new())),
            ..File::default()
        };
        file.starred_by
            .extend(seed.starred.then(|| author.to_owned()));
        if drive.is_none() {
            let owner = Grantee::User(author.to_owned());
            file.owner = Some(author.to_owned());
            file.permissions
                .push(Permission::new(owner, Role::Owner, true));
        }
        for granted in seed.shared_with.iter().filter_map(permission) {
            if let Grantee::User(email) = &granted.grantee {
                let shared = (modified_ms, author.to_owned());
                file.shared_with.insert(email.clone(), shared);
            }
            file.permissions.push(granted);
        }
        self.files.insert(id.clone(), file);
        if let Some(body) = body {
            self.add_revision(&id, body, author, modified_ms);
        }
        self.touch(&id, modified_ms);
    }

    /// Gives shortcuts the types of their targets, which may stand behind them.
    fn settle_shortcuts(&mut self) {
        let types: BTreeMap<String, String> = self
            .files
            .values()
            .map(|file| (file.id.clone(), file.mime_type.clone()))
            .collect();
        for (target, mime_type) in self
            .files
            .values_mut()
            .filter_map(|it| it.shortcut.as_mut())
        {
            *mime_type = types.get(target).cloned().unwrap_or_default();
        }
    }
}

fn permission(grant: &SeedGrant) -> Option<Permission> {
    let role = Role::named(&grant.role)?;
    let grantee = match (&grant.email, &grant.group, &grant.domain) {
        (Some(email), None, None) => Grantee::User(email.to_lowercase()),
        (None, Some(group), None) => Grantee::Group(group.to_lowercase()),
        (None, None, Some(domain)) => Grantee::Domain(domain.to_lowercase()),
        (None, None, None) => Grantee::Anyone,
        _ => return None,
    };
    let is_named = grant.email.is_some() || grant.group.is_some();
    Some(Permission::new(
        grantee,
        role,
        is_named || grant.discoverable,
    ))
}

/// The type and the content of a file; `None` when they do not go together.
fn content(seed: &SeedFile) -> Option<(String, Option<Body>)> {
    let given = seed.mime_type.as_deref();
    if seed.shortcut_to.is_some() {
        return Some((SHORTCUT.to_owned(), None));
    }
    let native = if let Some(markdown) = &seed.markdown {
        Some((DOCUMENT, Native::Doc(markdown.clone())))
    } else if !seed.tabs.is_empty() {
        let tabs = seed.tabs.iter().map(|tab| Tab {
            name: tab.name.clone(),
            rows: tab.rows.clone(),
        });
        Some((SHEET, Native::Sheet(tabs.collect())))
    } else if seed.slides.is_empty() {
        None
    } else {
        let deck = Deck::of_outline(&seed.slides)?;
        Some((SLIDES, Native::Slides(Arc::new(deck))))
    };
    if let Some((own, native)) = native {
        let mime_type = given.unwrap_or(own).to_owned();
        let body = if mime_type == own {
            Body::Native(native)
        } else {
            Body::blob(export(&native, &mime_type)?.into())
        };
        return Some((mime_type, Some(body)));
    }
    let bytes = match (&seed.text, &seed.base64) {
        (Some(text), None) => text.clone().into_bytes(),
        (None, Some(data)) => {
            let compact: String = data.split_whitespace().collect();
            STANDARD.decode(compact).ok()?
        }
        (None, None) => {
            let given = given?;
            let body = Native::empty(given).map(Body::Native);
            let body = body.filter(|_| given != FOLDER);
            return (body.is_some() || given == FOLDER).then(|| (given.to_owned(), body));
        }
        (Some(_), Some(_)) => return None,
    };
    let mime_type = given.unwrap_or("text/plain").to_owned();
    if mime_type == SCRIPT {
        let json = String::from_utf8(bytes).ok()?;
        return Some((mime_type, Some(Body::Native(Native::Script(json)))));
    }
    Some((mime_type, Some(Body::blob(bytes.into()))))
}
