//! Gmail's methods, as far as the tools call them: typed, masked, nothing else.

mod changes;
mod labels;
mod lists;
mod settings;
mod texts;
mod writing;

use google_gmail1::api::{ListMessagesResponse, Message, Profile, Thread};
use toolgate_auth::Requirement;
use toolgate_google_http::{Api, Call, Error, Method, Path, Query, Rest};
use toolgate_toolkit::ToolContext;

pub(crate) use self::{
    changes::{
        BATCH_MODIFY, MODIFY, MODIFY_THREAD, MOST_AT_ONCE, TRASH, TRASH_THREAD, UNTRASH,
        UNTRASH_THREAD,
    },
    labels::{CREATE_LABEL, DELETE_LABEL, LABEL, LABELS, PATCH_LABEL},
    lists::{DRAFT, DRAFTS, HISTORY, THREADS},
    settings::{
        CREATE_FILTER, DELETE_FILTER, FILTER, FILTERS, PATCH_SEND_AS, SEND_AS, SET_VACATION,
        SendAsPatch, VACATION,
    },
    texts::TEXT,
    writing::{CREATE_DRAFT, DELETE_DRAFT, SEND, SEND_DRAFT, UPDATE_DRAFT, present},
};
use crate::mime::Lenient;

pub(crate) static LIST: Method = Method::get(Api::Gmail, "gmail.users.messages.list");
pub(crate) static GET: Method = Method::get(Api::Gmail, "gmail.users.messages.get");
pub(crate) static THREAD: Method = Method::get(Api::Gmail, "gmail.users.threads.get");
pub(crate) static PROFILE: Method = Method::get(Api::Gmail, "gmail.users.getProfile");

/// What is used of a message. The payload nests without end, so it travels whole: Gmail leaves attachments out of it.
const MESSAGE: &str = "id,threadId,labelIds,snippet,internalDate,payload";
/// What an answer takes from the message that it answers.
const PARENT: &str = "id,threadId,labelIds,internalDate,payload/headers";
const PARENT_HEADERS: [&str; 9] = [
    "Delivered-To",
    "From",
    "Reply-To",
    "To",
    "Cc",
    "Subject",
    "Message-ID",
    "In-Reply-To",
    "References",
];

/// One person's Gmail, for the calls of one tool.
#[derive(Debug)]
pub(crate) struct Gmail(Rest);

impl Gmail {
    /// For calls of these methods, within the time of the tool call.
    pub(crate) fn new(cx: &ToolContext, methods: &[&'static str]) -> Self {
        let requirement = Requirement::for_methods(methods);
        Self(Rest::new(cx.access().clone(), requirement).until(cx.ends()))
    }

    /// The same person's Gmail for one method more, which may lack consent without harm to the others.
    pub(crate) fn alone(&self, method: &Method) -> Self {
        Self(self.0.for_methods(&[method.id()]))
    }

    pub(crate) async fn messages_list(
        &self,
        q: &str,
        count: usize,
        page_token: Option<&str>,
    ) -> Result<ListMessagesResponse, Error> {
        let query = Query::new()
            .with_some("q", Some(q).filter(|q| !q.is_empty()))
            .with("maxResults", count)
            .with_some("pageToken", page_token)
            .fields("messages(id,threadId),nextPageToken,resultSizeEstimate");
        let path = Path::new("users/me/messages");
        Ok(self.0.get(&LIST, path, query).await?.body)
    }

    /// Messages by their ids, in batches; in the order of the ids, and each with its own outcome.
    pub(crate) async fn messages_get_batch(
        &self,
        ids: &[String],
    ) -> Result<Vec<Result<Message, Error>>, Error> {
        let calls: Result<Vec<Call>, Error> = ids.iter().map(|id| get_message(id)).collect();
        let answers = self.0.batch::<Lenient<Message>>(calls?).await?;
        let read = |answer: Result<_, Error>| Ok(lenient(answer?));
        Ok(answers.into_iter().map(read).collect())
    }

    pub(crate) async fn messages_get(&self, id: &str) -> Result<Message, Error> {
        let answer = self.0.send::<Lenient<Message>>(get_message(id)?).await?;
        Ok(lenient(answer))
    }

    /// A message without its body.
    pub(crate) async fn messages_get_headers(&self, id: &str) -> Result<Message, Error> {
        self.messages_get_these_headers(id, PARENT, &PARENT_HEADERS)
            .await
    }

    /// These fields and headers of a message.
    pub(crate) async fn messages_get_these_headers(
        &self,
        id: &str,
        fields: &str,
        headers: &[&str],
    ) -> Result<Message, Error> {
        let path = Path::new("users/me/messages").seg(id)?;
        let query = headers_only(fields, headers);
        Ok(self.0.get(&GET, path, query).await?.body)
    }

    pub(crate) async fn threads_get(&self, id: &str) -> Result<Thread, Error> {
        let path = Path::new("users/me/threads").seg(id)?;
        let query = Query::new()
            .with("format", "full")
            .fields(&format!("id,messages({MESSAGE})"));
        let answer = self.0.get::<Lenient<Thread>>(&THREAD, path, query).await?;
        Ok(lenient(answer))
    }

    /// A thread without the bodies of its messages.
    pub(crate) async fn threads_get_headers(&self, id: &str) -> Result<Thread, Error> {
        let path = Path::new("users/me/threads").seg(id)?;
        let query = headers_only(&format!("id,messages({PARENT})"), &PARENT_HEADERS);
        Ok(self.0.get(&THREAD, path, query).await?.body)
    }

    pub(crate) async fn get_profile(&self) -> Result<Profile, Error> {
        let query = Query::new().fields("emailAddress,historyId");
        let path = Path::new("users/me/profile");
        Ok(self.0.get(&PROFILE, path, query).await?.body)
    }
}

fn get_message(id: &str) -> Result<Call, Error> {
    let path = Path::new("users/me/messages").seg(id)?;
    let query = Query::new().with("format", "full").fields(MESSAGE);
    Ok(Call::new(&GET, path).with_query(query))
}

fn headers_only(fields: &str, headers: &[&str]) -> Query {
    let query = Query::new().with("format", "metadata");
    headers
        .iter()
        .fold(query, |query, name| query.with("metadataHeaders", name))
        .fields(fields)
}

fn lenient<T>(answer: toolgate_google_http::Answer<Lenient<T>>) -> T {
    let Lenient(body) = answer.body;
    body
}
