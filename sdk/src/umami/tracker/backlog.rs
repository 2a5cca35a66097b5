//! The events that wait, and the account of those that do no more.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::Counts;
use crate::umami::Event;

/// How many reasons for trouble are told apart.
const MOST_TROUBLES: usize = 32;

/// A bounded queue of events that knows what became of each.
///
/// Events are numbered as they come. Those before `State::next` have been taken in batches; the batches that are underway
/// are known by their first numbers, so that it can be told up to which number all are settled.
pub(super) struct Backlog {
    most: usize,
    batch: usize,
    age: Duration,
    state: Mutex<State>,
    /// Something may be due.
    wake: Notify,
    /// Some outcome became known.
    news: Notify,
    /// What is left is given up.
    end: Notify,
}

#[derive(Default)]
struct State {
    events: VecDeque<Event>,
    /// The number of the first event in the queue.
    next: u64,
    /// When that one began to wait, at the latest.
    since: Option<Instant>,
    /// Events before this number wait for no others.
    hurry: u64,
    underway: BTreeMap<u64, u64>,
    is_closed: bool,
    is_full: bool,
    counts: Counts,
    troubles: BTreeMap<String, u64>,
}

/// Events that go out together. Dropped without an outcome they are lost.
pub(super) struct Batch {
    backlog: Arc<Backlog>,
    first: u64,
    events: Vec<Event>,
}

/// What became of events of a batch.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) recorded: u64,
    pub(super) untold: u64,
    pub(super) ignored: u64,
    pub(super) refused: u64,
    pub(super) troubles: Vec<(String, u64)>,
}

/// What is to be done now.
enum Due {
    Batch(Batch),
    /// Nothing before this time, unless something comes.
    At(Instant),
    /// Nothing until something comes.
    Nothing,
    /// Nothing, and nothing will come.
    End,
}

impl Backlog {
    pub(super) fn new(most: usize, batch: usize, age: Duration) -> Self {
        let state = Mutex::default();
        Self { most, batch, age, state, wake: Notify::new(), news: Notify::new(), end: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn push(&self, event: Event) {
        let mut state = self.state();
        state.counts.tracked += 1;
        if state.is_closed || state.events.len() >= self.most {
            state.counts.dropped += 1;
            if !std::mem::replace(&mut state.is_full, true) {
                tracing::warn!(closed = state.is_closed, most = self.most, "events are dropped");
            }
            return;
        }
        state.counts.pending += 1;
        state.events.push_back(event);
        // Whoever waits is woken when that may change something: for the first event of a batch, and the last.
        let waiting = state.events.len();
        if waiting == 1 {
            state.since = Some(Instant::now());
        }
        drop(state);
        if waiting == 1 || waiting == self.batch {
            self.wake.notify_one();
        }
    }

    pub(super) fn counts(&self) -> Counts {
        self.state().counts
    }

    pub(super) fn troubles(&self) -> Vec<(String, u64)> {
        self.state().troubles.iter().map(|(trouble, count)| (trouble.clone(), *count)).collect()
    }

    /// Lets nothing that is here wait for more. Gives the number up to which that is.
    pub(super) fn hurry(&self) -> u64 {
        let mut state = self.state();
        state.hurry = state.end();
        let target = state.hurry;
        drop(state);
        self.wake.notify_one();
        target
    }

    /// Waits until the outcome of all events before this number is known.
    pub(super) async fn settled(&self, target: u64) {
        loop {
            let news = self.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            if self.state().settled() >= target {
                return;
            }
            news.await;
        }
    }

    pub(super) fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        state.hurry = state.end();
        drop(state);
        self.wake.notify_one();
    }

    /// Counts all that has no outcome as lost.
    pub(super) fn give_up(&self) {
        let mut state = self.state();
        state.is_closed = true;
        let left = std::mem::take(&mut state.counts.pending);
        if left > 0 {
            state.lose(left, "the tracker was shut down before they were delivered");
        }
        state.next = state.end();
        state.events.clear();
        state.underway.clear();
        drop(state);
        self.end.notify_one();
        self.news.notify_waiters();
    }

    pub(super) async fn given_up(&self) {
        self.end.notified().await;
    }

    /// The next events that are to go out together, as soon as they are; `None` when there will be none. What is not awaited
    /// to its end has taken nothing.
    pub(super) async fn next_batch(self: &Arc<Self>) -> Option<Batch> {
        loop {
            let due = self.due();
            match due {
                Due::Batch(batch) => return Some(batch),
                Due::End => return None,
                Due::Nothing => self.wake.notified().await,
                Due::At(time) => {
                    let _ = tokio::time::timeout_at(time.into(), self.wake.notified()).await;
                }
            }
        }
    }

    fn due(self: &Arc<Self>) -> Due {
        let mut state = self.state();
        let Some(since) = state.since.filter(|_| !state.events.is_empty()) else {
            return if state.is_closed { Due::End } else { Due::Nothing };
        };
        let time = since + self.age;
        if state.events.len() < self.batch && state.hurry <= state.next && Instant::now() < time {
            return Due::At(time);
        }
        let count = state.events.len().min(self.batch);
        let events: Vec<_> = state.events.drain(..count).collect();
        let first = state.next;
        state.next += events.len() as u64;
        state.underway.insert(first, events.len() as u64);
        state.since = Some(Instant::now());
        state.is_full = false;
        Due::Batch(Batch { backlog: self.clone(), first, events })
    }
}

impl State {
    /// The number that the next event will have.
    fn end(&self) -> u64 {
        self.next + self.events.len() as u64
    }

    /// The number up to which every event has its outcome.
    fn settled(&self) -> u64 {
        self.underway.keys().next().copied().unwrap_or(self.next)
    }

    fn lose(&mut self, count: u64, trouble: &str) {
        tracing::warn!(count, trouble, "events are lost");
        self.counts.lost += count;
        self.note(trouble, count);
    }

    fn note(&mut self, trouble: &str, count: u64) {
        if let Some(noted) = self.troubles.get_mut(trouble) {
            *noted += count;
        } else if self.troubles.len() < MOST_TROUBLES {
            self.troubles.insert(trouble.to_owned(), count);
        }
    }

    fn settle(&mut self, first: u64, outcome: Outcome) {
        // What was given up has its outcome already.
        let Some(count) = self.underway.remove(&first) else { return };
        let Outcome { recorded, untold, ignored, refused, troubles } = outcome;
        let lost = count.saturating_sub(recorded + untold + ignored + refused);
        self.counts.pending -= count;
        self.counts.recorded += recorded;
        self.counts.untold += untold;
        self.counts.ignored += ignored;
        self.counts.refused += refused;
        self.counts.lost += lost;
        for (trouble, count) in troubles {
            tracing::warn!(count, trouble, "events are refused or lost");
            self.note(&trouble, count);
        }
        if ignored > 0 {
            tracing::warn!(count = ignored, "events are ignored: the server takes their User-Agent for a bot's");
        }
    }
}

impl Batch {
    pub(super) fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// What is in no count of the outcome is lost.
    pub(super) fn settle(self, outcome: Outcome) {
        self.backlog.state().settle(self.first, outcome);
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        let mut state = self.backlog.state();
        if let Some(count) = state.underway.get(&self.first).copied() {
            let trouble = "their delivery was broken off".to_owned();
            state.settle(self.first, Outcome { troubles: vec![(trouble, count)], ..Outcome::default() });
        }
        drop(state);
        self.backlog.news.notify_waiters();
    }
}
