//! Ids: those of Google's that an argument brings, also within a link, and those of new objects, which
//! this program chooses.

use toolgate_google_http::id_in_link;
use toolgate_toolkit::ToolContext;

/// An id for a new object. Google takes 5 to 50 letters, digits, `_`, `-` and `:`.
pub(crate) fn new_id(cx: &ToolContext, kind: &str) -> String {
    let mut bytes = [0; 8];
    cx.access().random().fill(&mut bytes);
    format!("{kind}_{:016x}", u64::from_be_bytes(bytes))
}

/// The slide that a link to it names (`..#slide=id.p3`); whatever is no such link is an id already.
pub(crate) fn slide_in_link(text: &str) -> &str {
    let text = text.trim();
    if id_in_link(text) == text {
        return text;
    }
    let slide = text.rsplit_once("slide=id.").map(|(_, slide)| slide);
    let end = |slide: &str| slide.find(['&', '#', '?']).unwrap_or(slide.len());
    slide.map_or(text, |slide| &slide[..end(slide)])
}

/// The id of a video that a link to it names; whatever is no such link is an id already.
pub(crate) fn video_in_link(text: &str) -> &str {
    const HOSTS: [&str; 5] = [
        "www.youtube.com/",
        "youtube.com/",
        "m.youtube.com/",
        "youtu.be/",
        "www.youtube-nocookie.com/",
    ];
    let text = text.trim();
    let rest = text.strip_prefix("https://");
    let rest = rest.or_else(|| text.strip_prefix("http://"));
    let rest = HOSTS.iter().find_map(|host| rest?.strip_prefix(host));
    let Some(rest) = rest else { return text };
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let in_query = query.split(['&', '#']).find_map(|it| it.strip_prefix("v="));
    let in_path = path.rsplit('/').next().filter(|it| *it != "watch");
    let id = in_query.or(in_path).unwrap_or_default();
    if id.is_empty() { text } else { id }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_a_slide_names_it_as_a_table() {
        let deck = "https://docs.google.com/presentation/d/1aBcD-_x/edit";
        for (text, id) in [
            (format!("{deck}#slide=id.g2f_0_1"), "g2f_0_1"),
            (format!("{deck}?slide=id.p3#slide=id.p3"), "p3"),
            (format!(" {deck}?slide=id.p3&x=1 "), "p3"),
            ("p3".to_owned(), "p3"),
            ("x?slide=id.p3".to_owned(), "x?slide=id.p3"),
        ] {
            assert_eq!(slide_in_link(&text), id, "{text}");
        }
    }

    #[test]
    fn a_link_to_a_video_names_it_as_a_table() {
        for text in [
            "7U3axjORYZ0",
            "https://www.youtube.com/watch?v=7U3axjORYZ0&t=3",
            "https://youtu.be/7U3axjORYZ0?si=x",
            "https://www.youtube.com/embed/7U3axjORYZ0",
            "https://youtube.com/shorts/7U3axjORYZ0",
        ] {
            assert_eq!(video_in_link(text), "7U3axjORYZ0", "{text}");
        }
        let other = "https://youtube.com.evil.example/watch?v=7U3axjORYZ0";
        assert_eq!(video_in_link(other), other);
    }
}
