//! Files and folders: lists, facts, and what is changed of them.

use google_drive3::api::{File, FileList, GeneratedIds};
use serde::Serialize;
use toolgate_google_http::{Call, Error, Patch, Path, Query};

use super::{COPY, CREATE, Drive, FILE, GET, IDS, LIST, UPDATE, anywhere};

/// Where files are looked for.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) enum Place<'a> {
    /// In what the person has opened or owns, which is enough for a folder that is named.
    #[default]
    Person,
    /// In all shared drives as well, opened or not.
    Everywhere,
    /// Only in this shared drive.
    Shared(&'a str),
}

/// Which files are listed.
#[derive(Debug, Default)]
pub(crate) struct Which<'a> {
    pub(crate) q: &'a str,
    pub(crate) order: Option<&'static str>,
    pub(crate) place: Place<'a>,
    pub(crate) count: usize,
    pub(crate) page_token: Option<&'a str>,
}

/// What is said of a new file.
#[derive(Debug, Default, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewFileBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) mime_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parents: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) app_properties: Option<Mark>,
}

/// A property by which this program finds what it made.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Mark {
    pub(crate) toolgate: String,
}

/// What is changed of a file.
#[derive(Debug, Default, Serialize)]
pub(crate) struct FileChange {
    #[serde(skip_serializing_if = "Patch::is_leave")]
    pub(crate) name: Patch<String>,
    #[serde(skip_serializing_if = "Patch::is_leave")]
    pub(crate) trashed: Patch<bool>,
}

impl Drive {
    pub(crate) async fn files_list(&self, which: Which<'_>) -> Result<FileList, Error> {
        let (corpora, shared_drive) = match which.place {
            Place::Person => (None, None),
            Place::Everywhere => (Some("allDrives"), None),
            Place::Shared(id) => (Some("drive"), Some(id)),
        };
        let query = Query::new()
            .with_some("q", Some(which.q).filter(|q| !q.is_empty()))
            .with_some("orderBy", which.order)
            .with("pageSize", which.count)
            .with_some("pageToken", which.page_token)
            .with("supportsAllDrives", true)
            .with("includeItemsFromAllDrives", true)
            .with_some("corpora", corpora)
            .with_some("driveId", shared_drive);
        let fields = "files(id,name,mimeType,size,modifiedTime,parents,owners(displayName,\
            emailAddress,me),shared,trashed,driveId,shortcutDetails(targetId,targetMimeType)),\
            nextPageToken,incompleteSearch";
        Ok(self
            .0
            .get(&LIST, Path::new("files"), query.fields(fields))
            .await?
            .body)
    }

    pub(crate) async fn files_get(&self, id: &str) -> Result<File, Error> {
        let path = Path::new("files").seg(id)?;
        Ok(self.0.get(&GET, path, anywhere().fields(FILE)).await?.body)
    }

    /// What an id names, and what a shortcut points to.
    pub(crate) async fn files_kind(&self, id: &str) -> Result<File, Error> {
        let path = Path::new("files").seg(id)?;
        let query = anywhere().fields("id,shortcutDetails(targetId)");
        Ok(self.0.get(&GET, path, query).await?.body)
    }

    /// An id for a file that is to be made.
    pub(crate) async fn generate_id(&self) -> Result<Option<String>, Error> {
        let query = Query::new()
            .with("count", 1)
            .with("space", "drive")
            .fields("ids");
        let path = Path::new("files/generateIds");
        let made: GeneratedIds = self.0.get(&IDS, path, query).await?.body;
        Ok(made.ids.unwrap_or_default().into_iter().next())
    }

    /// Makes a file without content, such as a folder. It carries an id of ours, or is not repeated.
    pub(crate) async fn files_create(&self, body: &NewFileBody) -> Result<File, Error> {
        let call = Call::new(&CREATE, Path::new("files"))
            .with_query(anywhere().fields(FILE))
            .with_json(body)?;
        self.made(call, body).await
    }

    pub(crate) async fn files_copy(&self, id: &str, body: &NewFileBody) -> Result<File, Error> {
        let path = Path::new("files").seg(id)?.then("copy");
        let call = Call::new(&COPY, path)
            .with_query(anywhere().fields(FILE))
            .with_json(body)?;
        self.made(call, body).await
    }

    async fn made(&self, call: Call, body: &NewFileBody) -> Result<File, Error> {
        let call = if body.id.is_some() {
            call.with_own_id()
        } else {
            call
        };
        Ok(self.0.send(call).await?.body)
    }

    pub(crate) async fn files_update(&self, id: &str, change: &FileChange) -> Result<File, Error> {
        let path = Path::new("files").seg(id)?;
        let call = Call::new(&UPDATE, path)
            .with_query(anywhere().fields(FILE))
            .with_patch(change)?;
        Ok(self.0.send(call).await?.body)
    }

    pub(crate) async fn files_move(
        &self,
        id: &str,
        from: Option<&str>,
        to: &str,
    ) -> Result<File, Error> {
        let path = Path::new("files").seg(id)?;
        let query = anywhere()
            .with("addParents", to)
            .with_some("removeParents", from)
            .fields(FILE);
        let call = Call::new(&UPDATE, path).with_query(query);
        Ok(self
            .0
            .send(call.with_patch(&FileChange::default())?)
            .await?
            .body)
    }
}
