//! Filters, addresses to send from, and the vacation responder.

use google_gmail1::api::{
    Filter, ListFiltersResponse, ListSendAsResponse, SendAs, VacationSettings,
};
use serde::Serialize;
use toolgate_google_http::{Api, Call, Error, Method, Patch, Path, Query};

use super::Gmail;

pub(crate) static FILTERS: Method = Method::get(Api::Gmail, "gmail.users.settings.filters.list");
pub(crate) static FILTER: Method = Method::get(Api::Gmail, "gmail.users.settings.filters.get");
pub(crate) static CREATE_FILTER: Method =
    Method::post(Api::Gmail, "gmail.users.settings.filters.create");
pub(crate) static DELETE_FILTER: Method =
    Method::delete(Api::Gmail, "gmail.users.settings.filters.delete");
pub(crate) static SEND_AS: Method = Method::get(Api::Gmail, "gmail.users.settings.sendAs.list");
pub(crate) static PATCH_SEND_AS: Method =
    Method::patch(Api::Gmail, "gmail.users.settings.sendAs.patch");
pub(crate) static VACATION: Method = Method::get(Api::Gmail, "gmail.users.settings.getVacation");
pub(crate) static SET_VACATION: Method =
    Method::put(Api::Gmail, "gmail.users.settings.updateVacation");

const FILTER_FIELDS: &str = "id,criteria,action";
const SEND_AS_FIELDS: &str =
    "sendAsEmail,displayName,replyToAddress,signature,isPrimary,isDefault,verificationStatus";

/// An update of an address to send from.
#[derive(Debug, Default, Serialize)]
pub(crate) struct SendAsPatch {
    #[serde(skip_serializing_if = "Patch::is_leave")]
    pub(crate) signature: Patch<String>,
}

impl Gmail {
    pub(crate) async fn filters_list(&self) -> Result<Vec<Filter>, Error> {
        let query = Query::new().fields(&format!("filter({FILTER_FIELDS})"));
        let path = Path::new("users/me/settings/filters");
        let list: ListFiltersResponse = self.0.get(&FILTERS, path, query).await?.body;
        Ok(list.filter.unwrap_or_default())
    }

    pub(crate) async fn filters_get(&self, id: &str) -> Result<Filter, Error> {
        let path = Path::new("users/me/settings/filters").seg(id)?;
        let query = Query::new().fields(FILTER_FIELDS);
        Ok(self.0.get(&FILTER, path, query).await?.body)
    }

    pub(crate) async fn filters_create(&self, filter: &Filter) -> Result<Filter, Error> {
        let query = Query::new().fields(FILTER_FIELDS);
        let path = Path::new("users/me/settings/filters");
        Ok(self.0.post(&CREATE_FILTER, path, query, filter).await?.body)
    }

    pub(crate) async fn filters_delete(&self, id: &str) -> Result<(), Error> {
        let path = Path::new("users/me/settings/filters").seg(id)?;
        self.0.delete(&DELETE_FILTER, path).await?;
        Ok(())
    }

    pub(crate) async fn send_as_list(&self) -> Result<Vec<SendAs>, Error> {
        let query = Query::new().fields(&format!("sendAs({SEND_AS_FIELDS})"));
        let path = Path::new("users/me/settings/sendAs");
        let list: ListSendAsResponse = self.0.get(&SEND_AS, path, query).await?.body;
        Ok(list.send_as.unwrap_or_default())
    }

    /// Changes an address to send from. Doing it twice changes nothing.
    pub(crate) async fn send_as_patch(
        &self,
        email: &str,
        patch: &SendAsPatch,
    ) -> Result<SendAs, Error> {
        let address = Path::new("users/me/settings/sendAs").seg(email)?;
        let call = Call::new(&PATCH_SEND_AS, address)
            .with_query(Query::new().fields(SEND_AS_FIELDS))
            .with_patch(patch)?
            .with_own_id();
        Ok(self.0.send(call).await?.body)
    }

    pub(crate) async fn vacation_get(&self) -> Result<VacationSettings, Error> {
        let path = Path::new("users/me/settings/vacation");
        let query = Query::new().fields(VACATION_FIELDS);
        Ok(self.0.get(&VACATION, path, query).await?.body)
    }

    /// Replaces the vacation responder. Doing it twice changes nothing.
    pub(crate) async fn vacation_update(
        &self,
        settings: &VacationSettings,
    ) -> Result<VacationSettings, Error> {
        let call = Call::new(&SET_VACATION, Path::new("users/me/settings/vacation"))
            .with_query(Query::new().fields(VACATION_FIELDS))
            .with_json(settings)?
            .with_own_id();
        Ok(self.0.send(call).await?.body)
    }
}

const VACATION_FIELDS: &str = "enableAutoReply,responseSubject,responseBodyPlainText,\
     responseBodyHtml,restrictToContacts,restrictToDomain,startTime,endTime";
