//! Gmail's methods that write mail, and those by which an unclear end of one is looked into.

use std::time::Duration;

use google_gmail1::api::{Draft, Message, MessagePartBody};
use toolgate_auth::Requirement;
use toolgate_google_http::{Api, Call, Error, Method, Path, Query, Rest};
use toolgate_toolkit::ToolContext;

use super::{DRAFT, GET, Gmail, LIST, TEXT, lenient};
use crate::{letter::Composed, mime::Lenient};

pub(crate) static SEND: Method = Method::post(Api::Gmail, "gmail.users.messages.send");
pub(crate) static CREATE_DRAFT: Method = Method::post(Api::Gmail, "gmail.users.drafts.create");
pub(crate) static UPDATE_DRAFT: Method = Method::put(Api::Gmail, "gmail.users.drafts.update");
pub(crate) static SEND_DRAFT: Method = Method::post(Api::Gmail, "gmail.users.drafts.send");
pub(crate) static DELETE_DRAFT: Method = Method::delete(Api::Gmail, "gmail.users.drafts.delete");

/// Bytes of a message up to which it travels as a field of the JSON; a larger one is uploaded, which saves a third.
const IN_JSON: usize = 1024 * 1024;
/// Time kept back for the look-ups of a settlement, beside what they wait.
const FOR_LOOK_UPS: Duration = Duration::from_secs(5);
/// What tells one message from another.
const HEADERS: &str = "id,threadId,internalDate,payload/headers";

impl Gmail {
    /// As [`Gmail::new`], but ends early enough for a settlement of this length: what has left and was not answered by
    /// then is looked for in the time that is left.
    pub(crate) fn writing(
        cx: &ToolContext,
        methods: &[&'static str],
        settlement: Duration,
    ) -> Self {
        let kept_back = (settlement + FOR_LOOK_UPS).min(cx.remaining() / 2);
        let ends = cx.ends().checked_sub(kept_back).unwrap_or(cx.ends());
        let requirement = Requirement::for_methods(methods);
        Self(Rest::new(cx.access().clone(), requirement).until(ends))
    }

    pub(crate) async fn messages_send(
        &self,
        composed: &Composed,
        thread_id: Option<String>,
    ) -> Result<Message, Error> {
        let path = Path::new("users/me/messages/send");
        let query = Query::new().fields("id,threadId");
        let call = message(&SEND, path, query, composed, thread_id, |it| it)?;
        Ok(self.0.send(call).await?.body)
    }

    pub(crate) async fn drafts_create(
        &self,
        composed: &Composed,
        thread_id: Option<String>,
    ) -> Result<Draft, Error> {
        let path = Path::new("users/me/drafts");
        let query = Query::new().fields("id,message(id,threadId)");
        let call = message(&CREATE_DRAFT, path, query, composed, thread_id, draft)?;
        Ok(self.0.send(call).await?.body)
    }

    pub(crate) async fn drafts_update(
        &self,
        id: &str,
        composed: &Composed,
        thread_id: Option<String>,
    ) -> Result<Draft, Error> {
        let path = Path::new("users/me/drafts").seg(id)?;
        let query = Query::new().fields("id,message(id,threadId)");
        let call = message(&UPDATE_DRAFT, path, query, composed, thread_id, draft)?;
        Ok(self.0.send(call).await?.body)
    }

    pub(crate) async fn drafts_send(&self, id: &str) -> Result<Message, Error> {
        let path = Path::new("users/me/drafts/send");
        let query = Query::new().fields("id,threadId");
        let draft = Draft {
            id: Some(id.to_owned()),
            ..Draft::default()
        };
        Ok(self.0.post(&SEND_DRAFT, path, query, &draft).await?.body)
    }

    pub(crate) async fn drafts_delete(&self, id: &str) -> Result<(), Error> {
        let path = Path::new("users/me/drafts").seg(id)?;
        self.0.delete(&DELETE_DRAFT, path).await?;
        Ok(())
    }

    /// A draft with its headers, without its content.
    pub(crate) async fn drafts_get_headers(&self, id: &str) -> Result<Draft, Error> {
        Ok(self.0.send(draft_headers(id)?).await?.body)
    }

    /// A draft as the bytes of its message.
    pub(crate) async fn drafts_get_raw(&self, id: &str) -> Result<Draft, Error> {
        let path = Path::new("users/me/drafts").seg(id)?;
        let query = Query::new()
            .with("format", "raw")
            .fields("id,message(id,threadId,raw)");
        let answer = self.0.get::<Lenient<Draft>>(&DRAFT, path, query).await?;
        Ok(lenient(answer))
    }

    /// The latest sent mails that a query finds, wherever they are kept.
    pub(crate) async fn sent_list(&self, q: &str, count: usize) -> Result<Vec<Message>, Error> {
        let query = Query::new()
            .with_some("q", Some(q).filter(|q| !q.is_empty()))
            .with("labelIds", "SENT")
            .with("includeSpamTrash", true)
            .with("maxResults", count)
            .fields("messages(id,threadId)");
        let path = Path::new("users/me/messages");
        let answer = self
            .0
            .get::<Option<google_gmail1::api::ListMessagesResponse>>(&LIST, path, query);
        let list = answer.await?.body.unwrap_or_default();
        Ok(list.messages.unwrap_or_default())
    }

    /// Messages with their headers; one that is gone meanwhile is left out.
    pub(crate) async fn headers_get_batch(&self, ids: &[String]) -> Result<Vec<Message>, Error> {
        let call = |id: &String| {
            let path = Path::new("users/me/messages").seg(id)?;
            let query = Query::new().with("format", "metadata").fields(HEADERS);
            Ok(Call::new(&GET, path).with_query(query))
        };
        let calls: Result<Vec<Call>, Error> = ids.iter().map(call).collect();
        let answers = self.0.batch::<Message>(calls?).await?;
        present(answers.into_iter().map(|answer| answer.map(|it| it.body)))
    }

    /// The bytes of an attachment, by the id that Gmail gave it at this reading.
    pub(crate) async fn attachments_get(
        &self,
        message_id: &str,
        attachment_id: &str,
    ) -> Result<Vec<u8>, Error> {
        let path = Path::new("users/me/messages").seg(message_id)?;
        let path = path.then("attachments").seg(attachment_id)?;
        let query = Query::new().fields("data,size");
        let answer = self.0.get::<Lenient<MessagePartBody>>(&TEXT, path, query);
        Ok(lenient(answer.await?).data.unwrap_or_default())
    }
}

fn draft(message: Message) -> Draft {
    Draft {
        message: Some(message),
        ..Draft::default()
    }
}

fn draft_headers(id: &str) -> Result<Call, Error> {
    let path = Path::new("users/me/drafts").seg(id)?;
    let query = Query::new()
        .with("format", "metadata")
        .fields(&format!("id,message({HEADERS})"));
    Ok(Call::new(&DRAFT, path).with_query(query))
}

/// A call that carries a message: in the JSON, or beside it.
fn message<T: serde::Serialize>(
    method: &Method,
    path: Path,
    query: Query,
    composed: &Composed,
    thread_id: Option<String>,
    body: impl Fn(Message) -> T,
) -> Result<Call, Error> {
    let Composed { raw, boundary, .. } = composed;
    let is_small = raw.len() <= IN_JSON;
    let body = body(Message {
        raw: is_small.then(|| raw.clone()),
        thread_id,
        ..Message::default()
    });
    if is_small {
        return Call::new(method, path).with_query(query).with_json(&body);
    }
    Call::new(method, path)
        .with_query(query.with("uploadType", "multipart"))
        .with_multipart(&body, "message/rfc822", raw, boundary)
}

/// What is there of what was asked for.
pub(crate) fn present<T>(
    answers: impl IntoIterator<Item = Result<T, Error>>,
) -> Result<Vec<T>, Error> {
    let missing = |error: &Error| error.status().is_some_and(|status| status.as_u16() == 404);
    answers
        .into_iter()
        .filter(|answer| !answer.as_ref().is_err_and(missing))
        .collect()
}
