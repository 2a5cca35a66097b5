//! Sends batches, and reads from the answers what became of their events.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::StatusCode;

use super::backlog::{Batch, Outcome};
use crate::umami::{BatchOutcome, BatchReceipt, Error, Event, Receipt, SendEvent, Umami, UmamiCloud, would_be_ignored};
use crate::{Call, ErrorKind, Retry};

/// Where events go.
pub(super) enum Destination {
    SelfHosted(Umami),
    Cloud(Box<UmamiCloud>),
}

/// The way there.
pub(super) struct Delivery {
    to: Destination,
    retry: Retry,
    /// The server has not yet said that it knows no batches.
    may_batch: AtomicBool,
    /// Which agents would be ignored.
    agents: Mutex<HashMap<String, bool>>,
}

/// How many agents are remembered.
const MOST_AGENTS: usize = 4096;

impl Delivery {
    pub(super) fn new(to: Destination, retry: Retry) -> Self {
        Self { to, retry, may_batch: AtomicBool::new(true), agents: Mutex::default() }
    }

    pub(super) async fn deliver(&self, mut batch: Batch) {
        let mut outcome = Outcome::default();
        let (mut bots, mut people) = (Vec::new(), Vec::new());
        for event in batch.take_events() {
            match event.check() {
                Err(trouble) => outcome.refuse(1, trouble.to_string()),
                // An answer to both would not tell what became of which.
                Ok(()) if self.is_of_a_bot(&event) => bots.push(event),
                Ok(()) => people.push(event),
            }
        }
        for (events, of_bots) in [(people, false), (bots, true)] {
            match &self.to {
                Destination::SelfHosted(umami) if events.len() > 1 && self.may_batch.load(Ordering::Relaxed) => {
                    self.send_together(umami, &events, of_bots, &mut outcome).await;
                }
                _ => self.send_one_by_one(&events, &mut outcome).await,
            }
        }
        batch.settle(outcome);
    }

    fn is_of_a_bot(&self, event: &Event) -> bool {
        let agent = event.agent().unwrap_or_else(|| match &self.to {
            Destination::SelfHosted(umami) => umami.client().user_agent(),
            Destination::Cloud(cloud) => cloud.events_client().user_agent(),
        });
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

    async fn send_together(&self, umami: &Umami, events: &[Event], of_bots: bool, outcome: &mut Outcome) {
        let count = events.len() as u64;
        match umami.batch(events).retry(self.retry).await {
            Ok(receipt) => outcome.read(&receipt, count, of_bots),
            Err(error) if knows_no_batch(&error) => {
                tracing::info!(%error, "the server knows no batches: events go out one by one");
                self.may_batch.store(false, Ordering::Relaxed);
                self.send_one_by_one(events, outcome).await;
            }
            // It is refused as a whole: one by one it shows which of them it is for.
            Err(error) if is_refused(&error) => self.send_one_by_one(events, outcome).await,
            Err(error) => outcome.troubles.push((error.kind().to_string(), count)),
        }
    }

    /// All within the time that a batch has.
    async fn send_one_by_one(&self, events: &[Event], outcome: &mut Outcome) {
        let began = Instant::now();
        for (sent, event) in events.iter().enumerate() {
            match self.send(event).retry(self.retry.less(began.elapsed())).await {
                Ok(Receipt::Recorded { .. }) => outcome.recorded += 1,
                Ok(Receipt::Ignored) => outcome.ignored += 1,
                Err(error) if is_refused(&error) => outcome.refuse(1, error.kind().to_string()),
                // The others would have to wait as long, to the same end.
                Err(error) if error.is_connect() => {
                    let left = (events.len() - sent) as u64;
                    outcome.troubles.push((error.kind().to_string(), left));
                    return;
                }
                Err(error) => outcome.troubles.push((error.kind().to_string(), 1)),
            }
        }
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

    /// What a batch of so many events came to.
    fn read(&mut self, receipt: &BatchReceipt, count: u64, of_bots: bool) {
        for refused in &receipt.refused {
            let refusal = refused.refusal.as_ref();
            self.refuse(1, refusal.map_or_else(|| "refused without a reason".to_owned(), ToString::to_string));
        }
        let taken = count.saturating_sub(receipt.refused.len() as u64).min(receipt.processed);
        match receipt.outcome {
            BatchOutcome::Recorded => self.recorded += taken,
            BatchOutcome::IgnoredOrUntold if of_bots => self.ignored += taken,
            BatchOutcome::SomeRecorded | BatchOutcome::IgnoredOrUntold => self.untold += taken,
            BatchOutcome::NoneProcessed => {}
        }
        let lost = count.saturating_sub(receipt.refused.len() as u64 + taken);
        if lost > 0 {
            self.troubles.push(("the server answered, and did not say what became of them".to_owned(), lost));
        }
    }
}

/// Another server's page, or an older server's.
fn knows_no_batch(error: &Error) -> bool {
    matches!(error.status(), Some(StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED))
}

/// The server will not have it, now or later.
fn is_refused(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Configuration(_))
        || error.status().is_some_and(|status| {
            status.is_client_error() && !matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT)
        })
}
