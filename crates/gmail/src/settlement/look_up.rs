//! The look-ups that tell what became of a write.

use google_gmail1::api::{Draft, Message};
use toolgate_google_http::{Error, Seen};

use super::{Mark, mark::Likeness};
use crate::wire::{DRAFT, DRAFTS, GET, Gmail, LIST, present};

/// Of the latest mails or drafts, how many are looked at one by one.
const LATEST: usize = 20;

/// What looking among the sent mails takes.
pub(crate) const IN_SENT: &[&str] = &[LIST.id(), GET.id()];
/// What looking among the drafts takes.
pub(crate) const IN_DRAFTS: &[&str] = &[DRAFTS.id(), DRAFT.id()];

/// A sent mail, by its marks.
pub(crate) async fn find_sent(gmail: &Gmail, mark: &Mark) -> Result<Seen<Message>, Error> {
    if let Some(by_id) = search(mark)
        && let Seen::Done(found) = like(sent(gmail, &by_id).await?, mark)
    {
        return Ok(Seen::Done(found));
    }
    // Gmail may have replaced the id, and its search may lag behind: the list does not.
    let latest = sent(gmail, "").await?;
    let is_whole = latest.asked < LATEST || latest.found.iter().any(|it| mark.is_before(it));
    Ok(unless_hidden(like(latest, mark), is_whole))
}

/// A draft, by its marks.
pub(crate) async fn find_draft(gmail: &Gmail, mark: &Mark) -> Result<Seen<Draft>, Error> {
    if let Some(by_id) = search(mark)
        && let Seen::Done(found) = like_draft(drafts(gmail, &by_id).await?, mark)
    {
        return Ok(Seen::Done(found));
    }
    let latest = drafts(gmail, "").await?;
    let mut messages = latest.found.iter().filter_map(|it| it.message.as_ref());
    let is_whole = latest.asked < LATEST || messages.any(|message| mark.is_before(message));
    Ok(unless_hidden(like_draft(latest, mark), is_whole))
}

/// The latest that a search finds, with their headers.
struct Latest<T> {
    /// How many there were; some may be gone meanwhile.
    asked: usize,
    found: Vec<T>,
}

async fn sent(gmail: &Gmail, q: &str) -> Result<Latest<Message>, Error> {
    let list = gmail.sent_list(q, LATEST).await?;
    let ids: Vec<String> = list.into_iter().filter_map(|it| it.id).collect();
    let found = gmail.headers_get_batch(&ids).await?;
    let asked = ids.len();
    Ok(Latest { asked, found })
}

async fn drafts(gmail: &Gmail, q: &str) -> Result<Latest<Draft>, Error> {
    let page = gmail.drafts_list(q, LATEST, None).await?;
    let list = page.drafts.unwrap_or_default().into_iter();
    let ids: Vec<String> = list.filter_map(|it| it.id).collect();
    let found = present(gmail.drafts_get_brief_batch(&ids).await?)?;
    let asked = ids.len();
    Ok(Latest { asked, found })
}

fn like(latest: Latest<Message>, mark: &Mark) -> Seen<Message> {
    pick(latest.found, |it| mark.compare(it), |it| it.id.as_deref())
}

fn like_draft(latest: Latest<Draft>, mark: &Mark) -> Seen<Draft> {
    let likeness = |draft: &Draft| match &draft.message {
        Some(message) => mark.compare(message),
        None => Likeness::Other,
    };
    pick(latest.found, likeness, |it| it.id.as_deref())
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
