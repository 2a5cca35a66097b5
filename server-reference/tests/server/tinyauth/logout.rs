//! POST /api/logout

use super::*;

#[tokio::test]
async fn a_browser_forgets_its_session_and_the_session_lives_on() {
    let stage = Stage::new([]).await;
    let cookie = stage.session(alice()).await;
    let answer = stage.send(logout().header("Cookie", &cookie)).await;
    assert_eq!((answer.status, answer.json()), (200, refusal(200, "Logged out")));
    let name = cookie.split('=').next().expect("a name");
    let deleted = format!("{name}=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0");
    assert_eq!(answer.headers("Set-Cookie").collect::<Vec<_>>(), [deleted]);
    assert!(stage.lets_in(cookie).await);
}

#[tokio::test]
async fn who_has_no_session_is_logged_out_as_well() {
    let stage = Stage::new([]).await;
    for cookie in ["", "tinyauth-session-0=nonsense", &stage.pending().await] {
        assert_eq!(stage.send(logout().header("Cookie", cookie)).await.status, 200, "{cookie}");
    }
}

#[tokio::test]
async fn the_cookie_of_a_domain_is_deleted_there() {
    let stage = Stage::at(Some("https://auth.example.com"), []).await;
    let answer = stage.send(logout()).await;
    assert!(answer.header("Set-Cookie").expect("a cookie").contains("Domain=example.com"));
}

pub(super) async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
    let answer = async || stage.send(logout()).await;
    Some(match deviation {
        Deviation::LogoutEndsSession => {
            let cookie = stage.session(alice()).await;
            stage.send(logout().header("Cookie", &cookie)).await;
            !stage.lets_in(cookie).await
        }
        Deviation::LogoutKeepsCookie => answer().await.header("Set-Cookie").is_none(),
        Deviation::LogoutEmptiesSession => match session_of(&answer().await) {
            Some(empty) => {
                !stage.lets_in(empty).await && answer().await.header("Set-Cookie")?.contains("Max-Age=86400")
            }
            None => false,
        },
        Deviation::LogoutByGet => stage.send(Request::new("GET", operation::LOGOUT.path)).await.status == 200,
        Deviation::LogoutSaysLogoutSuccessful => answer().await.json()["message"] == "Logout successful",
        _ => return None,
    })
}
