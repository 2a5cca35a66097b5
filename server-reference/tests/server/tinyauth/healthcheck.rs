//! GET /api/healthcheck

use super::*;

fn healthcheck() -> Request {
    Request::new("GET", operation::HEALTHCHECK.path)
}

#[tokio::test]
async fn everybody_is_told_that_the_server_is_up() {
    let stage = Stage::new([]).await;
    let answer = stage.send(healthcheck()).await;
    assert_eq!((answer.status, answer.header("Content-Type")), (200, Some("application/json")));
    assert_eq!(answer.json(), refusal(200, "OK"));
}

#[tokio::test]
async fn head_is_answered_as_get_without_a_body() {
    let stage = Stage::new([]).await;
    let answer = stage.send(Request::new("HEAD", operation::HEALTHCHECK.path)).await;
    assert_eq!((answer.status, &*answer.body), (200, ""));
}

#[tokio::test]
async fn another_method_is_answered_405_with_what_is_allowed() {
    let stage = Stage::new([]).await;
    for operation in probity_fixtures::tinyauth::API.operations {
        let path = operation.path.replace("{proxy}", "traefik").replace("{provider}", "generic");
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            if method == operation.method {
                continue;
            }
            let answer = stage.send(Request::new(method, &path)).await;
            assert_eq!(answer.status, 405, "{method} {path}");
            let allowed = answer.header("Allow").expect("Allow");
            assert!(allowed.split(',').any(|allowed| allowed == operation.method), "{path}: {allowed}");
            assert_eq!(answer.json(), refusal(405, "Method Not Allowed"));
        }
    }
}

#[tokio::test]
async fn another_path_is_answered_404() {
    let stage = Stage::new([]).await;
    for path in
        ["/", "/api", "/api/nope", "/api/healthcheck/", "/api//user", "/api/USER", "/api/auth", "/api/oauth/url/"]
    {
        let answer = stage.send(Request::new("GET", path)).await;
        assert_eq!((answer.status, answer.json()), (404, refusal(404, "Not Found")), "{path}");
    }
}

pub(super) async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
    let answer = async || stage.send(healthcheck()).await;
    Some(match deviation {
        Deviation::HealthcheckSaysHealthy => answer().await.json()["message"] == "Healthy",
        Deviation::HealthcheckStatusIsText => answer().await.json()["status"] == "ok",
        Deviation::HealthcheckWantsLogin => answer().await.status == 401,
        Deviation::ReadsByAnyMethod => {
            let answer = stage.send(Request::new("DELETE", operation::HEALTHCHECK.path)).await;
            answer.status == 200 && stage.send(Request::new("POST", operation::APP.path)).await.status == 200
        }
        _ => return None,
    })
}
