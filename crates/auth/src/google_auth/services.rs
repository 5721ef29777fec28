//! The services of one `GoogleAuth` in this process: what its sign-ins connect people to.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

/// The toolkits of all bindings of one definition. Whichever of them serves the sign-in pages takes the
/// links of them all, and also those of a binding that has ended: its links may still be with people.
#[derive(Debug, Clone, Default)]
pub(crate) struct Services(Arc<RwLock<BTreeSet<String>>>);

impl Services {
    /// Those of one more binding.
    pub(crate) fn add<'a>(&self, names: impl Iterator<Item = &'a String>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.extend(names.cloned());
    }

    /// Whether a link may be made for these here.
    pub(crate) fn has_all<'a>(&self, mut names: impl Iterator<Item = &'a String>) -> bool {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        names.all(|name| known.contains(name))
    }

    /// Whether the pages here serve a link for these. Where no binding has a toolkit, the process serves
    /// nothing but sign-ins, and those of others: it takes what they made.
    pub(crate) fn serves<'a>(&self, names: impl Iterator<Item = &'a String>) -> bool {
        let serves_others = {
            let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
            known.is_empty()
        };
        serves_others || self.has_all(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_services_of_all_bindings_are_served_and_of_none_anybodys() {
        let [mail, diary] = ["mail".to_owned(), "diary".to_owned()];
        let services = Services::default();
        assert!(services.serves([&mail].into_iter()));
        assert!(!services.has_all([&mail].into_iter()));
        services.add([&mail].into_iter());
        assert!(!services.serves([&mail, &diary].into_iter()));
        services.add([&diary].into_iter());
        assert!(services.serves([&mail, &diary].into_iter()));
        assert!(services.has_all([&mail, &diary].into_iter()));
    }
}
