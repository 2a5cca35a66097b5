//! A website to send events to, and what shows the events that are registered on it.
//!
//! Where the target allows `write` it is one of the case's own, which is removed at the end. Else it is the one that the
//! configuration names, on which other visitors may be; there events are told apart by a path that nobody else has.

use super::example;
use super::session::{Session, session, websites};
use crate::case::Effect;
use crate::exchange::Response;
use crate::expect::{Expect, Refusal, never, succeeds, that};
use crate::request::Request;
use crate::run::{Answer, Control, Refused, Removal, Run, Stop};
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
#[derive(Default)]
pub(super) struct Registered(Vec<Value>);

impl<'r> Site<'r> {
    /// Comes by a website: one of the case's own, or else the one that the configuration names.
    pub(super) async fn arrange(run: &'r Run) -> Result<Self, Stop> {
        let Session { token, .. } = session(run).await?;
        let prefix = run.own_name();
        let given = run.value("website").ok().filter(|_| run.allows(Effect::Permanent));
        let id = match (run.allows(Effect::Write), given) {
            (true, given) => match (create(run, &token, &prefix, TOKEN_GOES_IN_AUTHORIZATION).await, given) {
                (Ok(id), _) => return Ok(Self { run, id, token, prefix, marks: Cell::new(0), own: true }),
                (Err(Stop::Skip(_)), Some(given)) => given,
                (Err(stop), _) => return Err(stop),
            },
            (false, Some(given)) => given,
            (false, None) => return Err(Stop::Skip("allow `write`, or `permanent` with `website` set".to_owned())),
        };
        let site = Self { run, id: id.to_owned(), token, prefix, marks: Cell::new(0), own: false };
        site.registered().await?;
        run.leave_behind(format!("events on the website {} under /{}…", site.id, site.prefix))?;
        Ok(site)
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
        let event =
            Request::new(operation::SEND).json(example("send-request")).set("/payload/website", self.id.as_str());
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
        let taken = sent.iter().filter(|sent: &&Sent<Answer<'_>>| sent.answer.response().status.is_success());
        let marks: Vec<&Mark> = taken.map(|sent| &sent.mark).collect();
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
        let has_all = |registered: &Registered| marks.iter().all(|mark| registered.count(mark) > 0);
        let mut registered = self.registered().await?;
        if has_all(&registered) {
            return Ok(registered);
        }
        let patience = self.run.patience()?;
        let mut waited = Duration::ZERO;
        let mut pause = Duration::from_millis(50);
        while waited < patience && !has_all(&registered) {
            pause = pause.min(patience - waited);
            self.run.pause(pause).await;
            waited += pause;
            pause *= 2;
            registered = self.registered().await?;
        }
        if !has_all(&registered) {
            self.run.waited_for_nothing(waited);
        }
        Ok(registered)
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

    /// The events of the website now: all of them, or those of this case.
    async fn registered(&self) -> Result<Registered, Stop> {
        const PAGES: usize = 50;
        let mut registered = Registered::default();
        for page in 1..=PAGES {
            let answer = self.page_of_events(page).await?;
            let json = answer.json().cloned().unwrap_or_default();
            let Some(events) = json["data"].as_array() else {
                let reason = format!("the website's events cannot be read: {}", answer.summary());
                return Err(Stop::Inconclusive { reason, rests_on: None });
            };
            let added = registered.add(events);
            let count = json["count"].as_u64().unwrap_or(registered.0.len() as u64);
            if registered.0.len() as u64 >= count && (added == 0 || json["count"].is_u64()) {
                return Ok(registered);
            }
            if added == 0 {
                let listed = registered.0.len();
                let reason = format!("of {count} events the deployment lists {listed} and no more");
                return Err(Stop::Inconclusive { reason, rests_on: None });
            }
        }
        let reason = format!("the website's events go on past {PAGES} pages, and cannot be read whole");
        Err(Stop::Inconclusive { reason, rests_on: None })
    }

    async fn page_of_events(&self, page: usize) -> Result<Response, Stop> {
        let day = Duration::from_secs(24 * 3600);
        let millis = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
        let now = SystemTime::now();
        let mut events = Request::new(operation::EVENTS)
            .at("websiteId", &self.id)
            .query("startAt", millis(now - day))
            .query("endAt", millis(now + day))
            .query("page", page)
            .query("pageSize", 200)
            .bearer(&self.token);
        if !self.own {
            events = events.query("search", &self.prefix);
        }
        let answer = self.run.arrange(async || self.run.send("the website's events", &events).await).await?.response();
        match answer.status {
            status if status.is_success() => Ok(answer),
            status if !self.own => {
                let reason = format!("`website` names none whose events this user can read: {status}");
                Err(Stop::Inconclusive { reason, rests_on: None })
            }
            status @ (StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) => {
                Err(Stop::Skip(format!("this deployment does not list a website's events ({status})")))
            }
            _ => {
                let reason = format!("the website's events cannot be read: {}", answer.summary());
                Err(Stop::Inconclusive { reason, rests_on: rests_on_token(&answer, TOKEN_SERVES_REPEATEDLY) })
            }
        }
    }

    /// Whether the website is among its owner's.
    pub(super) async fn is_listed(&self) -> Result<bool, Stop> {
        let listed = websites(&self.token).query("search", &self.prefix);
        let answer = self.run.arrange(async || self.run.send("the owner's websites", &listed).await).await?.response();
        match answer.status.is_success() {
            true => Ok(listed_websites(&answer).iter().any(|website| website["id"] == self.id.as_str())),
            false => {
                let reason = format!("the owner's websites cannot be read: {}", answer.summary());
                Err(Stop::Inconclusive { reason, rests_on: rests_on_token(&answer, TOKEN_SERVES_REPEATEDLY) })
            }
        }
    }

    /// A request that creates a website of the case's own, which is removed when the case ends.
    pub(super) fn creation(&self) -> Request {
        creation(&self.token, &self.prefix)
    }
}

/// What a refusal rests on when it is one of the token.
fn rests_on_token(answer: &Response, requirement: &'static Requirement) -> Option<&'static Requirement> {
    (answer.status == StatusCode::UNAUTHORIZED).then_some(requirement)
}

/// Creates a website, to be removed when the case ends. `authenticates` is what makes the token count.
async fn create(run: &Run, token: &str, prefix: &str, authenticates: &'static Requirement) -> Result<String, Stop> {
    run.remove_at_end(removal(token, prefix))?;
    let website = creation(token, prefix);
    let answer = run.arrange(async || run.send("create a website", &website).await).await?.response();
    if answer.status.is_client_error() {
        run.nothing_to_remove();
    }
    match (answer.status, answer.text_at("/id")) {
        (status @ (StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED), _) => {
            let instead = "allow `permanent` and set `website`";
            Err(Stop::Skip(format!("this deployment creates no website ({status}): {instead}")))
        }
        (status, Some(id)) if status.is_success() && !id.is_empty() => Ok(id.to_owned()),
        _ => {
            let reason = format!("no website could be created: {}", answer.summary());
            Err(Stop::Inconclusive { reason, rests_on: rests_on_token(&answer, authenticates) })
        }
    }
}

fn creation(token: &str, prefix: &str) -> Request {
    let website = json!({ "name": prefix, "domain": format!("{prefix}.example") });
    Request::new(operation::CREATE_WEBSITE).json(website).bearer(token)
}

/// How to remove the websites of a name, in a run that did not create them.
pub(super) async fn removal_of(run: &Run, name: &str) -> Result<Removal, Stop> {
    Ok(removal(&session(run).await?.token, name))
}

/// Removes every website whose name is the case's own.
fn removal(token: &str, prefix: &str) -> Removal {
    let (own_token, name) = (token.to_owned(), prefix.to_owned());
    let of_found = move |list: &Response| {
        let own = listed_websites(list).into_iter().filter(|website| website["name"] == name.as_str());
        let ids = own.filter_map(|website| website["id"].as_str().map(str::to_owned));
        let remove = |id: String| Request::new(operation::DELETE_WEBSITE).at("websiteId", &id).bearer(&own_token);
        ids.map(remove).collect()
    };
    Removal {
        what: format!("the website {prefix}"),
        name: prefix.to_owned(),
        find: websites(token).query("search", prefix).query("pageSize", 100),
        of_found: Box::new(of_found),
    }
}

/// The websites of a list, in the form of any release.
fn listed_websites(list: &Response) -> Vec<Value> {
    let json = list.json().cloned().unwrap_or_default();
    json["data"].as_array().or(json.as_array()).cloned().unwrap_or_default()
}

impl Mark {
    fn path(&self) -> String {
        format!("/{}", self.0)
    }

    /// The event under this mark, by its path and by its name where it has one.
    pub(super) fn on(&self, event: Request) -> Request {
        let named = event.json_at("/payload/name").is_some();
        let event = event.set("/payload/url", self.path());
        if named { event.set("/payload/name", self.0.as_str()) } else { event }
    }
}

impl Registered {
    /// Adds what is not there yet, and tells how many that were.
    fn add(&mut self, events: &[Value]) -> usize {
        let known = self.0.len();
        let is_new =
            |event: &&Value| event["id"].is_null() || !self.0[..known].iter().any(|old| old["id"] == event["id"]);
        let new: Vec<Value> = events.iter().filter(is_new).cloned().collect();
        self.0.extend(new);
        self.0.len() - known
    }

    /// The events under a mark, by their path or by their name.
    fn under(&self, mark: &Mark) -> impl Iterator<Item = &Value> {
        let (path, name) = (mark.path(), mark.0.clone());
        self.0.iter().filter(move |event| event["urlPath"] == path.as_str() || event["eventName"] == name.as_str())
    }

    /// How many events are under a mark.
    pub(super) fn count(&self, mark: &Mark) -> usize {
        self.under(mark).count()
    }

    /// The event under the mark, by the name that it was sent with.
    pub(super) fn has_its_name(&self, mark: &Mark) -> Expect {
        self.has_kept("the event by the name that it was sent with", mark, "eventName", mark.0.clone())
    }

    /// The event under the mark, on the page that it was sent from.
    pub(super) fn has_its_path(&self, mark: &Mark) -> Expect {
        self.has_kept("the event on the page that it was sent from", mark, "urlPath", mark.path())
    }

    fn has_kept(&self, expected: &str, mark: &Mark, member: &'static str, sent: String) -> Expect {
        let found = self.under(mark).next().map(|event| event[member].clone());
        that(expected, move |_| match &found {
            Some(found) if *found == sent.as_str() => Ok(()),
            Some(found) => Err(format!("{found} in place of \"{sent}\"")),
            None => Err("the event is not among its website's".to_owned()),
        })
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
