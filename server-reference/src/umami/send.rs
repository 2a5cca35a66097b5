//! POST /api/send

use super::Deviation;
use super::authorization::bearer;
use super::error::Refusal;
use super::instance::Instance;
use super::message::Message;
use super::traffic::Event;
use super::{id, text, user_agent};
use crate::answer::answer;
use crate::body;
use crate::routing::method;
use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::umami::operation;
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

pub(super) fn route(instance: &Instance) -> MethodRouter<Arc<Instance>> {
    let route = on(method(operation::SEND), send);
    if !instance.deviates(Deviation::SendByAnyMethod) {
        return route;
    }
    route.put(send).patch(send).get(async || ())
}

async fn send(
    State(instance): State<Arc<Instance>>,
    Extension(ip): Extension<IpAddr>,
    request: Request,
) -> Result<Response, Refusal> {
    let (head, body) = request.into_parts();
    let sender = Sender::of(&instance, ip, &head.headers)?;
    let body = body::read(body, &instance.limits).await?;
    let receipt = receive(&instance, &sender, body::json(&body).as_ref())?;
    Ok(answer(&receipt))
}

/// Whom a request comes from, unless a payload tells of somebody else.
pub(super) struct Sender<'a> {
    ip: IpAddr,
    user_agent: Option<&'a HeaderValue>,
}

impl<'a> Sender<'a> {
    pub(super) fn of(instance: &Instance, ip: IpAddr, headers: &'a HeaderMap) -> Result<Self, Refusal> {
        let minds = instance.deviates(Deviation::SendMindsToken) && headers.contains_key(header::AUTHORIZATION);
        if minds || instance.deviates(Deviation::SendNeedsToken) {
            bearer(instance, headers, None)?;
        }
        Ok(Self { ip, user_agent: headers.get(header::USER_AGENT) })
    }

    fn user_agent(&self) -> Option<Cow<'a, str>> {
        self.user_agent.map(|value| String::from_utf8_lossy(value.as_bytes()))
    }
}

/// What became of a message that was not refused.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Receipt {
    #[serde(rename_all = "camelCase")]
    Registered { cache: String, session_id: String, visit_id: String },
    /// It was sent by a bot.
    Ignored { beep: &'static str },
}

/// Takes one message, which is a body or an item of one.
pub(super) fn receive(instance: &Instance, sender: &Sender<'_>, body: Option<&Value>) -> Result<Receipt, Refusal> {
    let (message, faults) = Message::read(instance, body);
    if !faults.is_empty() {
        let has_payload = body.and_then(|body| body.get("payload")).is_some_and(Value::is_object);
        if !has_payload && instance.deviates(Deviation::MalformedEventCrashes) {
            return Err(Refusal::server_error());
        }
        if has_payload && instance.deviates(Deviation::StoresWhatItRefuses) {
            register(instance, sender, on_some_website(instance, message));
        }
        return Err(Refusal::bad_request(&faults));
    }
    if message.website.is_some() && !message.is_there && !instance.deviates(Deviation::AnyWebsite) {
        return Err(Refusal::website_not_found());
    }
    Ok(register(instance, sender, message))
}

/// A message that may name no website, as one on the first.
fn on_some_website<'a>(instance: &Instance, message: Message<'a>) -> Message<'a> {
    let website = message.website.filter(|website| instance.has_website(website));
    let website = website.or_else(|| instance.websites().first().map(|(id, _)| id.clone().into()));
    Message { is_there: website.is_some(), website, ..message }
}

fn register(instance: &Instance, sender: &Sender<'_>, message: Message<'_>) -> Receipt {
    let user_agent = message.user_agent.or_else(|| sender.user_agent());
    if !user_agent::is_proper(instance, user_agent.as_deref()) {
        return Receipt::Ignored { beep: "boop" };
    }
    let website = message.website.unwrap_or_default();
    let visitor = match &message.id {
        Some(id) => instance.visitors.known_as(&website, id),
        None => {
            // What cannot be read as an address is one that the application has made up.
            let address = message.ip.as_ref().map_or(Ok(sender.ip), |ip| ip.parse().map_err(|_| &**ip));
            instance.visitors.using(&website, address, &user_agent.unwrap_or_default())
        }
    };
    let time = message.timestamp.map_or_else(|| instance.now_millis(), |seconds| seconds * 1000);
    let session_id = instance.visitors.session(visitor).to_string();
    let visit_id = instance.visitors.visit(visitor, time).to_string();
    if message.is_event && message.is_there {
        keep(
            instance,
            Event {
                id: id::random(),
                website: website.into(),
                time,
                visitor,
                hostname: message.hostname.map(Box::from),
                path: text::cut(message.path),
                query: text::cut(message.query),
                title: message.title.map(text::cut),
                name: message.name.map(Box::from),
                has_data: message.has_data,
            },
        );
    }
    Receipt::Registered { cache: [&*session_id, ".", &*visit_id].concat(), session_id, visit_id }
}

fn keep(instance: &Instance, mut event: Event) {
    if instance.deviates(Deviation::LosesTheName) {
        event.name = None;
    }
    if instance.deviates(Deviation::LosesTheUrl) {
        event.path = "/".into();
    }
    if instance.deviates(Deviation::StoresNothing) {
        return;
    }
    if instance.deviates(Deviation::CountsForAnother) {
        let Some(other) = siblings(instance, &event.website).pop() else { return };
        event.website = other;
    }
    let mut kept = instance.traffic.kept();
    if instance.deviates(Deviation::CountsElsewhere) {
        for website in siblings(instance, &event.website) {
            kept.push(Event { id: id::random(), website, ..event.clone() });
        }
    }
    if instance.deviates(Deviation::CountsTwice) {
        kept.push(Event { id: id::random(), ..event.clone() });
    }
    kept.push(event);
}

/// The other websites of a website's owner.
fn siblings(instance: &Instance, website: &str) -> Vec<Box<str>> {
    let websites = instance.websites();
    let owner = websites.get(website).map(|one| &one.owner);
    let others = websites.values().filter(|one| Some(&one.owner) == owner && one.id != website);
    others.map(|one| one.id.as_str().into()).collect()
}
