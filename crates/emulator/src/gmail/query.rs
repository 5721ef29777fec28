//! Parses Gmail's search language into a tree of terms.

mod near;
mod terms;

pub(crate) use self::near::Near;

use self::terms::term;

/// Groups nested deeper than this are read as if their brackets were not there.
const MAX_DEPTH: usize = 32;

const OPERATORS: &[&str] = &[
    "after",
    "bcc",
    "before",
    "category",
    "cc",
    "deliveredto",
    "filename",
    "from",
    "has",
    "in",
    "is",
    "label",
    "larger",
    "list",
    "newer",
    "newer_than",
    "older",
    "older_than",
    "rfc822msgid",
    "size",
    "smaller",
    "subject",
    "to",
];

/// A search as a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Query {
    /// Matches everything, as an empty search does.
    All,
    And(Vec<Query>),
    Or(Vec<Query>),
    Not(Box<Query>),
    Term(Term),
}

/// One condition on a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Term {
    /// These words, one after the other, in any one field.
    Text(String),
    Subject(String),
    Near(Near),
    Address(AddressField, Person),
    /// Received at or after that moment, in milliseconds.
    Since(i64),
    /// Received before that moment, in milliseconds.
    Before(i64),
    NewerThan(Age),
    OlderThan(Age),
    /// Wears a label, by its name in search form.
    Label(String),
    Read,
    Archived,
    Anywhere,
    HasAttachment,
    HasUserLabel,
    HasNoUserLabel,
    /// The text holds a link to one of these places.
    HasLink(&'static [&'static str]),
    Filename(String),
    MessageId(String),
    List(String),
    AtLeast(u64),
    Smaller(u64),
    Category(String),
    /// What the API cannot tell, such as the colour of a star.
    Nothing,
}

/// Where an address is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AddressField {
    From,
    To,
    Cc,
    Bcc,
    DeliveredTo,
}

/// Whom an address operator names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Person {
    /// The account's own address.
    Me,
    /// A whole address, or `@domain`.
    Address(String),
    /// Words of a name or of an address.
    Words(String),
}

/// A span of time before now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Age {
    Hours(u32),
    Days(u32),
    Months(u32),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Minus,
    Open { any: bool },
    Close,
    Or,
    And,
    Operator(String),
    Word(String),
    Near(Near),
}

impl Query {
    /// Reads any text: what is not understood is searched for as words.
    pub(crate) fn parse(text: &str) -> Self {
        let mut parser = Parser {
            tokens: tokens(text),
            at: 0,
            depth: 0,
        };
        let mut all = Vec::new();
        while parser.at < parser.tokens.len() {
            all.push(parser.sequence(None, false));
            // A closing bracket that nothing opened.
            parser.at += 1;
        }
        joined(all, false)
    }

    /// Whether the search asks for what is otherwise left out: (trash, spam).
    pub(crate) fn reaches(&self) -> (bool, bool) {
        match self {
            Self::And(list) | Self::Or(list) => list
                .iter()
                .map(Self::reaches)
                .fold((false, false), |have, more| {
                    (have.0 || more.0, have.1 || more.1)
                }),
            Self::Term(Term::Anywhere) => (true, true),
            Self::Term(Term::Label(name)) => (name == "trash", name == "spam"),
            // What is negated is not asked for.
            Self::All | Self::Not(_) | Self::Term(_) => (false, false),
        }
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn next_is(&self, token: &Token) -> bool {
        self.tokens.get(self.at) == Some(token)
    }

    /// Terms up to a closing bracket or the end: all of them must hold, or any.
    fn sequence(&mut self, operator: Option<&str>, any: bool) -> Query {
        let mut list = Vec::new();
        while let Some(token) = self.tokens.get(self.at) {
            match token {
                Token::Close => break,
                Token::And | Token::Or => self.at += 1,
                _ => list.push(self.alternatives(operator)),
            }
        }
        joined(list, any)
    }

    /// `a OR b OR c`, which binds closer than standing side by side.
    fn alternatives(&mut self, operator: Option<&str>) -> Query {
        let mut list = vec![self.negated(operator)];
        while self.next_is(&Token::Or) {
            self.at += 1;
            if self
                .tokens
                .get(self.at)
                .is_none_or(|token| *token == Token::Close)
            {
                break;
            }
            list.push(self.negated(operator));
        }
        joined(list, true)
    }

    fn negated(&mut self, operator: Option<&str>) -> Query {
        let mut negated = false;
        while self.next_is(&Token::Minus) {
            self.at += 1;
            negated = !negated;
        }
        match self.primary(operator) {
            Query::All => Query::All,
            found if negated => Query::Not(Box::new(found)),
            found => found,
        }
    }

    fn primary(&mut self, operator: Option<&str>) -> Query {
        match self.next() {
            Some(Token::Operator(name)) => match self.tokens.get(self.at) {
                Some(Token::Word(_) | Token::Near(_) | Token::Open { .. }) => {
                    self.primary(Some(&name))
                }
                _ => Query::All,
            },
            Some(Token::Open { any }) => self.group(operator, any),
            Some(Token::Word(text)) => term(operator, &text),
            Some(Token::Near(near)) => near.query(operator),
            Some(Token::Minus | Token::And | Token::Or) | None => Query::All,
            Some(Token::Close) => {
                self.at -= 1;
                Query::All
            }
        }
    }

    fn group(&mut self, operator: Option<&str>, any: bool) -> Query {
        if self.depth == MAX_DEPTH {
            return Query::All;
        }
        self.depth += 1;
        let inner = self.sequence(operator, any);
        self.depth -= 1;
        if self.next_is(&Token::Close) {
            self.at += 1;
        }
        inner
    }
}

fn joined(list: Vec<Query>, any: bool) -> Query {
    let mut list: Vec<Query> = list
        .into_iter()
        .filter(|query| *query != Query::All)
        .collect();
    match list.pop() {
        None => Query::All,
        Some(only) if list.is_empty() => only,
        Some(rest) => {
            list.push(rest);
            if any {
                Query::Or(list)
            } else {
                Query::And(list)
            }
        }
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, used) = match first {
            '(' | '{' => (Token::Open { any: first == '{' }, 1),
            ')' | '}' => (Token::Close, 1),
            '-' => (Token::Minus, 1),
            '"' => {
                let inner = &rest[1..];
                let end = inner.find('"').unwrap_or(inner.len());
                (
                    Token::Word(inner[..end].to_owned()),
                    (end + 2).min(rest.len()),
                )
            }
            _ => word(rest),
        };
        rest = &rest[used..];
        let trimmed = rest.trim_start();
        // A dash that stands alone negates nothing.
        if token != Token::Minus || (trimmed.len() == rest.len() && !rest.is_empty()) {
            found.push(token);
        }
        rest = trimmed;
    }
    near::joined(found)
}

fn word(rest: &str) -> (Token, usize) {
    let operator = OPERATORS.iter().find(|name| {
        let head = rest.as_bytes().get(..name.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(name.as_bytes()))
            && rest.as_bytes().get(name.len()) == Some(&b':')
    });
    if let Some(name) = operator {
        return (Token::Operator((*name).to_owned()), name.len() + 1);
    }
    let end = rest
        .find(|letter: char| letter.is_whitespace() || "\"(){}".contains(letter))
        .unwrap_or(rest.len());
    let token = match &rest[..end] {
        "OR" => Token::Or,
        "AND" => Token::And,
        text => Token::Word(text.to_owned()),
    };
    (token, end)
}
