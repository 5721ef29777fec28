//! Labels as things of their own.

use google_gmail1::api::{Label, ListLabelsResponse};
use toolgate_google_http::{Api, Call, Error, Method, Path, Query};

use super::{Gmail, lists::bodies};

pub(crate) static LABELS: Method = Method::get(Api::Gmail, "gmail.users.labels.list");
pub(crate) static LABEL: Method = Method::get(Api::Gmail, "gmail.users.labels.get");
pub(crate) static CREATE_LABEL: Method = Method::post(Api::Gmail, "gmail.users.labels.create");
pub(crate) static PATCH_LABEL: Method = Method::patch(Api::Gmail, "gmail.users.labels.patch");
pub(crate) static DELETE_LABEL: Method = Method::delete(Api::Gmail, "gmail.users.labels.delete");

/// What a label is, without counts.
const PLAIN: &str = "id,name,type";
const COUNTED: &str = "id,name,type,messagesTotal,messagesUnread,threadsTotal,threadsUnread";

impl Gmail {
    /// All labels, without counts. Gmail hands them out at once.
    pub(crate) async fn labels_list(&self) -> Result<Vec<Label>, Error> {
        let query = Query::new().fields(&format!("labels({PLAIN})"));
        let path = Path::new("users/me/labels");
        let list: ListLabelsResponse = self.0.get(&LABELS, path, query).await?.body;
        Ok(list.labels.unwrap_or_default())
    }

    /// Labels with counts, in batches; in the order of the ids, and each with its own outcome.
    pub(crate) async fn labels_get_batch(
        &self,
        ids: &[String],
    ) -> Result<Vec<Result<Label, Error>>, Error> {
        let calls: Result<Vec<Call>, Error> = ids.iter().map(|id| counted(id)).collect();
        Ok(bodies(self.0.batch(calls?).await?))
    }

    /// A label with counts.
    pub(crate) async fn labels_get(&self, id: &str) -> Result<Label, Error> {
        Ok(self.0.send(counted(id)?).await?.body)
    }

    pub(crate) async fn labels_create(&self, name: &str) -> Result<Label, Error> {
        let label = Label {
            name: Some(name.to_owned()),
            label_list_visibility: Some("labelShow".to_owned()),
            message_list_visibility: Some("show".to_owned()),
            ..Label::default()
        };
        let query = Query::new().fields(PLAIN);
        let path = Path::new("users/me/labels");
        Ok(self.0.post(&CREATE_LABEL, path, query, &label).await?.body)
    }

    /// Gives a label another name. Doing it twice changes nothing.
    pub(crate) async fn labels_rename(&self, id: &str, name: &str) -> Result<Label, Error> {
        let label = Label {
            name: Some(name.to_owned()),
            ..Label::default()
        };
        let path = Path::new("users/me/labels").seg(id)?;
        let call = Call::new(&PATCH_LABEL, path)
            .with_query(Query::new().fields(PLAIN))
            .with_json(&label)?
            .with_own_id();
        Ok(self.0.send(call).await?.body)
    }

    pub(crate) async fn labels_delete(&self, id: &str) -> Result<(), Error> {
        let path = Path::new("users/me/labels").seg(id)?;
        self.0.delete(&DELETE_LABEL, path).await?;
        Ok(())
    }
}

fn counted(id: &str) -> Result<Call, Error> {
    let path = Path::new("users/me/labels").seg(id)?;
    Ok(Call::new(&LABEL, path).with_query(Query::new().fields(COUNTED)))
}
