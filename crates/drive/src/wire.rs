//! Drive's methods, as far as the tools call them: typed, masked, nothing else.

mod account;
mod files;
mod media;
mod sharing;
mod talk;

use toolgate_auth::Requirement;
use toolgate_google_http::{Api, Method, Query, Rest};
use toolgate_toolkit::ToolContext;

pub(crate) use self::{
    files::{FileChange, Mark, NewFileBody, Place, Which},
    media::source_of,
    sharing::NewPermission,
    talk::CommentsAsked,
};

pub(crate) static LIST: Method = Method::get(Api::Drive, "drive.files.list");
pub(crate) static GET: Method = Method::get(Api::Drive, "drive.files.get");
pub(crate) static MEDIA: Method = Method::get(Api::Drive, "drive.files.get?alt=media");
pub(crate) static EXPORT: Method = Method::get(Api::Drive, "drive.files.export");
pub(crate) static CREATE: Method = Method::post(Api::Drive, "drive.files.create");
pub(crate) static IDS: Method = Method::get(Api::Drive, "drive.files.generateIds");
pub(crate) static UPDATE: Method = Method::patch(Api::Drive, "drive.files.update");
pub(crate) static COPY: Method = Method::post(Api::Drive, "drive.files.copy");
pub(crate) static PERMISSIONS: Method = Method::get(Api::Drive, "drive.permissions.list");
pub(crate) static PERMIT: Method = Method::post(Api::Drive, "drive.permissions.create");
pub(crate) static REPERMIT: Method = Method::patch(Api::Drive, "drive.permissions.update");
pub(crate) static UNPERMIT: Method = Method::delete(Api::Drive, "drive.permissions.delete");
pub(crate) static COMMENTS: Method = Method::get(Api::Drive, "drive.comments.list");
pub(crate) static COMMENT_GET: Method = Method::get(Api::Drive, "drive.comments.get");
pub(crate) static COMMENT: Method = Method::post(Api::Drive, "drive.comments.create");
pub(crate) static REPLY: Method = Method::post(Api::Drive, "drive.replies.create");
pub(crate) static REVISIONS: Method = Method::get(Api::Drive, "drive.revisions.list");
pub(crate) static DRIVES: Method = Method::get(Api::Drive, "drive.drives.list");
pub(crate) static CHANGES: Method = Method::get(Api::Drive, "drive.changes.list");
pub(crate) static START: Method = Method::get(Api::Drive, "drive.changes.getStartPageToken");
pub(crate) static ABOUT: Method = Method::get(Api::Drive, "drive.about.get");

/// What is used of a file.
pub(crate) const FILE: &str = "id,name,mimeType,size,createdTime,modifiedTime,parents,\
    owners(displayName,emailAddress,me),lastModifyingUser(displayName,emailAddress),shared,trashed,explicitlyTrashed,\
    driveId,description,webViewLink,shortcutDetails(targetId,targetMimeType),\
    md5Checksum,sha256Checksum,exportLinks,capabilities(canDownload,canEdit,canShare)";

/// One person's Drive, for the calls of one tool.
#[derive(Debug)]
pub(crate) struct Drive(Rest);

impl Drive {
    /// For calls of these methods, within the time of the tool call.
    pub(crate) fn new(cx: &ToolContext, methods: &[&'static str]) -> Self {
        let requirement = Requirement::for_methods(methods);
        Self(Rest::new(cx.access().clone(), requirement).until(cx.ends()))
    }
}

/// Without it, what is in a shared drive does not exist.
fn anywhere() -> Query {
    Query::new().with("supportsAllDrives", true)
}
