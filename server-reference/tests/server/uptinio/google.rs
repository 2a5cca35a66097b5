//! POST /api/v1/auth/google

use super::*;
use probity_server::identity::{IdToken, Person};

fn with(token: &str) -> Request {
    sending(operation::SIGN_IN_WITH_GOOGLE, &json!({"id_token": token}))
}

/// A good token of somebody whose address at Google is this.
fn of(stage: &Stage, subject: &str, email: &str) -> IdToken {
    stage.google.id_tokens().of(&Person::new(subject, email, "Grace"), "probity")
}

async fn signs_in(stage: &Stage, token: &IdToken) -> Answer {
    stage.send(with(token.sign().expose_secret())).await
}

fn refused() -> (u16, Value) {
    (401, errors(["Invalid Google ID token"]))
}

#[tokio::test]
async fn who_is_new_is_registered_and_verified() {
    let stage = Stage::new([]).await;
    let answer = signs_in(&stage, &of(&stage, "1", "grace@corp.test")).await;
    let token = token_in(&answer);
    let user = json!({
        "id": 6,
        "email": "grace@corp.test",
        "name": "Grace",
        "email_verified": true,
        "authentication_token": token,
    });
    assert_eq!(told(&answer), (200, json!({"message": "Signed in successfully", "user": user})));
    let project = stage.send(bearer(to(operation::CURRENT_PROJECT_API_TOKEN), &token)).await.json();
    let project = project["api_token"].as_str().expect("a token");
    let monitor = sending(operation::CREATE_NETWORK_MONITOR, &json!({"url": "https://grace.test"}));
    assert_eq!(stage.send(bearer(monitor, project)).await.status, 201);
}

#[tokio::test]
async fn who_comes_again_is_the_same_whatever_the_address() {
    let stage = Stage::new([]).await;
    for email in ["grace@corp.test", "grace@elsewhere.test"] {
        let answer = signs_in(&stage, &of(&stage, "1", email)).await.json();
        assert_eq!((&answer["user"]["id"], &answer["user"]["email"]), (&json!(6), &json!("grace@corp.test")));
    }
}

#[tokio::test]
async fn whose_address_is_known_is_that_user() {
    let stage = Stage::new([]).await;
    let answer = signs_in(&stage, &of(&stage, "1", "Alice@corp.test")).await.json();
    assert_eq!(answer["user"]["id"], 1);
    assert_eq!(stage.send(sign_in("alice")).await.status, 200);
}

/// Somebody else may have registered the address beforehand.
#[tokio::test]
async fn a_password_set_before_the_address_was_verified_counts_no_more() {
    let stage = Stage::new([]).await;
    let before = stage.token("bob").await;
    let answer = signs_in(&stage, &of(&stage, "1", "bob@corp.test")).await.json();
    assert_eq!((&answer["user"]["id"], &answer["user"]["email_verified"]), (&json!(2), &json!(true)));
    assert!(!stage.is_valid(&before).await);
    assert_eq!(stage.send(sign_in("bob")).await.status, 401);
}

#[tokio::test]
async fn a_token_that_is_not_in_order_lets_nobody_in() {
    let stage = Stage::new([]).await;
    let good = || of(&stage, "1", "grace@corp.test");
    let now = || stage.server.clock().now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
    let wrong = [
        good().by_another_key(),
        good().claim("iss", "https://accounts.google.com"),
        good().without("iss"),
        good().claim("aud", "another"),
        good().claim("aud", json!(["another"])),
        good().without("aud"),
        good().claim("exp", now()),
        good().claim("exp", "never"),
        good().without("exp"),
        good().claim("nbf", now() + 1),
        good().without("sub"),
        good().without("email"),
        good().claim("email", "nonsense"),
        good().claim("email_verified", false),
        good().without("email_verified"),
        of(&stage, "2", "carol@corp.test"),
    ];
    for (index, token) in wrong.iter().enumerate() {
        assert_eq!(told(&signs_in(&stage, token).await), refused(), "{index}");
    }
    assert_eq!(signs_in(&stage, &good()).await.status, 200);
}

#[tokio::test]
async fn a_token_that_was_changed_lets_nobody_in() {
    let stage = Stage::new([]).await;
    let token = of(&stage, "1", "grace@corp.test").sign();
    let token = token.expose_secret();
    let parts: Vec<_> = token.split('.').collect();
    let none = "eyJhbGciOiJub25lIiwia2lkIjoidGVzdC1vbmx5In0"; // {"alg":"none","kid":"test-only"}
    let hs256 = "eyJhbGciOiJIUzI1NiIsImtpZCI6InRlc3Qtb25seSJ9"; // {"alg":"HS256","kid":"test-only"}
    let changed = [
        "nonsense".to_owned(),
        "..".to_owned(),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{none}.{}.", parts[1]),
        format!("{hs256}.{}.{}", parts[1], parts[2]),
        format!("{}.{}x.{}", parts[0], parts[1], parts[2]),
        format!("{token}x"),
    ];
    for token in changed {
        assert_eq!(told(&stage.send(with(&token)).await), refused(), "{token}");
    }
}

#[tokio::test]
async fn a_token_counts_until_its_hour_is_over() {
    let stage = Stage::new([]).await;
    let token = of(&stage, "1", "grace@corp.test");
    stage.advance(60 * MINUTE - Duration::from_secs(1));
    assert_eq!(signs_in(&stage, &token).await.status, 200);
    stage.advance(Duration::from_secs(1));
    assert_eq!(told(&signs_in(&stage, &token).await), refused());
}

#[tokio::test]
async fn when_the_key_has_changed_the_new_one_is_asked_for() {
    let stage = Stage::new([]).await;
    let old = of(&stage, "1", "grace@corp.test");
    assert_eq!(signs_in(&stage, &old).await.status, 200);
    stage.google.rotate_key();
    let new = of(&stage, "1", "grace@corp.test");
    assert_eq!(told(&signs_in(&stage, &new).await), refused(), "asked a moment ago");
    stage.advance(Duration::from_secs(10));
    assert_eq!(signs_in(&stage, &new).await.status, 200);
    assert_eq!(told(&signs_in(&stage, &old).await), refused());
}

#[tokio::test]
async fn keys_that_cannot_be_had_are_told_and_known_ones_count_for_an_hour() {
    let Stage { server, google } = Stage::new([]).await;
    let (grace, clock) = (google.id_tokens().clone(), server.clock().clone());
    let token = |key: &str| {
        let token = grace.of(&Person::new("1", "grace@corp.test", "Grace"), "probity");
        with(token.claim("hint", key).sign().expose_secret())
    };
    assert_eq!(token("known").send(server.url()).await.status, 200);
    google.shutdown().await;
    clock.advance(59 * MINUTE);
    assert_eq!(token("still known").send(server.url()).await.status, 200);
    clock.advance(MINUTE);
    for _ in 0..2 {
        let answer = token("forgotten").send(server.url()).await;
        assert_eq!(told(&answer), (503, errors(["Google cannot be asked. Please try again later."])));
    }
}

#[tokio::test]
async fn the_token_has_several_names_and_has_to_be_there() {
    let stage = Stage::new([]).await;
    let token = of(&stage, "1", "grace@corp.test").sign();
    for name in ["id_token", "credential", "token", "google_token"] {
        let request = sending(operation::SIGN_IN_WITH_GOOGLE, &json!({name: token.expose_secret()}));
        assert_eq!(stage.send(bearer(request, "nonsense")).await.status, 200, "{name}");
    }
    for body in ["{}", r#"{"id_token": null}"#, r#"{"id_token": ""}"#, r#"{"id_token": 1}"#] {
        let answer = stage.send(to(operation::SIGN_IN_WITH_GOOGLE).body(body)).await;
        assert_eq!(told(&answer), (400, errors(["Google ID token is required"])), "{body}");
    }
}

#[tokio::test]
async fn where_google_is_not_set_up_no_token_counts() {
    let stage = Stage::new([]).await;
    let server = ReferenceServer::uptinio().start().await.expect("a free port");
    let token = of(&stage, "1", "grace@corp.test").sign();
    assert_eq!(told(&with(token.expose_secret()).send(server.url()).await), refused());
}

pub(super) async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
    let grace = || of(stage, "1", "grace@corp.test");
    let passes = async |token: IdToken| signs_in(stage, &token).await.status == 200;
    let user = async |token: IdToken| signs_in(stage, &token).await.json()["user"].clone();
    Some(match deviation {
        Deviation::GoogleTokenVoid => !stage.is_valid(&token_in(&signs_in(stage, &grace()).await)).await,
        Deviation::GoogleUsersUnverified => user(grace()).await["email_verified"] == false,
        Deviation::GoogleUsersMayNotCreate => {
            let answer = signs_in(stage, &grace()).await;
            let current = bearer(to(operation::CURRENT_PROJECT_API_TOKEN), &token_in(&answer));
            let project = stage.send(current).await.json()["api_token"].as_str().expect("a token").to_owned();
            let create = sending(operation::CREATE_NETWORK_MONITOR, &json!({"url": "https://grace.test"}));
            let created = stage.send(bearer(create, &project)).await.status;
            answer.json()["user"]["email_verified"] == true && created == 403
        }
        Deviation::GoogleNewUserEachTime => user(grace()).await["id"] != user(grace()).await["id"],
        Deviation::GoogleOneUser => user(grace()).await["id"] == user(of(stage, "2", "heidi@corp.test")).await["id"],
        Deviation::GoogleTakesAnything => stage.send(with("nonsense")).await.json()["user"]["id"] == 1,
        Deviation::GoogleSignatureUnchecked => passes(grace().by_another_key()).await,
        Deviation::GoogleUnsigned => {
            let signed = grace().sign();
            let claims = signed.expose_secret().split('.').nth(1).expect("claims").to_owned();
            stage.send(with(&format!("eyJhbGciOiJub25lIn0.{claims}."))).await.status == 200 // {"alg":"none"}
        }
        Deviation::GoogleIssuerUnchecked => passes(grace().claim("iss", "https://elsewhere.test")).await,
        Deviation::GoogleAudienceUnchecked => passes(grace().claim("aud", "another")).await,
        Deviation::GoogleExpiryUnchecked => passes(grace().claim("exp", 0)).await,
        Deviation::GoogleUnverifiedEmailCounts => {
            user(of(stage, "1", "alice@corp.test").claim("email_verified", false)).await["id"] == 1
        }
        _ => return None,
    })
}
