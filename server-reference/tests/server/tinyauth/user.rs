//! GET /api/user

use super::*;

#[tokio::test]
async fn who_is_logged_in_is_told_with_all_members() {
    let stage = Stage::new([]).await;
    let cookie = stage.session(alice()).await;
    let answer = stage.send(user().header("Cookie", cookie)).await;
    assert_eq!(answer.status, 200);
    let told = json!({
        "message": "OK",
        "status": 200,
        "isLoggedIn": true,
        "username": "alice",
        "name": "Alice",
        "email": "alice@127.0.0.1",
        "provider": "username",
        "oauth": false,
        "totpPending": "false",
    });
    assert_eq!(answer.json(), told);
}

#[tokio::test]
async fn nobody_is_told_with_the_same_members_empty() {
    let stage = Stage::new([]).await;
    let pending = stage.pending().await;
    for (cookie, is_pending) in [("", "false"), ("tinyauth-session-0=x", "false"), (&pending, "true")] {
        let answer = stage.send(user().header("Cookie", cookie)).await;
        assert_eq!(answer.status, 401);
        let told = json!({
            "message": "Unauthorized",
            "status": 401,
            "isLoggedIn": false,
            "username": "",
            "name": "",
            "email": "",
            "provider": "",
            "oauth": false,
            "totpPending": is_pending,
        });
        assert_eq!(answer.json(), told, "{cookie}");
    }
}

pub(super) async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
    let answer = async || stage.send(user().header("Cookie", stage.session(bob()).await)).await;
    let told = async || answer().await.json();
    Some(match deviation {
        Deviation::UserSaysAuthenticated => told().await["message"] == "Authenticated",
        Deviation::UserSaysSuccess => told().await["message"] == "Success",
        Deviation::UserProviderIsLocal => told().await["provider"] == "local",
        Deviation::UserSaysPending => told().await["totpPending"] == "true",
        Deviation::LaterUsersWithoutEmail => {
            let first = told().await;
            first["email"].is_string() && told().await["email"].is_null()
        }
        Deviation::UserNamesAnother => told().await["username"] == "alice",
        Deviation::EverybodyIsLoggedIn => username(&stage.send(user()).await).is_some(),
        Deviation::LoggedInIsText => told().await["isLoggedIn"] == "true",
        Deviation::OauthUntold => {
            let session = oauth_callback::session(stage).await;
            stage.send(user().header("Cookie", session)).await.json()["oauth"] == false
        }
        Deviation::UserLabelledAsText => answer().await.header("Content-Type") == Some("text/plain"),
        _ => return None,
    })
}
