//! Scopes that Google's documents list for a method, and that we neither count nor ask for.

/// Where an exclusion holds. Ids with a `?` are uses of a method with a row of their own in the
/// table, see [`Requirement::for_methods`](super::Requirement::for_methods).
pub(super) enum At {
    /// Every method.
    Everywhere,
    /// These methods, and those that begin with an entry that ends in a dot.
    Only(&'static [&'static str]),
    /// Every method but these.
    Except(&'static [&'static str]),
}

/// One exclusion.
pub(super) struct Exclusion {
    /// The scopes without their common prefix.
    pub(super) scopes: &'static [&'static str],
    pub(super) at: At,
    /// Why, for whoever reviews this list.
    pub(super) reason: &'static str,
}

pub(super) const PREFIX: &str = "https://www.googleapis.com/auth/";

#[rustfmt::skip]
pub(super) const EXCLUSIONS: &[Exclusion] = &[
    Exclusion {
        scopes: &[
            "gmail.addons.current.action.compose",
            "gmail.addons.current.message.action",
            "gmail.addons.current.message.metadata",
            "gmail.addons.current.message.readonly",
        ],
        at: At::Everywhere,
        reason: "good only inside a Gmail add-on, beside a token for the open message",
    },
    Exclusion {
        scopes: &["gmail.metadata"],
        at: At::Everywhere,
        reason: "refuses `q` and bodies, and a token that holds it refuses them even beside a wider scope, so that it must not get into a combined grant",
    },
    Exclusion {
        scopes: &["calendar.events.freebusy", "calendar.events.public.readonly"],
        at: At::Only(&["calendar.events."]),
        reason: "gives busy times without the events, or events of public calendars only",
    },
    Exclusion {
        scopes: &["calendar.events.owned", "calendar.events.owned.readonly"],
        at: At::Everywhere,
        reason: "leaves out the calendars that others share with the person, whose events would seem not to exist",
    },
    Exclusion {
        scopes: &["calendar.app.created"],
        at: At::Everywhere,
        reason: "reaches only calendars that this application made",
    },
    Exclusion {
        scopes: &["drive.appdata"],
        at: At::Everywhere,
        reason: "opens the application's hidden folder, not the person's files",
    },
    Exclusion {
        scopes: &["drive.meet.readonly"],
        at: At::Everywhere,
        reason: "reaches only files that Google Meet made",
    },
    Exclusion {
        scopes: &["drive.photos.readonly"],
        at: At::Everywhere,
        reason: "reaches only photos, and Google no longer grants it",
    },
    Exclusion {
        scopes: &["drive.scripts"],
        at: At::Everywhere,
        reason: "only adds the right to change Apps Script projects",
    },
    Exclusion {
        scopes: &["drive.metadata", "drive.metadata.readonly"],
        at: At::Only(&["drive.files.get?alt=media", "drive.files.update?uploadType"]),
       
        reason: "gives and changes a file's metadata, never its content",
    },
    Exclusion {
        scopes: &["drive.file"],
        at: At::Except(&[
            "drive.about.get",
            "drive.files.create",
            "drive.files.generateIds",
            "sheets.spreadsheets.create",
            "slides.presentations.create",
        ]),
       
        reason: "reaches only files that this application made or that the person picked for it; others would seem not to exist",
    },
    Exclusion {
        scopes: &["drive.readonly", "spreadsheets", "spreadsheets.readonly"],
        at: At::Only(&["slides.presentations.batchUpdate"]),
        reason: "is for the sheet that a chart comes from; it does not let the presentation be changed",
    },
    Exclusion {
        scopes: &["presentations", "spreadsheets", "spreadsheets.readonly"],
        at: At::Only(&["slides.presentations.batchUpdate?createVideo"]),
        reason: "a video in Drive is put onto a slide only with a scope of Drive beside it",
    },
];

impl At {
    fn includes(&self, method: &str) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Only(methods) => methods
                .iter()
                .any(|m| *m == method || (m.ends_with('.') && method.starts_with(m))),
            Self::Except(methods) => !methods.contains(&method),
        }
    }
}

/// Whether a scope that Google's documents list for a method counts.
pub(super) fn is_counted(scope: &str, method: &str) -> bool {
    let short = scope.strip_prefix(PREFIX).unwrap_or(scope);
    !EXCLUSIONS
        .iter()
        .any(|exclusion| exclusion.scopes.contains(&short) && exclusion.at.includes(method))
}
