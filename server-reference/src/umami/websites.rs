//! GET and POST /api/websites

use super::authorization::bearer;
use super::error::Refusal;
use super::faults::{Faults, wrong_type};
use super::instance::{Account, Instance};
use super::page::Page;
use super::seed::{self, Role};
use super::{Deviation, id, text};
use crate::answer::{answer, labelled};
use crate::body;
use crate::routing::method;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::umami::operation;
use serde::Serialize;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

pub(super) fn route() -> MethodRouter<Arc<Instance>> {
    on(method(operation::WEBSITES), websites).on(method(operation::CREATE_WEBSITE), create)
}

async fn websites(
    State(instance): State<Arc<Instance>>,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Refusal> {
    let account = bearer(&instance, &headers, Some(Deviation::TokenNotRequired))?;
    let mut faults = Faults::default();
    let page = Page::read(&query, &mut faults).ok_or_else(|| Refusal::bad_request(&faults))?;
    let websites = instance.websites();
    let own = |website: &&seed::Website| website.owner == account.username;
    let found = websites.values().filter(own).filter(|website| page.finds([&website.name, &website.domain]));
    let found: Vec<_> = found.collect();
    let on_page = found.iter().skip(page.start()).take(page.size);
    let websites = Websites {
        data: on_page.map(|website| Website::new(&instance, website, account)).collect(),
        count: found.len(),
        page: page.number,
        page_size: page.size,
        search: page.search,
    };
    Ok(labelled(answer(&websites), instance.deviates(Deviation::WebsitesLabelledAsHtml), "text/html"))
}

/// How many websites there can be; whoever wants more is refused.
const MOST: usize = 10_000;

async fn create(State(instance): State<Arc<Instance>>, headers: HeaderMap, body: Body) -> Result<Response, Refusal> {
    let account = bearer(&instance, &headers, Some(Deviation::TokenNotRequiredElsewhere))?;
    if account.role == Role::ViewOnly {
        return Err(Refusal::forbidden("This user may only look"));
    }
    let body = body::read(body, &instance.limits).await?;
    let Some(Value::Object(body)) = &body::json(&body) else {
        return Err(Refusal::bad_request(&Faults::of(wrong_type("object", body::json(&body).as_ref()))));
    };
    let mut faults = Faults::default();
    let name = faults.check("name", text::required(body.get("name"), 100));
    let domain = faults.check("domain", text::required(body.get("domain"), 500));
    let (Some(name), Some(domain)) = (name, domain) else { return Err(Refusal::bad_request(&faults)) };
    let mut websites = instance.websites();
    if websites.len() >= MOST {
        return Err(Refusal::forbidden("There are too many websites"));
    }
    let created_at = instance.clock.now();
    let website =
        seed::Website { id: id::random().to_string(), name, domain, owner: account.username.clone(), created_at };
    let answer = answer(&Website::new(&instance, &website, account));
    websites.insert(website.id.clone(), website);
    Ok(answer)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Websites<'a> {
    data: Vec<Website<'a>>,
    count: usize,
    page: usize,
    page_size: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    search: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Website<'a> {
    id: &'a str,
    name: &'a str,
    domain: &'a str,
    user_id: &'a str,
    team_id: Option<&'a str>,
    created_at: String,
}

impl<'a> Website<'a> {
    fn new(instance: &Instance, website: &'a seed::Website, owner: &'a Account) -> Self {
        Self {
            id: &website.id,
            name: &website.name,
            domain: &website.domain,
            user_id: &owner.id,
            team_id: None, // there are no teams in the document
            created_at: instance.shown_time(website.created_at),
        }
    }
}
