//! "Rate Limiting"

use super::account::{Account, is_there, session, validate};
use super::forms::{a_text, is_json, says};
use super::project::{ask, creation};
use super::{PROJECT, USER};
use crate::case::{Case, Effect, Need, case};
use crate::exchange::Response;
use crate::expect::{Expect, Refusal, never, shows, status, succeeds, that};
use crate::request::Request;
use crate::run::{Control, Refused, Run, Stop};
use http::Method;
use http::header::{DATE, ORIGIN, RETRY_AFTER};
use probity_fixtures::uptinio::operation;
use probity_fixtures::uptinio::requirement::*;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// More than the window of a rate limit.
const A_MINUTE_LATER: Duration = Duration::from_secs(61);

/// More requests than any plan allows in a minute, and a few more.
const MOST: u64 = 1005;

pub(super) fn cases() -> Vec<Case> {
    vec![
        headers().needs(USER).needs(PROJECT),
        counts_down().needs(PROJECT),
        plans().needs(Need::Clock),
        key().needs(USER).needs(PROJECT),
        elsewhere().needs(USER).needs(PROJECT),
        spent("uptinio.rate-limit.project-token", RATE_LIMIT_PROJECT_TOKENS, true).needs(PROJECT),
        spent("uptinio.rate-limit.user-token", RATE_LIMIT_USER_TOKENS, false).needs(USER),
        apart().needs(USER).needs(PROJECT).effect(Effect::Exhaust).effect(Effect::Permanent),
    ]
}

/// A whole number in a header.
fn number(response: &Response, header: &str) -> Option<u64> {
    response.headers.get(header)?.to_str().ok()?.trim().parse().ok()
}

fn limit(response: &Response) -> Option<u64> {
    number(response, "x-ratelimit-limit")
}

fn remaining(response: &Response) -> Option<u64> {
    number(response, "x-ratelimit-remaining")
}

/// The three headers as they came.
fn shown(response: &Response) -> String {
    let header = |name: &str| {
        let value = response.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        format!("{name}: {}", value.unwrap_or_else(|| "none".to_owned()))
    };
    ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"].map(header).join(", ")
}

/// How the moment of the reset is told, and how many seconds it is ahead.
fn reset(response: &Response, now: SystemTime) -> Option<(&'static str, i64)> {
    let text = response.headers.get("x-ratelimit-reset")?.to_str().ok()?.trim();
    let date = response.headers.get(DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
    let seconds =
        |time: SystemTime| i64::try_from(time.duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs())).unwrap_or(0);
    // On a clock of its own the answer's date may be another one.
    let nearest = |moment: i64| {
        let ahead = [Some(now), date].into_iter().flatten().map(|now| moment - seconds(now));
        ahead.min_by_key(|ahead| (ahead - 30).abs()).unwrap_or(i64::MAX)
    };
    match text.parse::<i64>() {
        Ok(number) if number < 1_000_000_000 => Some(("seconds left", number)),
        Ok(number) if number < 100_000_000_000 => Some(("seconds since 1970", nearest(number))),
        Ok(number) => Some(("milliseconds since 1970", nearest(number / 1000))),
        Err(_) => {
            let date = httpdate::parse_http_date(text).ok()?;
            Some(("a date", nearest(seconds(date))))
        }
    }
}

fn with(expected: &'static str, test: impl Fn(&Response) -> bool + 'static) -> Expect {
    that(expected, move |response| if test(response) { Ok(()) } else { Err(shown(response)) })
}

async fn user_request(run: &Run) -> Result<Request, Stop> {
    Ok(validate(&session(run, &Account::own(run)?).await?.token))
}

fn project_request(run: &Run) -> Result<Request, Stop> {
    Ok(ask(operation::NETWORK_MONITORS, run.value("project_token")?))
}

fn headers() -> Case {
    let covers = &[
        RATE_LIMIT_LIMIT_HEADER,
        RATE_LIMIT_REMAINING_HEADER,
        RATE_LIMIT_RESET_HEADER,
        RATE_LIMIT_LIMIT_IS_A_PLANS,
        RATE_LIMIT_REMAINING_BOUNDS,
        RATE_LIMIT_RESET_AHEAD,
        RATE_LIMIT_RESET_FORM,
    ];
    let says = "Answers to requests with a token tell the limit, what remains of it, and when it resets";
    case("uptinio.rate-limit.headers", says, covers, async |run| {
        let requests = [("a user's token", user_request(run).await?), ("a project's token", project_request(run)?)];
        for (label, request) in requests {
            let answer = run.send(label, &request).await?;
            let now = run.now();
            answer
                .holds(RATE_LIMIT_LIMIT_HEADER, with("X-RateLimit-Limit, a whole number", |r| limit(r).is_some()))
                .holds(
                    RATE_LIMIT_REMAINING_HEADER,
                    with("X-RateLimit-Remaining, a whole number", |r| remaining(r).is_some()),
                )
                .holds(
                    RATE_LIMIT_RESET_HEADER,
                    with("X-RateLimit-Reset", |r| r.headers.contains_key("x-ratelimit-reset")),
                )
                .holds(
                    RATE_LIMIT_LIMIT_IS_A_PLANS,
                    with("a limit of 100 or 1000", |r| matches!(limit(r), Some(100 | 1000))),
                )
                .holds(
                    RATE_LIMIT_REMAINING_BOUNDS,
                    with(
                        "no more remaining than the limit",
                        |r| matches!((limit(r), remaining(r)), (Some(limit), Some(remaining)) if remaining <= limit),
                    ),
                )
                .holds(
                    RATE_LIMIT_RESET_AHEAD,
                    with("a moment of the minute to come", move |r| matches!(reset(r, now), Some((_, 0..=61)))),
                );
            let form = reset(&answer.response(), now).map_or("none that is known", |(form, _)| form);
            run.observe(RATE_LIMIT_RESET_FORM, form);
        }
        Ok(())
    })
}

fn counts_down() -> Case {
    let says = "What remains is one less after each request";
    case("uptinio.rate-limit.counts-down", says, &[RATE_LIMIT_COUNTS_DOWN], async |run| {
        let request = project_request(run)?;
        let mut before = run.send("the first request", &request).await?.response();
        for label in ["the second", "the third"] {
            let answer = run.send(label, &request).await?;
            let was = remaining(&before);
            // A minute may have begun anew in between.
            let began_anew = reset(&answer.response(), run.now()).map(|(_, ahead)| ahead)
                > reset(&before, run.now()).map(|(_, ahead)| ahead + 1);
            if !began_anew {
                answer.holds(
                    RATE_LIMIT_COUNTS_DOWN,
                    with(
                        "one less remaining than before",
                        move |r| matches!((was, remaining(r)), (Some(was), Some(is)) if is + 1 == was),
                    ),
                );
            }
            before = answer.response();
        }
        Ok(())
    })
}

fn plans() -> Case {
    let says = "A standard plan has 100 requests a minute, and an enterprise plan 1000";
    case("uptinio.rate-limit.plans", says, &[RATE_LIMIT_STANDARD, RATE_LIMIT_ENTERPRISE], async |run| {
        let standard = run.send("a standard plan's project", &project_request(run)?).await?;
        standard.holds(RATE_LIMIT_STANDARD, with("a limit of 100", |r| limit(r) == Some(100)));
        let token = run.value("enterprise_project_token")?;
        run.mask("ENTERPRISE_PROJECT_TOKEN", token);
        let enterprise = run.send("an enterprise plan's", &ask(operation::NETWORK_MONITORS, token)).await?;
        enterprise.holds(RATE_LIMIT_ENTERPRISE, with("a limit of 1000", |r| limit(r) == Some(1000)));
        Ok(())
    })
}

fn key() -> Case {
    let says = "What is counted by, and what counts";
    let covers = &[RATE_LIMIT_KEY, RATE_LIMIT_REFUSALS_COUNT, RATE_LIMIT_PREFLIGHTS_COUNT];
    case("uptinio.rate-limit.key", says, covers, async |run| {
        let account = Account::own(run)?;
        let (one, other) = (session(run, &account).await?, session(run, &account).await?);
        let left = async |label: &str, request: &Request| -> Result<Option<u64>, Stop> {
            Ok(remaining(&run.send(label, request).await?.response()))
        };
        let first = left("one token", &validate(&one.token)).await?;
        let second = left("another token of the user", &validate(&other.token)).await?;
        let project = left("the project's token", &project_request(run)?).await?;
        run.observe(
            RATE_LIMIT_KEY,
            format!("remaining: {first:?} with one token of a user, then {second:?} with another, {project:?} with a project's"),
        );
        let details = Request::new(operation::USER).at("id", "2147483646").bearer(&one.token);
        let refused = left("a request that is refused", &details).await?;
        let after = left("after it", &validate(&one.token)).await?;
        run.observe(
            RATE_LIMIT_REFUSALS_COUNT,
            format!("remaining: {first:?}, {refused:?} on a refusal, then {after:?}"),
        );
        let preflight = validate(&one.token)
            .method(Method::OPTIONS)
            .header(ORIGIN, "https://app.example")
            .header(http::header::ACCESS_CONTROL_REQUEST_METHOD, "GET");
        run.send("a preflight", &preflight).await?;
        let then = left("after a preflight", &validate(&one.token)).await?;
        run.observe(RATE_LIMIT_PREFLIGHTS_COUNT, format!("remaining: {after:?} before it and {then:?} after it"));
        Ok(())
    })
}

fn elsewhere() -> Case {
    let says = "Which other answers have the headers";
    let covers = &[RATE_LIMIT_PUBLIC_ENDPOINTS, RATE_LIMIT_HEADERS_ON_REFUSALS];
    case("uptinio.rate-limit.elsewhere", says, covers, async |run| {
        is_there(run).await?;
        let account = Account::own(run)?;
        let sign_in = run.send("a sign-in", &account.sign_in()).await?;
        run.observe(RATE_LIMIT_PUBLIC_ENDPOINTS, shown(&sign_in.response()));
        let none = run.random_text(40);
        let refused = run.send("a token that is none", &ask(operation::NETWORK_MONITORS, &none)).await?;
        run.observe(
            RATE_LIMIT_HEADERS_ON_REFUSALS,
            format!("{}: {}", refused.response().status, shown(&refused.response())),
        );
        Ok(())
    })
}

/// Requests of one token until one is over the limit: the control, the one that was, and how many came before it.
async fn spend<'r>(run: &'r Run, request: &Request) -> Result<(Control<'r>, Refused<'r>, u64, Vec<Option<u64>>), Stop> {
    let control = run.control(RATE_LIMIT_WHOLE_LIMIT, request.clone(), succeeds()).await?;
    let mut left = vec![remaining(&control.answer().response())];
    let mut sent = 0;
    loop {
        sent += 1;
        let refusal = control.fault(&format!("request {}", sent + 1), |request| request.may_be_held_off()).await?;
        let response = refusal.response();
        if !response.status.is_success() || sent == MOST {
            return Ok((control, refusal, sent, left));
        }
        left.push(remaining(&response));
    }
}

/// What was counted, as a refusal's side of it.
fn counted(expected: String, holds: bool, actual: String) -> Refusal {
    never(&expected, move || if holds { Ok(()) } else { Err(actual.clone()) })
}

fn spent(id: &'static str, requirement: &'static probity_fixtures::Requirement, of_project: bool) -> Case {
    let covers = &[
        requirement,
        RATE_LIMIT_STATUS,
        RATE_LIMIT_ERROR,
        RATE_LIMIT_CODE,
        RATE_LIMIT_MESSAGE,
        RATE_LIMIT_MESSAGE_TEXT,
        RATE_LIMIT_JSON_CONTENT_TYPE,
        RATE_LIMIT_WHOLE_LIMIT,
        RATE_LIMIT_REMAINING_TRUE,
        RATE_LIMIT_RESETS,
        RATE_LIMIT_WINDOW,
        RATE_LIMIT_RETRY_AFTER,
        RATE_LIMIT_HEADERS_ON_REFUSALS,
    ];
    let case_says =
        "All requests that the limit allows are answered, the next one is refused, and a minute later all are again";
    case(id, case_says, covers, async move |run: &Run| {
        let request = if of_project { project_request(run)? } else { user_request(run).await? };
        let (control, refusal, answered, left) = spend(run, &request).await?;
        let told = limit(&control.answer().response()).unwrap_or_default();
        let begun = left.first().copied().flatten().unwrap_or_default() + 1;
        refusal
            .holds(requirement, status(429))
            .holds(RATE_LIMIT_STATUS, status(429))
            .holds(
                RATE_LIMIT_ERROR,
                shows("an object at /error", |response| {
                    match response
                        .json()
                        .and_then(|json| json.pointer("/error"))
                        .is_some_and(serde_json::Value::is_object)
                    {
                        true => Ok(()),
                        false => Err(response.summary()),
                    }
                }),
            )
            .holds(RATE_LIMIT_CODE, says("/error/code", "rate_limit_exceeded"))
            .holds(RATE_LIMIT_MESSAGE, a_text("/error/message"))
            .holds(RATE_LIMIT_MESSAGE_TEXT, says("/error/message", "Too many requests"))
            .holds(RATE_LIMIT_JSON_CONTENT_TYPE, is_json())
            .holds(
                RATE_LIMIT_WHOLE_LIMIT,
                counted(
                    format!("as many answers as remained of the limit of {told}"),
                    // On a real server the minute may begin anew meanwhile.
                    answered >= begun,
                    format!("{answered} answers where {begun} were left"),
                ),
            )
            .holds(
                RATE_LIMIT_REMAINING_TRUE,
                counted(
                    "0 remaining with the last answer, and not before".to_owned(),
                    left.last() == Some(&Some(0)) && left.iter().filter(|left| **left == Some(0)).count() == 1,
                    format!("{:?} with the last answers", &left[left.len().saturating_sub(3)..]),
                ),
            );
        let response = refusal.response();
        let retry =
            response.headers.get(RETRY_AFTER).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        run.observe(RATE_LIMIT_RETRY_AFTER, retry.unwrap_or_else(|| "none".to_owned()));
        run.observe(RATE_LIMIT_HEADERS_ON_REFUSALS, format!("429: {}", shown(&response)));
        run.wait_out(Duration::from_secs(30)).await?;
        let half = control.variant("half a minute later", |request| request.may_be_held_off()).await?;
        run.observe(RATE_LIMIT_WINDOW, format!("half a minute later: {}", half.response().status));
        run.wait_out(A_MINUTE_LATER).await?;
        let later = control.variant("a minute later", |request| request.may_be_held_off()).await?;
        later.holds(RATE_LIMIT_RESETS, succeeds()).holds(
            RATE_LIMIT_RESETS,
            with(
                "the whole limit but this request remaining",
                |r| matches!((limit(r), remaining(r)), (Some(limit), Some(remaining)) if remaining + 2 >= limit),
            ),
        );
        Ok(())
    })
    .effect(Effect::Exhaust)
    .effect(Effect::Slow)
}

fn apart() -> Case {
    let says = "What one token spends another does not lack, and a request over the limit does nothing";
    let covers = &[RATE_LIMIT_APART_PER_TOKEN, RATE_LIMIT_REFUSES_BEFORE_IT_ACTS];
    case("uptinio.rate-limit.apart", says, covers, async |run| {
        let user = user_request(run).await?;
        let token = run.value("project_token")?;
        let over = creation(run, token).await?;
        let name = over.json_at("/network_monitor/name").or(over.json_at("/name")).cloned().unwrap_or_default();
        let name = name.as_str().unwrap_or_default().to_owned();
        let (control, _, _, _) = spend(run, &project_request(run)?).await?;
        let refusal = control.fault("a creation over the limit", |_| over.may_be_held_off()).await?;
        let others = run.send("a user's token meanwhile", &user.may_be_held_off()).await?;
        others.holds(RATE_LIMIT_APART_PER_TOKEN, succeeds());
        run.wait_out(A_MINUTE_LATER).await?;
        let list = control.variant("the list a minute later", |request| request.may_be_held_off()).await?.response();
        if list.status.is_success() {
            let created = super::token::holds(&list, &name);
            refusal.holds(
                RATE_LIMIT_REFUSES_BEFORE_IT_ACTS,
                counted("no monitor that was created".to_owned(), !created, "it is in the list".to_owned()),
            );
        }
        Ok(())
    })
    .effect(Effect::Slow)
}
