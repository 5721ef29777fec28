//! Several calendars read side by side, page by page, and merged by the starts of their events.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use toolgate_google_http::Error;

use super::{
    Failed, Wanted,
    handle::{Handle, Place},
};
use crate::{
    view::When,
    wire::{Calendar, Event, Page, Sought},
};

/// Pages that one call reads at most; a list that has more goes on by its handle.
const MOST_PAGES: usize = 60;

/// Calendars that are read at the same time.
const AT_ONCE: usize = 6;

/// The calendars of one list.
pub(super) struct Streams<'a> {
    google: &'a Calendar,
    sought: Sought,
    at_once: usize,
    all: Vec<Stream>,
    failed: Vec<Failed>,
    pages: usize,
    /// The stream whose event comes next.
    next: usize,
}

struct Stream {
    place: Place,
    calendar: String,
    zone: String,
    events: VecDeque<Event>,
    /// The token of the page behind these.
    behind: Option<String>,
    /// Whether the page at the place was read.
    is_read: bool,
}

/// Which calendar failed, and how.
type Failure = (String, Error);

impl<'a> Streams<'a> {
    pub(super) fn new(
        google: &'a Calendar,
        sought: Sought,
        handle: Handle,
        calendars: &[String],
    ) -> Self {
        let stream = |(place, calendar): (Place, &String)| Stream {
            place,
            calendar: calendar.clone(),
            zone: String::new(),
            events: VecDeque::new(),
            behind: None,
            is_read: false,
        };
        Self {
            google,
            sought,
            at_once: handle.at_once,
            all: handle
                .places
                .into_iter()
                .zip(calendars)
                .map(stream)
                .collect(),
            failed: Vec::new(),
            pages: 0,
            next: 0,
        }
    }

    /// Reads the first page of each. One that fails is left out and named, unless all do.
    pub(super) async fn open(&mut self) -> Result<(), Failure> {
        let mut answers = self.first_pages().await.into_iter();
        let mut first = None;
        for stream in self.all.iter_mut().filter(|it| !it.place.done) {
            match answers.next() {
                Some(Ok(page)) => stream.fill(page),
                Some(Err(error)) => {
                    self.failed.push(Failed::new(&stream.calendar, &error));
                    first = first.or(Some((stream.calendar.clone(), error)));
                    stream.place.done = true;
                }
                None => {}
            }
            self.pages += 1;
        }
        match first {
            Some(failure) if self.failed.len() == self.pages => Err(failure),
            _ => Ok(()),
        }
    }

    /// The first page of each calendar that has one, some calendars at a time.
    async fn first_pages(&self) -> Vec<Result<Page, Error>> {
        let (google, sought, at_once) = (self.google, &self.sought, self.at_once);
        let wanted = self.all.iter().filter(|it| !it.place.done);
        let reading =
            wanted.map(|it| google.page(&it.calendar, sought, at_once, it.place.token.as_deref()));
        let mut reading: Vec<_> = reading.collect();
        let mut pages = Vec::new();
        while !reading.is_empty() {
            let later = reading.split_off(AT_ONCE.min(reading.len()));
            pages.extend(join_all(reading).await);
            reading = later;
        }
        pages
    }

    /// The event that comes next, its calendar and the zone of that.
    pub(super) async fn peek(&mut self) -> Result<Option<(&Event, &str, &str)>, Failure> {
        for index in 0..self.all.len() {
            while let Some(stream) = self.all.get_mut(index).filter(|it| it.is_hungry()) {
                if self.pages >= MOST_PAGES {
                    return Ok(None);
                }
                self.pages += 1;
                let token = stream.place.token.as_deref();
                let page = self
                    .google
                    .page(&stream.calendar, &self.sought, self.at_once, token);
                match page.await {
                    Ok(page) => stream.fill(page),
                    Err(error) => return Err((stream.calendar.clone(), error)),
                }
            }
        }
        let starts = self.all.iter().enumerate();
        let starts = starts.filter_map(|(index, it)| Some((it.start()?, index)));
        let Some((_, index)) = starts.min() else {
            return Ok(None);
        };
        self.next = index;
        let stream = self.all.get(index);
        Ok(
            stream
                .and_then(|it| Some((it.events.front()?, it.calendar.as_str(), it.zone.as_str()))),
        )
    }

    /// Goes past the event that [`Self::peek`] gave.
    pub(super) fn take(&mut self) {
        if let Some(stream) = self.all.get_mut(self.next) {
            stream.events.pop_front();
            stream.place.skip += 1;
            stream.go_on();
        }
    }

    /// The handle of what is left.
    pub(super) fn rest(&self, wanted: &Wanted, from: Option<DateTime<Utc>>) -> Option<String> {
        let places = self.all.iter().map(|it| it.place.clone()).collect();
        Handle::token(places, wanted, (from, self.at_once))
    }

    pub(super) fn failed(&mut self) -> Vec<Failed> {
        std::mem::take(&mut self.failed)
    }
}

impl Stream {
    fn is_hungry(&self) -> bool {
        !self.place.done && !self.is_read
    }

    fn fill(&mut self, page: Page) {
        self.events = page.events.into_iter().skip(self.place.skip).collect();
        self.zone = page.zone;
        self.behind = page.next;
        self.is_read = true;
        self.go_on();
    }

    /// On to the next page where this one is used up.
    fn go_on(&mut self) {
        if !self.events.is_empty() {
            return;
        }
        match self.behind.take() {
            Some(token) if self.place.token.as_ref() != Some(&token) => {
                self.place = Place {
                    token: Some(token),
                    ..Place::default()
                };
                self.is_read = false;
            }
            _ => self.place.done = true,
        }
    }

    fn start(&self) -> Option<DateTime<Utc>> {
        let event = self.events.front()?;
        let when = When::of(event, &self.zone);
        // An event without a time is shown at once: nothing waits behind it.
        Some(when.map_or(DateTime::<Utc>::MIN_UTC, |it| it.span().from))
    }
}
