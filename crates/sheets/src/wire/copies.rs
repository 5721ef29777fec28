//! A spreadsheet as a file of Drive's: copied, and shared as another one is.

use google_drive3::api::{File, FileList, Permission, PermissionList};
use serde::Serialize;
use toolgate_google_http::{Call, Error, Path, Query};

use super::{COPY, FILE, FILES, PERMISSIONS, PERMIT, Sheets};

const FACTS: &str = "id,name,mimeType,webViewLink,owners(emailAddress)";

/// What is said of a copy.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct NewCopy<'a> {
    name: Option<&'a str>,
    app_properties: Mark<'a>,
}

/// A property by which this program finds what it made.
#[derive(Debug, Serialize)]
struct Mark<'a> {
    toolgate: &'a str,
}

/// Somebody who is to have access.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewPermission {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) role: String,
    pub(crate) email_address: Option<String>,
    pub(crate) domain: Option<String>,
    pub(crate) allow_file_discovery: Option<bool>,
    /// Access that ends.
    pub(crate) expiration_time: Option<String>,
}

/// Without it, what is in a shared drive does not exist.
fn anywhere() -> Query {
    Query::new().with("supportsAllDrives", true)
}

impl Sheets {
    pub(crate) async fn file(&self, id: &str) -> Result<File, Error> {
        let path = Path::new("files").seg(id)?;
        Ok(self
            .0
            .get(&FILE, path, anywhere().fields(FACTS))
            .await?
            .body)
    }

    /// Copies a file under a mark of ours. It is never repeated.
    pub(crate) async fn copy(
        &self,
        id: &str,
        name: Option<&str>,
        mark: &str,
    ) -> Result<File, Error> {
        let path = Path::new("files").seg(id)?.then("copy");
        let copy = NewCopy {
            name,
            app_properties: Mark { toolgate: mark },
        };
        let call = Call::new(&COPY, path).with_query(anywhere().fields(FACTS));
        Ok(self.0.send(call.with_json(&copy)?).await?.body)
    }

    /// The file that carries the mark, which has no quotes.
    pub(crate) async fn marked(&self, mark: &str) -> Result<Option<File>, Error> {
        let q = format!("appProperties has {{ key='toolgate' and value='{mark}' }}");
        let query = Query::new()
            .with("q", q)
            .with("pageSize", 1)
            .with("supportsAllDrives", true)
            .with("includeItemsFromAllDrives", true)
            .with("corpora", "allDrives")
            .fields(&format!("files({FACTS}),incompleteSearch"));
        let page: FileList = self.0.get(&FILES, Path::new("files"), query).await?.body;
        Ok(page.files.unwrap_or_default().into_iter().next())
    }

    /// Everybody who has access.
    pub(crate) async fn permissions(&self, id: &str) -> Result<Vec<Permission>, Error> {
        let mut all = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let path = Path::new("files").seg(id)?.then("permissions");
            let query = anywhere()
                .with("pageSize", 100)
                .with_some("pageToken", next.as_deref())
                .fields(
                    "permissions(id,type,role,emailAddress,domain,allowFileDiscovery,deleted,\
                     view,expirationTime),nextPageToken",
                );
            let page: PermissionList = self.0.get(&PERMISSIONS, path, query).await?.body;
            all.extend(page.permissions.unwrap_or_default());
            let token = page.next_page_token.filter(|token| !token.is_empty());
            if token.is_none() || token == next {
                return Ok(all);
            }
            next = token;
        }
    }

    /// Gives access. A mail about it goes to people alone, and only where it is asked for.
    pub(crate) async fn permit(
        &self,
        id: &str,
        new: &NewPermission,
        notify: bool,
    ) -> Result<Permission, Error> {
        let path = Path::new("files").seg(id)?.then("permissions");
        let is_mailed = matches!(new.kind.as_str(), "user" | "group");
        let query = anywhere()
            .with_some("sendNotificationEmail", is_mailed.then_some(notify))
            .fields("id,type,role,emailAddress,domain");
        let call = Call::new(&PERMIT, path).with_query(query).with_json(new)?;
        Ok(self.0.send(call).await?.body)
    }
}
