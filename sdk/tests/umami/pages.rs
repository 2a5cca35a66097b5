//! Going through the pages of a list.

use probity::umami::{Token, Umami};
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
    let mut pages = session.websites().search("shop").pages();
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
