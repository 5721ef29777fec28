//! Why a router could not be made.

/// The pages do not fit the [`GoogleAuth`](toolgate_auth::GoogleAuth) they are to serve.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] ErrorKind);

#[derive(Debug, thiserror::Error)]
pub(crate) enum ErrorKind {
    #[error(
        "this GoogleAuth gives no sign-in links, so there is nothing to serve: build it \
         with_public_url"
    )]
    NoLinks,
    #[error(
        "the redirect URI is on {redirect} and the pages on {pages}: the cookie that binds the \
         browser would not come back; use one origin for both"
    )]
    OtherOrigin { pages: String, redirect: String },
    #[error("the redirect URI's path {0} is that of another page; use /google/callback")]
    PathTaken(String),
    #[error(
        "the route prefix {0} is not a path; a good one is /app, or an empty text where a proxy \
         takes the prefix off"
    )]
    RoutePrefix(String),
    #[error(
        "the path {0} has a segment that begins with `:` or `*`, which axum's routers refuse; \
         choose another public URL or redirect URI"
    )]
    Segment(String),
    #[error("the path {0:?} of a page is not a path of this site; a good one is /connected")]
    ElsewherePath(String),
    #[error("the name on the pages is empty, longer than 100 bytes, or holds a control character")]
    Name,
    #[error("the logo cannot be shown: {0}")]
    Logo(&'static str),
    #[error("{0:?} is not a colour of the form #rgb or #rrggbb")]
    Colour(String),
    #[error("the authorization endpoint does not fit into a header")]
    AuthorizationEndpoint,
}
