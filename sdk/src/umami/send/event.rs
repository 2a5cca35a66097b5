//! What is sent: page views, named events, and who the visitor is.

use std::fmt;
use std::net::IpAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::bounds;
use crate::umami::WebsiteId;
use crate::{FieldProblem, InvalidField};

/// Something that happened on a website.
///
/// ```
/// use std::net::{IpAddr, Ipv4Addr};
///
/// use probity::umami::Event;
/// use serde_json::json;
///
/// let seen = Event::page_view("your-website-id").url("/pricing").title("Pricing").referrer("https://example.com");
/// let done = Event::named("your-website-id", "signup").url("/pricing").data(json!({"plan": "pro", "seats": 3}));
///
/// // From a server, on behalf of the visitor whose request it answers:
/// let theirs = Event::page_view("your-website-id")
///     .user_agent("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0")
///     .ip(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)));
/// ```
///
/// What servers are known to refuse or fail at is refused when the event is sent, before anything goes out: see
/// [`InvalidField`]. Umami answers some of it with 500 and counts the event all the same.
///
/// `Debug` shows what kind of event it is, its website and its name, and nothing of the visitor or the data.
#[derive(Clone)]
#[must_use = "an event is counted when it is sent"]
pub struct Event {
    content: Content,
    /// The first thing that a setter was given and cannot be sent.
    trouble: Option<InvalidField>,
}

/// An event as it goes over the wire.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Content {
    pub(super) payload: Payload,
    #[serde(rename = "type")]
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Event,
    Identify,
}

/// What is not set is left out: Umami refuses `null`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Payload {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) hostname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) referrer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) screen: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
    pub(super) website: WebsiteId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) data: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user_agent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ip: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) timestamp: Option<u64>,
}

impl Event {
    /// A page was seen.
    pub fn page_view(website: impl Into<WebsiteId>) -> Self {
        Self::new(website, Kind::Event, None)
    }

    /// Something happened that has a name: 1 to 50 UTF-16 units, which is 25 emoji. (Umami counts an event with an empty
    /// name as a page view.)
    pub fn named(website: impl Into<WebsiteId>, name: impl Into<String>) -> Self {
        Self::new(website, Kind::Event, Some(name.into()))
    }

    /// Who the visitor is: what is set as [data](Self::data) is kept with them, and with the
    /// [distinct id](Self::distinct_id) they are known again. It counts as no event. The document does not know it; Umami
    /// 2.19 and later do.
    pub fn identify(website: impl Into<WebsiteId>) -> Self {
        Self::new(website, Kind::Identify, None)
    }

    fn new(website: impl Into<WebsiteId>, kind: Kind, name: Option<String>) -> Self {
        let payload = Payload {
            website: website.into(),
            name,
            hostname: None,
            language: None,
            referrer: None,
            screen: None,
            title: None,
            url: None,
            data: None,
            tag: None,
            id: None,
            user_agent: None,
            ip: None,
            timestamp: None,
        };
        Self { content: Content { payload, kind }, trouble: None }
    }

    /// The host of the page: `example.com`, with its port if it has one; at most 100 UTF-16 units.
    pub fn hostname(mut self, hostname: impl Into<String>) -> Self {
        self.content.payload.hostname = Some(hostname.into());
        self
    }

    /// The visitor's language: `en-US`; at most 35 UTF-16 units.
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.content.payload.language = Some(language.into());
        self
    }

    /// The URL that the visitor came from. What begins with `http://` or `https://` must be a whole one.
    pub fn referrer(mut self, referrer: impl Into<String>) -> Self {
        self.content.payload.referrer = Some(referrer.into());
        self
    }

    /// The resolution of the visitor's screen: `1920x1080`; at most 11 UTF-16 units.
    pub fn screen(mut self, screen: impl Into<String>) -> Self {
        self.content.payload.screen = Some(screen.into());
        self
    }

    /// The title of the page. Umami keeps 500 characters.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.content.payload.title = Some(title.into());
        self
    }

    /// The URL of the page, or its path and query: `/pricing?utm_source=news`. Umami keeps 500 characters of the path and as
    /// many of the query. A `utm_…` parameter may have 255. What begins with `http://` or `https://` must be a whole URL.
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.content.payload.url = Some(url.into());
        self
    }

    /// A mark to tell events by, such as the variant of a test; at most 50 UTF-16 units.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.content.payload.tag = Some(tag.into());
        self
    }

    /// The application's own id of the visitor, who is then the same whatever browser they use; at most 50 characters.
    pub fn distinct_id(mut self, id: impl Into<String>) -> Self {
        self.content.payload.id = Some(id.into());
        self
    }

    /// The `User-Agent` of the visitor's browser. It takes the place of the header, which is that of the application: Umami
    /// tells by it one visitor from another, and bots, whose events it ignores.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.content.payload.user_agent = Some(user_agent.into());
        self
    }

    /// More about the event: anything that serialises to a JSON object. Umami flattens what is nested (`a.b`). A key or a
    /// text may have 500 characters, an array as JSON text as well; a number must be nearer to zero than 1e15. `revenue`
    /// with a `currency`, of at most 10 characters, counts as revenue.
    pub fn data(mut self, data: impl Serialize) -> Self {
        match serde_json::to_value(data) {
            Ok(Value::Object(data)) => self.content.payload.data = Some(data),
            Ok(_) => self.note("payload.data", FieldProblem::NotAnObject),
            Err(error) => self.note("payload.data", FieldProblem::NotJson(error.to_string())),
        }
        self
    }

    /// When it happened, in whole seconds of the years 1970 to 9999; unless set, when it arrives.
    pub fn time(mut self, time: SystemTime) -> Self {
        /// The last second of the year 9999.
        const LAST: u64 = 253_402_300_799;
        match time.duration_since(UNIX_EPOCH) {
            Ok(since) if since.as_secs() > LAST => self.note("payload.timestamp", FieldProblem::After9999),
            Ok(since) => self.content.payload.timestamp = Some(since.as_secs()),
            Err(_) => self.note("payload.timestamp", FieldProblem::Before1970),
        }
        self
    }

    /// The visitor's address. Unless set, Umami takes the sender's.
    pub fn ip(mut self, ip: IpAddr) -> Self {
        self.content.payload.ip = Some(ip);
        self
    }

    /// The same, which happened now unless it is said when.
    #[cfg(feature = "tracker")]
    pub(in crate::umami) fn stamped(self) -> Self {
        match self.content.payload.timestamp {
            Some(_) => self,
            None => self.time(SystemTime::now()),
        }
    }

    /// The visitor's `User-Agent`, if it has one.
    #[cfg(feature = "tracker")]
    pub(in crate::umami) fn agent(&self) -> Option<&str> {
        self.content.payload.user_agent.as_deref()
    }

    /// It as JSON, to be kept.
    #[cfg(feature = "tracker")]
    pub(in crate::umami) fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(&self.content)
    }

    /// An event that was kept as JSON.
    #[cfg(feature = "tracker")]
    pub(in crate::umami) fn from_json(json: &[u8]) -> serde_json::Result<Self> {
        Ok(Self { content: serde_json::from_slice(json)?, trouble: None })
    }

    /// Whether servers take it.
    #[cfg(feature = "tracker")]
    pub(in crate::umami) fn check(&self) -> Result<(), InvalidField> {
        self.checked().map(drop)
    }

    fn note(&mut self, field: &str, problem: FieldProblem) {
        self.trouble.get_or_insert(InvalidField::new(field, problem));
    }

    /// Whether a server that gets both in one request takes both for a bot's, or neither.
    pub(super) fn has_the_agent_of(&self, other: &Self) -> bool {
        self.content.payload.user_agent == other.content.payload.user_agent
    }

    /// The event as it goes over the wire, if servers take it.
    pub(super) fn checked(&self) -> Result<&Content, InvalidField> {
        if let Some(trouble) = &self.trouble {
            return Err(trouble.clone());
        }
        bounds::check(&self.content.payload)?;
        Ok(&self.content)
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Content { payload, kind } = &self.content;
        f.debug_struct("Event")
            .field("kind", kind)
            .field("website", &payload.website)
            .field("name", &payload.name)
            .finish_non_exhaustive()
    }
}
