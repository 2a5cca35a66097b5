//! GET /api/v1/auth/validate

use super::*;

#[tokio::test]
async fn a_token_that_counts_is_valid_and_says_whose_it_is() {
    let stage = Stage::new([]).await;
    let user = json!({"id": 2, "email": "bob@corp.test", "name": "bob", "email_verified": false});
    assert_eq!(told(&stage.by("bob", to(operation::VALIDATE)).await), (200, json!({"valid": true, "user": user})));
}

#[tokio::test]
async fn any_other_is_not_and_the_status_says_so_too() {
    let stage = Stage::new([]).await;
    let invalid = json!({"valid": false, "errors": ["Invalid or expired token"]});
    for token in ["nonsense", "carols-token", "shops-token"] {
        let answer = stage.send(bearer(to(operation::VALIDATE), token)).await;
        assert_eq!(
            (told(&answer), answer.header("WWW-Authenticate")),
            ((401, invalid.clone()), Some("Bearer")),
            "{token}"
        );
    }
    let missing = json!({"valid": false, "errors": ["Missing authentication token"]});
    assert_eq!(told(&stage.send(to(operation::VALIDATE)).await), (401, missing));
}

#[tokio::test]
async fn a_token_counts_for_a_day() {
    let stage = Stage::new([]).await;
    let token = stage.token("alice").await;
    stage.advance(DAY - Duration::from_secs(1));
    assert!(stage.is_valid(&token).await);
    stage.advance(Duration::from_secs(1));
    assert!(!stage.is_valid(&token).await);
}
