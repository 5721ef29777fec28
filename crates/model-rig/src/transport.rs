//! rig's HTTP over ours: one pool, deadlines, and no key in a URL or an error.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderName, HeaderValue, Request, Response, Uri};
use rig_core::http_client::{self, HttpClientExt, LazyBody, MultipartForm, StreamingResponse};
use rig_core::wasm_compat::WasmCompatSend;
use toolgate_framework::ApiKey;
use toolgate_http::{BodyStream, HttpClient, StreamDeadlines};

/// As long as the providers' own clients wait: a model may think for minutes.
const DEFAULT_DEADLINE: Duration = Duration::from_mins(10);

/// Our HTTP client, as rig's providers send through it.
///
/// ```
/// use rig_core::providers::openai::OpenAIConfig;
/// use toolgate_http::HttpClient;
/// use toolgate_model_rig::{RigHttp, RigModel};
///
/// let provider = OpenAIConfig::new("sk-example").connect(RigHttp::new(HttpClient::new()?));
/// let model = RigModel::new(provider.chat("gpt-5.2"));
/// # let _ = model;
/// # Ok::<(), toolgate_http::Error>(())
/// ```
#[derive(Clone)]
pub struct RigHttp {
    client: HttpClient,
    deadline: Duration,
    key: Option<KeyInHeader>,
}

/// A key that goes into a header of its own, whatever rig would do with it.
#[derive(Clone)]
struct KeyInHeader {
    key: ApiKey,
    header: Option<HeaderName>,
}

impl RigHttp {
    /// rig's HTTP over this client.
    pub fn new(client: HttpClient) -> Self {
        Self {
            client,
            deadline: DEFAULT_DEADLINE,
            key: None,
        }
    }

    /// How long a whole answer may take, and how long one that comes in pieces may be silent; ten
    /// minutes by default.
    #[must_use]
    pub fn with_deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    /// Keeps this key out of what providers answer: some repeat it in their errors.
    pub(crate) fn guarding(self, key: ApiKey) -> Self {
        let header = None;
        Self {
            key: Some(KeyInHeader { key, header }),
            ..self
        }
    }

    /// The same for a provider to whom rig would send the key in the URL, where logs and proxies
    /// see it: it goes into this header.
    pub(crate) fn with_key_in(self, key: ApiKey, header: HeaderName) -> Self {
        let header = Some(header);
        Self {
            key: Some(KeyInHeader { key, header }),
            ..self
        }
    }

    fn prepare<T: Into<Bytes>>(&self, request: Request<T>) -> http::Result<Request<Vec<u8>>> {
        let (mut parts, body) = request.into_parts();
        if let Some(KeyInHeader {
            key,
            header: Some(header),
        }) = &self.key
        {
            parts.uri = without_key(&parts.uri)?;
            let mut value = HeaderValue::from_str(key.expose())?;
            value.set_sensitive(true);
            parts.headers.insert(header.clone(), value);
        }
        Ok(Request::from_parts(parts, body.into().to_vec()))
    }

    /// Takes the key out of a provider's refusal.
    fn redact(&self, body: Vec<u8>) -> Vec<u8> {
        let Some(KeyInHeader { key, .. }) = &self.key else {
            return body;
        };
        let text = String::from_utf8_lossy(&body);
        if text.contains(key.expose()) {
            return text.replace(key.expose(), "[redacted]").into_bytes();
        }
        body
    }

    async fn whole(&self, request: Request<Vec<u8>>) -> http_client::Result<Response<Vec<u8>>> {
        let answer = self.client.send(request, self.deadline).await;
        let (parts, body) = answer.map_err(http_client::Error::instance)?.into_parts();
        let body = if parts.status.is_success() {
            body
        } else {
            self.redact(body)
        };
        Ok(Response::from_parts(parts, body))
    }

    async fn pieces(&self, request: Request<Vec<u8>>) -> http_client::Result<StreamingResponse> {
        let deadlines = StreamDeadlines {
            head: self.deadline,
            piece: self.deadline,
        };
        let answer = self.client.open(request, deadlines).await;
        let (parts, body) = answer.map_err(http_client::Error::instance)?.into_parts();
        if parts.status.is_success() {
            return Ok(Response::from_parts(parts, Box::pin(pieces_of(body))));
        }
        let body = self.redact(refusal(body).await);
        let body = stream::iter([Ok(Bytes::from(body))]);
        Ok(Response::from_parts(parts, Box::pin(body)))
    }
}

fn pieces_of(
    body: BodyStream,
) -> impl stream::Stream<Item = http_client::Result<Bytes>> + Send + 'static {
    stream::unfold(body, async |mut body| {
        let piece = body.next().await?;
        let piece = piece.map(Bytes::from).map_err(http_client::Error::instance);
        Some((piece, body))
    })
}

/// What there is of a refusal; its status says enough where the rest does not come.
async fn refusal(mut body: BodyStream) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(Ok(piece)) = body.next().await {
        whole.extend_from_slice(&piece);
    }
    whole
}

/// The same address without the parameter `key`.
fn without_key(uri: &Uri) -> http::Result<Uri> {
    let Some(query) = uri.query() else {
        return Ok(uri.clone());
    };
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| *pair != "key" && !pair.starts_with("key="))
        .collect();
    let path = if kept.is_empty() {
        uri.path().to_owned()
    } else {
        format!("{}?{}", uri.path(), kept.join("&"))
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path.parse()?);
    Ok(Uri::from_parts(parts)?)
}

impl HttpClientExt for RigHttp {
    fn send<T, U>(
        &self,
        request: Request<T>,
    ) -> impl Future<Output = http_client::Result<Response<LazyBody<U>>>> + WasmCompatSend + 'static
    where
        T: Into<Bytes> + WasmCompatSend,
        U: From<Bytes> + WasmCompatSend + 'static,
    {
        let (http, request) = (self.clone(), self.prepare(request));
        async move {
            let answer = http.whole(request?).await?;
            Ok(answer.map(|body| -> LazyBody<U> {
                Box::pin(async move { Ok(U::from(Bytes::from(body))) })
            }))
        }
    }

    fn send_multipart<U>(
        &self,
        request: Request<MultipartForm>,
    ) -> impl Future<Output = http_client::Result<Response<LazyBody<U>>>> + WasmCompatSend + 'static
    where
        U: From<Bytes> + WasmCompatSend + 'static,
    {
        let (mut parts, form) = request.into_parts();
        let (boundary, body) = form.encode();
        let kind = HeaderValue::from_str(&format!("multipart/form-data; boundary={boundary}"));
        let kind = kind.map(|kind| parts.headers.insert(http::header::CONTENT_TYPE, kind));
        let sending = self.send(Request::from_parts(parts, body));
        async move {
            kind?;
            sending.await
        }
    }

    async fn send_streaming<T>(&self, request: Request<T>) -> http_client::Result<StreamingResponse>
    where
        T: Into<Bytes> + WasmCompatSend,
    {
        let request = self.prepare(request)?;
        self.pieces(request).await
    }
}

impl fmt::Debug for RigHttp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RigHttp")
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn http() -> RigHttp {
        RigHttp::new(HttpClient::new().unwrap())
    }

    #[test]
    fn a_refusal_that_repeats_the_key_is_read_without_it() {
        let key = ApiKey::parse("sk-CANARYsecret-echo").unwrap();
        let body = format!("no such key: {}", key.expose()).into_bytes();
        let redacted = http().guarding(key).redact(body.clone());
        assert_eq!(redacted, b"no such key: [redacted]");
        assert_eq!(
            http().redact(body.clone()),
            body,
            "nothing is known of a key"
        );
    }

    #[test]
    fn only_the_key_leaves_the_address() {
        for (before, after) in [
            ("http://h/p?key=x", "http://h/p"),
            ("http://h/p?alt=sse&key=x", "http://h/p?alt=sse"),
            ("http://h/p?key=&alt=sse", "http://h/p?alt=sse"),
            ("http://h/p?keys=x", "http://h/p?keys=x"),
            ("http://h/p", "http://h/p"),
        ] {
            let uri: Uri = before.parse().unwrap();
            assert_eq!(without_key(&uri).unwrap().to_string(), after);
        }
    }
}
