//! What an account's Drive holds when the emulator starts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The Drive of one account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedDrive {
    /// The account's own files and folders; a folder stands before what is in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<SeedFile>,
    /// Shared drives that the account made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared_drives: Vec<SeedSharedDrive>,
}

/// A file, a folder or a shortcut.
///
/// What it is follows from what it has: `markdown` makes a Google Doc, `tabs` a Google Sheet,
/// `slides` Google Slides, `text` and `base64` a file of bytes, `shortcut_to` a shortcut. With a
/// `mime_type` such as Word's, Excel's or PDF's, `markdown`, `tabs` and `slides` make a file of that
/// type instead. A folder has the folder's `mime_type`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a seed says each of them by itself"
)]
pub struct SeedFile {
    /// The file's id; made up when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// Its media type, where that does not follow from its content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// The id of the folder that it is in; the root when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Its description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When it was created: as a message's date; as it was modified when empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub created: String,
    /// When it was last modified: as a message's date.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub modified: String,
    /// Whether its owner gave it a star.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub starred: bool,
    /// Whether it is in the trash.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub trashed: bool,
    /// Whether readers may not copy or download it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub copy_requires_writer: bool,
    /// Whether an application made or opened it, which is what the scope `drive.file` shows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub of_app: bool,
    /// Properties that all applications see.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<String, String>,
    /// Whom it is shared with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared_with: Vec<SeedGrant>,
    /// A document, in Markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub markdown: Option<String>,
    /// The tabs of a spreadsheet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tabs: Vec<SeedTab>,
    /// An outline of each slide of a presentation. The first line is the title, all others the text;
    /// tabs before a line make it an item of a deeper level. Lines that begin with `|` are a table,
    /// one like `![description](data:image/png;base64,...)` is a picture, and what follows a line
    /// `Notes:` is for the speaker. The slides have the ids `slide_1` and so on, what is on them
    /// `slide_1_title`, `slide_1_body`, `slide_1_table` and `slide_1_image`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slides: Vec<String>,
    /// The content, when it is text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The content in standard base64, when it is not text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
    /// The id of the file that a shortcut leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortcut_to: Option<String>,
}

/// One tab of a spreadsheet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedTab {
    /// Its name.
    pub name: String,
    /// Its cells, row by row.
    #[serde(default)]
    pub rows: Vec<Vec<String>>,
}

/// Somebody who may do something with a file or in a shared drive.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedGrant {
    /// Such as `reader`, `commenter`, `writer`; in a shared drive also `fileOrganizer`, `organizer`.
    pub role: String,
    /// A person's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// A group's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// All people of a domain; without any of these, everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// Whether a search finds it, where it is for a domain or for everybody.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub discoverable: bool,
}

/// A shared drive.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedSharedDrive {
    /// Its id, 19 letters that begin with `0A`; made up when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// The members beside the account that made it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<SeedGrant>,
    /// Its files; one without a `parent` stands at its top.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<SeedFile>,
}
