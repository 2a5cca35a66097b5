//! GET /api/websites

use super::Deviation;
use super::answer::answer;
use super::authorization::bearer;
use super::error::{Faults, Refusal};
use super::instance::{Account, Instance};
use super::method;
use super::seed;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::umami::operation;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Arc;

pub(super) fn route() -> MethodRouter<Arc<Instance>> {
    on(method(operation::WEBSITES), websites)
}

async fn websites(
    State(instance): State<Arc<Instance>>,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Refusal> {
    let account = bearer(&instance, &headers, Deviation::TokenNotRequired)?;
    let page = Page::read(&query)?;
    let found: Vec<_> = instance.websites.iter().filter(|website| page.shows(website, account)).collect();
    let on_page = found.iter().skip(page.start()).take(page.size);
    let websites = Websites {
        data: on_page.map(|website| Website::new(&instance, website, account)).collect(),
        count: found.len(),
        page: page.number,
        page_size: page.size,
        search: page.search,
    };
    Ok(answer(&instance, &websites, (Deviation::WebsitesLabelledAsHtml, "text/html")))
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

/// The part of the list that a query asks for.
struct Page<'a> {
    number: usize,
    size: usize,
    search: Option<&'a str>,
}

impl<'a> Page<'a> {
    fn read(query: &'a HashMap<String, String>) -> Result<Self, Refusal> {
        let asked = |name: &str, default| query.get(name).map_or(Ok(default), |text| positive(text));
        let mut faults = Faults::default();
        let number = faults.check("page", asked("page", 1));
        let size = faults.check("pageSize", asked("pageSize", 20));
        match (number, size) {
            (Some(number), Some(size)) => Ok(Self { number, size, search: query.get("search").map(String::as_str) }),
            _ => Err(Refusal::bad_request(&faults)),
        }
    }

    fn start(&self) -> usize {
        (self.number - 1).saturating_mul(self.size)
    }

    fn shows(&self, website: &seed::Website, account: &Account) -> bool {
        let sought = self.search.unwrap_or_default().to_lowercase();
        let found = |text: &str| text.to_lowercase().contains(&sought);
        website.owner == account.username && (found(&website.name) || found(&website.domain))
    }
}

/// A whole number from 1 in any of the ways that JavaScript writes one (`10`, `1e1`, `10.0`), refused in Umami's words.
fn positive(text: &str) -> Result<usize, String> {
    const SAFE: f64 = 9_007_199_254_740_991.0;
    let refusal = match text.parse::<f64>() {
        Ok(number) if !number.is_finite() => "Invalid input: expected number, received NaN",
        Ok(number) if number <= 0.0 => "Too small: expected number to be >0",
        Ok(number) if number.fract() != 0.0 => "Invalid input: expected int, received number",
        Ok(number) if number > SAFE => "Too big: expected int to be <=9007199254740991",
        Ok(number) => return Ok(number as usize),
        Err(_) => "Invalid input: expected number, received NaN",
    };
    Err(refusal.to_owned())
}
