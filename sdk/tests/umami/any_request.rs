//! Whatever is asked for, the request is one that `openapi.yaml` accepts.

use std::net::IpAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use probity::endpoint::Endpoint;
use probity::umami::{
    Access, Active, CreateWebsite, Credentials, DeleteWebsite, Event, Events, Login, Range, SendBatch, SendEvent,
    Stats, Token, Verify, VisitCache, Websites,
};
use probity::{Paged as _, Paging};
use probity_fixtures::umami::API;
use proptest::prelude::*;
use serde_json::Value;

use crate::acceptance::{Attempt, all_are_accepted, any_text};
use crate::any_json::any_json;

fn ask<E: Endpoint>(endpoint: &E, credential: &E::Credential) -> Attempt {
    endpoint.request(&"https://example.com/umami".parse().expect("a base URL"), credential)
}

fn any_token() -> impl Strategy<Value = Token> {
    prop_oneof![3 => "[!-~]{1,24}", 1 => any_text()].prop_map(Token::new)
}

fn any_access() -> impl Strategy<Value = Access> {
    any_token().prop_map(Access::from)
}

fn any_time() -> impl Strategy<Value = SystemTime> {
    prop_oneof![
        4 => any::<u32>().prop_map(|seconds| UNIX_EPOCH + Duration::from_secs(seconds.into())),
        1 => any::<SystemTime>(),
    ]
}

fn any_range() -> impl Strategy<Value = Range> {
    (any_time(), any_time()).prop_map(|(one, other)| Range::between(one, other))
}

fn any_paging() -> impl Strategy<Value = (Option<u32>, Option<u32>)> {
    let number = || prop::option::of(prop_oneof![Just(0), 1u32..200, any::<u32>()]);
    (number(), number())
}

fn set(paging: &mut Paging, (page, page_size): (Option<u32>, Option<u32>)) {
    (paging.page, paging.page_size) = (page, page_size);
}

/// One more thing that is told of an event.
#[derive(Debug, Clone)]
enum Detail {
    Text(Setter, String),
    Data(Value),
    Ip(IpAddr),
    Time(SystemTime),
}

type Setter = fn(Event, String) -> Event;

const TEXTS: [Setter; 9] = [
    Event::hostname,
    Event::language,
    Event::referrer,
    Event::screen,
    Event::title,
    Event::url,
    Event::tag,
    Event::distinct_id,
    Event::user_agent,
];

impl Detail {
    fn any() -> impl Strategy<Value = Self> {
        prop_oneof![
            4 => (prop::sample::select(&TEXTS[..]), any_text()).prop_map(|(set, text)| Detail::Text(set, text)),
            1 => any_json(&["revenue", "currency", "plan"]).prop_map(Detail::Data),
            1 => any::<IpAddr>().prop_map(Detail::Ip),
            1 => any_time().prop_map(Detail::Time),
        ]
    }

    fn tell(self, event: Event) -> Event {
        match self {
            Detail::Text(set, text) => set(event, text),
            Detail::Data(data) => event.data(data),
            Detail::Ip(ip) => event.ip(ip),
            Detail::Time(time) => event.time(time),
        }
    }
}

fn any_event() -> impl Strategy<Value = Event> {
    let event = prop_oneof![
        any_text().prop_map(Event::page_view),
        (any_text(), any_text()).prop_map(|(website, name)| Event::named(website, name)),
        any_text().prop_map(Event::identify),
    ];
    let details = prop::collection::vec(Detail::any(), 0..5);
    (event, details).prop_map(|(event, details)| details.into_iter().fold(event, |event, detail| detail.tell(event)))
}

#[test]
fn any_request_is_one_that_the_description_accepts() {
    let login =
        (any_text(), any_text()).prop_map(|(user, password)| ask(&Login::new(&Credentials::new(user, password)), &()));
    let websites = (any_access(), any_paging(), prop::option::of(any_text())).prop_map(|(access, paging, search)| {
        let mut websites = search.into_iter().fold(Websites::default(), Websites::search);
        set(websites.paging(), paging);
        ask(&websites, &access)
    });
    let create = (any_access(), any_text(), any_text())
        .prop_map(|(access, name, domain)| ask(&CreateWebsite::new(name, domain), &access));
    let delete = (any_access(), any_text()).prop_map(|(access, id)| ask(&DeleteWebsite::new(id), &access));
    let stats =
        (any_access(), any_text(), any_range()).prop_map(|(access, id, range)| ask(&Stats::new(id, range), &access));
    let active = (any_access(), any_text()).prop_map(|(access, id)| ask(&Active::new(id), &access));
    let events = (any_access(), any_text(), any_range(), any_paging(), prop::option::of(any_text()));
    let events = events.prop_map(|(access, id, range, paging, search)| {
        let mut events = search.into_iter().fold(Events::new(id, range), Events::search);
        set(events.paging(), paging);
        ask(&events, &access)
    });
    let send = (any_event(), prop::option::of(any_text())).prop_map(|(event, cache)| {
        let cache = cache.map(VisitCache::new);
        ask(&cache.iter().fold(SendEvent::new(&event), SendEvent::cache), &())
    });
    let batch = prop::collection::vec(any_event(), 0..3).prop_map(|events| ask(&SendBatch::new(&events), &()));
    let requests = vec![
        (Login::NAME, login.boxed()),
        (Verify::NAME, any_token().prop_map(|token| ask(&Verify, &token)).boxed()),
        (Websites::NAME, websites.boxed()),
        (CreateWebsite::NAME, create.boxed()),
        (DeleteWebsite::NAME, delete.boxed()),
        (Stats::NAME, stats.boxed()),
        (Active::NAME, active.boxed()),
        (Events::NAME, events.boxed()),
        (SendEvent::NAME, send.boxed()),
        (SendBatch::NAME, batch.boxed()),
    ];
    all_are_accepted(&API, "/umami", requests);
}
