//! Rate limits, by plan and token.

use super::*;

fn counted(answer: &Answer) -> [Option<u64>; 3] {
    ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"]
        .map(|name| answer.header(name).map(|value| value.parse().expect("a number")))
}

#[tokio::test]
async fn a_token_has_a_hundred_requests_a_minute() {
    let stage = Stage::new([]).await;
    let request = || stage.shop(to(operation::GENERAL_STATUS));
    // The minute begins with the second of the first request.
    let since = || stage.server.clock().now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    stage.advance(Duration::from_nanos((1_250_000_000 - since().subsec_nanos()).into()));
    let reset = since().as_secs() + 60;
    for remaining in (0..100).rev() {
        let answer = request().await;
        assert_eq!((answer.status, counted(&answer)), (200, [Some(100), Some(remaining), Some(reset)]));
    }
    stage.advance(Duration::from_millis(30_500));
    let refused = request().await;
    assert_eq!(
        told(&refused),
        (429, json!({"error": {"code": "rate_limit_exceeded", "message": "Too many requests"}}))
    );
    assert_eq!(counted(&refused), [Some(100), Some(0), Some(reset)]);
    assert_eq!(refused.header("Retry-After"), Some("30"));
    stage.advance(Duration::from_millis(29_249));
    assert_eq!(request().await.status, 429);
    stage.advance(Duration::from_millis(1));
    assert_eq!(counted(&request().await)[1], Some(99));
}

#[tokio::test]
async fn an_enterprise_has_a_thousand() {
    let stage = Stage::new([]).await;
    let token = stage.token("dave").await;
    for token in ["daves-projects-token", &token] {
        let operation = if token == "daves-projects-token" { operation::USAGE } else { operation::VALIDATE };
        let answer = stage.send(bearer(to(operation), token)).await;
        assert_eq!(counted(&answer)[..2], [Some(1000), Some(999)]);
    }
}

#[tokio::test]
async fn each_token_is_counted_by_itself() {
    let stage = Stage::new([]).await;
    let (one, other) = (stage.token("alice").await, stage.token("alice").await);
    for (token, remaining) in [(&one, 99), (&one, 98), (&other, 99)] {
        let answer = stage.send(bearer(to(operation::VALIDATE), token)).await;
        assert_eq!(counted(&answer)[1], Some(remaining));
    }
}

#[tokio::test]
async fn a_refusal_to_a_token_that_counts_is_counted_and_tells_the_limits() {
    let stage = Stage::new([]).await;
    let answer = stage.by("bob", verify("000000")).await;
    assert_eq!((answer.status, counted(&answer)[1]), (422, Some(99)));
}

#[tokio::test]
async fn what_has_no_token_that_counts_is_not_counted() {
    let stage = Stage::new([]).await;
    for request in [sign_in("alice"), register(&frank()), bearer(to(operation::VALIDATE), "nonsense")] {
        assert_eq!(counted(&stage.send(request).await), [None; 3]);
    }
}

/// The answer to the last of so many requests with the shop's token.
async fn last_of(stage: &Stage, requests: usize) -> Answer {
    for _ in 1..requests {
        stage.shop(to(operation::GENERAL_STATUS)).await;
    }
    stage.shop(to(operation::GENERAL_STATUS)).await
}

pub(super) async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
    let first = async || counted(&stage.shop(to(operation::GENERAL_STATUS)).await).map(Option::unwrap_or_default);
    let now = || stage.server.clock().now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
    let error = async || last_of(stage, 101).await.json()["error"].clone();
    Some(match deviation {
        Deviation::Limit60 => first().await[0] == 60 && last_of(stage, 60).await.status == 429,
        Deviation::StandardAsEnterprise => first().await[0] == 1000 && last_of(stage, 100).await.status == 200,
        Deviation::EnterpriseAsStandard => {
            let answer = stage.send(bearer(to(operation::USAGE), "daves-projects-token")).await;
            counted(&answer)[0] == Some(100)
        }
        Deviation::RemainingTooHigh => first().await[1] == 101 && first().await[1] == 101,
        Deviation::RemainingCountsUp => [first().await[1], first().await[1]] == [1, 2],
        Deviation::ResetPassed => first().await[2] <= now(),
        Deviation::ResetInMilliseconds => first().await[2] > 1000 * now(),
        Deviation::UsersUnlimited => {
            let token = stage.token("alice").await;
            for _ in 0..101 {
                stage.send(bearer(to(operation::VALIDATE), &token)).await;
            }
            stage.is_valid(&token).await
        }
        Deviation::ProjectsUnlimited => last_of(stage, 101).await.status == 200,
        Deviation::LimitOneEarly => last_of(stage, 100).await.status == 429,
        Deviation::LimitOneLate => last_of(stage, 101).await.status == 200,
        Deviation::LimitNeverResets => {
            last_of(stage, 101).await;
            stage.advance(60 * MINUTE);
            last_of(stage, 1).await.status == 429
        }
        Deviation::LimitShared => {
            last_of(stage, 5).await;
            counted(&stage.by("alice", to(operation::VALIDATE)).await)[1] == Some(94)
        }
        Deviation::LimitPerKind => {
            last_of(stage, 5).await;
            let project = stage.send(bearer(to(operation::USAGE), "blogs-token")).await;
            let user = stage.by("alice", to(operation::VALIDATE)).await;
            (counted(&project)[1], counted(&user)[1]) == (Some(94), Some(99))
        }
        Deviation::LimitedIs503 => last_of(stage, 101).await.status == 503,
        Deviation::LimitedInAWord => error().await == "rate_limit_exceeded",
        Deviation::LimitedByAnotherCode => error().await["code"] == "too_many_requests",
        Deviation::LimitedWithoutMessage => error().await == json!({"code": "rate_limit_exceeded"}),
        Deviation::LimitedLabelledAsText => {
            last_of(stage, 101).await.header("Content-Type") == Some("text/plain; charset=utf-8")
        }
        Deviation::LimitedRequestActs => {
            last_of(stage, 100).await;
            let create = sending(operation::CREATE_NETWORK_MONITOR, &json!({"url": "https://new.test"}));
            let status = stage.shop(create).await.status;
            stage.advance(MINUTE);
            status == 429 && stage.shop(to(operation::NETWORK_MONITORS)).await.json()["meta"]["total_count"] == 4
        }
        _ => return None,
    })
}
