//! Who may do what with a file.

use google_drive3::api::{Permission, PermissionList};
use serde::{Serialize, de::IgnoredAny};
use toolgate_google_http::{Call, Error, Path};

use super::{Drive, PERMISSIONS, PERMIT, REPERMIT, UNPERMIT, anywhere};

const FIELDS: &str = "id,type,role,emailAddress,domain,displayName,expirationTime,\
    allowFileDiscovery,permissionDetails(inherited,role)";

/// Somebody who is to have access.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewPermission {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) role: &'static str,
    pub(crate) email_address: Option<String>,
    pub(crate) domain: Option<String>,
    pub(crate) allow_file_discovery: Option<bool>,
}

#[derive(Serialize)]
struct Role {
    role: &'static str,
}

impl Drive {
    pub(crate) async fn permissions_list(
        &self,
        file: &str,
        page_token: Option<&str>,
    ) -> Result<PermissionList, Error> {
        let path = Path::new("files").seg(file)?.then("permissions");
        let query = anywhere()
            .with("pageSize", 100)
            .with_some("pageToken", page_token)
            .fields(&format!("permissions({FIELDS}),nextPageToken"));
        Ok(self.0.get(&PERMISSIONS, path, query).await?.body)
    }

    /// All of them: a file has few, and one that is looked for may stand on any page.
    pub(crate) async fn permissions_all(&self, file: &str) -> Result<Vec<Permission>, Error> {
        let mut all = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let page = self.permissions_list(file, next.as_deref()).await?;
            all.extend(page.permissions.unwrap_or_default());
            let token = page.next_page_token.filter(|token| !token.is_empty());
            if token.is_none() || token == next {
                return Ok(all);
            }
            next = token;
        }
    }

    pub(crate) async fn permissions_create(
        &self,
        file: &str,
        new: &NewPermission,
        (notify, message): (bool, Option<&str>),
    ) -> Result<Permission, Error> {
        let path = Path::new("files").seg(file)?.then("permissions");
        let is_mailed = matches!(new.kind, "user" | "group");
        let query = anywhere()
            .with_some("sendNotificationEmail", is_mailed.then_some(notify))
            .with_some("emailMessage", message.filter(|_| is_mailed && notify))
            .fields(FIELDS);
        let call = Call::new(&PERMIT, path).with_query(query).with_json(new)?;
        Ok(self.0.send(call).await?.body)
    }

    pub(crate) async fn permissions_update(
        &self,
        file: &str,
        id: &str,
        role: &'static str,
    ) -> Result<Permission, Error> {
        let path = Path::new("files").seg(file)?.then("permissions").seg(id)?;
        let query = anywhere().fields(FIELDS);
        let call = Call::new(&REPERMIT, path).with_query(query);
        Ok(self.0.send(call.with_json(&Role { role })?).await?.body)
    }

    pub(crate) async fn permissions_delete(&self, file: &str, id: &str) -> Result<(), Error> {
        let path = Path::new("files").seg(file)?.then("permissions").seg(id)?;
        let call = Call::new(&UNPERMIT, path).with_query(anywhere());
        // Google answers with nothing; a page of somebody's on the way is no answer.
        self.0.send::<IgnoredAny>(call).await?;
        Ok(())
    }
}
