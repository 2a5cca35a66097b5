//! POST /api/batch

use super::error::Refusal;
use super::faults::{Faults, wrong_type};
use super::instance::Instance;
use super::send::{Receipt, Sender, receive};
use crate::answer::answer;
use crate::body;
use crate::routing::method;
use axum::Extension;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::umami::operation;
use serde_json::{Value, json};
use std::net::IpAddr;
use std::sync::Arc;

pub(super) fn route() -> MethodRouter<Arc<Instance>> {
    on(method(operation::BATCH), batch)
}

async fn batch(
    State(instance): State<Arc<Instance>>,
    Extension(ip): Extension<IpAddr>,
    request: Request,
) -> Result<Response, Refusal> {
    let (head, body) = request.into_parts();
    let sender = Sender::of(&instance, ip, &head.headers)?;
    let body = body::read(body, &instance.limits).await?;
    let messages = read(&body).map_err(|faults| Refusal::bad_request(&faults))?;
    let (mut details, mut cache) = (Vec::new(), None);
    for (index, message) in messages.iter().enumerate() {
        if index % AT_A_TIME == AT_A_TIME - 1 {
            tokio::task::yield_now().await;
        }
        match receive(&instance, &sender, Some(message)) {
            Ok(Receipt::Registered { cache: first, .. }) => cache = cache.or(Some(first)),
            Ok(Receipt::Ignored { .. }) => {}
            Err(refusal) => details.push(json!({"index": index, "response": refusal.into_body()})),
        }
    }
    let (size, errors) = (messages.len(), details.len());
    let processed = size - errors;
    let mut receipt = json!({"size": size, "processed": processed, "errors": errors, "details": details});
    // As Umami has it: null where no message was good, and left out where bots sent all that were.
    if cache.is_some() || processed == 0 {
        receipt["cache"] = cache.into();
    }
    Ok(answer(&receipt))
}

/// How many messages a batch may hold: each of them may need an answer far longer than itself.
const MOST: usize = 1000;

/// How many messages are taken before other requests have their turn.
const AT_A_TIME: usize = 100;

/// The messages, of which each is an object at least.
fn read(body: &[u8]) -> Result<Vec<Value>, Faults> {
    let messages = match body::json(body) {
        Some(Value::Array(messages)) => messages,
        other => return Err(Faults::of(wrong_type("array", other.as_ref()))),
    };
    if messages.len() > MOST {
        return Err(Faults::of(format!("Too big: expected array to have <={MOST} items")));
    }
    let mut faults = Faults::default();
    for (index, message) in messages.iter().enumerate().filter(|(_, message)| !message.is_object()) {
        faults.put_item(index, wrong_type("record", Some(message)));
    }
    match faults.is_empty() {
        true => Ok(messages),
        false => Err(faults),
    }
}
