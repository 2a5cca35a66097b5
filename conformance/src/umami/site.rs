//! A website to send events to, and what shows the events that are registered on it.
//!
//! Where the target allows `write` it is one of the case's own, which is removed at the end. Else it is the one that the
//! configuration names, on which other visitors may be; there events are told apart by a path that nobody else has.

use super::session::{Session, session, websites};
use crate::case::Effect;
use crate::exchange::Response;
use crate::expect::{Expect, Refusal, never, succeeds, that};
use crate::request::Request;
use crate::run::{Answer, Control, Refused, Run, Stop};
use http::StatusCode;
use http::header::USER_AGENT;
use probity_fixtures::Requirement;
use probity_fixtures::umami::operation;
use probity_fixtures::umami::requirement::{
    SEND_REGISTERS_AN_EVENT, TOKEN_GOES_IN_AUTHORIZATION, TOKEN_SERVES_REPEATEDLY,
};
use serde_json::{Value, json};
use std::cell::Cell;
use std::time::{Duration, SystemTime};

/// What a visitor's browser calls itself: nobody takes it for a bot.
pub(super) const BROWSER: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";

/// A website to send events to.
pub(super) struct Site<'r> {
    run: &'r Run,
    pub(super) id: String,
    pub(super) token: String,
    /// What all marks of this case begin with.
    prefix: String,
    marks: Cell<usize>,
    own: bool,
}

/// One way to send an event otherwise than the sample.
pub(super) struct Form {
    label: String,
    change: Box<dyn FnOnce(Request) -> Request>,
}

/// The sample, changed so.
pub(super) fn form(label: impl Into<String>, change: impl FnOnce(Request) -> Request + 'static) -> Form {
    Form { label: label.into(), change: Box::new(change) }
}

/// An event that was sent in a form, and what it is known by.
pub(super) struct Sent<A> {
    pub(super) label: String,
    pub(super) answer: A,
    pub(super) mark: Mark,
}

/// What an event is known by among a website's events: its path, and its name where it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark(String);

/// The events of a website, at one time.
pub(super) struct Registered(Vec<Value>);

impl<'r> Site<'r> {
    /// Comes by a website.
    pub(super) async fn arrange(run: &'r Run) -> Result<Self, Stop> {
        let Session { token, .. } = session(run).await?;
        let prefix = format!("probity-{}", run.random_text(10));
        let (id, own) = match (run.allows(Effect::Write), run.value("website")) {
            (true, _) => (create(run, &token, &prefix, TOKEN_GOES_IN_AUTHORIZATION).await?, true),
            (false, Ok(given)) => (given.to_owned(), false),
            (false, Err(not_given)) => return Err(not_given),
        };
        Ok(Self { run, id, token, prefix, marks: Cell::new(0), own })
    }

    /// Another website of the case's own.
    pub(super) async fn another(&self) -> Result<Site<'r>, Stop> {
        let id = create(self.run, &self.token, &self.prefix, TOKEN_SERVES_REPEATEDLY).await?;
        let (token, prefix) = (self.token.clone(), self.prefix.clone());
        Ok(Site { run: self.run, id, token, prefix, marks: Cell::new(1000), own: true })
    }

    /// A mark that no other event has.
    pub(super) fn mark(&self) -> Mark {
        self.marks.set(self.marks.get() + 1);
        Mark(format!("{}-{}", self.prefix, self.marks.get()))
    }

    /// The document's sample, sent by a browser to this website, under a mark.
    pub(super) fn sample(&self, mark: &Mark) -> Request {
        let payload = json!({
            "hostname": "your-hostname",
            "language": "en-US",
            "referrer": "",
            "screen": "1920x1080",
            "title": "dashboard",
            "url": "/",
            "website": self.id,
            "name": "event-name",
            "data": { "foo": "bar" },
        });
        let event = Request::new(operation::SEND).json(json!({ "payload": payload, "type": "event" }));
        mark.on(event.header(USER_AGENT, BROWSER))
    }

    /// Sends the sample in each of these forms, none of which is a fault, and looks for them once they would show.
    pub(super) async fn in_forms(&self, forms: Vec<Form>) -> Result<(Vec<Sent<Answer<'r>>>, Registered), Stop> {
        let mut sent = Vec::new();
        for Form { label, change } in forms {
            let mark = self.mark();
            let answer = self.run.send(&label, &change(self.sample(&mark))).await?;
            sent.push(Sent { label, answer, mark });
        }
        let marks: Vec<&Mark> = sent.iter().map(|sent| &sent.mark).collect();
        let registered = self.once_registered(&marks).await?;
        Ok((sent, registered))
    }

    /// Sends the sample with each of these faults, behind a control, and looks for them once a last event shows.
    pub(super) async fn with_faults(&self, faults: Vec<Form>) -> Result<(Vec<Sent<Refused<'r>>>, Registered), Stop> {
        let event = self.proper_event().await?;
        let mut sent = Vec::new();
        for Form { label, change } in faults {
            let mark = self.mark();
            let answer = event.fault(&label, |event| change(mark.on(event))).await?;
            sent.push(Sent { label, answer, mark });
        }
        Ok((sent, self.settled().await?))
    }

    /// The sample, seen to succeed, for the same with a fault.
    pub(super) async fn proper_event(&self) -> Result<Control<'r>, Stop> {
        self.run.control(SEND_REGISTERS_AN_EVENT, self.sample(&self.mark()), succeeds()).await
    }

    /// The events of the website once those of all these marks are among them, or once patience is at its end.
    pub(super) async fn once_registered(&self, marks: &[&Mark]) -> Result<Registered, Stop> {
        let patience = self.run.patience();
        let mut left = patience;
        let mut pause = Duration::from_millis(50);
        loop {
            let registered = self.registered().await?;
            if marks.iter().all(|mark| registered.count(mark) > 0) {
                return Ok(registered);
            }
            if left.is_zero() {
                self.run.waited_for_nothing(patience);
                return Ok(registered);
            }
            tokio::time::sleep(pause.min(left)).await;
            left = left.saturating_sub(pause);
            pause *= 2;
        }
    }

    /// The events of the website at a time when what was sent so far would show: a last event, sent after all the others,
    /// has been seen.
    pub(super) async fn settled(&self) -> Result<Registered, Stop> {
        let last = self.mark();
        let event = self.sample(&last);
        let sent = self.run.arrange(async || self.run.send("a last event", &event).await).await?;
        let registered = self.once_registered(&[&last]).await?;
        match registered.count(&last) {
            0 => Err(Stop::Inconclusive {
                reason: format!("an event without fault is not among its website's: {}", sent.response().summary()),
                rests_on: Some(SEND_REGISTERS_AN_EVENT),
            }),
            _ => Ok(registered),
        }
    }

    /// The events of the website now.
    async fn registered(&self) -> Result<Registered, Stop> {
        let day = Duration::from_secs(24 * 3600);
        let millis = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
        let now = SystemTime::now();
        let mut events = Request::new(operation::EVENTS)
            .at("websiteId", &self.id)
            .query("startAt", millis(now - day))
            .query("endAt", millis(now + day))
            .query("pageSize", 200)
            .bearer(&self.token);
        if !self.own {
            events = events.query("search", &self.prefix);
        }
        let answer = self.run.arrange(async || self.run.send("the website's events", &events).await).await?.response();
        match (answer.status, answer.json().and_then(|json| json["data"].as_array())) {
            (StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED, _) => {
                Err(Stop::Skip(format!("the deployment does not list a website's events: {}", answer.status)))
            }
            (status, Some(events)) if status.is_success() => Ok(Registered(events.clone())),
            _ => {
                let reason = format!("the website's events cannot be read: {}", answer.summary());
                let rests_on = rests_on_token(&answer, TOKEN_SERVES_REPEATEDLY);
                Err(Stop::Inconclusive { reason, rests_on })
            }
        }
    }

    /// Whether the website is among its owner's.
    pub(super) async fn is_listed(&self) -> Result<bool, Stop> {
        let listed = websites(&self.token).query("search", &self.prefix);
        let answer = self.run.arrange(async || self.run.send("the owner's websites", &listed).await).await?.response();
        let json = answer.json().cloned().unwrap_or_default();
        let websites = json["data"].as_array().or(json.as_array()).into_iter().flatten();
        Ok(websites.into_iter().any(|website| website["id"] == self.id.as_str()))
    }
}

/// What a refusal rests on when it is one of the token.
fn rests_on_token(answer: &Response, requirement: &'static Requirement) -> Option<&'static Requirement> {
    matches!(answer.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN).then_some(requirement)
}

/// Creates a website, to be removed when the case ends. `authenticates` is what makes the token count.
async fn create(run: &Run, token: &str, name: &str, authenticates: &'static Requirement) -> Result<String, Stop> {
    let website = json!({ "name": name, "domain": format!("{name}.example") });
    let website = Request::new(operation::CREATE_WEBSITE).json(website).bearer(token);
    let answer = run.arrange(async || run.send("create a website", &website).await).await?.response();
    match (answer.status, answer.text_at("/id")) {
        (StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED, _) => {
            Err(Stop::Skip(format!("the deployment does not let create a website: {}", answer.status)))
        }
        (status, Some(id)) if status.is_success() && !id.is_empty() => {
            run.remove_at_end(Request::new(operation::DELETE_WEBSITE).at("websiteId", id).bearer(token));
            Ok(id.to_owned())
        }
        _ => {
            let reason = format!("no website could be created: {}", answer.summary());
            Err(Stop::Inconclusive { reason, rests_on: rests_on_token(&answer, authenticates) })
        }
    }
}

impl Mark {
    /// The event under this mark, by its path and by its name where it has one.
    pub(super) fn on(&self, event: Request) -> Request {
        let named = event.json_at("/payload/name").is_some();
        let event = event.set("/payload/url", format!("/{}", self.0));
        if named { event.set("/payload/name", self.0.as_str()) } else { event }
    }
}

impl Registered {
    /// How many events are under a mark.
    pub(super) fn count(&self, mark: &Mark) -> usize {
        let is = |value: &Value, text: &str| value.as_str().is_some_and(|value| value == text);
        let marked =
            |event: &&Value| is(&event["urlPath"], &format!("/{}", mark.0)) || is(&event["eventName"], &mark.0);
        self.0.iter().filter(marked).count()
    }

    /// An event under the mark, at least once.
    pub(super) fn has(&self, mark: &Mark) -> Expect {
        let count = self.count(mark);
        that("the event among its website's events", move |response| match count {
            _ if !response.status.is_success() => Err(response.summary()),
            0 => Err(format!("it is not among them; it was answered {}", response.summary())),
            _ => Ok(()),
        })
    }

    /// One event under the mark, and not two.
    pub(super) fn has_one(&self, mark: &Mark) -> Expect {
        let count = self.count(mark);
        that("the event once among its website's events", move |_| match count {
            1 => Ok(()),
            count => Err(format!("{count} times")),
        })
    }

    /// No event under the mark: on a website that it was not sent to.
    pub(super) fn lacks(&self, mark: &Mark) -> Expect {
        let count = self.count(mark);
        that("nothing of it among another website's events", move |_| match count {
            0 => Ok(()),
            count => Err(format!("it is among them, {count} times")),
        })
    }

    /// No event under the mark, which a fault should have kept away.
    pub(super) fn has_none(&self, mark: &Mark) -> Refusal {
        let count = self.count(mark);
        never("nothing of it among the website's events", move || match count {
            0 => Ok(()),
            count => Err(format!("it is among them, {count} times")),
        })
    }

    /// `registered`, or that it is not.
    pub(super) fn tells(&self, mark: &Mark) -> &'static str {
        if self.count(mark) > 0 { "registered" } else { "not registered" }
    }
}
