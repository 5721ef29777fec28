//! Parses Gmail's search language into a tree of terms.

use super::words;

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
            Self::All | Self::Not(_) => (false, false),
            Self::And(list) | Self::Or(list) => list
                .iter()
                .map(Self::reaches)
                .fold((false, false), |have, more| {
                    (have.0 || more.0, have.1 || more.1)
                }),
            Self::Term(Term::Anywhere) => (true, true),
            Self::Term(Term::Label(name)) => (name == "trash", name == "spam"),
            Self::Term(_) => (false, false),
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
                Some(Token::Word(_) | Token::Open { .. }) => self.primary(Some(&name)),
                _ => Query::All,
            },
            Some(Token::Open { any }) => self.group(operator, any),
            Some(Token::Word(text)) => term(operator, &text),
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
        Some(last) => {
            list.push(last);
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
    found
}

fn word(rest: &str) -> (Token, usize) {
    let end = rest
        .find(|letter: char| letter.is_whitespace() || "\"(){}".contains(letter))
        .unwrap_or(rest.len());
    let text = &rest[..end];
    if let Some((name, _)) = text.split_once(':') {
        let lower = name.to_ascii_lowercase();
        if OPERATORS.contains(&lower.as_str()) {
            return (Token::Operator(lower), name.len() + 1);
        }
    }
    let token = match text {
        "OR" => Token::Or,
        "AND" => Token::And,
        _ => Token::Word(text.to_owned()),
    };
    (token, end)
}

fn term(operator: Option<&str>, text: &str) -> Query {
    let Some(operator) = operator else {
        return plain(text);
    };
    if text.trim().is_empty() {
        return Query::All;
    }
    match known_term(operator, text.trim()) {
        Some(term) => Query::Term(term),
        // An operator with a value that it does not take is text like any other.
        None => plain(&format!("{operator} {text}")),
    }
}

fn plain(text: &str) -> Query {
    let words = words::normalized(text);
    if words.trim().is_empty() {
        Query::All
    } else {
        Query::Term(Term::Text(words))
    }
}

fn known_term(operator: &str, text: &str) -> Option<Term> {
    let address = |field| Some(Term::Address(field, person(text)?));
    match operator {
        "from" => address(AddressField::From),
        "to" => address(AddressField::To),
        "cc" => address(AddressField::Cc),
        "bcc" => address(AddressField::Bcc),
        "deliveredto" => address(AddressField::DeliveredTo),
        "subject" => Some(Term::Subject(words::normalized(text))),
        "after" | "newer" => words::moment(text).map(Term::Since),
        "before" | "older" => words::moment(text).map(Term::Before),
        "newer_than" => age(text).map(Term::NewerThan),
        "older_than" => age(text).map(Term::OlderThan),
        "is" | "in" | "label" => Some(place(operator, text)),
        "has" => has(&text.to_lowercase()),
        "filename" => Some(Term::Filename(words::normalized(text))),
        "rfc822msgid" => Some(Term::MessageId(text.trim_matches(['<', '>']).to_owned())),
        "list" => Some(Term::List(words::normalized(text))),
        "larger" | "size" => size(text).map(Term::AtLeast),
        "smaller" => size(text).map(Term::Smaller),
        "category" => Some(Term::Category(text.to_lowercase())),
        _ => None,
    }
}

fn person(text: &str) -> Option<Person> {
    let lower = text.to_lowercase();
    let lower = lower.trim_end_matches('*').trim_matches(['<', '>']);
    if lower == "me" {
        return Some(Person::Me);
    }
    if lower.contains('@') && !lower.contains(char::is_whitespace) {
        return Some(Person::Address(lower.to_owned()));
    }
    let words = words::normalized(lower);
    (!words.trim().is_empty()).then_some(Person::Words(words))
}

fn place(operator: &str, text: &str) -> Term {
    let name = words::label_key(text);
    match (operator, name.as_str()) {
        ("in", "anywhere") => Term::Anywhere,
        ("in", "archive") => Term::Archived,
        ("is", "read") => Term::Read,
        (_, "drafts") => Term::Label("draft".to_owned()),
        (_, "bin") => Term::Label("trash".to_owned()),
        (_, "chats") => Term::Label("chat".to_owned()),
        _ => Term::Label(name),
    }
}

fn has(what: &str) -> Option<Term> {
    Some(match what {
        "attachment" => Term::HasAttachment,
        "userlabels" => Term::HasUserLabel,
        "nouserlabels" => Term::HasNoUserLabel,
        "drive" => Term::HasLink(&["drive.google.com/", "docs.google.com/"]),
        "document" => Term::HasLink(&["docs.google.com/document/"]),
        "spreadsheet" => Term::HasLink(&["docs.google.com/spreadsheets/"]),
        "presentation" => Term::HasLink(&["docs.google.com/presentation/"]),
        "youtube" => Term::HasLink(&["youtube.com/", "youtu.be/"]),
        _ => return None,
    })
}

fn age(text: &str) -> Option<Age> {
    let unit = text.chars().last()?;
    let count: u32 = text[..text.len() - unit.len_utf8()].parse().ok()?;
    match unit {
        'h' => Some(Age::Hours(count)),
        'd' => Some(Age::Days(count)),
        'm' => Some(Age::Months(count)),
        'y' => Some(Age::Months(count.saturating_mul(12))),
        _ => None,
    }
}

fn size(text: &str) -> Option<u64> {
    let lower = text.to_lowercase();
    let digits = lower.trim_end_matches('b');
    let (digits, factor) = match digits.chars().last()? {
        'k' => (&digits[..digits.len() - 1], 1024),
        'm' => (&digits[..digits.len() - 1], 1024 * 1024),
        'g' => (&digits[..digits.len() - 1], 1024 * 1024 * 1024),
        _ => (digits, 1),
    };
    digits.parse::<u64>().ok()?.checked_mul(factor)
}
