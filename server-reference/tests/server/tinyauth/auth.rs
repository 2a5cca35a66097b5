//! GET /api/auth/{proxy}

use super::*;

fn location(answer: &Answer) -> &str {
    answer.header("Location").expect("a location")
}

/// The address in the query of a redirect to the login page.
fn redirect_uri(answer: &Answer) -> Option<String> {
    let url = url::Url::parse(location(answer)).expect("an address");
    let uri = url.query_pairs().find(|(name, _)| name == "redirect_uri");
    uri.map(|(_, uri)| uri.into_owned())
}

#[tokio::test]
async fn a_session_is_let_in_by_every_proxy_in_both_modes() {
    let stage = Stage::new([]).await;
    let cookie = stage.session(alice()).await;
    for proxy in ["traefik", "nginx", "caddy"] {
        for request in [auth(proxy), browser(proxy)] {
            let answer = stage.send(request.header("Cookie", &cookie)).await;
            assert_eq!((answer.status, answer.json()), (200, refusal(200, "Authenticated")), "{proxy}");
            assert_eq!(answer.header("Content-Type"), Some("application/json"));
            assert_eq!(answer.header("Remote-User"), Some("alice"));
            assert_eq!(answer.header("Remote-Name"), Some("Alice"));
            assert_eq!(answer.header("Remote-Email"), Some("alice@127.0.0.1"));
            assert_eq!(answer.header("Remote-Groups"), None);
        }
    }
}

#[tokio::test]
async fn no_other_proxy_is_known() {
    let stage = Stage::new([]).await;
    let cookie = stage.session(alice()).await;
    for proxy in ["envoy", "Traefik", "traefik%2f", "%ff", "bogus"] {
        let answer = stage.send(browser(proxy).header("Cookie", &cookie)).await;
        assert_eq!((answer.status, answer.json()), (404, refusal(404, "Not Found")), "{proxy}");
    }
}

#[tokio::test]
async fn a_browser_is_sent_to_log_in_with_the_address_that_it_wanted() {
    let stage = Stage::new([]).await;
    for proxy in ["traefik", "caddy"] {
        let answer = stage.send(browser(proxy)).await;
        assert_eq!(answer.status, 302);
        assert!(location(&answer).starts_with(&format!("{}/login?redirect_uri=", stage.server.url())));
        assert_eq!(redirect_uri(&answer).as_deref(), Some("https://app.test/a/b?x=1&y=%20z"));
        assert_eq!(answer.header("Set-Cookie"), None);
    }
}

#[tokio::test]
async fn an_address_that_is_none_is_left_out() {
    let stage = Stage::new([]).await;
    for (proto, host, uri) in [
        ("", "", ""),
        ("https", "", "/"),
        ("javascript", "app.test", "/"),
        ("https", "user@app.test", "/"),
        ("https", "app.test", "evil"),
        ("https,http", "app.test", "/"),
    ] {
        let request = auth("traefik").header("Accept", "text/html").header("X-Forwarded-Proto", proto);
        let request = request.header("X-Forwarded-Host", host).header("X-Forwarded-Uri", uri);
        let answer = stage.send(request).await;
        assert_eq!((answer.status, location(&answer)), (302, &*format!("{}/login", stage.server.url())));
    }
}

#[tokio::test]
async fn an_address_with_other_letters_survives() {
    let stage = Stage::new([]).await;
    let request = auth("traefik").header("Accept", "text/html").header("X-Forwarded-Proto", "http");
    let request = request.header("X-Forwarded-Host", "app.test:8080").header("X-Forwarded-Uri", "/café?q=ß#");
    let answer = stage.send(request).await;
    assert_eq!(redirect_uri(&answer).as_deref(), Some("http://app.test:8080/café?q=ß#"));
}

#[tokio::test]
async fn behind_a_name_browsers_are_sent_there() {
    let stage = Stage::at(Some("https://auth.example.com"), []).await;
    let answer = stage.send(browser("caddy")).await;
    assert!(location(&answer).starts_with("https://auth.example.com/login?redirect_uri=https%3A%2F%2Fapp"));
}

#[tokio::test]
async fn a_name_that_the_request_brings_along_does_not_count() {
    let stage = Stage::new([]).await;
    let cookie = stage.session(bob()).await;
    let answer = stage.send(auth("traefik").header("Cookie", cookie).header("Remote-User", "alice")).await;
    assert_eq!(answer.headers("Remote-User").collect::<Vec<_>>(), ["bob"]);
    let answer = stage.send(auth("traefik").header("Remote-User", "alice").header("Remote-Email", "a@b")).await;
    assert_eq!((answer.status, answer.header("Remote-User")), (401, None));
}

pub(super) async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
    let cookie = async || stage.session(bob()).await;
    let caddy = async || stage.send(browser("caddy")).await;
    Some(match deviation {
        Deviation::TraefikRedirects307 => {
            stage.send(browser("traefik")).await.status == 307 && caddy().await.status == 307
        }
        Deviation::CaddyRefusesBrowsers => caddy().await.status == 401,
        Deviation::CaddyUnknown => caddy().await.status == 404,
        Deviation::RedirectWithoutLocation => caddy().await.status == 302 && caddy().await.header("Location").is_none(),
        Deviation::RedirectUnencoded => {
            location(&caddy().await).ends_with("?redirect_uri=https://app.test/a/b?x=1&y=%20z")
        }
        Deviation::RedirectDropsQuery => redirect_uri(&caddy().await).as_deref() == Some("https://app.test/a/b"),
        Deviation::RemoteUserOfTheRequest => {
            let answer =
                stage.send(auth("traefik").header("Cookie", cookie().await).header("Remote-User", "eve")).await;
            answer.header("Remote-User") == Some("eve")
        }
        Deviation::RefusalNamesUser => {
            let answer = stage.send(basic(auth("traefik"), "alice", "wrong")).await;
            answer.status == 401 && answer.header("Remote-User") == Some("alice")
        }
        Deviation::AuthByAnyMethod => {
            let path = operation::AUTH.path.replace("{proxy}", "nginx");
            stage.send(Request::new("DELETE", path).header("Cookie", cookie().await)).await.status == 200
        }
        Deviation::WrongSessionIsLetIn => {
            let answer = stage.send(auth("traefik").header("Cookie", cut_short(&cookie().await))).await;
            answer.status == 200 && answer.header("Remote-User") == Some("alice")
        }
        _ => return None,
    })
}
