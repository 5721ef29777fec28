//! The account: its room, its shared drives, and what changed in it.

use google_drive3::api::{About, ChangeList, DriveList, StartPageToken};
use toolgate_google_http::{Error, Path, Query};

use super::{ABOUT, CHANGES, DRIVES, Drive, START, anywhere};

impl Drive {
    pub(crate) async fn about(&self) -> Result<About, Error> {
        let fields = "user(displayName,emailAddress),storageQuota";
        let query = Query::new().fields(fields);
        Ok(self.0.get(&ABOUT, Path::new("about"), query).await?.body)
    }

    pub(crate) async fn drives_list(
        &self,
        count: usize,
        page_token: Option<&str>,
    ) -> Result<DriveList, Error> {
        let query = Query::new()
            .with("pageSize", count)
            .with_some("pageToken", page_token)
            .fields("drives(id,name,createdTime,hidden),nextPageToken");
        Ok(self.0.get(&DRIVES, Path::new("drives"), query).await?.body)
    }

    pub(crate) async fn start_page_token(&self) -> Result<Option<String>, Error> {
        let path = Path::new("changes/startPageToken");
        let query = anywhere().fields("startPageToken");
        let start: StartPageToken = self.0.get(&START, path, query).await?.body;
        Ok(start.start_page_token)
    }

    pub(crate) async fn changes_list(
        &self,
        token: &str,
        count: usize,
    ) -> Result<ChangeList, Error> {
        let query = anywhere()
            .with("includeItemsFromAllDrives", true)
            .with("includeRemoved", true)
            .with("pageSize", count)
            .with("pageToken", token)
            .fields(
                "changes(time,removed,fileId,file(id,name,mimeType,size,modifiedTime,\
                 parents,owners(displayName,emailAddress,me),shared,trashed,driveId,\
                 shortcutDetails(targetId,targetMimeType)),drive(id)),nextPageToken,newStartPageToken",
            );
        Ok(self
            .0
            .get(&CHANGES, Path::new("changes"), query)
            .await?
            .body)
    }
}
