//! API mode, as the document's Authentication section has it.

use super::*;

/// What a proxy asks about a client that accepts this.
fn accepting(proxy: &str, accept: &str) -> Request {
    auth(proxy).header("Accept", accept)
}

#[tokio::test]
async fn without_html_nobody_is_redirected() {
    let stage = Stage::new([]).await;
    for proxy in ["traefik", "nginx", "caddy"] {
        for accept in ["*/*", "application/json", "text/html;q=0", "text/plain"] {
            let request =
                accepting(proxy, accept).header("User-Agent", "Mozilla/5.0 (X11) Gecko/20100101 Firefox/128.0");
            let answer = stage.send(request).await;
            assert_eq!((answer.status, answer.json()), (401, refusal(401, "Unauthorized")), "{proxy} {accept}");
            assert_eq!(answer.header("Content-Type"), Some("application/json"));
        }
        assert_eq!(stage.send(auth(proxy)).await.status, 401);
    }
}

#[tokio::test]
async fn with_html_traefik_and_caddy_redirect_and_nginx_does_not() {
    let stage = Stage::new([]).await;
    for (proxy, status) in [("traefik", 302), ("caddy", 302), ("nginx", 401)] {
        for accept in ["text/html", "TEXT/HTML", BROWSER] {
            let answer = stage.send(accepting(proxy, accept).header("User-Agent", "curl/8.0")).await;
            assert_eq!(answer.status, status, "{proxy} {accept}");
        }
    }
}

#[tokio::test]
async fn basic_is_api_mode_whatever_it_holds() {
    let stage = Stage::new([]).await;
    for authorization in ["Basic", "Basic nonsense", "basic bm9ib2R5OndpdGg="] {
        let answer = stage.send(browser("traefik").header("Authorization", authorization)).await;
        assert_eq!(answer.status, 401, "{authorization}");
    }
    assert_eq!(stage.send(browser("traefik").header("Authorization", "Bearer token")).await.status, 302);
}

#[tokio::test]
async fn every_refusal_is_json_with_its_status() {
    let stage = Stage::new([]).await;
    let refused = [
        login_with("nonsense"),
        login_as("alice", "wrong"),
        totp("1"),
        totp_with("nonsense"),
        auth("nope"),
        auth("%ff"),
        Request::new("GET", "/api/oauth/url/nope"),
        Request::new("GET", "/api/oauth/callback/generic"),
        Request::new("GET", "/nope"),
        Request::new("PUT", operation::LOGIN.path),
    ];
    for request in refused {
        let answer = stage.send(request).await;
        assert_eq!(answer.header("Content-Type"), Some("application/json"));
        assert_eq!(answer.header("Cache-Control"), Some("no-store"));
        assert_eq!(answer.json()["status"], answer.status);
        assert!(answer.json()["message"].is_string());
    }
}

pub(super) async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
    let traefik = async |accept: &str| stage.send(accepting("traefik", accept)).await;
    let api = async || traefik("application/json").await;
    let nonsense = || browser("traefik").header("Authorization", "Basic nonsense");
    Some(match deviation {
        Deviation::BasicLeavesTheMode => stage.send(nonsense()).await.status == 302,
        Deviation::ModeByUserAgent => {
            let firefox = accepting("traefik", "*/*").header("User-Agent", "Mozilla/5.0 (X11) Gecko/20100101");
            stage.send(firefox).await.status == 302 && traefik(BROWSER).await.status == 401
        }
        Deviation::WildcardIsBrowser => {
            traefik("*/*").await.status == 302 && stage.send(auth("traefik")).await.status == 302
        }
        Deviation::ApiModeNever => api().await.status == 302 && stage.send(nonsense()).await.status == 302,
        Deviation::ApiModeAlways => traefik(BROWSER).await.status == 401,
        Deviation::RefusalInHtml => api().await.status == 401 && api().await.body.starts_with("<h1>"),
        Deviation::RefusalIs403 => api().await.status == 403 && api().await.json()["status"] == 403,
        Deviation::RefusalIs200 => api().await.status == 200 && api().await.json()["status"] == 401,
        Deviation::RefusalWithoutMessage => api().await.json() == json!({"status": 401}),
        Deviation::RefusalOfAnotherShape => api().await.status == 401 && api().await.json()["error"].is_object(),
        Deviation::RefusalSaysLogIn => api().await.json() == refusal(401, "Please log in"),
        Deviation::NoChallenge => api().await.header("WWW-Authenticate").is_none(),
        Deviation::MalformedLabelledAsText => {
            let label = stage.send(login_with("nonsense")).await.header("Content-Type").map(str::to_owned);
            label.as_deref() == Some("text/plain; charset=utf-8")
        }
        Deviation::OtherMethodsUnknown => {
            let answer = stage.send(Request::new("PUT", operation::LOGIN.path)).await;
            answer.status == 404 && answer.body == "404 page not found" && answer.header("Allow").is_none()
        }
        _ => return None,
    })
}
