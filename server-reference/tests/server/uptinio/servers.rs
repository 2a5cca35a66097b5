//! GET /api/v1/servers

use super::*;

async fn submitted(stage: &Stage, id: &str, name: &str, cpu: f64) {
    let mut body = server_metrics::metrics();
    body["attributes"]["motherboard_id"] = id.into();
    body["attributes"]["hostname"] = name.into();
    body["metrics"][0]["value"] = cpu.into();
    assert_eq!(stage.shop(sending(operation::SUBMIT_SERVER_METRICS, &body)).await.status, 201);
}

#[tokio::test]
async fn a_server_is_known_by_its_motherboard_and_told_as_it_last_was() {
    let stage = Stage::new([]).await;
    submitted(&stage, "MB-1", "before", 1.0).await;
    submitted(&stage, "MB-2", "another", 2.0).await;
    submitted(&stage, "MB-1", "after", 3.0).await;
    let servers = stage.shop(to(operation::SERVERS)).await.json();
    let told: Vec<_> = servers
        .as_array()
        .expect("a list")
        .iter()
        .map(|server| (server["hostname"].as_str(), server["last_metrics"][0]["value"].as_f64()))
        .collect();
    assert_eq!(told, [(Some("after"), Some(3.0)), (Some("another"), Some(2.0))]);
    assert!(servers[0]["uuid"].as_str().is_some_and(|uuid| uuid.starts_with("SRV")));
    let second = stage.shop(asking(operation::SERVERS, "?per_page=1&page=2")).await.json();
    assert_eq!(second, json!([servers[1]]));
}

#[tokio::test]
async fn a_user_sees_those_of_the_current_project() {
    let stage = Stage::new([]).await;
    submitted(&stage, "MB-1", "h1", 1.0).await;
    assert_eq!(stage.by("alice", to(operation::SERVERS)).await.json()[0]["hostname"], "h1");
    assert_eq!(told(&stage.by("dave", to(operation::SERVERS)).await), (200, json!([])));
}

pub(super) async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
    let number_after_two = async || {
        submitted(stage, "MB-1", "h1", 1.0).await;
        submitted(stage, "MB-1", "h1", 1.0).await;
        stage.shop(to(operation::SERVERS)).await.json().as_array().map(Vec::len)
    };
    Some(match deviation {
        Deviation::ServersNotStored => number_after_two().await == Some(0),
        Deviation::ServerEachTime => number_after_two().await == Some(2),
        Deviation::AnalysisMissing => stage.shop(to(operation::ANALYSIS)).await.status == 404,
        _ => return None,
    })
}
