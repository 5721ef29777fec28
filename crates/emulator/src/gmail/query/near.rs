//! `AROUND`: words that stand near each other.

use super::terms::term;
use super::{Query, Term, Token};
use crate::gmail::words::normalized;

/// Two runs of words with a few words between them at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Near {
    /// Without blanks around, as everything here.
    first: String,
    second: String,
    /// How many words may stand between them.
    between: usize,
    /// Whether the first has to come first.
    in_order: bool,
    pub(crate) subject_only: bool,
}

impl Near {
    fn new(first: &str, between: &str, second: &str, in_order: bool) -> Option<Self> {
        let words =
            |text: &str| Some(normalized(text).trim().to_owned()).filter(|it| !it.is_empty());
        Some(Self {
            first: words(first)?,
            second: words(second)?,
            between: between.parse().ok()?,
            in_order,
            subject_only: false,
        })
    }

    /// What stands between quotation marks, if it is `first AROUND 5 second`.
    fn quoted(text: &str) -> Option<Self> {
        let (first, rest) = text.split_once(" AROUND ")?;
        let (between, second) = rest.trim_start().split_once(' ')?;
        Self::new(first, between, second, true)
    }

    /// The condition behind an operator, or without one.
    pub(super) fn query(mut self, operator: Option<&str>) -> Query {
        match operator {
            None => Query::Term(Term::Near(self)),
            Some("subject") => {
                self.subject_only = true;
                Query::Term(Term::Near(self))
            }
            // Nothing else has an order of words.
            other => Query::And(vec![term(other, &self.first), term(other, &self.second)]),
        }
    }

    /// Whether a text in search form has the two so.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        let words: Vec<&str> = text.split_whitespace().collect();
        let (firsts, seconds) = (places(&words, &self.first), places(&words, &self.second));
        let follows = |(_, end): &(usize, usize), (start, _): &(usize, usize)| {
            start >= end && start - end <= self.between
        };
        firsts.iter().any(|first| {
            seconds
                .iter()
                .any(|second| follows(first, second) || (!self.in_order && follows(second, first)))
        })
    }
}

/// Where a run of words begins and ends, each time that it occurs.
fn places(words: &[&str], run: &str) -> Vec<(usize, usize)> {
    let run: Vec<&str> = run.split(' ').collect();
    let windows = words.windows(run.len()).enumerate();
    windows
        .filter(|(_, window)| *window == run)
        .map(|(start, _)| (start, start + run.len()))
        .collect()
}

/// The tokens, with `first AROUND 5 second` as one of them.
pub(super) fn joined(tokens: Vec<Token>) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let near = match &token {
            Token::Word(text) => Near::quoted(text),
            _ => None,
        };
        found.push(near.map_or(token, Token::Near));
        if let [
            ..,
            Token::Word(first),
            Token::Word(around),
            Token::Word(between),
            Token::Word(second),
        ] = &found[..]
            && around == "AROUND"
            && let Some(near) = Near::new(first, between, second, false)
        {
            found.truncate(found.len() - 4);
            found.push(Token::Near(near));
        }
    }
    found
}
