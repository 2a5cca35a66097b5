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

pub(super) async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
    let (token, bobs) = (stage.token("alice").await, stage.token("bob").await);
    let sign_out = async || stage.send(bearer(to(operation::SIGN_OUT), &token)).await.status == 200;
    Some(match deviation {
        Deviation::SignOutKeepsToken => sign_out().await && stage.is_valid(&token).await,
        Deviation::SignOutLocksUser => sign_out().await && stage.send(sign_in("alice")).await.status == 401,
        Deviation::SignOutEndsEverybody => sign_out().await && !stage.is_valid(&bobs).await,
        Deviation::SignOutEndsProjectToken => {
            sign_out().await && stage.shop(to(operation::NETWORK_MONITORS)).await.status == 401
        }
        _ => return None,
    })
}
