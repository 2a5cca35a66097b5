//! What goes over the wire, and that it is what `openapi.yaml` says.

use bytes::Bytes;
use http::HeaderMap;
use insta::assert_snapshot;
use probity::endpoint::Endpoint;
use probity::tinyauth::{
    Access, AuthorizationResponse, Authorize, Credentials, ForwardedRequest, GetApp, GetUser, Healthcheck, Logout,
    OAuthCallback, OAuthUrl, PasswordLogin, PendingCookie, Proxy, SessionCookie, VerifyTotp,
};
use probity::{ConfigurationError, FieldProblem};
use probity_fixtures::tinyauth::{API, operation};
use proptest::prelude::*;

use crate::answer::{oauth_login, pending, session};
use crate::description::is_described;
use crate::wire::wire;

fn request<E: Endpoint>(endpoint: &E, credential: &E::Credential) -> http::Request<Bytes> {
    let base = "https://example.com/tinyauth".parse().expect("a base URL");
    endpoint.request(&base, credential).expect("a request")
}

fn login_request() -> http::Request<Bytes> {
    request(&PasswordLogin::new(&Credentials::new("user", "pass\"word")), &())
}

fn forwarded() -> ForwardedRequest {
    ForwardedRequest::new("https", "app.example.com", "/a?b=c")
}

fn by_basic() -> Access {
    Credentials::new("Aladdin", "open sesame").into()
}

fn asked(request_asked: &ForwardedRequest, access: &Access) -> http::Request<Bytes> {
    request(&Authorize::new(request_asked), access)
}

fn callback_request(set_cookie: &[&str]) -> http::Request<Bytes> {
    request(&OAuthCallback::new(&oauth_login(set_cookie), &AuthorizationResponse::new("a b").state("s=t")), &())
}

#[test]
fn a_healthcheck() {
    assert_snapshot!(wire(&request(&Healthcheck, &())), @r"
    GET https://example.com/tinyauth/api/healthcheck
    accept: application/json
    ");
}

#[test]
fn a_login_with_the_members_of_the_document_and_of_releases() {
    assert_snapshot!(wire(&login_request()), @r#"
    POST https://example.com/tinyauth/api/login
    accept: application/json
    content-type: application/json

    {"email":"user","username":"user","password":"pass\"word"}
    "#);
}

#[test]
fn a_code() {
    assert_snapshot!(wire(&request(&VerifyTotp::new("012345"), &pending("PENDING"))), @r#"
    POST https://example.com/tinyauth/api/totp
    accept: application/json
    content-type: application/json
    cookie: tinyauth-session-f8b72323=PENDING

    {"code":"012345"}
    "#);
}

#[test]
fn a_logout() {
    assert_snapshot!(wire(&request(&Logout, &session("SESSION"))), @r"
    POST https://example.com/tinyauth/api/logout
    accept: application/json
    cookie: tinyauth-session-f8b72323=SESSION
    ");
}

#[test]
fn the_app() {
    assert_snapshot!(wire(&request(&GetApp, &())), @r"
    GET https://example.com/tinyauth/api/app
    accept: application/json
    ");
}

#[test]
fn the_user_of_a_session() {
    assert_snapshot!(wire(&request(&GetUser, &session("SESSION").into())), @r"
    GET https://example.com/tinyauth/api/user
    accept: application/json
    cookie: tinyauth-session-f8b72323=SESSION
    ");
}

#[test]
fn the_user_of_a_name_and_a_password() {
    assert_snapshot!(wire(&request(&GetUser, &by_basic())), @r"
    GET https://example.com/tinyauth/api/user
    accept: application/json
    authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==
    ");
}

#[test]
fn a_request_of_an_api_client() {
    assert_snapshot!(wire(&asked(&forwarded(), &Access::Anonymous)), @r"
    GET https://example.com/tinyauth/api/auth/traefik
    accept: application/json
    x-forwarded-proto: https
    x-forwarded-host: app.example.com
    x-forwarded-uri: /a?b=c
    ");
}

#[test]
fn a_request_of_a_browser_at_nginx() {
    let browser =
        forwarded().accept("text/html,*/*;q=0.8").user_agent("Mozilla/5.0 Gecko/20100101").proxy(Proxy::Nginx);
    assert_snapshot!(wire(&asked(&browser, &session("SESSION").into())), @r"
    GET https://example.com/tinyauth/api/auth/nginx
    accept: text/html,*/*;q=0.8
    x-forwarded-proto: https
    x-forwarded-host: app.example.com
    x-forwarded-uri: /a?b=c
    user-agent: Mozilla/5.0 Gecko/20100101
    cookie: tinyauth-session-f8b72323=SESSION
    ");
}

#[test]
fn a_request_with_what_its_visitor_brought() {
    let headers = [
        ("host", "app.example.com"),
        ("accept", "text/html"),
        ("accept", "*/*"),
        ("user-agent", "Mozilla/5.0"),
        ("cookie", "theme=dark; tinyauth-session-f8b72323=SESSION"),
        ("cookie", "basket=\"a b\""),
        ("authorization", "bAsIc dXNlcjpwYXNzd29yZA=="),
        ("remote-user", "admin"),
    ];
    let headers: HeaderMap = headers
        .into_iter()
        .map(|(name, value)| (http::HeaderName::from_static(name), http::HeaderValue::from_static(value)))
        .collect();
    assert_snapshot!(wire(&asked(&forwarded().visitor(&headers).proxy(Proxy::Caddy), &Access::of(&headers))), @r#"
    GET https://example.com/tinyauth/api/auth/caddy
    accept: text/html
    accept: */*
    x-forwarded-proto: https
    x-forwarded-host: app.example.com
    x-forwarded-uri: /a?b=c
    user-agent: Mozilla/5.0
    authorization: bAsIc dXNlcjpwYXNzd29yZA==
    cookie: theme=dark; tinyauth-session-f8b72323=SESSION; basket="a b"
    "#);
}

#[test]
fn a_request_with_all_that_a_proxy_tells() {
    let told = forwarded().client_address([203, 0, 113, 7].into()).method(http::Method::PUT);
    assert_snapshot!(wire(&asked(&told, &Access::Anonymous)), @r"
    GET https://example.com/tinyauth/api/auth/traefik
    accept: application/json
    x-forwarded-proto: https
    x-forwarded-host: app.example.com
    x-forwarded-uri: /a?b=c
    x-forwarded-method: PUT
    x-forwarded-for: 203.0.113.7
    ");
    let by_ip_6 = asked(&forwarded().client_address("2001:db8::7".parse().expect("an address")), &Access::Anonymous);
    assert_eq!(by_ip_6.headers()["x-forwarded-for"], "2001:db8::7");
}

#[test]
fn a_request_whose_visitor_brought_nothing() {
    let headers = HeaderMap::new();
    let request = asked(&forwarded().visitor(&headers), &Access::of(&headers));
    assert_eq!(wire(&request), wire(&asked(&forwarded(), &Access::Anonymous)));
}

#[test]
fn the_beginning_of_a_login_by_a_provider() {
    let url = OAuthUrl::new("generic").redirect_uri("https://app.example.com/a?b=c&d");
    assert_snapshot!(wire(&request(&url, &())), @r"
    GET https://example.com/tinyauth/api/oauth/url/generic?redirect_uri=https%3A%2F%2Fapp.example.com%2Fa%3Fb%3Dc%26d
    accept: application/json
    ");
}

#[test]
fn the_beginning_of_a_login_that_leads_nowhere() {
    assert_snapshot!(wire(&request(&OAuthUrl::new("git/hub"), &())), @r"
    GET https://example.com/tinyauth/api/oauth/url/git%2Fhub
    accept: application/json
    ");
}

#[test]
fn the_end_of_a_login_by_a_provider() {
    let cookies = [
        "tinyauth-csrf-f8b72323=s%3Dt; Path=/; Max-Age=3600; HttpOnly",
        "tinyauth-redirect-f8b72323=https%3A%2F%2Fapp.example.com; Path=/; Max-Age=3600; HttpOnly",
        "gone=1; Max-Age=0",
    ];
    assert_snapshot!(wire(&callback_request(&cookies)), @r"
    GET https://example.com/tinyauth/api/oauth/callback/generic?code=a+b&state=s%3Dt
    accept: application/json
    cookie: tinyauth-csrf-f8b72323=s%3Dt; tinyauth-redirect-f8b72323=https%3A%2F%2Fapp.example.com
    ");
}

#[test]
fn every_request_is_one_that_the_description_has() {
    let url = OAuthUrl::new("generic").redirect_uri("https://app.example.com");
    let requests = [
        (operation::HEALTHCHECK, Healthcheck::NAME, request(&Healthcheck, &())),
        (operation::AUTH, Authorize::NAME, asked(&forwarded(), &by_basic())),
        (operation::LOGIN, PasswordLogin::NAME, login_request()),
        (operation::TOTP, VerifyTotp::NAME, request(&VerifyTotp::new("123456"), &pending("PENDING"))),
        (operation::LOGOUT, Logout::NAME, request(&Logout, &session("SESSION"))),
        (operation::APP, GetApp::NAME, request(&GetApp, &())),
        (operation::USER, GetUser::NAME, request(&GetUser, &session("SESSION").into())),
        (operation::OAUTH_URL, OAuthUrl::NAME, request(&url, &())),
        // What binds it to the browser is not in the document.
        (operation::OAUTH_CALLBACK, OAuthCallback::NAME, callback_request(&[])),
    ];
    assert_eq!(API.operations.len(), requests.len(), "an operation has no endpoint");
    for (operation, name, request) in requests {
        assert_eq!(operation.id, name);
        let segments = [("{proxy}", "traefik"), ("{provider}", "generic")];
        is_described(&API, operation, &request, "/tinyauth", &segments, &[]);
    }
}

#[test]
fn each_proxy_is_asked_as_under_its_name() {
    for (proxy, name) in [(Proxy::Traefik, "traefik"), (Proxy::Nginx, "nginx"), (Proxy::Caddy, "caddy")] {
        let request = asked(&forwarded().proxy(proxy), &Access::Anonymous);
        assert_eq!(request.uri().path(), format!("/tinyauth/api/auth/{name}"));
        assert_eq!(proxy.to_string(), name);
    }
}

/// What stands against asking so.
fn trouble<E: Endpoint>(endpoint: &E, credential: &E::Credential) -> ConfigurationError {
    let base = "https://example.com".parse().expect("a base URL");
    endpoint.request(&base, credential).expect_err("it cannot be asked")
}

#[test]
fn a_name_with_a_colon_is_never_sent_by_basic() {
    let error = trouble(&GetUser, &Credentials::new("a:b", "password").into());
    assert!(matches!(&error, ConfigurationError::Field(field) if field.problem == FieldProblem::Colon), "{error:?}");
    assert_eq!(error.to_string(), "`username` has a colon, which is taken for its end");
}

#[test]
fn what_rfc_7617_forbids_is_never_sent_by_basic() {
    for (username, password, field) in [
        ("user\n", "password", "username"),
        ("user", "password\n", "password"),
        ("user", "\0", "password"),
        ("\x7f", "", "username"),
    ] {
        let error = trouble(&GetUser, &Credentials::new(username, password).into());
        let ConfigurationError::Field(invalid) = &error else { panic!("{error:?}") };
        assert_eq!((&*invalid.field, &invalid.problem), (field, &FieldProblem::Control));
    }
}

#[test]
fn a_login_without_a_name_a_password_or_a_code_is_never_sent() {
    let login = |username, password| trouble(&PasswordLogin::new(&Credentials::new(username, password)), &());
    assert_eq!(login("", "password").to_string(), "`username` is empty");
    assert_eq!(login("user", "").to_string(), "`password` is empty");
    assert_eq!(trouble(&VerifyTotp::new(""), &pending("PENDING")).to_string(), "`code` is empty");
}

#[test]
fn a_callback_without_a_code_is_never_sent() {
    let (login, answered) = (oauth_login(&[]), AuthorizationResponse::new(""));
    assert_eq!(trouble(&OAuthCallback::new(&login, &answered), &()).to_string(), "`code` is empty");
}

#[test]
fn a_request_that_asks_for_nothing_is_never_forwarded() {
    for (request, text) in [
        (ForwardedRequest::new("", "app.example.com", "/"), "`scheme` is empty"),
        (ForwardedRequest::new("https", "", "/"), "`host` is empty"),
        (ForwardedRequest::new("https", "app.example.com", ""), "`path` is empty"),
    ] {
        assert_eq!(trouble(&Authorize::new(&request), &Access::Anonymous).to_string(), text);
    }
    let split = ForwardedRequest::new("https", "app.example.com", "/\r\nRemote-User: admin");
    let error = trouble(&Authorize::new(&split), &Access::Anonymous);
    assert!(matches!(error, ConfigurationError::Header("path")), "{error:?}");
}

#[test]
fn a_provider_that_leads_elsewhere_is_refused() {
    for provider in ["", ".", "..", "a\n"] {
        assert!(matches!(trouble(&OAuthUrl::new(provider), &()), ConfigurationError::Segment(_)), "{provider:?}");
    }
}

#[test]
fn what_is_no_session_is_none() {
    for text in [
        "",
        "=",
        "tinyauth-session-1",
        "tinyauth-session-1=",
        "=abc",
        "a=b; c=d",
        "a=b\n",
        "a=b ",
        "a= b",
        "a =b",
        "a\r=b",
        "é=b",
    ] {
        let error = SessionCookie::import(text).expect_err(text);
        assert!(matches!(error, ConfigurationError::NotExported("session")), "{text:?}: {error:?}");
        PendingCookie::import(text).expect_err(text);
    }
}

proptest! {
    #[test]
    fn any_credentials_go_through_basic_as_they_are(username in "[^:\\x00-\\x1f\\x7f]{0,12}", password in "[^\\x00-\\x1f\\x7f]{0,12}") {
        use base64::Engine as _;
        let request = request(&GetUser, &Credentials::new(&*username, &*password).into());
        let header = request.headers()["authorization"].to_str().expect("text");
        let pair = base64::prelude::BASE64_STANDARD.decode(header.strip_prefix("Basic ").expect("the scheme"));
        prop_assert_eq!(String::from_utf8(pair.expect("base64")).expect("text"), format!("{username}:{password}"));
        prop_assert!(request.headers()["authorization"].is_sensitive());
    }

    #[test]
    fn any_address_goes_through_as_it_is(address in "https?://[a-z]{1,8}/[ -~]{0,24}") {
        let url = OAuthUrl::new("generic").redirect_uri(&*address);
        let request = request(&url, &());
        let query = request.uri().query().expect("a query");
        let sent: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        prop_assert_eq!(sent, [("redirect_uri".to_owned(), address)]);
    }

    #[test]
    fn any_headers_of_a_visitor_are_forwarded_byte_for_byte(
        lines in prop::collection::vec(
            (prop::sample::select(&["cookie", "authorization", "accept", "user-agent"][..]), prop::collection::vec(any::<u8>(), 0..24)),
            0..8,
        ),
    ) {
        let mut headers = HeaderMap::new();
        for (name, bytes) in lines {
            if let Ok(value) = http::HeaderValue::from_bytes(&bytes) {
                headers.append(name, value);
            }
        }
        let request = asked(&forwarded().visitor(&headers), &Access::of(&headers));
        let lines = |headers: &HeaderMap, name| -> Vec<_> {
            headers.get_all(name).iter().map(|line| line.as_bytes().to_vec()).collect()
        };
        for name in ["authorization", "user-agent"] {
            prop_assert_eq!(lines(request.headers(), name), lines(&headers, name));
        }
        if headers.contains_key("accept") {
            prop_assert_eq!(lines(request.headers(), "accept"), lines(&headers, "accept"));
        }
        let cookies = lines(&headers, "cookie");
        let joined = if cookies.is_empty() { vec![] } else { vec![cookies.join(&b"; "[..])] };
        prop_assert_eq!(lines(request.headers(), "cookie"), joined);
        prop_assert!(["cookie", "authorization"].iter().flat_map(|name| request.headers().get_all(*name)).all(|line| line.is_sensitive()));
    }
}
