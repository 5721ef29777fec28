//! Following the links of pictures, as Google does once for each, before a batch is carried out.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HOST, LOCATION};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use url::{Host, Url};

use super::batch::Fetched;
use super::deck::Picture;
use super::decode;
use super::shown::{CONTENT, What};
use crate::exchange::Request;
use crate::state::Shared;

/// No link is longer.
const LONGEST: usize = 2048;
const MAX_REDIRECTS: usize = 5;
/// Whoever does not answer in this time is not there.
const PATIENCE: Duration = Duration::from_secs(20);

/// The pictures that the links in a request lead to; links that lead to none are left out.
pub(crate) async fn fetch(shared: &Shared, method: &str, request: &Request) -> Fetched {
    let mut fetched = Fetched::new();
    let is_known = request
        .bearer()
        .is_some_and(|it| shared.bearer(it).is_some());
    if method != "slides.presentations.batchUpdate" || !is_known {
        return fetched;
    }
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    for url in links(&body) {
        let waiting = tokio::time::timeout(PATIENCE, picture(shared, &url));
        if let Ok(Some(picture)) = waiting.await {
            fetched.insert(url, picture);
        }
    }
    fetched
}

fn links(body: &Value) -> BTreeSet<String> {
    let requests = body["requests"].as_array().into_iter().flatten();
    let links = requests.flat_map(|it| {
        let fill = &it["updatePageProperties"]["pageProperties"]["pageBackgroundFill"];
        [
            &it["createImage"]["url"],
            &it["replaceImage"]["url"],
            &it["replaceAllShapesWithImage"]["imageUrl"],
            &fill["stretchedPictureFill"]["contentUrl"],
        ]
    });
    let links = links
        .filter_map(Value::as_str)
        .filter(|it| it.len() <= LONGEST);
    links.map(str::to_owned).collect()
}

async fn picture(shared: &Shared, link: &str) -> Option<Arc<Picture>> {
    let mut url = Url::parse(link).ok()?;
    for _ in 0..=MAX_REDIRECTS {
        let got = match known(shared, &url) {
            Some(got) => got,
            None => get(&url).await?,
        };
        match got {
            Got::Picture(picture) => return Some(picture),
            Got::Bytes(bytes) => return decode::picture(bytes).map(Arc::new),
            Got::Nothing => return None,
            Got::Elsewhere(next) => url = next,
        }
    }
    None
}

/// What a link leads to.
enum Got {
    Picture(Arc<Picture>),
    Bytes(Bytes),
    Elsewhere(Url),
    Nothing,
}

/// What the emulator knows itself: pictures in its presentations, and files that Drive shows
/// everybody. `None` for other links.
fn known(shared: &Shared, url: &Url) -> Option<Got> {
    let now_ms = shared.now_ms();
    let is_here = url.origin() == shared.config.base_url.origin();
    let path = url.path().strip_prefix('/').unwrap_or_default();
    if let Some(key) = path.strip_prefix(CONTENT).filter(|_| is_here) {
        let what = shared.with_drives(|drives| drives.shown.get(key, now_ms));
        return Some(match what {
            Some(What::Picture(picture)) => Got::Picture(picture),
            Some(page) => page
                .file()
                .map_or(Got::Nothing, |(bytes, _)| Got::Bytes(bytes)),
            None => Got::Nothing,
        });
    }
    if url.host_str() != Some("drive.google.com") || path != "uc" {
        return None;
    }
    let id = url.query_pairs().find(|(name, _)| name == "id");
    let id = id.map(|(_, id)| id.into_owned()).unwrap_or_default();
    let content = shared.with_drives(|drives| drives.public_content(&id, now_ms));
    let bytes = content.and_then(|it| it.bytes().ok());
    Some(bytes.map_or(Got::Nothing, Got::Bytes))
}

/// Asks a server on this machine, in clear.
async fn get(url: &Url) -> Option<Got> {
    let is_near = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => IpAddr::V4(address).is_loopback(),
        Host::Ipv6(address) => IpAddr::V6(address).is_loopback(),
    };
    if url.scheme() != "http" || !is_near {
        return None;
    }
    let authority = format!("{}:{}", url.host_str()?, url.port_or_known_default()?);
    let stream = TcpStream::connect(&authority).await.ok()?;
    let connection = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = connection.ok()?;
    let connection = tokio::spawn(connection);
    let request = http::Request::get(&url[url::Position::BeforePath..url::Position::AfterQuery])
        .header(HOST, authority)
        .body(Empty::<Bytes>::new());
    let response = sender.send_request(request.ok()?).await.ok()?;
    let (head, body) = response.into_parts();
    let got = if head.status.is_redirection() {
        let next = head.headers.get(LOCATION)?.to_str().ok()?;
        Got::Elsewhere(url.join(next).ok()?)
    } else if head.status.is_success() {
        let body = Limited::new(body, decode::LARGEST + 1).collect().await;
        Got::Bytes(body.ok()?.to_bytes())
    } else {
        return None;
    };
    connection.abort();
    Some(got)
}
