//! Where the pages are, as browsers see it and as this process does.

use toolgate_auth::sign_in::{SignInOptions, is_path_of_this_site};

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
    pub(crate) logo: String,
    pub(crate) connections: String,
    pub(crate) connect_own: String,
    pub(crate) disconnect: String,
    pub(crate) rename: String,
    pub(crate) make_default: String,
}

/// The addresses that go into answers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Addresses {
    /// Where browsers end, here or at a page of the application's own.
    pub(crate) done: String,
    pub(crate) error: String,
    pub(crate) style: String,
    pub(crate) logo: String,
    pub(crate) connections: String,
}

pub(crate) fn paths(
    sign_in: &SignInOptions,
    pages: &PageOptions,
) -> Result<(Routes, Addresses), ErrorKind> {
    let (public, redirect) = (sign_in.public_url(), sign_in.redirect_uri());
    if public.origin() != redirect.origin() {
        return Err(ErrorKind::OtherOrigin {
            pages: public.origin().ascii_serialization(),
            redirect: redirect.origin().ascii_serialization(),
        });
    }
    let shown = public.path().trim_end_matches('/');
    let prefix = pages
        .route_prefix
        .clone()
        .unwrap_or_else(|| shown.to_owned());
    check_prefix(&prefix)?;
    let below = redirect
        .path()
        .strip_prefix(shown)
        .filter(|rest| rest.starts_with('/'));
    let callback = below.map_or_else(
        || redirect.path().to_owned(),
        |rest| format!("{prefix}{rest}"),
    );
    let routes = Routes::below(&prefix, callback);
    for path in [&routes.done, &routes.callback] {
        if path
            .split('/')
            .any(|segment| segment.starts_with([':', '*']))
        {
            return Err(ErrorKind::Segment(path.clone()));
        }
    }
    if routes.taken().contains(&&routes.callback) {
        return Err(ErrorKind::PathTaken(routes.callback));
    }
    let own = |path: Option<String>, ours: &str| match path {
        Some(path) if is_path_of_this_site(&path) => Ok(path),
        Some(path) => Err(ErrorKind::ElsewherePath(path)),
        None => Ok(format!("{shown}{ours}")),
    };
    let addresses = Addresses {
        done: own(pages.done_path.clone(), "/google/done")?,
        error: own(pages.error_path.clone(), "/google/error")?,
        style: format!("{shown}/google/style.css"),
        logo: format!("{shown}/google/logo"),
        connections: format!("{shown}/google/connections"),
    };
    Ok((routes, addresses))
}

impl Routes {
    fn below(prefix: &str, callback: String) -> Self {
        let at = |path: &str| format!("{prefix}/google/{path}");
        Self {
            connect: at("connect/{state}"),
            callback,
            done: at("done"),
            error: at("error"),
            style: at("style.css"),
            logo: at("logo"),
            connections: at("connections"),
            connect_own: at("connections/connect"),
            disconnect: at("connections/disconnect"),
            rename: at("connections/rename"),
            make_default: at("connections/default"),
        }
    }

    fn taken(&self) -> [&String; 9] {
        [
            &self.done,
            &self.error,
            &self.style,
            &self.logo,
            &self.connections,
            &self.connect_own,
            &self.disconnect,
            &self.rename,
            &self.make_default,
        ]
    }
}

fn check_prefix(prefix: &str) -> Result<(), ErrorKind> {
    let is_path = prefix.is_empty() || (prefix.starts_with('/') && !prefix.ends_with('/'));
    if is_path && !prefix.contains(['{', '}', '?', '#']) {
        return Ok(());
    }
    Err(ErrorKind::RoutePrefix(prefix.to_owned()))
}
