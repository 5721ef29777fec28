//! Spreadsheets as Sheets opens, changes and makes them among the files.

use super::create;
use super::methods::Asked;
use super::native::Native;
use super::node::{Body, File, Role, SHEET};
use super::world::{Access, Drives, mark_modified};
use crate::call::{Call, Reply};
use crate::refusal::Refusal;
use crate::sheets::{Book, Editor, errors};

/// Edits of one person within this time are one revision.
const ONE_REVISION_MS: i64 = 10 * 60 * 1000;

const SCOPES: &str = "https://www.googleapis.com/auth/";

/// A spreadsheet that somebody opened.
#[derive(Debug, Clone)]
pub(crate) struct Opened {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) book: Book,
    pub(crate) may_edit: bool,
    pub(crate) editor: Editor,
}

impl Drives {
    /// Opens a spreadsheet for the caller.
    ///
    /// # Errors
    /// As Sheets refuses: 404 for what is not there, 403 for what is not theirs to read.
    pub(crate) fn open_book(
        &mut self,
        call: &Call,
        id: &str,
        now_ms: i64,
    ) -> Result<Opened, Refusal> {
        self.now_ms = now_ms;
        let user = call.account.to_lowercase();
        let file = self.files.get(id).ok_or_else(errors::not_found)?;
        let access = self.access(file, &user).ok_or_else(errors::forbidden)?;
        if !sees(
            call,
            file,
            &[
                "drive",
                "drive.readonly",
                "spreadsheets",
                "spreadsheets.readonly",
            ],
        ) {
            return Err(errors::not_found());
        }
        let Some(Native::Sheet(book)) = file.native() else {
            return Err(errors::no_spreadsheet());
        };
        let opened = Opened {
            id: id.to_owned(),
            title: file.name.clone(),
            book: (**book).clone(),
            may_edit: access.role >= Role::Writer && sees(call, file, &["drive", "spreadsheets"]),
            editor: self.editor(file, access, &user),
        };
        if let Some(file) = self.files.get_mut(id) {
            file.viewed.insert(user, now_ms);
        }
        Ok(opened)
    }

    fn editor(&self, file: &File, access: Access, user: &str) -> Editor {
        let domain = |email: &str| self.account(email)?.hosted_domain.clone();
        let mine = domain(user);
        let owner = file.owner.clone();
        Editor {
            email: user.to_owned(),
            is_owner: access.role >= Role::Organizer,
            is_of_domain: mine.is_some() && mine == owner.as_deref().and_then(domain),
            owner,
        }
    }

    /// Stores a spreadsheet as it is after a change.
    pub(crate) fn save_book(
        &mut self,
        opened: &Opened,
        book: Book,
        title: Option<String>,
        now_ms: i64,
    ) {
        let author = &opened.editor.email;
        let body = Body::Native(Native::Sheet(Box::new(book)));
        let revision = self.fresh_id("0B", 32);
        let Some(file) = self.files.get_mut(&opened.id) else {
            return;
        };
        if let Some(title) = title {
            file.name = title;
        }
        let head = file.revisions.last_mut();
        match head.filter(|head| {
            head.modified_by == *author && now_ms - head.modified_ms < ONE_REVISION_MS
        }) {
            Some(head) => {
                head.id = revision;
                head.body = body;
                head.modified_ms = now_ms;
                mark_modified(file, author, now_ms);
            }
            None => self.add_revision(&opened.id, body, author, now_ms),
        }
        self.touch(&opened.id, now_ms);
    }

    /// Makes a spreadsheet in the caller's root; its id.
    ///
    /// # Errors
    /// As a file is refused.
    pub(crate) fn add_book(
        &mut self,
        call: &Call,
        title: &str,
        book: Book,
        now_ms: i64,
    ) -> Result<String, Refusal> {
        self.now_ms = now_ms;
        let user = call.account.to_lowercase();
        let asked = Asked {
            call,
            user: &user,
            now_ms,
        };
        let file = File {
            name: title.to_owned(),
            mime_type: SHEET.to_owned(),
            ..File::default()
        };
        let root = Self::root_of(&user);
        let body = Body::Native(Native::Sheet(Box::new(book)));
        let made = create::add(self, asked, file, None, &root, Some(body))?;
        match made {
            Reply::Json(file) => Ok(file["id"].as_str().unwrap_or_default().to_owned()),
            _ => Err(errors::not_found()),
        }
    }
}

/// Whether the token is for all files, by one of these scopes, or for this one.
fn sees(call: &Call, file: &File, scopes: &[&str]) -> bool {
    let mut granted = call.scopes.iter().filter_map(|it| it.strip_prefix(SCOPES));
    file.is_of_app || granted.any(|scope| scopes.contains(&scope))
}
