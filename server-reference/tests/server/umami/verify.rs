//! POST /api/auth/verify

use super::*;

#[tokio::test]
async fn a_token_is_confirmed_with_its_user_and_nothing_else() {
    let server = server([]).await;
    for (login, username, role, is_admin) in [(alice(), "alice", "admin", true), (bob(), "bob", "user", false)] {
        let login = login.send(server.url()).await.json();
        let token = login["token"].as_str().expect("a token");
        let answer = verify().header("Authorization", format!("Bearer {token}")).send(server.url()).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("Content-Type"), Some("application/json"));
        let bearer = json!({"id": login["user"]["id"], "username": username, "role": role, "isAdmin": is_admin});
        assert_eq!(answer.json(), bearer);
    }
}

#[tokio::test]
async fn a_body_changes_nothing() {
    let server = server([]).await;
    let token = token(&server, alice()).await;
    let with_body = verify().body(r#"{"username":"bob"}"#).header("Authorization", format!("Bearer {token}"));
    assert_eq!(with_body.send(server.url()).await.json()["username"], "alice");
}

#[tokio::test]
async fn another_method_is_answered_405_with_what_is_allowed() {
    let server = server([]).await;
    let answer = Request::new("GET", operation::VERIFY.path).send(server.url()).await;
    assert_eq!((answer.status, answer.header("Allow")), (405, Some("POST")));
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

fn garbage(_: &str) -> String {
    "Bearer garbage".to_owned()
}

pub(super) fn deviations() -> Vec<Shown> {
    vec![
        shown(Deviation::VerifyLabelledAsText, verify(), |answer| answer.header("Content-Type") == Some("text/plain"))
            .authorized(bearer),
        shown(Deviation::VerifyWithoutToken, verify(), |answer| {
            answer.status == 200 && answer.json()["username"] == "alice"
        }),
        shown(Deviation::VerifyRefusesWith200, verify(), |answer| {
            answer.status == 200 && answer.json() == json!({"valid": false})
        })
        .authorized(garbage),
        shown(Deviation::VerifyRefusesWith200, verify(), |answer| answer.status == 200),
        shown(Deviation::VerifyRefusalNamesUser, verify(), |answer| {
            answer.status == 401 && answer.json()["username"] == "alice" && answer.json()["id"].is_string()
        })
        .authorized(garbage),
        shown(Deviation::VerifyNamesAnotherUser, verify(), |answer| answer.json()["username"] == "bob")
            .authorized(bearer),
        shown(Deviation::VerifyNamesAnotherUser, verify(), |answer| answer.json()["username"] == "alice")
            .authorized(bearer)
            .by_bob(),
        shown(Deviation::AdminFlagWrong, verify(), |answer| answer.json()["isAdmin"] == false).authorized(bearer),
        shown(Deviation::AdminFlagWrong, verify(), |answer| answer.json()["isAdmin"] == true)
            .authorized(bearer)
            .by_bob(),
        shown(Deviation::VerifyByGet, Request::new("GET", operation::VERIFY.path), |answer| answer.status == 200)
            .authorized(bearer),
    ]
}
