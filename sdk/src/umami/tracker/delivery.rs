//! Sends batches, and reads from the answers what became of their events.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::StatusCode;

use super::backlog::{Batch, Outcome};
use super::queue::Contents;
use crate::umami::{BatchOutcome, BatchReceipt, Error, Event, Receipt, SendEvent, Umami, UmamiCloud, would_be_ignored};
use crate::{Call, ErrorKind, Retry};

/// Where events go.
pub(super) enum Destination {
    SelfHosted(Box<Umami>),
    Cloud(Box<UmamiCloud>),
}

/// The way there.
pub(super) struct Delivery {
    to: Destination,
    retry: Retry,
    /// What could not be delivered is tried again without end: it is safe on disk.
    persists: bool,
    /// The server has not yet shown that it knows no batches.
    may_batch: AtomicBool,
    /// Which agents would be ignored.
    agents: Mutex<HashMap<String, bool>>,
}

/// How many agents are remembered, and how long each may be, in bytes: visitors choose them.
const MOST_AGENTS: usize = 4096;
const LONGEST_AGENT: usize = 512;

/// How long a delivery that persists waits after the first try that came to nothing, and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

impl Delivery {
    pub(super) fn new(to: Destination, retry: Retry, persists: bool) -> Self {
        let retry = if persists { retry.also_if_it_may_count_twice() } else { retry };
        Self { to, retry, persists, may_batch: AtomicBool::new(true), agents: Mutex::default() }
    }

    pub(super) async fn deliver(&self, mut batch: Batch) {
        let mut outcome = Outcome::default();
        let Contents { mut events, gone, unreadable } = batch.take_events();
        if unreadable > 0 {
            outcome.refuse(unreadable, "what stands in the spool is no event".to_owned());
        }
        let mut pause = FIRST_PAUSE;
        loop {
            let undelivered = self.try_to_deliver(events, &mut outcome).await;
            if undelivered.is_empty() || !self.persists {
                break;
            }
            for (trouble, count) in outcome.forget_losses() {
                tracing::warn!(count, trouble, ?pause, "events wait in the spool: they could not be delivered");
            }
            tokio::time::sleep(pause.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
            events = undelivered;
        }
        if gone > 0 {
            outcome
                .losses
                .push(("they are gone from the spool: its files were changed, or their disk failed".to_owned(), gone));
        }
        batch.settle(outcome);
    }

    /// Gives the events back that have no outcome.
    async fn try_to_deliver(&self, events: Vec<Event>, outcome: &mut Outcome) -> Vec<Event> {
        let (mut bots, mut people) = (Vec::new(), Vec::new());
        for event in events {
            match event.check() {
                Err(trouble) => outcome.refuse(1, trouble.to_string()),
                // An answer to both would not tell what became of which.
                Ok(()) if self.is_of_a_bot(&event) => bots.push(event),
                Ok(()) => people.push(event),
            }
        }
        let mut undelivered = Vec::new();
        for (events, of_bots) in [(people, false), (bots, true)] {
            undelivered.extend(match &self.to {
                Destination::SelfHosted(umami) if events.len() > 1 && self.may_batch.load(Ordering::Relaxed) => {
                    self.send_together(umami, events, of_bots, outcome).await
                }
                _ => self.send_one_by_one(events, outcome).await,
            });
        }
        undelivered
    }

    fn is_of_a_bot(&self, event: &Event) -> bool {
        let agent = event.agent().unwrap_or_else(|| match &self.to {
            Destination::SelfHosted(umami) => umami.client().user_agent(),
            Destination::Cloud(cloud) => cloud.events_client().user_agent(),
        });
        if agent.len() > LONGEST_AGENT {
            return would_be_ignored(agent);
        }
        let mut agents = self.agents.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(is_ignored) = agents.get(agent) {
            return *is_ignored;
        }
        if agents.len() >= MOST_AGENTS {
            agents.clear();
        }
        let is_ignored = would_be_ignored(agent);
        agents.insert(agent.to_owned(), is_ignored);
        is_ignored
    }

    async fn send_together(
        &self,
        umami: &Umami,
        events: Vec<Event>,
        of_bots: bool,
        outcome: &mut Outcome,
    ) -> Vec<Event> {
        let error = match umami.batch(&events).retry(self.retry).await {
            Ok(receipt) => {
                let left = outcome.read(&receipt, events, of_bots, self.persists);
                return self.send_one_by_one(left, outcome).await;
            }
            Err(error) => error,
        };
        // Refused as a whole, it shows one by one which event it is for.
        if !is_refused(&error) && !may_know_no_batch(&error) {
            outcome.lose(events.len() as u64, &error);
            return events;
        }
        let told = outcome.told();
        let undelivered = self.send_one_by_one(events, outcome).await;
        // A proxy whose server is down answers like a server without batches, but it takes no single event either.
        if may_know_no_batch(&error) && outcome.told() > told {
            tracing::info!(%error, "the server knows no batches: events go out one by one");
            self.may_batch.store(false, Ordering::Relaxed);
        }
        undelivered
    }

    /// All within the time that a batch has.
    async fn send_one_by_one(&self, events: Vec<Event>, outcome: &mut Outcome) -> Vec<Event> {
        let began = Instant::now();
        let mut undelivered = Vec::new();
        let mut events = events.into_iter();
        while let Some(event) = events.next() {
            match self.send(&event).retry(self.retry.less(began.elapsed())).await {
                Ok(Receipt::Recorded { .. }) => outcome.recorded += 1,
                Ok(Receipt::Ignored) => outcome.ignored += 1,
                Err(error) if is_refused(&error) => outcome.refuse(1, error.kind().to_string()),
                Err(error) => {
                    // With no connection the others would have to wait as long, to the same end.
                    let others = if error.is_connect() { events.len() } else { 0 };
                    outcome.lose(1 + others as u64, &error);
                    undelivered.push(event);
                    undelivered.extend(events.by_ref().take(others));
                }
            }
        }
        undelivered
    }

    fn send<'a>(&'a self, event: &'a Event) -> Call<'a, SendEvent<'a>> {
        match &self.to {
            Destination::SelfHosted(umami) => umami.send(event),
            Destination::Cloud(cloud) => cloud.send(event),
        }
    }
}

impl Retry {
    /// The same, some time of which is over.
    fn less(self, elapsed: Duration) -> Self {
        self.within(self.time().saturating_sub(elapsed))
    }
}

impl Outcome {
    fn refuse(&mut self, count: u64, trouble: String) {
        self.refused += count;
        self.troubles.push((trouble, count));
    }

    /// What is in no count is lost: only the reason is told.
    fn lose(&mut self, count: u64, error: &Error) {
        self.losses.push((error.kind().to_string(), count));
    }

    /// The reasons for losses that are none after all.
    fn forget_losses(&mut self) -> Vec<(String, u64)> {
        std::mem::take(&mut self.losses)
    }

    /// How many events the server has told the outcome of.
    fn told(&self) -> u64 {
        self.recorded + self.ignored + self.refused
    }

    /// What a batch of these events came to. Where the server does not account for all of them, it does not tell which it
    /// left out: what persists is then given back, to be sent one by one, which tells. What it took counts twice.
    fn read(&mut self, receipt: &BatchReceipt, events: Vec<Event>, of_bots: bool, persists: bool) -> Vec<Event> {
        // Each once, and none that was not sent.
        let refused: BTreeMap<_, _> = receipt.refused.iter().map(|refused| (refused.index, refused)).collect();
        let (mut left, mut index) = (events, 0..);
        left.retain(|_| {
            let refused = index.next().and_then(|index| refused.get(&index));
            if let Some(refused) = refused {
                let refusal = refused.refusal.as_ref();
                self.refuse(1, refusal.map_or_else(|| "refused without a reason".to_owned(), ToString::to_string));
            }
            refused.is_none()
        });
        let count = left.len() as u64;
        let taken = count.min(receipt.processed);
        if taken < count && persists {
            return left;
        }
        match receipt.outcome {
            BatchOutcome::Recorded => self.recorded += taken,
            BatchOutcome::IgnoredOrUntold if of_bots => self.ignored += taken,
            BatchOutcome::SomeRecorded | BatchOutcome::IgnoredOrUntold => self.untold += taken,
            BatchOutcome::NoneProcessed => {}
        }
        if taken < count {
            self.losses.push(("the server answered, and did not say what became of them".to_owned(), count - taken));
        }
        Vec::new()
    }
}

/// An older server's page, or a proxy's.
fn may_know_no_batch(error: &Error) -> bool {
    error.refusal().is_none() && matches!(error.status(), Some(StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED))
}

/// The server will not have it, now or later. What a proxy says is no word of the server, but for what is too large for it.
fn is_refused(error: &Error) -> bool {
    let is_too_much = matches!(
        error.status(),
        Some(StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::URI_TOO_LONG)
    );
    let is_final = error.status().is_some_and(|status| {
        status.is_client_error() && !matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT)
    });
    matches!(error.kind(), ErrorKind::Configuration(_)) || is_too_much || (is_final && error.refusal().is_some())
}
