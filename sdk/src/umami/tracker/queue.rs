//! Where events wait: in memory, or on disk.

use std::collections::VecDeque;
use std::io;

use super::spool::{NotSpooled, Spool};
use crate::InvalidField;
use crate::umami::Event;

/// Events in their order, each with a number.
pub(super) enum Queue {
    Memory {
        events: VecDeque<Event>,
        /// The number of the first of them.
        next: u64,
        /// How many there may be.
        most: usize,
    },
    Disk(Box<Spool>),
}

/// Why an event does not wait.
pub(super) enum NotQueued {
    Full,
    /// It could not be sent anyway.
    Refused(InvalidField),
    Failed(io::Error),
}

/// Events that were taken out.
#[derive(Debug)]
pub(super) enum Taken {
    Events(Vec<Event>),
    /// As they stand on disk; empty where one is gone.
    Lines(Vec<Vec<u8>>),
}

/// What was taken out, as it can be sent.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) events: Vec<Event>,
    /// How many are not on disk any more.
    pub(super) gone: u64,
    /// How many are, and are no events.
    pub(super) unreadable: u64,
}

impl Queue {
    pub(super) fn in_memory(most: usize) -> Self {
        Queue::Memory { events: VecDeque::new(), next: 0, most }
    }

    /// How many events wait.
    pub(super) fn len(&self) -> usize {
        match self {
            Queue::Memory { events, .. } => events.len(),
            Queue::Disk(spool) => spool.len(),
        }
    }

    /// The number of the next event to be taken.
    pub(super) fn next(&self) -> u64 {
        match self {
            Queue::Memory { next, .. } => *next,
            Queue::Disk(spool) => spool.next(),
        }
    }

    /// The number that the next event to come will have.
    pub(super) fn end(&self) -> u64 {
        self.next() + self.len() as u64
    }

    pub(super) fn push(&mut self, event: Event) -> Result<(), NotQueued> {
        match self {
            Queue::Memory { events, most, .. } if events.len() >= *most => Err(NotQueued::Full),
            Queue::Memory { events, .. } => {
                events.push_back(event);
                Ok(())
            }
            Queue::Disk(spool) => {
                event.check().map_err(NotQueued::Refused)?;
                spool.push(&event).map_err(|trouble| match trouble {
                    NotSpooled::Full => NotQueued::Full,
                    NotSpooled::Failed(error) => NotQueued::Failed(error),
                })
            }
        }
    }

    /// The first events, so many at most.
    pub(super) fn take(&mut self, count: usize) -> io::Result<Taken> {
        match self {
            Queue::Memory { events, next, .. } => {
                let taken: Vec<_> = events.drain(..count.min(events.len())).collect();
                *next += taken.len() as u64;
                Ok(Taken::Events(taken))
            }
            Queue::Disk(spool) => spool.take(count).map(Taken::Lines),
        }
    }

    /// All before this number need not be kept any more.
    pub(super) fn settle(&mut self, number: u64) -> io::Result<()> {
        match self {
            Queue::Memory { .. } => Ok(()),
            Queue::Disk(spool) => spool.settle(number),
        }
    }

    /// Whether what is not settled outlives the process.
    pub(super) fn is_on_disk(&self) -> bool {
        matches!(self, Queue::Disk(_))
    }

    /// Forgets what is in memory; says whether that is where it was.
    pub(super) fn clear(&mut self) -> bool {
        match self {
            Queue::Memory { events, next, .. } => {
                *next += events.len() as u64;
                events.clear();
                true
            }
            Queue::Disk(_) => false,
        }
    }
}

impl Default for Taken {
    fn default() -> Self {
        Taken::Events(Vec::new())
    }
}

impl Taken {
    /// The events, and how many cannot be read any more.
    pub(super) fn contents(self) -> Contents {
        let lines = match self {
            Taken::Events(events) => return Contents { events, ..Contents::default() },
            Taken::Lines(lines) => lines,
        };
        let mut contents = Contents::default();
        for line in lines {
            match Event::from_json(&line) {
                Ok(event) => contents.events.push(event),
                Err(_) if line.is_empty() => contents.gone += 1,
                Err(_) => contents.unreadable += 1,
            }
        }
        contents
    }
}
