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
        sign_in_as("alice@corp.test", PASSWORD.repeat(50)),
        sign_in_as("nobody@corp.test", PASSWORD),
        sign_in_as("", PASSWORD),
        sign_in_as(Value::Null, Value::Null),
        only(json!({})),
        only(json!({"email": "alice@corp.test"})),
        sign_in("carol"),
    ];
    for request in wrong {
        stage.advance(15 * MINUTE);
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
async fn ten_failures_within_a_quarter_of_an_hour_hold_an_address_off() {
    let stage = Stage::new([]).await;
    for _ in 0..10 {
        assert_eq!(stage.send(sign_in_as("alice@corp.test", "wrong")).await.status, 401);
    }
    let answer = stage.send(sign_in_as("ALICE@corp.test", PASSWORD)).await;
    let body = json!({"error": {"code": "rate_limit_exceeded", "message": "Too many requests"}});
    assert_eq!((told(&answer), answer.header("Retry-After")), ((429, body), Some("900")));
    assert_eq!(stage.send(sign_in("bob")).await.status, 200);
    stage.advance(15 * MINUTE);
    assert_eq!(stage.send(sign_in("alice")).await.status, 200);
}

/// Whether so many failures of an address hold it off.
async fn is_held_off(stage: &Stage, failures: usize) -> bool {
    for _ in 0..failures {
        stage.send(sign_in_as("alice@corp.test", "wrong")).await;
    }
    stage.send(sign_in("alice")).await.status == 429
}

pub(super) async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
    let user = async |request| stage.send(request).await.json()["user"].clone();
    let signs_in = async |request| stage.send(request).await.status == 200;
    let only = |user: Value| sending(operation::SIGN_IN, &json!({ "user": user }));
    Some(match deviation {
        Deviation::SignInCallsEverybodyUser => user(sign_in("alice")).await["name"] == "User",
        Deviation::SignInIdCountsUp => user(sign_in("alice")).await["id"] != user(sign_in("alice")).await["id"],
        Deviation::EverybodyCalledVerified => {
            let validated = stage.by("bob", to(operation::VALIDATE)).await.json();
            user(sign_in("bob")).await["email_verified"] == true && validated["user"]["email_verified"] == true
        }
        Deviation::SignInWantsVerifiedAddress => !signs_in(sign_in("bob")).await && signs_in(sign_in("alice")).await,
        Deviation::AnyPassword => signs_in(sign_in_as("alice@corp.test", "wrong")).await,
        Deviation::AnyEmail => user(sign_in_as("nobody@corp.test", "wrong")).await["id"] == 1,
        Deviation::PasswordInAnyCase => signs_in(sign_in_as("alice@corp.test", PASSWORD.to_uppercase())).await,
        Deviation::PasswordTruncated => {
            let mut long = frank();
            for name in ["password", "password_confirmation"] {
                long["user"][name] = format!("{}end", "x".repeat(72)).into();
            }
            stage.send(register(&long)).await;
            signs_in(sign_in_as("frank@corp.test", format!("{}another", "x".repeat(72)))).await
        }
        Deviation::EmptyPasswordAccepted => signs_in(sign_in_as("alice@corp.test", "")).await,
        Deviation::MissingPasswordAccepted => {
            signs_in(only(json!({"email": "alice@corp.test"}))).await
                && signs_in(sign_in_as("alice@corp.test", Value::Null)).await
        }
        Deviation::MissingEmailAccepted => {
            signs_in(only(json!({"password": PASSWORD}))).await && user(sign_in_as("", "wrong")).await["id"] == 1
        }
        Deviation::SignInTypesUnchecked => {
            signs_in(sign_in_as(1, PASSWORD)).await && signs_in(sign_in_as("bob@corp.test", json!([PASSWORD]))).await
        }
        Deviation::RefusedSignInHoldsToken => {
            let refused = stage.send(sign_in_as("alice@corp.test", "wrong")).await;
            let token = refused.json()["authentication_token"].as_str().map(str::to_owned);
            refused.status == 401 && stage.is_valid(&token.unwrap_or_default()).await
        }
        Deviation::UnknownAddressTold => stage.send(sign_in_as("nobody@corp.test", "wrong")).await.status == 404,
        Deviation::SignInNeverThrottled => !is_held_off(stage, 20).await,
        Deviation::ThrottleHoldsEverybody => {
            is_held_off(stage, 11).await && stage.send(sign_in("bob")).await.status == 429
        }
        Deviation::ThrottleNeverEnds => {
            is_held_off(stage, 11).await && {
                stage.advance(DAY);
                !signs_in(sign_in("alice")).await
            }
        }
        _ => return None,
    })
}
