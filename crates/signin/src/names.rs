//! What the pages call people.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use toolgate_auth::Principal;

use crate::notice::bounded;

/// What the pages call people, where the application's ids of them say nothing to a reader.
///
/// ```
/// use std::sync::Arc;
///
/// use async_trait::async_trait;
/// use toolgate_auth::Principal;
/// use toolgate_signin::{PageOptions, PersonNames};
///
/// /// The application's table of users.
/// #[derive(Debug)]
/// struct Users;
///
/// #[async_trait]
/// impl PersonNames for Users {
///     async fn name(&self, person: &Principal) -> Option<String> {
///         let known = person.user().is_some_and(|id| id.as_str() == "u-4711");
///         known.then(|| "Alice Example".to_owned())
///     }
/// }
///
/// let options = PageOptions::new().with_person_names(Arc::new(Users));
/// # let _ = options;
/// ```
#[async_trait]
pub trait PersonNames: Send + Sync + fmt::Debug {
    /// A name; none where there is none, or it cannot be told for now: then the pages say the id.
    ///
    /// On a page that has to warn since nothing ties its link to a person, the id stands beside it:
    /// a name that people choose themselves can be chosen to deceive.
    async fn name(&self, person: &Principal) -> Option<String>;
}

/// What a page calls a person.
pub(crate) async fn called(
    names: Option<&Arc<dyn PersonNames>>,
    person: &Principal,
    has_to_warn: bool,
) -> String {
    let id = bounded(&person.to_string());
    let name = match names {
        Some(names) => names.name(person).await,
        None => None,
    };
    let name = name.map(|name| bounded(name.trim()));
    match name.filter(|name| !name.is_empty()) {
        None => id,
        Some(name) if has_to_warn => format!("{name} ({id})"),
        Some(name) => name,
    }
}
