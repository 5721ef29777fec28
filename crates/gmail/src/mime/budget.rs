//! How much of one message is read: whoever writes to a person decides how large it is.

#[cfg(test)]
use std::cell::Cell;

/// Bytes of text that are read, of all parts together.
const MAX_BYTES: usize = 2 * 1024 * 1024;
/// Characters that are made of them.
const MAX_CHARS: usize = 900_000;

/// What is left of it for the rest of a message.
#[derive(Debug)]
pub(super) struct Budget {
    bytes: usize,
    chars: usize,
    /// Whether something was left out.
    pub(super) cut: bool,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            bytes: MAX_BYTES,
            chars: MAX_CHARS,
            cut: false,
        }
    }
}

impl Budget {
    /// For those who do not want the texts.
    pub(super) fn none() -> Self {
        Self {
            bytes: 0,
            chars: 0,
            cut: false,
        }
    }

    /// As much of a text as may still be read.
    pub(super) fn take<'a>(&mut self, data: &'a [u8]) -> &'a [u8] {
        let taken = match data.get(..self.bytes) {
            Some(head) if head.len() < data.len() => {
                self.cut = true;
                whole_characters(head, data)
            }
            _ => data,
        };
        self.bytes -= taken.len();
        taken
    }

    /// Characters that may still be made.
    pub(super) fn room(&self) -> usize {
        self.chars
    }

    /// A text that was made, within what was left.
    pub(super) fn made(&mut self, mut text: String) -> String {
        if let Some((end, _)) = text.char_indices().nth(self.chars) {
            self.cut = true;
            text.truncate(end);
        }
        let made = text.chars().count();
        self.chars -= made;
        #[cfg(test)]
        MADE.with(|all| all.set(all.get() + made));
        text
    }
}

#[cfg(test)]
thread_local! {
    /// Characters that this thread has made.
    static MADE: Cell<usize> = const { Cell::new(0) };
}

/// Characters that this thread has made, of all messages.
#[cfg(test)]
pub(super) fn made_here() -> usize {
    MADE.with(Cell::get)
}

/// The head without a character of UTF-8 that the cut would split: with half of one, all would be read as another charset.
fn whole_characters<'a>(head: &'a [u8], data: &[u8]) -> &'a [u8] {
    let mut end = head.len();
    while end > 0 && data.get(end).is_some_and(|byte| byte & 0xc0 == 0x80) && head.len() - end < 4 {
        end -= 1;
    }
    head.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests;
