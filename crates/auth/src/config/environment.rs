//! Environment variables, and the one place that reads those of the process.

use std::collections::BTreeMap;
use std::fmt;

use url::Url;
use zeroize::Zeroizing;

use crate::error::Error;
use crate::secret::ApiKey;

/// Environment variables: the process's own, or a map in tests.
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

    /// The key of an API that stands in a variable; an empty one counts as not set.
    ///
    /// ```
    /// use toolgate_auth::Environment;
    ///
    /// let environment = Environment::from_pairs([("EXAMPLE_API_KEY", "sk-example")]);
    /// assert!(environment.api_key("EXAMPLE_API_KEY")?.is_some());
    /// assert!(environment.api_key("OTHER_API_KEY")?.is_none());
    /// # Ok::<(), toolgate_auth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the value is damaged; the error names the variable and never its value.
    pub fn api_key(&self, name: &str) -> Result<Option<ApiKey>, Error> {
        let Some(value) = self.get(name)? else {
            return Ok(None);
        };
        let key = ApiKey::parse(value.as_str()).map_err(|error| {
            Error::configuration(format!(
                "the environment variable {name} cannot be used: {error}"
            ))
        })?;
        Ok(Some(key))
    }

    /// The address that stands in a variable; an empty one counts as not set.
    ///
    /// # Errors
    /// When it is no http or https address; the error names the variable and never its value.
    pub fn url(&self, name: &str) -> Result<Option<Url>, Error> {
        let Some(value) = self.get(name)? else {
            return Ok(None);
        };
        let url = Url::parse(&value).ok();
        let url = url.filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
        url.map(Some).ok_or_else(|| {
            Error::configuration(format!(
                "the environment variable {name} has to be an address such as https://example.com"
            ))
        })
    }

    /// What stands in a variable that is no secret; an empty one counts as not set.
    ///
    /// # Errors
    /// When the value is damaged; the error names the variable and never its value.
    pub fn text(&self, name: &str) -> Result<Option<String>, Error> {
        Ok(self.get(name)?.map(|value| value.as_str().to_owned()))
    }

    /// Whether a variable is set, for whoever shows what is configured without showing it.
    ///
    /// # Errors
    /// When the value is damaged; the error names the variable and never its value.
    pub fn is_set(&self, name: &str) -> Result<bool, Error> {
        Ok(self.get(name)?.is_some())
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
