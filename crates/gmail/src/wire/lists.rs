//! Threads, drafts and changes, listed, and read in batches.

use google_gmail1::api::{
    Draft, ListDraftsResponse, ListHistoryResponse, ListThreadsResponse, Message, Thread,
};
use toolgate_google_http::{Answer, Api, Call, Error, Method, Path, Query};

use super::{GET, Gmail, LIST, MESSAGE, headers_only, lenient};
use crate::mime::Lenient;

pub(crate) static THREADS: Method = Method::get(Api::Gmail, "gmail.users.threads.list");
pub(crate) static DRAFTS: Method = Method::get(Api::Gmail, "gmail.users.drafts.list");
pub(crate) static DRAFT: Method = Method::get(Api::Gmail, "gmail.users.drafts.get");
pub(crate) static HISTORY: Method = Method::get(Api::Gmail, "gmail.users.history.list");

/// What a list shows of a message.
const HEADERS: [&str; 2] = ["From", "Subject"];
const BRIEF: &str = "id,threadId,labelIds,internalDate,payload/headers";

/// Messages that are listed by their ids alone.
#[derive(Debug, Default)]
pub(crate) struct IdPage {
    pub(crate) ids: Vec<String>,
    pub(crate) next: Option<String>,
}

impl Gmail {
    /// Ids of messages that match a search and wear these labels.
    pub(crate) async fn message_ids(
        &self,
        q: Option<&str>,
        label_ids: &[String],
        count: usize,
        page_token: Option<&str>,
    ) -> Result<IdPage, Error> {
        let query = Query::new()
            .with_some("q", q)
            .with("maxResults", count)
            .with_some("pageToken", page_token)
            .fields("messages/id,nextPageToken");
        let query = label_ids
            .iter()
            .fold(query, |query, id| query.with("labelIds", id));
        let path = Path::new("users/me/messages");
        let page = self.0.get(&LIST, path, query).await?.body;
        let page: google_gmail1::api::ListMessagesResponse = page;
        let messages = page.messages.unwrap_or_default().into_iter();
        Ok(IdPage {
            ids: messages.filter_map(|message| message.id).collect(),
            next: page.next_page_token,
        })
    }

    /// Messages without their bodies, in batches; in the order of the ids, and each with its own
    /// outcome.
    pub(crate) async fn messages_get_brief_batch(
        &self,
        ids: &[String],
    ) -> Result<Vec<Result<Message, Error>>, Error> {
        let call = |id: &String| {
            let path = Path::new("users/me/messages").seg(id)?;
            Ok(Call::new(&GET, path).with_query(headers_only(BRIEF, &HEADERS)))
        };
        let calls: Result<Vec<Call>, Error> = ids.iter().map(call).collect();
        Ok(bodies(self.0.batch(calls?).await?))
    }

    pub(crate) async fn threads_list(
        &self,
        q: &str,
        count: usize,
        page_token: Option<&str>,
    ) -> Result<ListThreadsResponse, Error> {
        let query =
            listed(q, count, page_token).fields("threads(id),nextPageToken,resultSizeEstimate");
        let path = Path::new("users/me/threads");
        Ok(self.0.get(&THREADS, path, query).await?.body)
    }

    /// Threads without the bodies of their messages, as [`Self::messages_get_brief_batch`].
    pub(crate) async fn threads_get_brief_batch(
        &self,
        ids: &[String],
    ) -> Result<Vec<Result<Thread, Error>>, Error> {
        let fields = format!("id,messages({BRIEF})");
        let call = |id: &String| {
            let path = Path::new("users/me/threads").seg(id)?;
            Ok(Call::new(&super::THREAD, path).with_query(headers_only(&fields, &HEADERS)))
        };
        let calls: Result<Vec<Call>, Error> = ids.iter().map(call).collect();
        Ok(bodies(self.0.batch(calls?).await?))
    }

    pub(crate) async fn drafts_list(
        &self,
        q: &str,
        count: usize,
        page_token: Option<&str>,
    ) -> Result<ListDraftsResponse, Error> {
        let query = listed(q, count, page_token)
            .fields("drafts(id,message(id,threadId)),nextPageToken,resultSizeEstimate");
        let path = Path::new("users/me/drafts");
        Ok(self.0.get(&DRAFTS, path, query).await?.body)
    }

    /// Drafts without their bodies, as [`Self::messages_get_brief_batch`].
    pub(crate) async fn drafts_get_brief_batch(
        &self,
        ids: &[String],
    ) -> Result<Vec<Result<Draft, Error>>, Error> {
        let call = |id: &String| {
            let path = Path::new("users/me/drafts").seg(id)?;
            // This method does not take the names of headers.
            let query = Query::new().with("format", "metadata");
            let query = query.fields(&format!("id,message({BRIEF})"));
            Ok(Call::new(&DRAFT, path).with_query(query))
        };
        let calls: Result<Vec<Call>, Error> = ids.iter().map(call).collect();
        Ok(bodies(self.0.batch(calls?).await?))
    }

    /// A draft, whole.
    pub(crate) async fn drafts_get(&self, id: &str) -> Result<Draft, Error> {
        let path = Path::new("users/me/drafts").seg(id)?;
        let query = Query::new().with("format", "full");
        let query = query.fields(&format!("id,message({MESSAGE})"));
        let answer = self.0.get::<Lenient<Draft>>(&DRAFT, path, query).await?;
        Ok(lenient(answer))
    }

    /// What changed after the state with the number `since`.
    pub(crate) async fn history_list(
        &self,
        since: &str,
        label_id: Option<&str>,
        count: usize,
        page_token: Option<&str>,
    ) -> Result<ListHistoryResponse, Error> {
        let message = "message(id,threadId,labelIds)";
        let fields = format!(
            "historyId,nextPageToken,history(id,messagesAdded({message}),messagesDeleted({message}),\
             labelsAdded({message},labelIds),labelsRemoved({message},labelIds))"
        );
        let query = Query::new()
            .with("startHistoryId", since)
            .with_some("labelId", label_id)
            .with("maxResults", count)
            .with_some("pageToken", page_token)
            .fields(&fields);
        let path = Path::new("users/me/history");
        Ok(self.0.get(&HISTORY, path, query).await?.body)
    }
}

fn listed(q: &str, count: usize, page_token: Option<&str>) -> Query {
    Query::new()
        .with_some("q", Some(q).filter(|q| !q.is_empty()))
        .with("maxResults", count)
        .with_some("pageToken", page_token)
}

pub(super) fn bodies<T>(answers: Vec<Result<Answer<T>, Error>>) -> Vec<Result<T, Error>> {
    let body = |answer: Result<Answer<T>, Error>| Ok(answer?.body);
    answers.into_iter().map(body).collect()
}
