//! GET /api/websites

use super::*;

async fn listed(server: &RunningServer, login: Request, query: &str) -> Answer {
    let token = token(server, login).await;
    let list = websites(query).header("Accept", "application/json").header("Authorization", format!("Bearer {token}"));
    list.send(server.url()).await
}

fn names(list: &Value) -> Vec<&str> {
    let websites = list["data"].as_array().expect("a list");
    websites.iter().map(|website| website["name"].as_str().expect("a name")).collect()
}

#[tokio::test]
async fn everybody_sees_their_own_websites() {
    let server = server([]).await;
    let answer = listed(&server, alice(), "").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("Content-Type"), Some("application/json"));
    assert_eq!(names(&answer.json()), ["Shop", "Blog"]);
    assert_eq!(names(&listed(&server, bob(), "").await.json()), ["Bob's"]);
}

#[tokio::test]
async fn a_website_is_told_with_its_owner_and_date() {
    let server = server([]).await;
    let list = listed(&server, bob(), "").await.json();
    let website = &list["data"][0];
    let bob = bob().send(server.url()).await.json();
    assert_eq!(website["domain"], "bob.example");
    assert_eq!(website["userId"], bob["user"]["id"]);
    assert_eq!(website["teamId"], Value::Null);
    assert_eq!(website["createdAt"], "2020-04-20 01:00:00");
}

#[tokio::test]
async fn the_list_comes_in_pages() {
    let server = server([]).await;
    let pages: [(&str, &[&str], u64, u64); 6] = [
        ("", &["Shop", "Blog"], 1, 20),
        ("?pageSize=1", &["Shop"], 1, 1),
        ("?pageSize=1&page=2", &["Blog"], 2, 1),
        ("?pageSize=1&page=3", &[], 3, 1),
        ("?pageSize=1.0&page=2e0", &["Blog"], 2, 1),
        ("?page=9007199254740991&pageSize=5", &[], 9_007_199_254_740_991, 5),
    ];
    for (query, shown, page, page_size) in pages {
        let list = listed(&server, alice(), query).await.json();
        assert_eq!(names(&list), shown, "{query}");
        assert_eq!((&list["count"], &list["page"], &list["pageSize"]), (&json!(2), &json!(page), &json!(page_size)));
    }
}

#[tokio::test]
async fn a_search_looks_into_names_and_domains() {
    let server = server([]).await;
    for (search, found) in [("shop", &["Shop"][..]), ("WORDS", &["Blog"]), ("example", &["Shop", "Blog"]), ("bob", &[])]
    {
        let list = listed(&server, alice(), &format!("?search={search}")).await.json();
        assert_eq!(names(&list), found, "{search}");
        assert_eq!(list["search"], search);
    }
}

#[tokio::test]
async fn a_page_that_is_none_is_refused_in_umamis_words() {
    let server = server([]).await;
    let fault = |text: &str| json!({"errors": [text]});
    let (small, int, number) = (
        "Too small: expected number to be >0",
        "Invalid input: expected int, received number",
        "Invalid input: expected number, received NaN",
    );
    let refused = [
        ("?page=0", json!({"page": fault(small)})),
        ("?page=-1", json!({"page": fault(small)})),
        ("?page=1.5", json!({"page": fault(int)})),
        ("?page=9007199254740992", json!({"page": fault("Too big: expected int to be <=9007199254740991")})),
        ("?pageSize=abc", json!({"pageSize": fault(number)})),
        ("?pageSize=1001", json!({"pageSize": fault("Too big: expected number to be <=1000")})),
        ("?page=inf&pageSize=0", json!({"page": fault(number), "pageSize": fault(small)})),
    ];
    for (query, faults) in refused {
        let answer = listed(&server, alice(), query).await;
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(answer.json(), bad_request(json!({"errors": [], "properties": faults})), "{query}");
    }
}

#[tokio::test]
async fn a_head_request_has_the_head_of_the_answer() {
    let server = server([]).await;
    let token = token(&server, alice()).await;
    let head = Request { method: "HEAD", ..websites("") }.header("Authorization", format!("Bearer {token}"));
    let answer = head.send(server.url()).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
}

pub(super) fn deviations() -> Vec<Shown> {
    vec![
        shown(Deviation::WebsitesLabelledAsHtml, websites(""), |answer| {
            answer.status == 200 && answer.header("Content-Type") == Some("text/html")
        })
        .authorized(|token| format!("Bearer {token}")),
    ]
}
