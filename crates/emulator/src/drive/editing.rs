//! Files of Google's editors, as the editors' own APIs make and change them.

use super::native::Native;
use super::node::{Body, File, Grantee, Permission, Role};
use super::world::{Drives, mark_modified};
use crate::content::Content;

/// What one person changes within this time is one revision, as Google merges them.
const ONE_REVISION_MS: i64 = 10 * 60 * 1000;

impl Drives {
    /// Makes a file in a person's root; returns its id: the one that is wanted, where it is free.
    pub(crate) fn add_native(
        &mut self,
        user: &str,
        id: Option<&str>,
        name: &str,
        (mime_type, native): (&str, Native),
    ) -> String {
        let now_ms = self.now_ms;
        let wanted = id.filter(|id| !self.files.contains_key(*id));
        let id = wanted.map(str::to_owned);
        let id = id.unwrap_or_else(|| self.fresh_id("1", 44));
        let owner = Grantee::User(user.to_owned());
        let mut file = File {
            id: id.clone(),
            name: name.to_owned(),
            mime_type: mime_type.to_owned(),
            parent: Some(Self::root_of(user)),
            owner: Some(user.to_owned()),
            permissions: vec![Permission::new(owner, Role::Owner, true)],
            created_ms: now_ms,
            is_of_app: true,
            ..File::default()
        };
        mark_modified(&mut file, user, now_ms);
        self.files.insert(id.clone(), file);
        self.add_revision(&id, Body::Native(native), user, now_ms);
        self.touch(&id, now_ms);
        id
    }

    /// Gives a file new content.
    pub(crate) fn edit_native(&mut self, id: &str, native: Native, user: &str) {
        let now_ms = self.now_ms;
        let head = self
            .files
            .get_mut(id)
            .and_then(|it| it.revisions.last_mut());
        let newest = head.filter(|head| {
            head.modified_by == user
                && !head.keep_forever
                && now_ms - head.modified_ms < ONE_REVISION_MS
        });
        if let Some(head) = newest {
            head.body = Body::Native(native);
        } else {
            self.add_revision(id, Body::Native(native), user, now_ms);
        }
        if let Some(file) = self.files.get_mut(id) {
            mark_modified(file, user, now_ms);
        }
        self.touch(id, now_ms);
    }

    /// The bytes of a file that everybody may download without signing in.
    pub(crate) fn public_content(&mut self, id: &str, now_ms: i64) -> Option<Content> {
        self.now_ms = now_ms;
        let file = self.files.get(id)?;
        // Nobody in particular: only what is for anyone is theirs.
        self.access(file, "")?;
        match &file.head()?.body {
            Body::Blob { content, .. } => Some(content.clone()),
            Body::Native(_) => None,
        }
    }
}
