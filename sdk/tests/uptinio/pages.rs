//! Going through the pages of a list, whether or not it tells how long it is.

use probity::uptinio::{MonitorSort, Project, ProjectToken, Uptinio};
use serde_json::{Value, json};
use wiremock::matchers::{path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn project(server: &MockServer) -> Project {
    Uptinio::new(&server.uri()).expect("a client").project(ProjectToken::new("token-of-a-project"))
}

/// A server with these pages; each is asked for once.
async fn server(kind: &str, pages: &[Value]) -> MockServer {
    let server = MockServer::start().await;
    for (index, page) in pages.iter().enumerate() {
        Mock::given(path(format!("/api/v1/{kind}")))
            .and(query_param("page", (index + 1).to_string()))
            .respond_with(ResponseTemplate::new(200).set_body_json(page))
            .expect(1)
            .mount(&server)
            .await;
    }
    server
}

fn monitors(names: &[&str], total: u64) -> Value {
    let data: Vec<_> =
        names.iter().map(|name| json!({"uuid": name, "name": name, "url": "https://a.example"})).collect();
    json!({"data": data, "meta": {"current_page": 1, "per_page": 2, "total_pages": 2, "total_count": total}})
}

fn servers(names: &[&str]) -> Value {
    names.iter().map(|name| json!({"uuid": name})).collect()
}

async fn listed(server: &MockServer) -> Vec<String> {
    let project = project(server);
    let mut pages = project.servers().pages();
    let mut names = Vec::new();
    while let Some(page) = pages.next().await.expect("a page") {
        names.extend(page.into_iter().map(|server| server.uuid.to_string()));
    }
    names
}

#[tokio::test]
async fn monitors_are_asked_for_until_all_were_seen() {
    let server = server("network_monitors", &[monitors(&["a", "b"], 3), monitors(&["c"], 3)]).await;
    let project = project(&server);
    let mut pages = project.network_monitors().sort(MonitorSort::CreatedAt).search("shop").page_size(2).pages();
    let mut names = Vec::new();
    while let Some(page) = pages.next().await.expect("a page") {
        names.extend(page.data.into_iter().map(|monitor| monitor.name));
    }
    assert_eq!(names, ["a", "b", "c"]);
    for request in server.received_requests().await.expect("requests are kept") {
        let query = request.url.query().expect("a query");
        assert!(query.ends_with("&per_page=2&sort=created_at&search=shop"), "{query}");
    }
}

#[tokio::test]
async fn a_list_that_does_not_tell_how_long_it_is_ends_with_an_empty_page() {
    // The second is short: a server may hold back a part of a page.
    let server = server("servers", &[servers(&["a", "b"]), servers(&["c"]), servers(&["d"]), servers(&[])]).await;
    assert_eq!(listed(&server).await, ["a", "b", "c", "d"]);
}

#[tokio::test]
async fn a_server_that_knows_no_pages_is_not_asked_for_ever() {
    let server = server("servers", &[servers(&["a", "b"]), servers(&["a", "b"])]).await;
    assert_eq!(listed(&server).await, ["a", "b"]);
}

#[tokio::test]
async fn a_page_that_failed_is_still_to_come() {
    let server = MockServer::start().await;
    let failing = Mock::given(path("/api/v1/servers")).respond_with(ResponseTemplate::new(403)).up_to_n_times(1);
    failing.mount(&server).await;
    Mock::given(query_param("page", "1"))
        .respond_with(ResponseTemplate::new(200).set_body_json(servers(&["a"])))
        .mount(&server)
        .await;
    let project = project(&server);
    let mut pages = project.servers().pages();
    assert!(pages.next().await.is_err());
    assert_eq!(pages.next().await.expect("a page").expect("a page").len(), 1);
}
