//! Formulas as trees.

use super::datum::FaultKind;
use super::formula::{Reference, Token, words};
use super::locale::Locale;

/// How deep formulas may nest, and how many operators they may have.
const DEEPEST: usize = 50;
const MOST_OPERATORS: usize = 250;

/// A formula, or a part of one.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expr {
    Number(f64),
    Text(String),
    Fault(FaultKind),
    Reference(Reference),
    Name(String),
    /// An argument that is left out.
    Missing,
    Negative(Box<Expr>),
    Percent(Box<Expr>),
    Binary(&'static str, Box<Expr>, Box<Expr>),
    Call(String, Vec<Expr>),
}

/// Reads a formula; `None` where it is none.
pub(super) fn read(formula: &str, locale: &Locale) -> Option<Expr> {
    let words = words(formula, locale)?;
    let mut reader = Reader {
        words: words.into_iter().map(|(token, _)| token).collect(),
        at: 0,
        depth: 0,
        operators: 0,
    };
    let expr = reader.level(0)?;
    (reader.at == reader.words.len()).then_some(expr)
}

/// The operators from those that bind least.
const LEVELS: [&[&str]; 5] = [
    &["=", "<>", "<", ">", "<=", ">="],
    &["&"],
    &["+", "-"],
    &["*", "/"],
    &["^"],
];

struct Reader {
    words: Vec<Token>,
    at: usize,
    depth: usize,
    operators: usize,
}

impl Reader {
    fn peek(&self) -> Option<&Token> {
        self.words.get(self.at)
    }

    fn takes(&mut self, operator: &str) -> bool {
        let is_next = matches!(self.peek(), Some(Token::Op(next)) if *next == operator);
        self.at += usize::from(is_next);
        is_next
    }

    fn level(&mut self, level: usize) -> Option<Expr> {
        let Some(operators) = LEVELS.get(level) else {
            return self.signed();
        };
        let mut left = self.level(level + 1)?;
        while let Some(Token::Op(next)) = self.peek() {
            let next = *next;
            if !operators.contains(&next) {
                break;
            }
            self.at += 1;
            self.operators += 1;
            if self.operators > MOST_OPERATORS {
                return None;
            }
            let right = self.level(level + 1)?;
            left = Expr::Binary(next, Box::new(left), Box::new(right));
        }
        Some(left)
    }

    fn signed(&mut self) -> Option<Expr> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let expr = if self.takes("-") {
            Expr::Negative(Box::new(self.signed()?))
        } else if self.takes("+") {
            self.signed()?
        } else {
            let mut expr = self.single()?;
            while self.takes("%") {
                expr = Expr::Percent(Box::new(expr));
            }
            expr
        };
        self.depth -= 1;
        Some(expr)
    }

    fn single(&mut self) -> Option<Expr> {
        let token = self.peek()?.clone();
        self.at += 1;
        match token {
            Token::Number(number) => Some(Expr::Number(number)),
            Token::Text(text) => Some(Expr::Text(text)),
            Token::Fault(kind) => Some(Expr::Fault(kind)),
            Token::Reference(reference) => Some(Expr::Reference(reference)),
            Token::Name(name) if self.takes("(") => {
                Some(Expr::Call(name.to_uppercase(), self.arguments()?))
            }
            Token::Name(name) => Some(Expr::Name(name)),
            Token::Op("(") => {
                let inner = self.level(0)?;
                self.takes(")").then_some(inner)
            }
            Token::Op(_) => None,
        }
    }

    fn arguments(&mut self) -> Option<Vec<Expr>> {
        let mut arguments = Vec::new();
        if self.takes(")") {
            return Some(arguments);
        }
        loop {
            let is_missing = matches!(self.peek(), Some(Token::Op("," | ";" | ")")));
            arguments.push(if is_missing {
                Expr::Missing
            } else {
                self.level(0)?
            });
            if self.takes(")") {
                return Some(arguments);
            }
            if !self.takes(",") && !self.takes(";") {
                return None;
            }
        }
    }
}
