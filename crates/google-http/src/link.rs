//! Ids of files, as people have them: in the links of Drive, Docs, Sheets and Slides.

/// Who makes such links.
const HOSTS: [&str; 2] = ["docs.google.com", "drive.google.com"];

/// The id that a link to a file or a folder names; whatever is no such link is an id already.
///
/// ```
/// use toolgate_google_http::id_in_link;
///
/// let link = "https://docs.google.com/document/d/1aBcD-_x/edit?tab=t.0#heading=h.1";
/// assert_eq!(id_in_link(link), "1aBcD-_x");
/// assert_eq!(id_in_link("1aBcD-_x"), "1aBcD-_x");
/// ```
pub fn id_in_link(text: &str) -> &str {
    let text = text.trim();
    named_in(text).unwrap_or(text)
}

fn named_in(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("https://");
    let rest = rest.or_else(|| text.strip_prefix("http://"))?;
    let (host, rest) = rest.split_once('/')?;
    if !HOSTS.iter().any(|it| host.eq_ignore_ascii_case(it)) {
        return None;
    }
    let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut segments = path.split('/');
    let in_path = segments.find(|it| matches!(*it, "d" | "folders"));
    let in_path = in_path.and_then(|_| segments.next());
    let in_query = || query.split('&').find_map(|pair| pair.strip_prefix("id="));
    in_path.or_else(in_query).filter(|id| is_id(id))
}

/// A published page (`/d/e/..`) has a name of its own that is no file's id.
fn is_id(text: &str) -> bool {
    let is_of_id = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    text.len() > 1 && text.bytes().all(is_of_id)
}

#[cfg(test)]
mod tests {
    use super::id_in_link;

    #[test]
    fn a_link_stands_for_the_file_or_folder_that_it_names_as_a_table() {
        let id = "1aBcD-_x0";
        for link in [
            format!("https://docs.google.com/document/d/{id}/edit"),
            format!("https://docs.google.com/spreadsheets/d/{id}/edit?gid=7#gid=7"),
            format!("https://docs.google.com/presentation/u/1/d/{id}"),
            format!(" https://drive.google.com/file/d/{id}/view?usp=sharing "),
            format!("http://drive.google.com/drive/u/0/folders/{id}?usp=drive_link"),
            format!("https://drive.google.com/open?usp=x&id={id}"),
            format!("https://DRIVE.google.com/uc?id={id}&export=download"),
            id.to_owned(),
        ] {
            assert_eq!(id_in_link(&link), id, "{link}");
        }
    }

    #[test]
    fn what_is_no_such_link_stays_what_it_is() {
        for text in [
            "root",
            "https://docs.google.com.evil.example/document/d/1aBcD/edit",
            "https://evil.example/docs.google.com/document/d/1aBcD/edit",
            "https://docs.google.com/document/d/e/2PACX-1vT/pub",
            "https://docs.google.com/document/d/a%2Fb/edit",
            "https://drive.google.com/drive/my-drive",
            "folders/1aBcD",
        ] {
            assert_eq!(id_in_link(text), text);
        }
    }
}
