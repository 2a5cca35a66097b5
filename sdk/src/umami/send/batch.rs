//! `POST /api/batch`: several events at once. The document does not know it; releases 2.19 to 3.1 do.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use serde::Deserialize;
use serde_json::Value;

use super::{Event, VisitCache};
use crate::endpoint::{Endpoint, JSON, read_json};
use crate::lenient::if_readable;
use crate::umami::{Error, Refusal};
use crate::{BaseUrl, ConfigurationError};

/// Sending several events at once.
#[derive(Debug)]
pub struct SendBatch<'a> {
    events: &'a [Event],
}

impl<'a> SendBatch<'a> {
    /// These, in this order.
    pub fn new(events: &'a [Event]) -> Self {
        Self { events }
    }
}

/// What became of a batch.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct BatchReceipt {
    /// How many events the server did not refuse. It counts in those that it ignored.
    pub processed: u64,
    /// The events that it refused.
    pub refused: Vec<Refused>,
    /// What is known of those that it did not.
    pub outcome: BatchOutcome,
    /// What makes the next event of the visit cheaper, where all events are of one visitor.
    pub cache: Option<VisitCache>,
}

/// What is known of the events of a batch that were not refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BatchOutcome {
    /// They are recorded.
    Recorded,
    /// At least one of them is. They were sent with different [`Event::user_agent`]s, and a server does not say which of
    /// these it took for a bot's.
    SomeRecorded,
    /// 3.x ignored them all, as a bot's. From 2.x it means nothing: it answers so in either case.
    IgnoredOrUntold,
    /// There are none.
    NoneProcessed,
}

/// An event of a batch that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Refused {
    /// Which event, from 0.
    pub index: usize,
    /// Why, if the server says it in a way that can be read.
    #[serde(rename = "response", default, deserialize_with = "if_readable")]
    pub refusal: Option<Refusal>,
}

impl BatchReceipt {
    /// How many events are recorded, where that can be told: not from 2.x, and not of a batch whose events have different
    /// [`Event::user_agent`]s, since the server counts in those that it ignored.
    pub fn recorded(&self) -> Option<u64> {
        match self.outcome {
            BatchOutcome::Recorded | BatchOutcome::NoneProcessed => Some(self.processed),
            BatchOutcome::SomeRecorded | BatchOutcome::IgnoredOrUntold => None,
        }
    }
}

#[derive(Deserialize)]
struct OnTheWire {
    processed: u64,
    details: Vec<Refused>,
    #[serde(default)]
    cache: Value,
}

impl BatchReceipt {
    fn of(events: &[Event], told: OnTheWire) -> Self {
        let OnTheWire { processed, details, cache } = told;
        let of_one_agent = events.windows(2).all(|pair| pair[0].has_the_agent_of(&pair[1]));
        let outcome = match (processed, &cache) {
            (0, _) => BatchOutcome::NoneProcessed,
            // An event that is ignored is answered without a cache, and the batch with the first that there is.
            (_, Value::Null) => BatchOutcome::IgnoredOrUntold,
            _ if of_one_agent => BatchOutcome::Recorded,
            _ => BatchOutcome::SomeRecorded,
        };
        Self { processed, refused: details, outcome, cache: serde_json::from_value(cache).ok() }
    }
}

impl<'e> Endpoint for SendBatch<'e> {
    type Credential = ();
    type Output = BatchReceipt;
    type Refusal = Refusal;
    const NAME: &'static str = "umami.batch";

    fn request(&self, base: &BaseUrl, (): &()) -> Result<http::Request<Bytes>, ConfigurationError> {
        let checked = |(index, event): (usize, &'e Event)| event.checked().map_err(|field| field.within(index));
        let contents = self.events.iter().enumerate().map(checked).collect::<Result<Vec<_>, _>>()?;
        let request = http::Request::post(String::from(base.join(["api", "batch"])?))
            .header(ACCEPT, JSON)
            .header(CONTENT_TYPE, JSON);
        Ok(request.body(super::json(&contents)?)?)
    }

    fn secrets<'a>(&'a self, (): &()) -> Vec<&'a str> {
        Vec::new()
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<BatchReceipt, Error> {
        Ok(BatchReceipt::of(self.events, read_json::<Self, _>(response)?))
    }
}
