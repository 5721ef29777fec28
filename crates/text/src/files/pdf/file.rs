//! The objects of a PDF file, found by looking at all of it.
//!
//! A cross-reference table is a claim of the file's about itself: it may be absurd, lead in circles, or be off by a byte,
//! and then every program looks for the objects one by one. Doing only that is the same for all files, linear in their
//! size, and sees each object once; the last of several with one number counts, as later versions stand behind earlier ones.

use std::collections::HashMap;

use memchr::memmem;

use crate::files::{
    FileError, FileKind,
    budget::Budget,
    error::Kind,
    pdf::{
        filter,
        lexer::{Item, Lexer, is_blank},
        object::{Dict, Object, Stream},
    },
};

/// How many references may lead from one to the next.
const MAX_HOPS: usize = 32;

/// Where an object is.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// Behind its `obj`.
    File(usize),
    /// In one of the object streams.
    Unpacked { stream: usize, at: usize },
}

/// A file and where its objects are.
pub(super) struct File<'a> {
    bytes: &'a [u8],
    budget: &'a Budget,
    /// Each with the place in the file that decides which of several counts.
    objects: HashMap<u32, (usize, Place)>,
    unpacked: Vec<Vec<u8>>,
    /// The catalog, as the last trailer names it or as it was seen.
    root: Object,
    /// Pages that were seen, for files whose tree of pages is lost.
    pages: Vec<u32>,
}

/// What is noted while the file is looked through.
#[derive(Default)]
struct Seen {
    /// The catalogs that trailers name, with where these stand.
    roots: Vec<(usize, Object)>,
    is_encrypted: bool,
    /// Where the `obj` of each object stream is.
    object_streams: Vec<usize>,
    catalog: Option<u32>,
}

impl Seen {
    fn trailer(&mut self, at: usize, trailer: &Dict) {
        self.roots
            .extend(trailer.get("Root").map(|root| (at, root.clone())));
        let encryption = trailer.get("Encrypt");
        self.is_encrypted |= encryption.is_some_and(|it| *it != Object::Null);
    }
}

impl<'a> File<'a> {
    pub(super) fn open(bytes: &'a [u8], budget: &'a Budget) -> Result<Self, FileError> {
        let mut file = Self {
            bytes,
            budget,
            objects: HashMap::new(),
            unpacked: Vec::new(),
            root: Object::Null,
            pages: Vec::new(),
        };
        let mut seen = file.look_through()?;
        for at in memmem::find_iter(bytes, b"trailer") {
            if let Some(Object::Dict(trailer)) = Lexer::new(bytes, at + 7).object(budget)? {
                budget.keep(1)?;
                seen.trailer(at, &trailer);
            }
        }
        if seen.is_encrypted {
            return Err(Kind::Encrypted("PDF file").into());
        }
        for at in &seen.object_streams {
            file.unpack_objects(*at)?;
        }
        file.root = file.find_root(seen)?;
        Ok(file)
    }

    /// Notes every `12 0 obj`, and goes past streams, in which anything may stand.
    fn look_through(&mut self) -> Result<Seen, FileError> {
        let mut seen = Seen::default();
        let mut past = 0;
        for at in memmem::find_iter(self.bytes, b"obj") {
            self.budget.tick()?;
            let Some(number) = number_before(self.bytes, at).filter(|_| at >= past) else {
                continue;
            };
            self.budget.keep(1)?;
            self.objects.insert(number, (at, Place::File(at + 3)));
            let mut lexer = Lexer::new(self.bytes, at + 3);
            let Some(Object::Dict(dict)) = lexer.object(self.budget)? else {
                continue;
            };
            match dict.get("Type").and_then(Object::name) {
                Some("Catalog") => seen.catalog = Some(number),
                Some("Page") => self.pages.push(number),
                _ => {}
            }
            if let Some(start) = stream_start(self.bytes, &lexer) {
                let length = dict.get("Length").and_then(Object::count);
                if let Some(end) = length.and_then(|length| self.end_of_stream(start, length)) {
                    past = end;
                }
                if dict.is("XRef") {
                    seen.trailer(at, &dict);
                } else if dict.is("ObjStm") {
                    seen.object_streams.push(at);
                }
            }
        }
        Ok(seen)
    }

    /// The end of a stream that is as long as it says.
    fn end_of_stream(&self, start: usize, length: usize) -> Option<usize> {
        let end = start.checked_add(length)?;
        let tail = self.bytes.get(end..)?;
        let tail = tail.get(..16).unwrap_or(tail);
        memmem::find(tail, b"endstream").map(|_| end)
    }

    fn unpack_objects(&mut self, at: usize) -> Result<(), FileError> {
        let Object::Stream(stream) = self.in_file(at + 3)? else {
            return Ok(());
        };
        let first = self.value(&stream.dict, "First")?.count().unwrap_or(0);
        let bytes = self.decoded(&stream)?;
        let index = self.unpacked.len();
        let head = bytes.get(..first).unwrap_or_default();
        let mut lexer = Lexer::new(head, 0);
        let mut number = |budget| {
            Ok::<_, FileError>(match lexer.item(budget)? {
                Some(Item::Object(number)) => number.count(),
                _ => None,
            })
        };
        while let (Some(object), Some(offset)) = (number(self.budget)?, number(self.budget)?) {
            let Ok(object) = u32::try_from(object) else {
                continue;
            };
            self.budget.keep(1)?;
            let place = Place::Unpacked {
                stream: index,
                at: first.saturating_add(offset),
            };
            let newer = self
                .objects
                .get(&object)
                .is_some_and(|(other, _)| *other > at);
            if !newer {
                self.objects.insert(object, (at, place));
            }
        }
        self.unpacked.push(bytes);
        Ok(())
    }

    fn find_root(&self, mut seen: Seen) -> Result<Object, FileError> {
        seen.roots.sort_by_key(|(at, _)| *at);
        for (_, root) in seen.roots.iter().rev() {
            let root = self.resolve(root)?;
            if root.dict().is_some() {
                return Ok(root);
            }
        }
        match seen.catalog {
            Some(catalog) => self.get(catalog),
            None => Ok(Object::Null),
        }
    }

    pub(super) fn root(&self) -> &Object {
        &self.root
    }

    pub(super) fn budget(&self) -> &'a Budget {
        self.budget
    }

    /// The pages that were seen, in the order of the file.
    pub(super) fn loose_pages(&self) -> &[u32] {
        &self.pages
    }

    /// An object by its number; nothing where there is none.
    pub(super) fn get(&self, number: u32) -> Result<Object, FileError> {
        match self.objects.get(&number) {
            Some((_, Place::File(at))) => self.in_file(*at),
            Some((_, Place::Unpacked { stream, at })) => {
                let bytes = self
                    .unpacked
                    .get(*stream)
                    .map(Vec::as_slice)
                    .unwrap_or_default();
                Ok(Lexer::new(bytes, *at)
                    .object(self.budget)?
                    .unwrap_or_default())
            }
            None => Ok(Object::Null),
        }
    }

    fn in_file(&self, at: usize) -> Result<Object, FileError> {
        let mut lexer = Lexer::new(self.bytes, at);
        let object = lexer.object(self.budget)?.unwrap_or_default();
        match (object, stream_start(self.bytes, &lexer)) {
            (Object::Dict(dict), Some(start)) => Ok(Object::Stream(self.with_length(dict, start)?)),
            (object, _) => Ok(object),
        }
    }

    /// Where a stream ends: where its length says, if that is so, and else at the next end.
    fn with_length(&self, dict: Dict, start: usize) -> Result<Stream, FileError> {
        let length = match dict.get("Length") {
            // Not by way of `value`: a length that is this very stream would not end.
            Some(Object::Reference(number)) => match self.objects.get(number) {
                Some((_, Place::File(at))) => Lexer::new(self.bytes, *at).object(self.budget)?,
                _ => None,
            },
            other => other.cloned(),
        };
        let known = length.and_then(|length| self.end_of_stream(start, length.count()?));
        let end = known.unwrap_or_else(|| {
            let rest = self.bytes.get(start..).unwrap_or_default();
            start + memmem::find(rest, b"endstream").unwrap_or(rest.len())
        });
        Ok(Stream {
            dict,
            data: start..end,
        })
    }

    /// What a value stands for, where it is a reference.
    pub(super) fn resolve(&self, object: &Object) -> Result<Object, FileError> {
        let &Object::Reference(mut number) = object else {
            return Ok(object.clone());
        };
        for _ in 0..MAX_HOPS {
            match self.get(number)? {
                Object::Reference(next) => number = next,
                found => return Ok(found),
            }
        }
        Ok(Object::Null)
    }

    /// A dictionary's value, references followed.
    pub(super) fn value(&self, dict: &Dict, name: &str) -> Result<Object, FileError> {
        match dict.get(name) {
            Some(object) => self.resolve(object),
            None => Ok(Object::Null),
        }
    }

    /// A stream's bytes, unpacked.
    pub(super) fn decoded(&self, stream: &Stream) -> Result<Vec<u8>, FileError> {
        let data = self.bytes.get(stream.data.clone()).unwrap_or_default();
        let names = self.list(&stream.dict, "Filter")?;
        let parameters = self.list(&stream.dict, "DecodeParms")?;
        let mut filters = Vec::new();
        for (index, name) in names.iter().enumerate() {
            let own = parameters.get(index).and_then(Object::dict).cloned();
            filters.push((
                name.name().unwrap_or_default().to_owned(),
                own.unwrap_or_default(),
            ));
        }
        filter::apply(data, &filters, self.budget)
    }

    /// One value or a list of them.
    fn list(&self, dict: &Dict, name: &str) -> Result<Vec<Object>, FileError> {
        match self.value(dict, name)? {
            Object::Null => Ok(Vec::new()),
            Object::Array(items) => items
                .iter()
                .take(64)
                .map(|item| self.resolve(item))
                .collect(),
            one => Ok(vec![one]),
        }
    }
}

/// What is wrong with the file.
pub(super) fn damaged(problem: &'static str) -> FileError {
    Kind::Damaged {
        kind: FileKind::Pdf,
        problem,
    }
    .into()
}

/// The number of the object whose `obj` is here: `12 0 obj`.
fn number_before(bytes: &[u8], at: usize) -> Option<u32> {
    let head = bytes.get(at.saturating_sub(32)..at)?;
    let head = trim_blanks(head)?;
    let (head, _generation) = digits_at_end(head)?;
    let (_, number) = digits_at_end(trim_blanks(head)?)?;
    number.parse().ok()
}

/// What stands before blanks at the end, if there are any.
fn trim_blanks(head: &[u8]) -> Option<&[u8]> {
    let length = head.iter().rposition(|byte| !is_blank(*byte))? + 1;
    head.get(..length)
        .filter(|trimmed| trimmed.len() < head.len())
}

fn digits_at_end(head: &[u8]) -> Option<(&[u8], &str)> {
    let start = head
        .iter()
        .rposition(|byte| !byte.is_ascii_digit())
        .map_or(0, |at| at + 1);
    let (before, digits) = head.split_at_checked(start)?;
    let digits = std::str::from_utf8(digits).ok()?;
    (!digits.is_empty()).then_some((before, digits))
}

/// Where the bytes of a stream begin, if one comes next.
fn stream_start(bytes: &[u8], lexer: &Lexer<'_>) -> Option<usize> {
    let rest = bytes.get(lexer.at..)?;
    let blanks = rest.iter().take(64).position(|byte| !is_blank(*byte))?;
    let rest = rest.get(blanks..)?.strip_prefix(b"stream")?;
    let start = lexer.at + blanks + b"stream".len();
    Some(match rest {
        [b'\r', b'\n', ..] => start + 2,
        [b'\n' | b'\r', ..] => start + 1,
        _ => start,
    })
}
