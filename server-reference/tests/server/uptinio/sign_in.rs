//! POST /api/v1/auth/sign_in

use super::*;

#[tokio::test]
async fn who_signs_in_is_given_a_token() {
    let stage = Stage::new([]).await;
    let answer = stage.send(sign_in("alice")).await;
    let token = token_in(&answer);
    let user = json!({
        "id": 1,
        "email": "alice@corp.test",
        "name": "alice",
        "email_verified": true,
        "authentication_token": token,
    });
    assert_eq!(told(&answer), (200, json!({"message": "Signed in successfully", "user": user})));
    assert_eq!(answer.header("Cache-Control"), Some("no-store"));
    assert!(stage.is_valid(&token).await && token.len() == 43);
}

#[tokio::test]
async fn who_has_still_to_be_verified_can_sign_in() {
    let stage = Stage::new([]).await;
    assert_eq!(stage.send(sign_in("bob")).await.json()["user"]["email_verified"], false);
}

#[tokio::test]
async fn each_sign_in_has_a_token_of_its_own_and_all_count() {
    let stage = Stage::new([]).await;
    let (one, other) = (stage.token("alice").await, stage.token("alice").await);
    assert_ne!(one, other);
    assert!(stage.is_valid(&one).await && stage.is_valid(&other).await);
}

#[tokio::test]
async fn the_address_may_be_written_in_another_case() {
    let stage = Stage::new([]).await;
    assert_eq!(stage.send(sign_in_as("Alice@CORP.test", PASSWORD)).await.status, 200);
}

#[tokio::test]
async fn a_wrong_sign_in_is_refused_alike_whatever_was_wrong() {
    let stage = Stage::new([]).await;
    let only = |user: Value| sending(operation::SIGN_IN, &json!({ "user": user }));
    let wrong = [
        sign_in_as("alice@corp.test", "wrong"),
        sign_in_as("alice@corp.test", ""),
        sign_in_as("alice@corp.test", PASSWORD.to_uppercase()),
        sign_in_as("alice@corp.test", PASSWORD.repeat(5)),
        sign_in_as("nobody@corp.test", PASSWORD),
        sign_in_as("", PASSWORD),
        sign_in_as(Value::Null, Value::Null),
        only(json!({})),
        only(json!({"email": "alice@corp.test"})),
        sign_in("carol"),
    ];
    for request in wrong {
        let answer = stage.send(request.clone()).await;
        assert_eq!(told(&answer), (401, errors(["Invalid email or password"])), "{}", request.body);
    }
}

#[tokio::test]
async fn a_malformed_sign_in_is_a_bad_request() {
    let stage = Stage::new([]).await;
    for request in [sign_in_as(1, PASSWORD), sign_in_as("alice@corp.test", json!([PASSWORD]))] {
        assert_eq!(stage.send(request.clone()).await.status, 400, "{}", request.body);
    }
    for body in ["", "nonsense", "{}", r#"{"email": "alice@corp.test", "password": "x"}"#] {
        assert_eq!(stage.send(to(operation::SIGN_IN).body(body)).await.status, 400, "{body}");
    }
}

#[tokio::test]
async fn a_hundred_failures_within_an_hour_hold_an_address_off() {
    let stage = Stage::new([]).await;
    for _ in 0..100 {
        assert_eq!(stage.send(sign_in_as("alice@corp.test", "wrong")).await.status, 401);
    }
    let answer = stage.send(sign_in_as("ALICE@corp.test", PASSWORD)).await;
    let body = json!({"error": {"code": "rate_limit_exceeded", "message": "Too many requests"}});
    assert_eq!((told(&answer), answer.header("Retry-After")), ((429, body), Some("3600")));
    assert_eq!(stage.send(sign_in("bob")).await.status, 200);
    stage.advance(60 * MINUTE);
    assert_eq!(stage.send(sign_in("alice")).await.status, 200);
}
