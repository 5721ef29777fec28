//! What tests read from the environment.

use std::{io::Write as _, path::PathBuf, sync::Once};

/// Whether the one line was written.
static SAID: Once = Once::new();

/// The PostgreSQL server to test against, from `DATABASE_URL`.
///
/// Without one, the test fails when `CI` is set, and is skipped otherwise, which one line of each
/// test binary on the standard error says. It bypasses the harness's capture, so that it is seen.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment where PostgreSQL is"
)]
pub fn postgres_url(what: &str) -> Option<String> {
    let url = std::env::var("DATABASE_URL").unwrap_or_default();
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Some(url);
    }
    let ci = std::env::var("CI").is_ok_and(|ci| !ci.is_empty());
    assert!(
        !ci,
        "{what}: set DATABASE_URL to a PostgreSQL server; CI must not skip"
    );
    SAID.call_once(|| {
        let line = format!(
            "skipped: {what}, and whatever else here needs PostgreSQL: DATABASE_URL names none\n"
        );
        std::io::stderr().write_all(line.as_bytes()).unwrap();
    });
    None
}

/// Where logs are kept for the leak check over a whole test run, if one is under way.
#[expect(
    clippy::disallowed_methods,
    reason = "the leak check says by the environment where it looks"
)]
pub(crate) fn log_folder() -> Option<PathBuf> {
    std::env::var_os("TOOLGATE_LOG_DIR").map(PathBuf::from)
}
