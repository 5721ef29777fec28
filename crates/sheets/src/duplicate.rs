//! `create_duplicate_sheet`: a copy of a spreadsheet, and for those who have the source, if that is wanted.

use google_drive3::api::{File, Permission};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::{Error, Outcome, Seen, Settled, Words};
use toolgate_toolkit::{ToolContext, ToolError, sized::shortened};

use crate::{
    cell::visible,
    error::Named,
    settlement::settled,
    setup::Setup,
    spreadsheet::titled,
    wire::{COPY, FILE, FILES, NewPermission, PERMISSIONS, PERMIT, Sheets},
};

pub(crate) const METHODS: &[&str] = &[
    FILE.id(),
    FILES.id(),
    COPY.id(),
    PERMISSIONS.id(),
    PERMIT.id(),
];

/// What Drive calls a spreadsheet.
const KIND: &str = "application/vnd.google-apps.spreadsheet";
/// Characters of a name.
const NAME: usize = 120;
/// People that a result names one by one.
const SHOWN: usize = 60;

/// Copies a spreadsheet. Those who have the source get the copy as well, unless told otherwise.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateDuplicateSheet {
    /// Id or link.
    #[schemars(length(min = 1))]
    source_id: String,
    /// Its name.
    #[schemars(length(min = 1, max = 500))]
    new_title: Option<String>,
    /// Share it as the source is; true if left out.
    copy_permissions: Option<bool>,
    /// Mail those who get it.
    notify: Option<bool>,
}

/// Somebody who did not get the copy.
#[derive(Debug, Serialize, JsonSchema)]
struct Failed {
    with: String,
    why: String,
}

/// A copy.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Duplicated {
    /// `copied`, or `copied (confirmed by look-up)`.
    status: String,
    spreadsheet_id: String,
    title: String,
    /// For people to open it.
    link: String,
    /// Who got it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    shared_with: Vec<String>,
    /// Who did not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed: Vec<Failed>,
    /// Who the source has beside these, uncounted by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_shown: Option<usize>,
    /// What of this was written by others.
    untrusted: String,
}

const COPYING: Words = Words {
    done: "copied",
    look: "look in Drive for its title",
};

/// Copies a spreadsheet, once.
pub(crate) async fn create_duplicate_sheet(
    cx: ToolContext,
    args: CreateDuplicateSheet,
    setup: Setup,
) -> Result<Duplicated, ToolError> {
    let sheets = Sheets::new(&cx, METHODS);
    let named = Named::of("source_id", &args.source_id);
    let title = args.new_title.as_deref();
    let title = title.map(|it| titled("new_title", it)).transpose()?;
    let source = sheets.file(named.id).await;
    let source = source.map_err(|error| named.explain(error))?;
    if source.mime_type.as_deref() != Some(KIND) {
        let good = "the id of a spreadsheet, or its link";
        let problem = "it is no Google spreadsheet";
        return Err(ToolError::invalid_argument("source_id", problem, good));
    }
    let wants_people = args.copy_permissions != Some(false);
    // Before anything is made: whoever may not see who has it can still copy it alone.
    let people = if wants_people {
        people(&sheets, named).await?
    } else {
        Vec::new()
    };
    let made = copied(&sheets, (&cx, &setup), (named, title)).await?;
    let owners = made.made.owners.clone().unwrap_or_default();
    let owners: Vec<String> = owners
        .into_iter()
        .filter_map(|it| it.email_address)
        .collect();
    // Whoever copies owns the copy.
    let people = people.into_iter().filter(|it| !it.is_one_of(&owners));
    let mut told = Duplicated::of(&cx, made);
    let notify = args.notify == Some(true);
    // Until all have it, an end without a result may have shared it with some.
    cx.mark_sent();
    told.share(&sheets, people.collect(), notify).await;
    cx.mark_settled();
    Ok(told)
}

/// Those who have a file beside its owner.
async fn people(sheets: &Sheets, named: Named<'_>) -> Result<Vec<NewPermission>, ToolError> {
    let all = sheets.permissions(named.id).await.map_err(|error| {
        let error = named.explain(error);
        error.with_note("with `copy_permissions`: false it is copied for this person alone")
    })?;
    Ok(all.into_iter().filter_map(wanted).collect())
}

/// The same for the copy. Nobody gets ownership, and who is deleted gets nothing.
fn wanted(has: Permission) -> Option<NewPermission> {
    let role = has.role.filter(|it| it != "owner")?;
    // What stands for a published page only is no access to the file itself.
    if has.deleted == Some(true) || has.view.is_some() {
        return None;
    }
    let kind = has.type_?;
    let of_people = kind == "user" || kind == "group";
    // Roles of shared drives are none of a file's.
    let role = match role.as_str() {
        "organizer" | "fileOrganizer" => "writer".to_owned(),
        _ => role,
    };
    Some(NewPermission {
        email_address: has.email_address.filter(|_| of_people),
        domain: has.domain.filter(|_| kind == "domain"),
        expiration_time: has.expiration_time.map(|it| it.to_rfc3339()),
        allow_file_discovery: has.allow_file_discovery.filter(|_| !of_people),
        kind,
        role,
    })
}

/// Copies it under a mark, by which a search finds it where Google's answer is not clear.
async fn copied(
    sheets: &Sheets,
    (cx, setup): (&ToolContext, &Setup),
    (named, title): (Named<'_>, Option<&str>),
) -> Result<Settled<File>, ToolError> {
    let mut bytes = [0; 16];
    cx.access().random().fill(&mut bytes);
    let mark = format!("{:032x}", u128::from_be_bytes(bytes));
    let copying = sheets.copy(named.id, title, &mark);
    let look = || async {
        // A search may show what is new late, so that it confirms and never denies.
        let why = || Seen::Doubtful("Drive's search does not find it, or not yet".to_owned());
        Ok::<_, Error>(sheets.marked(&mark).await?.map_or_else(why, Seen::Done))
    };
    settled((cx, setup.settlement), (named, COPYING), copying, look).await
}

impl NewPermission {
    /// As people call it.
    fn with(&self) -> String {
        let with = self.email_address.as_deref().or(self.domain.as_deref());
        shortened(&visible(with.unwrap_or(&self.kind)), NAME)
    }

    fn is_one_of(&self, emails: &[String]) -> bool {
        let email = self.email_address.as_deref();
        email.is_some_and(|own| emails.iter().any(|it| it.eq_ignore_ascii_case(own)))
    }

    fn is(&self, has: &Permission) -> bool {
        let same = |one: &Option<String>, other: &Option<String>| match (one, other) {
            (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
            (None, None) => true,
            _ => false,
        };
        has.type_.as_deref() == Some(&self.kind)
            && same(&self.email_address, &has.email_address)
            && same(&self.domain, &has.domain)
    }
}

impl Duplicated {
    fn of(cx: &ToolContext, Settled { made, status }: Settled<File>) -> Self {
        let id = made.id.unwrap_or_default();
        let link = format!("https://docs.google.com/spreadsheets/d/{id}");
        Self {
            status,
            title: shortened(&visible(made.name.as_deref().unwrap_or_default()), NAME),
            link: made.web_view_link.unwrap_or(link),
            spreadsheet_id: id,
            shared_with: Vec::new(),
            failed: Vec::new(),
            not_shown: None,
            untrusted: cx.fence("cells").notice(),
        }
    }

    /// Gives the copy to people, one by one: who cannot have it costs nobody else anything.
    async fn share(&mut self, sheets: &Sheets, people: Vec<NewPermission>, notify: bool) {
        let mut left_out = 0;
        for new in people {
            let given = sheets.permit(&self.spreadsheet_id, &new, notify).await;
            let why = match given {
                Ok(_) => None,
                Err(error) => self.why(sheets, &new, error).await,
            };
            let with = new.with();
            match why {
                None if self.shared_with.len() < SHOWN => self.shared_with.push(with),
                Some(why) if self.failed.len() < SHOWN => self.failed.push(Failed { with, why }),
                _ => left_out += 1,
            }
        }
        self.not_shown = Some(left_out).filter(|it| *it > 0);
    }

    /// Why somebody did not get it; none where a look shows that they did.
    async fn why(&self, sheets: &Sheets, new: &NewPermission, error: Error) -> Option<String> {
        let told = shortened(&visible(&error.to_string()), 200);
        if error.outcome() != Outcome::Unclear {
            return Some(told);
        }
        match sheets.permissions(&self.spreadsheet_id).await {
            Ok(all) if all.iter().any(|has| new.is(has)) => None,
            Ok(_) => Some(format!("not shared, as far as a look-up tells: {told}")),
            Err(_) => Some(format!("unknown whether it was shared: {told}")),
        }
    }
}
