//! The HTML half of a message, from its Markdown.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html::push_html};

/// Renders Markdown. Markup in it stays text, pictures become links, and lines end where they end in the source.
pub(crate) fn render(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut links = Vec::new();
    let events = Parser::new_ext(markdown, options).flat_map(|event| harmless(event, &mut links));
    let mut html = String::from("<div dir=\"auto\">\n");
    push_html(&mut html, events);
    html.push_str("</div>\n");
    html
}

/// Text in which nothing is markup.
pub(super) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    push_html(
        &mut html,
        std::iter::once(Event::Text(CowStr::Borrowed(text))),
    );
    html
}

/// What an event may become in a mail.
fn harmless<'a>(event: Event<'a>, links: &mut Vec<bool>) -> Vec<Event<'a>> {
    match event {
        Event::Start(Tag::HtmlBlock) => vec![Event::Start(Tag::Paragraph)],
        Event::End(TagEnd::HtmlBlock) => vec![Event::End(TagEnd::Paragraph)],
        Event::Html(html) => vec![
            Event::Text(CowStr::from(html.trim_end().to_owned())),
            Event::HardBreak,
        ],
        Event::InlineHtml(html) => vec![Event::Text(html)],
        Event::SoftBreak => vec![Event::HardBreak],
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
            // A picture in a link is part of that link.
            let followable = is_followable(&dest_url) && !links.contains(&true);
            links.push(followable);
            followable.then(|| link(dest_url)).into_iter().collect()
        }
        Event::End(TagEnd::Link | TagEnd::Image) => {
            let followable = links.pop().unwrap_or_default();
            followable
                .then_some(Event::End(TagEnd::Link))
                .into_iter()
                .collect()
        }
        other => vec![other],
    }
}

fn link(dest_url: CowStr<'_>) -> Event<'_> {
    Event::Start(Tag::Link {
        link_type: pulldown_cmark::LinkType::Inline,
        dest_url,
        title: CowStr::Borrowed(""),
        id: CowStr::Borrowed(""),
    })
}

fn is_followable(target: &str) -> bool {
    let scheme = target.split_once(':').map(|(scheme, _)| scheme.trim());
    ["http", "https", "mailto", "tel"]
        .iter()
        .any(|known| scheme.is_some_and(|s| s.eq_ignore_ascii_case(known)))
}
