//! API mode and browser mode: which of the two a request is answered in, and how a refusal looks in API mode.

use super::cookies::Cookies;
use super::forward::{BROWSERS_ACCEPT, BROWSERS_AGENT, CURLS_AGENT, PROXIES, REDIRECTING, asked_by, by_browser};
use super::session::{Account, proper_login, session, with_name};
use super::{USER, authorization};
use crate::case::{Case, Effect, case};
use crate::exchange::Response;
use crate::expect::{Expect, Refusal, challenges, shows, status, text, that};
use crate::request::Request;
use crate::run::{Control, Run, Stop};
use http::header::{ACCEPT, COOKIE, USER_AGENT};
use probity_fixtures::tinyauth::operation;
use probity_fixtures::tinyauth::requirement::*;
use serde_json::Value;

pub(super) fn cases() -> Vec<Case> {
    let cases = [
        by_basic().effect(Effect::Lockout),
        without_html(),
        with_html(),
        traefik_redirects(),
        refusal(),
        refusals_are_json(),
        status_is_http_status().effect(Effect::Lockout),
        accept_details(),
    ];
    cases.into_iter().map(|case| case.needs(USER)).collect()
}

/// A proxy's question that was seen to be answered with yes for a session, for the same with a fault.
pub(super) async fn let_in<'r>(run: &'r Run, proxy: &str, session: &Cookies) -> Result<Control<'r>, Stop> {
    run.control(AUTH_SESSION_IS_LET_IN, session.on(asked_by(run, proxy)), text("/message")).await
}

/// Not let in: refused, or sent elsewhere. Which of the two it should be is the mode's business.
pub(super) fn not_let_in() -> Refusal {
    shows("a status of the class 3xx or 4xx", |response| match response.status.as_u16() {
        300..500 => Ok(()),
        _ => Err(answer_in_short(response)),
    })
}

/// Neither a redirect nor HTML.
pub(super) fn in_api_mode() -> Refusal {
    shows("neither a redirect nor HTML", |response| match response.status.is_redirection() || is_html(response) {
        true => Err(answer_in_short(response)),
        false => Ok(()),
    })
}

/// A redirect, or HTML at least.
fn in_browser_mode() -> Refusal {
    shows("a redirect, or HTML", |response| match response.status.is_redirection() || is_html(response) {
        true => Ok(()),
        false => Err(answer_in_short(response)),
    })
}

fn is_html(response: &Response) -> bool {
    let starts_as_html = response.body.trim_ascii_start().starts_with(b"<");
    response.media_type().is_some_and(|media_type| media_type.contains("html")) || starts_as_html
}

/// The status, and where to or what with.
pub(super) fn answer_in_short(response: &Response) -> String {
    match location(response) {
        Some(location) => format!("{} to {location}", response.status),
        None => response.summary(),
    }
}

pub(super) fn location(response: &Response) -> Option<String> {
    let location = response.headers.get(http::header::LOCATION)?;
    Some(String::from_utf8_lossy(location.as_bytes()).into_owned())
}

/// A JSON object, labelled as JSON.
pub(super) fn is_json_object() -> Refusal {
    shows("a JSON object, labelled application/json", |response| {
        let is_object = response.json().is_some_and(Value::is_object);
        match response.media_type().as_deref() {
            Some("application/json") if is_object => Ok(()),
            label => Err(format!("{}, labelled {}", response.summary(), label.unwrap_or("not at all"))),
        }
    })
}

fn by_basic() -> Case {
    let says = "A wrong Basic is refused in API mode, even with a browser's Accept header";
    case("tinyauth.mode.basic", says, &[MODE_BASIC_IS_API], async |run| {
        let account = Account::own(run)?;
        for proxy in REDIRECTING {
            let passed = authorization::let_in(run, proxy, &account).await?;
            let password = run.random_text(20);
            let wrong = |request: Request| by_browser(request.basic(&account.name, &password));
            let refusal = passed.fault(&format!("a wrong password, by a browser through {proxy}"), wrong).await?;
            refusal.holds(MODE_BASIC_IS_API, in_api_mode());
            // So that the failures of an account never add up.
            passed.variant("the right password again", |request| request).await?;
        }
        Ok(())
    })
}

fn without_html() -> Case {
    let says = "Whoever does not list text/html is refused in API mode, whatever else is told of the client";
    case("tinyauth.mode.without-html", says, &[MODE_WITHOUT_HTML_IS_API], async |run| {
        let session = session(run).await?;
        for proxy in PROXIES {
            let passed = let_in(run, proxy, &session).await?;
            let forms = [
                ("JSON alone", Some("application/json"), CURLS_AGENT),
                ("anything", Some("*/*"), CURLS_AGENT),
                ("no Accept header", None, CURLS_AGENT),
                ("JSON alone, by a browser", Some("application/json, text/plain, */*"), BROWSERS_AGENT),
                ("anything, by a browser", Some("*/*"), BROWSERS_AGENT),
                ("a page of another kind, by a browser", Some("application/xhtml+xml"), BROWSERS_AGENT),
            ];
            for (label, accept, agent) in forms {
                let fault = |request: Request| {
                    let request = request.without_header(&COOKIE).header(USER_AGENT, agent);
                    match accept {
                        Some(accept) => request.header(ACCEPT, accept),
                        None => request.without_header(&ACCEPT),
                    }
                };
                let refusal = passed.fault(&format!("{label}, through {proxy}"), fault).await?;
                refusal.holds(MODE_WITHOUT_HTML_IS_API, in_api_mode());
            }
        }
        Ok(())
    })
}

fn with_html() -> Case {
    let says = "Whoever lists text/html is sent to log in, whatever else is told of the client";
    case("tinyauth.mode.with-html", says, &[MODE_WITH_HTML_IS_BROWSER], async |run| {
        let session = session(run).await?;
        for proxy in REDIRECTING {
            let passed = let_in(run, proxy, &session).await?;
            let forms = [
                ("a browser", BROWSERS_ACCEPT, BROWSERS_AGENT),
                ("text/html alone, by curl", "text/html", CURLS_AGENT),
                ("text/html as one of several, by curl", "application/json, text/html;q=0.5", CURLS_AGENT),
            ];
            for (label, accept, agent) in forms {
                let fault =
                    |request: Request| request.without_header(&COOKIE).header(ACCEPT, accept).header(USER_AGENT, agent);
                let refusal = passed.fault(&format!("{label}, through {proxy}"), fault).await?;
                refusal.holds(MODE_WITH_HTML_IS_BROWSER, in_browser_mode());
            }
        }
        Ok(())
    })
}

fn traefik_redirects() -> Case {
    let says = "Traefik gets a 302 for a browser that is not logged in";
    case("tinyauth.mode.traefik-redirects", says, &[MODE_TRAEFIK_REDIRECTS_302], async |run| {
        let session = session(run).await?;
        let passed = let_in(run, "traefik", &session).await?;
        let refusal =
            passed.fault("a browser without a session", |request| by_browser(request.without_header(&COOKIE)));
        refusal.await?.holds(MODE_TRAEFIK_REDIRECTS_302, status(302));
        Ok(())
    })
}

fn refusal() -> Case {
    let says = "Who is not logged in gets a 401 in API mode, with its status and a message in JSON";
    let covers = &[
        MODE_REFUSAL_IS_401,
        MODE_REFUSAL_STATUS,
        MODE_REFUSAL_MESSAGE,
        MODE_REFUSAL_MESSAGE_TEXT,
        MODE_REFUSALS_ARE_JSON,
        MODE_REFUSAL_CHALLENGES,
    ];
    case("tinyauth.mode.refusal", says, covers, async |run| {
        let session = session(run).await?;
        for proxy in PROXIES {
            let passed = let_in(run, proxy, &session).await?;
            let bare =
                passed.fault(&format!("without a session, through {proxy}"), |r| r.without_header(&COOKIE)).await?;
            bare.holds(MODE_REFUSAL_IS_401, status(401))
                .holds(MODE_REFUSAL_STATUS, member("/status", "the number 401", |status| status.as_i64() == Some(401)))
                .holds(MODE_REFUSAL_MESSAGE, member("/message", "a string", Value::is_string))
                .holds(MODE_REFUSALS_ARE_JSON, is_json_object())
                .holds(MODE_REFUSAL_CHALLENGES, challenges("Basic"));
            // A message that is none is a departure already.
            if bare.response().text_at("/message").is_some() {
                let shown = |message: &Value| message == "Unauthorized";
                bare.holds(MODE_REFUSAL_MESSAGE_TEXT, member("/message", "\"Unauthorized\"", shown));
            }
        }
        Ok(())
    })
}

/// A member of a refusal's body that is such a one.
fn member(pointer: &'static str, such: &str, is_such: impl Fn(&Value) -> bool + 'static) -> Refusal {
    shows(&format!("{such} at {pointer}"), move |response| {
        match response.json().and_then(|json| json.pointer(pointer)) {
            Some(found) if is_such(found) => Ok(()),
            Some(found) => Err(format!("{found} at {pointer}")),
            None => Err(format!("nothing there; {}", answer_in_short(response))),
        }
    })
}

fn refusals_are_json() -> Case {
    let says = "A login without a proper body is refused in JSON, labelled as such";
    case("tinyauth.mode.refusals-are-json", says, &[MODE_REFUSALS_ARE_JSON], async |run| {
        let login = proper_login(run).await?;
        let bodies = [("no body", ""), ("a text that is no JSON", "this is not JSON"), ("an array", "[]")];
        for (label, body) in bodies {
            let refusal = login.fault(label, |request| request.body(body)).await?;
            refusal.holds(MODE_REFUSALS_ARE_JSON, is_json_object());
        }
        Ok(())
    })
}

fn status_is_http_status() -> Case {
    let says = "The status in a body is that of the answer";
    case("tinyauth.mode.status", says, &[MODE_STATUS_IS_HTTP_STATUS], async |run| {
        let login = proper_login(run).await?;
        let session = session(run).await?;
        login.answer().holds(MODE_STATUS_IS_HTTP_STATUS, same_status());
        for operation in [operation::HEALTHCHECK, operation::APP, operation::USER] {
            let request = session.on(Request::new(operation));
            let answer = run.control(operation.succeeds.unwrap_or(USER_ANSWERS), request, text("/message")).await?;
            answer.answer().holds(MODE_STATUS_IS_HTTP_STATUS, same_status());
        }
        let passed = let_in(run, "traefik", &session).await?;
        passed.answer().holds(MODE_STATUS_IS_HTTP_STATUS, same_status());
        let bare = passed.fault("without a session", |request| request.without_header(&COOKIE)).await?;
        // Whether it has a body at all is another requirement's.
        if bare.response().json().is_some() {
            bare.holds(MODE_STATUS_IS_HTTP_STATUS, shows("the HTTP status at /status", has_its_status));
        }
        let nobody = run.random_text(16);
        let refusal = login.fault("a login of nobody's", |login| with_name(login, nobody)).await?;
        refusal.holds(MODE_STATUS_IS_HTTP_STATUS, shows("the HTTP status at /status", has_its_status));
        Ok(())
    })
}

fn same_status() -> Expect {
    that("the HTTP status at /status", has_its_status)
}

fn has_its_status(response: &Response) -> Result<(), String> {
    let told = response.json().and_then(|json| json.pointer("/status")?.as_u64());
    match told == Some(u64::from(response.status.as_u16())) {
        true => Ok(()),
        false => Err(answer_in_short(response)),
    }
}

fn accept_details() -> Case {
    let says = "Which spellings of text/html make a browser";
    case("tinyauth.mode.accept-details", says, &[MODE_ACCEPT_DETAILS], async |run| {
        let session = session(run).await?;
        let passed = let_in(run, "traefik", &session).await?;
        for accept in ["TEXT/HTML", "application/json, text/html;q=0", "text/*"] {
            let fault = |request: Request| request.without_header(&COOKIE).header(ACCEPT, accept);
            let refusal = passed.fault(&format!("Accept: {accept}"), fault).await?;
            run.observe(MODE_ACCEPT_DETAILS, format!("{accept}: {}", answer_in_short(&refusal.response())));
        }
        Ok(())
    })
}
