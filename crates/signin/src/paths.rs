//! Where the pages are, as browsers see it and as this process does.

use toolgate_auth::sign_in::SignInOptions;

use crate::error::ErrorKind;
use crate::options::PageOptions;

/// The routes of the pages.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Routes {
    pub(crate) connect: String,
    pub(crate) callback: String,
    pub(crate) done: String,
    pub(crate) error: String,
    pub(crate) style: String,
}

/// The addresses that go into answers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Addresses {
    pub(crate) done: String,
    pub(crate) error: String,
    pub(crate) style: String,
}

pub(crate) fn paths(
    sign_in: &SignInOptions,
    pages: PageOptions,
) -> Result<(Routes, Addresses), ErrorKind> {
    let (public, redirect) = (sign_in.public_url(), sign_in.redirect_uri());
    if public.origin() != redirect.origin() {
        return Err(ErrorKind::OtherOrigin {
            pages: public.origin().ascii_serialization(),
            redirect: redirect.origin().ascii_serialization(),
        });
    }
    let shown = public.path().trim_end_matches('/');
    let prefix = pages.route_prefix.unwrap_or_else(|| shown.to_owned());
    check_prefix(&prefix)?;
    let below = redirect
        .path()
        .strip_prefix(shown)
        .filter(|rest| rest.starts_with('/'));
    let callback = below.map_or_else(
        || redirect.path().to_owned(),
        |rest| format!("{prefix}{rest}"),
    );
    let routes = Routes {
        connect: format!("{prefix}/google/connect/{{state}}"),
        callback,
        done: format!("{prefix}/google/done"),
        error: format!("{prefix}/google/error"),
        style: format!("{prefix}/google/style.css"),
    };
    for path in [&routes.done, &routes.callback] {
        if path
            .split('/')
            .any(|segment| segment.starts_with([':', '*']))
        {
            return Err(ErrorKind::Segment(path.clone()));
        }
    }
    if [&routes.done, &routes.error, &routes.style].contains(&&routes.callback) {
        return Err(ErrorKind::PathTaken(routes.callback));
    }
    let addresses = Addresses {
        done: format!("{shown}/google/done"),
        error: format!("{shown}/google/error"),
        style: format!("{shown}/google/style.css"),
    };
    Ok((routes, addresses))
}

fn check_prefix(prefix: &str) -> Result<(), ErrorKind> {
    let is_path = prefix.is_empty() || (prefix.starts_with('/') && !prefix.ends_with('/'));
    if is_path && !prefix.contains(['{', '}', '?', '#']) {
        return Ok(());
    }
    Err(ErrorKind::RoutePrefix(prefix.to_owned()))
}
