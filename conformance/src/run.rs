//! What a case holds while it plays: it sends through it, and asserts through what comes back.
//!
//! Every assertion is made on an [`Answer`] (to a request without fault) or on a [`Refused`] (to one with a fault). The
//! latter comes from a [`Control`] alone, and a control exists once the same request without the fault has succeeded.

use crate::case::Effect;
use crate::exchange::{Exchange, Purpose, Response, Sent};
use crate::expect::{Expect, Refusal};
use crate::request::Request;
use crate::secrets::Secrets;
use crate::shape::{Departure, Shapes};
use crate::target::{NO_CLOCK, Target};
use crate::wire::{NoResponse, Prober};
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, RETRY_AFTER, TRANSFER_ENCODING};
use http::{HeaderValue, StatusCode};
use probity_fixtures::{Operation, Requirement};
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Changes a response between the wire and the case. It is how a suite is shown to be able to fail.
pub type Alteration = Arc<dyn Fn(&Operation, &mut Response) + Send + Sync>;

/// One case at play against one target.
pub struct Run {
    pub(crate) target: Arc<Target>,
    pub(crate) prober: Prober,
    pub(crate) shapes: Arc<Shapes>,
    pub(crate) alteration: Option<Alteration>,
    pub(crate) random: RefCell<fastrand::Rng>,
    pub(crate) record: Record,
}

/// What a case leaves behind when it has played.
#[derive(Default)]
pub(crate) struct Record {
    pub(crate) exchanges: RefCell<Vec<Exchange>>,
    pub(crate) assertions: RefCell<Vec<Assertion>>,
    pub(crate) observations: RefCell<Vec<(&'static Requirement, String)>>,
    pub(crate) departures: RefCell<Vec<(&'static Operation, Departure, usize)>>,
    pub(crate) secrets: RefCell<Secrets>,
    /// What removes again what the case created, in the order of creation.
    pub(crate) removals: RefCell<Vec<Request>>,
    pub(crate) leftovers: RefCell<Vec<String>>,
    pub(crate) arranging: Cell<bool>,
}

/// One thing that a response was held to.
#[derive(Debug, Clone)]
pub struct Assertion {
    /// The requirement that it cites.
    pub requirement: &'static Requirement,
    /// What was expected, in words.
    pub expected: String,
    /// What departs, where it does.
    pub actual: Option<String>,
    /// Which of the case's exchanges it is about.
    pub exchange: usize,
}

/// Why a case ends before its last assertion.
#[derive(Debug, Clone)]
pub enum Stop {
    /// What the case stands on did not come about.
    Inconclusive {
        /// What did not.
        reason: String,
        /// The requirement that would have made it so.
        rests_on: Option<&'static Requirement>,
    },
    /// The target cannot be asked this.
    Skip(String),
}

impl Run {
    /// A value that the target's configuration gives; a case declares it as a need.
    ///
    /// # Errors
    /// [`Stop::Skip`] when it is not given.
    pub fn value(&self, key: &str) -> Result<&str, Stop> {
        let missing = || Stop::Skip(format!("set `{key}` for this target"));
        self.target.value(key).ok_or_else(missing)
    }

    /// A text of `length` small letters and digits that is new in each case.
    pub fn random_text(&self, length: usize) -> String {
        let mut random = self.random.borrow_mut();
        (0..length)
            .map(|_| char::from(random.choice(b"abcdefghijkmnpqrstuvwxyz23456789").copied().unwrap_or(b'x')))
            .collect()
    }

    /// Random bytes that are new in each case.
    pub(crate) fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.borrow_mut().fill(&mut bytes);
        bytes
    }

    /// Has a text masked as `$API_NAME` in all that is shown: one that a secret was made into, say.
    pub fn mask(&self, name: &str, secret: &str) {
        self.record.secrets.borrow_mut().add(&format!("{}_{name}", self.target.variable_prefix()), secret);
    }

    /// Runs `arrange` to come by something that the case needs. Its exchanges are not judged.
    ///
    /// # Errors
    /// What `arrange` ends with.
    pub async fn arrange<T>(&self, arrange: impl AsyncFnOnce() -> Result<T, Stop>) -> Result<T, Stop> {
        let before = self.record.arranging.replace(true);
        let arranged = arrange().await;
        self.record.arranging.set(before);
        arranged
    }

    /// Whether the target allows this to be done to it.
    pub fn allows(&self, effect: Effect) -> bool {
        self.target.allow.contains(&effect)
    }

    /// How long to wait at most for what a target does in its own time: as long as an exchange may take, and in all the
    /// waiting of a run that was for nothing a minute. The embedded server does all at once.
    pub fn patience(&self) -> Duration {
        self.target.patience.left(self.target.timeout)
    }

    /// Tells that a wait of this length was for nothing.
    pub fn waited_for_nothing(&self, waited: Duration) {
        self.target.patience.lose(waited);
    }

    /// Has a request sent when the case has ended, in whichever way, that removes what the case is about to create.
    pub fn remove_at_end(&self, removal: Request) {
        self.record.removals.borrow_mut().push(removal);
    }

    /// Removes what the case created, the last first.
    pub(crate) async fn remove(&self) {
        let removals = self.record.removals.take();
        for removal in removals.into_iter().rev() {
            let gone = match self.exchange("remove again", &removal, Purpose::Arranging).await {
                Err(_) => false,
                Ok(exchange) => {
                    let status = Held { run: self, exchange }.response().status;
                    status.is_success() || status == StatusCode::NOT_FOUND || status == StatusCode::GONE
                }
            };
            if !gone {
                self.record.leftovers.borrow_mut().push(format!("{} {}", removal.method, removal.path));
            }
        }
    }

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
    /// which rests on what says that the operation succeeds.
    pub async fn control(
        &self,
        rests_on: &'static Requirement,
        request: Request,
        evidence: Expect,
    ) -> Result<Control<'_>, Stop> {
        let exchange = self.exchange("control", &request, Purpose::Proper).await?;
        let answer = Answer(Held { run: self, exchange });
        let response = answer.response();
        let wanting = match response.status.is_success() {
            true => {
                (evidence.test)(&response).err().map(|actual| (format!("{}: {actual}", evidence.expected), rests_on))
            }
            false => {
                let succeeds = request.operation().and_then(|operation| operation.succeeds).unwrap_or(rests_on);
                Some((format!("a status of the class 2xx: {}", response.summary()), succeeds))
            }
        };
        if let Some((trouble, rests_on)) = wanting {
            let reason = format!("the same request without the fault should have shown {trouble}");
            return Err(Stop::Inconclusive { reason, rests_on: Some(rests_on) });
        }
        Ok(Control { run: self, request, answer })
    }

    /// Records what the target does about an open requirement.
    pub fn observe(&self, requirement: &'static Requirement, value: impl Into<String>) {
        self.record.observations.borrow_mut().push((requirement, value.into()));
    }

    /// Moves the target's clock forward.
    ///
    /// # Errors
    /// [`Stop::Skip`] when it has none that can be moved.
    pub fn advance_clock(&self, by: Duration) -> Result<(), Stop> {
        let no_clock = || Stop::Skip(NO_CLOCK.to_owned());
        (self.target.clock.as_ref().ok_or_else(no_clock)?)(by);
        Ok(())
    }

    /// Sends a request and holds its answer to all that `openapi.yaml` says of a successful one.
    pub(crate) async fn judge_shape(&self, request: Request) -> Result<(), Stop> {
        let answer = self.send("as the document has it", &request).await?;
        let Some(operation) = request.operation() else { return Ok(()) };
        let departures = self.shapes.of(operation).departures(&answer.response());
        let mut assertions = self.record.assertions.borrow_mut();
        for requirement in operation.answer_requirements.iter().copied() {
            let departed: Vec<_> = departures.iter().filter(|departure| departure.requirement == requirement).collect();
            let exchange = answer.0.exchange;
            if departed.is_empty() {
                let expected = requirement.says.to_owned();
                assertions.push(Assertion { requirement, expected, actual: None, exchange });
            }
            for Departure { expected, actual, .. } in departed.into_iter().cloned() {
                assertions.push(Assertion { requirement, expected, actual: Some(actual), exchange });
            }
        }
        Ok(())
    }

    /// Puts a request on the wire and records what comes of it.
    async fn exchange(&self, label: &str, request: &Request, purpose: Purpose) -> Result<usize, Stop> {
        if let Some(reason) = &request.unsendable {
            return Err(Stop::Inconclusive { reason: reason.clone(), rests_on: None });
        }
        let sent = self.to_be_sent(request);
        let (mut response, took) = self.at_its_rate(&sent).await;
        if let (Ok(response), Some(alter), Some(operation)) = (&mut response, &self.alteration, request.operation()) {
            alter(operation, response);
        }
        if let Ok(response) = &response {
            self.record.secrets.borrow_mut().capture(
                &self.target.variable_prefix(),
                self.shapes.secret_members(),
                response,
            );
        }
        let trouble = response.as_ref().err().map(NoResponse::to_string);
        let purpose = if self.record.arranging.get() { Purpose::Arranging } else { purpose };
        let operation = request.operation();
        let number = self.record.exchanges.borrow().len();
        if let (Ok(response), Some(operation), Purpose::Proper) = (&response, operation, purpose)
            && response.status.is_success()
        {
            let departures = self.shapes.of(operation).departures(response).into_iter();
            self.record.departures.borrow_mut().extend(departures.map(|departure| (operation, departure, number)));
        }
        let label = label.to_owned();
        let exchange = Exchange { label, operation, purpose, request: sent, response, took };
        self.record.exchanges.borrow_mut().push(exchange);
        match trouble {
            None => Ok(number),
            Some(reason) => Err(Stop::Inconclusive { reason, rests_on: None }),
        }
    }

    /// Sends at the target's rate, and again after the time that it asks for when it answers 429.
    async fn at_its_rate(&self, sent: &Sent) -> (Result<Response, NoResponse>, Duration) {
        let mut waited = Duration::ZERO;
        loop {
            self.target.pace.wait().await;
            let began = Instant::now();
            let response = self.prober.exchange(sent).await;
            let took = began.elapsed();
            let Some(wait) = response.as_ref().ok().and_then(asks_to_wait) else { return (response, took) };
            if self.target.clock.is_some() {
                return (response, took); // no time passes there: whatever it answers is its answer
            }
            waited += wait;
            if waited > LONGEST_WAIT {
                return (Err(NoResponse::TooManyRequests(LONGEST_WAIT)), took);
            }
            tokio::time::sleep(wait).await;
        }
    }

    fn to_be_sent(&self, request: &Request) -> Sent {
        let mut url = self.target.url.clone();
        let path = format!("{}{}", url.path().trim_end_matches('/'), request.path);
        url.set_path(&path);
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        let body = request.bytes();
        let mut headers = http::HeaderMap::new();
        let host = url[url::Position::BeforeHost..url::Position::BeforePath].to_owned();
        headers.insert(HOST, HeaderValue::from_str(&host).unwrap_or(HeaderValue::from_static("")));
        for own in [&self.target.headers, &request.headers] {
            own.keys().for_each(|name| drop(headers.remove(name)));
            headers.extend(own.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        let states_length = headers.contains_key(CONTENT_LENGTH) || headers.contains_key(TRANSFER_ENCODING);
        if !states_length && (!body.is_empty() || !request.method.is_safe()) {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        }
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        Sent { method: request.method.clone(), url, headers, body }
    }
}

/// How long 429s are waited out, for one request.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How long a response asks to wait before the request is sent again.
fn asks_to_wait(response: &Response) -> Option<Duration> {
    const UNSAID: Duration = Duration::from_secs(5);
    let said = || response.headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs);
    (response.status == StatusCode::TOO_MANY_REQUESTS).then(|| said().unwrap_or(UNSAID).max(Duration::from_millis(100)))
}

/// A complete response among a case's exchanges.
#[derive(Clone, Copy)]
struct Held<'r> {
    run: &'r Run,
    exchange: usize,
}

impl Held<'_> {
    fn response(&self) -> Response {
        let exchanges = self.run.record.exchanges.borrow();
        match &exchanges[self.exchange].response {
            Ok(response) => response.clone(),
            Err(_) => unreachable!("an exchange without a response is never held"),
        }
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
