//! Decisions on requests, and whose they are.

use http::{HeaderValue, StatusCode};
use probity::ErrorKind;
use probity::endpoint::{Endpoint as _, Target};
use probity::tinyauth::{Authorize, Decision, Error, ForwardedRequest, Identity, Refusal};

use crate::answer::{answer, confirmation};

fn decided(answer: &http::Response<bytes::Bytes>) -> Result<Decision, Error> {
    let request = ForwardedRequest::new("https", "app.example.com", "/");
    Authorize::new(&request).read(answer).map(|ruling| ruling.decision)
}

fn allowed(headers: &[(&str, &str)]) -> Identity {
    match decided(&answer(200, headers, confirmation())).expect("a decision") {
        Decision::Allowed(identity) => identity,
        decision => panic!("{decision:?}"),
    }
}

fn redirected(location: &str) -> Result<Decision, Error> {
    decided(&answer(302, &[("location", location)], ""))
}

#[test]
fn a_request_that_may_pass_is_its_users() {
    let identity = allowed(&[
        ("remote-user", "alice"),
        ("Remote-Name", "Alice A"),
        ("remote-email", "alice@corp.test"),
        ("remote-groups", "staff, admins,,"),
        ("remote-groups", "editors"),
        ("remote-sub", "a1b2"),
        ("authorization", "Basic YnU6YnA="),
    ]);
    assert_eq!(identity.user.as_deref(), Some("alice"));
    assert_eq!(identity.name.as_deref(), Some("Alice A"));
    assert_eq!(identity.email.as_deref(), Some("alice@corp.test"));
    assert_eq!(identity.groups, ["staff", "admins", "editors"]);
    assert_eq!(identity.further.into_iter().collect::<Vec<_>>(), [("remote-sub".to_owned(), "a1b2".to_owned())]);
}

#[test]
fn the_cookies_of_the_answer_come_with_every_decision_and_are_not_shown() {
    let set = [("set-cookie", "tinyauth-session-1=abc; Path=/; Max-Age=86400; HttpOnly"), ("set-cookie", "theme=dark")];
    let to_login = [&set[..], &[("location", "https://auth.example.com/login")]].concat();
    for answer in [answer(200, &set, confirmation()), answer(401, &set, ""), answer(302, &to_login, "")] {
        let request = ForwardedRequest::new("https", "app.example.com", "/");
        let ruling = Authorize::new(&request).read(&answer).expect("a decision");
        assert_eq!(ruling.set_cookie, [set[0].1, set[1].1]);
        assert!(!format!("{ruling:?}").contains("abc"), "{ruling:?}");
    }
}

#[test]
fn a_request_may_pass_and_be_nobodys() {
    assert_eq!(allowed(&[]), Identity::default());
    assert_eq!(allowed(&[("remote-user", ""), ("remote-groups", " ")]), Identity::default());
}

#[test]
fn a_name_is_taken_as_it_is_or_not_at_all() {
    assert_eq!(allowed(&[("remote-name", "Zoë")]).name.as_deref(), Some("Zoë"));
    let mut latin_1 = answer(200, &[], confirmation());
    latin_1.headers_mut().insert("remote-user", HeaderValue::from_bytes(b"zo\xeb").expect("a value"));
    let two = answer(200, &[("remote-user", "alice"), ("remote-user", "bob")], confirmation());
    for unreadable in [latin_1, two] {
        let error = decided(&unreadable).expect_err("no identity");
        let ErrorKind::Undecodable(undecodable) = error.kind() else { panic!("{error:?}") };
        assert_eq!((&*undecodable.path, &*undecodable.problem), ("remote-user", "expected one text"));
    }
    let strange = answer(200, &[("remote-hunter2", "alice"), ("remote-hunter2", "bob")], confirmation());
    let error = decided(&strange).expect_err("no identity");
    assert!(error.to_string().contains("at `remote-…`: expected one text; found several"), "{error}");
}

#[test]
fn a_page_lets_nobody_in() {
    for body in [
        "<html></html>",
        "",
        "{}",
        "[]",
        "null",
        "{\"status\": 200}",
        "{\"status\": 401, \"message\": \"Unauthorized\"}",
    ] {
        let error = decided(&answer(200, &[("remote-user", "admin")], body)).expect_err(body);
        assert!(matches!(error.kind(), ErrorKind::Undecodable(_)), "{body}: {error}");
    }
}

#[test]
fn a_refusal_is_a_decision_whoever_words_it() {
    for (status, body) in [(401, "{\"status\": 401, \"message\": \"Unauthorized\"}"), (403, "<html></html>"), (401, "")]
    {
        let Ok(Decision::Denied { status: told, location: None, .. }) = decided(&answer(status, &[], body)) else {
            panic!("{status} {body}")
        };
        assert_eq!(told.as_u16(), status);
    }
}

#[test]
fn other_answers_are_no_decision() {
    for status in [100, 204, 400, 404, 429, 500, 502] {
        let error = decided(&answer(status, &[], "")).expect_err("no decision");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
    }
    let error = decided(&answer(400, &[], "{\"status\": 400, \"message\": \"Bad request\"}")).expect_err("no decision");
    assert_eq!(error.refusal(), Some(&Refusal::Other("Bad request".into())));
}

#[test]
fn a_browser_is_sent_to_log_in() {
    for login in [
        "https://auth.example.com/login?redirect_uri=https%3A%2F%2Fapp.example.com%2Fa%3Fb%3D%252F",
        "http://localhost:3000/",
        "https://auth.example.com/api/auth/traefik/login",
    ] {
        let Ok(Decision::LoginAt(url)) = redirected(login) else { panic!("{login}") };
        assert_eq!(url.as_str(), login);
    }
}

#[test]
fn a_browser_whose_user_may_not_is_denied_with_the_page_that_tells_why() {
    let page = "https://auth.example.com/unauthorized?groupErr=true&resource=grp&username=alice";
    let Ok(Decision::Denied { status: StatusCode::FORBIDDEN, location: Some(url), .. }) = redirected(page) else {
        panic!("denied")
    };
    assert_eq!(url.as_str(), page);
    assert!(matches!(redirected("/unauthorized"), Ok(Decision::Denied { location: None, .. })));
}

#[test]
fn a_browser_that_is_told_of_a_failure_is_no_decision() {
    let error = redirected("https://auth.example.com/error").expect_err("a failure");
    assert_eq!(error.refusal(), Some(&Refusal::Failed));
    assert_eq!(error.to_string(), "tinyauth.auth: answered 302 Found: Tinyauth failed");
    assert_eq!(redirected("/not-found").expect_err("a failure").refusal(), Some(&Refusal::NotFound));
}

#[test]
fn nobody_logs_in_at_the_api_itself() {
    for here in ["https://auth.example.com/tinyauth/api/auth/traefik", "/api/auth/traefik", "/api/auth/traefik/?a"] {
        let error = redirected(here).expect_err(here);
        assert!(matches!(error.kind(), ErrorKind::Rejected(_)), "{error:?}");
        assert!(error.to_string().contains("does the base URL belong to "), "{error}");
    }
}

#[test]
fn an_address_without_a_host_is_of_the_server_that_was_asked() {
    let sent = |location| {
        let mut answer = answer(302, &[("location", location)], "");
        let target = "https://auth.example.com/prefix/api/auth/traefik".parse().expect("a URL");
        answer.extensions_mut().insert(Target(target));
        decided(&answer)
    };
    for (location, login) in [
        (
            "/login?redirect_uri=https%3A%2F%2Fapp.example.com",
            "https://auth.example.com/login?redirect_uri=https%3A%2F%2Fapp.example.com",
        ),
        ("//sso.example.com/login", "https://sso.example.com/login"),
        ("../../login", "https://auth.example.com/prefix/login"),
    ] {
        let Ok(Decision::LoginAt(url)) = sent(location) else { panic!("{location}") };
        assert_eq!(url.as_str(), login);
    }
    let Ok(Decision::Denied { location: Some(page), .. }) = sent("/unauthorized") else { panic!("denied") };
    assert_eq!(page.as_str(), "https://auth.example.com/unauthorized");
    for no_page in ["", "?a", "traefik", "javascript:alert(1)"] {
        sent(no_page).expect_err(no_page);
    }
}

#[test]
fn a_browser_is_sent_nowhere_else() {
    for location in ["/login", "//auth.example.com/login", "javascript:alert(1)", "data:text/html,login", "", "login"] {
        let error = redirected(location).expect_err(location);
        assert!(matches!(error.kind(), ErrorKind::Undecodable(_)), "{location}: {error}");
    }
    let error = decided(&answer(302, &[], "")).expect_err("nowhere");
    assert!(
        error.to_string().ends_with("at `location`: expected the URL of the page to log in at; found none"),
        "{error}"
    );
}
