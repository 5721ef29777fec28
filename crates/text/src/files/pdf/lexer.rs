//! The syntax of PDF, read without recursion.

mod words;

pub(super) use words::{hex, is_blank};

use crate::files::{
    FileError,
    budget::Budget,
    pdf::object::{Dict, Object, whole},
};
use words::{constant, is_delimiter, number, unescaped};

/// How deep arrays and dictionaries may stand in each other.
const MAX_DEPTH: usize = 64;
/// More values than one array or dictionary of a person's file has, all in it together.
const MAX_VALUES: usize = 500_000;
/// The same for the operands of a page's content, of which several are kept.
const MAX_OPERAND: usize = 10_000;
/// Longer strings are no text.
const MAX_STRING: usize = 1024 * 1024;

/// What comes next in a file or in a page's content.
#[derive(Debug, PartialEq)]
pub(super) enum Item<'a> {
    Object(Object),
    /// A keyword or an operator.
    Word(&'a [u8]),
}

#[derive(Debug, PartialEq)]
enum Token<'a> {
    Object(Object),
    Word(&'a [u8]),
    Open { is_dict: bool },
    Close,
}

/// A place in bytes.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
    max_values: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self {
            bytes,
            at,
            max_values: MAX_VALUES,
        }
    }

    /// Of operands and operators, rather than of a file's objects.
    pub(super) fn of_content(bytes: &'a [u8]) -> Self {
        Self {
            max_values: MAX_OPERAND,
            ..Self::new(bytes, 0)
        }
    }

    /// The next whole value or word; nothing at the end, and nothing where a value is broken.
    pub(super) fn item(&mut self, budget: &Budget) -> Result<Option<Item<'a>>, FileError> {
        let mut open: Vec<(bool, Vec<Object>)> = Vec::new();
        let mut values = 0;
        loop {
            budget.tick()?;
            values += 1;
            if open.len() > MAX_DEPTH || values > self.max_values {
                return Ok(None);
            }
            let value = match self.token() {
                None => return Ok(None),
                Some(Token::Object(value)) => value,
                Some(Token::Open { is_dict }) => {
                    open.push((is_dict, Vec::new()));
                    continue;
                }
                Some(Token::Close) => match open.pop() {
                    Some((is_dict, items)) => closed(is_dict, items),
                    // One too many is nothing.
                    None => continue,
                },
                Some(Token::Word(word)) => match (constant(word), open.last_mut()) {
                    (Some(value), _) => value,
                    (None, None) => return Ok(Some(Item::Word(word))),
                    (None, Some((_, items))) if word == b"R" => {
                        refer(items);
                        continue;
                    }
                    (None, Some(_)) => return Ok(None),
                },
            };
            match open.last_mut() {
                Some((_, items)) => items.push(value),
                None => return Ok(Some(Item::Object(value))),
            }
        }
    }

    /// The next value of a file, where two numbers and an `R` are a reference.
    pub(super) fn object(&mut self, budget: &Budget) -> Result<Option<Object>, FileError> {
        let Some(Item::Object(first)) = self.item(budget)? else {
            return Ok(None);
        };
        if let Object::Number(_) = first {
            let mut ahead = self.clone();
            let generation = ahead.token();
            if matches!(generation, Some(Token::Object(Object::Number(_))))
                && ahead.token() == Some(Token::Word(b"R"))
            {
                *self = ahead;
                return Ok(reference(&first));
            }
        }
        Ok(Some(first))
    }

    fn token(&mut self) -> Option<Token<'a>> {
        self.skip_blanks();
        let byte = self.peek()?;
        Some(match byte {
            b'[' | b'{' => self.single(Token::Open { is_dict: false }),
            b']' | b'}' | b')' => self.single(Token::Close),
            b'<' if self.second() == Some(b'<') => {
                self.at += 2;
                Token::Open { is_dict: true }
            }
            b'>' => {
                self.at += if self.second() == Some(b'>') { 2 } else { 1 };
                Token::Close
            }
            b'<' => Token::Object(Object::String(self.hex_string())),
            b'(' => Token::Object(Object::String(self.string())),
            b'/' => {
                self.at += 1;
                let name = unescaped(self.word());
                Token::Object(Object::Name(name))
            }
            _ => {
                let word = self.word();
                number(word).map_or(Token::Word(word), |number| {
                    Token::Object(Object::Number(number))
                })
            }
        })
    }

    fn single(&mut self, token: Token<'a>) -> Token<'a> {
        self.at += 1;
        token
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn second(&self) -> Option<u8> {
        self.bytes.get(self.at + 1).copied()
    }

    fn skip_blanks(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                while self
                    .peek()
                    .is_some_and(|byte| !matches!(byte, b'\n' | b'\r'))
                {
                    self.at += 1;
                }
            } else if is_blank(byte) {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    /// Everything up to a blank or a delimiter; at least one byte.
    fn word(&mut self) -> &'a [u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest
            .iter()
            .position(|byte| is_blank(*byte) || is_delimiter(*byte));
        let length = length.unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn hex_string(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut digits = Vec::new();
        while let Some(byte) = self.peek() {
            self.at += 1;
            if byte == b'>' {
                break;
            }
            if let Some(digit) = hex(byte).filter(|_| digits.len() < MAX_STRING) {
                digits.push(digit);
            }
        }
        let byte = |pair: &[u8]| pair.first().unwrap_or(&0) << 4 | pair.get(1).unwrap_or(&0);
        digits.chunks(2).map(byte).collect()
    }

    /// A string in parentheses, of which those inside come in pairs.
    fn string(&mut self) -> Vec<u8> {
        self.at += 1;
        let (mut text, mut depth) = (Vec::new(), 1_usize);
        while let Some(byte) = self.peek() {
            self.at += 1;
            let byte = match byte {
                b'\\' => match self.escaped() {
                    Some(byte) => byte,
                    None => continue,
                },
                b'(' => {
                    depth += 1;
                    byte
                }
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                    byte
                }
                _ => byte,
            };
            if text.len() < MAX_STRING {
                text.push(byte);
            }
        }
        text
    }

    /// What stands behind a backslash: nothing where it joins two lines.
    fn escaped(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(match byte {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'\n' => return None,
            b'\r' => {
                self.at += usize::from(self.peek() == Some(b'\n'));
                return None;
            }
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else {
                        break;
                    };
                    code = code * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                u8::try_from(code & 0xff).unwrap_or(0)
            }
            _ => byte,
        })
    }
}

fn closed(is_dict: bool, items: Vec<Object>) -> Object {
    if !is_dict {
        return Object::Array(items);
    }
    let mut dict = Dict::default();
    let mut items = items.into_iter();
    while let Some(key) = items.next() {
        // What is no name is in the way of the next that is.
        if let (Object::Name(name), Some(value)) = (key, items.next()) {
            dict.0.insert(name, value);
        }
    }
    Object::Dict(dict)
}

/// Makes a reference of the last two numbers.
fn refer(items: &mut Vec<Object>) {
    let generation = items.pop();
    let number = items.pop();
    if let (Some(Object::Number(_)), Some(number)) = (generation, number) {
        items.push(reference(&number).unwrap_or_default());
    }
}

fn reference(number: &Object) -> Option<Object> {
    let number = whole(number.number()?)?;
    u32::try_from(number).ok().map(Object::Reference)
}

#[cfg(test)]
mod tests;
