//! "Using User Authentication Tokens" and "Using Project API Tokens": what is let in, and by what.

use super::account::{Account, fresh_session, is_there, newcomer, project_token, session, validate, verified_newcomer};
use super::forms::other_case;
use super::project::{READING, ask, creation, creation_or_likeliest, metrics};
use super::serving::serves_projects;
use super::validate::not_called_valid;
use super::{MAILBOX, PROJECT, USER};
use crate::case::{Case, Effect, Need, case};
use crate::exchange::Response;
use crate::expect::{Expect, Refusal, refused, shows, succeeds, that, value};
use crate::request::Request;
use crate::run::{Control, Run, Stop};
use http::StatusCode;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use probity_fixtures::Operation;
use probity_fixtures::uptinio::operation;
use probity_fixtures::uptinio::requirement::*;
use serde_json::json;
use std::time::Duration;

pub(super) fn cases() -> Vec<Case> {
    vec![
        in_the_header().needs(USER),
        names_its_own_user().needs(USER).effect(Effect::Permanent),
        user_endpoints().needs(USER),
        forms_of_the_header().needs(USER),
        altered().needs(USER),
        not_in_query().needs(USER),
        expires().needs(USER).needs(Need::Clock),
        projects_in_the_header().needs(PROJECT),
        project_endpoints().needs(PROJECT).effect(Effect::Permanent),
        projects_forms_of_the_header().needs(PROJECT),
        projects_altered().needs(PROJECT),
        sees_its_own().needs(PROJECT).needs(USER).needs(MAILBOX).effect(Effect::Permanent),
        user_not_for_projects().needs(USER).needs(PROJECT).effect(Effect::Permanent),
        project_not_for_users().needs(USER).needs(PROJECT),
    ]
}

/// The ways in which a token may be altered.
fn alterations(token: &str) -> Vec<(&'static str, String)> {
    // Another letter, and not the same in other case.
    let other = |letter: char| if letter.eq_ignore_ascii_case(&'A') { 'B' } else { 'A' };
    let turned = |at: usize| {
        token.chars().enumerate().map(|(place, letter)| if place == at { other(letter) } else { letter }).collect()
    };
    let mut altered: Vec<(&str, String)> = vec![
        ("its first letter changed", turned(0)),
        ("its middle changed", turned(token.chars().count() / 2)),
        ("its last letter changed", turned(token.chars().count().saturating_sub(2))),
        ("cut short", token.chars().take(token.chars().count().saturating_sub(2)).collect()),
        ("lengthened", format!("{token}AA")),
    ];
    if let Some((unsigned, _)) = token.rsplit_once('.') {
        altered.push(("without its last part", format!("{unsigned}.")));
    }
    altered.retain(|(_, altered)| altered != token && !altered.is_empty());
    altered
}

fn in_the_header() -> Case {
    let says = "A token in Authorization authenticates its user, one request after another";
    let covers = &[TOKEN_USER_GOES_IN_AUTHORIZATION, TOKEN_SERVES_REPEATEDLY, TOKEN_CONTENT_TYPE_HARMLESS];
    case("uptinio.token.in-the-header", says, covers, async |run| {
        let session = fresh_session(run, &Account::own(run)?).await?;
        let first = run.send("the token", &validate(&session.token)).await?;
        let email = session.account.email.as_str();
        first.holds(TOKEN_USER_GOES_IN_AUTHORIZATION, value("/user/email", email));
        let mut last = first;
        for request in ["a second time", "a third time"] {
            last = run.send(request, &validate(&session.token)).await?;
            last.holds(TOKEN_SERVES_REPEATEDLY, value("/user/email", email));
        }
        if last.response().json().and_then(|json| json.pointer("/valid")) != Some(&json!(true)) {
            return Ok(());
        }
        let labelled = validate(&session.token).header(CONTENT_TYPE, "application/json");
        let labelled = run.send("with the media type of a body", &labelled).await?;
        labelled.holds(TOKEN_CONTENT_TYPE_HARMLESS, value("/valid", true));
        Ok(())
    })
}

fn names_its_own_user() -> Case {
    let says = "A token stands for who signed in for it, whoever signs in besides";
    case("uptinio.token.names-its-own-user", says, &[TOKEN_NAMES_ITS_OWN_USER], async |run| {
        let own = session(run, &Account::own(run)?).await?;
        let other = fresh_session(run, &newcomer(run).await?).await?;
        for (label, session) in [("the first", &own), ("the second", &other), ("the first again", &own)] {
            let answer = run.send(label, &validate(&session.token)).await?;
            answer.holds(TOKEN_NAMES_ITS_OWN_USER, value("/user/email", session.account.email.as_str()));
        }
        Ok(())
    })
}

fn user_endpoints() -> Case {
    let says = "A user's token is good at the calls that are listed for it";
    case("uptinio.token.user-endpoints", says, &[TOKEN_USER_ENDPOINTS], async |run| {
        let session = fresh_session(run, &Account::own(run)?).await?;
        let id = session.id.as_str().map_or_else(|| session.id.to_string(), str::to_owned);
        let requests = [
            Request::new(operation::VALIDATE),
            Request::new(operation::USER).at("id", &id),
            Request::new(operation::PROJECT_API_TOKENS),
            Request::new(operation::CURRENT_PROJECT_API_TOKEN),
            Request::new(operation::SIGN_OUT),
        ];
        for request in requests {
            let label = request.path.clone();
            let answer = run.send(&label, &request.bearer(&session.token)).await?;
            if answer.response().status == StatusCode::NOT_FOUND && label.contains(&id) {
                let reason = format!("the `id` of the sign-in is not known: {}", answer.response().summary());
                return Err(Stop::Inconclusive { reason, rests_on: Some(USER_ANSWERS) });
            }
            answer.holds(TOKEN_USER_ENDPOINTS, succeeds());
        }
        Ok(())
    })
}

fn forms_of_the_header() -> Case {
    let says = "The scheme is Bearer, in any case and with any spaces, and no other";
    let covers = &[TOKEN_BEARER_SCHEME, TOKEN_SCHEME_IN_ANY_CASE, TOKEN_SPACES_AFTER_SCHEME, TOKEN_BARE];
    case("uptinio.token.scheme", says, covers, async |run| {
        let session = session(run, &Account::own(run)?).await?;
        let token = &session.token;
        let good = run.control(VALIDATE_VALID, validate(token), value("/valid", true)).await?;
        for scheme in ["Token", "Basic", "Bearers"] {
            let header = format!("{scheme} {token}");
            let refusal = good.fault(scheme, |request| request.header(AUTHORIZATION, &header)).await?;
            refusal.holds(TOKEN_BEARER_SCHEME, not_called_valid());
        }
        for scheme in ["bearer", "BEARER", "bEaReR"] {
            let header = format!("{scheme} {token}");
            let answer = good.variant(scheme, |request| request.header(AUTHORIZATION, &header)).await?;
            answer.holds(TOKEN_SCHEME_IN_ANY_CASE, value("/valid", true));
        }
        let spaced = format!("Bearer   {token}");
        let answer = good.variant("three spaces", |request| request.header(AUTHORIZATION, &spaced)).await?;
        answer.holds(TOKEN_SPACES_AFTER_SCHEME, value("/valid", true));
        let bare = good.fault("without the word", |request| request.header(AUTHORIZATION, token)).await?;
        run.observe(TOKEN_BARE, bare.response().status.to_string());
        Ok(())
    })
}

fn altered() -> Case {
    let says = "A token that was altered in any place does not authenticate";
    case("uptinio.token.altered", says, &[TOKEN_TAMPER_PROOF, TOKEN_CASE_COUNTS], async |run| {
        let session = session(run, &Account::own(run)?).await?;
        let good = run.control(VALIDATE_VALID, validate(&session.token), value("/valid", true)).await?;
        for (label, altered) in alterations(&session.token) {
            run.mask("ALTERED_TOKEN", &altered);
            let refusal = good.fault(label, |request| request.bearer(&altered)).await?;
            refusal.holds(TOKEN_TAMPER_PROOF, not_called_valid());
        }
        let other = other_case(&session.token);
        if other != session.token {
            run.mask("TOKEN_IN_OTHER_CASE", &other);
            let refusal = good.fault("in other letter case", |request| request.bearer(&other)).await?;
            refusal.holds(TOKEN_CASE_COUNTS, not_called_valid());
        }
        Ok(())
    })
}

fn not_in_query() -> Case {
    let says = "A token in the address does not authenticate";
    case("uptinio.token.not-in-query", says, &[TOKEN_NOT_IN_QUERY], async |run| {
        let session = session(run, &Account::own(run)?).await?;
        let tokens = Request::new(operation::PROJECT_API_TOKENS).bearer(&session.token);
        let good = run.control(TOKEN_USER_ENDPOINTS, tokens, succeeds()).await?;
        let nowhere = good.fault("nowhere", |request| request.without_header(&AUTHORIZATION)).await?.response();
        if nowhere.status.is_success() {
            let reason = format!("without a token it succeeds as well: {}", nowhere.summary());
            return Err(Stop::Inconclusive { reason, rests_on: Some(ERROR_USER_MISSING_STATUS) });
        }
        for name in ["token", "access_token", "auth_token", "authentication_token", "api_token"] {
            let moved = |request: Request| request.without_header(&AUTHORIZATION).query(name, &session.token);
            good.fault(name, moved).await?.holds(TOKEN_NOT_IN_QUERY, refused());
        }
        Ok(())
    })
}

fn expires() -> Case {
    let says = "A token expires, and when";
    case("uptinio.token.expires", says, &[TOKEN_EXPIRES, TOKEN_LIFETIME], async |run| {
        const HOUR: Duration = Duration::from_secs(3600);
        let session = session(run, &Account::own(run)?).await?;
        let good = run.control(VALIDATE_VALID, validate(&session.token), value("/valid", true)).await?;
        let mut passed = Duration::ZERO;
        for (label, after) in [("an hour", HOUR), ("a day", HOUR * 24), ("30 days", HOUR * 24 * 30)] {
            run.advance_clock(after.saturating_sub(passed))?;
            passed = after;
            // It may have expired by then, which is no fault of the answer's.
            let answer = good.fault(&format!("after {label}"), |request| request).await?;
            let told = answer.response().json().and_then(|json| json.pointer("/valid")).cloned();
            run.observe(TOKEN_LIFETIME, format!("after {label}: `valid` is {}", told.unwrap_or_default()));
        }
        let year = good.later("after a year", HOUR * 24 * 366).await?;
        year.holds(TOKEN_EXPIRES, not_called_valid());
        Ok(())
    })
}

fn projects_in_the_header() -> Case {
    let says = "A project's token in Authorization authenticates the project, one request after another";
    let covers = &[TOKEN_PROJECT_GOES_IN_AUTHORIZATION, TOKEN_PROJECT_SERVES_REPEATEDLY];
    case("uptinio.token.project-in-the-header", says, covers, async |run| {
        is_there(run).await?;
        let monitors = ask(operation::NETWORK_MONITORS, run.value("project_token")?);
        run.send("the token", &monitors).await?.holds(TOKEN_PROJECT_GOES_IN_AUTHORIZATION, succeeds());
        for again in ["a second time", "a third time"] {
            run.send(again, &monitors).await?.holds(TOKEN_PROJECT_SERVES_REPEATEDLY, succeeds());
        }
        Ok(())
    })
}

/// Neither without a good token, nor somewhere else.
fn is_let_in() -> Expect {
    that("an answer other than 401, 403, 404 and 405", |response| match response.status.as_u16() {
        401 | 403 | 404 | 405 | 500.. => Err(response.summary()),
        _ => Ok(()),
    })
}

fn project_endpoints() -> Case {
    let says = "A project's token is good at the nine calls that are listed for it";
    case("uptinio.token.project-endpoints", says, &[TOKEN_PROJECT_ENDPOINTS], async |run| {
        is_there(run).await?;
        let token = run.value("project_token")?;
        for operation in READING {
            run.send(operation.path, &ask(operation, token)).await?.holds(TOKEN_PROJECT_ENDPOINTS, succeeds());
        }
        run.leave_behind("a server of the project")?;
        let submit = metrics(run, token);
        run.send("metrics", &submit).await?.holds(TOKEN_PROJECT_ENDPOINTS, succeeds());
        let create = creation_or_likeliest(run, token).await?;
        run.send("a monitor", &create).await?.holds(TOKEN_PROJECT_ENDPOINTS, succeeds());
        let analysis = ask(operation::ANALYSIS, token).json(json!({}));
        run.send("analysis", &analysis).await?.holds(TOKEN_PROJECT_ENDPOINTS, is_let_in());
        Ok(())
    })
}

/// A call by a project's token that was seen to succeed.
async fn proper_project(run: &Run) -> Result<Control<'_>, Stop> {
    let monitors = ask(operation::NETWORK_MONITORS, run.value("project_token")?);
    run.control(NETWORK_MONITORS_ANSWERS, monitors, succeeds()).await
}

fn projects_forms_of_the_header() -> Case {
    let says = "The scheme of a project's token is Bearer, in any case, and no other";
    let covers = &[TOKEN_PROJECT_BEARER_SCHEME, TOKEN_PROJECT_SCHEME_IN_ANY_CASE, TOKEN_PROJECT_BARE];
    case("uptinio.token.project-scheme", says, covers, async |run| {
        is_there(run).await?;
        let token = run.value("project_token")?;
        serves_projects(run, ask(operation::NETWORK_MONITORS, token)).await?;
        let good = proper_project(run).await?;
        for scheme in ["Token", "Basic", "Bearers"] {
            let header = format!("{scheme} {token}");
            let refusal = good.fault(scheme, |request| request.header(AUTHORIZATION, &header)).await?;
            refusal.holds(TOKEN_PROJECT_BEARER_SCHEME, refused());
        }
        for scheme in ["bearer", "BEARER", "bEaReR"] {
            let header = format!("{scheme} {token}");
            let answer = good.variant(scheme, |request| request.header(AUTHORIZATION, &header)).await?;
            answer.holds(TOKEN_PROJECT_SCHEME_IN_ANY_CASE, succeeds());
        }
        let bare = good.variant("without the word", |request| request.header(AUTHORIZATION, token)).await?;
        run.observe(TOKEN_PROJECT_BARE, bare.response().status.to_string());
        Ok(())
    })
}

fn projects_altered() -> Case {
    let says = "A project's token that was altered in any place does not authenticate";
    case("uptinio.token.project-altered", says, &[TOKEN_PROJECT_TAMPER_PROOF], async |run| {
        is_there(run).await?;
        let good = proper_project(run).await?;
        for (label, altered) in alterations(run.value("project_token")?) {
            run.mask("ALTERED_TOKEN", &altered);
            let refusal = good.fault(label, |request| request.bearer(&altered)).await?;
            refusal.holds(TOKEN_PROJECT_TAMPER_PROOF, refused());
        }
        Ok(())
    })
}

fn sees_its_own() -> Case {
    let says = "What another project created is not listed";
    case("uptinio.token.project-sees-its-own", says, &[TOKEN_PROJECT_SEES_ITS_OWN], async |run| {
        let other = verified_newcomer(run).await?;
        let others = project_token(run, &other.token).await?;
        if others == run.value("project_token")? {
            let reason = "somebody new is told the token of this project".to_owned();
            return Err(Stop::Inconclusive { reason, rests_on: Some(PROJECT_TOKEN_OF_ITS_USER) });
        }
        serves_projects(run, ask(operation::NETWORK_MONITORS, &others).to_succeed_by(PROJECT_TOKEN_IS_GOOD)).await?;
        let create = creation(run, &others).await?;
        let name = create.json_at("/network_monitor/name").or(create.json_at("/name")).cloned().unwrap_or_default();
        let name = name.as_str().unwrap_or_default().to_owned();
        run.arrange(async || run.send("another project's monitor", &create).await).await?;
        let list = ask(operation::NETWORK_MONITORS, &others);
        let listed = run.arrange(async || run.send("another project's list", &list).await).await?.response();
        if !holds(&listed, &name) {
            let reason = "a monitor that was created is not in its own project's list".to_owned();
            return Err(Stop::Inconclusive { reason, rests_on: Some(NETWORK_MONITORS_CREATED_IS_LISTED) });
        }
        let own = run.send("the list", &ask(operation::NETWORK_MONITORS, run.value("project_token")?)).await?;
        let own_alone = that("nothing that another project created", move |response| match holds(response, &name) {
            true => Err("another project's monitor is listed".to_owned()),
            false if response.status.is_success() => Ok(()),
            false => Err(response.summary()),
        });
        own.holds(TOKEN_PROJECT_SEES_ITS_OWN, own_alone);
        Ok(())
    })
}

/// Whether a text stands in an answer.
pub(super) fn holds(response: &Response, text: &str) -> bool {
    !text.is_empty() && String::from_utf8_lossy(&response.body).contains(text)
}

fn user_not_for_projects() -> Case {
    let says = "A user's token is refused at the calls for projects' tokens";
    let covers = &[TOKEN_USER_NOT_FOR_PROJECTS, TOKEN_USER_FOR_SERVERS, ERROR_USER_TOKEN_FORM];
    case("uptinio.token.user-not-for-projects", says, covers, async |run| {
        let project = run.value("project_token")?;
        serves_projects(run, ask(operation::NETWORK_MONITORS, project)).await?;
        let user = session(run, &Account::own(run)?).await?.token;
        let either = [operation::SERVERS, operation::SUBMIT_SERVER_METRICS];
        run.leave_behind("a server of the project")?;
        let mut requests: Vec<(&Operation, Request)> =
            READING.map(|operation| (operation, ask(operation, project))).to_vec();
        requests.push((operation::SUBMIT_SERVER_METRICS, metrics(run, project)));
        requests.push((operation::CREATE_NETWORK_MONITOR, creation(run, project).await?));
        for (operation, request) in requests {
            let label = format!("{} {}", operation.method, operation.path);
            let good = run.control(TOKEN_PROJECT_ENDPOINTS, request, succeeds()).await?;
            if either.contains(&operation) {
                let answer = good.variant(&label, |request| request.bearer(&user)).await?;
                run.observe(TOKEN_USER_FOR_SERVERS, format!("{label}: {}", answer.response().status));
                continue;
            }
            let refusal = good.fault(&label, |request| request.bearer(&user)).await?;
            refusal.holds(TOKEN_USER_NOT_FOR_PROJECTS, refused());
            run.observe(ERROR_USER_TOKEN_FORM, format!("{label}: {}", refusal.response().summary()));
        }
        Ok(())
    })
}

fn is_refused_as_user() -> Refusal {
    shows("a status of the class 4xx", |response| match response.status.as_u16() {
        400..500 => Ok(()),
        _ => Err(response.summary()),
    })
}

fn project_not_for_users() -> Case {
    let says = "A project's token is refused at the calls for users' tokens";
    let covers = &[TOKEN_PROJECT_NOT_FOR_USERS, ERROR_USER_TOKEN_FORM];
    case("uptinio.token.project-not-for-users", says, covers, async |run| {
        let project = run.value("project_token")?;
        let session = session(run, &Account::own(run)?).await?;
        let id = session.id.as_str().map_or_else(|| session.id.to_string(), str::to_owned);
        let requests = [
            Request::new(operation::USER).at("id", &id),
            Request::new(operation::PROJECT_API_TOKENS),
            Request::new(operation::CURRENT_PROJECT_API_TOKEN),
            Request::new(operation::SIGN_OUT),
        ];
        for request in requests {
            let label = format!("{} {}", request.method, request.path);
            let good = run.control(TOKEN_USER_ENDPOINTS, request.bearer(&session.token), succeeds()).await?;
            let refusal = good.fault(&label, |request| request.bearer(project)).await?;
            refusal.holds(TOKEN_PROJECT_NOT_FOR_USERS, is_refused_as_user());
            run.observe(ERROR_USER_TOKEN_FORM, format!("{label}: {}", refusal.response().summary()));
        }
        Ok(())
    })
}
