//! Configuration from the environment; the only reader of it in the libraries.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use zeroize::Zeroizing;

use crate::error::Error;

/// Environment variables: the process's own, or a map in tests.
///
/// ```
/// use toolgate_auth::Environment;
///
/// let environment = Environment::from_pairs([("GOOGLE_CLIENT_ID", "1-a.apps.googleusercontent.com")]);
/// # let _ = environment;
/// ```
#[derive(Debug, Clone)]
pub struct Environment(Source);

#[derive(Debug, Clone)]
enum Source {
    Process,
    Map(BTreeMap<String, Value>),
}

/// A variable's value: any of them may be a secret.
#[derive(Clone)]
struct Value(Zeroizing<String>);

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Environment {
    /// The variables of this process.
    pub fn process() -> Self {
        Self(Source::Process)
    }

    /// These variables and no other.
    pub fn from_pairs<N: Into<String>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let pairs = pairs.into_iter();
        let values = pairs.map(|(name, value)| (name.into(), Value(Zeroizing::new(value.into()))));
        Self(Source::Map(values.collect()))
    }

    /// A variable's value; an empty one counts as not set.
    ///
    /// # Errors
    /// When the value is not Unicode, begins or ends with white space, or holds a line break or
    /// another control character: nothing is trimmed, since such a value was damaged on its way.
    pub(crate) fn get(&self, name: &str) -> Result<Option<Zeroizing<String>>, Error> {
        let value = match &self.0 {
            Source::Process => process_variable(name)?,
            Source::Map(values) => values.get(name).map(|value| value.0.clone()),
        };
        let Some(value) = value.filter(|value| !value.is_empty()) else {
            return Ok(None);
        };
        let problem = if value.contains(['\n', '\r']) {
            "holds a line break; remove it (a secret read from a file often ends with one)"
        } else if value.chars().any(char::is_control) {
            "holds a control character; set it again"
        } else if value.trim().len() != value.len() {
            "begins or ends with white space; remove it"
        } else {
            return Ok(Some(value));
        };
        Err(Error::configuration(format!(
            "the environment variable {name} {problem}"
        )))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
fn process_variable(name: &str) -> Result<Option<Zeroizing<String>>, Error> {
    let Some(value) = std::env::var_os(name) else {
        return Ok(None);
    };
    let value = value.into_string().map_err(|_| {
        Error::configuration(format!(
            "the environment variable {name} is not Unicode text"
        ))
    })?;
    Ok(Some(Zeroizing::new(value)))
}
