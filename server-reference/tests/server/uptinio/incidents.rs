//! GET /api/v1/incidents

use super::*;

async fn listed(stage: &Stage, query: &str) -> Answer {
    stage.shop(asking(operation::INCIDENTS, query)).await
}

#[tokio::test]
async fn those_that_go_on_come_first() {
    let stage = Stage::new([]).await;
    let list = listed(&stage, "").await.json();
    let told = list["data"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|incident| (&incident["status"], incident["closed_at"].is_null()));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [(&json!("ongoing"), true), (&json!("resolved"), false), (&json!("resolved"), false)]
    );
    assert_eq!(list["meta"], json!({"current_page": 1, "per_page": 25, "total_pages": 1, "total_count": 3}));
    let incident = &list["data"][0];
    assert_eq!(
        (&incident["monitorable_type"], &incident["monitorable_name"]),
        (&json!("NetworkMonitor"), &json!("Blog"))
    );
}

#[tokio::test]
async fn they_can_be_asked_for_by_status_and_in_pages() {
    let stage = Stage::new([]).await;
    for (query, shown, total) in
        [("?status=ongoing", 1, 1), ("?status=resolved", 2, 2), ("?status=resolved&per_page=1&page=2", 1, 2)]
    {
        let list = listed(&stage, query).await.json();
        assert_eq!(list["data"].as_array().map(Vec::len), Some(shown), "{query}");
        assert_eq!(list["meta"]["total_count"], total, "{query}");
    }
    for query in ["?status=over", "?page=0"] {
        assert_eq!(listed(&stage, query).await.status, 400, "{query}");
    }
}
