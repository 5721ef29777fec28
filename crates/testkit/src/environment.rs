//! What tests read from the environment.

use std::{io::Write as _, path::PathBuf, sync::Once};

/// The PostgreSQL server to test against, from `DATABASE_URL`.
///
/// Without one, the test fails when `CI` is set, and is skipped otherwise, which one line of each
/// test binary on the standard error says. It bypasses the harness's capture, so that it is seen.
pub fn postgres_url(what: &str) -> Option<String> {
    static SAID: Once = Once::new();
    let url = variable("DATABASE_URL");
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Some(url);
    }
    skip(&SAID, what, "PostgreSQL", "DATABASE_URL");
    None
}

/// A Python with google-auth, from `TOOLGATE_PYTHON`, as `cargo xtask test` makes one; without it,
/// as [`postgres_url`].
pub fn python(what: &str) -> Option<PathBuf> {
    static SAID: Once = Once::new();
    let python = variable("TOOLGATE_PYTHON");
    if python.is_empty() {
        let needed = "Python's google-auth (`cargo xtask test` has it)";
        skip(&SAID, what, needed, "TOOLGATE_PYTHON");
        return None;
    }
    Some(python.into())
}

/// A Python with agno and what its Google tools need, from `TOOLGATE_AGNO_PYTHON`, as `cargo xtask
/// test` makes one; without it, as [`postgres_url`].
pub fn agno_python(what: &str) -> Option<PathBuf> {
    static SAID: Once = Once::new();
    let python = variable("TOOLGATE_AGNO_PYTHON");
    if python.is_empty() {
        let needed = "agno in Python (`cargo xtask test` has it)";
        skip(&SAID, what, needed, "TOOLGATE_AGNO_PYTHON");
        return None;
    }
    Some(python.into())
}

/// ChromeDriver and Chromium, from `TOOLGATE_CHROMEDRIVER` and `TOOLGATE_CHROMIUM`, as `cargo xtask
/// test` finds or installs them; without both, as [`postgres_url`].
#[cfg(feature = "browser")]
pub(crate) fn chromium(what: &str) -> Option<(PathBuf, PathBuf)> {
    static SAID: Once = Once::new();
    let names = ["TOOLGATE_CHROMEDRIVER", "TOOLGATE_CHROMIUM"];
    let [driver, browser] = names.map(variable);
    if driver.is_empty() || browser.is_empty() {
        let needed = "Chromium and its driver (`cargo xtask test` has them)";
        skip(&SAID, what, needed, &names.join(" and "));
        return None;
    }
    Some((driver.into(), browser.into()))
}

/// A PgBouncer in transaction mode in front of the same server, from `PGBOUNCER_URL`; without one,
/// as [`postgres_url`].
#[cfg(feature = "postgres")]
pub(crate) fn pooler_url(what: &str) -> Option<String> {
    static SAID: Once = Once::new();
    let url = variable("PGBOUNCER_URL");
    if url.is_empty() {
        skip(&SAID, what, "PgBouncer", "PGBOUNCER_URL");
        return None;
    }
    Some(url)
}

/// How to start servers that a test may stop, as `cargo xtask test` says it; without that, as
/// [`postgres_url`].
#[cfg(feature = "postgres")]
pub(crate) fn own_servers(what: &str) -> Option<String> {
    static SAID: Once = Once::new();
    let own = variable("TOOLGATE_OWN_POSTGRES");
    if own.is_empty() {
        let needed = "a PostgreSQL server to stop (`cargo xtask test` has one)";
        skip(&SAID, what, needed, "TOOLGATE_OWN_POSTGRES");
        return None;
    }
    Some(own)
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment where servers are"
)]
fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

fn skip(said: &Once, what: &str, needed: &str, name: &str) {
    let ci = !variable("CI").is_empty();
    assert!(!ci, "{what}: needs {needed}: set {name}; CI must not skip");
    said.call_once(|| {
        let line =
            format!("skipped: {what}, and whatever else here needs {needed}: {name} names none\n");
        std::io::stderr().write_all(line.as_bytes()).unwrap();
    });
}

/// Where logs are kept for the leak check over a whole test run, if one is under way.
#[expect(
    clippy::disallowed_methods,
    reason = "the leak check says by the environment where it looks"
)]
pub(crate) fn log_folder() -> Option<PathBuf> {
    std::env::var_os("TOOLGATE_LOG_DIR").map(PathBuf::from)
}
