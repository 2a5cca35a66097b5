//! The Authorization header

use super::*;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn status(server: &RunningServer, authorization: impl Into<String>) -> u16 {
    verify().header("Authorization", authorization).send(server.url()).await.status
}

#[tokio::test]
async fn a_token_authenticates_again_and_again() {
    let server = server([]).await;
    let token = token(&server, alice()).await;
    for _ in 0..3 {
        assert_eq!(status(&server, format!("Bearer {token}")).await, 200);
    }
}

#[tokio::test]
async fn the_scheme_counts_in_any_case_and_before_any_number_of_spaces() {
    let server = server([]).await;
    let token = token(&server, alice()).await;
    for scheme in ["Bearer ", "bearer ", "BEARER ", "Bearer  ", "Bearer     "] {
        assert_eq!(status(&server, format!("{scheme}{token}")).await, 200, "{scheme:?}");
    }
}

#[tokio::test]
async fn what_is_no_token_of_this_server_is_refused() {
    let (server, other) = (server([]).await, server([]).await);
    let token = token(&server, alice()).await;
    let of_another_server = super::token(&other, alice()).await;
    let without_signature = token.rsplit_once('.').expect("a JWT").0;
    let refused = [
        String::new(),
        token.clone(),
        "Bearer".to_owned(),
        "Bearer garbage".to_owned(),
        "Bearer a.b.c".to_owned(),
        format!("Basic {token}"),
        format!("Token {token}"),
        format!("Bearer {token} more"),
        format!("Bearer\t{token}"),
        format!("Bearer {token}ä"),
        format!("Bearer {}", &token[..token.len() - 1]),
        format!("Bearer {without_signature}."),
        format!("Bearer {without_signature}"),
        format!("Bearer {}", unsigned(&token)),
        format!("Bearer {}", claiming_more_time(&token)),
        format!("Bearer {of_another_server}"),
    ];
    for authorization in refused {
        let answer = verify().header("Authorization", &authorization).send(server.url()).await;
        assert_eq!(answer.status, 401, "{authorization:?}");
        assert_eq!(answer.header("WWW-Authenticate"), Some("Bearer"));
        assert_eq!(answer.json(), error("Unauthorized", "unauthorized", 401));
    }
}

#[tokio::test]
async fn two_headers_are_refused_even_if_each_would_do() {
    let server = server([]).await;
    let token = token(&server, alice()).await;
    let authorization = format!("Bearer {token}");
    let twice = verify().header("Authorization", &authorization).header("Authorization", &authorization);
    assert_eq!(twice.send(server.url()).await.status, 401);
}

#[tokio::test]
async fn a_token_counts_for_a_day_by_the_servers_clock() {
    let server = server([]).await;
    let token = token(&server, alice()).await;
    server.clock().advance(DAY - Duration::from_secs(1));
    assert_eq!(status(&server, format!("Bearer {token}")).await, 200);
    server.clock().advance(Duration::from_secs(1));
    assert_eq!(status(&server, format!("Bearer {token}")).await, 401);
}

#[tokio::test]
async fn the_token_is_looked_at_before_the_query() {
    let server = server([]).await;
    assert_eq!(websites("?page=0").send(server.url()).await.status, 401);
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// The token with the header of an unsecured JWT (RFC 7519, section 6) and no signature.
fn unsigned(token: &str) -> String {
    let claims = token.split('.').nth(1).expect("a JWT");
    format!("{}.{claims}.", BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#))
}

/// The token with a later end, under the signature of what it was.
fn claiming_more_time(token: &str) -> String {
    let parts: Vec<_> = token.split('.').collect();
    let claims = BASE64_URL_SAFE_NO_PAD.decode(parts[1]).expect("base64url");
    let mut claims: Value = serde_json::from_slice(&claims).expect("JSON");
    claims["exp"] = json!(claims["exp"].as_u64().expect("seconds") + 1);
    [parts[0], &BASE64_URL_SAFE_NO_PAD.encode(claims.to_string()), parts[2]].join(".")
}

fn confirmed(answer: &Answer) -> bool {
    answer.status == 200 && answer.json()["username"] == "alice"
}

fn refused(answer: &Answer) -> bool {
    answer.status == 401
}

pub(super) fn deviations() -> Vec<Shown> {
    vec![
        shown(Deviation::TokenInAnotherHeader, verify(), refused).authorized(bearer),
        shown(Deviation::AnyToken, verify(), confirmed).authorized(|_| "Bearer garbage".to_owned()),
        shown(Deviation::TokenOfAnotherUser, verify(), |answer| answer.json()["username"] == "bob").authorized(bearer),
        shown(Deviation::TokenNotRequiredElsewhere, events_of(SHOP), |answer| answer.status == 200),
        shown(Deviation::SignatureUnchecked, verify(), confirmed)
            .authorized(|token| bearer(&claiming_more_time(token))),
        shown(Deviation::UnsignedToken, verify(), confirmed).authorized(|token| bearer(&unsigned(token))),
        shown(Deviation::TokenNeverExpires, verify(), confirmed).authorized(bearer).after(400 * DAY),
        shown(Deviation::TokenNotRequired, websites(""), |answer| answer.status == 200 && answer.json()["count"] == 2),
        shown(Deviation::SingleUseToken, verify(), refused).authorized(bearer).times(2),
        shown(Deviation::AnyScheme, verify(), confirmed).authorized(|token| format!("Basic {token}")),
        shown(Deviation::BareToken, verify(), confirmed).authorized(str::to_owned),
        shown(Deviation::SchemeInOneCase, verify(), refused).authorized(|token| format!("bearer {token}")),
        shown(Deviation::OneSpaceAfterScheme, verify(), refused).authorized(|token| format!("Bearer  {token}")),
    ]
}
