//! What a tool's arguments say of a letter, checked before anything is asked of Google.

use toolgate_toolkit::ToolError;

use crate::{
    compose::{check_count, header_value, recipients},
    mime::Mailbox,
};

/// What a tool's arguments say of a letter. What is none was not mentioned.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Order<'a> {
    pub(crate) to: Option<&'a str>,
    pub(crate) cc: Option<&'a str>,
    pub(crate) bcc: Option<&'a str>,
    pub(crate) subject: Option<&'a str>,
    pub(crate) body: Option<&'a str>,
    pub(crate) reply_all: bool,
    pub(crate) from: Option<&'a str>,
    pub(crate) signature: bool,
}

/// Which letter it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A new one, which needs a subject.
    New,
    /// An answer, or a mail passed on: the subject is known.
    Known,
    /// A draft that changes.
    Changed,
}

/// Arguments that can be used.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) to: Option<Vec<Mailbox>>,
    pub(crate) cc: Option<Vec<Mailbox>>,
    pub(crate) bcc: Option<Vec<Mailbox>>,
    pub(crate) subject: Option<String>,
    pub(crate) body: Option<String>,
    pub(crate) reply_all: bool,
    /// One of the person's own addresses, as far as arguments can tell.
    pub(crate) from: Option<Mailbox>,
    pub(crate) signature: bool,
}

impl Order<'_> {
    /// # Errors
    ///
    /// When an argument cannot be used; it is named.
    pub(crate) fn check(self, kind: Kind, is_answer: bool) -> Result<Checked, ToolError> {
        let list = |argument, value: Option<&str>| {
            let list = value.map(|value| recipients(argument, &[value]));
            list.transpose().map_err(ToolError::from)
        };
        let checked = Checked {
            to: list("to", self.to)?,
            cc: list("cc", self.cc)?,
            bcc: list("bcc", self.bcc)?,
            subject: self.subject(kind)?,
            body: self.body.map(str::to_owned),
            reply_all: self.reply_all,
            from: self.from.map(sender).transpose()?,
            signature: self.signature,
        };
        let lists = [&checked.to, &checked.cc, &checked.bcc]
            .into_iter()
            .flatten();
        check_count("to", lists.map(Vec::len).sum())?;
        if self.reply_all && !is_answer {
            return Err(ToolError::invalid_argument(
                "reply_all",
                "there is no mail to answer",
                "false, or true beside a message_id",
            ));
        }
        if self.signature && self.body.is_none() {
            return Err(ToolError::invalid_argument(
                "signature",
                "it stands below a body, and there is none",
                "false, or true beside a body",
            ));
        }
        Ok(checked)
    }

    fn subject(self, kind: Kind) -> Result<Option<String>, ToolError> {
        let subject = self.subject.map(str::trim);
        let subject = subject.filter(|subject| !subject.is_empty());
        if subject.is_none() && kind == Kind::New {
            return Err(ToolError::invalid_argument(
                "subject",
                "it is missing, and this is no answer to a mail",
                "one line that says what the mail is about",
            ));
        }
        let subject = subject.map(|subject| header_value("subject", subject));
        Ok(subject.transpose()?.map(str::to_owned))
    }
}

impl Checked {
    /// Whether a letter to nobody was ordered.
    pub(crate) fn has_no_recipient(&self) -> bool {
        let mut lists = [&self.to, &self.cc, &self.bcc].into_iter().flatten();
        lists.all(Vec::is_empty)
    }
}

/// What is missing where nobody would get a mail that is to be sent.
pub(crate) fn no_recipient() -> ToolError {
    ToolError::invalid_argument(
        "to",
        "nobody would get the mail",
        "`name@example.org` or `Name <name@example.org>`, several separated by commas",
    )
}

fn sender(from: &str) -> Result<Mailbox, ToolError> {
    match &recipients("from", &[from])?[..] {
        [only] => Ok(only.clone()),
        _ => Err(ToolError::invalid_argument(
            "from",
            "it is not one address",
            "one of the person's own addresses, or nothing for the usual one",
        )),
    }
}
