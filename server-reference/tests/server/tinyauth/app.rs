//! GET /api/app

use super::*;

#[tokio::test]
async fn everybody_is_told_the_same() {
    let stage = Stage::new([]).await;
    let answer = stage.send(app()).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["domain"], "127.0.0.1");
    let cookie = stage.session(alice()).await;
    assert_eq!(stage.send(app().header("Cookie", cookie)).await.json(), answer.json());
}

#[tokio::test]
async fn the_domain_is_the_one_that_the_address_is_below() {
    let stage = Stage::at(Some("https://auth.example.com:8443"), []).await;
    assert_eq!(stage.send(app()).await.json()["domain"], "example.com");
}

pub(super) async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
    Some(match deviation {
        Deviation::AppWantsLogin => stage.send(app()).await.status == 401,
        Deviation::AppWithoutDomain => stage.send(app()).await.json().get("domain").is_none(),
        Deviation::AppGreets => {
            let cookie = stage.session(alice()).await;
            stage.send(app().header("Cookie", cookie)).await.json()["title"] == "Alice"
        }
        _ => return None,
    })
}
