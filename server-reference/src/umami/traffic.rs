//! The events that are kept, and what can be asked of them.
//!
//! They are kept in the order they came, up to a bound on the memory of all of them; over it, the oldest go. What is
//! counted is counted from these, so a range of time that begins before the oldest of them is counted in part.

use super::range::Range;
use super::visitor::Visitor;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// How many bytes the events of a server take at most: some hundred thousand page views do.
pub(super) const KEPT: usize = 32 * 1024 * 1024;

pub(super) struct Traffic {
    kept: Mutex<Kept>,
}

/// A page view, or an event with a name.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) id: Uuid,
    pub(super) website: Box<str>,
    /// Milliseconds since 1970.
    pub(super) time: i64,
    pub(super) visitor: Visitor,
    pub(super) hostname: Option<Box<str>>,
    pub(super) path: Box<str>,
    pub(super) query: Box<str>,
    pub(super) title: Option<Box<str>>,
    /// A page view has none.
    pub(super) name: Option<Box<str>>,
    pub(super) has_data: bool,
}

impl Traffic {
    /// A place for events that take so many bytes.
    pub(super) fn new(bytes: usize) -> Self {
        Self { kept: Mutex::new(Kept { events: VecDeque::new(), free: bytes }) }
    }

    /// The events that there are while this is held.
    pub(super) fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) struct Kept {
    /// Boxed, so that the room that the queue has ahead stays small.
    events: VecDeque<Box<Event>>,
    free: usize,
}

impl Kept {
    /// Keeps an event, and drops the oldest ones where there is no room for it.
    pub(super) fn push(&mut self, event: Event) {
        let size = event.size();
        while self.free < size {
            let Some(oldest) = self.events.pop_front() else { return };
            self.free += oldest.size();
        }
        self.free -= size;
        self.events.push_back(Box::new(event));
    }

    /// Drops all events of a website.
    pub(super) fn forget(&mut self, website: &str) {
        let free = &mut self.free;
        self.events.retain(|event| {
            let stays = *event.website != *website;
            if !stays {
                *free += event.size();
            }
            stays
        });
    }

    /// A website's events of some time, the newest that came first.
    pub(super) fn of(&self, website: &str, range: Range) -> impl Iterator<Item = &Event> {
        let asked = move |event: &&Event| *event.website == *website && range.holds(event.time);
        self.events.iter().rev().map(Box::as_ref).filter(asked)
    }
}

impl Event {
    /// The bytes that it takes, with some for what allocating costs.
    fn size(&self) -> usize {
        const PER_ALLOCATION: usize = 16;
        let texts = [Some(&self.website), Some(&self.path), Some(&self.query)];
        let texts =
            texts.into_iter().chain([self.hostname.as_ref(), self.title.as_ref(), self.name.as_ref()]).flatten();
        let texts: usize = texts.map(|text| text.len() + PER_ALLOCATION).sum();
        size_of::<Self>() + PER_ALLOCATION + texts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(website: &str, path: &str) -> Event {
        Event {
            id: Uuid::nil(),
            website: website.into(),
            time: 0,
            visitor: 0,
            hostname: None,
            path: path.into(),
            query: "".into(),
            title: None,
            name: None,
            has_data: false,
        }
    }

    fn paths<'a>(kept: &'a Kept, website: &'a str) -> Vec<&'a str> {
        kept.of(website, Range { start: 0, end: 0 }).map(|event| &*event.path).collect()
    }

    #[test]
    fn over_the_bound_the_oldest_events_go() {
        let traffic = Traffic::new(3 * event("a", "/1").size());
        let mut kept = traffic.kept();
        for path in ["/1", "/2", "/3", "/4"] {
            kept.push(event("a", path));
        }
        assert_eq!(paths(&kept, "a"), ["/4", "/3", "/2"]);
        kept.push(event("a", &"/long".repeat(20)));
        assert_eq!(paths(&kept, "a"), ["/long".repeat(20).as_str(), "/4"]);
    }

    #[test]
    fn an_event_larger_than_the_bound_is_not_kept() {
        let traffic = Traffic::new(10);
        traffic.kept().push(event("a", "/1"));
        assert!(paths(&traffic.kept(), "a").is_empty());
    }

    #[test]
    fn what_is_forgotten_makes_room() {
        let traffic = Traffic::new(2 * event("a", "/1").size());
        let mut kept = traffic.kept();
        kept.push(event("a", "/1"));
        kept.push(event("b", "/2"));
        kept.forget("a");
        kept.push(event("b", "/3"));
        assert_eq!(paths(&kept, "b"), ["/3", "/2"]);
        assert!(paths(&kept, "a").is_empty());
    }

    #[test]
    fn events_are_found_by_website_and_time() {
        let traffic = Traffic::new(KEPT);
        let mut kept = traffic.kept();
        for time in [10, 20, 30] {
            kept.push(Event { time, ..event("a", "/") });
        }
        kept.push(Event { time: 20, ..event("b", "/") });
        let times = |start, end| kept.of("a", Range { start, end }).map(|event| event.time).collect::<Vec<_>>();
        assert_eq!(times(10, 20), [20, 10]);
        assert!(times(30, 10).is_empty());
    }
}
