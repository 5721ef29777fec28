//! How the pages are mounted, and what they look like.

use std::sync::Arc;

use crate::branding::Branding;
use crate::names::PersonNames;

/// How the pages are mounted, and what they look like. The defaults fit an application that sees
/// the paths of its public URL.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct PageOptions {
    pub(crate) route_prefix: Option<String>,
    pub(crate) branding: Branding,
    pub(crate) done_path: Option<String>,
    pub(crate) error_path: Option<String>,
    pub(crate) names: Option<Arc<dyn PersonNames>>,
}

impl PageOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// What stands before `/google/..` in the paths that this process sees, where it is not what
    /// browsers see: empty where a proxy takes the public URL's path off, or the router is nested.
    ///
    /// ```
    /// use toolgate_signin::PageOptions;
    ///
    /// // Public URL https://example.com/app, behind a proxy that strips /app.
    /// let options = PageOptions::new().with_route_prefix("");
    /// # let _ = options;
    /// ```
    pub fn with_route_prefix(self, prefix: impl Into<String>) -> Self {
        let route_prefix = Some(prefix.into());
        Self {
            route_prefix,
            ..self
        }
    }

    /// The application's name, logo and colours.
    pub fn with_branding(self, branding: Branding) -> Self {
        Self { branding, ..self }
    }

    /// Names of people, for pages that would say the application's ids of them otherwise.
    pub fn with_person_names(self, names: Arc<dyn PersonNames>) -> Self {
        let names = Some(names);
        Self { names, ..self }
    }

    /// A page of the application's own, where browsers end after a sign-in that went well; what
    /// came of it is asked for as JSON at `/google/done`. A return path of the sign-in itself goes
    /// first.
    pub fn with_done_path(self, path: impl Into<String>) -> Self {
        let done_path = Some(path.into());
        Self { done_path, ..self }
    }

    /// The same for one that was refused; why is asked for as JSON at `/google/error`.
    pub fn with_error_path(self, path: impl Into<String>) -> Self {
        let error_path = Some(path.into());
        Self { error_path, ..self }
    }
}
