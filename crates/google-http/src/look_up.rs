//! What became of a write to which Google gave no clear answer: several look-ups, spread over a time, and
//! what they add up to.

use std::fmt::Display;
use std::time::Duration;

use crate::retry::{Sleeper as _, TokioSleeper};

/// When the look-ups happen, in tenths of the time for them.
const ROUNDS: [u32; 4] = [0, 1, 4, 10];

/// So many of them have to find nothing before it is said that nothing is there.
const LOOKED: u32 = 2;

/// What a look-up found.
#[derive(Debug)]
#[non_exhaustive]
pub enum Seen<T> {
    /// It was done, and this is what it made.
    Done(T),
    /// It was not done, as far as this look-up can see.
    NotDone,
    /// Neither can be said, for this reason.
    Doubtful(String),
}

/// What all look-ups say together.
#[derive(Debug)]
#[non_exhaustive]
pub enum Verdict<T> {
    /// It was done, and this is what it made.
    Done(T),
    /// It was not done: two look-ups at least did not find it, and the last of all was one of them.
    NotDone,
    /// Neither can be said, for this reason.
    Unknown(String),
}

/// Looks up to four times within `time`, as long as something of the call's time `remaining` is left.
pub async fn look_up<T, E, F>(
    time: Duration,
    remaining: impl Fn() -> Duration,
    look: impl Fn() -> F,
) -> Verdict<T>
where
    E: Display,
    F: Future<Output = Result<Seen<T>, E>>,
{
    let mut tally = Tally::default();
    let mut tenths = 0;
    for round in ROUNDS {
        let wait = time * (round - tenths) / 10;
        tenths = round;
        if wait >= remaining() {
            return Verdict::Unknown("there was no time left to look for it".to_owned());
        }
        TokioSleeper.sleep(wait).await;
        if let Some(made) = tally.add(look().await) {
            return Verdict::Done(made);
        }
    }
    tally.verdict()
}

/// The look-ups so far.
#[derive(Debug, Default)]
struct Tally {
    /// How many found nothing.
    absent: u32,
    /// Whether the last one did.
    is_absent: bool,
    doubt: Option<String>,
}

impl Tally {
    /// Counts one look-up; what was made, where it found that.
    fn add<T>(&mut self, look: Result<Seen<T>, impl Display>) -> Option<T> {
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

    /// What is to be said where no look-up found it.
    fn verdict<T>(self) -> Verdict<T> {
        // A doubt stays one, whatever a later look-up does not find.
        if let Some(why) = self.doubt {
            return Verdict::Unknown(why);
        }
        // What Google made may show late: nothing is denied by looks that were too early for that.
        if self.is_absent && self.absent >= LOOKED {
            return Verdict::NotDone;
        }
        Verdict::Unknown("looking for it failed as well".to_owned())
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
                let denied = matches!(tally.verdict::<()>(), Verdict::NotDone);
                prop_assert_eq!(denied, denies);
            }
        }
    }
}
