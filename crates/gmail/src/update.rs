//! `update_draft`: changes what is mentioned of a draft, and nothing else of it.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use toolgate_google_http::Settlement;
use toolgate_toolkit::{ToolContext, ToolError, sized::joined};

use crate::{
    draft::Saved,
    error::Named,
    letter::{
        ANSWER, Answered, Checked, Kept, Kind, Letter, Order, Sender, Shown, check_size, read_files,
    },
    settlement::{SAVING, look_after_changed},
    setup::Setup,
    wire::{DRAFT, GET, Gmail, PROFILE, SEND_AS, THREAD, UPDATE_DRAFT},
};

pub(crate) const METHODS: &[&str] = &[
    UPDATE_DRAFT.id(),
    DRAFT.id(),
    GET.id(),
    THREAD.id(),
    PROFILE.id(),
    SEND_AS.id(),
];

/// What every change takes.
const CHANGE: &[&str] = &[UPDATE_DRAFT.id(), DRAFT.id()];

/// Characters of a list of files in an error.
const SHOWN: usize = 400;

/// Changes a draft. What is not given stays as it is; an empty text clears a list of recipients.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateDraft {
    /// The draft.
    #[schemars(length(min = 1))]
    draft_id: String,
    /// `Name <name@example.org>`, several separated by commas.
    to: Option<String>,
    /// As `to`.
    cc: Option<String>,
    /// As `to`.
    bcc: Option<String>,
    /// One line.
    subject: Option<String>,
    /// Plain text or Markdown, in place of the whole old text.
    body: Option<String>,
    /// Makes it an answer to this mail.
    #[schemars(length(min = 1))]
    message_id: Option<String>,
    /// Makes it an answer to the latest mail of this thread.
    #[schemars(length(min = 1))]
    thread_id: Option<String>,
    /// Files to add, from the allowed folder.
    attachments: Option<Vec<String>>,
    /// Names of files to take off.
    remove_attachments: Option<Vec<String>>,
    /// Another own address to send from.
    from: Option<String>,
    /// Append the own signature to `body`.
    signature: Option<bool>,
}

/// Changes a draft.
pub(crate) async fn update_draft(
    cx: ToolContext,
    args: UpdateDraft,
    setup: Setup,
) -> Result<Saved, ToolError> {
    let answered = Answered::of(args.message_id.as_deref(), args.thread_id.as_deref());
    let checked = check(&args, answered.is_some())?;
    let added = args.attachments.as_deref().unwrap_or_default();
    let added = read_files(&setup.folders, added).await?;

    let mut methods = CHANGE.to_vec();
    methods.extend(Sender::methods(&checked));
    methods.extend(answered.iter().flat_map(|_| ANSWER));
    let gmail = Gmail::writing(&cx, &methods, setup.settlement);
    let named = Named::draft(&args.draft_id);
    let Changed {
        mut letter,
        old_message,
    } = Box::pin(changed(&gmail, named, checked, answered)).await?;
    remove(
        &mut letter,
        args.remove_attachments.as_deref().unwrap_or_default(),
    )?;
    letter.attachments.extend(added);
    check_size(&letter.attachments)?;
    if letter.has_no_recipient() {
        letter.note("it has no recipient yet");
    }

    let composed = letter.compose(&cx)?;
    let drafts = Gmail::new(&cx, &[DRAFT.id()]);
    let thread_id = letter.thread_id.clone();
    let settled = Settlement::new(&cx, setup.settlement, SAVING)
        .settle(gmail.drafts_update(named.id, &composed, thread_id), || {
            look_after_changed(&drafts, named.id, &old_message, &composed.mark)
        })
        .await?;
    let kept = kept(&cx, named, &composed.raw, letter).await;
    Ok(Saved::new(settled, kept))
}

/// The draft as Google keeps it: headers that were not mentioned stand in it as somebody's program wrote them, and Google
/// may change others. Where it cannot be read any more, what was saved is told and that nobody looked.
async fn kept(cx: &ToolContext, named: Named<'_>, raw: &[u8], mut letter: Letter) -> Shown {
    // Ends early enough for an answer: the draft is saved, whatever becomes of this.
    let gmail = Gmail::writing(cx, &[DRAFT.id()], Duration::ZERO);
    cx.mark_sent();
    let draft = gmail.drafts_get_headers(named.id).await;
    cx.mark_settled();
    let payload = draft.ok().and_then(|draft| draft.message?.payload);
    let headers = payload.or_else(|| {
        letter.note("recipients and subject are as they were sent to Google, which could not be asked what it kept");
        Kept::head_of(raw)
    });
    match headers {
        Some(headers) => Shown::kept(&headers, &letter),
        None => Shown::from(letter),
    }
}

/// A draft as it is to be.
struct Changed {
    letter: Letter,
    /// The id of the message that it holds now.
    old_message: String,
}

/// Reads the draft, and whatever else the change takes, all at once.
async fn changed(
    gmail: &Gmail,
    named: Named<'_>,
    checked: Checked,
    answered: Option<Answered<'_>>,
) -> Result<Changed, ToolError> {
    let draft = async {
        let draft = gmail.drafts_get_raw(named.id).await;
        draft.map_err(|error| named.explain(error))
    };
    let parent = async {
        match &answered {
            Some(answered) => Ok(Some(answered.look_up(gmail).await?)),
            None => Ok(None),
        }
    };
    let sender = Sender::look_up(gmail, &checked);
    let (draft, parent, sender) = futures_util::try_join!(draft, parent, sender)?;

    let message = draft.message.unwrap_or_default();
    let kept = Kept::read(&message.raw.unwrap_or_default());
    let kept =
        kept.ok_or_else(|| ToolError::internal("this draft is no message that can be read"))?;
    let mentions_people = [&checked.to, &checked.cc, &checked.bcc]
        .iter()
        .any(|list| list.is_some());
    let mut letter = kept.letter(checked, sender, parent);
    if mentions_people {
        letter.without_repeats();
    }
    letter.thread_id = letter.thread_id.or(message.thread_id);
    Ok(Changed {
        letter,
        old_message: message.id.unwrap_or_default(),
    })
}

fn check(args: &UpdateDraft, is_answer: bool) -> Result<Checked, ToolError> {
    let order = Order {
        to: args.to.as_deref(),
        cc: args.cc.as_deref(),
        bcc: args.bcc.as_deref(),
        subject: args.subject.as_deref(),
        body: args.body.as_deref(),
        reply_all: false,
        from: args.from.as_deref(),
        signature: args.signature.unwrap_or(false),
    };
    let texts = [
        args.to.is_some(),
        args.cc.is_some(),
        args.bcc.is_some(),
        args.subject.is_some(),
    ];
    let files = [&args.attachments, &args.remove_attachments];
    let changes = texts.contains(&true)
        || args.body.is_some()
        || args.from.is_some()
        || is_answer
        || files
            .iter()
            .any(|files| files.as_ref().is_some_and(|it| !it.is_empty()));
    if !changes {
        return Err(ToolError::invalid_arguments(
            "nothing was given that the draft is to be changed to; give `subject`, `body`, `to` or another of the arguments",
        ));
    }
    order.check(Kind::Changed, is_answer)
}

/// Takes files off, each by its name.
fn remove(letter: &mut Letter, names: &[String]) -> Result<(), ToolError> {
    for name in names {
        let found = letter
            .attachments
            .iter()
            .position(|file| file.name() == name);
        let Some(found) = found else {
            let there: Vec<String> = letter
                .attachments
                .iter()
                .map(|file| file.name().to_owned())
                .collect();
            return Err(ToolError::invalid_argument(
                "remove_attachments",
                "there is no such file on the draft",
                &format!("a name among these: {}", joined(&there, SHOWN)),
            ));
        };
        letter.attachments.remove(found);
    }
    Ok(())
}
