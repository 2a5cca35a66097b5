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
