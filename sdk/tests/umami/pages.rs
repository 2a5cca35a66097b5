//! Going through the pages of a list.

use probity::Pages;
use probity::umami::{Token, Umami, Websites};
use serde_json::json;
use wiremock::matchers::query_param;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A server with these pages; each is asked for once.
async fn server(count: u64, pages: &[&[&str]]) -> MockServer {
    let server = MockServer::start().await;
    for (index, names) in pages.iter().enumerate() {
        let data: Vec<_> = names.iter().map(|name| json!({"id": name, "name": name})).collect();
        let number = index + 1;
        let page = json!({"data": data, "count": count, "page": number, "pageSize": 2});
        Mock::given(query_param("page", number.to_string()))
            .and(query_param("search", "shop"))
            .respond_with(ResponseTemplate::new(200).set_body_json(page))
            .expect(1)
            .mount(&server)
            .await;
    }
    server
}

async fn names(server: &MockServer) -> Vec<String> {
    let session = Umami::new(&server.uri()).expect("a client").session(Token::new("token-of-a-login"));
    names_from(session.websites().search("shop").pages()).await
}

async fn names_from(mut pages: Pages<'_, Websites>) -> Vec<String> {
    let mut names = Vec::new();
    while let Some(page) = pages.next().await.expect("a page") {
        names.extend(page.data.into_iter().map(|website| website.name));
    }
    names
}

#[tokio::test]
async fn the_pages_are_asked_for_one_by_one_until_all_were_seen() {
    let server = server(5, &[&["a", "b"], &["c", "d"], &["e"]]).await;
    assert_eq!(names(&server).await, ["a", "b", "c", "d", "e"]);
}

#[tokio::test]
async fn a_list_of_exactly_one_page_takes_one_call() {
    let server = server(2, &[&["a", "b"]]).await;
    assert_eq!(names(&server).await, ["a", "b"]);
}

#[tokio::test]
async fn an_empty_page_ends_the_list_whatever_the_count_says() {
    let server = server(100, &[&["a", "b"], &[]]).await;
    assert_eq!(names(&server).await, ["a", "b"]);
}

#[tokio::test]
async fn nothing_is_lost_where_pages_hold_less_than_the_server_says() {
    // Each page claims a size of 2.
    let server = server(3, &[&["a"], &["b"], &["c"]]).await;
    assert_eq!(names(&server).await, ["a", "b", "c"]);
}

#[tokio::test]
async fn a_list_may_begin_at_a_later_page() {
    let server = MockServer::start().await;
    for (number, data) in
        [(2, json!([{"id": "c", "name": "c"}, {"id": "d", "name": "d"}])), (3, json!([{"id": "e", "name": "e"}]))]
    {
        let page = json!({"data": data, "count": 5, "page": number, "pageSize": 100});
        let answer = ResponseTemplate::new(200).set_body_json(page);
        Mock::given(query_param("page", number.to_string())).respond_with(answer).expect(1).mount(&server).await;
    }
    let session = Umami::new(&server.uri()).expect("a client").session(Token::new("token-of-a-login"));
    assert_eq!(names_from(session.websites().page(2).pages()).await, ["c", "d", "e"]);
}
