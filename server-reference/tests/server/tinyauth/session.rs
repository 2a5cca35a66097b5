//! Sessions, as the document's Authentication section has them.

use super::*;

fn set_cookie(answer: &Answer) -> &str {
    answer.headers("Set-Cookie").find(|cookie| cookie.starts_with("tinyauth-session-")).expect("a session")
}

#[tokio::test]
async fn the_cookie_is_for_the_server_alone_and_for_a_day() {
    let stage = Stage::new([]).await;
    let answer = stage.send(alice()).await;
    let (_, attributes) = set_cookie(&answer).split_once("; ").expect("attributes");
    assert_eq!(attributes, "HttpOnly; SameSite=Lax; Path=/; Max-Age=86400");
    let answer = stage.send(carol()).await;
    assert!(set_cookie(&answer).ends_with("Max-Age=3600"));
}

#[tokio::test]
async fn behind_a_name_it_is_for_the_domain_and_for_https() {
    let stage = Stage::at(Some("https://auth.example.com"), []).await;
    let answer = stage.send(alice()).await;
    let (_, attributes) = set_cookie(&answer).split_once("; ").expect("attributes");
    assert_eq!(attributes, "HttpOnly; SameSite=Lax; Secure; Path=/; Domain=example.com; Max-Age=86400");
}

#[tokio::test]
async fn it_ends_after_a_day_by_the_servers_clock() {
    let stage = Stage::new([]).await;
    let cookie = stage.session(alice()).await;
    stage.advance(DAY - Duration::from_secs(1));
    assert!(stage.lets_in(&cookie).await);
    stage.advance(Duration::from_secs(1));
    assert!(!stage.lets_in(&cookie).await);
    assert_eq!(stage.user_of(&cookie).await, None);
}

#[tokio::test]
async fn a_login_waits_an_hour_for_its_code() {
    let stage = Stage::new([]).await;
    let cookie = stage.pending().await;
    stage.advance(Duration::from_secs(3600));
    assert_eq!(stage.send(totp(stage.code(0)).header("Cookie", cookie)).await.status, 401);
}

#[tokio::test]
async fn each_cookie_is_its_own_users() {
    let stage = Stage::new([]).await;
    let (alices, bobs) = (stage.session(alice()).await, stage.session(bob()).await);
    assert_eq!(stage.user_of(&alices).await.as_deref(), Some("alice"));
    assert_eq!(stage.user_of(&bobs).await.as_deref(), Some("bob"));
    assert_ne!(stage.session(alice()).await, alices);
}

#[tokio::test]
async fn it_is_found_among_others_and_the_first_of_its_name_counts() {
    let stage = Stage::new([]).await;
    let (alices, bobs) = (stage.session(alice()).await, stage.session(bob()).await);
    for (cookies, name) in [
        (format!("a=b; {alices}; c=d"), "alice"),
        (format!("nonsense;;=;{alices}"), "alice"),
        (format!("ä={alices}; {alices}"), "alice"),
        (format!("{bobs}; {alices}"), "bob"),
    ] {
        assert_eq!(stage.user_of(&cookies).await.as_deref(), Some(name), "{cookies}");
    }
}

#[tokio::test]
async fn one_that_is_cut_short_or_altered_or_another_servers_is_nobodys() {
    let (stage, another) = (Stage::new([]).await, Stage::new([]).await);
    let cookie = stage.session(alice()).await;
    let (name, value) = cookie.split_once('=').expect("a cookie");
    let middle = value.len() / 2;
    let other = if &value[middle..=middle] == "A" { "B" } else { "A" };
    let wrong = [
        another.session(alice()).await,
        format!("{name}="),
        format!("{name}=nonsense"),
        format!("{name}={}", &value[..middle]),
        format!("{name}={}", &value[..value.len() - 1]),
        format!("{name}={value}A"),
        format!("{name}={}{other}{}", &value[..middle], &value[middle + 1..]),
        format!("{name}={}", "A".repeat(5000)),
        format!("other{cookie}"),
    ];
    for cookie in wrong {
        assert!(!stage.lets_in(&cookie).await, "{cookie}");
        assert_eq!(stage.user_of(&cookie).await, None, "{cookie}");
        assert_eq!(stage.send(totp(stage.code(0)).header("Cookie", &cookie)).await.status, 401, "{cookie}");
        assert_eq!(stage.send(logout().header("Cookie", &cookie)).await.status, 200, "{cookie}");
    }
}

#[tokio::test]
async fn the_cookie_of_a_login_by_a_provider_is_no_session() {
    let stage = Stage::new([]).await;
    let answer = stage.send(Request::new("GET", "/api/oauth/url/generic")).await;
    let csrf = kept(&answer, "tinyauth-csrf-").expect("a cookie");
    let as_session = csrf.replacen("-csrf-", "-session-", 1);
    assert!(!stage.lets_in(as_session).await);
}

/// The beginning of a cookie, somewhat longer than the half.
fn half(cookie: &str) -> &str {
    &cookie[..cookie.len() / 2 + 10]
}

pub(super) async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
    let login = async || stage.send(alice()).await;
    let cookie = async || stage.session(alice()).await;
    Some(match deviation {
        Deviation::SessionWithoutExpiry => !set_cookie(&login().await).contains("Max-Age"),
        Deviation::SessionNeverEnds => {
            let cookie = cookie().await;
            stage.advance(400 * DAY);
            stage.lets_in(cookie).await
        }
        Deviation::SessionUnauthenticated => {
            stage.lets_in(cut_short(&cookie().await)).await
                && stage.lets_in(half(&cookie().await)).await
                && stage.lets_in(Stage::new(stage.deviations.clone()).await.session(alice()).await).await
        }
        Deviation::SessionKeyShared => {
            let another = Stage::new(stage.deviations.clone()).await;
            stage.lets_in(another.session(alice()).await).await && !stage.lets_in(cut_short(&cookie().await)).await
        }
        Deviation::MalformedSessionCrashes => {
            let request = user().header("Cookie", cut_short(&cookie().await));
            stage.send(request).await.status == 500
        }
        Deviation::SessionOfTheLatest => {
            let cookie = cookie().await;
            stage.send(bob()).await;
            stage.user_of(cookie).await.as_deref() == Some("bob")
        }
        Deviation::SessionReadable => !set_cookie(&login().await).contains("HttpOnly"),
        Deviation::SessionWantsItsAddress => {
            let forwarded = auth("traefik").header("Cookie", &cookie().await).header("X-Forwarded-For", "192.0.2.1");
            stage.send(forwarded).await.status == 401 && stage.lets_in(cookie().await).await
        }
        _ => return None,
    })
}
