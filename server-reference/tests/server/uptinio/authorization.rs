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

pub(super) async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
    if let Some(departs) = of_refusals(deviation, stage).await {
        return Some(departs);
    }
    match of_project_tokens(deviation, stage).await {
        None => of_user_tokens(deviation, stage).await,
        departs => departs,
    }
}

async fn of_user_tokens(deviation: Deviation, stage: &Stage) -> Option<bool> {
    let token = stage.token("bob").await;
    let get = || to(operation::PROJECT_API_TOKENS);
    let passes = async |request: Request| stage.send(request).await.status == 200;
    let passes_with = async |value: String| passes(get().header("Authorization", value)).await;
    let id = async |token: &str| stage.send(bearer(to(operation::VALIDATE), token)).await.json()["user"]["id"].clone();
    Some(match deviation {
        Deviation::UserTokenInAnotherHeader => {
            passes(get().header("X-User-Token", &token)).await && !passes(bearer(get(), &token)).await
        }
        Deviation::UserTokenSingleUse => passes(bearer(get(), &token)).await && !passes(bearer(get(), &token)).await,
        Deviation::UserTokenOfTheLatest => {
            stage.token("alice").await;
            id(&token).await == 1
        }
        Deviation::AnyUserToken => id("nonsense").await == 1,
        Deviation::UserTokenByItsBeginning => id(&format!("{}x", &token[..30])).await == 2,
        Deviation::UserTokenInAnyCase => id(&token.to_uppercase()).await == 2,
        Deviation::UserTokenNeverExpires => {
            stage.advance(400 * DAY);
            id(&token).await == 2
        }
        Deviation::AnyScheme => {
            let project = to(operation::USAGE).header("Authorization", "Token shops-token");
            passes_with(format!("Basic {token}")).await && passes(project).await
        }
        Deviation::SchemeInOneCase => {
            let project = to(operation::USAGE).header("Authorization", "bearer shops-token");
            !passes_with(format!("bearer {token}")).await && !passes(project).await
        }
        Deviation::OneSpaceAfterScheme => !passes_with(format!("Bearer  {token}")).await,
        Deviation::UserTokenInQuery => {
            let query = |name| asking(operation::PROJECT_API_TOKENS, &format!("?{name}={token}"));
            passes(query("access_token")).await
                && passes(query("token")).await
                && passes(query("authentication_token")).await
        }
        Deviation::ContentTypeWantsBody => {
            let json = bearer(get(), &token).header("Content-Type", "application/json");
            stage.send(json).await.status == 400
        }
        Deviation::UserWantsProjectToken => {
            let user = Request::new("GET", operation::USER.path.replace("{id}", "2"));
            stage.send(bearer(user, &token)).await.status == 401
        }
        _ => return None,
    })
}

async fn of_project_tokens(deviation: Deviation, stage: &Stage) -> Option<bool> {
    let get = || to(operation::NETWORK_MONITORS);
    let status = async |request: Request| stage.send(request).await.status;
    let total = async |token| stage.send(bearer(get(), token)).await.json()["meta"]["total_count"].clone();
    Some(match deviation {
        Deviation::ProjectTokenInAnotherHeader => {
            status(get().header("X-Api-Key", "shops-token")).await == 200
                && status(bearer(get(), "shops-token")).await == 401
        }
        Deviation::ProjectTokenSingleUse => {
            [status(bearer(get(), "shops-token")).await, status(bearer(get(), "shops-token")).await] == [200, 401]
        }
        Deviation::IncidentsWantUserToken => status(bearer(to(operation::INCIDENTS), "shops-token")).await == 401,
        Deviation::ProjectsMixed => total("blogs-token").await == 3,
        Deviation::AnyProjectToken => total("nonsense").await == 3,
        Deviation::ProjectTokenByItsBeginning => total("shops-x").await == 3,
        Deviation::UserTokenForProjects => stage.by("alice", get()).await.status == 200,
        Deviation::UserTokenForAnalysis => {
            let analysis = stage.by("alice", to(operation::ANALYSIS)).await.status;
            [analysis, stage.by("alice", to(operation::USAGE)).await.status] == [200; 2]
        }
        Deviation::ProjectTokenForUsers => {
            let user = Request::new("GET", operation::USER.path.replace("{id}", "2"));
            status(bearer(user, "bobs-projects-token")).await == 200
        }
        Deviation::PublicEndpointsWantToken => {
            let with_token = bearer(sign_in("alice"), "daves-token");
            [status(sign_in("alice")).await, status(with_token).await] == [401, 200]
        }
        Deviation::StrayTokenMinded => {
            let with = |token| bearer(sign_in("alice"), token);
            let statuses =
                [status(with("nonsense")).await, status(with("shops-token")).await, status(sign_in("alice")).await];
            statuses == [401, 200, 200]
        }
        _ => return None,
    })
}

async fn of_refusals(deviation: Deviation, stage: &Stage) -> Option<bool> {
    let of_user = |value: &str| to(operation::PROJECT_API_TOKENS).header("Authorization", value);
    let of_project = |value: &str| to(operation::NETWORK_MONITORS).header("Authorization", value);
    let (no_user, no_project) = (to(operation::PROJECT_API_TOKENS), to(operation::NETWORK_MONITORS));
    let invalid_of_user = async || stage.send(of_user("Bearer nonsense")).await;
    let missing_of_user = async || stage.send(no_user.clone()).await;
    let invalid_of_project = async || stage.send(of_project("Bearer nonsense")).await;
    let missing_of_project = async || stage.send(no_project.clone()).await;
    let banned = async || stage.send(of_user("Bearer carols-token")).await;
    let word = |answer: &Answer| answer.json()["error"].is_string() && answer.json().get("errors").is_none();
    Some(match deviation {
        Deviation::InvalidUserTokenIs403 => invalid_of_user().await.status == 403,
        Deviation::InvalidUserTokenInAWord => word(&invalid_of_user().await),
        Deviation::MissingUserTokenIs400 => missing_of_user().await.status == 400,
        Deviation::MissingUserTokenInAWord => word(&missing_of_user().await),
        Deviation::MissingUserTokenIsAnybody => missing_of_user().await.json()[0]["name"] == "Shop",
        Deviation::RefusalTextsDiffer => {
            let texts = [
                invalid_of_user().await.json()["errors"][0].clone(),
                missing_of_user().await.json()["errors"][0].clone(),
                invalid_of_project().await.json()["error"].clone(),
                stage.send(to(operation::VALIDATE)).await.json()["errors"][0].clone(),
            ];
            let usual = ["Invalid or expired token", "Missing authentication token", "Unauthorized"];
            texts.iter().all(|text| text.as_str().is_some_and(|text| !usual.contains(&text)))
        }
        Deviation::EmptyBearerCrashes => stage.send(of_user("Bearer ")).await.status == 500,
        Deviation::EmptyBearerIsAnybody => stage.send(of_user("Bearer ")).await.json()[0]["name"] == "Shop",
        Deviation::InvalidProjectTokenIs403 => invalid_of_project().await.status == 403,
        Deviation::InvalidProjectTokenInAList => invalid_of_project().await.json() == errors(["Unauthorized"]),
        Deviation::MissingProjectTokenIs400 => missing_of_project().await.status == 400,
        Deviation::MissingProjectTokenIsAnybody => missing_of_project().await.json()["meta"]["total_count"] == 3,
        Deviation::MissingProjectTokenInAPage => {
            let answer = missing_of_project().await;
            answer.status == 401 && answer.body.starts_with("<!doctype html>")
        }
        Deviation::NoChallenge => missing_of_user().await.header("WWW-Authenticate").is_none(),
        Deviation::RefusalsLabelledAsHtml => {
            let label = missing_of_project().await.header("Content-Type").map(str::to_owned);
            label.is_some_and(|label| label.starts_with("text/html"))
        }
        Deviation::BannedLetIn => banned().await.status == 200,
        Deviation::BannedInAWord => word(&banned().await),
        Deviation::BannedTold => banned().await.json() == errors(["This user is banned"]),
        Deviation::OtherMethodsUnknown => stage.send(Request::new("PUT", operation::REGISTER.path)).await.status == 404,
        Deviation::ReadsByAnyMethod => {
            let token = stage.token("alice").await;
            let put = |operation: &Operation| Request::new("PUT", operation.path);
            stage.send(bearer(put(operation::VALIDATE), &token)).await.status == 200
                && stage.shop(put(operation::USAGE)).await.status == 200
        }
        Deviation::NoAllowHeader => {
            let answer = stage.send(Request::new("PUT", operation::REGISTER.path)).await;
            answer.status == 405 && answer.header("Allow").is_none()
        }
        Deviation::UnknownPathIs200 => {
            told(&stage.send(Request::new("GET", "/api/v1/nowhere")).await) == (200, json!({}))
        }
        _ => return None,
    })
}
