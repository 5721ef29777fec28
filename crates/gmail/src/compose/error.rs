//! Why a message cannot be built, in words that say what to write instead.

/// A refused argument.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{argument}: {problem}")]
pub(crate) struct ComposeError {
    argument: &'static str,
    problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Problem {
    #[error("it holds a line break or another control character")]
    Control,
    #[error("`{0}` is not an e-mail address")]
    NotAnAddress(String),
    #[error("the mail has more than {0} recipients")]
    TooMany(usize),
    #[error("it is longer than {0} characters")]
    TooLong(usize),
}

/// Characters of a refused value that an error repeats.
const SHOWN: usize = 80;

impl ComposeError {
    /// The name of the argument that was refused.
    pub(crate) fn argument(&self) -> &'static str {
        self.argument
    }

    /// What is wrong with it.
    pub(crate) fn problem(&self) -> String {
        self.problem.to_string()
    }

    /// What a good value looks like.
    pub(crate) fn good_value(&self) -> &'static str {
        match self.problem {
            Problem::Control => "one line of text",
            Problem::NotAnAddress(_) => {
                "`name@example.org` or `Name <name@example.org>`, several separated by commas"
            }
            Problem::TooMany(_) => "fewer addresses",
            Problem::TooLong(_) => "a shorter text",
        }
    }

    pub(super) fn control(argument: &'static str) -> Self {
        Self {
            argument,
            problem: Problem::Control,
        }
    }

    pub(super) fn not_an_address(argument: &'static str, value: &str) -> Self {
        let shown = value
            .chars()
            .filter(|c| !toolgate_text::is_invisible(*c))
            .take(SHOWN)
            .collect();
        Self {
            argument,
            problem: Problem::NotAnAddress(shown),
        }
    }

    pub(super) fn too_many(argument: &'static str, max: usize) -> Self {
        Self {
            argument,
            problem: Problem::TooMany(max),
        }
    }

    pub(super) fn too_long(argument: &'static str, max: usize) -> Self {
        Self {
            argument,
            problem: Problem::TooLong(max),
        }
    }
}
