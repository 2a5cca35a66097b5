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
    let begun = stage.server.clock().now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    let reset = begun.as_secs() + 60 + u64::from(begun.subsec_nanos() > 0);
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
    stage.advance(Duration::from_millis(29_500));
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
