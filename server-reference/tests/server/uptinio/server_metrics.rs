//! POST /api/v1/server_metrics

use super::*;

/// What the makers' agent sends.
pub(super) fn metrics() -> Value {
    json!({
        "agent_version": "1.4.0",
        "attributes": {
            "motherboard_id": "MB-1", "mac_address": "00:11:22:33:44:55", "public_ip": "198.51.100.7",
            "private_ip": "unknown", "hostname": "h1", "cpu_cores": 2, "cpu_model": "unknown", "operating_system": "linux",
            "uptime": 100, "kernel_version": "6.1", "disk_total_bytes": 1000, "memory_total_bytes": 2000,
        },
        "metrics": [
            {"metric": "cpu_used", "value": 512.5, "timestamp": "2026-01-01T00:00:00Z"},
            {"metric": "mem_used_b", "value": 1024, "timestamp": "2026-01-01T00:00:00Z"},
        ],
    })
}

async fn submit(stage: &Stage, body: &Value) -> Answer {
    stage.shop(sending(operation::SUBMIT_SERVER_METRICS, body)).await
}

#[tokio::test]
async fn what_the_agent_sends_is_taken() {
    let stage = Stage::new([]).await;
    let taken = json!({"success_count": 2, "failure_count": 0, "message": "All metrics were successfully created"});
    assert_eq!(told(&submit(&stage, &metrics()).await), (201, taken));
}

#[tokio::test]
async fn a_user_sends_for_the_current_project() {
    let stage = Stage::new([]).await;
    assert_eq!(stage.by("alice", sending(operation::SUBMIT_SERVER_METRICS, &metrics())).await.status, 201);
    assert_eq!(stage.shop(to(operation::SERVERS)).await.json()[0]["hostname"], "h1");
}

#[tokio::test]
async fn metrics_that_are_none_are_told_beside_those_that_are_taken() {
    let stage = Stage::new([]).await;
    let mut body = metrics();
    let wrong = [
        json!(1),
        json!({"metric": "", "value": 1, "timestamp": "2026-01-01T00:00:00Z"}),
        json!({"metric": "cpu_used", "value": "1", "timestamp": "2026-01-01T00:00:00Z"}),
        json!({"metric": "cpu_used", "value": 1, "timestamp": "now"}),
    ];
    body["metrics"].as_array_mut().expect("a list").extend(wrong);
    let answer = submit(&stage, &body).await;
    let errors = [
        "metrics[2]: metric has to be a name",
        "metrics[3]: metric has to be a name",
        "metrics[4]: value has to be a number",
        "metrics[5]: timestamp has to be a time of RFC 3339",
    ];
    let taken = json!({
        "success_count": 2,
        "failure_count": 4,
        "message": "Some metrics could not be created",
        "errors": errors,
    });
    assert_eq!(told(&answer), (201, taken));
}

#[tokio::test]
async fn what_cannot_be_told_apart_is_refused() {
    let stage = Stage::new([]).await;
    let with = |pointer: &str, value: Value| {
        let mut body = metrics();
        *body.pointer_mut(pointer).expect("a member") = value;
        body
    };
    let faulty = [
        (json!({}), vec!["Motherboard can't be blank", "Agent version can't be blank", "Metrics can't be blank"]),
        (with("/attributes", json!("x")), vec!["Attributes is invalid"]),
        (with("/attributes", json!({})), vec!["Motherboard can't be blank"]),
        (with("/attributes/motherboard_id", json!("unknown")), vec!["Motherboard is invalid"]),
        (with("/attributes/motherboard_id", json!("")), vec!["Motherboard can't be blank"]),
        (with("/agent_version", json!("unknown")), vec!["Agent version is invalid"]),
        (with("/agent_version", json!(1)), vec!["Agent version is invalid"]),
        (with("/metrics", json!({})), vec!["Metrics is invalid"]),
    ];
    for (body, faults) in faulty {
        assert_eq!(told(&submit(&stage, &body).await), (422, json!({"errors": faults})), "{body}");
    }
    let many = with("/metrics", json!(vec![metrics()["metrics"][0].clone(); 1001]));
    assert_eq!(submit(&stage, &many).await.status, 413);
    assert_eq!(stage.shop(to(operation::SERVERS)).await.json(), json!([]));
}
