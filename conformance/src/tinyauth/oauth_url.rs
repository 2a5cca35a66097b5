//! `GET /api/oauth/url/:provider`

use super::OAUTH;
use crate::case::{Case, case, shape_case};
use crate::exchange::Response;
use crate::expect::{Expect, Refusal, shows, succeeds, text, that};
use crate::request::Request;
use crate::run::{Control, Run, Stop};
use probity_fixtures::tinyauth::operation;
use probity_fixtures::tinyauth::requirement::*;
use std::collections::BTreeMap;
use url::Url;

pub(super) fn cases() -> Vec<Case> {
    let cases = [
        shape_case(operation::OAUTH_URL, async |run| asked(run)),
        with_redirect_uri(),
        address(),
        fresh(),
        unknown_provider(),
    ];
    cases.into_iter().map(|case| case.needs(OAUTH)).collect()
}

/// Asks for the address of the provider that is set up.
pub(super) fn asked(run: &Run) -> Result<Request, Stop> {
    Ok(Request::new(operation::OAUTH_URL).at("provider", run.value("oauth_provider")?))
}

/// The address that an answer gives, where it is one.
pub(super) fn address_in(response: &Response) -> Option<Url> {
    let url = Url::parse(response.text_at("/url")?).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

/// The query of the address that an answer gives.
fn query(response: &Response) -> BTreeMap<String, String> {
    address_in(response).map(|url| url.query_pairs().into_owned().collect()).unwrap_or_default()
}

async fn answered(run: &Run) -> Result<Control<'_>, Stop> {
    run.control(OAUTH_URL_URL, asked(run)?, text("/url")).await
}

fn with_redirect_uri() -> Case {
    let says = "The address is given with `redirect_uri`, and without";
    case("tinyauth.oauth-url.redirect-uri", says, &[OAUTH_URL_ANSWERS], async |run| {
        let redirect_uri = run.url().join("/welcome?a=b").map_or_else(|_| run.url().to_string(), String::from);
        for (label, request) in
            [("without", asked(run)?), ("with redirect_uri", asked(run)?.query("redirect_uri", redirect_uri))]
        {
            let answer = run.send(label, &request).await?;
            answer.holds(OAUTH_URL_ANSWERS, succeeds()).holds(OAUTH_URL_ANSWERS, text("/url"));
        }
        Ok(())
    })
}

fn address() -> Case {
    let says = "The address is a provider's, and asks it for a code";
    let covers = &[OAUTH_URL_IS_AN_ADDRESS, OAUTH_URL_ASKS_FOR_A_CODE, OAUTH_URL_PKCE];
    case("tinyauth.oauth-url.address", says, covers, async |run| {
        let answered = answered(run).await?;
        answered
            .answer()
            .holds(
                OAUTH_URL_IS_AN_ADDRESS,
                that("an absolute address at /url", |response| match address_in(response) {
                    Some(_) => Ok(()),
                    None => Err(response.summary()),
                }),
            )
            .holds(OAUTH_URL_ASKS_FOR_A_CODE, asks_for_a_code())
            .holds(
                OAUTH_URL_PKCE,
                has("code_challenge of 43 letters or more, and code_challenge_method S256", |query| {
                    let challenge = query.get("code_challenge").is_some_and(|challenge| challenge.len() >= 43);
                    challenge && query.get("code_challenge_method").is_some_and(|method| method == "S256")
                }),
            );
        Ok(())
    })
}

fn asks_for_a_code() -> Expect {
    has("response_type code, a client_id, and a redirect_uri to the callback", |query| {
        let is = |name: &str, test: &dyn Fn(&str) -> bool| query.get(name).is_some_and(|value| test(value));
        is("response_type", &|value| value == "code")
            && is("client_id", &|value| !value.is_empty())
            && is("redirect_uri", &|value| value.contains("/api/oauth/callback/"))
    })
}

/// The query of the address has this.
fn has(what: &str, test: impl Fn(&BTreeMap<String, String>) -> bool + 'static) -> Expect {
    that(&format!("in the query of /url: {what}"), move |response| match test(&query(response)) {
        true => Ok(()),
        false => Err(response.summary()),
    })
}

fn fresh() -> Case {
    let says = "State and code challenge are others at every call";
    let covers = &[OAUTH_URL_STATE_IS_FRESH, OAUTH_URL_PKCE_IS_FRESH];
    case("tinyauth.oauth-url.fresh", says, covers, async |run| {
        let first = answered(run).await?;
        let before = query(&first.answer().response());
        let second = first.variant("once more", |request| request).await?;
        for (requirement, name) in [(OAUTH_URL_STATE_IS_FRESH, "state"), (OAUTH_URL_PKCE_IS_FRESH, "code_challenge")] {
            let before = before.get(name).cloned();
            second.holds(
                requirement,
                has(&format!("another {name} than before"), move |query| {
                    query.get(name).is_some_and(|now| now.len() >= 16 && Some(now) != before.as_ref())
                }),
            );
        }
        Ok(())
    })
}

fn unknown_provider() -> Case {
    let says = "A provider that is none is given no address";
    let covers = &[OAUTH_URL_REFUSES_UNKNOWN_PROVIDER, OAUTH_URL_UNKNOWN_STATUS];
    case("tinyauth.oauth-url.unknown-provider", says, covers, async |run| {
        let answered = answered(run).await?;
        let own = run.value("oauth_provider")?;
        let named = |name: &str| Request::new(operation::OAUTH_URL).at("provider", name);
        for name in ["no-such-provider", "username", "../login"] {
            let refusal = answered.fault(name, |_| named(name)).await?;
            refusal.holds(OAUTH_URL_REFUSES_UNKNOWN_PROVIDER, no_success());
            run.observe(OAUTH_URL_UNKNOWN_STATUS, format!("{name}: {}", refusal.response().status));
        }
        // Those of the document that are not set up here are known words, and may be refused otherwise.
        for name in ["github", "google", "generic"].into_iter().filter(|name| *name != own) {
            let answer = answered.variant(name, |_| named(name)).await?;
            let set_up = if answer.response().status.is_success() { ", being set up" } else { "" };
            run.observe(OAUTH_URL_UNKNOWN_STATUS, format!("{name}: {}{set_up}", answer.response().status));
        }
        Ok(())
    })
}

/// Whatever it is, it is no success.
pub(super) fn no_success() -> Refusal {
    shows("no status of the class 2xx", |response| match response.status.is_success() {
        false => Ok(()),
        true => Err(response.summary()),
    })
}
