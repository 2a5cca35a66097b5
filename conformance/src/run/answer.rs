//! What comes back, and what may be asserted on it.

use super::{Assertion, Purpose, Run, Stop};
use crate::exchange::Response;
use crate::expect::{Expect, Refusal};
use crate::request::Request;
use http::StatusCode;
use probity_fixtures::Requirement;
use std::time::Duration;

impl Run {
    /// Sends a request that has no fault.
    ///
    /// # Errors
    /// [`Stop::Inconclusive`] when no complete response comes.
    pub async fn send(&self, label: &str, request: &Request) -> Result<Answer<'_>, Stop> {
        let exchange = self.exchange(label, request, Purpose::Proper).await?;
        Ok(Answer(Held { run: self, exchange }))
    }

    /// Sends a request that has no fault and has to succeed, for the same with a fault to be sent next.
    ///
    /// # Errors
    /// [`Stop::Inconclusive`] when its answer does not show `evidence`, which rests on `rests_on`, or is not even 2xx,
    /// which rests on what says that such a request succeeds.
    pub async fn control(
        &self,
        rests_on: &'static Requirement,
        request: Request,
        evidence: Expect,
    ) -> Result<Control<'_>, Stop> {
        self.controlled(rests_on, request, evidence, |status| status.is_success()).await
    }

    /// The same for a request that may also be answered with a redirect when it succeeds.
    ///
    /// # Errors
    /// [`Stop::Inconclusive`] when its answer does not show `evidence`, or is neither 2xx nor 3xx.
    pub async fn control_or_redirect(
        &self,
        rests_on: &'static Requirement,
        request: Request,
        evidence: Expect,
    ) -> Result<Control<'_>, Stop> {
        self.controlled(rests_on, request, evidence, |status| status.is_success() || status.is_redirection()).await
    }

    async fn controlled(
        &self,
        rests_on: &'static Requirement,
        request: Request,
        evidence: Expect,
        is_fine: impl Fn(StatusCode) -> bool,
    ) -> Result<Control<'_>, Stop> {
        let exchange = self.exchange("control", &request, Purpose::Proper).await?;
        let answer = Answer(Held { run: self, exchange });
        let response = answer.response();
        let wanting = match is_fine(response.status) {
            true => {
                (evidence.test)(&response).err().map(|actual| (format!("{}: {actual}", evidence.expected), rests_on))
            }
            false => {
                let succeeds = request.succeeds_by().unwrap_or(rests_on);
                Some((format!("a status of the class 2xx: {}", response.summary()), succeeds))
            }
        };
        if let Some((trouble, rests_on)) = wanting {
            let reason = format!("the same request without the fault should have shown {trouble}");
            return Err(Stop::Inconclusive { reason, rests_on: Some(rests_on) });
        }
        Ok(Control { run: self, request, answer })
    }
}

/// A complete response among a case's exchanges.
#[derive(Clone, Copy)]
struct Held<'r> {
    run: &'r Run,
    exchange: usize,
}

impl Held<'_> {
    fn response(&self) -> Response {
        self.run.response_to(self.exchange)
    }

    fn assert(&self, requirement: &'static Requirement, expected: String, outcome: Result<(), String>) {
        let assertion = Assertion { requirement, expected, actual: outcome.err(), exchange: self.exchange };
        self.run.record.assertions.borrow_mut().push(assertion);
    }
}

/// The response to a request without fault.
pub struct Answer<'r>(Held<'r>);

impl Answer<'_> {
    /// Asserts a requirement on it.
    pub fn holds(&self, requirement: &'static Requirement, expect: Expect) -> &Self {
        let outcome = (expect.test)(&self.response());
        self.0.assert(requirement, expect.expected, outcome);
        self
    }

    /// The response itself, to take something from or to observe.
    pub fn response(&self) -> Response {
        self.0.response()
    }

    /// Its place among the case's exchanges.
    pub(super) fn exchange(&self) -> usize {
        self.0.exchange
    }
}

/// The response to a request with one fault; the same request without it succeeded before.
pub struct Refused<'r>(Held<'r>);

impl Refused<'_> {
    /// Asserts a requirement on it.
    pub fn holds(&self, requirement: &'static Requirement, refusal: Refusal) -> &Self {
        let outcome = (refusal.test)(&self.response());
        self.0.assert(requirement, refusal.expected, outcome);
        self
    }

    /// The response itself, to compare or to observe.
    pub fn response(&self) -> Response {
        self.0.response()
    }
}

/// A request that was seen to succeed in this case.
pub struct Control<'r> {
    run: &'r Run,
    request: Request,
    answer: Answer<'r>,
}

impl<'r> Control<'r> {
    /// Its answer.
    pub fn answer(&self) -> &Answer<'r> {
        &self.answer
    }

    /// The body that it was sent with, to make a faulty one of.
    pub fn request_body(&self) -> bytes::Bytes {
        self.request.bytes()
    }

    /// Sends the same request with one fault.
    ///
    /// # Errors
    /// [`Stop::Inconclusive`] when no complete response comes.
    pub async fn fault(&self, label: &str, fault: impl FnOnce(Request) -> Request) -> Result<Refused<'r>, Stop> {
        let exchange = self.run.exchange(label, &fault(self.request.clone()), Purpose::Faulty).await?;
        Ok(Refused(Held { run: self.run, exchange }))
    }

    /// Sends the same request at a later time, which is its fault.
    ///
    /// # Errors
    /// [`Stop::Skip`] when the target's clock cannot be moved, [`Stop::Inconclusive`] when no complete response comes.
    pub async fn later(&self, label: &str, by: Duration) -> Result<Refused<'r>, Stop> {
        self.run.advance_clock(by)?;
        self.fault(label, |request| request).await
    }

    /// Sends the same request in another form that is no fault, or is not known to be one.
    ///
    /// # Errors
    /// [`Stop::Inconclusive`] when no complete response comes.
    pub async fn variant(&self, label: &str, change: impl FnOnce(Request) -> Request) -> Result<Answer<'r>, Stop> {
        self.run.send(label, &change(self.request.clone())).await
    }
}
