//! What a project's token is for: monitors, incidents, metrics, servers, analysis, integrations, usage, the status

use super::account::{Account, is_there};
use super::account::{project_token, session, unverified_newcomer, validate, verified_newcomer};
use super::faults::no_objects;
use super::forms::form;
use super::project::{READING, ask, creation, creation_or_likeliest, metrics};
use super::serving::serves_projects;
use super::token::holds;
use super::{MAILBOX, PROJECT, UNVERIFIED};
use crate::case::{Case, Effect, case, shape_case};
use crate::expect::{never, refused, succeeds, that, value};
use crate::request::Request;
use crate::run::{Run, Stop};
use probity_fixtures::uptinio::operation;
use probity_fixtures::uptinio::requirement::*;
use probity_fixtures::{Operation, Requirement};
use serde_json::{Value, json};

pub(super) fn cases() -> Vec<Case> {
    let shapes = READING.map(|operation| shape_case(operation, async move |run| reading(run, operation)));
    let bodies = [
        ("uptinio.network-monitors.body", operation::NETWORK_MONITORS, NETWORK_MONITORS_BODY),
        ("uptinio.incidents.body", operation::INCIDENTS, INCIDENTS_BODY),
        ("uptinio.servers.body", operation::SERVERS, SERVERS_BODY),
        ("uptinio.integrations.body", operation::INTEGRATIONS, INTEGRATIONS_BODY),
        ("uptinio.usage.body", operation::USAGE, USAGE_BODY),
        ("uptinio.general-status.body", operation::GENERAL_STATUS, GENERAL_STATUS_BODY),
    ];
    let others = [
        shape_case(operation::CREATE_NETWORK_MONITOR, new_monitor).effect(Effect::Permanent),
        created_is_listed().effect(Effect::Permanent),
        refuses_what_is_no_monitor().effect(Effect::Permanent),
        shape_case(operation::SUBMIT_SERVER_METRICS, async |run| submission(run)).effect(Effect::Permanent),
        server_is_listed().effect(Effect::Permanent),
        metrics_refused().effect(Effect::Permanent),
        shape_case(operation::ANALYSIS, async |run| {
            is_there(run).await?;
            Ok(reading(run, operation::ANALYSIS)?.json(json!({ "question": "How are we?" })))
        }),
        analysis(),
        integration_is_listed().effect(Effect::Permanent),
    ];
    let of_projects = shapes.into_iter().chain(bodies.map(|(id, operation, body)| members_of(id, operation, body)));
    let of_projects = of_projects.chain(others).map(|case| case.needs(PROJECT));
    of_projects
        .chain([
            needs_verification("uptinio.network-monitors.needs-verification", Kind::Monitor),
            needs_verification("uptinio.integrations.needs-verification", Kind::Integration),
        ])
        .collect()
}

fn reading(run: &Run, operation: &'static Operation) -> Result<Request, Stop> {
    Ok(ask(operation, run.value("project_token")?))
}

/// A creation in the form that succeeds; in the likeliest one where none does.
async fn new_monitor(run: &Run) -> Result<Request, Stop> {
    let token = run.value("project_token")?;
    serves_projects(run, ask(operation::NETWORK_MONITORS, token)).await?;
    creation_or_likeliest(run, token).await
}

fn submission(run: &Run) -> Result<Request, Stop> {
    run.leave_behind("a server of the project")?;
    Ok(metrics(run, run.value("project_token")?))
}

fn members_of(id: &'static str, operation: &'static Operation, body: &'static Requirement) -> Case {
    case(id, "Which members the answer has", &[body], async move |run: &Run| {
        is_there(run).await?;
        let control = run.control(TOKEN_PROJECT_ENDPOINTS, reading(run, operation)?, succeeds()).await?;
        run.observe(body, form(&control.answer().response()));
        Ok(())
    })
}

/// That a text stands in an answer that succeeds.
fn lists(what: &'static str, name: String) -> crate::expect::Expect {
    that(what, move |response| match response.status.is_success() && holds(response, &name) {
        true => Ok(()),
        false => Err(format!("it is not there; {}", response.status)),
    })
}

/// The name of the monitor that a creation asks for.
fn name_of(creation: &Request) -> String {
    let name = creation.json_at("/network_monitor/name").or(creation.json_at("/name"));
    name.and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn created_is_listed() -> Case {
    let says = "A monitor that was created is in the list";
    let covers = &[NETWORK_MONITORS_CREATED_IS_LISTED, NETWORK_MONITORS_CREATION_BODY];
    case("uptinio.network-monitors.created-is-listed", says, covers, async |run| {
        let token = run.value("project_token")?;
        serves_projects(run, ask(operation::NETWORK_MONITORS, token)).await?;
        let create = creation(run, token).await?;
        let name = name_of(&create);
        let created = run.control(NETWORK_MONITORS_CREATES, create, succeeds()).await?;
        let search = ask(operation::NETWORK_MONITORS, token).query("search", &name).query("per_page", 100);
        let list = run.send("the list", &search).await?;
        list.holds(NETWORK_MONITORS_CREATED_IS_LISTED, lists("the new monitor in the list", name));
        run.observe(NETWORK_MONITORS_CREATION_BODY, form(&created.answer().response()));
        Ok(())
    })
}

fn refuses_what_is_no_monitor() -> Case {
    let says = "A creation whose body is no JSON object is refused, and is not the server's own failure";
    let covers = &[NETWORK_MONITORS_REFUSES_WHAT_IS_NO_OBJECT];
    case("uptinio.network-monitors.no-object", says, covers, async |run| {
        is_there(run).await?;
        let token = run.value("project_token")?;
        serves_projects(run, ask(operation::NETWORK_MONITORS, token)).await?;
        let create = creation(run, token).await?;
        let created = run.control(NETWORK_MONITORS_CREATES, create, succeeds()).await?;
        for (label, body) in no_objects(&created.request_body()) {
            let refusal = created.fault(label, |request| request.body(body)).await?;
            refusal.holds(NETWORK_MONITORS_REFUSES_WHAT_IS_NO_OBJECT, refused());
        }
        Ok(())
    })
}

fn server_is_listed() -> Case {
    let says = "A server whose metrics were submitted is listed, and once however often they come";
    let covers = &[SERVER_METRICS_SERVER_IS_LISTED, SERVER_METRICS_SAME_SERVER, SERVER_METRICS_BODY];
    case("uptinio.server-metrics.server-is-listed", says, covers, async |run| {
        serves_projects(run, reading(run, operation::SERVERS)?).await?;
        let host = format!("{}.example", run.own_name());
        let submit = submission(run)?.set("/attributes/hostname", host.as_str());
        let submitted = run.control(SERVER_METRICS_ANSWERS, submit, succeeds()).await?;
        let servers = ask(operation::SERVERS, run.value("project_token")?).query("per_page", 100);
        let list = run.send("the servers", &servers).await?;
        list.holds(SERVER_METRICS_SERVER_IS_LISTED, lists("the server's host name in the list", host.clone()));
        submitted.variant("the same again", |request| request).await?;
        let again = run.send("the servers then", &servers).await?;
        let once = that("the server's host name once", move |response| {
            match String::from_utf8_lossy(&response.body).matches(&host).count() {
                0 | 1 => Ok(()),
                times => Err(format!("it is there {times} times")),
            }
        });
        again.holds(SERVER_METRICS_SAME_SERVER, once);
        run.observe(SERVER_METRICS_BODY, form(&submitted.answer().response()));
        Ok(())
    })
}

fn metrics_refused() -> Case {
    let says = "What is no JSON object is refused, and how metrics are that lack something";
    let covers = &[SERVER_METRICS_REFUSES_WHAT_IS_NO_OBJECT, SERVER_METRICS_REFUSALS];
    case("uptinio.server-metrics.refusals", says, covers, async |run| {
        is_there(run).await?;
        serves_projects(run, reading(run, operation::SERVERS)?).await?;
        let submitted = run.control(SERVER_METRICS_ANSWERS, submission(run)?, succeeds()).await?;
        for (label, body) in no_objects(&submitted.request_body()) {
            let refusal = submitted.fault(label, |request| request.body(body)).await?;
            refusal.holds(SERVER_METRICS_REFUSES_WHAT_IS_NO_OBJECT, refused());
        }
        for pointer in ["/attributes/motherboard_id", "/agent_version", "/metrics"] {
            let answer = submitted.variant(&format!("without {pointer}"), |request| request.without(pointer)).await?;
            run.observe(SERVER_METRICS_REFUSALS, format!("without {pointer}: {}", answer.response().summary()));
        }
        let unknown = |request: Request| request.set("/attributes/motherboard_id", "unknown");
        let answer = submitted.variant("of an unknown server", unknown).await?;
        run.observe(SERVER_METRICS_REFUSALS, format!("of an unknown server: {}", answer.response().summary()));
        Ok(())
    })
}

fn analysis() -> Case {
    let says = "The call for analyses is there, and answers in JSON where it succeeds";
    let covers = &[ANALYSIS_IS_THERE, ANALYSIS_JSON_CONTENT_TYPE, ANALYSIS_BODY];
    case("uptinio.analysis.is-there", says, covers, async |run| {
        is_there(run).await?;
        let token = run.value("project_token")?;
        serves_projects(run, ask(operation::GENERAL_STATUS, token)).await?;
        for (label, body) in [("an empty object", json!({})), ("a question", json!({ "question": "How are we?" }))] {
            let answer = run.send(label, &ask(operation::ANALYSIS, token).json(body)).await?;
            let there = that("a status other than 401, 403, 404 and 405", |response| match response.status.as_u16() {
                401 | 403 | 404 | 405 => Err(response.summary()),
                _ => Ok(()),
            });
            let in_json = that("the media type application/json where it succeeds", |response| {
                let is_json = response.media_type().as_deref() == Some("application/json");
                if is_json || !response.status.is_success() { Ok(()) } else { Err(response.summary()) }
            });
            answer.holds(ANALYSIS_IS_THERE, there).holds(ANALYSIS_JSON_CONTENT_TYPE, in_json);
            run.observe(ANALYSIS_BODY, format!("{label}: {}", form(&answer.response())));
        }
        Ok(())
    })
}

/// A webhook with an address that is new.
fn integration(run: &Run, token: &str) -> Request {
    let url = format!("https://{}.example/hook", run.own_name());
    let body =
        json!({ "integration": { "type": "Integrations::WebhookIntegration", "settings": { "webhook_url": url } } });
    Request::new(operation::CREATE_INTEGRATION).bearer(token).json(body)
}

fn integration_is_listed() -> Case {
    let says = "An integration can be created, and is in the list then";
    let covers = &[INTEGRATIONS_CREATES, INTEGRATIONS_CREATED_IS_LISTED];
    case("uptinio.integrations.created-is-listed", says, covers, async |run| {
        let token = run.value("project_token")?;
        serves_projects(run, ask(operation::INTEGRATIONS, token)).await?;
        run.leave_behind("an integration of the project")?;
        let create = integration(run, token);
        let url = create.json_at("/integration/settings/webhook_url").and_then(Value::as_str).unwrap_or_default();
        let url = url.to_owned();
        let created = run.send("a webhook", &create).await?;
        created.holds(INTEGRATIONS_CREATES, succeeds());
        if !created.response().status.is_success() {
            return Ok(());
        }
        let list = run.send("the list", &ask(operation::INTEGRATIONS, token)).await?;
        list.holds(INTEGRATIONS_CREATED_IS_LISTED, lists("the new integration in the list", url));
        Ok(())
    })
}

/// What only those may create whose address is verified.
#[derive(Clone, Copy)]
enum Kind {
    Monitor,
    Integration,
}

fn needs_verification(id: &'static str, kind: Kind) -> Case {
    let says = "Before the address is verified nothing can be created";
    let (needs, answer) = match kind {
        Kind::Monitor => (NETWORK_MONITORS_NEEDS_VERIFICATION, NETWORK_MONITORS_UNVERIFIED_ANSWER),
        Kind::Integration => (INTEGRATIONS_NEEDS_VERIFICATION, INTEGRATIONS_UNVERIFIED_ANSWER),
    };
    let case = case(id, says, &[needs, answer], async move |run: &Run| {
        let verified = verified_newcomer(run).await?;
        let is_verified = validate(&verified.token).to_succeed_by(TOKEN_SERVES_REPEATEDLY);
        run.control(VALIDATE_EMAIL_VERIFIED_TOLD, is_verified, value("/user/email_verified", true)).await?;
        let good = project_token(run, &verified.token).await?;
        serves_projects(run, ask(operation::NETWORK_MONITORS, &good).to_succeed_by(PROJECT_TOKEN_IS_GOOD)).await?;
        let unverified = match run.value("unverified_email") {
            Ok(_) => session(run, &Account::unverified(run)?).await?,
            Err(_) => unverified_newcomer(run).await?,
        };
        let not_yet = project_token(run, &unverified.token).await?;
        if not_yet == good {
            let reason = "two users were told one token for their projects".to_owned();
            return Err(Stop::Inconclusive { reason, rests_on: Some(PROJECT_TOKEN_OF_ITS_USER) });
        }
        let (create, control, list, name) = match kind {
            Kind::Monitor => {
                let create = creation(run, &good).await?;
                let control = run.control(NETWORK_MONITORS_CREATES, create, succeeds()).await?;
                let again = creation(run, &good).await?;
                let name = name_of(&again);
                (again.bearer(&not_yet), control, operation::NETWORK_MONITORS, name)
            }
            Kind::Integration => {
                run.leave_behind("an integration of the project")?;
                let control = run.control(INTEGRATIONS_CREATES, integration(run, &good), succeeds()).await?;
                let again = integration(run, &not_yet);
                let url = again.json_at("/integration/settings/webhook_url").and_then(Value::as_str);
                let url = url.unwrap_or_default().to_owned();
                (again, control, operation::INTEGRATIONS, url)
            }
        };
        let refusal = control.fault("before verification", |_| create).await?;
        let list = ask(list, &not_yet);
        let listed = run.arrange(async || run.send("what is there then", &list).await).await?.response();
        let created = holds(&listed, &name);
        refusal.holds(needs, refused()).holds(
            needs,
            never("nothing that was created", move || match created {
                true => Err("it is in the list".to_owned()),
                false => Ok(()),
            }),
        );
        run.observe(answer, refusal.response().summary());
        Ok(())
    });
    case.effect(Effect::Permanent).needs(MAILBOX).needs(UNVERIFIED)
}
