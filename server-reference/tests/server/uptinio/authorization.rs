//! Who may use which endpoint.

use super::*;

const OF_USERS: [&Operation; 6] = [
    operation::SIGN_OUT,
    operation::USER,
    operation::PROJECT_API_TOKENS,
    operation::CURRENT_PROJECT_API_TOKEN,
    operation::VERIFY_EMAIL,
    operation::RESEND_CODE,
];

const OF_PROJECTS: [&Operation; 10] = [
    operation::NETWORK_MONITORS,
    operation::CREATE_NETWORK_MONITOR,
    operation::INCIDENTS,
    operation::SUBMIT_SERVER_METRICS,
    operation::SERVERS,
    operation::ANALYSIS,
    operation::INTEGRATIONS,
    operation::CREATE_INTEGRATION,
    operation::USAGE,
    operation::GENERAL_STATUS,
];

/// Those of projects that take a user's token too.
const OF_EITHER: [&Operation; 2] = [operation::SUBMIT_SERVER_METRICS, operation::SERVERS];

fn invalid() -> Value {
    errors(["Invalid or expired token"])
}

#[tokio::test]
async fn what_is_for_users_wants_the_token_of_one() {
    let stage = Stage::new([]).await;
    for operation in OF_USERS {
        let missing = stage.send(to(operation)).await;
        assert_eq!(told(&missing), (401, errors(["Missing authentication token"])), "{}", operation.id);
        assert_eq!(missing.header("WWW-Authenticate"), Some("Bearer"));
        for token in ["nonsense", "shops-token", "carols-token"] {
            let answer = stage.send(bearer(to(operation), token)).await;
            assert_eq!(told(&answer), (401, invalid()), "{} {token}", operation.id);
        }
    }
}

#[tokio::test]
async fn what_is_for_projects_wants_the_token_of_one() {
    let stage = Stage::new([]).await;
    let alice = stage.token("alice").await;
    for operation in OF_PROJECTS {
        let requests = [
            to(operation),
            bearer(to(operation), "nonsense"),
            bearer(to(operation), "carols-project-token"),
            bearer(to(operation), "carols-projects-token"),
            bearer(to(operation), "carols-token"),
        ];
        for request in requests {
            let answer = stage.send(request).await;
            assert_eq!(told(&answer), (401, json!({"error": "Unauthorized"})), "{}", operation.id);
        }
        let answer = stage.send(bearer(to(operation), &alice)).await;
        assert_eq!(answer.status == 401, !OF_EITHER.contains(&operation), "{} {}", operation.id, answer.body);
        let answer = stage.send(bearer(to(operation), "shops-token")).await;
        assert_ne!(answer.status, 401, "{}", operation.id);
    }
}

#[tokio::test]
async fn a_token_stands_after_bearer_in_any_case_and_some_spaces() {
    let stage = Stage::new([]).await;
    let token = stage.token("alice").await;
    let with = async |value: String| stage.send(to(operation::PROJECT_API_TOKENS).header("Authorization", value)).await;
    for value in [format!("Bearer {token}"), format!("bearer {token}"), format!("BEARER   {token}")] {
        assert_eq!(with(value.clone()).await.status, 200, "{value}");
    }
    for value in ["", "Bearer", "Bearer "] {
        assert_eq!(told(&with(value.to_owned()).await), (401, errors(["Missing authentication token"])), "{value:?}");
    }
    let wrong = [
        token.clone(),
        format!("Basic {token}"),
        format!("Bearer {token} more"),
        format!("Bearer \"{token}\""),
        format!("Bearer {}", &token[1..]),
        format!("Bearer {token}x"),
        "Bearer ä".to_owned(),
    ];
    for value in wrong {
        assert_eq!(told(&with(value.clone()).await), (401, invalid()), "{value}");
    }
}

#[tokio::test]
async fn two_headers_are_nobodys() {
    let stage = Stage::new([]).await;
    let token = stage.token("alice").await;
    let twice = bearer(bearer(to(operation::PROJECT_API_TOKENS), &token), &token);
    assert_eq!(told(&stage.send(twice).await), (401, invalid()));
}

#[tokio::test]
async fn the_agent_sends_its_token_without_a_scheme() {
    let stage = Stage::new([]).await;
    let bare = |operation| to(operation).header("Authorization", "shops-token");
    assert_eq!(stage.send(bare(operation::SUBMIT_SERVER_METRICS)).await.status, 400);
    assert_eq!(stage.send(bare(operation::NETWORK_MONITORS)).await.status, 401);
}

#[tokio::test]
async fn another_path_or_method_is_told() {
    let stage = Stage::new([]).await;
    for path in ["/", "/api/v1", "/api/v1/users/", "/api/v2/users", "/api/v1/users/1/2", "/api/v1//users"] {
        assert_eq!(told(&stage.send(Request::new("GET", path)).await), (404, json!({"error": "Not found"})), "{path}");
    }
    let answer = stage.send(Request::new("PUT", operation::NETWORK_MONITORS.path)).await;
    assert_eq!(told(&answer), (405, json!({"error": "Method not allowed"})));
    let allowed = answer.header("Allow").expect("a header").to_owned();
    assert!(allowed.contains("GET") && allowed.contains("POST"), "{allowed}");
    let head = bearer(Request::new("HEAD", operation::NETWORK_MONITORS.path), "shops-token");
    let head = stage.send(head).await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
}
