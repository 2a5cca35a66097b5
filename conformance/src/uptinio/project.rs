//! What cases ask of projects: each call that a project's token is for, and the creation of a monitor.

use crate::request::Request;
use crate::run::{Answer, Run, Stop};
use probity_fixtures::Operation;
use probity_fixtures::uptinio::operation;
use probity_fixtures::uptinio::requirement::NETWORK_MONITORS_CREATES;
use serde_json::{Value, json};

/// The calls for projects' tokens that change nothing.
pub(super) const READING: [&Operation; 6] = [
    operation::NETWORK_MONITORS,
    operation::INCIDENTS,
    operation::SERVERS,
    operation::INTEGRATIONS,
    operation::USAGE,
    operation::GENERAL_STATUS,
];

/// A call of one of these.
pub(super) fn ask(operation: &'static Operation, token: &str) -> Request {
    Request::new(operation).bearer(token)
}

/// What the makers' own agent sends of a server.
pub(super) fn metrics(run: &Run, token: &str) -> Request {
    let body = json!({
        "attributes": {
            "motherboard_id": run.own_name(),
            "mac_address": "00:00:5e:00:53:01",
            "hostname": "probity.example",
            "public_ip": "198.51.100.7",
            "operating_system": "linux",
            "kernel_version": "6.1",
            "cpu_cores": 2,
            "disk_total_bytes": 1000,
            "memory_total_bytes": 2000,
        },
        "metrics": [{ "metric": "cpu_used", "value": 512.0, "timestamp": "2026-01-01T00:00:00Z" }],
        "agent_version": "1.0.0",
    });
    Request::new(operation::SUBMIT_SERVER_METRICS).bearer(token).json(body)
}

const LIKELIEST_FORM: &str = "under network_monitor";

/// The creation of a monitor, in the form that the target takes, with a name that is new.
pub(super) async fn creation(run: &Run, token: &str) -> Result<Request, Stop> {
    const WHAT: &str = "the form of a monitor's creation";
    if run.way(WHAT).is_none() {
        let mut told = String::new();
        for form in [LIKELIEST_FORM, "flat"] {
            run.leave_behind("a monitor of the project")?;
            let create = creation_as(run, form, token);
            let answer = run.arrange(async || run.send(&format!("a monitor, {form}"), &create).await).await?.response();
            if answer.status.is_success() {
                run.found_way(WHAT, form);
                break;
            }
            told = answer.summary();
        }
        if run.way(WHAT).is_none() {
            let reason = format!("a monitor was created in no form: {told}");
            return Err(Stop::Inconclusive { reason, rests_on: Some(NETWORK_MONITORS_CREATES) });
        }
    }
    run.leave_behind("a monitor of the project")?;
    Ok(creation_as(run, run.way(WHAT).as_deref().unwrap_or_default(), token))
}

/// Creates a monitor: the answer in the form in which that succeeds, or in the last one tried.
pub(super) async fn create<'r>(run: &'r Run, token: &str) -> Result<Answer<'r>, Stop> {
    run.leave_behind("a monitor of the project")?;
    let likeliest = run.send("a monitor", &creation_as(run, LIKELIEST_FORM, token)).await?;
    match likeliest.response().status.is_success() {
        true => Ok(likeliest),
        false => run.send("a monitor, flat", &creation_as(run, "flat", token)).await,
    }
}

/// The same for a case that is about whether it succeeds: in the form of the API's other calls, where it does in none.
pub(super) async fn creation_or_likeliest(run: &Run, token: &str) -> Result<Request, Stop> {
    match creation(run, token).await {
        Err(Stop::Inconclusive { rests_on: Some(requirement), .. }) if requirement == NETWORK_MONITORS_CREATES => {
            Ok(creation_as(run, LIKELIEST_FORM, token))
        }
        creation => creation,
    }
}

fn creation_as(run: &Run, form: &str, token: &str) -> Request {
    let name = run.own_name();
    let monitor = json!({ "name": name, "url": format!("https://{name}.example") });
    let body: Value = if form == "flat" { monitor } else { json!({ "network_monitor": monitor }) };
    Request::new(operation::CREATE_NETWORK_MONITOR).bearer(token).json(body)
}
