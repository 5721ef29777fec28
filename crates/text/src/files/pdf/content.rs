//! The content of a page: operators that move about and show text.

mod state;

use std::collections::HashMap;
use std::rc::Rc;

use memchr::memmem;

use crate::files::{
    FileError,
    pdf::{
        file::File,
        font::{Font, UNKNOWN},
        geometry::{Matrix, Span, Step},
        lexer::{Item, Lexer, is_blank},
        object::{Dict, Object, Stream},
        pages::Page,
    },
    sink::Sink,
};
use state::State;

/// How deep drawings may stand in each other, each of which the reader enters by recursion.
const MAX_FORMS_DEEP: usize = 8;
/// How many drawings one page may show; some draw each letter so.
const MAX_FORMS: usize = 5_000;
/// How many glyphs of fonts are kept; other fonts are read each time that they are chosen.
const MAX_GLYPHS: usize = 500_000;
/// How many states may be saved.
const MAX_SAVED: usize = 512;
/// How many operands are kept for an operator.
const MAX_OPERANDS: usize = 64;

/// What was counted while pages were read.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Characters that are shown as nothing, as scanning programs put them over their pictures.
    pub(super) invisible: usize,
    /// Glyphs of which the file does not say what they mean.
    pub(super) unknown: usize,
}

/// Reads pages, and keeps fonts that come again.
pub(super) struct Reader<'f, 's> {
    file: &'f File<'f>,
    sink: &'s mut Sink,
    fonts: HashMap<u32, Rc<Font>>,
    /// How many glyphs the fonts describe.
    glyphs: usize,
    pub(super) tally: Tally,
    last: Option<Span>,
    forms: usize,
}

impl<'f, 's> Reader<'f, 's> {
    pub(super) fn new(file: &'f File<'f>, sink: &'s mut Sink) -> Self {
        Self {
            file,
            sink,
            fonts: HashMap::new(),
            glyphs: 0,
            tally: Tally::default(),
            last: None,
            forms: 0,
        }
    }

    pub(super) fn sink(&mut self) -> &mut Sink {
        self.sink
    }

    /// Reads a page; says whether there was any text.
    pub(super) fn page(&mut self, page: &Page) -> Result<bool, FileError> {
        (self.last, self.forms) = (None, 0);
        let mut content = Vec::new();
        let contents = self.file.value(&page.dict, "Contents")?;
        let parts = match &contents {
            Object::Array(parts) => parts.as_slice(),
            one => std::slice::from_ref(one),
        };
        for part in parts {
            if let Object::Stream(stream) = self.file.resolve(part)? {
                content.extend(self.file.decoded(&stream)?);
                content.push(b'\n');
            }
        }
        self.run(&content, &page.resources, State::default(), 0)?;
        Ok(self.last.is_some())
    }

    fn run(
        &mut self,
        content: &[u8],
        resources: &Dict,
        mut state: State,
        depth: usize,
    ) -> Result<(), FileError> {
        let mut lexer = Lexer::of_content(content);
        let (mut operands, mut saved) = (Vec::new(), Vec::new());
        while !self.sink.is_full() && lexer.at < content.len() {
            let word = match lexer.item(self.file.budget())? {
                Some(Item::Word(word)) => word,
                Some(Item::Object(object)) => {
                    if operands.len() < MAX_OPERANDS {
                        operands.push(object);
                    }
                    continue;
                }
                // A broken value is passed over, so that the rest of the page is read.
                None => b"",
            };
            match word {
                b"q" if saved.len() < MAX_SAVED => saved.push(state.clone()),
                b"Q" => state = saved.pop().unwrap_or(state),
                b"Tf" => self.choose_font(&operands, resources, &mut state)?,
                b"Do" => self.show_form(&operands, resources, &state, depth)?,
                b"BI" => skip_image(&mut lexer, content),
                b"Tj" | b"TJ" | b"'" | b"\"" => self.show_with(word, &operands, &mut state),
                _ => state.apply(word, &operands),
            }
            operands.clear();
        }
        Ok(())
    }

    fn choose_font(
        &mut self,
        operands: &[Object],
        resources: &Dict,
        state: &mut State,
    ) -> Result<(), FileError> {
        let [Object::Name(name), size] = operands else {
            return Ok(());
        };
        state.size = size.number().unwrap_or(1.0);
        let fonts = self.file.value(resources, "Font")?;
        let font = fonts
            .dict()
            .and_then(|fonts| fonts.get(name))
            .cloned()
            .unwrap_or_default();
        if let Object::Reference(number) = font
            && let Some(known) = self.fonts.get(&number)
        {
            state.font = Some(Rc::clone(known));
            return Ok(());
        }
        let dict = self.file.resolve(&font)?;
        let empty = Dict::default();
        let read = Rc::new(Font::read(self.file, dict.dict().unwrap_or(&empty))?);
        if let Object::Reference(number) = font
            && self.glyphs + read.glyphs() <= MAX_GLYPHS
        {
            self.glyphs += read.glyphs();
            self.fonts.insert(number, Rc::clone(&read));
        }
        state.font = Some(read);
        Ok(())
    }

    /// Reads a drawing that the page shows as a whole.
    fn show_form(
        &mut self,
        operands: &[Object],
        resources: &Dict,
        state: &State,
        depth: usize,
    ) -> Result<(), FileError> {
        let [Object::Name(name)] = operands else {
            return Ok(());
        };
        self.forms += 1;
        if depth >= MAX_FORMS_DEEP || self.forms > MAX_FORMS {
            return Ok(());
        }
        let drawings = self.file.value(resources, "XObject")?;
        let Some(drawings) = drawings.dict() else {
            return Ok(());
        };
        let Object::Stream(form) = self.file.value(drawings, name)? else {
            return Ok(());
        };
        if self.file.value(&form.dict, "Subtype")?.name() != Some("Form") {
            return Ok(());
        }
        let content = self.file.decoded(&form)?;
        let own = self.file.value(&form.dict, "Resources")?;
        let mut inner = state.clone();
        inner.to_page = self.matrix_of(&form)?.then(inner.to_page);
        self.run(&content, own.dict().unwrap_or(resources), inner, depth + 1)
    }

    fn matrix_of(&self, form: &Stream) -> Result<Matrix, FileError> {
        let matrix = self.file.value(&form.dict, "Matrix")?;
        let numbers = matrix
            .array()
            .unwrap_or_default()
            .iter()
            .filter_map(Object::number);
        Ok(Matrix::from_numbers(&numbers.collect::<Vec<_>>()).unwrap_or(Matrix::IDENTITY))
    }

    fn show_with(&mut self, operator: &[u8], operands: &[Object], state: &mut State) {
        match (operator, operands) {
            (b"'", _) => state.next_line(),
            (b"\"", [words, letters, _]) => {
                state.word_space = words.number().unwrap_or(0.0);
                state.letter_space = letters.number().unwrap_or(0.0);
                state.next_line();
            }
            _ => {}
        }
        match operands.last() {
            Some(Object::String(text)) => self.show(text, state),
            Some(Object::Array(items)) => {
                for item in items {
                    match item {
                        Object::String(text) => self.show(text, state),
                        other => state.move_back(other.number().unwrap_or(0.0)),
                    }
                }
            }
            _ => {}
        }
    }

    fn show(&mut self, bytes: &[u8], state: &mut State) {
        let Some(font) = state.font.clone() else {
            return;
        };
        let mut text = String::new();
        let start = state.glyph_to_page();
        let mut width = 0.0;
        for piece in font.pieces(bytes) {
            // A row of unknown glyphs is no more than one.
            if piece.text == UNKNOWN {
                self.tally.unknown += 1;
            }
            if piece.text != UNKNOWN || !text.ends_with(UNKNOWN) {
                text.push_str(&piece.text);
            }
            width += state.advance(piece.width, piece.is_blank);
        }
        if state.is_invisible {
            self.tally.invisible += text.chars().filter(|c| !c.is_whitespace()).count();
        }
        let size = if state.size == 0.0 {
            1.0
        } else {
            state.size * state.stretch
        };
        self.place(&text, Span::new(start, width / size));
    }

    /// Writes a piece of text behind the one before.
    fn place(&mut self, text: &str, span: Span) {
        if text.is_empty() {
            return;
        }
        let step = self.last.map_or(Step::Directly, |last| last.step_to(&span));
        match step {
            Step::Directly => {}
            Step::Gap => self.sink.push("\t"),
            Step::Space if text.starts_with(' ') || self.sink.ends_with_blank() => {}
            Step::Space => self.sink.push(" "),
            Step::Line => self.sink.line(),
            Step::Paragraph => self.sink.paragraph(),
        }
        self.sink.push(text);
        self.last = Some(span);
    }
}

/// Passes over a picture that stands in the content itself.
fn skip_image(lexer: &mut Lexer<'_>, content: &[u8]) {
    let mut at = lexer.at;
    loop {
        let rest = content.get(at..).unwrap_or_default();
        let Some(found) = memmem::find(rest, b"EI") else {
            lexer.at = content.len();
            return;
        };
        let blank = |at: Option<usize>| {
            at.and_then(|at| content.get(at))
                .is_none_or(|byte| is_blank(*byte))
        };
        let start = at + found;
        at = start + 2;
        if blank(start.checked_sub(1)) && blank(Some(at)) {
            lexer.at = at;
            return;
        }
    }
}
