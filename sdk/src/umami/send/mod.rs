//! `POST /api/send`: what happened on a website.

mod batch;
mod bounds;
mod event;
mod visit_cache;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::{Error, Refusal};
#[cfg(feature = "client")]
use crate::Call;
use crate::endpoint::{Endpoint, JSON, read_json};
use crate::id::opaque_id;
use crate::lenient::if_readable;
use crate::{BaseUrl, ConfigurationError, FieldProblem, InvalidField};

pub use batch::{BatchOutcome, BatchReceipt, Refused, SendBatch};
pub use event::Event;
pub use visit_cache::VisitCache;

/// Sending an event.
#[derive(Debug)]
pub struct SendEvent<'a> {
    event: &'a Event,
    cache: Option<&'a VisitCache>,
}

impl<'a> SendEvent<'a> {
    /// This one.
    pub fn new(event: &'a Event) -> Self {
        Self { event, cache: None }
    }

    /// As part of a visit that the same visitor has begun. [`VisitCache`] tells what to mind.
    pub fn cache(self, cache: &'a VisitCache) -> Self {
        Self { cache: Some(cache), ..self }
    }
}

/// What became of an event.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "OnTheWire")]
pub enum Receipt {
    /// It is recorded.
    #[non_exhaustive]
    Recorded {
        /// The visitor, as long as the server takes them for the same.
        session: SessionId,
        /// This visit of theirs.
        visit: VisitId,
        /// What makes the next event of the visit cheaper. [`VisitCache`] tells what to mind.
        cache: Option<VisitCache>,
    },
    /// It is not: the server takes its `User-Agent` for a bot's. [`Event::user_agent`] is the visitor's, and
    /// [`Builder::user_agent`](crate::Builder::user_agent) that of the application, which counts where the event has none.
    Ignored,
}

opaque_id! {
    /// A visitor's id, on one website and for a time: a month unless the server is set up otherwise.
    SessionId
}

opaque_id! {
    /// The id of one visit.
    VisitId
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OnTheWire {
    beep: Option<IgnoredAny>,
    session_id: Option<SessionId>,
    visit_id: Option<VisitId>,
    #[serde(default, deserialize_with = "if_readable")]
    cache: Option<VisitCache>,
}

impl TryFrom<OnTheWire> for Receipt {
    type Error = &'static str;

    fn try_from(told: OnTheWire) -> Result<Self, &'static str> {
        match told {
            OnTheWire { session_id: Some(session), visit_id: Some(visit), cache, .. } => {
                Ok(Receipt::Recorded { session, visit, cache })
            }
            OnTheWire { beep: Some(IgnoredAny), .. } => Ok(Receipt::Ignored),
            _ => Err("expected `sessionId` and `visitId`, or `beep`"),
        }
    }
}

impl Endpoint for SendEvent<'_> {
    type Credential = ();
    type Output = Receipt;
    type Refusal = Refusal;
    const NAME: &'static str = "umami.send";

    fn request(&self, base: &BaseUrl, (): &()) -> Result<http::Request<Bytes>, ConfigurationError> {
        let body = json(self.event.checked()?)?;
        let mut request = http::Request::post(String::from(base.join(["api", "send"])?))
            .header(ACCEPT, JSON)
            .header(CONTENT_TYPE, JSON);
        if let Some(cache) = self.cache {
            let (name, value) = cache.header()?;
            request = request.header(name, value);
        }
        Ok(request.body(body)?)
    }

    fn secrets<'a>(&'a self, (): &()) -> Vec<&'a str> {
        self.cache.map(VisitCache::expose_secret).into_iter().collect()
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<Receipt, Error> {
        read_json::<Self, _>(response)
    }
}

#[cfg(feature = "client")]
impl<'a> Call<'a, SendEvent<'a>> {
    /// As part of a visit that the same visitor has begun. [`VisitCache`] tells what to mind.
    pub fn cache(mut self, cache: &'a VisitCache) -> Self {
        self.endpoint = self.endpoint.cache(cache);
        self
    }
}

fn json(contents: &impl Serialize) -> Result<Bytes, InvalidField> {
    // As much as most events take.
    let mut body = Vec::with_capacity(1024);
    match serde_json::to_writer(&mut body, contents) {
        Ok(()) => Ok(body.into()),
        Err(error) => Err(InvalidField::new("payload", FieldProblem::NotJson(error.to_string()))),
    }
}
