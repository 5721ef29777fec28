//! Labels put on mails and taken off, and the bin. Doing any of it twice changes nothing.

use google_gmail1::api::{
    BatchModifyMessagesRequest, Message, ModifyMessageRequest, ModifyThreadRequest, Thread,
};
use toolgate_google_http::{Api, Call, Error, Method, Path, Query};

use super::Gmail;
use crate::labels::Change;

pub(crate) static MODIFY: Method = Method::post(Api::Gmail, "gmail.users.messages.modify");
pub(crate) static BATCH_MODIFY: Method =
    Method::post(Api::Gmail, "gmail.users.messages.batchModify");
pub(crate) static TRASH: Method = Method::post(Api::Gmail, "gmail.users.messages.trash");
pub(crate) static UNTRASH: Method = Method::post(Api::Gmail, "gmail.users.messages.untrash");
pub(crate) static MODIFY_THREAD: Method = Method::post(Api::Gmail, "gmail.users.threads.modify");
pub(crate) static TRASH_THREAD: Method = Method::post(Api::Gmail, "gmail.users.threads.trash");
pub(crate) static UNTRASH_THREAD: Method = Method::post(Api::Gmail, "gmail.users.threads.untrash");

/// How many messages one `batchModify` takes.
pub(crate) const MOST_AT_ONCE: usize = 1_000;

const MESSAGE: &str = "id,threadId,labelIds";
const THREAD: &str = "id,messages(id,labelIds)";

impl Gmail {
    pub(crate) async fn messages_modify(
        &self,
        id: &str,
        change: &Change,
    ) -> Result<Message, Error> {
        let path = Path::new("users/me/messages").seg(id)?.then("modify");
        let body = ModifyMessageRequest {
            add_label_ids: some(&change.add),
            remove_label_ids: some(&change.remove),
        };
        let call = repeatable(&MODIFY, path, MESSAGE).with_json(&body)?;
        Ok(self.0.send(call).await?.body)
    }

    /// Changes up to [`MOST_AT_ONCE`] messages, all or none of them.
    pub(crate) async fn messages_batch_modify(
        &self,
        ids: &[String],
        change: &Change,
    ) -> Result<(), Error> {
        let body = BatchModifyMessagesRequest {
            ids: Some(ids.to_vec()),
            add_label_ids: some(&change.add),
            remove_label_ids: some(&change.remove),
        };
        let path = Path::new("users/me/messages/batchModify");
        let call = Call::new(&BATCH_MODIFY, path)
            .with_json(&body)?
            .with_own_id();
        self.0.send::<()>(call).await?;
        Ok(())
    }

    /// Puts a message into the bin, or takes it out again.
    pub(crate) async fn messages_trash(&self, id: &str, undo: bool) -> Result<Message, Error> {
        let path = Path::new("users/me/messages").seg(id)?;
        let call = if undo {
            repeatable(&UNTRASH, path.then("untrash"), MESSAGE)
        } else {
            repeatable(&TRASH, path.then("trash"), MESSAGE)
        };
        Ok(self.0.send(call).await?.body)
    }

    pub(crate) async fn threads_modify(&self, id: &str, change: &Change) -> Result<Thread, Error> {
        let path = Path::new("users/me/threads").seg(id)?.then("modify");
        let body = ModifyThreadRequest {
            add_label_ids: some(&change.add),
            remove_label_ids: some(&change.remove),
        };
        let call = repeatable(&MODIFY_THREAD, path, THREAD).with_json(&body)?;
        Ok(self.0.send(call).await?.body)
    }

    /// Puts a thread into the bin, or takes it out again.
    pub(crate) async fn threads_trash(&self, id: &str, undo: bool) -> Result<Thread, Error> {
        let path = Path::new("users/me/threads").seg(id)?;
        let call = if undo {
            repeatable(&UNTRASH_THREAD, path.then("untrash"), THREAD)
        } else {
            repeatable(&TRASH_THREAD, path.then("trash"), THREAD)
        };
        Ok(self.0.send(call).await?.body)
    }
}

fn repeatable(method: &Method, path: Path, fields: &str) -> Call {
    let query = Query::new().fields(fields);
    Call::new(method, path).with_query(query).with_own_id()
}

fn some(ids: &[String]) -> Option<Vec<String>> {
    Some(ids.to_vec()).filter(|ids| !ids.is_empty())
}
