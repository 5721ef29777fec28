//! A file as a model sees it.

use chrono::{DateTime, SecondsFormat, Utc};
use google_drive3::api::{File, User};
use schemars::JsonSchema;
use serde::Serialize;
use toolgate_toolkit::sized::shortened;

pub(crate) const FOLDER: &str = "application/vnd.google-apps.folder";
pub(crate) const SHORTCUT: &str = "application/vnd.google-apps.shortcut";
/// How all of Google's own kinds begin.
pub(crate) const GOOGLE: &str = "application/vnd.google-apps.";

/// Characters of a name.
const NAME: usize = 120;
/// Characters of a person.
const PERSON: usize = 60;
/// Characters of a description.
const DESCRIPTION: usize = 600;
/// Characters of a media type or a link, which a cut would spoil less than it would cost.
const OTHER: usize = 200;

/// A file or a folder.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct FileView {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) mime_type: String,
    /// In bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) size: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) modified: Option<String>,
    /// The folder that it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) folder_id: Option<String>,
    /// Whose it is, unless it is the person's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) owner: Option<String>,
    /// The shared drive that it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) shared_drive_id: Option<String>,
    /// Others have access.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) shared: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) trashed: bool,
    /// What a shortcut points to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) target_id: Option<String>,
}

/// All facts of a file.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Facts {
    #[serde(flatten)]
    pub(crate) file: FileView,
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<String>,
    /// Who changed it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    modified_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// For people to open it.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// What the person may do: `download`, `edit`, `share`.
    may: Vec<&'static str>,
    /// The media types that it can be exported as.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    export_formats: Vec<String>,
    /// The shortcut that led here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) shortcut_id: Option<String>,
}

impl FileView {
    pub(crate) fn of(file: &File) -> Self {
        let owner = file.owners.as_deref().unwrap_or_default().first();
        let owner = owner.filter(|owner| owner.me != Some(true));
        let target = file.shortcut_details.as_ref();
        Self {
            id: file.id.clone().unwrap_or_default(),
            name: visible(file.name.as_deref().unwrap_or_default(), NAME),
            mime_type: shortened(file.mime_type.as_deref().unwrap_or_default(), NAME),
            size: file.size,
            modified: file.modified_time.map(moment),
            folder_id: file.parents.as_ref().and_then(|it| it.first().cloned()),
            owner: owner.and_then(person),
            shared_drive_id: file.drive_id.clone(),
            shared: file.shared == Some(true),
            trashed: file.trashed == Some(true),
            target_id: target.and_then(|it| it.target_id.clone()),
        }
    }
}

impl Facts {
    pub(crate) fn of(file: &File) -> Self {
        let can = file.capabilities.clone().unwrap_or_default();
        let may = [
            ("download", can.can_download),
            ("edit", can.can_edit),
            ("share", can.can_share),
        ];
        Self {
            file: FileView::of(file),
            created: file.created_time.map(moment),
            modified_by: file.last_modifying_user.as_ref().and_then(person),
            description: short(file.description.as_deref(), DESCRIPTION),
            link: link(file),
            may: may
                .iter()
                .filter(|it| it.1 == Some(true))
                .map(|it| it.0)
                .collect(),
            export_formats: offered(file),
            shortcut_id: None,
        }
    }
}

/// For people to open it.
pub(crate) fn link(file: &File) -> Option<String> {
    short(file.web_view_link.as_deref(), OTHER)
}

/// The media types that Google offers to export a file as, in order.
pub(crate) fn offered(file: &File) -> Vec<String> {
    let links = file.export_links.iter().flatten();
    let mut kinds: Vec<String> = links.map(|(kind, _)| shortened(kind, NAME)).collect();
    kinds.sort_unstable();
    kinds
}

/// A person by name and address, whichever is there.
pub(crate) fn person(user: &User) -> Option<String> {
    let name = user.display_name.as_deref().filter(|it| !it.is_empty());
    let address = user.email_address.as_deref().filter(|it| !it.is_empty());
    let text = match (name, address) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => return None,
    };
    Some(visible(&text, PERSON))
}

pub(crate) fn short(text: Option<&str>, room: usize) -> Option<String> {
    let text = text.map(|text| visible(text, room));
    text.filter(|text| !text.is_empty())
}

/// A text of somebody's on one line, without what would hide or turn something of it.
pub(crate) fn visible(text: &str, room: usize) -> String {
    let visible = text.chars().filter(|c| !toolgate_text::is_invisible(*c));
    let one_line = visible.map(|c| if c.is_control() { ' ' } else { c });
    shortened(&one_line.collect::<String>(), room)
}

/// A text of somebody's with its lines, without what would hide or turn something of it.
pub(crate) fn lines(text: &str) -> String {
    let shown = text.chars().filter(|c| !toolgate_text::is_invisible(*c));
    shown.collect()
}

pub(crate) fn moment(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
pub(crate) fn is_false(value: &bool) -> bool {
    !value
}
