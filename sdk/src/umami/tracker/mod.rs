//! Sending events in the background.

mod backlog;
mod counts;
mod delivery;
mod queue;
mod spool;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{Event, Umami, UmamiCloud};
use crate::{ConfigurationError, Retry};
use backlog::Backlog;
use delivery::{Delivery, Destination};
use queue::Queue;
use spool::Spool;

pub use counts::Counts;

/// Sends events in the background: [`track`](Self::track) takes one in some tens of nanoseconds, never waits, and never
/// fails its caller.
///
/// ```
/// use std::time::Duration;
///
/// use probity::umami::{Event, Umami};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = probity_server::ReferenceServer::umami().start().await?;
/// # let url = server.url();
/// let tracker = Umami::new(url)?.tracker().start()?;
///
/// // Wherever something happens:
/// tracker.track(Event::page_view("cd33a605-d785-42a1-9365-d6cad3b7befd").url("/pricing"));
///
/// // Before the program ends:
/// let counts = tracker.shutdown(Duration::from_secs(5)).await;
/// println!("{} recorded, {} lost", counts.recorded, counts.lost);
/// # Ok(())
/// # }
/// ```
///
/// Events wait in a queue, and go out [in batches](Umami::batch): when there are 100 of them, or a second after the
/// first; one batch at a time, so that they arrive in the order in which they were tracked. A server without batches gets
/// them one by one. Each carries the time at which it was tracked, unless it was given another.
///
/// # What may be lost, and when
///
/// Each event comes to exactly one of the outcomes that [`Counts`] tells, at any time, by [`counts`](Self::counts). Events
/// are not recorded
///
/// - that come while the queue is full, of 10 000 events unless it is [set](TrackerBuilder::queue): they are `dropped`;
/// - that the server takes for a bot's, or refuses: `ignored`, `refused`;
/// - that could not be delivered for a minute, or as long as [`retry`](TrackerBuilder::retry) says: `lost`. So are those whose
///   delivery broke off after they were sent, since the server may have recorded them: it is asked again only if
///   [that is wanted](Retry::also_if_it_may_count_twice);
/// - that are still here when [`shutdown`](Self::shutdown)'s time is over (`lost`), or when the process or the runtime ends
///   (`pending`, to the last): what is in memory dies with it.
///
/// # With a spool
///
/// With a [spool](TrackerBuilder::spool) events wait on disk, and outlive their process: once `track` has returned, an event
/// is delivered at least once, by this process or by the next one with the same folder, however long the server is away.
/// `track` then takes some microseconds, to hand the event to the operating system; only a crash of that, or of the machine,
/// may lose the last moments. A delivery is tried again until the server itself has taken or refused the event, also where
/// it may count twice; so is a batch that the server does not account for whole, event by event. A process that is killed after the server has taken a batch and before that is noted sends this one batch
/// again. Events are `dropped` when the spool is full, of 64 MiB unless it is [set](TrackerBuilder::spool_size); and what
/// `shutdown` had no time for stays `pending`, on disk.
///
/// A clone shares the queue. When the last clone is dropped, what is in the queue is still sent as long as the runtime runs.
#[derive(Clone)]
pub struct Tracker {
    backlog: Arc<Backlog>,
    _open: Arc<Open>,
}

impl Tracker {
    /// Takes an event to be sent. Where it cannot be taken it is counted as dropped.
    pub fn track(&self, event: Event) {
        self.backlog.push(event.stamped());
    }

    /// What has become of the events so far.
    pub fn counts(&self) -> Counts {
        self.backlog.counts()
    }

    /// Why events were refused or lost, each reason with the number of events that it cost: the first 32 reasons.
    pub fn troubles(&self) -> Vec<(String, u64)> {
        self.backlog.troubles()
    }

    /// Sends what was tracked until now without waiting for more, and waits until the outcome of each of it is known; at most
    /// this long. Says whether that came about.
    pub async fn flush(&self, within: Duration) -> bool {
        let target = self.backlog.hurry();
        timeout(within, self.backlog.settled(target)).await.is_ok()
    }

    /// Takes no more events, sends those that were tracked, and waits for that at most this long. What has no outcome by
    /// then is given up, and counted as lost. Says what has become of all.
    pub async fn shutdown(&self, within: Duration) -> Counts {
        self.backlog.close();
        self.flush(within).await;
        self.backlog.give_up();
        self.counts()
    }
}

impl fmt::Debug for Tracker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracker").field("counts", &self.counts()).finish_non_exhaustive()
    }
}

/// Closes the queue when no [`Tracker`] is left that could fill it.
struct Open(Arc<Backlog>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Sets up a [`Tracker`].
#[must_use = "call `start` to get the tracker"]
pub struct TrackerBuilder {
    to: Destination,
    queue: usize,
    batch: usize,
    age: Duration,
    at_a_time: usize,
    retry: Retry,
    spool: Option<PathBuf>,
    spool_size: u64,
}

impl Umami {
    /// Sends events in the background.
    pub fn tracker(&self) -> TrackerBuilder {
        TrackerBuilder::new(Destination::SelfHosted(Box::new(self.clone())))
    }
}

impl UmamiCloud {
    /// Sends events in the background, one by one.
    pub fn tracker(&self) -> TrackerBuilder {
        TrackerBuilder::new(Destination::Cloud(Box::new(self.clone())))
    }
}

impl TrackerBuilder {
    fn new(to: Destination) -> Self {
        Self {
            to,
            queue: 10_000,
            batch: 100,
            age: Duration::from_secs(1),
            at_a_time: 1,
            retry: Retry::default().attempts(u32::MAX).within(Duration::from_secs(60)),
            spool: None,
            spool_size: 64 * 1024 * 1024,
        }
    }

    /// How many events may wait in memory. 10 000 unless set; an event takes a kilobyte, give or take its data.
    pub fn queue(self, queue: usize) -> Self {
        Self { queue, ..self }
    }

    /// How many events go out together at most, from 1. 100 unless set.
    pub fn batch(self, batch: usize) -> Self {
        Self { batch: batch.max(1), ..self }
    }

    /// How long an event waits for more to come. A second unless set.
    pub fn age(self, age: Duration) -> Self {
        Self { age, ..self }
    }

    /// How many batches may be on their way at a time, from 1, which it is unless set. With more, events may arrive in
    /// another order.
    pub fn at_a_time(self, at_a_time: usize) -> Self {
        Self { at_a_time: at_a_time.max(1), ..self }
    }

    /// How a delivery that came to nothing is made again. Unless set: as often as can be within a minute.
    pub fn retry(self, retry: Retry) -> Self {
        Self { retry, ..self }
    }

    /// Lets events wait in this folder, which one process at a time can use; it is made if need be. What an earlier process
    /// left there is sent first. [`Tracker`] tells what becomes of events then.
    pub fn spool(self, folder: impl Into<PathBuf>) -> Self {
        Self { spool: Some(folder.into()), ..self }
    }

    /// How many bytes the spool may take. 64 MiB unless set: some 100 000 events.
    pub fn spool_size(self, bytes: u64) -> Self {
        Self { spool_size: bytes, ..self }
    }

    /// The tracker, at work in the runtime that this is called in.
    ///
    /// # Errors
    /// When it is called outside a tokio runtime; or when the spool cannot be used, by this process or because another one uses
    /// it.
    pub fn start(self) -> Result<Tracker, ConfigurationError> {
        let runtime = Handle::try_current().map_err(|_| ConfigurationError::NoRuntime)?;
        let queue = match &self.spool {
            None => Queue::in_memory(self.queue),
            Some(folder) => Queue::Disk(Box::new(
                Spool::open(folder, self.spool_size)
                    .map_err(|source| ConfigurationError::Spool { folder: folder.clone(), source })?,
            )),
        };
        let backlog = Arc::new(Backlog::new(queue, self.batch, self.age.min(LONGEST_AGE)));
        let delivery = Arc::new(Delivery::new(self.to, self.retry, self.spool.is_some()));
        runtime.spawn(work(backlog.clone(), delivery, self.at_a_time));
        Ok(Tracker { backlog: backlog.clone(), _open: Arc::new(Open(backlog)) })
    }
}

impl fmt::Debug for TrackerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrackerBuilder")
            .field("queue", &self.queue)
            .field("batch", &self.batch)
            .field("age", &self.age)
            .field("at_a_time", &self.at_a_time)
            .field("retry", &self.retry)
            .field("spool", &self.spool)
            .finish_non_exhaustive()
    }
}

/// Long enough to stand for ever, and short enough to be added to the time of now.
const LONGEST_AGE: Duration = Duration::from_secs(365 * 86_400);

/// Delivers batches until the backlog is closed and empty, or given up.
async fn work(backlog: Arc<Backlog>, delivery: Arc<Delivery>, at_a_time: usize) {
    let mut underway = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = backlog.given_up() => break,
            Some(_) = underway.join_next() => {}
            batch = backlog.next_batch(), if underway.len() < at_a_time => match batch {
                Some(batch) => {
                    let delivery = delivery.clone();
                    underway.spawn(async move { delivery.deliver(batch).await });
                }
                None if underway.is_empty() => break,
                None => {
                    // Nothing more will come: what is left is to wait for what is underway.
                    tokio::select! {
                        () = backlog.given_up() => break,
                        _ = underway.join_next() => {}
                    }
                }
            },
        }
    }
    underway.shutdown().await;
}
