//! `create_from_template`: a copy of a presentation, its placeholders filled.

use google_drive3::api::File;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::{Error, Seen};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    create::link,
    edit::replacing,
    error::{Named, said},
    ids::new_id,
    list::quoted,
    remove::presentation,
    settlement::{CHANGING, CREATING, settlement},
    setup::Setup,
    text::{sendable, visible},
    wire::{BATCH, COPY, FILE, GET, LIST, Mark, Presentation, Request, SAID, Slides},
    write::{Batch, write},
};

pub(crate) const METHODS: &[&str] = &[FILE.id(), COPY.id(), LIST.id(), GET.id(), BATCH.id()];

/// Copies a presentation and replaces its placeholders, such as {{name}}.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateFromTemplate {
    /// Id or link.
    #[schemars(length(min = 1))]
    template_id: String,
    /// Of the copy.
    #[schemars(length(min = 1, max = 500))]
    title: String,
    /// All placeholders with their texts.
    #[schemars(length(min = 1))]
    replacements: Vec<Replacement>,
    /// Where in Drive; beside the template if left out.
    folder_id: Option<String>,
}

/// A placeholder and its text.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Replacement {
    /// As it stands there, such as {{name}}.
    #[schemars(length(min = 1))]
    placeholder: String,
    /// What it says.
    text: String,
}

/// A presentation made from a template.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Merged {
    /// `created`, or `created (confirmed by look-up)`.
    status: String,
    presentation_id: String,
    title: String,
    /// For people to open it.
    url: String,
    /// How often each placeholder was replaced.
    replaced: Vec<Filled>,
    /// Placeholders that the template does not have.
    not_found: Vec<String>,
    /// Placeholders of this form, {{name}}, that nothing was given for and that the copy still shows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unfilled: Vec<String>,
    /// What could not be found out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<&'static str>,
    /// Whether the replacement itself was confirmed by a look-up only, so that counts are not known.
    #[serde(skip_serializing_if = "crate::pages::is_false")]
    counts_unknown: bool,
    /// What of this was written by others.
    untrusted: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Filled {
    placeholder: String,
    times: i32,
}

/// Characters of a placeholder in a result.
const SHOWN: usize = 80;
/// Placeholders that are told as left.
const MOST_LEFT: usize = 20;

/// Copies and fills.
pub(crate) async fn create_from_template(
    cx: ToolContext,
    args: CreateFromTemplate,
    setup: Setup,
) -> Result<Merged, ToolError> {
    let title = said("title", &args.title, "Offer for Ada")?;
    let pairs = pairs(&args.replacements)?;
    let template = Named::template(&args.template_id);
    let slides = Slides::new(&cx, METHODS);
    presentation(&slides, template).await?;
    let folder = args
        .folder_id
        .as_deref()
        .map(Named::folder)
        .filter(|it| !it.id.is_empty());
    let (file, status) = copied((&cx, &setup), &slides, template, (title, folder)).await?;
    let id = file.id.unwrap_or_default();
    let filled = filled((&cx, &setup), &slides, Named::deck(&id), &pairs).await;
    let counts = filled.map_err(|error| {
        let note = format!("the copy `{id}` was made before that");
        error.with_note(&note)
    })?;
    let (replaced, not_found) = told(&pairs, counts.as_deref());
    // All is done; that it cannot be looked at now fails nothing.
    let (unfilled, warnings) = match slides.get(&id, SAID).await {
        Ok(deck) => (unfilled(&deck, &pairs), Vec::new()),
        Err(_) => (Vec::new(), vec!["placeholders that are left are not known"]),
    };
    Ok(Merged {
        status,
        title: visible(title, 120),
        url: link(&id),
        presentation_id: id,
        replaced,
        not_found,
        unfilled,
        warnings,
        counts_unknown: counts.is_none(),
        untrusted: cx.fence("slide").notice(),
    })
}

type Pair<'a> = (&'a str, String);

/// Each placeholder once, with its text.
fn pairs(replacements: &[Replacement]) -> Result<Vec<Pair<'_>>, ToolError> {
    let mut pairs: Vec<Pair<'_>> = Vec::new();
    for it in replacements {
        let placeholder = said("placeholder", &it.placeholder, "{{name}}")?;
        if pairs.iter().any(|(known, _)| *known == placeholder) {
            let problem = format!("`{}` stands in it twice", visible(placeholder, SHOWN));
            return Err(ToolError::invalid_argument(
                "replacements",
                &problem,
                "each placeholder once",
            ));
        }
        pairs.push((placeholder, sendable(&it.text)));
    }
    // One may be a part of another.
    pairs.sort_by_key(|(placeholder, _)| std::cmp::Reverse(placeholder.len()));
    Ok(pairs)
}

async fn copied(
    (cx, setup): (&ToolContext, &Setup),
    slides: &Slides,
    template: Named<'_>,
    (title, folder): (&str, Option<Named<'_>>),
) -> Result<(File, String), ToolError> {
    let mark = Mark {
        toolgate: new_id(cx, "deck"),
    };
    let settlement = settlement(cx, setup.settlement, CREATING);
    let look = || async {
        let value = quoted(&mark.toolgate);
        let q = format!("appProperties has {{ key='toolgate' and value={value} }}");
        let page = slides.files(&q, 1, None, None).await?;
        // A search may show late what is new, so that it confirms and never denies.
        let found = page.files.unwrap_or_default().into_iter().next();
        let doubt = || Seen::Doubtful("Drive's search does not find it, or not yet".to_owned());
        Ok::<_, Error>(found.map_or_else(doubt, Seen::Done))
    };
    let into = folder.map(|it| it.id);
    let leaving = slides.file_copy(template.id, title, &mark, into);
    let settled = settlement.settle(leaving, look).await;
    let settled = settled.map_err(|refusal| {
        refusal.explained(|error| {
            let is_folder = folder.filter(|it| error.to_string().contains(it.id));
            is_folder.unwrap_or(template).explain(error)
        })
    })?;
    Ok((settled.made, settled.status))
}

/// Replaces all placeholders in one batch, and tells how often each was; a look-up cannot tell.
async fn filled(
    (cx, setup): (&ToolContext, &Setup),
    slides: &Slides,
    deck: Named<'_>,
    pairs: &[Pair<'_>],
) -> Result<Option<Vec<i32>>, ToolError> {
    let tokens: Vec<String> = pairs.iter().map(|_| new_id(cx, "fill")).collect();
    let batch = Batch::new(deck, CHANGING, requests(pairs, &tokens));
    let is_done = |deck: &Presentation| {
        let mut seen = crate::edit::whole_text(deck);
        seen.retain(|text| {
            pairs
                .iter()
                .any(|(placeholder, _)| text.contains(placeholder))
        });
        let why = "placeholders may stand in the new texts themselves".to_owned();
        match (seen.is_empty(), is_plain(pairs)) {
            (true, _) => Seen::Done(()),
            (false, true) => Seen::NotDone,
            (false, false) => Seen::Doubtful(why),
        }
    };
    let settled = write((cx, setup), slides, batch, SAID, is_done).await?;
    let replies = settled.made.replies.map(|replies| {
        let counts = replies.iter().take(pairs.len());
        counts
            .map(|it| {
                it.replace_all_text
                    .as_ref()
                    .and_then(|it| it.occurrences_changed)
                    .unwrap_or(0)
            })
            .collect()
    });
    Ok(replies)
}

/// Whether no text holds a placeholder.
fn is_plain(pairs: &[Pair<'_>]) -> bool {
    let holds = |text: &str| pairs.iter().any(|(it, _)| text.contains(it));
    !pairs.iter().any(|(_, text)| holds(text))
}

/// Google replaces one after the other, so that a text which holds a placeholder would be filled as well:
/// then each placeholder becomes a token first, and each token its text.
fn requests(pairs: &[Pair<'_>], tokens: &[String]) -> Vec<Request> {
    if is_plain(pairs) {
        let plain = pairs
            .iter()
            .map(|(find, text)| replacing(find, text, true, &[]));
        return plain.collect();
    }
    let both = || pairs.iter().zip(tokens);
    let first = both().map(|((find, _), token)| replacing(find, token, true, &[]));
    let then = both().map(|((_, text), token)| replacing(token, text, true, &[]));
    first.chain(then).collect()
}

/// What looks like a placeholder and is still there, but for what the new texts themselves say.
fn unfilled(deck: &Presentation, pairs: &[Pair<'_>]) -> Vec<String> {
    let mut left = Vec::new();
    for text in crate::edit::whole_text(deck) {
        let mut rest = text.as_str();
        while let Some((_, after)) = rest.split_once("{{") {
            rest = after;
            let Some((name, _)) = after.split_once("}}") else {
                break;
            };
            let token = format!("{{{{{name}}}}}");
            let is_given = pairs.iter().any(|(_, text)| text.contains(&token));
            let shown = visible(&token, SHOWN);
            if !is_given && !name.contains('{') && left.len() < MOST_LEFT && !left.contains(&shown)
            {
                left.push(shown);
            }
        }
    }
    left
}

fn told(pairs: &[Pair<'_>], counts: Option<&[i32]>) -> (Vec<Filled>, Vec<String>) {
    let (mut replaced, mut not_found) = (Vec::new(), Vec::new());
    for ((placeholder, _), times) in pairs.iter().zip(counts.unwrap_or_default()) {
        let placeholder = visible(placeholder, SHOWN);
        if *times > 0 {
            replaced.push(Filled {
                placeholder,
                times: *times,
            });
        } else {
            not_found.push(placeholder);
        }
    }
    (replaced, not_found)
}
