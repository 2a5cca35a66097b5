//! The events that wait, and the account of those that do no more.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::Counts;
use super::queue::{Contents, NotQueued, Queue, Taken};
use crate::umami::Event;

/// How many reasons for trouble are told apart.
const MOST_TROUBLES: usize = 32;

/// A bounded queue of events that knows what became of each.
///
/// Events are numbered as they come. Those before `Queue::next` have been taken in batches; the batches that are underway
/// are known by their first numbers, so that it can be told up to which number all are settled.
pub(super) struct Backlog {
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

struct State {
    queue: Queue,
    /// When the first event in it began to wait, at the latest.
    since: Option<Instant>,
    /// Events before this number wait for no others.
    hurry: u64,
    underway: BTreeMap<u64, u64>,
    is_closed: bool,
    is_full: bool,
    counts: Counts,
    troubles: BTreeMap<String, u64>,
}

/// Events that go out together. Dropped without an outcome, as when the runtime ends, they are lost; unless they are on disk,
/// where they wait for the next process.
pub(super) struct Batch {
    backlog: Arc<Backlog>,
    first: u64,
    taken: Taken,
}

/// What became of events of a batch.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) recorded: u64,
    pub(super) untold: u64,
    pub(super) ignored: u64,
    pub(super) refused: u64,
    /// Why events are refused.
    pub(super) troubles: Vec<(String, u64)>,
    /// Why those are lost that are in no count.
    pub(super) losses: Vec<(String, u64)>,
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
    pub(super) fn new(queue: Queue, batch: usize, age: Duration) -> Self {
        // An earlier process may have left some on disk.
        let left = queue.len() as u64;
        let state = Mutex::new(State {
            since: (left > 0).then(Instant::now),
            hurry: queue.end(),
            queue,
            underway: BTreeMap::new(),
            is_closed: false,
            is_full: false,
            counts: Counts { tracked: left, pending: left, ..Counts::default() },
            troubles: BTreeMap::new(),
        });
        Self { batch, age, state, wake: Notify::new(), news: Notify::new(), end: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn push(&self, event: Event) {
        let mut state = self.state();
        state.counts.tracked += 1;
        let queued = if state.is_closed { Err(NotQueued::Full) } else { state.queue.push(event) };
        match queued {
            Ok(()) => state.counts.pending += 1,
            Err(trouble) => return state.turn_away(trouble),
        }
        // Whoever waits is woken when that may change something: for the first event of a batch, and the last.
        let waiting = state.queue.len();
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
        state.hurry = state.queue.end();
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
        state.hurry = state.queue.end();
        drop(state);
        self.wake.notify_one();
    }

    /// Counts all that has no outcome as lost, except what stays on disk.
    pub(super) fn give_up(&self) {
        let mut state = self.state();
        state.is_closed = true;
        state.underway.clear();
        if state.queue.clear() {
            let left = std::mem::take(&mut state.counts.pending);
            state.lose(left, "the tracker was shut down before they were delivered");
        }
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
        let Some(since) = state.since.filter(|_| state.queue.len() > 0) else {
            return if state.is_closed { Due::End } else { Due::Nothing };
        };
        let time = since + self.age;
        let first = state.queue.next();
        if state.queue.len() < self.batch && state.hurry <= first && Instant::now() < time {
            return Due::At(time);
        }
        let taken = match state.queue.take(self.batch) {
            Ok(taken) => taken,
            Err(error) => {
                tracing::error!(%error, "the spool cannot be read");
                return Due::At(Instant::now() + Duration::from_secs(1));
            }
        };
        let count = state.queue.next() - first;
        state.underway.insert(first, count);
        state.since = Some(Instant::now());
        state.is_full = false;
        Due::Batch(Batch { backlog: self.clone(), first, taken })
    }
}

impl State {
    /// The number up to which every event has its outcome.
    fn settled(&self) -> u64 {
        self.underway.keys().next().copied().unwrap_or_else(|| self.queue.next())
    }

    fn turn_away(&mut self, trouble: NotQueued) {
        let trouble = match trouble {
            NotQueued::Full => {
                self.counts.dropped += 1;
                if !std::mem::replace(&mut self.is_full, true) {
                    tracing::warn!(closed = self.is_closed, "events are dropped");
                }
                return;
            }
            NotQueued::Refused(field) => {
                self.counts.refused += 1;
                field.to_string()
            }
            NotQueued::Failed(error) => {
                self.counts.lost += 1;
                format!("the spool cannot be written: {error}")
            }
        };
        tracing::warn!(trouble, "an event is refused or lost");
        self.note(&trouble, 1);
    }

    fn lose(&mut self, count: u64, trouble: &str) {
        if count > 0 {
            tracing::warn!(count, trouble, "events are lost");
            self.counts.lost += count;
            self.note(trouble, count);
        }
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
        let Outcome { recorded, untold, ignored, refused, troubles, losses } = outcome;
        let lost = count.saturating_sub(recorded + untold + ignored + refused);
        self.counts.pending -= count;
        self.counts.recorded += recorded;
        self.counts.untold += untold;
        self.counts.ignored += ignored;
        self.counts.refused += refused;
        self.counts.lost += lost;
        for (trouble, count) in troubles.into_iter().chain(losses) {
            tracing::warn!(count, trouble, "events are refused or lost");
            self.note(&trouble, count);
        }
        if ignored > 0 {
            tracing::warn!(count = ignored, "events are ignored: the server takes their User-Agent for a bot's");
        }
        if let Err(error) = self.queue.settle(self.settled()) {
            tracing::error!(%error, "the spool cannot be written: what is delivered will be delivered again");
        }
    }
}

impl Batch {
    /// Its events, and how many cannot be read any more.
    pub(super) fn take_events(&mut self) -> Contents {
        std::mem::take(&mut self.taken).contents()
    }

    /// What is in no count of the outcome is lost.
    pub(super) fn settle(self, outcome: Outcome) {
        self.backlog.state().settle(self.first, outcome);
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        let mut state = self.backlog.state();
        // On disk nothing may be noted as settled from here on that comes after them.
        if let Some(count) = state.underway.get(&self.first).copied().filter(|_| !state.queue.is_on_disk()) {
            let trouble = "their delivery was broken off".to_owned();
            state.settle(self.first, Outcome { losses: vec![(trouble, count)], ..Outcome::default() });
        }
        drop(state);
        self.backlog.news.notify_waiters();
    }
}
