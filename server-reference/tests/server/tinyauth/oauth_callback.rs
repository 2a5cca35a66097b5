//! GET /api/oauth/callback/{provider}

use super::oauth_url::oauth_url;
use super::*;

/// What a browser holds when the provider has sent it back: the callback's address, and its cookies.
pub(super) struct Returned {
    callback: String,
    cookies: String,
}

impl Returned {
    /// The callback as an API client, or as a browser.
    pub(super) fn request(&self, accept: &str) -> Request {
        Request::new("GET", &self.callback).header("Cookie", &self.cookies).header("Accept", accept)
    }

    /// The same callback with a parameter of another value.
    fn with(&self, name: &str, value: &str) -> Self {
        let (path, query) = self.callback.split_once('?').expect("a query");
        let parameters = query.split('&').map(|parameter| match parameter.split_once('=') {
            Some((named, _)) if named == name => format!("{name}={value}"),
            _ => parameter.to_owned(),
        });
        let query: Vec<_> = parameters.collect();
        Self { callback: format!("{path}?{}", query.join("&")), cookies: self.cookies.clone() }
    }

    fn with_cookies(&self, cookies: &str) -> Self {
        Self { callback: self.callback.clone(), cookies: cookies.to_owned() }
    }
}

/// Lets a browser log in at the provider.
pub(super) async fn returned(stage: &Stage, redirect_uri: Option<&str>) -> Returned {
    returned_as(stage, redirect_uri, "").await
}

/// The same, with something more for the provider.
async fn returned_as(stage: &Stage, redirect_uri: Option<&str>, more: &str) -> Returned {
    let answer = stage.send(oauth_url(redirect_uri)).await;
    let kept = |cookie: &str| cookie.split(';').next().map(str::to_owned);
    let cookies: Vec<_> = answer.headers("Set-Cookie").filter_map(kept).collect();
    let url = answer.json()["url"].as_str().expect("a text").to_owned();
    let authorize = url.strip_prefix(stage.provider.url()).expect("the provider's").to_owned() + more;
    let answer = Request::new("GET", authorize).send(stage.provider.url()).await;
    let location = url::Url::parse(answer.header("Location").expect("a location")).expect("an address");
    let callback = location[url::Position::BeforePath..].to_owned();
    Returned { callback, cookies: cookies.join("; ") }
}

/// The session of a login by the provider.
pub(super) async fn session(stage: &Stage) -> String {
    stage.session(returned(stage, None).await.request("application/json")).await
}

/// Where a browser is sent after it.
async fn destination(stage: &Stage, redirect_uri: Option<&str>) -> String {
    let answer = stage.send(returned(stage, redirect_uri).await.request(BROWSER)).await;
    answer.header("Location").expect("a location").to_owned()
}

#[tokio::test]
async fn in_api_mode_a_login_is_json_and_a_session() {
    let stage = Stage::new([]).await;
    let answer = stage.send(returned(&stage, None).await.request("application/json")).await;
    assert_eq!((answer.status, answer.json()), (200, refusal(200, "Logged in")));
    let user = stage.send(user().header("Cookie", session_of(&answer).expect("a session"))).await.json();
    assert_eq!((&user["username"], &user["email"]), (&json!("alice"), &json!("alice@corp.test")));
    assert_eq!((&user["provider"], &user["oauth"]), (&json!("generic"), &json!(true)));
}

#[tokio::test]
async fn a_proxy_is_told_what_the_provider_says() {
    let stage = Stage::new([]).await;
    let answer = stage.send(auth("traefik").header("Cookie", session(&stage).await)).await;
    assert_eq!(answer.header("Remote-User"), Some("alice"));
    assert_eq!(answer.header("Remote-Email"), Some("alice@corp.test"));
    assert_eq!(answer.header("Remote-Groups"), Some("users,admins"));
    let bob = returned_as(&stage, None, "&login_hint=bob@corp.test").await;
    let bobs = stage.session(bob.request("application/json")).await;
    let answer = stage.send(auth("traefik").header("Cookie", bobs)).await;
    assert_eq!((answer.header("Remote-User"), answer.header("Remote-Groups")), (Some("bob_corp.test"), None));
}

#[tokio::test]
async fn a_browser_goes_to_the_address_that_it_wanted_or_to_log_in() {
    let stage = Stage::new([]).await;
    let login = format!("{}/login", stage.server.url());
    assert_eq!(destination(&stage, None).await, login);
    let wanted = "http://127.0.0.1:8080/a/b?c=d&e=%20f";
    assert_eq!(destination(&stage, Some(wanted)).await, wanted);
    for foreign in [
        "https://evil.test/",
        "//evil.test",
        "javascript:alert(1)",
        "http://127.0.0.1@evil.test/",
        "http://127.0.0.1.evil.test/",
        "http:\\\\127.0.0.1/",
        "/login",
        "nonsense",
    ] {
        assert_eq!(destination(&stage, Some(foreign)).await, login, "{foreign}");
    }
}

#[tokio::test]
async fn a_login_deletes_what_led_to_it() {
    let stage = Stage::new([]).await;
    let answer = stage.send(returned(&stage, Some("http://127.0.0.1/")).await.request(BROWSER)).await;
    assert_eq!(answer.status, 302);
    for name in ["tinyauth-csrf-", "tinyauth-redirect-"] {
        let cookie = answer.headers("Set-Cookie").find(|cookie| cookie.starts_with(name)).expect(name);
        assert!(cookie.contains("Max-Age=0"), "{cookie}");
    }
    assert!(stage.lets_in(session_of(&answer).expect("a session")).await);
}

#[tokio::test]
async fn what_is_wrong_logs_nobody_in() {
    let stage = Stage::new([]).await;
    let good = returned(&stage, None).await;
    let another = returned(&stage, None).await;
    let wrong = [
        (good.with("code", ""), 400),
        (good.with("state", ""), 401),
        (good.with("state", "nonsense"), 401),
        (another.with_cookies(&good.cookies), 401),
        (good.with_cookies(""), 401),
        (good.with_cookies(&good.cookies.replace("csrf", "session")), 401),
        (good.with_cookies(&good.cookies[..good.cookies.len() - 3]), 401),
        (good.with("code", "nonsense"), 401),
        (good, 401), // whose state was spent by the one before
    ];
    for (returned, status) in wrong {
        let answer = stage.send(returned.request("application/json")).await;
        assert_eq!((answer.status, &answer.json()["status"]), (status, &json!(status)), "{}", returned.callback);
        assert_eq!(answer.header("Set-Cookie"), None);
        let answer = stage.send(returned.request(BROWSER)).await;
        let error = format!("{}/error", stage.server.url());
        assert_eq!((answer.status, answer.header("Location")), (302, Some(&*error)));
        assert_eq!(answer.header("Set-Cookie"), None);
    }
}

#[tokio::test]
async fn a_provider_that_is_none_logs_nobody_in() {
    let stage = Stage::new([]).await;
    let mut returned = returned(&stage, None).await;
    returned.callback = returned.callback.replace("generic", "github");
    assert_eq!(stage.send(returned.request("*/*")).await.status, 404);
    assert_eq!(stage.send(returned.request(BROWSER)).await.status, 302);
}

#[tokio::test]
async fn a_callback_counts_once() {
    let stage = Stage::new([]).await;
    let returned = returned(&stage, None).await;
    assert_eq!(stage.send(returned.request("*/*")).await.status, 200);
    assert_eq!(stage.send(returned.request("*/*")).await.status, 401);
}

#[tokio::test]
async fn who_takes_longer_than_ten_minutes_begins_again() {
    let stage = Stage::new([]).await;
    let answer = stage.send(oauth_url(None)).await;
    stage.advance(Duration::from_secs(600));
    let fresh = returned(&stage, None).await;
    let state = url::Url::parse(answer.json()["url"].as_str().expect("a text")).expect("an address");
    let (_, state) = state.query_pairs().find(|(name, _)| name == "state").expect("a state");
    let late = fresh.with("state", &state).with_cookies(&kept(&answer, "tinyauth-csrf-").expect("a cookie"));
    assert_eq!(stage.send(late.request("*/*")).await.status, 401);
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_told() {
    let stage = Stage::new([]).await;
    let returned = returned(&stage, None).await;
    let Stage { server, provider, .. } = stage;
    provider.shutdown().await;
    let answer = returned.request("*/*").send(server.url()).await;
    assert_eq!((answer.status, answer.json()), (502, refusal(502, "Bad Gateway")));
}

pub(super) async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
    let status = async |returned: Returned| stage.send(returned.request("application/json")).await.status;
    let home = stage.server.url();
    Some(match deviation {
        Deviation::CallbackAlwaysRedirects => {
            let good = returned(stage, None).await;
            status(good.with("state", "x")).await == 302 && status(good).await == 302
        }
        Deviation::CallbackAnswersBrowsersInJson => {
            stage.send(returned(stage, None).await.request(BROWSER)).await.status == 200
        }
        Deviation::CallbackSetsNoSession => {
            let answer = stage.send(returned(stage, None).await.request("*/*")).await;
            answer.status == 200 && session_of(&answer).is_none()
        }
        Deviation::CallbackGoesHome => destination(stage, None).await == home,
        Deviation::CallbackForgetsTheAddress => destination(stage, Some(home)).await == format!("{home}/login"),
        Deviation::RedirectCookieRenamed => {
            let wanted = format!("{home}/wanted");
            kept(&stage.send(oauth_url(Some(&wanted))).await, "goto=").is_some()
                && destination(stage, Some(&wanted)).await == wanted
        }
        Deviation::OpenRedirect => destination(stage, Some("https://evil.test/")).await == "https://evil.test/",
        Deviation::OpenRedirectBySuffix => {
            let stage = Stage::at(Some("https://auth.example.com"), stage.deviations.clone()).await;
            destination(&stage, Some("https://evilexample.com/")).await == "https://evilexample.com/"
        }
        Deviation::OpenRedirectByPrefix => {
            let foreign = format!("{home}@evil.test/");
            destination(stage, Some(&foreign)).await == foreign
        }
        Deviation::StateUnchecked => {
            let returned = returned(stage, None).await;
            status(returned.with("state", "x").with_cookies("")).await == 200
        }
        Deviation::StateOfAnyBrowser => {
            let returned = returned(stage, None).await;
            status(returned.with("state", "x")).await == 401 && status(returned.with_cookies("")).await == 200
        }
        Deviation::CallbackCodeUnchecked => {
            let returned = returned(stage, None).await;
            status(returned.with("code", "nonsense")).await == 200
        }
        Deviation::CallbackCodeOptional => status(returned(stage, None).await.with("code", "")).await == 200,
        Deviation::CallbackCountsTwice => {
            let returned = returned(stage, None).await;
            let first = stage.send(returned.request("*/*")).await.status;
            first == 200 && status(returned).await == 200
        }
        Deviation::CallbackFailureIs200 => {
            let answer = stage.send(returned(stage, None).await.with("code", "").request("*/*")).await;
            answer.status == 200 && answer.json()["status"] == 401
        }
        _ => return None,
    })
}
