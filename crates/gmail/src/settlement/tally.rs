//! What the look-ups after a write add up to.

use std::fmt::Display;

use super::Seen;

/// So many of them have to find nothing before it is said that nothing is there.
const LOOKED: u32 = 2;

/// The look-ups so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// How many found nothing.
    absent: u32,
    /// Whether the last one did.
    is_absent: bool,
    doubt: Option<String>,
}

impl Tally {
    /// Counts one look-up; what was made, where it found that.
    pub(super) fn add<T>(&mut self, look: Result<Seen<T>, impl Display>) -> Option<T> {
        self.is_absent = false;
        match look {
            Ok(Seen::Done(made)) => return Some(made),
            Ok(Seen::NotDone) => {
                self.absent += 1;
                self.is_absent = true;
            }
            Ok(Seen::Doubtful(why)) => self.doubt = Some(why),
            Err(error) => tracing::info!(%error, "a look-up failed"),
        }
        None
    }

    /// Why it is not known that nothing was done; none where that is known.
    pub(super) fn unknown(&self) -> Option<&str> {
        // A doubt stays one, whatever a later look-up does not find.
        if let Some(why) = &self.doubt {
            return Some(why);
        }
        // What Google made may show late: nothing is denied by looks that were too early for that.
        let denies = self.is_absent && self.absent >= LOOKED;
        (!denies).then_some("looking for it failed as well")
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq)]
    enum Look {
        Found,
        Nothing,
        Doubt,
        Failed,
    }

    fn any_look() -> impl Strategy<Value = Look> {
        // What ends the looking is rare, so that long sequences come to their end.
        prop_oneof![
            1 => Just(Look::Found),
            8 => Just(Look::Nothing),
            1 => Just(Look::Doubt),
            8 => Just(Look::Failed),
        ]
    }

    fn seen(look: Look) -> Result<Seen<()>, &'static str> {
        match look {
            Look::Found => Ok(Seen::Done(())),
            Look::Nothing => Ok(Seen::NotDone),
            Look::Doubt => Ok(Seen::Doubtful("doubt".to_owned())),
            Look::Failed => Err("failed"),
        }
    }

    proptest! {
        #[test]
        fn nothing_is_denied_unless_the_last_of_two_looks_found_nothing(looks in vec(any_look(), 0..12)) {
            let mut tally = Tally::default();
            let found = looks.iter().any(|&look| tally.add(seen(look)).is_some());
            prop_assert_eq!(found, looks.contains(&Look::Found));
            if !found {
                let absent = looks.iter().filter(|&&look| look == Look::Nothing).count();
                let denies = looks.last() == Some(&Look::Nothing)
                    && absent >= 2
                    && !looks.contains(&Look::Doubt);
                prop_assert_eq!(tally.unknown().is_none(), denies);
            }
        }
    }
}
