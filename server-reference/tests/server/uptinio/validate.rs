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

pub(super) async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
    let good = async || stage.by("bob", to(operation::VALIDATE)).await.json();
    let invalid = async || stage.send(bearer(to(operation::VALIDATE), "nonsense")).await;
    let missing = async || stage.send(to(operation::VALIDATE)).await;
    Some(match deviation {
        Deviation::ValidateTellsOfTheFirstUser => good().await["user"]["id"] == 1,
        Deviation::ValidateLosesTheName => {
            let token = stage.token("bob").await;
            let again =
                async || stage.send(bearer(to(operation::VALIDATE), &token)).await.json()["user"]["name"].clone();
            again().await == "bob" && again().await.is_null()
        }
        Deviation::ValidateTellsToken => good().await["user"]["authentication_token"].is_string(),
        Deviation::ValidateInvalidIs403 => invalid().await.status == 403,
        Deviation::ValidateInvalidIsValid => told(&invalid().await) == (200, json!({"valid": true})),
        Deviation::ValidateInvalidInAWord => {
            let body = invalid().await.json();
            body["error"] == "Invalid or expired token" && body.get("errors").is_none()
        }
        Deviation::ValidateInvalidNamesUser => {
            let body = invalid().await.json();
            body["valid"] == false && body["user"]["email"] == "alice@corp.test"
        }
        Deviation::ValidateMissingIs400 => missing().await.status == 400,
        Deviation::ValidateMissingIsValid => missing().await.json()["user"]["id"] == 1,
        Deviation::ValidateMissingWithoutErrors => missing().await.json() == json!({"valid": false}),
        _ => return None,
    })
}
