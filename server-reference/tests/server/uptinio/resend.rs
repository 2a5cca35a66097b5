//! POST /api/v1/email_verifications/resend

use super::*;

fn too_soon(seconds: u64) -> (u16, Value) {
    let mut body =
        unsuccessful("resend_too_soon", &format!("Please wait {seconds} seconds before requesting a new code"));
    body["seconds_until_can_resend"] = seconds.into();
    (429, body)
}

#[tokio::test]
async fn a_code_is_sent() {
    let stage = Stage::new([]).await;
    let user = json!({"email": "bob@corp.test", "email_verified": false});
    let sent = json!({"success": true, "message": "Verification code sent successfully", "user": user});
    assert_eq!(told(&stage.by("bob", resend()).await), (200, sent));
    let mails = stage.server.outbox().all();
    let code = stage.code("bob@corp.test");
    assert_eq!((mails.len(), mails[0].to(), mails[0].subject()), (1, "bob@corp.test", "Your verification code"));
    assert!(mails[0].text().expose_secret().contains(&code));
}

#[tokio::test]
async fn the_next_one_is_sent_a_minute_later() {
    let stage = Stage::new([]).await;
    let token = stage.token("bob").await;
    let again = async || stage.send(bearer(resend(), &token)).await;
    assert_eq!(again().await.status, 200);
    let refused = again().await;
    assert_eq!((told(&refused), refused.header("Retry-After")), (too_soon(60), Some("60")));
    stage.advance(Duration::from_millis(14_500));
    assert_eq!(told(&again().await), too_soon(46));
    stage.advance(Duration::from_millis(45_499));
    assert_eq!(told(&again().await), too_soon(1));
    assert_eq!(stage.server.outbox().all().len(), 1);
    stage.advance(Duration::from_millis(1));
    assert_eq!(again().await.status, 200);
    assert_eq!(told(&again().await), too_soon(60));
}

#[tokio::test]
async fn the_code_of_a_registration_counts_as_sent() {
    let stage = Stage::new([]).await;
    stage.send(register(&frank())).await;
    let token = token_in(&stage.send(sign_in_as("frank@corp.test", "frank's secret")).await);
    assert_eq!(told(&stage.send(bearer(resend(), &token)).await), too_soon(60));
}

#[tokio::test]
async fn who_is_verified_is_told_so_however_often() {
    let stage = Stage::new([]).await;
    let user = json!({"email": "alice@corp.test", "email_verified": true});
    let verified = json!({"success": true, "message": "Email is already verified", "user": user});
    for _ in 0..2 {
        assert_eq!(told(&stage.by("alice", resend()).await), (200, verified.clone()));
    }
    assert!(stage.server.outbox().all().is_empty());
}

#[tokio::test]
async fn a_code_that_cannot_be_sent_is_told_and_may_be_asked_for_at_once() {
    let stage = Stage::new([]).await;
    let message = "Failed to send verification code. Please try again later.";
    for _ in 0..2 {
        assert_eq!(told(&stage.by("eve", resend()).await), (500, unsuccessful("send_failed", message)));
    }
}

#[tokio::test]
async fn of_two_at_once_one_is_too_soon() {
    let stage = Stage::new([]).await;
    let token = stage.token("bob").await;
    let request = || stage.send(bearer(resend(), &token));
    let (one, other) = tokio::join!(request(), request());
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!((statuses, stage.server.outbox().all().len()), ([200, 429], 1));
}

pub(super) async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
    let token = stage.token("bob").await;
    let again = async || stage.send(bearer(resend(), &token)).await;
    let after = async |seconds| {
        again().await;
        stage.advance(Duration::from_secs(seconds));
        again().await
    };
    let mails = || stage.server.outbox().all().len();
    let failed = async || stage.by("eve", resend()).await;
    Some(match deviation {
        Deviation::ResendWantsBody => {
            again().await.status == 400 && stage.send(bearer(resend().body("{}"), &token)).await.status == 200
        }
        Deviation::ResendSendsNothing => again().await.status == 200 && mails() == 0,
        Deviation::ResendTellsCode => {
            let told = again().await.json()["code"].clone();
            told == stage.code("bob@corp.test")
        }
        Deviation::ResendRefusesVerified => stage.by("alice", resend()).await.status == 422,
        Deviation::ResendAtOnce => after(0).await.status == 200,
        Deviation::ResendAfter30Seconds => after(30).await.status == 200,
        Deviation::ResendAfter5Minutes => after(299).await.status == 429,
        Deviation::TooSoonIs400 => after(1).await.status == 400,
        Deviation::TooSoonAsRateLimit => after(1).await.json()["error"]["code"] == "rate_limit_exceeded",
        Deviation::TooSoonWithoutSeconds => {
            let body = after(1).await.json();
            body["error"] == "resend_too_soon" && body.get("seconds_until_can_resend").is_none()
        }
        Deviation::TooSoonMessageSays45 => {
            let body = after(1).await.json();
            let text = body["message"].as_str().is_some_and(|text| text.contains("45 seconds"));
            text && body["seconds_until_can_resend"] == 59
        }
        Deviation::TooSoonSays45 => after(1).await.json()["seconds_until_can_resend"] == 45,
        Deviation::TooSoonSends => after(1).await.status == 429 && mails() == 2,
        Deviation::MinuteShared => {
            stage.send(register(&super::frank())).await;
            again().await.status == 429
        }
        Deviation::FailedIs200 => failed().await.status == 200,
        Deviation::FailedInAList => {
            let answer = failed().await;
            answer.status == 500 && answer.json()["errors"].is_array()
        }
        Deviation::CodeToAnotherAddress => {
            again().await;
            stage.server.outbox().code_for("alice@corp.test").is_some()
        }
        _ => return None,
    })
}
