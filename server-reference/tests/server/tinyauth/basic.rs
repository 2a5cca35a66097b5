//! Basic, as the document's Authentication section has it.

use super::*;

fn with_authorization(authorization: impl Into<String>) -> Request {
    auth("traefik").header("Authorization", authorization)
}

fn encoded(pair: impl AsRef<[u8]>) -> String {
    BASE64_STANDARD.encode(pair)
}

#[tokio::test]
async fn name_and_password_are_enough_for_every_proxy() {
    let stage = Stage::new([]).await;
    for proxy in ["traefik", "nginx", "caddy"] {
        let answer = stage.send(basic(auth(proxy), "alice", "alice's secret")).await;
        assert_eq!((answer.status, answer.header("Remote-User")), (200, Some("alice")), "{proxy}");
        assert_eq!(answer.header("Set-Cookie"), None);
    }
}

#[tokio::test]
async fn the_user_context_tells_of_basic() {
    let stage = Stage::new([]).await;
    let answer = stage.send(basic(user(), "alice", "alice's secret")).await.json();
    assert_eq!((&answer["username"], &answer["provider"]), (&json!("alice"), &json!("basic")));
}

#[tokio::test]
async fn the_pair_is_split_at_its_first_colon() {
    let stage = Stage::new([]).await;
    assert_eq!(stage.send(basic(auth("traefik"), "bob", "bob's: secret: 2")).await.status, 200);
}

#[tokio::test]
async fn the_scheme_is_in_any_case_with_any_spaces() {
    let stage = Stage::new([]).await;
    let pair = encoded("alice:alice's secret");
    for authorization in [format!("basic {pair}"), format!("BASIC {pair}"), format!("Basic   {pair}")] {
        assert_eq!(stage.send(with_authorization(&authorization)).await.status, 200, "{authorization}");
    }
}

#[tokio::test]
async fn the_pair_is_read_as_utf_8() {
    let seed = Seed { users: vec![User::new("zoë", "pässwörd")], ..Seed::document() };
    let server = ReferenceServer::tinyauth().seed(seed).start().await.expect("a free port");
    let answer = basic(auth("traefik"), "zoë", "pässwörd").send(server.url()).await;
    assert_eq!((answer.status, answer.header("Remote-User")), (200, Some("zoë")));
}

#[tokio::test]
async fn anything_else_is_refused() {
    let stage = Stage::new([]).await;
    let good = encoded("alice:alice's secret");
    let refused = [
        String::new(),
        "Basic".to_owned(),
        "Basic ".to_owned(),
        "Basic nonsense".to_owned(),
        "Basic alice:alice's secret".to_owned(),
        format!("Basic {good} more"),
        format!("Basic {}", good.trim_end_matches('=').replace('=', "")) + "!",
        format!("Bearer {good}"),
        good.clone(),
        format!("Basic {}", encoded("alice")),
        format!("Basic {}", encoded(b"alice:\xff\xfe")),
        format!("Basic {}", encoded("alice:wrong")),
        format!("Basic {}", encoded("ALICE:alice's secret")),
        format!("Basic {}", encoded("nobody:alice's secret")),
        format!("Basic {}", encoded("alice:")),
        format!("Basic {}", encoded(":alice's secret")),
        format!("Basic {}", encoded(":")),
        format!("Basic {}", encoded("")),
        format!("Basic {}", encoded(format!("alice:{}", "x".repeat(5000)))),
    ];
    for authorization in refused {
        let answer = stage.send(with_authorization(&authorization)).await;
        assert_eq!((answer.status, answer.json()), (401, refusal(401, "Unauthorized")), "{authorization:?}");
        let challenge = answer.header("WWW-Authenticate");
        assert_eq!(challenge, Some(r#"Basic realm="Tinyauth", charset="UTF-8""#));
        assert_eq!(answer.header("Remote-User"), None);
    }
}

#[tokio::test]
async fn two_headers_are_refused_even_if_each_would_do() {
    let stage = Stage::new([]).await;
    let twice = basic(basic(auth("traefik"), "alice", "alice's secret"), "alice", "alice's secret");
    assert_eq!(stage.send(twice).await.status, 401);
}

#[tokio::test]
async fn it_does_not_expire() {
    let stage = Stage::new([]).await;
    stage.advance(1000 * DAY);
    assert_eq!(stage.send(basic(auth("traefik"), "alice", "alice's secret")).await.status, 200);
}

#[tokio::test]
async fn an_account_with_totp_is_refused_everywhere() {
    let stage = Stage::new([]).await;
    for request in [auth("traefik"), auth("nginx"), auth("caddy"), user()] {
        assert_eq!(stage.send(basic(request, "carol", "carol's secret")).await.status, 401);
    }
    let verify = basic(totp(stage.code(0)), "carol", "carol's secret");
    assert_eq!(stage.send(verify).await.status, 401);
}

#[tokio::test]
async fn failures_are_not_counted_and_a_held_off_name_is_not_held_off() {
    let stage = Stage::new([]).await;
    for _ in 0..10 {
        assert_eq!(stage.send(basic(auth("traefik"), "alice", "wrong")).await.status, 401);
    }
    assert_eq!(stage.send(alice()).await.status, 200);
    for _ in 0..6 {
        stage.send(login_as("alice", "wrong")).await;
    }
    assert_eq!(stage.send(alice()).await.status, 429);
    assert_eq!(stage.send(basic(auth("traefik"), "alice", "alice's secret")).await.status, 200);
}

#[tokio::test]
async fn a_session_goes_before_basic_and_a_pending_one_does_not_spoil_it() {
    let stage = Stage::new([]).await;
    let (bobs, pending) = (stage.session(bob()).await, stage.pending().await);
    let named = async |cookie: &str, password| {
        let request = basic(auth("traefik"), "alice", password).header("Cookie", cookie);
        stage.send(request).await.header("Remote-User").map(str::to_owned)
    };
    assert_eq!(named(&bobs, "alice's secret").await.as_deref(), Some("bob"));
    assert_eq!(named(&bobs, "wrong").await.as_deref(), Some("bob"));
    assert_eq!(named(&pending, "alice's secret").await.as_deref(), Some("alice"));
    assert_eq!(named(&pending, "wrong").await, None);
    assert_eq!(named("tinyauth-session-0=nonsense", "alice's secret").await.as_deref(), Some("alice"));
}

pub(super) async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
    let status = async |request| stage.send(request).await.status;
    let traefik = |name, password| basic(auth("traefik"), name, password);
    Some(match deviation {
        Deviation::BasicAnyPassword => {
            status(traefik("alice", "wrong")).await == 200 && status(traefik("alice", "")).await == 200
        }
        Deviation::BasicAnyUser => {
            status(traefik("nobody", "wrong")).await == 200 && status(traefik("", "wrong")).await == 401
        }
        Deviation::BasicSplitsAtLastColon => status(traefik("bob", "bob's: secret: 2")).await == 401,
        Deviation::BasicSchemeCaseSensitive => {
            status(with_authorization(format!("basic {}", encoded("alice:alice's secret")))).await == 401
        }
        Deviation::MalformedBasicCrashes => status(with_authorization("Basic nonsense")).await == 500,
        Deviation::BasicWithoutEncoding => status(with_authorization("Basic alice:alice's secret")).await == 200,
        Deviation::BasicForTotpAccounts => status(traefik("carol", "carol's secret")).await == 200,
        Deviation::BasicForTotpAccountsAtUser => status(basic(user(), "carol", "carol's secret")).await == 200,
        Deviation::BasicExpires => {
            let before = status(traefik("alice", "alice's secret")).await;
            stage.advance(DAY);
            before == 200 && status(traefik("alice", "alice's secret")).await == 401
        }
        Deviation::BasicIgnoredAtUser => status(basic(user(), "alice", "alice's secret")).await == 401,
        Deviation::BasicIgnoredForNginx => status(basic(auth("nginx"), "alice", "alice's secret")).await == 401,
        Deviation::BasicRefused => status(traefik("alice", "alice's secret")).await == 401,
        _ => return None,
    })
}
