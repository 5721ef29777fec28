//! The language of `q`: read into a tree.
//!
//! `and` and `or` bind alike and are read from left to right, as Google documents; `not` takes the
//! next term alone.

/// More parentheses or `not`s than this within each other are refused.
const DEEPEST: usize = 64;

/// A condition on a file or a shared drive.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Query {
    And(Box<Query>, Box<Query>),
    Or(Box<Query>, Box<Query>),
    Not(Box<Query>),
    Term(Term),
}

/// One comparison.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Term {
    pub(crate) field: &'static str,
    pub(crate) op: Op,
    pub(crate) value: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    Contains,
    Has,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Flag(bool),
    /// Milliseconds since the epoch.
    Time(i64),
    Number(i64),
    /// A property with its value.
    Pair(String, String),
}

/// What the values of a field are, which decides what it can be compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Texts that `contains` looks into.
    Text,
    /// Texts that are equal or not.
    Id,
    /// `contains` only.
    Words,
    Time,
    Flag,
    People,
    Pairs,
    Number,
}

/// Flags that may stand by themselves: Google's own examples have the first so, and programs that are
/// in use the second.
const BARE: [&str; 2] = ["sharedWithMe", "starred"];

const FILE_FIELDS: &[(&str, Kind)] = &[
    ("name", Kind::Text),
    ("fullText", Kind::Words),
    ("mimeType", Kind::Text),
    ("modifiedTime", Kind::Time),
    ("createdTime", Kind::Time),
    ("viewedByMeTime", Kind::Time),
    ("trashed", Kind::Flag),
    ("starred", Kind::Flag),
    ("sharedWithMe", Kind::Flag),
    ("parents", Kind::People),
    ("owners", Kind::People),
    ("writers", Kind::People),
    ("readers", Kind::People),
    ("properties", Kind::Pairs),
    ("appProperties", Kind::Pairs),
    ("visibility", Kind::Id),
    ("shortcutDetails.targetId", Kind::Id),
];

const DRIVE_FIELDS: &[(&str, Kind)] = &[
    ("name", Kind::Text),
    ("createdTime", Kind::Time),
    ("hidden", Kind::Flag),
    ("memberCount", Kind::Number),
    ("organizerCount", Kind::Number),
];

const VISIBILITIES: &[&str] = &[
    "anyoneCanFind",
    "anyoneWithLink",
    "domainCanFind",
    "domainWithLink",
    "limited",
];

/// Reads a query for files; `None` for what is not one.
pub(crate) fn of_files(text: &str) -> Option<Query> {
    read(text, FILE_FIELDS)
}

/// Reads a query for shared drives; `None` for what is not one.
pub(crate) fn of_drives(text: &str) -> Option<Query> {
    read(text, DRIVE_FIELDS)
}

fn read(text: &str, fields: &'static [(&'static str, Kind)]) -> Option<Query> {
    let tokens = tokens(text)?;
    let mut reader = Reader {
        tokens: &tokens,
        fields,
    };
    let query = reader.query(0)?;
    reader.tokens.is_empty().then_some(query)
}

impl Query {
    /// Whether some term of it is about this field.
    pub(crate) fn mentions(&self, field: &str) -> bool {
        match self {
            Self::And(left, right) | Self::Or(left, right) => {
                left.mentions(field) || right.mentions(field)
            }
            Self::Not(inner) => inner.mentions(field),
            Self::Term(term) => term.field == field,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// A name, a keyword, `true` or a number.
    Word(String),
    /// What stood in quotes.
    Text(String),
    /// An operator or a bracket.
    Sign(&'static str),
}

const SIGNS: [&str; 10] = ["!=", "<=", ">=", "=", "<", ">", "(", ")", "{", "}"];

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (token, behind) = if let Some(quoted) = rest.strip_prefix('\'') {
            let (text, behind) = quoted_text(quoted)?;
            (Token::Text(text), behind)
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            (Token::Sign(sign), &rest[sign.len()..])
        } else {
            let lawful = |letter: char| letter.is_ascii_alphanumeric() || letter == '.';
            let end = rest.find(|letter| !lawful(letter)).unwrap_or(rest.len());
            if end == 0 {
                return None;
            }
            (Token::Word(rest[..end].to_owned()), &rest[end..])
        };
        tokens.push(token);
        rest = behind.trim_start();
    }
    Some(tokens)
}

/// A text up to its closing quote, and what stands behind; `\'` and `\\` are the only escapes.
fn quoted_text(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\'' => return Some((value, &text[at + 1..])),
            '\\' => match letters.next()? {
                (_, escaped @ ('\'' | '\\')) => value.push(escaped),
                _ => return None,
            },
            other => value.push(other),
        }
    }
    None
}

struct Reader<'a> {
    tokens: &'a [Token],
    fields: &'static [(&'static str, Kind)],
}

impl Reader<'_> {
    fn query(&mut self, depth: usize) -> Option<Query> {
        let mut query = self.operand(depth)?;
        loop {
            query = if self.keyword("and") {
                Query::And(Box::new(query), Box::new(self.operand(depth)?))
            } else if self.keyword("or") {
                Query::Or(Box::new(query), Box::new(self.operand(depth)?))
            } else {
                return Some(query);
            };
        }
    }

    fn operand(&mut self, depth: usize) -> Option<Query> {
        if depth > DEEPEST {
            return None;
        }
        if self.keyword("not") {
            return Some(Query::Not(Box::new(self.operand(depth + 1)?)));
        }
        if self.sign("(") {
            let query = self.query(depth + 1)?;
            return self.sign(")").then_some(query);
        }
        self.term().map(Query::Term)
    }

    fn term(&mut self) -> Option<Term> {
        match self.next()? {
            Token::Text(value) => {
                if !self.keyword("in") {
                    return None;
                }
                let Token::Word(name) = self.next()? else {
                    return None;
                };
                let (field, kind) = self.field(name)?;
                (kind == Kind::People).then(|| Term {
                    field,
                    op: Op::In,
                    value: Value::Text(value.clone()),
                })
            }
            Token::Word(name) => {
                let (field, kind) = self.field(name)?;
                self.comparison(field, kind)
            }
            Token::Sign(_) => None,
        }
    }

    fn comparison(&mut self, field: &'static str, kind: Kind) -> Option<Term> {
        let Some(op) = self.operator() else {
            let value = Value::Flag(true);
            let op = Op::Equal;
            return BARE.contains(&field).then_some(Term { field, op, value });
        };
        let is_equality = matches!(op, Op::Equal | Op::Unequal);
        let is_order = !matches!(op, Op::Contains | Op::In | Op::Has);
        let fits = match kind {
            Kind::Text => is_equality || op == Op::Contains,
            Kind::Words => op == Op::Contains,
            Kind::Id | Kind::Flag => is_equality,
            Kind::Time | Kind::Number => is_order,
            Kind::Pairs => op == Op::Has,
            Kind::People => false,
        };
        if !fits {
            return None;
        }
        let value = self.value(field, kind)?;
        Some(Term { field, op, value })
    }

    fn value(&mut self, field: &str, kind: Kind) -> Option<Value> {
        match kind {
            Kind::Pairs => self.pair(),
            Kind::Flag => match self.next()? {
                Token::Word(word) => word.parse().ok().map(Value::Flag),
                _ => None,
            },
            Kind::Number => match self.next()? {
                Token::Word(word) => word.parse().ok().map(Value::Number),
                _ => None,
            },
            Kind::Time => moment(self.text()?).map(Value::Time),
            _ => {
                let text = self.text()?;
                let is_known = field != "visibility" || VISIBILITIES.contains(&text);
                is_known.then(|| Value::Text(text.to_owned()))
            }
        }
    }

    /// `{ key='a' and value='b' }`
    fn pair(&mut self) -> Option<Value> {
        let opened = self.sign("{") && self.keyword("key") && self.sign("=");
        let key = opened.then(|| self.text()).flatten()?.to_owned();
        let goes_on = self.keyword("and") && self.keyword("value") && self.sign("=");
        let value = goes_on.then(|| self.text()).flatten()?.to_owned();
        self.sign("}").then_some(Value::Pair(key, value))
    }

    fn operator(&mut self) -> Option<Op> {
        let op = match self.tokens.first()? {
            Token::Sign("=") => Op::Equal,
            Token::Sign("!=") => Op::Unequal,
            Token::Sign("<") => Op::Less,
            Token::Sign("<=") => Op::LessOrEqual,
            Token::Sign(">") => Op::Greater,
            Token::Sign(">=") => Op::GreaterOrEqual,
            Token::Word(word) if word == "contains" => Op::Contains,
            Token::Word(word) if word == "has" => Op::Has,
            _ => return None,
        };
        self.tokens = &self.tokens[1..];
        Some(op)
    }

    fn field(&self, name: &str) -> Option<(&'static str, Kind)> {
        let found = self.fields.iter().find(|(known, _)| *known == name);
        found.copied()
    }

    fn text(&mut self) -> Option<&str> {
        match self.next()? {
            Token::Text(text) => Some(text),
            _ => None,
        }
    }

    fn keyword(&mut self, wanted: &str) -> bool {
        self.take(|token| matches!(token, Token::Word(word) if word == wanted))
    }

    fn sign(&mut self, wanted: &str) -> bool {
        self.take(|token| matches!(token, Token::Sign(sign) if *sign == wanted))
    }

    fn take(&mut self, is_wanted: impl Fn(&Token) -> bool) -> bool {
        let found = self.tokens.first().is_some_and(is_wanted);
        if found {
            self.tokens = &self.tokens[1..];
        }
        found
    }
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<&'a Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }
}

/// Milliseconds of a time in RFC 3339; without a zone it is in UTC, without a time it is midnight.
fn moment(text: &str) -> Option<i64> {
    if let Ok(time) = chrono::DateTime::parse_from_rfc3339(text) {
        return Some(time.timestamp_millis());
    }
    let local = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok();
    let local = local.or_else(|| text.parse::<chrono::NaiveDate>().ok()?.and_hms_opt(0, 0, 0));
    Some(local?.and_utc().timestamp_millis())
}
