//! From a case's request to the wire and back into its record.

use super::{Purpose, Run, Stop};
use crate::cost;
use crate::exchange::{Exchange, Response, Sent};
use crate::interrupt::INTERRUPTED;
use crate::request::Request;
use crate::target::held_off;
use crate::wire::NoResponse;
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::{HeaderValue, StatusCode};
use std::time::{Duration, Instant, SystemTime};

impl Run {
    /// The complete response among the case's exchanges that stands there.
    pub(super) fn response_to(&self, exchange: usize) -> Response {
        match &self.record.exchanges.borrow()[exchange].response {
            Ok(response) => response.clone(),
            Err(_) => unreachable!("an exchange without a response stops its case"),
        }
    }

    /// Puts a request on the wire and records what comes of it.
    pub(super) async fn exchange(&self, label: &str, request: &Request, purpose: Purpose) -> Result<usize, Stop> {
        if let Some(reason) = &request.unsendable {
            return Err(Stop::Inconclusive { reason: reason.clone(), rests_on: None });
        }
        let sent_so_far = self.record.exchanges.borrow().len();
        let most = most_requests(&self.case);
        if sent_so_far >= most && !self.record.removing.get() {
            let reason = format!("the case has sent {most} requests, far more than it needs, and sends no more");
            return Err(Stop::Inconclusive { reason, rests_on: None });
        }
        self.pause(self.target.pace.until_turn()).await;
        if self.is_interrupted() {
            return Err(Stop::Skip(INTERRUPTED.to_owned()));
        }
        let sent = self.to_be_sent(request);
        let (mut response, took) = self.at_its_rate(&sent, request.may_be_held_off).await;
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

    /// Sends at the target's rate, and again after the time that it asks for when it holds the run off.
    async fn at_its_rate(&self, sent: &Sent, may_be_held_off: bool) -> (Result<Response, NoResponse>, Duration) {
        let (mut waited, mut attempt) = (Duration::ZERO, 0);
        loop {
            let began = Instant::now();
            let response = self.prober.exchange(sent).await;
            let took = began.elapsed();
            // On a standing clock no time passes: whatever it answers is its answer.
            let (Ok(answer), None) = (&response, &self.target.clock) else { return (response, took) };
            self.target.pace.heed(answer, SystemTime::now());
            let Some(wait) = held_off(answer, attempt, SystemTime::now()) else { return (response, took) };
            if may_be_held_off {
                return (response, took);
            }
            if waited + wait > LONGEST_WAIT.min(self.target.held_off.left()) {
                self.target.held_off.lose(waited);
                return match answer.status {
                    StatusCode::TOO_MANY_REQUESTS => (Err(NoResponse::TooManyRequests { waited, asks: wait }), took),
                    // A server that is down for this long is down: that is its answer.
                    _ => (response, took),
                };
            }
            waited += wait;
            attempt += 1;
            self.pause(wait.max(self.target.pace.until_turn())).await;
            if self.is_interrupted() {
                return (response, took);
            }
        }
    }

    /// Whether no new request may be begun.
    fn is_interrupted(&self) -> bool {
        self.interrupt.is_set() && !self.record.removing.get()
    }

    fn to_be_sent(&self, request: &Request) -> Sent {
        let url = request.elsewhere.as_ref().map(|elsewhere| elsewhere.url.clone());
        let mut url = url.unwrap_or_else(|| {
            let mut url = self.target.url.clone();
            url.set_path(&format!("{}{}", url.path().trim_end_matches('/'), request.path));
            url
        });
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        let body = request.bytes();
        let mut headers = http::HeaderMap::new();
        let host = url[url::Position::BeforeHost..url::Position::BeforePath].to_owned();
        headers.insert(HOST, HeaderValue::from_str(&host).unwrap_or(HeaderValue::from_static("")));
        let is_the_deployment = request.elsewhere.as_ref().is_none_or(|elsewhere| elsewhere.of_the_deployment);
        let configured = is_the_deployment.then_some(&self.target.headers);
        for own in configured.into_iter().chain([&request.headers]) {
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

/// How many requests a case may send: several times what it was counted to need. A target may store in its own time, list
/// page by page what it holds, or have a rate limit of a thousand.
fn most_requests(case: &str) -> usize {
    1000 + 4 * cost::requests(case).unwrap_or_default()
}

/// How long a target that holds the run off is waited for, for one request.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
