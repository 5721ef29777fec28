//! How the pages are mounted.

/// How the pages are mounted. The defaults fit an application that sees the paths of its public
/// URL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct PageOptions {
    pub(crate) route_prefix: Option<String>,
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
        Self {
            route_prefix: Some(prefix.into()),
        }
    }
}
