//! GET /api/oauth/url/{provider}

use super::*;
use std::collections::HashMap;

/// Asks where to log in, and where to go after it.
pub(super) fn oauth_url(redirect_uri: Option<&str>) -> Request {
    let encoded = |uri: &str| url::form_urlencoded::byte_serialize(uri.as_bytes()).collect::<String>();
    let query = redirect_uri.map(|uri| format!("?redirect_uri={}", encoded(uri))).unwrap_or_default();
    Request::new("GET", format!("/api/oauth/url/generic{query}"))
}

fn parameters(answer: &Answer) -> HashMap<String, String> {
    let url = url::Url::parse(answer.json()["url"].as_str().expect("a text")).expect("an address");
    url.query_pairs().into_owned().collect()
}

#[tokio::test]
async fn the_provider_is_asked_for_a_code() {
    let stage = Stage::new([]).await;
    let answer = stage.send(oauth_url(None)).await;
    assert_eq!((answer.status, &answer.json()["message"]), (200, &json!("OK")));
    let url = answer.json()["url"].as_str().expect("a text").to_owned();
    assert!(url.starts_with(&format!("{}/authorize?", stage.provider.url())), "{url}");
    let parameters = parameters(&answer);
    assert_eq!(parameters["response_type"], "code");
    assert_eq!(parameters["client_id"], "probity");
    assert_eq!(parameters["redirect_uri"], format!("{}/api/oauth/callback/generic", stage.server.url()));
    assert_eq!(parameters["scope"], "openid email profile groups");
    assert_eq!(parameters["code_challenge_method"], "S256");
}

#[tokio::test]
async fn state_and_challenge_are_fresh() {
    let stage = Stage::new([]).await;
    let (one, other) = (stage.send(oauth_url(None)).await, stage.send(oauth_url(None)).await);
    for name in ["state", "code_challenge"] {
        assert_ne!(parameters(&one)[name], parameters(&other)[name]);
        assert_eq!(parameters(&one)[name].len(), 43);
    }
}

#[tokio::test]
async fn the_browser_gets_what_binds_it_to_the_login_and_cannot_read_it() {
    let stage = Stage::new([]).await;
    let answer = stage.send(oauth_url(None)).await;
    let cookies: Vec<_> = answer.headers("Set-Cookie").collect();
    assert_eq!(cookies.len(), 1);
    assert!(cookies[0].starts_with("tinyauth-csrf-"));
    assert!(cookies[0].ends_with("; HttpOnly; SameSite=Lax; Path=/; Max-Age=600"), "{}", cookies[0]);
    assert!(!cookies[0].contains(&parameters(&answer)["state"]));
}

#[tokio::test]
async fn the_address_to_go_to_is_kept_in_a_cookie() {
    let stage = Stage::new([]).await;
    let answer = stage.send(oauth_url(Some("https://app.test/a?b=c&d=ü"))).await;
    let cookie =
        answer.headers("Set-Cookie").find(|cookie| cookie.starts_with("tinyauth-redirect-")).expect("a cookie");
    assert!(cookie.contains("=https%3A%2F%2Fapp.test%2Fa%3Fb%3Dc%26d%3D%C3%BC; HttpOnly;"), "{cookie}");
    assert!(cookie.ends_with("Max-Age=600"));
}

#[tokio::test]
async fn a_provider_that_is_none_is_not_found() {
    let stage = Stage::new([]).await;
    for provider in ["github", "google", "GENERIC", "nope", "%ff"] {
        let answer = stage.send(Request::new("GET", format!("/api/oauth/url/{provider}"))).await;
        assert_eq!((answer.status, answer.json()), (404, refusal(404, "Not Found")), "{provider}");
    }
}

pub(super) async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
    let url = async || parameters(&stage.send(oauth_url(None)).await);
    Some(match deviation {
        Deviation::UrlWithoutState => !url().await.contains_key("state"),
        Deviation::StateConstant => url().await["state"] == url().await["state"],
        Deviation::UrlWithoutPkce => {
            !url().await.contains_key("code_challenge") && stage.lets_in(oauth_callback::session(stage).await).await
        }
        Deviation::PkcePlain => {
            url().await["code_challenge_method"] == "plain" && stage.lets_in(oauth_callback::session(stage).await).await
        }
        Deviation::PkceConstant => url().await["code_challenge"] == url().await["code_challenge"],
        Deviation::UnknownProviderIsGeneric => {
            stage.send(Request::new("GET", "/api/oauth/url/nope")).await.status == 200
        }
        Deviation::RedirectUriRequired => {
            stage.send(oauth_url(None)).await.status == 400
                && stage.send(oauth_url(Some("https://app.test/"))).await.status == 200
        }
        Deviation::UrlIsAPath => {
            stage.send(oauth_url(None)).await.json()["url"].as_str().is_some_and(|url| url.starts_with('/'))
        }
        Deviation::UrlAsksForAToken => url().await["response_type"] == "token",
        _ => return None,
    })
}
