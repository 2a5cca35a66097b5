//! "Rate Limiting"

use super::account::{Account, fresh_session, is_there, project_token, unverified_newcomer, validate};
use super::forms::{a_text, is_json, says};
use super::project::{ask, creation};
use super::serving::{again, serves_projects};
use super::{PROJECT, USER};
use crate::case::{Case, Effect, Need, case};
use crate::exchange::Response;
use crate::expect::{Expect, Refusal, never, shows, status, succeeds, that};
use crate::request::Request;
use crate::run::{Control, Refused, Run, Stop};
use http::Method;
use http::header::{DATE, ORIGIN, RETRY_AFTER};
use probity_fixtures::Requirement;
use probity_fixtures::uptinio::operation;
use probity_fixtures::uptinio::requirement::*;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// More than the window of a rate limit.
const A_MINUTE_LATER: Duration = Duration::from_secs(61);

/// More requests than any plan allows in a minute, and a few more.
const MOST: usize = 1005;

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

/// A form that the moment of the reset may not be told in.
const IN_MILLISECONDS: &str = "milliseconds since 1970";

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
        Ok(number) => Some((IN_MILLISECONDS, nearest(number / 1000))),
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
    Ok(validate(&fresh_session(run, &Account::own(run)?).await?.token))
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
        let requests = [
            (user_request(run).await?, TOKEN_USER_ENDPOINTS, TOKEN_SERVES_REPEATEDLY),
            (project_request(run)?, TOKEN_PROJECT_ENDPOINTS, TOKEN_PROJECT_SERVES_REPEATEDLY),
        ];
        for (request, lets_in, serves) in requests {
            let control = run.control(lets_in, request, succeeds()).await?;
            let (answer, now) = (control.answer(), run.now());
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
                );
            match reset(&answer.response(), now) {
                // The minute may have ended just then; one that has never ends.
                Some((_, 0)) => {
                    if !run.is_embedded() {
                        run.pause(Duration::from_secs(1)).await;
                    }
                    let next = again(&control, "in the next minute", serves).await?;
                    next.holds(RATE_LIMIT_RESET_AHEAD, reset_ahead(run.now()));
                }
                _ => drop(answer.holds(RATE_LIMIT_RESET_AHEAD, reset_ahead(now))),
            }
            let form = reset(&answer.response(), now).map_or("none that is known", |(form, _)| form);
            run.observe(RATE_LIMIT_RESET_FORM, form);
        }
        Ok(())
    })
}

fn reset_ahead(now: SystemTime) -> Expect {
    with(
        "a moment of the minute to come, in seconds or as a date",
        move |response| matches!(reset(response, now), Some((form, 1..=61)) if form != IN_MILLISECONDS),
    )
}

fn counts_down() -> Case {
    let says = "What remains is one less after each request";
    case("uptinio.rate-limit.counts-down", says, &[RATE_LIMIT_COUNTS_DOWN], async |run| {
        let control = run.control(TOKEN_PROJECT_ENDPOINTS, project_request(run)?, succeeds()).await?;
        let mut before = control.answer().response();
        for label in ["the second", "the third"] {
            let answer = again(&control, label, TOKEN_PROJECT_SERVES_REPEATEDLY).await?;
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
        let standard = run.control(TOKEN_PROJECT_ENDPOINTS, project_request(run)?, succeeds()).await?;
        standard.answer().holds(RATE_LIMIT_STANDARD, with("a limit of 100", |r| limit(r) == Some(100)));
        let token = run.value("enterprise_project_token")?;
        run.mask("ENTERPRISE_PROJECT_TOKEN", token);
        let request = ask(operation::NETWORK_MONITORS, token);
        let enterprise = run.control(TOKEN_PROJECT_ENDPOINTS, request, succeeds()).await?;
        enterprise.answer().holds(RATE_LIMIT_ENTERPRISE, with("a limit of 1000", |r| limit(r) == Some(1000)));
        Ok(())
    })
}

fn key() -> Case {
    let says = "What is counted by, and what counts";
    let covers = &[RATE_LIMIT_KEY, RATE_LIMIT_REFUSALS_COUNT, RATE_LIMIT_PREFLIGHTS_COUNT];
    case("uptinio.rate-limit.key", says, covers, async |run| {
        let account = Account::own(run)?;
        let (one, other) = (fresh_session(run, &account).await?, fresh_session(run, &account).await?);
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

/// What came of requests with one token until one was over the limit.
struct Spent<'r> {
    control: Control<'r>,
    /// The first that was not answered as those before it; the last of all if there was none.
    last: Refused<'r>,
    /// What remained with each answer before.
    left: Vec<Option<u64>>,
}

impl Spent<'_> {
    /// Whether there was a limit.
    fn was_limited(&self) -> bool {
        !self.last.response().status.is_success()
    }

    /// How many answers the first of them told to be left, itself among them.
    fn told(&self) -> u64 {
        let first = self.control.answer().response();
        let told = self.left.first().copied().flatten().unwrap_or_default() + 1;
        limit(&first).map_or(told, |limit| told.min(limit))
    }

    /// How many answers there were.
    fn answered(&self) -> u64 {
        self.left.len() as u64
    }

    /// Whether the minute began anew meanwhile, as it may on a real server.
    fn began_anew(&self) -> bool {
        self.left.windows(2).any(|pair| pair[1] > pair[0])
    }
}

/// Sends requests with a token until one is over its limit. `lets_in` says that it lets in, `serves` that it does again.
async fn spend<'r>(
    run: &'r Run,
    request: Request,
    lets_in: &'static Requirement,
    serves: &'static Requirement,
) -> Result<Spent<'r>, Stop> {
    let control = run.control(lets_in, request, succeeds()).await?;
    let mut left = vec![remaining(&control.answer().response())];
    let second = again(&control, "request 2", serves).await?.response();
    if second.status.is_success() {
        left.push(remaining(&second));
    }
    loop {
        let number = left.len() + 1;
        let last = control.fault(&format!("request {number}"), |request| request.may_be_held_off()).await?;
        let response = last.response();
        if !response.status.is_success() || number >= MOST {
            return Ok(Spent { control, last, left });
        }
        left.push(remaining(&response));
    }
}

/// What was counted, as a refusal's side of it.
fn counted(expected: String, holds: bool, actual: String) -> Refusal {
    never(&expected, move || if holds { Ok(()) } else { Err(actual.clone()) })
}

fn spent(id: &'static str, requirement: &'static Requirement, of_project: bool) -> Case {
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
        let spent = match of_project {
            true => {
                let request = project_request(run)?;
                spend(run, request, TOKEN_PROJECT_ENDPOINTS, TOKEN_PROJECT_SERVES_REPEATEDLY).await?
            }
            false => spend(run, user_request(run).await?, TOKEN_USER_ENDPOINTS, TOKEN_SERVES_REPEATEDLY).await?,
        };
        spent.last.holds(requirement, status(429)).holds(RATE_LIMIT_STATUS, status(429));
        if !spent.was_limited() {
            return Ok(());
        }
        let (told, answered, left) = (spent.told(), spent.answered(), &spent.left);
        spent
            .last
            .holds(
                requirement,
                counted(
                    format!("no more than the {told} answers that were left"),
                    answered <= told || spent.began_anew(),
                    format!("{answered} answers"),
                ),
            )
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
                    format!("all of the {told} answers that were left"),
                    answered >= told,
                    format!("{answered} answers"),
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
        let (control, response) = (&spent.control, spent.last.response());
        let retry =
            response.headers.get(RETRY_AFTER).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        run.observe(RATE_LIMIT_RETRY_AFTER, retry.unwrap_or_else(|| "none".to_owned()));
        run.observe(RATE_LIMIT_HEADERS_ON_REFUSALS, format!("429: {}", shown(&response)));
        run.wait_out(Duration::from_secs(30)).await?;
        let half = control.variant("half a minute later", |request| request.may_be_held_off()).await?;
        run.observe(RATE_LIMIT_WINDOW, format!("half a minute later: {}", half.response().status));
        run.wait_out(A_MINUTE_LATER).await?;
        let later = control.variant("a minute later", |request| request.may_be_held_off()).await?;
        let first = left.first().copied().flatten();
        let as_before = move |response: &Response| {
            let whole = limit(response).is_some_and(|limit| remaining(response).is_some_and(|left| left + 2 >= limit));
            whole || remaining(response) == first
        };
        later
            .holds(RATE_LIMIT_RESETS, succeeds())
            .holds(RATE_LIMIT_RESETS, with("as much remaining as with the first request of a minute", as_before));
        Ok(())
    })
    .effect(Effect::Exhaust)
    .effect(Effect::Slow)
}

/// A call by the token of another user's project than this token's.
async fn neighbour<'r>(run: &'r Run, token: &str) -> Result<Control<'r>, Stop> {
    let others = project_token(run, &unverified_newcomer(run).await?.token).await?;
    if others == token {
        let reason = "another user was told this project's token".to_owned();
        return Err(Stop::Inconclusive { reason, rests_on: Some(PROJECT_TOKEN_OF_ITS_USER) });
    }
    let call = ask(operation::NETWORK_MONITORS, &others).to_succeed_by(PROJECT_TOKEN_IS_GOOD).may_be_held_off();
    run.control(PROJECT_TOKEN_IS_GOOD, call, succeeds()).await
}

fn apart() -> Case {
    let says = "What one token spends another does not lack, and a request over the limit does nothing";
    let covers = &[RATE_LIMIT_APART_PER_TOKEN, RATE_LIMIT_REFUSES_BEFORE_IT_ACTS];
    case("uptinio.rate-limit.apart", says, covers, async |run| {
        let user = user_request(run).await?.may_be_held_off();
        let user = run.control(TOKEN_USER_ENDPOINTS, user, succeeds()).await?;
        let token = run.value("project_token")?;
        let neighbour = neighbour(run, token).await?;
        serves_projects(run, project_request(run)?).await?;
        let over = creation(run, token).await?;
        let name = over.json_at("/network_monitor/name").or(over.json_at("/name")).cloned().unwrap_or_default();
        let name = name.as_str().unwrap_or_default().to_owned();
        let request = project_request(run)?;
        let spent = spend(run, request, TOKEN_PROJECT_ENDPOINTS, TOKEN_PROJECT_SERVES_REPEATEDLY).await?;
        if !spent.was_limited() {
            let reason = "the project's token was not limited".to_owned();
            return Err(Stop::Inconclusive { reason, rests_on: Some(RATE_LIMIT_PROJECT_TOKENS) });
        }
        let control = &spent.control;
        let refusal = control.fault("a creation over the limit", |_| over.may_be_held_off()).await?;
        let others = again(&user, "a user's token meanwhile", TOKEN_SERVES_REPEATEDLY).await?;
        others.holds(RATE_LIMIT_APART_PER_TOKEN, succeeds());
        let others = again(&neighbour, "another project's token meanwhile", TOKEN_PROJECT_SERVES_REPEATEDLY).await?;
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
