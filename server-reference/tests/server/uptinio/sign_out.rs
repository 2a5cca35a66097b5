//! DELETE /api/v1/auth/sign_out

use super::*;

#[tokio::test]
async fn who_signs_out_ends_this_token_and_no_other() {
    let stage = Stage::new([]).await;
    let (one, other) = (stage.token("alice").await, stage.token("alice").await);
    let answer = stage.send(bearer(to(operation::SIGN_OUT), &one)).await;
    assert_eq!(told(&answer), (200, json!({"message": "Signed out successfully"})));
    assert!(!stage.is_valid(&one).await && stage.is_valid(&other).await);
    let again = stage.send(bearer(to(operation::SIGN_OUT), &one)).await;
    assert_eq!(told(&again), (401, errors(["Invalid or expired token"])));
}
