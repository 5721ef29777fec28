//! The look-ups that tell what became of a write.

use google_gmail1::api::{Draft, Message};
use toolgate_google_http::Error;

use super::{Mark, Seen, mark::Likeness};
use crate::wire::{DRAFT, DRAFTS, GET, Gmail, LIST, present};

/// Of the latest mails or drafts, how many are looked at one by one.
const LATEST: usize = 20;

/// What looking among the sent mails takes.
pub(crate) const IN_SENT: &[&str] = &[LIST.id(), GET.id()];
/// What looking among the drafts takes.
pub(crate) const IN_DRAFTS: &[&str] = &[DRAFTS.id(), DRAFT.id()];

/// A sent mail, by its marks.
pub(crate) async fn find_sent(gmail: &Gmail, mark: &Mark) -> Result<Seen<Message>, Error> {
    let by_id = search(mark);
    if let Some(by_id) = &by_id
        && let Some(found) = gmail.sent_list(by_id, 1).await?.into_iter().next()
    {
        return Ok(Seen::Done(found));
    }
    // Gmail may have replaced the id, and its search may lag behind: the list does not.
    let latest = gmail.sent_list("", LATEST).await?;
    let ids: Vec<String> = latest.into_iter().filter_map(|it| it.id).collect();
    let latest = gmail.headers_get_batch(&ids).await?;
    let is_whole = ids.len() < LATEST || latest.iter().any(|message| mark.is_before(message));
    let seen = pick(latest, |it| mark.compare(it), |it| it.id.as_deref());
    Ok(unless_hidden(seen, is_whole))
}

/// A draft, by its marks.
pub(crate) async fn find_draft(gmail: &Gmail, mark: &Mark) -> Result<Seen<Draft>, Error> {
    if let Some(by_id) = &search(mark)
        && let Some(found) = drafts(gmail, by_id, 1).await?.into_iter().next()
    {
        return Ok(Seen::Done(found));
    }
    let latest = drafts(gmail, "", LATEST).await?;
    let ids: Vec<String> = latest.into_iter().filter_map(|it| it.id).collect();
    let latest = present(gmail.drafts_get_brief_batch(&ids).await?)?;
    let mut messages = latest.iter().filter_map(|draft| draft.message.as_ref());
    let is_whole = ids.len() < LATEST || messages.any(|message| mark.is_before(message));
    let likeness = |draft: &Draft| match &draft.message {
        Some(message) => mark.compare(message),
        None => Likeness::Other,
    };
    let seen = pick(latest, likeness, |it| it.id.as_deref());
    Ok(unless_hidden(seen, is_whole))
}

/// Where so much was written since that what is looked for may stand behind it, nothing is denied.
fn unless_hidden<T>(seen: Seen<T>, is_whole: bool) -> Seen<T> {
    match seen {
        Seen::NotDone if !is_whole => Seen::Doubtful(format!(
            "the latest {LATEST} are all newer than it would be"
        )),
        seen => seen,
    }
}

async fn drafts(gmail: &Gmail, q: &str, count: usize) -> Result<Vec<Draft>, Error> {
    let page = gmail.drafts_list(q, count, None).await?;
    Ok(page.drafts.unwrap_or_default())
}

/// None where the id is no id: a draft of somebody else's program may hold any text there, and
/// Gmail would take it for search operators.
fn search(mark: &Mark) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.@".contains(c);
    let id = mark.message_id();
    let is_id = id.chars().all(plain) && id.matches('@').count() == 1;
    is_id.then(|| format!("rfc822msgid:{id}"))
}

fn pick<T>(
    latest: Vec<T>,
    likeness: impl Fn(&T) -> Likeness,
    id: impl Fn(&T) -> Option<&str>,
) -> Seen<T> {
    let mut alike = None;
    for one in latest {
        match likeness(&one) {
            Likeness::Same => return Seen::Done(one),
            Likeness::Alike => alike = alike.or(Some(one)),
            Likeness::Other => {}
        }
    }
    match alike.as_ref().and_then(id) {
        Some(id) => Seen::Doubtful(format!(
            "`{id}` of that time has the same subject and recipients"
        )),
        None => Seen::NotDone,
    }
}

/// What became of a draft that was to be replaced, and whose message was `old`: Google gives a draft's message a new id with
/// each replacement.
pub(crate) async fn look_after_changed(
    gmail: &Gmail,
    id: &str,
    old: &str,
    mark: &Mark,
) -> Result<Seen<Draft>, Error> {
    let draft = match gmail.drafts_get_headers(id).await {
        Ok(draft) => draft,
        Err(error) if is_gone(&error) => {
            return Ok(Seen::Doubtful("the draft is gone".to_owned()));
        }
        Err(error) => return Err(error),
    };
    let message = draft.message.clone().unwrap_or_default();
    Ok(if message.id.as_deref() == Some(old) {
        Seen::NotDone
    } else if mark.compare(&message) == Likeness::Same {
        Seen::Done(draft)
    } else {
        Seen::Doubtful("the draft was changed at that time, by this or by somebody else".to_owned())
    })
}

/// What became of a draft that was to be sent: Google deletes it with the sending.
pub(crate) async fn look_after_sent(
    drafts: &Gmail,
    sent: &Gmail,
    id: &str,
    mark: &Mark,
) -> Result<Seen<Message>, Error> {
    match drafts.drafts_get_headers(id).await {
        Ok(_) => return Ok(Seen::NotDone),
        Err(error) if is_gone(&error) => {}
        Err(error) => return Err(error),
    }
    Ok(match find_sent(sent, mark).await? {
        Seen::NotDone => {
            Seen::Doubtful("the draft is gone, and no sent mail shows its marks".to_owned())
        }
        seen => seen,
    })
}

/// What became of a draft that was to be deleted.
pub(crate) async fn look_after_deleted(gmail: &Gmail, id: &str) -> Result<Seen<()>, Error> {
    match gmail.drafts_get_headers(id).await {
        Ok(_) => Ok(Seen::NotDone),
        Err(error) if is_gone(&error) => Ok(Seen::Done(())),
        Err(error) => Err(error),
    }
}

fn is_gone(error: &Error) -> bool {
    error.status().is_some_and(|status| status.as_u16() == 404)
}
