//! Creating, deleting and asking about one website

use super::send::{CHROME, page_view};
use super::*;

fn create(body: Value) -> Request {
    Request::new("POST", operation::CREATE_WEBSITE.path).body(body.to_string())
}

async fn send(server: &RunningServer, body: &Value) {
    let send = Request::new("POST", operation::SEND.path).body(body.to_string()).header("User-Agent", CHROME);
    assert_eq!(send.send(server.url()).await.status, 200);
}

#[tokio::test]
async fn a_website_is_created_counted_on_and_deleted() {
    let server = server([]).await;
    let created = as_user(&server, bob(), create(json!({"name": "New", "domain": "new.example"}))).await;
    assert_eq!(created.status, 200);
    let website = created.json();
    assert_eq!((&website["name"], &website["domain"]), (&json!("New"), &json!("new.example")));
    assert_eq!(website["userId"], bob().send(server.url()).await.json()["user"]["id"]);
    let id = website["id"].as_str().expect("an id");

    let listed = as_user(&server, bob(), websites("")).await.json();
    assert_eq!(listed["data"][1], website);
    let mut event = page_view();
    event["payload"]["website"] = id.into();
    send(&server, &event).await;
    assert_eq!(as_user(&server, bob(), stats_of(id)).await.json()["pageviews"], 1);

    let delete = of_website(operation::DELETE_WEBSITE, id, "");
    let deleted = as_user(&server, bob(), delete.clone()).await;
    assert_eq!((deleted.status, deleted.json()), (200, json!({"ok": true})));
    let again = as_user(&server, bob(), delete).await;
    assert_eq!((again.status, again.json()), (404, error("Not found", "not-found", 404)));
    assert_eq!(as_user(&server, bob(), stats_of(id)).await.status, 404);
    assert_eq!(as_user(&server, bob(), websites("")).await.json()["count"], 1);
}

#[tokio::test]
async fn a_website_has_a_name_and_a_domain() {
    let server = server([]).await;
    let missing = json!({"errors": ["Invalid input: expected string, received undefined"]});
    let too_big = json!({"errors": ["Too big: expected string to have <=100 characters"]});
    let refused = [
        (json!({}), json!({"name": missing, "domain": missing})),
        (json!({"name": "n".repeat(101), "domain": "x"}), json!({"name": too_big})),
    ];
    for (body, faults) in refused {
        let answer = as_user(&server, alice(), create(body)).await;
        assert_eq!((answer.status, answer.json()), (400, bad_request(json!({"errors": [], "properties": faults}))));
    }
}

#[tokio::test]
async fn who_may_only_look_creates_nothing() {
    let viewer = User { role: Role::ViewOnly, ..User::new("carol", "carol's secret") };
    let seed = Seed { users: vec![viewer], websites: vec![] };
    let server = ReferenceServer::umami().seed(seed).start().await.expect("a free port");
    let create = create(json!({"name": "New", "domain": "new.example"}));
    assert_eq!(as_user(&server, login_as("carol", "carol's secret"), create).await.status, 403);
}

#[tokio::test]
async fn nobody_asks_about_a_website_that_is_not_theirs() {
    let server = server([]).await;
    let operations = [operation::DELETE_WEBSITE, operation::STATS, operation::ACTIVE, operation::EVENTS];
    for operation in operations {
        assert_eq!(of_website(operation, SHOP, "").send(server.url()).await.status, 401, "{}", operation.id);
        for website in [BOBS, "nope", "%ff", "a%2Fb"] {
            let answer = as_user(&server, alice(), of_website(operation, website, "")).await;
            assert_eq!((answer.status, answer.json()), (404, error("Not found", "not-found", 404)), "{}", operation.id);
        }
    }
}

#[tokio::test]
async fn visits_are_counted_by_the_hour_and_told_beside_the_time_before() {
    let server = server([]).await;
    let hour = 3600;
    for second in [0, 10, hour, 5 * hour] {
        let mut event = page_view();
        event["payload"]["timestamp"] = (1_000_000 * hour + second).into();
        send(&server, &event).await;
    }
    let start = 1_000_000_i64 * hour * 1000;
    let query = |from: i64, to: i64| format!("?startAt={}&endAt={}", start + from * 1000, start + to * 1000);
    let stats = as_user(&server, alice(), of_website(operation::STATS, SHOP, &query(0, 2 * hour))).await.json();
    let none = json!({"pageviews": 0, "visitors": 0, "visits": 0, "bounces": 0, "totaltime": 0});
    let counted =
        json!({"pageviews": 3, "visitors": 1, "visits": 2, "bounces": 1, "totaltime": 10, "comparison": none});
    assert_eq!(stats, counted);
    let stats = as_user(&server, alice(), of_website(operation::STATS, SHOP, &query(hour, 2 * hour))).await.json();
    assert_eq!((&stats["pageviews"], &stats["comparison"]["pageviews"]), (&json!(1), &json!(2)));
}

#[tokio::test]
async fn a_visitor_is_active_for_five_minutes() {
    let server = server([]).await;
    send(&server, &page_view()).await;
    let active = of_website(operation::ACTIVE, SHOP, "");
    for (later, visitors) in [(0, 1), (300, 1), (1, 0)] {
        server.clock().advance(Duration::from_secs(later));
        assert_eq!(as_user(&server, alice(), active.clone()).await.json(), json!({"visitors": visitors}));
    }
}

#[tokio::test]
async fn events_come_the_newest_first_in_pages_and_by_what_is_searched() {
    let server = server([]).await;
    for (name, timestamp) in [("old", 1000), ("newest", 3000), ("new", 2000)] {
        let mut event = page_view();
        event["payload"]["name"] = name.into();
        event["payload"]["timestamp"] = timestamp.into();
        send(&server, &event).await;
    }
    let listed = async |query: &str| {
        let query = format!("?startAt=0&endAt=9999999999999{query}");
        as_user(&server, alice(), of_website(operation::EVENTS, SHOP, &query)).await.json()
    };
    let names = |list: &Value| {
        let events = list["data"].as_array().expect("a list").iter();
        events.map(|event| event["eventName"].as_str().expect("a name").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&listed("").await), ["newest", "new", "old"]);
    let second = listed("&pageSize=1&page=2").await;
    assert_eq!((names(&second), &second["count"]), (vec!["new".to_owned()], &json!(3)));
    assert_eq!(names(&listed("&search=NEW").await), ["newest", "new"]);
    assert_eq!(names(&listed("&search=pricing").await).len(), 3);
    assert_eq!(names(&listed("&search=elsewhere").await).len(), 0);
}

#[tokio::test]
async fn all_that_is_wrong_with_a_query_is_told() {
    let server = server([]).await;
    let answer = as_user(&server, alice(), of_website(operation::EVENTS, SHOP, "?startAt=x&endAt=0&page=0")).await;
    let faults = json!({
        "startAt": {"errors": ["Invalid input: expected number, received NaN"]},
        "page": {"errors": ["Too small: expected number to be >0"]},
    });
    assert_eq!((answer.status, answer.json()), (400, bad_request(json!({"errors": [], "properties": faults}))));
}
