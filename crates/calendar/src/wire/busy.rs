//! When people are busy.

use chrono::{DateTime, Utc};
use toolgate_google_http::{Call, Error, Path, Query};

use super::{
    Calendar, FREE_BUSY,
    reading::rfc3339,
    types::{FreeBusyRequest, FreeBusyRequestItem, FreeBusyResponse},
};

impl Calendar {
    /// The busy times of several calendars.
    pub(crate) async fn free_busy(
        &self,
        ids: &[String],
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<FreeBusyResponse, Error> {
        let items = ids.iter().map(|id| FreeBusyRequestItem {
            id: Some(id.clone()),
            ..FreeBusyRequestItem::default()
        });
        let request = FreeBusyRequest {
            items: Some(items.collect()),
            time_min: Some(rfc3339(from)),
            time_max: Some(rfc3339(to)),
            ..FreeBusyRequest::default()
        };
        let query = Query::new().fields("calendars");
        // It only asks, whatever its verb is: a repeat does no harm.
        let call = Call::new(&FREE_BUSY, Path::new("freeBusy"))
            .with_query(query)
            .with_json(&request)?
            .with_own_id();
        Ok(self.0.send(call).await?.body)
    }
}
