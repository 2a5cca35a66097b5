//! GET /api/v1/general-status, GET /api/v1/accounts/usage and POST /api/v1/analysis, of which the document has the names.

use super::*;

#[tokio::test]
async fn the_status_tells_whether_an_incident_goes_on() {
    let stage = Stage::new([]).await;
    let status = json!({"status": "degraded", "network_monitors_count": 3, "ongoing_incidents_count": 1});
    assert_eq!(told(&stage.shop(to(operation::GENERAL_STATUS)).await), (200, status));
    let well = stage.send(bearer(to(operation::GENERAL_STATUS), "blogs-token")).await.json();
    assert_eq!(well["status"], "ok");
}

#[tokio::test]
async fn the_usage_tells_the_plan_and_what_there_is() {
    let stage = Stage::new([]).await;
    stage.shop(to(operation::ANALYSIS)).await;
    let usage = json!({
        "plan": "standard",
        "requests_per_minute_limit": 100,
        "network_monitors_count": 3,
        "servers_count": 0,
        "integrations_count": 0,
        "ai_analysis_count": 1,
    });
    assert_eq!(told(&stage.shop(to(operation::USAGE)).await), (200, usage));
}

#[tokio::test]
async fn an_analysis_tells_what_goes_on() {
    let stage = Stage::new([]).await;
    for body in ["", "{}", r#"{"question": "Why?"}"#] {
        let analysis = stage.shop(to(operation::ANALYSIS).body(body)).await;
        assert_eq!(analysis.status, 200, "{body}");
        let expected = "3 monitors and 0 servers are watched. An incident goes on at: Blog.";
        assert_eq!(analysis.json()["analysis"], expected);
    }
    assert_eq!(stage.shop(to(operation::ANALYSIS).body("nonsense")).await.status, 400);
}
