//! `multipart/mixed` of HTTP messages, as Google's batch endpoints take and return it, and the
//! `multipart/related` of an upload.

use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

/// Writes requests as the parts of one body. Each is a head and a body of an HTTP message.
pub(crate) fn write(boundary: &str, parts: &[(usize, Vec<u8>)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (id, message) in parts {
        let head = format!(
            "--{boundary}\r\nContent-Type: application/http\r\n\
             Content-Transfer-Encoding: binary\r\nContent-ID: <part-{id}>\r\n\r\n"
        );
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(message);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    out
}

/// Writes the body of an upload: a description in JSON, and what is uploaded.
pub(crate) fn related(boundary: &str, about: &[u8], kind: &str, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(about.len() + bytes.len() + 4 * boundary.len() + 128);
    let json = format!("--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n");
    out.extend_from_slice(json.as_bytes());
    out.extend_from_slice(about);
    let media = format!("\r\n--{boundary}\r\nContent-Type: {kind}\r\n\r\n");
    out.extend_from_slice(media.as_bytes());
    out.extend_from_slice(bytes);
    out.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    out
}

/// The boundary that a content type names, quoted or not.
pub(crate) fn boundary(content_type: &str) -> Option<&str> {
    let mut pieces = content_type.split(';').map(str::trim);
    let kind = pieces.next()?;
    if !kind.to_ascii_lowercase().starts_with("multipart/") {
        return None;
    }
    let named = pieces.find_map(|it| {
        let (name, value) = it.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("boundary")
            .then_some(value.trim())
    })?;
    let bare = named.trim_matches('"');
    (!bare.is_empty()).then_some(bare)
}

/// Reads answers: the number in each part's `Content-ID`, and the answer in it. Parts that cannot
/// be read are left out; whoever asked misses them.
pub(crate) fn read(boundary: &str, body: &[u8]) -> Vec<(usize, Response<Vec<u8>>)> {
    split(boundary, body)
        .into_iter()
        .filter_map(read_part)
        .collect()
}

/// What stands between the boundaries, which begin lines.
fn split<'a>(boundary: &str, body: &'a [u8]) -> Vec<&'a [u8]> {
    let marker = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut begun: Option<usize> = None;
    let mut at = 0;
    while at < body.len() {
        let end = line_end(body, at).unwrap_or(body.len());
        let line = body[at..end].trim_ascii_end();
        let rest = line.strip_prefix(marker.as_bytes());
        if let Some(rest) = rest.filter(|rest| rest.is_empty() || *rest == b"--") {
            if let Some(start) = begun {
                parts.push(without_line_end(&body[start..at]));
            }
            if rest == b"--" {
                return parts;
            }
            begun = Some(end);
        }
        at = end;
    }
    parts
}

/// Behind the line feed that ends the line from `at` on.
fn line_end(bytes: &[u8], at: usize) -> Option<usize> {
    memchr::memchr(b'\n', &bytes[at..]).map(|feed| at + feed + 1)
}

fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

fn read_part(part: &[u8]) -> Option<(usize, Response<Vec<u8>>)> {
    let (head, message) = cut_head(part)?;
    let id = headers(head).get("content-id")?.to_str().ok()?.to_owned();
    let id = id
        .trim_matches(['<', '>'])
        .rsplit_once('-')?
        .1
        .parse()
        .ok()?;
    Some((id, read_message(message)?))
}

fn read_message(message: &[u8]) -> Option<Response<Vec<u8>>> {
    let (head, body) = match cut_head(message) {
        Some(cut) => cut,
        None => (std::str::from_utf8(message).ok()?, &b""[..]),
    };
    let (first, rest) = head.split_once('\n').unwrap_or((head, ""));
    let status = first.split_whitespace().nth(1)?;
    let mut response = Response::new(body.trim_ascii_end().to_vec());
    *response.status_mut() = StatusCode::from_bytes(status.as_bytes()).ok()?;
    *response.headers_mut() = headers(rest);
    Some(response)
}

/// The head and what follows the empty line.
fn cut_head(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let mut at = 0;
    while at < bytes.len() {
        let end = line_end(bytes, at)?;
        if bytes[at..end].trim_ascii().is_empty() {
            return Some((std::str::from_utf8(&bytes[..at]).ok()?, &bytes[end..]));
        }
        at = end;
    }
    None
}

fn headers(head: &str) -> HeaderMap {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let pairs = lines.filter_map(|(name, value)| {
        let name = HeaderName::from_bytes(name.trim().as_bytes()).ok()?;
        Some((name, HeaderValue::from_str(value.trim()).ok()?))
    });
    pairs.collect()
}
