//! The list of all variables, for whoever shows what is configured.

/// A variable of the environment, and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// Its value is a secret, which nothing may show.
    pub is_secret: bool,
}

const fn plain(name: &'static str, meaning: &'static str) -> Variable {
    Variable {
        name,
        meaning,
        is_secret: false,
    }
}

const fn secret(name: &'static str, meaning: &'static str) -> Variable {
    Variable {
        name,
        meaning,
        is_secret: true,
    }
}

pub(super) const ALL: &[Variable] = &[
    plain("GOOGLE_CLIENT_ID", "the OAuth client's id"),
    secret("GOOGLE_CLIENT_SECRET", "the OAuth client's secret"),
    plain(
        "GOOGLE_CLIENT_SECRETS_FILE",
        "the OAuth client's file, in the place of id and secret",
    ),
    plain("GOOGLE_PROJECT_ID", "the OAuth client's project"),
    plain("GOOGLE_BASE_URL", "stands in for all of Google's hosts"),
    plain("GOOGLE_REDIRECT_URI", "where Google sends browsers back to"),
    plain(
        "GOOGLE_HOSTED_DOMAIN",
        "the Google Workspace domain whose accounts are accepted",
    ),
    plain(
        "GOOGLE_OAUTH_NONINTERACTIVE",
        "whether a browser must never be opened",
    ),
    plain(
        "GOOGLE_SERVICE_ACCOUNT_FILE",
        "the key file of a service account",
    ),
    plain("GOOGLE_DELEGATED_USER", "for whom the service account acts"),
    plain(
        "GOOGLE_APPLICATION_CREDENTIALS",
        "Google's application default credentials",
    ),
    plain(
        "GOOGLE_API_TIMEOUT",
        "how many seconds one request to an API may take",
    ),
    plain(
        "GOOGLE_CLOUD_QUOTA_PROJECT_ID",
        "the project that API calls are counted for",
    ),
    secret("TOOLGATE_KEY", "the keys that seal stored tokens"),
    plain(
        "TOOLGATE_KEY_FILE",
        "the file of the keys that seal stored tokens",
    ),
    secret(
        "GOOGLE_TOKEN_ENCRYPTION_KEY",
        "the key of rows that agno wrote, for an import",
    ),
    secret(
        "AGNO_ENCRYPTION_KEY",
        "the key of rows that agno wrote, where the one above is not set",
    ),
    secret("DATABASE_URL", "the database that commands work on"),
    secret(
        "AGNO_DATABASE_URL",
        "agno's database, for an import or an export",
    ),
    plain("CLOUDSDK_CONFIG", "the folder of gcloud's files"),
    plain("HOME", "under which gcloud's files lie"),
    plain("APPDATA", "under which gcloud's files lie on Windows"),
    plain("DISPLAY", "where a browser shows"),
    plain("WAYLAND_DISPLAY", "where a browser shows"),
    plain("BROWSER", "the browser that links are opened with"),
];
