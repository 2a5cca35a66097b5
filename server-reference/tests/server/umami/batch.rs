//! POST /api/batch

use super::send::{CHROME, page_view};
use super::*;

fn batch(messages: Value) -> Request {
    Request::new("POST", operation::BATCH.path).body(messages.to_string()).header("User-Agent", CHROME)
}

#[tokio::test]
async fn all_of_a_batch_is_registered() {
    let server = server([]).await;
    let answer = batch(json!([page_view(), page_view()])).send(server.url()).await.json();
    assert!(answer["cache"].is_string());
    assert_eq!((&answer["size"], &answer["processed"], &answer["errors"]), (&json!(2), &json!(2), &json!(0)));
    assert_eq!(as_user(&server, alice(), stats_of(SHOP)).await.json()["pageviews"], 2);
}

#[tokio::test]
async fn what_is_refused_of_a_batch_is_told_with_its_place() {
    let server = server([]).await;
    let mut unknown = page_view();
    unknown["payload"]["website"] = "00000000-0000-4000-8000-000000000000".into();
    let answer = batch(json!([page_view(), unknown, {}])).send(server.url()).await;
    assert_eq!(answer.status, 200);
    let answer = answer.json();
    assert_eq!((&answer["size"], &answer["processed"], &answer["errors"]), (&json!(3), &json!(1), &json!(2)));
    assert_eq!(answer["details"][0], json!({"index": 1, "response": error("Website not found.", "bad-request", 400)}));
    assert_eq!(answer["details"][1]["index"], 2);
    assert_eq!(answer["details"][1]["response"]["error"]["status"], 400);
}

#[tokio::test]
async fn an_item_that_is_no_object_spoils_the_batch() {
    let server = server([]).await;
    let answer = batch(json!([page_view(), 5, page_view(), "x"])).send(server.url()).await;
    let fault = |received: &str| json!({"errors": [format!("Invalid input: expected record, received {received}")]});
    let items = json!([null, fault("number"), null, fault("string")]);
    assert_eq!((answer.status, answer.json()), (400, bad_request(json!({"errors": [], "items": items}))));
    assert_eq!(as_user(&server, alice(), stats_of(SHOP)).await.json()["pageviews"], 0);
}

#[tokio::test]
async fn a_batch_has_a_bound() {
    let server = server([]).await;
    let answer = batch(json!(vec![json!({}); 1001])).send(server.url()).await;
    let fault = json!({"errors": ["Too big: expected array to have <=1000 items"]});
    assert_eq!((answer.status, answer.json()), (400, bad_request(fault)));
}
