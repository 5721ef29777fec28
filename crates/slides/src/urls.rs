//! Addresses of pictures: public ones, which Google fetches.

use std::net::{IpAddr, Ipv4Addr};

use toolgate_google_http::id_in_link;
use toolgate_toolkit::ToolError;
use url::{Host, Url};

/// What Google documents as the most.
const LONGEST: usize = 2_048;

pub(crate) const GOOD: &str = "a public https address of a PNG, JPEG or GIF, such as https://example.com/chart.png; \
     nothing is ever shared in order to insert it";

/// An address that Google can fetch. A link to a file in Drive stands for its content, which Google
/// gets only if the file is public already.
pub(crate) fn public(argument: &'static str, text: &str) -> Result<String, ToolError> {
    let wrong = |problem: &str| Err(ToolError::invalid_argument(argument, problem, GOOD));
    let text = text.trim();
    if text.len() > LONGEST {
        return wrong("it is too long");
    }
    let Ok(url) = Url::parse(text) else {
        return wrong("it is no address");
    };
    if !matches!(url.scheme(), "https" | "http") {
        return wrong("it is no web address");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("it holds a name or a password");
    }
    if is_private(url.host().as_ref()) {
        return wrong("only this machine or this network can reach it");
    }
    let id = id_in_link(text);
    if id != text {
        if url.host_str() != Some("drive.google.com") {
            return wrong("it is a document and no picture");
        }
        return Ok(format!(
            "https://drive.google.com/uc?export=download&id={id}"
        ));
    }
    Ok(url.into())
}

fn is_private(host: Option<&Host<&str>>) -> bool {
    let address = match host {
        None => return true,
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            let is_local = |it: &&str| name == *it || name.ends_with(&format!(".{it}"));
            return ["localhost", "local", "internal"].iter().any(is_local) || !name.contains('.');
        }
        Some(Host::Ipv4(it)) => IpAddr::V4(*it),
        Some(Host::Ipv6(it)) => IpAddr::V6(*it),
    };
    match address {
        IpAddr::V4(it) => is_private_v4(it),
        IpAddr::V6(it) => {
            it.is_loopback()
                || it.is_unspecified()
                || it.is_unique_local()
                || it.is_unicast_link_local()
                || it.to_ipv4_mapped().is_some_and(is_private_v4)
        }
    }
}

fn is_private_v4(it: Ipv4Addr) -> bool {
    let [first, second, ..] = it.octets();
    // What providers share among their customers.
    let is_shared = first == 100 && (64..128).contains(&second);
    is_shared
        || it.is_loopback()
        || it.is_private()
        || it.is_link_local()
        || it.is_unspecified()
        || it.is_broadcast()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_google_can_fetch_is_an_address() {
        for wrong in [
            "",
            "picture.png",
            "ftp://example.com/a.png",
            "https://",
            "data:image/png;base64,AAAA",
            "https://me:secret@example.com/a.png",
            "http://localhost/a.png",
            "http://metadata.google.internal/x",
            "http://intranet/a.png",
            "http://127.0.0.1/a.png",
            "http://10.1.2.3/a.png",
            "http://169.254.169.254/latest",
            "http://[::1]/a.png",
            "http://[fd00::1]/a.png",
            "http://[::ffff:127.0.0.1]/a.png",
            "http://100.64.0.1/a.png",
            "http://2130706433/a.png",
            "https://docs.google.com/document/d/1aBcD-_x/edit",
        ] {
            let error = public("image_url", wrong).unwrap_err();
            assert_eq!(error.argument(), Some("image_url"), "{wrong}");
        }
        let long = format!("https://example.com/{}", "a".repeat(2_048));
        assert!(public("image_url", &long).is_err());
        let fine = "https://example.com/a.png?x=1";
        assert_eq!(public("image_url", fine).unwrap(), fine);
    }

    #[test]
    fn a_link_to_a_file_in_drive_stands_for_its_content() {
        let link = "https://drive.google.com/file/d/1aBcD-_x/view?usp=sharing";
        let url = public("image_url", link).unwrap();
        assert_eq!(
            url,
            "https://drive.google.com/uc?export=download&id=1aBcD-_x"
        );
    }
}
