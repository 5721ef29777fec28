//! What a Drive holds: files, their revisions, permissions and comments.

use std::collections::{BTreeMap, BTreeSet};

use md5::Digest as _;

use super::native::Native;
use crate::content::Content;

pub(crate) const FOLDER: &str = "application/vnd.google-apps.folder";
pub(crate) const SHORTCUT: &str = "application/vnd.google-apps.shortcut";
pub(crate) const SCRIPT: &str = "application/vnd.google-apps.script";
pub(crate) const DOCUMENT: &str = "application/vnd.google-apps.document";
pub(crate) const SHEET: &str = "application/vnd.google-apps.spreadsheet";
pub(crate) const SLIDES: &str = "application/vnd.google-apps.presentation";

/// What somebody may do; later ones may do more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    Reader,
    Commenter,
    Writer,
    FileOrganizer,
    Organizer,
    Owner,
}

/// Whom a permission is for; addresses and domains are in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Grantee {
    User(String),
    Group(String),
    Domain(String),
    Anyone,
}

/// A permission on a file, or a member of a shared drive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Permission {
    pub(crate) id: String,
    pub(crate) grantee: Grantee,
    pub(crate) role: Role,
    /// Whether a search finds the file, where it is not for somebody by name.
    pub(crate) discoverable: bool,
    /// When it ends, in milliseconds since the epoch.
    pub(crate) expires_ms: Option<i64>,
}

/// A file, a folder or a shortcut.
#[derive(Debug, Clone, Default)]
pub(crate) struct File {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) mime_type: String,
    pub(crate) description: Option<String>,
    /// The folder that it is in; roots of people's Drives and of shared drives have none.
    pub(crate) parent: Option<String>,
    /// The shared drive that it is in.
    pub(crate) drive: Option<String>,
    /// Its owner's address; none in a shared drive.
    pub(crate) owner: Option<String>,
    pub(crate) permissions: Vec<Permission>,
    /// When it was trashed itself, and by whom.
    pub(crate) trashed: Option<(i64, String)>,
    pub(crate) created_ms: i64,
    pub(crate) modified_ms: i64,
    pub(crate) modified_by: String,
    pub(crate) starred_by: BTreeSet<String>,
    /// What each person last did when: viewed it, modified it.
    pub(crate) viewed: BTreeMap<String, i64>,
    pub(crate) modified: BTreeMap<String, i64>,
    /// When it was shared with whom, and by whom.
    pub(crate) shared_with: BTreeMap<String, (i64, String)>,
    pub(crate) properties: BTreeMap<String, String>,
    pub(crate) app_properties: BTreeMap<String, String>,
    pub(crate) folder_color: Option<String>,
    pub(crate) original_filename: Option<String>,
    pub(crate) indexable_text: String,
    pub(crate) copy_requires_writer: bool,
    pub(crate) writers_cannot_share: bool,
    /// The target of a shortcut with the target's type.
    pub(crate) shortcut: Option<(String, String)>,
    /// The versions of its content, the newest last; folders and shortcuts have none.
    pub(crate) revisions: Vec<Revision>,
    pub(crate) comments: Vec<Comment>,
    pub(crate) version: u64,
    /// Whether an application made or opened it, which is what `drive.file` lets it see.
    pub(crate) is_of_app: bool,
    /// Everybody who could see it at some time, for the list of changes.
    pub(crate) seen_by: BTreeSet<String>,
}

/// One version of a file's content.
#[derive(Debug, Clone)]
pub(crate) struct Revision {
    pub(crate) id: String,
    pub(crate) modified_ms: i64,
    pub(crate) modified_by: String,
    pub(crate) mime_type: String,
    pub(crate) body: Body,
    pub(crate) keep_forever: bool,
    pub(crate) original_filename: Option<String>,
}

/// A file's content: bytes, or what an editor of Google's holds.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    Blob { content: Content, sums: Sums },
    Native(Native),
}

/// Checksums in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) md5: String,
    pub(crate) sha1: String,
    pub(crate) sha256: String,
}

/// A comment with its replies.
#[derive(Debug, Clone)]
pub(crate) struct Comment {
    pub(crate) remark: Remark,
    pub(crate) anchor: Option<String>,
    pub(crate) quoted: Option<serde_json::Value>,
    pub(crate) resolved: bool,
    pub(crate) replies: Vec<Reply>,
}

/// An answer to a comment.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) remark: Remark,
    /// `resolve` or `reopen`.
    pub(crate) action: Option<String>,
}

/// What comments and replies have in common.
#[derive(Debug, Clone)]
pub(crate) struct Remark {
    pub(crate) id: String,
    pub(crate) author: String,
    pub(crate) content: String,
    pub(crate) created_ms: i64,
    pub(crate) modified_ms: i64,
    pub(crate) is_deleted: bool,
}

/// A shared drive.
#[derive(Debug, Clone)]
pub(crate) struct SharedDrive {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) created_ms: i64,
    pub(crate) color: Option<String>,
    pub(crate) members: Vec<Permission>,
    /// The id of the request that made it.
    pub(crate) request_id: Option<String>,
    pub(crate) restrictions: BTreeMap<String, bool>,
    pub(crate) hidden_for: BTreeSet<String>,
}

impl Role {
    const ALL: [(Self, &str); 6] = [
        (Self::Reader, "reader"),
        (Self::Commenter, "commenter"),
        (Self::Writer, "writer"),
        (Self::FileOrganizer, "fileOrganizer"),
        (Self::Organizer, "organizer"),
        (Self::Owner, "owner"),
    ];

    pub(crate) fn named(name: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(_, known)| *known == name);
        found.map(|(role, _)| *role)
    }

    pub(crate) fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(role, _)| *role == self);
        found.map_or("reader", |(_, name)| name)
    }
}

impl Grantee {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Group(_) => "group",
            Self::Domain(_) => "domain",
            Self::Anyone => "anyone",
        }
    }

    /// The address or the domain.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::User(name) | Self::Group(name) | Self::Domain(name) => Some(name),
            Self::Anyone => None,
        }
    }
}

impl Permission {
    pub(crate) fn new(grantee: Grantee, role: Role, discoverable: bool) -> Self {
        Self {
            id: Self::id_of(&grantee, discoverable),
            grantee,
            role,
            discoverable,
            expires_ms: None,
        }
    }

    /// The id is the grantee's: the same on every file.
    fn id_of(grantee: &Grantee, discoverable: bool) -> String {
        match grantee {
            Grantee::Anyone if discoverable => "anyone".to_owned(),
            Grantee::Anyone => "anyoneWithLink".to_owned(),
            Grantee::Domain(domain) if discoverable => format!("{}k", digits(domain)),
            other => digits(other.name().unwrap_or_default()),
        }
    }
}

impl File {
    pub(crate) fn is_folder(&self) -> bool {
        self.mime_type == FOLDER
    }

    pub(crate) fn head(&self) -> Option<&Revision> {
        self.revisions.last()
    }

    /// The content of a native file.
    pub(crate) fn native(&self) -> Option<&Native> {
        match &self.head()?.body {
            Body::Native(native) => Some(native),
            Body::Blob { .. } => None,
        }
    }

    /// What stands behind the last dot of the name.
    pub(crate) fn extension(&self) -> Option<&str> {
        self.name.rsplit_once('.').map(|(_, extension)| extension)
    }
}

impl Body {
    pub(crate) fn blob(content: Content) -> Self {
        let sums = Sums::of(&content);
        Self::Blob { content, sums }
    }

    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::Blob { content, .. } => content.len(),
            Self::Native(native) => native.size() as u64,
        }
    }
}

impl Sums {
    fn of(content: &Content) -> Self {
        let mut md5 = md5::Md5::new();
        let mut sha1 = ring::digest::Context::new(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY);
        let mut sha256 = ring::digest::Context::new(&ring::digest::SHA256);
        let mut at = 0;
        while let Ok(piece) = content.piece(at)
            && !piece.is_empty()
        {
            md5.update(&piece);
            sha1.update(&piece);
            sha256.update(&piece);
            at += piece.len() as u64;
        }
        Self {
            md5: hex(&md5.finalize()),
            sha1: hex(sha1.finish().as_ref()),
            sha256: hex(sha256.finish().as_ref()),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Twenty digits made from a text, as Google's ids of grantees look.
fn digits(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    let digits = digest.as_ref().iter().take(19);
    std::iter::once('1')
        .chain(digits.map(|byte| char::from(b'0' + byte % 10)))
        .collect()
}

impl File {
    /// The text of its content, as far as a search can read it.
    pub(crate) fn readable_text(&self) -> String {
        let Some(head) = self.head() else {
            return String::new();
        };
        let content = match &head.body {
            Body::Native(native) => return native.text(),
            Body::Blob { content, .. } => content.slice(0, crate::content::IN_MEMORY as u64),
        };
        let is_text = self.mime_type.starts_with("text/");
        if !is_text && self.mime_type != super::ooxml::DOCX {
            return String::new();
        }
        let bytes = content.bytes().unwrap_or_default();
        if is_text {
            return String::from_utf8_lossy(&bytes).into_owned();
        }
        let blocks = super::ooxml::read_docx(&bytes).unwrap_or_default();
        let lines = blocks.into_iter().map(|block| block.text + "\n");
        lines.collect()
    }
}
