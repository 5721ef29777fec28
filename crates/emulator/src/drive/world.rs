//! All Drives of one emulator: the files of everybody, the shared drives, and what changed.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::node::{Body, FOLDER, File, Grantee, Permission, Revision, Role, SharedDrive};
use crate::gmail::Outgoing;
use crate::slides::Shown;
use crate::state::Account;

/// Google's limit of folders within folders; it keeps walks up and down finite.
const DEEPEST: usize = 100;

/// Everybody's files.
#[derive(Debug, Default)]
pub(crate) struct Drives {
    pub(crate) accounts: Vec<Account>,
    pub(crate) files: BTreeMap<String, File>,
    pub(crate) shared: BTreeMap<String, SharedDrive>,
    pub(crate) changes: Vec<Change>,
    /// Ids that were given out for files to come.
    pub(crate) reserved: BTreeSet<String>,
    /// Mails about sharing that are still to be delivered.
    pub(crate) outgoing: Vec<Outgoing>,
    /// The address that links in replies begin with.
    pub(crate) base_url: String,
    /// The time of the call that is answered.
    pub(crate) now_ms: i64,
    /// What links of presentations show.
    pub(crate) shown: Shown,
    /// How many ids were made up.
    pub(super) counter: u64,
}

/// That something changed, to those who could see it before or after.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) time_ms: i64,
    pub(crate) subject: Subject,
    pub(crate) drive: Option<String>,
    pub(crate) viewers: BTreeSet<String>,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    File(String),
    Drive(String),
}

/// How a caller reached a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Access {
    pub(crate) role: Role,
    /// Whether it is theirs, or shared with them by name: then lists show it.
    pub(crate) is_personal: bool,
    /// Whether a search in the domain or the world finds it.
    pub(crate) is_discoverable: bool,
}

impl Drives {
    /// Somebody's account by address.
    pub(crate) fn account(&self, email: &str) -> Option<&Account> {
        let mut all = self.accounts.iter();
        all.find(|account| account.email.eq_ignore_ascii_case(email))
    }

    /// The id of the root of an account's Drive.
    pub(crate) fn root_of(email: &str) -> String {
        let digest = ring::digest::digest(&ring::digest::SHA256, email.as_bytes());
        format!("0A{}", &URL_SAFE_NO_PAD.encode(digest)[..17])
    }

    /// An id that nothing has: the same ones in the same order for the same seed.
    pub(crate) fn fresh_id(&mut self, prefix: &str, length: usize) -> String {
        loop {
            self.counter += 1;
            let seed = format!("drive {}", self.counter);
            let digest = ring::digest::digest(&ring::digest::SHA256, seed.as_bytes());
            let text = URL_SAFE_NO_PAD.encode(digest);
            let id = format!("{prefix}{}", &text[..length - prefix.len()]);
            if !self.files.contains_key(&id) && !self.shared.contains_key(&id) {
                return id;
            }
        }
    }

    /// The chain of folders above a file, the nearest first.
    pub(crate) fn ancestors<'a>(&'a self, file: &'a File) -> impl Iterator<Item = &'a File> {
        let parent = |file: &File| self.files.get(file.parent.as_deref()?);
        std::iter::successors(parent(file), move |file| parent(file)).take(DEEPEST)
    }

    /// A file and what is below it.
    pub(crate) fn subtree(&self, id: &str) -> Vec<String> {
        let mut found = vec![id.to_owned()];
        let mut at = 0;
        while let Some(id) = found.get(at).cloned() {
            let children = self.files.values();
            let children = children.filter(|file| file.parent.as_deref() == Some(&id));
            found.extend(children.map(|file| file.id.clone()));
            at += 1;
        }
        found
    }

    /// Whether it is in the trash, itself or with a folder above it.
    pub(crate) fn is_trashed(&self, file: &File) -> bool {
        file.trashed.is_some() || self.ancestors(file).any(|above| above.trashed.is_some())
    }

    /// What somebody may do with a file; `None` for those who may not know of it.
    pub(crate) fn access(&self, file: &File, user: &str) -> Option<Access> {
        let mut best: Option<Access> = None;
        let mut add = |permission: &Permission, is_above: bool| {
            let Some(mut found) = self.granted(permission, user) else {
                return;
            };
            // Who owns a folder can change what others put there, and does not own it.
            if is_above && found.role == Role::Owner {
                found.role = Role::Writer;
            }
            best = Some(match best {
                Some(known) => Access {
                    role: known.role.max(found.role),
                    is_personal: known.is_personal || found.is_personal,
                    is_discoverable: known.is_discoverable || found.is_discoverable,
                },
                None => found,
            });
        };
        for permission in &file.permissions {
            add(permission, false);
        }
        for above in self.ancestors(file).filter(|it| it.parent.is_some()) {
            for permission in &above.permissions {
                add(permission, true);
            }
        }
        for member in self.members(file) {
            add(member, false);
        }
        best
    }

    /// The members of the shared drive that a file is in.
    pub(crate) fn members(&self, file: &File) -> &[Permission] {
        let drive = file.drive.as_ref().and_then(|id| self.shared.get(id));
        drive.map_or(&[], |drive| &drive.members)
    }

    /// Whether a permission has not ended yet.
    pub(crate) fn is_alive(&self, permission: &Permission) -> bool {
        permission.expires_ms.is_none_or(|end| end > self.now_ms)
    }

    /// What a permission gives somebody.
    fn granted(&self, permission: &Permission, user: &str) -> Option<Access> {
        if !self.is_alive(permission) {
            return None;
        }
        let domain = || {
            let account = self.account(user)?;
            account.hosted_domain.as_deref()
        };
        let (applies, is_personal) = match &permission.grantee {
            Grantee::User(email) => (email == user, true),
            Grantee::Group(_) => (false, false),
            Grantee::Domain(name) => (
                domain().is_some_and(|domain| domain.eq_ignore_ascii_case(name)),
                false,
            ),
            Grantee::Anyone => (true, false),
        };
        applies.then_some(Access {
            role: permission.role,
            is_personal,
            is_discoverable: is_personal || permission.discoverable,
        })
    }

    /// What somebody is in a shared drive.
    pub(crate) fn membership(&self, drive: &SharedDrive, user: &str) -> Option<Role> {
        let members = drive.members.iter();
        members
            .filter_map(|member| Some(self.granted(member, user)?.role))
            .max()
    }

    /// Notes that a file changed, with a new version.
    pub(crate) fn touch(&mut self, id: &str, now_ms: i64) {
        let Some(file) = self.files.get(id) else {
            return;
        };
        let viewers: Vec<String> = self.viewers(file).collect();
        let Some(file) = self.files.get_mut(id) else {
            return;
        };
        file.version += 1;
        file.seen_by.extend(viewers);
        self.changes.push(Change {
            time_ms: now_ms,
            subject: Subject::File(id.to_owned()),
            drive: file.drive.clone(),
            viewers: file.seen_by.clone(),
        });
    }

    /// The accounts whose lists show a file.
    fn viewers(&self, file: &File) -> impl Iterator<Item = String> {
        let emails = self.accounts.iter().map(|it| it.email.to_lowercase());
        emails.filter(|email| {
            let access = self.access(file, email);
            access.is_some_and(|access| access.is_personal || file.viewed.contains_key(email))
        })
    }

    /// Notes that a shared drive changed.
    pub(crate) fn touch_drive(&mut self, drive: &SharedDrive, now_ms: i64) {
        let emails = self.accounts.iter().map(|it| it.email.to_lowercase());
        let viewers = emails.filter(|email| self.membership(drive, email).is_some());
        self.changes.push(Change {
            time_ms: now_ms,
            subject: Subject::Drive(drive.id.clone()),
            drive: Some(drive.id.clone()),
            viewers: viewers.collect(),
        });
    }

    /// Removes a file and what is below it, for good.
    pub(crate) fn remove(&mut self, id: &str, now_ms: i64) {
        for id in self.subtree(id) {
            self.touch(&id, now_ms);
            self.files.remove(&id);
        }
    }

    /// Gives a file new content, as its newest revision.
    pub(crate) fn add_revision(&mut self, id: &str, body: Body, author: &str, now_ms: i64) {
        let revision_id = self.fresh_id("0B", 32);
        if let Some(file) = self.files.get_mut(id) {
            file.revisions.push(Revision {
                id: revision_id,
                modified_ms: now_ms,
                modified_by: author.to_owned(),
                mime_type: file.mime_type.clone(),
                body,
                keep_forever: false,
                original_filename: file.original_filename.clone(),
            });
            mark_modified(file, author, now_ms);
        }
    }

    /// The bytes that count towards an account's quota.
    pub(crate) fn usage(&self, email: &str) -> (u64, u64) {
        let own = self.files.values();
        let own = own.filter(|file| file.owner.as_deref() == Some(email));
        own.fold((0, 0), |(all, trashed), file| {
            let size: u64 = file.revisions.iter().map(|it| it.body.size()).sum();
            let in_trash = if self.is_trashed(file) { size } else { 0 };
            (all + size, trashed + in_trash)
        })
    }

    /// The roots: folders like others, which nothing moves or removes.
    pub(crate) fn plant_roots(&mut self, now_ms: i64) {
        for account in self.accounts.clone() {
            let email = account.email.to_lowercase();
            let root = File {
                id: Self::root_of(&email),
                name: "My Drive".to_owned(),
                mime_type: FOLDER.to_owned(),
                owner: Some(email.clone()),
                permissions: vec![Permission::new(
                    Grantee::User(email.clone()),
                    Role::Owner,
                    true,
                )],
                created_ms: now_ms,
                modified_ms: now_ms,
                modified_by: email,
                version: 1,
                ..File::default()
            };
            self.files.insert(root.id.clone(), root);
        }
    }

    pub(crate) fn is_root(&self, id: &str) -> bool {
        id.starts_with("0A") && self.files.get(id).is_some_and(|file| file.parent.is_none())
    }
}

/// Notes who modified a file when.
pub(crate) fn mark_modified(file: &mut File, author: &str, now_ms: i64) {
    file.modified_ms = now_ms;
    author.clone_into(&mut file.modified_by);
    file.modified.insert(author.to_owned(), now_ms);
    file.viewed.insert(author.to_owned(), now_ms);
}
