//! The scopes we know: how sensitive each is, ranked by hand, and what it means in words.

/// A scope of the APIs.
pub(super) struct Known {
    pub(super) url: &'static str,
    /// How sensitive it is. Ranks are summed, so that a wide scope ranks above the narrow ones
    /// that a tool would ask for in its place.
    pub(super) rank: u32,
    /// What it lets a program do, as a person reads it.
    pub(super) words: &'static str,
}

/// Writes `SCOPES` one line a scope.
macro_rules! known {
    ($($url:literal $rank:literal $words:literal;)*) => {
        /// Every scope in the table, in the order of the URLs.
        pub(super) const SCOPES: &[Known] = &[$(Known { url: $url, rank: $rank, words: $words },)*];
    };
}

#[rustfmt::skip]
known! {
    "https://mail.google.com/" 400 "Read, write, send and permanently delete all your mail";
    "https://www.googleapis.com/auth/calendar" 100 "See, change, share and delete all your calendars";
    "https://www.googleapis.com/auth/calendar.acls" 35 "See and change who your calendars are shared with";
    "https://www.googleapis.com/auth/calendar.acls.readonly" 8 "See who your calendars are shared with";
    "https://www.googleapis.com/auth/calendar.app.created" 7 "Make calendars of its own, and change the events in them";
    "https://www.googleapis.com/auth/calendar.calendarlist" 8 "See, add and remove calendars in your list";
    "https://www.googleapis.com/auth/calendar.calendarlist.readonly" 5 "See the list of your calendars";
    "https://www.googleapis.com/auth/calendar.calendars" 25 "See and change the properties of your calendars, and make new ones";
    "https://www.googleapis.com/auth/calendar.calendars.readonly" 5 "See the names and time zones of your calendars";
    "https://www.googleapis.com/auth/calendar.events" 30 "See, create, change and delete events in all your calendars";
    "https://www.googleapis.com/auth/calendar.events.freebusy" 6 "See when you are free or busy";
    "https://www.googleapis.com/auth/calendar.events.owned" 26 "See, create, change and delete events in the calendars you own";
    "https://www.googleapis.com/auth/calendar.events.owned.readonly" 12 "See the events in the calendars you own";
    "https://www.googleapis.com/auth/calendar.events.public.readonly" 4 "See the events in public calendars";
    "https://www.googleapis.com/auth/calendar.events.readonly" 14 "See the events in all your calendars";
    "https://www.googleapis.com/auth/calendar.freebusy" 5 "See when you are free or busy";
    "https://www.googleapis.com/auth/calendar.readonly" 32 "See all your calendars and their events";
    "https://www.googleapis.com/auth/calendar.settings" 6 "See and change your calendar settings";
    "https://www.googleapis.com/auth/calendar.settings.readonly" 4 "See your calendar settings";
    "https://www.googleapis.com/auth/drive" 250 "See, change, create and delete all your Drive files";
    "https://www.googleapis.com/auth/drive.apps.readonly" 5 "See which apps you use with Drive";
    "https://www.googleapis.com/auth/drive.file" 10 "See, change and create only the Drive files you use with this app";
    "https://www.googleapis.com/auth/drive.metadata" 30 "See and change the names, folders and properties of your Drive files";
    "https://www.googleapis.com/auth/drive.metadata.readonly" 20 "See the names, folders and properties of your Drive files";
    "https://www.googleapis.com/auth/drive.readonly" 80 "See and download all your Drive files";
    "https://www.googleapis.com/auth/gmail.compose" 60 "Write drafts, and send mail as you";
    "https://www.googleapis.com/auth/gmail.insert" 35 "Add messages to your mailbox";
    "https://www.googleapis.com/auth/gmail.labels" 10 "See and change your mail labels";
    "https://www.googleapis.com/auth/gmail.modify" 220 "Read, write and send mail, and label, archive or bin it";
    "https://www.googleapis.com/auth/gmail.readonly" 50 "Read your mail";
    "https://www.googleapis.com/auth/gmail.send" 30 "Send mail as you";
    "https://www.googleapis.com/auth/gmail.settings.basic" 45 "See and change your mail settings and filters";
    "https://www.googleapis.com/auth/gmail.settings.sharing" 150 "Change who else can use your mailbox, and where your mail is forwarded to";
    "https://www.googleapis.com/auth/presentations" 50 "See, change, create and delete all your presentations";
    "https://www.googleapis.com/auth/presentations.readonly" 35 "See all your presentations";
    "https://www.googleapis.com/auth/spreadsheets" 60 "See, change, create and delete all your spreadsheets";
    "https://www.googleapis.com/auth/spreadsheets.readonly" 40 "See all your spreadsheets";
    "https://www.googleapis.com/auth/userinfo.email" 2 "See your e-mail address";
    "https://www.googleapis.com/auth/userinfo.profile" 3 "See your name and picture";
    "openid" 1 "Know which Google account you use";
}

/// What a scope lets a program do, in words for a page; a scope that is not known says its name.
///
/// ```
/// let words = toolgate_auth::describe_scope("https://www.googleapis.com/auth/gmail.readonly");
/// assert_eq!(words, "Read your mail");
/// ```
pub fn describe_scope(scope: &str) -> String {
    let scope = super::canonical(scope);
    SCOPES
        .iter()
        .find(|known| known.url == scope)
        .map_or(scope, |known| known.words)
        .to_owned()
}
