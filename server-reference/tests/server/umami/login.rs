//! POST /api/auth/login

use super::*;
use crate::wire::connect;
use tokio::io::AsyncWriteExt as _;

#[tokio::test]
async fn a_login_is_answered_with_a_token_and_the_user_and_nothing_else() {
    let server = server([]).await;
    let answer = alice().send(server.url()).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("Content-Type"), Some("application/json"));
    assert_eq!(answer.header("Cache-Control"), Some("no-store"));
    let body = answer.json();
    assert_eq!(members(&body), ["token", "user"]);
    assert_eq!(members(&body["user"]), ["id", "username", "createdAt"]);
    assert_eq!(body["user"]["username"], "alice");
    assert_eq!(body["user"]["createdAt"], "2020-04-20 01:00:00");
}

#[tokio::test]
async fn each_login_gets_a_token_of_its_own() {
    let server = server([]).await;
    assert_ne!(token(&server, alice()).await, token(&server, alice()).await);
}

#[tokio::test]
async fn a_wrong_login_is_refused_alike_whatever_was_wrong() {
    let server = server([]).await;
    let wrong = [
        login_as("alice", "wrong"),
        login_as("alice", ""),
        login_as("alice", "bob's secret"),
        login_as("alice", "alice's secret".repeat(6)),
        login_as("nobody", "alice's secret"),
        login_as("", "alice's secret"),
        login_as("ALICE", "alice's secret"),
    ];
    for login in wrong {
        let answer = login.send(server.url()).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.header("WWW-Authenticate"), Some("Bearer"));
        assert_eq!(answer.json(), error("Unauthorized", "incorrect-username-password", 401));
    }
}

#[tokio::test]
async fn all_faults_of_a_login_are_told_at_once() {
    let server = server([]).await;
    let fault = |received: &str| json!({"errors": [format!("Invalid input: expected string, received {received}")]});
    let faulty = [
        (json!({}), json!({"username": fault("undefined"), "password": fault("undefined")})),
        (json!({"username": 1, "password": null}), json!({"username": fault("number"), "password": fault("null")})),
        (json!({"username": {}, "password": [true]}), json!({"username": fault("object"), "password": fault("array")})),
        (json!({"username": "alice", "password": true}), json!({"password": fault("boolean")})),
    ];
    for (login, faults) in faulty {
        let answer = login_with(login.to_string()).send(server.url()).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.json(), bad_request(json!({"errors": [], "properties": faults})));
    }
}

#[tokio::test]
async fn a_body_that_is_no_object_is_refused() {
    let server = server([]).await;
    let nested = "[".repeat(100_000);
    let bodies = [
        ("", "undefined"),
        ("{\"username\":", "undefined"),
        ("username=alice&password=secret", "undefined"),
        (&nested, "undefined"),
        ("[]", "array"),
        ("null", "null"),
        ("\"alice\"", "string"),
        ("1", "number"),
        ("true", "boolean"),
    ];
    for (body, received) in bodies {
        let answer = login_with(body).send(server.url()).await;
        assert_eq!(answer.status, 400, "{body:.20}");
        let fault = format!("Invalid input: expected object, received {received}");
        assert_eq!(answer.json(), bad_request(json!({"errors": [fault]})), "{body:.20}");
    }
}

#[tokio::test]
async fn the_label_of_a_body_and_further_members_do_not_matter() {
    let server = server([]).await;
    for label in ["application/json", "text/plain", "application/x-www-form-urlencoded"] {
        assert_eq!(alice().header("Content-Type", label).send(server.url()).await.status, 200, "{label}");
    }
    let login = json!({"username": "alice", "password": "alice's secret", "remember": true});
    assert_eq!(login_with(login.to_string()).send(server.url()).await.status, 200);
}

#[tokio::test]
async fn another_method_is_answered_405_with_what_is_allowed() {
    let server = server([]).await;
    for method in ["GET", "PUT", "PATCH", "DELETE"] {
        let answer = Request::new(method, operation::LOGIN.path).send(server.url()).await;
        assert_eq!(answer.status, 405, "{method}");
        assert_eq!(answer.header("Allow"), Some("POST"), "{method}");
        assert_eq!(answer.json(), error("Method not allowed", "method-not-allowed", 405));
    }
}

#[tokio::test]
async fn another_path_is_answered_404() {
    let server = server([]).await;
    for path in ["/", "/api/nope", "/api/auth/login/", "/api/auth//login", "/api/auth/LOGIN"] {
        let answer = Request::new("POST", path).send(server.url()).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.json(), error("Not found", "not-found", 404));
    }
}

#[tokio::test]
async fn a_browser_on_any_origin_may_ask() {
    let server = server([]).await;
    let preflight = Request::new("OPTIONS", operation::WEBSITES.path)
        .header("Origin", "https://app.example")
        .header("Access-Control-Request-Method", "GET")
        .header("Access-Control-Request-Headers", "authorization");
    let answer = preflight.send(server.url()).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("Access-Control-Allow-Origin"), Some("*"));
    assert_eq!(answer.header("Access-Control-Allow-Headers"), Some("authorization,content-type,accept,x-umami-cache"));
    let refused = login_as("alice", "wrong").header("Origin", "https://app.example").send(server.url()).await;
    assert_eq!(refused.header("Access-Control-Allow-Origin"), Some("*"));
}

#[tokio::test]
async fn a_login_that_breaks_off_harms_nobody() {
    let server = server([]).await;
    let mut stream = connect(server.url()).await;
    let head = format!("POST {} HTTP/1.1\r\nHost: test\r\nContent-Length: 50\r\n\r\n{{", operation::LOGIN.path);
    stream.write_all(head.as_bytes()).await.expect("the server reads");
    drop(stream);
    assert_eq!(alice().send(server.url()).await.status, 200);
}

fn members(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

fn logged_in(answer: &Answer) -> bool {
    answer.status == 200 && answer.json()["token"].is_string()
}

pub(super) fn deviations() -> Vec<Shown> {
    vec![
        shown(Deviation::CreatedAtIso, alice(), |answer| {
            answer.json()["user"]["createdAt"] == "2020-04-20T01:00:00.000Z"
        }),
        shown(Deviation::LoginLabelledAsText, alice(), |answer| answer.header("Content-Type") == Some("text/plain")),
        shown(Deviation::LoginMayBeCached, alice(), |answer| answer.header("Cache-Control") == Some("no-cache")),
        shown(Deviation::NoChallenge, login_as("alice", "wrong"), |answer| {
            answer.status == 401 && answer.header("WWW-Authenticate").is_none()
        }),
        shown(Deviation::LoginNamesAnotherUser, alice(), |answer| answer.json()["user"]["username"] != "alice"),
        shown(Deviation::AnyPassword, login_as("alice", "wrong"), logged_in),
        shown(Deviation::AnyPassword, login_as("alice", ""), logged_in),
        shown(Deviation::AnyUsername, login_as("nobody", "wrong"), logged_in),
        shown(Deviation::AnyUsername, login_as("", "wrong"), logged_in),
        shown(Deviation::PasswordShortened, login_as("alice", "alice's secrecy"), logged_in),
        shown(Deviation::PasswordInAnyCase, login_as("alice", "ALICE's secret"), logged_in),
        shown(Deviation::PasswordTrimmed, login_as("alice", " alice's secret "), logged_in),
        shown(Deviation::PasswordCutAtNul, login_as("alice", "alice's secret\0!"), logged_in),
        shown(Deviation::UsernameIsPattern, login_as("%", "alice's secret"), logged_in),
        shown(Deviation::UsernameIsSql, login_as("x' OR '1'='1' --", "alice's secret"), logged_in),
        shown(Deviation::LaterLoginsWithoutId, alice(), |answer| answer.json()["user"]["id"].is_null()).times(2),
        shown(Deviation::RefusalHoldsToken, login_as("alice", "wrong"), |answer| {
            answer.status == 401 && answer.json()["token"].is_string()
        }),
        shown(Deviation::UnknownUserTold, login_as("nobody", "wrong"), |answer| {
            answer.status == 404 && answer.json()["error"]["code"] == "unknown-user"
        }),
        shown(Deviation::EmptyPasswordAccepted, login_as("alice", ""), logged_in),
        shown(Deviation::MissingPasswordAccepted, login_as("alice", Value::Null), logged_in),
        shown(Deviation::MissingPasswordAccepted, login_with(r#"{"username":"bob"}"#), |answer| {
            logged_in(answer) && answer.json()["user"]["username"] == "bob"
        }),
        shown(Deviation::MissingUsernameAccepted, login_as(Value::Null, "alice's secret"), logged_in),
        shown(Deviation::MissingUsernameAccepted, login_as("", "alice's secret"), logged_in),
        shown(Deviation::MissingUsernameAccepted, login_with(r#"{"password":"alice's secret"}"#), logged_in),
        shown(Deviation::PasswordOfAnyType, login_as("alice", json!({"$ne": null})), logged_in),
        shown(Deviation::UsernameOfAnyType, login_as(json!({"$ne": null}), "alice's secret"), logged_in),
        shown(Deviation::MalformedBodyCrashes, login_with("[]"), |answer| answer.status == 500),
        shown(Deviation::MalformedBodyCrashes, login_with(""), |answer| answer.status == 500),
        shown(Deviation::LoginByAnyMethod, Request { method: "PUT", ..alice() }, logged_in),
        shown(Deviation::LoginByAnyMethod, Request { method: "PATCH", ..alice() }, logged_in),
        shown(Deviation::LoginByAnyMethod, Request::new("GET", operation::LOGIN.path), |answer| answer.status == 200),
        shown(Deviation::NoAllowHeader, Request::new("GET", operation::LOGIN.path), |answer| {
            answer.status == 405 && answer.header("Allow").is_none()
        }),
        shown(Deviation::NoAllowHeader, Request::new("GET", operation::VERIFY.path), |answer| {
            answer.status == 405 && answer.header("Allow").is_none()
        }),
    ]
}
