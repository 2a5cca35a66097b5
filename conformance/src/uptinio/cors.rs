//! "CORS Configuration"

use super::account::{Account, is_there, session};
use super::project::ask;
use super::serving::serves_projects;
use super::{PROJECT, USER};
use crate::case::{Case, case};
use crate::exchange::Response;
use crate::expect::{Expect, shows, succeeds, that};
use crate::request::Request;
use crate::run::{Run, Stop};
use http::Method;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, HeaderName, ORIGIN, VARY,
};
use probity_fixtures::uptinio::requirement::*;
use probity_fixtures::uptinio::{API, operation};
use probity_fixtures::{Operation, Requirement};

/// A page's origin that no server knows.
const PAGE: &str = "https://app.probity.example";

pub(super) fn cases() -> Vec<Case> {
    vec![answers().needs(USER).needs(PROJECT), refusals().needs(USER).needs(PROJECT), preflights(), further_headers()]
}

/// The words of a header that lists some, in all its lines.
fn words(response: &Response, header: &HeaderName) -> Vec<String> {
    let lines =
        response.headers.get_all(header).iter().map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned());
    let words: Vec<_> =
        lines.flat_map(|line| line.split(',').map(|word| word.trim().to_owned()).collect::<Vec<_>>()).collect();
    words.into_iter().filter(|word| !word.is_empty()).collect()
}

fn told(response: &Response, header: &HeaderName) -> String {
    match words(response, header) {
        words if words.is_empty() => format!("no {header}; {}", response.status),
        words => format!("{header}: {}", words.join(", ")),
    }
}

fn allows_the_origin(response: &Response) -> Result<(), String> {
    match &words(response, &ACCESS_CONTROL_ALLOW_ORIGIN)[..] {
        [origin] if origin == "*" || origin == PAGE => Ok(()),
        _ => Err(told(response, &ACCESS_CONTROL_ALLOW_ORIGIN)),
    }
}

fn origin_allowed() -> Expect {
    that("Access-Control-Allow-Origin, `*` or the origin", allows_the_origin)
}

/// That the header lists the word, or `*` where that may stand for it.
fn listed(header: HeaderName, word: &'static str, or_any: bool) -> Expect {
    let expected = if or_any { format!("{word} or `*` in {header}") } else { format!("{word} in {header}") };
    that(&expected, move |response| {
        let words = words(response, &header);
        match words.iter().any(|listed| listed.eq_ignore_ascii_case(word) || (or_any && listed == "*")) {
            true => Ok(()),
            false => Err(told(response, &header)),
        }
    })
}

fn no_credentials() -> Expect {
    that("no Access-Control-Allow-Credentials", |response| {
        match words(response, &ACCESS_CONTROL_ALLOW_CREDENTIALS).is_empty() {
            true => Ok(()),
            false => Err(told(response, &ACCESS_CONTROL_ALLOW_CREDENTIALS)),
        }
    })
}

/// An origin that is allowed by its name varies.
fn varies(response: &Response) -> Result<(), String> {
    let by_name = words(response, &ACCESS_CONTROL_ALLOW_ORIGIN).iter().any(|origin| origin == PAGE);
    match !by_name || words(response, &VARY).iter().any(|word| word == "*" || word.eq_ignore_ascii_case("origin")) {
        true => Ok(()),
        false => Err(told(response, &VARY)),
    }
}

/// A request of each kind of call, from a page.
async fn from_a_page(run: &Run) -> Result<Vec<(&'static str, Request)>, Stop> {
    let user = session(run, &Account::own(run)?).await?;
    let mut requests = vec![
        ("a sign-in", user.account.sign_in()),
        ("validate", super::account::validate(&user.token)),
        ("the current project's token", ask(operation::CURRENT_PROJECT_API_TOKEN, &user.token)),
        ("a resend", super::account::resend(&user.token)),
    ];
    let project = run.value("project_token")?;
    requests.extend(super::project::READING.map(|operation| (operation.path, ask(operation, project))));
    Ok(requests.into_iter().map(|(label, request)| (label, request.header(ORIGIN, PAGE))).collect())
}

fn answers() -> Case {
    let says = "A page of any origin can read the answers";
    let covers = &[CORS_ANY_ORIGIN, CORS_NO_CREDENTIALS, CORS_VARIES, CORS_EXPOSED_HEADERS];
    case("uptinio.cors.answers", says, covers, async |run| {
        for (label, request) in from_a_page(run).await? {
            let answer = run.send(label, &request).await?;
            answer
                .holds(CORS_ANY_ORIGIN, origin_allowed())
                .holds(CORS_NO_CREDENTIALS, no_credentials())
                .holds(CORS_VARIES, that("Vary with Origin, if the origin is allowed by its name", varies));
            run.observe(CORS_EXPOSED_HEADERS, told(&answer.response(), &ACCESS_CONTROL_EXPOSE_HEADERS));
        }
        Ok(())
    })
}

fn refusals() -> Case {
    let says = "A page of any origin can read refusals, too";
    case("uptinio.cors.refusals", says, &[CORS_REFUSALS_TOO], async |run| {
        serves_projects(run, ask(operation::NETWORK_MONITORS, run.value("project_token")?)).await?;
        let requests = from_a_page(run).await?.into_iter();
        // A resend succeeds once a minute, and what is asked of it besides is its own section's.
        for (label, request) in requests.filter(|(_, request)| request.operation() != Some(operation::RESEND_CODE)) {
            let good = run.control(CORS_ANY_ORIGIN, request, succeeds()).await?;
            let fault = |request: Request| match request.operation() {
                Some(operation) if operation == operation::SIGN_IN => request.without("/user"),
                _ => request.without_header(&AUTHORIZATION),
            };
            let refusal = good.fault(label, fault).await?;
            refusal
                .holds(CORS_REFUSALS_TOO, shows("Access-Control-Allow-Origin, `*` or the origin", allows_the_origin));
        }
        Ok(())
    })
}

/// What a browser asks before it lets a page make the call.
fn preflight(operation: &'static Operation) -> Request {
    Request::new(operation)
        .at("id", "1")
        .method(Method::OPTIONS)
        .header(ORIGIN, PAGE)
        .header(ACCESS_CONTROL_REQUEST_METHOD, operation.method)
        .header(ACCESS_CONTROL_REQUEST_HEADERS, "accept,authorization,content-type")
}

fn preflights() -> Case {
    let says = "Browsers are told that pages of any origin may make each call, with the three headers";
    let covers = &[
        CORS_PREFLIGHT_ANSWERS,
        CORS_PREFLIGHT_ANY_ORIGIN,
        CORS_AUTHORIZATION_ALLOWED,
        CORS_CONTENT_TYPE_ALLOWED,
        CORS_ACCEPT_ALLOWED,
        CORS_METHODS_ALLOWED,
        CORS_NO_CREDENTIALS,
        CORS_VARIES,
        CORS_MAX_AGE,
    ];
    case("uptinio.cors.preflights", says, covers, async |run| {
        is_there(run).await?;
        let headers: [(&Requirement, &str, bool); 3] = [
            (CORS_AUTHORIZATION_ALLOWED, "Authorization", false),
            (CORS_CONTENT_TYPE_ALLOWED, "Content-Type", true),
            (CORS_ACCEPT_ALLOWED, "Accept", true),
        ];
        for operation in API.operations.iter().copied().filter(|operation| !operation.observed) {
            let label = format!("{} {}", operation.method, operation.path);
            let answer = run.send(&label, &preflight(operation)).await?;
            answer
                .holds(CORS_PREFLIGHT_ANSWERS, succeeds())
                .holds(CORS_PREFLIGHT_ANY_ORIGIN, origin_allowed())
                .holds(CORS_METHODS_ALLOWED, listed(ACCESS_CONTROL_ALLOW_METHODS, operation.method, true))
                .holds(CORS_NO_CREDENTIALS, no_credentials())
                .holds(CORS_VARIES, that("Vary with Origin, if the origin is allowed by its name", varies));
            for (requirement, header, or_any) in headers {
                answer.holds(requirement, listed(ACCESS_CONTROL_ALLOW_HEADERS, header, or_any));
            }
            run.observe(CORS_MAX_AGE, told(&answer.response(), &ACCESS_CONTROL_MAX_AGE));
        }
        Ok(())
    })
}

fn further_headers() -> Case {
    let says = "What becomes of a preflight that asks for another header";
    case("uptinio.cors.other-headers", says, &[CORS_OTHER_HEADERS], async |run| {
        is_there(run).await?;
        let asks = preflight(operation::SIGN_IN);
        let good = run.control(CORS_PREFLIGHT_ANSWERS, asks, succeeds()).await?;
        let other = good
            .variant("another header", |request| request.header(ACCESS_CONTROL_REQUEST_HEADERS, "x-probity"))
            .await?;
        run.observe(CORS_OTHER_HEADERS, told(&other.response(), &ACCESS_CONTROL_ALLOW_HEADERS));
        Ok(())
    })
}
