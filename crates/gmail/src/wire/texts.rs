//! Texts that Gmail keeps apart from their message.

use google_gmail1::api::{Message, MessagePartBody};
use toolgate_google_http::{Api, Call, Error, Method, Path, Query};

use super::{Gmail, lenient};
use crate::mime::{Lenient, put_text, texts_elsewhere};

/// How a text is fetched that is not in its message.
pub(crate) static TEXT: Method = Method::get(Api::Gmail, "gmail.users.messages.attachments.get");

impl Gmail {
    /// The message with its whole text. Where all of it is there, as nearly always, nothing is asked.
    /// What cannot be had stays listed as an attachment.
    pub(crate) async fn with_texts(&self, mut message: Message) -> Result<Message, Error> {
        let (Some(id), Some(payload)) = (message.id.clone(), message.payload.as_mut()) else {
            return Ok(message);
        };
        let texts = texts_elsewhere(payload);
        let call = |text: &String| {
            let path = Path::new("users/me/messages").seg(&id)?;
            let path = path.then("attachments").seg(text)?;
            Ok(Call::new(&TEXT, path).with_query(Query::new().fields("data,size")))
        };
        let calls: Result<Vec<Call>, Error> = texts.iter().map(call).collect();
        let answers = self.0.batch::<Lenient<MessagePartBody>>(calls?).await?;
        for (text, answer) in texts.iter().zip(answers) {
            if let Some(data) = answer.ok().and_then(|answer| lenient(answer).data) {
                put_text(payload, text, data);
            }
        }
        Ok(message)
    }
}
