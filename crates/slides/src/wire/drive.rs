//! Presentations as files of Drive: found, copied, exported, put into the trash.

use google_drive3::api::{File, FileList};
use serde::Serialize;
use toolgate_google_http::{Call, Download, Error, Patch, Path, Query};

use super::{COPY, DELETE, EXPORT, FILE, LIST, Slides, TRASH};

/// What is used of a file.
const FACTS: &str = "id,name,mimeType,createdTime,modifiedTime,trashed,explicitlyTrashed,driveId,shared,\
    owners(displayName,emailAddress,me),capabilities(canDownload,canTrash,canDelete)";

/// A property by which this program finds what it made.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Mark {
    pub(crate) toolgate: String,
}

/// What is said of a copy.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Copied<'a> {
    name: &'a str,
    app_properties: &'a Mark,
    #[serde(skip_serializing_if = "Option::is_none")]
    parents: Option<[&'a str; 1]>,
}

#[derive(Debug, Default, Serialize)]
struct Trashed {
    #[serde(skip_serializing_if = "Patch::is_leave")]
    trashed: Patch<bool>,
}

/// Without it, what is in a shared drive does not exist.
fn anywhere() -> Query {
    Query::new().with("supportsAllDrives", true)
}

impl Slides {
    /// A page of a search of Drive.
    pub(crate) async fn files(
        &self,
        q: &str,
        count: usize,
        page_token: Option<&str>,
        order: Option<&'static str>,
    ) -> Result<FileList, Error> {
        let query = anywhere()
            .with("q", q)
            .with("pageSize", count)
            .with("includeItemsFromAllDrives", true)
            .with("corpora", "allDrives")
            .with_some("orderBy", order)
            .with_some("pageToken", page_token)
            .fields(&format!("nextPageToken,incompleteSearch,files({FACTS})"));
        let path = Path::new("files");
        Ok(self.0.get(&LIST, path, query).await?.body)
    }

    pub(crate) async fn file(&self, id: &str) -> Result<File, Error> {
        let path = Path::new("files").seg(id)?;
        let query = anywhere().fields(FACTS);
        Ok(self.0.get(&FILE, path, query).await?.body)
    }

    pub(crate) async fn file_trash(&self, id: &str) -> Result<File, Error> {
        let path = Path::new("files").seg(id)?;
        let change = Trashed {
            trashed: Patch::Set(true),
        };
        let call = Call::new(&TRASH, path)
            .with_query(anywhere().fields(FACTS))
            .with_patch(&change)?;
        // A second time changes nothing.
        Ok(self.0.send(call.with_own_id()).await?.body)
    }

    pub(crate) async fn file_delete(&self, id: &str) -> Result<(), Error> {
        let path = Path::new("files").seg(id)?;
        let call = Call::new(&DELETE, path).with_query(anywhere());
        self.0.send_bytes(call).await?;
        Ok(())
    }

    pub(crate) async fn file_copy(
        &self,
        id: &str,
        name: &str,
        mark: &Mark,
        folder: Option<&str>,
    ) -> Result<File, Error> {
        let body = Copied {
            name,
            app_properties: mark,
            parents: folder.map(|it| [it]),
        };
        let path = Path::new("files").seg(id)?.then("copy");
        let call = Call::new(&COPY, path)
            .with_query(anywhere().fields(FACTS))
            .with_json(&body)?;
        Ok(self.0.send(call).await?.body)
    }

    /// Streams a presentation in this format into a new file of this machine.
    pub(crate) async fn file_export(
        &self,
        id: &str,
        kind: &str,
        to: std::fs::File,
        most: u64,
    ) -> Result<u64, Error> {
        let path = Path::new("files").seg(id)?.then("export");
        let call = Call::new(&EXPORT, path).with_query(Query::new().with("mimeType", kind));
        self.0.download(&Download::new(call, most), to).await
    }
}
