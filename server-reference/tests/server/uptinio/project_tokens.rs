//! GET /api/v1/users/project_api_tokens and GET /api/v1/users/current_project_api_token

use super::*;

#[tokio::test]
async fn all_projects_are_told_with_their_tokens() {
    let stage = Stage::new([]).await;
    let projects = stage.by("alice", to(operation::PROJECT_API_TOKENS)).await.json();
    let told: Vec<_> = projects
        .as_array()
        .expect("a list")
        .iter()
        .map(|project| (project["name"].as_str(), project["api_token"].as_str(), project["is_current"].as_bool()))
        .collect();
    let expected = [("Shop", "shops-token", true), ("Blog", "blogs-token", false)];
    assert_eq!(told, expected.map(|(name, token, current)| (Some(name), Some(token), Some(current))));
}

#[tokio::test]
async fn the_current_project_is_the_first() {
    let stage = Stage::new([]).await;
    let project = stage.by("alice", to(operation::CURRENT_PROJECT_API_TOKEN)).await.json();
    assert_eq!((&project["name"], &project["api_token"]), (&json!("Shop"), &json!("shops-token")));
}

#[tokio::test]
async fn a_user_whom_the_seed_gives_none_has_one_whose_token_works() {
    let stage = Stage::new([]).await;
    let project = stage.by("eve", to(operation::CURRENT_PROJECT_API_TOKEN)).await.json();
    let token = project["api_token"].as_str().expect("a token");
    assert_eq!(stage.send(bearer(to(operation::NETWORK_MONITORS), token)).await.status, 200);
}

pub(super) async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
    let token = stage.token("alice").await;
    let current = async || {
        let answer = stage.send(bearer(to(operation::CURRENT_PROJECT_API_TOKEN), &token)).await;
        answer.json()["api_token"].as_str().map(str::to_owned).expect("a token")
    };
    let all = async || {
        let answer = stage.send(bearer(to(operation::PROJECT_API_TOKENS), &token)).await.json();
        let tokens = answer.as_array().expect("a list").iter().filter_map(|project| project["api_token"].as_str());
        tokens.map(str::to_owned).collect::<Vec<_>>()
    };
    Some(match deviation {
        Deviation::ProjectTokensMasked => current().await == "*******oken" && all().await[0] == "*******oken",
        Deviation::ProjectTokensOfEverybody => all().await.contains(&"bobs-projects-token".to_owned()),
        Deviation::ProjectTokensWithoutCurrent => all().await == ["blogs-token"],
        Deviation::ProjectTokenIsTheUsers => {
            current().await == token && stage.send(bearer(to(operation::NETWORK_MONITORS), &token)).await.status == 200
        }
        Deviation::ProjectTokenOfTheFirst => {
            let bobs = stage.by("bob", to(operation::CURRENT_PROJECT_API_TOKEN)).await.json();
            bobs["api_token"] == "shops-token"
        }
        _ => return None,
    })
}
