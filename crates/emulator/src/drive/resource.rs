//! A file as Google's replies show it.

use serde_json::{Value, json};

use super::methods::Asked;
use super::node::{Body, Comment, File, Remark, Revision, SHORTCUT};
use super::world::{Access, Drives};
use super::{export, sharing};

/// A time as Drive writes it.
pub(crate) fn time(ms: i64) -> String {
    chrono::DateTime::from_timestamp_millis(ms)
        .unwrap_or_default()
        .to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

impl Drives {
    /// A person as replies show them.
    pub(crate) fn user(&self, email: &str, me: &str) -> Value {
        let name = self.account(email).map_or(email, |account| &account.name);
        let permission_id = sharing::permission_id(email);
        json!({
            "kind": "drive#user",
            "displayName": name,
            "emailAddress": email,
            "me": email == me,
            "permissionId": permission_id,
        })
    }

    /// All that a caller may see of a file.
    pub(crate) fn file_json(&self, asked: Asked<'_>, file: &File, access: Access) -> Value {
        let me = asked.user;
        let may = self.may(file, access);
        let is_mine = file.owner.as_deref() == Some(me);
        let mut value = json!({
            "kind": "drive#file",
            "id": file.id,
            "name": file.name,
            "mimeType": file.mime_type,
            "starred": file.starred_by.contains(me),
            "trashed": self.is_trashed(file),
            "explicitlyTrashed": file.trashed.is_some(),
            "spaces": ["drive"],
            "version": file.version.to_string(),
            "webViewLink": web_view_link(file),
            "iconLink": format!("https://drive-thirdparty.googleusercontent.com/16/type/{}", file.mime_type),
            "hasThumbnail": false,
            "thumbnailVersion": "0",
            "viewedByMe": file.viewed.contains_key(me),
            "createdTime": time(file.created_ms),
            "modifiedTime": time(file.modified_ms),
            "modifiedByMe": file.modified.contains_key(me),
            "lastModifyingUser": self.user(&file.modified_by, me),
            "ownedByMe": is_mine,
            "capabilities": may.capabilities(file),
            "viewersCanCopyContent": !file.copy_requires_writer,
            "copyRequiresWriterPermission": file.copy_requires_writer,
            "writersCanShare": !file.writers_cannot_share,
            "isAppAuthorized": file.is_of_app,
            "quotaBytesUsed": quota_bytes(file).to_string(),
        });
        self.add_place(&mut value, asked, file);
        self.add_sharing(&mut value, asked, file, may.share() || may.edit());
        add_content(&mut value, file, &self.base_url);
        for (field, key) in [
            ("viewedByMeTime", &file.viewed),
            ("modifiedByMeTime", &file.modified),
        ] {
            if let Some(ms) = key.get(me) {
                value[field] = time(*ms).into();
            }
        }
        for (field, text) in [
            ("description", &file.description),
            ("folderColorRgb", &file.folder_color),
        ] {
            if let Some(text) = text {
                value[field] = text.as_str().into();
            }
        }
        for (field, pairs) in [
            ("properties", &file.properties),
            ("appProperties", &file.app_properties),
        ] {
            if !pairs.is_empty() {
                value[field] = json!(pairs);
            }
        }
        value
    }

    /// Where it is: a caller sees a folder that they may know of.
    fn add_place(&self, value: &mut Value, asked: Asked<'_>, file: &File) {
        let parent = file.parent.as_ref().and_then(|id| self.files.get(id));
        if let Some(parent) = parent.filter(|parent| self.access(parent, asked.user).is_some()) {
            value["parents"] = json!([parent.id]);
        }
        if let Some(drive) = &file.drive {
            value["driveId"] = drive.as_str().into();
            value["teamDriveId"] = drive.as_str().into();
        }
        if let Some((ms, who)) = &file.trashed
            && file.drive.is_some()
        {
            value["trashedTime"] = time(*ms).into();
            value["trashingUser"] = self.user(who, asked.user);
        }
        if let Some((target, mime_type)) = &file.shortcut {
            value["shortcutDetails"] = json!({ "targetId": target, "targetMimeType": mime_type });
        }
    }

    fn add_sharing(&self, value: &mut Value, asked: Asked<'_>, file: &File, shows_all: bool) {
        let me = asked.user;
        if let Some(owner) = &file.owner {
            value["owners"] = json!([self.user(owner, me)]);
            value["shared"] = (self.effective(file).len() > 1).into();
        }
        if let Some((ms, who)) = file
            .shared_with
            .get(me)
            .filter(|_| file.owner.as_deref() != Some(me))
        {
            value["sharedWithMeTime"] = time(*ms).into();
            value["sharingUser"] = self.user(who, me);
        }
        // Google lists permissions to those who could change them, and not in shared drives.
        if shows_all {
            let all = self.effective(file);
            value["permissionIds"] = all.iter().map(|(it, _)| it.id.as_str()).collect();
            if file.drive.is_none() {
                let shown = all.iter().map(|(it, _)| self.permission_json(file, it));
                value["permissions"] = shown.collect();
            }
        }
    }
}

fn web_view_link(file: &File) -> String {
    let id = &file.id;
    match file.mime_type.strip_prefix("application/vnd.google-apps.") {
        Some("folder") => format!("https://drive.google.com/drive/folders/{id}"),
        Some("document") => {
            format!("https://docs.google.com/document/d/{id}/edit?usp=drivesdk")
        }
        Some("spreadsheet") => {
            format!("https://docs.google.com/spreadsheets/d/{id}/edit?usp=drivesdk")
        }
        Some("presentation") => {
            format!("https://docs.google.com/presentation/d/{id}/edit?usp=drivesdk")
        }
        _ => format!("https://drive.google.com/file/d/{id}/view?usp=drivesdk"),
    }
}

fn add_content(value: &mut Value, file: &File, base_url: &str) {
    let Some(head) = file.head() else {
        return;
    };
    match &head.body {
        Body::Native(_) => {
            let formats = export::formats(&file.mime_type).iter();
            let link = |format: &&str| {
                let path = format!("drive/v3/files/{}/export", file.id);
                let format = (*format).to_owned();
                let link = format!("{base_url}{path}?mimeType={format}");
                (format, Value::from(link))
            };
            let links: serde_json::Map<String, Value> = formats.map(link).collect();
            if !links.is_empty() {
                value["exportLinks"] = links.into();
            }
        }
        Body::Blob { content, sums } => {
            value["md5Checksum"] = sums.md5.as_str().into();
            value["sha1Checksum"] = sums.sha1.as_str().into();
            value["sha256Checksum"] = sums.sha256.as_str().into();
            value["size"] = content.len().to_string().into();
            value["headRevisionId"] = head.id.as_str().into();
            let original = file.original_filename.as_ref().unwrap_or(&file.name);
            value["originalFilename"] = original.as_str().into();
            let extension = file.extension().unwrap_or_default();
            value["fileExtension"] = extension.into();
            value["fullFileExtension"] = extension.into();
            let link = format!("https://drive.google.com/uc?id={}&export=download", file.id);
            value["webContentLink"] = link.into();
        }
    }
    if let (Body::Native(_), false) = (&head.body, file.mime_type == SHORTCUT) {
        value["size"] = head.body.size().to_string().into();
    }
}

fn quota_bytes(file: &File) -> u64 {
    file.revisions.iter().map(|it| it.body.size()).sum()
}

impl Drives {
    /// A version of a file's content as replies show it.
    pub(crate) fn revision_json(&self, revision: &Revision, me: &str) -> Value {
        let mut value = json!({
            "kind": "drive#revision",
            "id": revision.id,
            "mimeType": revision.mime_type,
            "modifiedTime": time(revision.modified_ms),
            "lastModifyingUser": self.user(&revision.modified_by, me),
            "size": revision.body.size().to_string(),
        });
        if let Body::Blob { sums, .. } = &revision.body {
            value["md5Checksum"] = sums.md5.as_str().into();
            value["keepForever"] = revision.keep_forever.into();
            if let Some(name) = &revision.original_filename {
                value["originalFilename"] = name.as_str().into();
            }
        } else {
            value["published"] = false.into();
        }
        value
    }

    /// A comment with its replies, those that were deleted only where they are asked for.
    pub(crate) fn comment_json(&self, comment: &Comment, me: &str, with_deleted: bool) -> Value {
        let mut value = self.remark_json("drive#comment", &comment.remark, me);
        let replies = comment.replies.iter();
        value["replies"] = replies
            .filter(|reply| with_deleted || !reply.remark.is_deleted)
            .map(|reply| self.reply_json(reply, me))
            .collect();
        if !comment.remark.is_deleted {
            if let Some(anchor) = &comment.anchor {
                value["anchor"] = anchor.as_str().into();
            }
            if let Some(quoted) = &comment.quoted {
                value["quotedFileContent"] = quoted.clone();
            }
        }
        if comment.resolved || comment.replies.iter().any(|it| it.action.is_some()) {
            value["resolved"] = comment.resolved.into();
        }
        value
    }

    pub(crate) fn reply_json(&self, reply: &super::node::Reply, me: &str) -> Value {
        let mut value = self.remark_json("drive#reply", &reply.remark, me);
        if let Some(action) = &reply.action {
            value["action"] = action.as_str().into();
        }
        value
    }

    fn remark_json(&self, kind: &str, remark: &Remark, me: &str) -> Value {
        let mut value = json!({
            "kind": kind,
            "id": remark.id,
            "createdTime": time(remark.created_ms),
            "modifiedTime": time(remark.modified_ms),
            "deleted": remark.is_deleted,
        });
        if !remark.is_deleted {
            // Google shows whoever comments by name only, not by address.
            let mut author = self.user(&remark.author, me);
            if let Some(map) = author.as_object_mut() {
                map.remove("emailAddress");
                map.remove("permissionId");
            }
            value["author"] = author;
            value["content"] = remark.content.as_str().into();
            value["htmlContent"] = super::ooxml::escape(&remark.content).into();
        }
        value
    }
}
