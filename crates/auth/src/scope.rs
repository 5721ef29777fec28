//! Scopes: what was granted, what a tool needs, and the least to ask for.

mod known;
mod least;
mod table;

#[cfg(test)]
mod excluded;
#[cfg(test)]
mod generate;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt;

pub use self::known::describe_scope;

/// Names for the same scope: Google grants the long one where the short one was asked.
const ALIASES: [(&str, &str); 2] = [
    ("email", "https://www.googleapis.com/auth/userinfo.email"),
    (
        "profile",
        "https://www.googleapis.com/auth/userinfo.profile",
    ),
];

fn canonical(scope: &str) -> &str {
    ALIASES
        .iter()
        .find(|(alias, _)| *alias == scope)
        .map_or(scope, |(_, full)| full)
}

/// A set of OAuth scopes, as full URLs; `email` and `profile` count as their long names.
///
/// ```
/// use toolgate_auth::ScopeSet;
///
/// let granted = ScopeSet::parse("openid https://www.googleapis.com/auth/userinfo.email");
/// assert!(granted.contains("email"));
/// assert_eq!(granted.len(), 2);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct ScopeSet(BTreeSet<String>);

impl ScopeSet {
    /// Reads the `scope` of a token answer: names with spaces between.
    pub fn parse(text: &str) -> Self {
        text.split_whitespace().collect()
    }

    /// Whether this scope, or another name of it, is in the set.
    pub fn contains(&self, scope: &str) -> bool {
        self.0.contains(canonical(scope))
    }

    /// What is in either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).cloned().collect())
    }

    /// What is in both sets.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).cloned().collect())
    }

    /// Whether all of this set is in the other.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// The scopes, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// The scopes as a row stores them.
    pub fn to_vec(&self) -> Vec<String> {
        self.0.iter().cloned().collect()
    }

    /// How many scopes there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<S: AsRef<str>> FromIterator<S> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = S>>(scopes: I) -> Self {
        let scopes = scopes.into_iter();
        Self(
            scopes
                .map(|scope| canonical(scope.as_ref()).to_owned())
                .filter(|scope| !scope.is_empty())
                .collect(),
        )
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope)?;
        }
        Ok(())
    }
}

/// What calls need: for each of Google's API methods, one of the scopes that Google accepts for it.
///
/// The accepted scopes come from Google's discovery documents, less those that are accepted in
/// letter only (an add-on's scope, a scope that opens a hidden folder). A method id that the
/// documents do not know is never satisfied.
///
/// ```
/// use toolgate_auth::{Requirement, ScopeSet};
///
/// let reading = Requirement::for_methods(&["calendar.events.list"]);
/// let granted = ScopeSet::parse("https://www.googleapis.com/auth/calendar");
/// assert!(reading.is_satisfied_by(&granted));
/// assert_eq!(
///     reading.least_scopes().to_string(),
///     "https://www.googleapis.com/auth/calendar.events.readonly"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Requirement {
    methods: BTreeSet<&'static str>,
}

impl Requirement {
    /// Needs nothing: every grant satisfies it.
    pub fn none() -> Self {
        Self::default()
    }

    /// Needs each of these methods, named by Google's ids such as `gmail.users.messages.list`.
    ///
    /// A few uses of a method have ids of their own, since Google accepts less for them:
    /// `drive.files.get?alt=media` (a download) and `drive.files.update?uploadType` (an upload).
    pub fn for_methods(methods: &[&'static str]) -> Self {
        Self {
            methods: methods.iter().copied().collect(),
        }
    }

    /// Needs what either needs.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self {
            methods: self.methods.union(&other.methods).copied().collect(),
        }
    }

    /// The ids of the methods.
    pub fn methods(&self) -> impl Iterator<Item = &'static str> {
        self.methods.iter().copied()
    }

    /// Whether each method may be called with what was granted.
    pub fn is_satisfied_by(&self, granted: &ScopeSet) -> bool {
        self.methods.iter().all(|method| covers(granted, method))
    }

    /// The methods that may not be called with what was granted.
    pub fn missing(&self, granted: &ScopeSet) -> Vec<&'static str> {
        self.methods()
            .filter(|method| !covers(granted, method))
            .collect()
    }

    /// The least sensitive set of scopes that satisfies this. Methods that the documents do not
    /// know add nothing.
    pub fn least_scopes(&self) -> ScopeSet {
        self.least_additional(&ScopeSet::default())
    }

    /// The least sensitive set of scopes that, with what was granted, satisfies this.
    pub fn least_additional(&self, granted: &ScopeSet) -> ScopeSet {
        let open = self.missing(granted);
        let choices = open.iter().filter_map(|method| accepted(method));
        least::least(choices)
    }
}

/// The scopes that Google accepts for a method; `None` for a method that is not known. An empty
/// list needs no scope.
fn accepted(method: &str) -> Option<&'static [&'static str]> {
    let index = table::METHODS
        .binary_search_by_key(&method, |(id, _)| id)
        .ok()?;
    table::METHODS.get(index).map(|(_, scopes)| *scopes)
}

fn covers(granted: &ScopeSet, method: &str) -> bool {
    accepted(method).is_some_and(|scopes| {
        scopes.is_empty() || scopes.iter().any(|scope| granted.contains(scope))
    })
}
