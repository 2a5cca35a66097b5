//! GET /api/v1/users/:id

use super::*;

fn user(id: &str) -> Request {
    Request::new("GET", operation::USER.path.replace("{id}", id))
}

#[tokio::test]
async fn users_can_read_themselves() {
    let stage = Stage::new([]).await;
    let answer = stage.by("bob", user("2")).await;
    let now = answer.json()["user"]["created_at"].clone();
    let expected = json!({
        "id": 2,
        "email": "bob@corp.test",
        "name": "bob",
        "email_verified": false,
        "created_at": now,
        "updated_at": now,
    });
    assert_eq!(told(&answer), (200, json!({ "user": expected })));
}

#[tokio::test]
async fn nobody_else_is_there() {
    let stage = Stage::new([]).await;
    for id in ["1", "99", "0", "-2", "02", "me", "2x", "18446744073709551616", "%ff"] {
        let answer = stage.by("bob", user(id)).await;
        assert_eq!(told(&answer), (404, errors(["User not found"])), "{id}");
    }
}

pub(super) async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
    let read = async |id| stage.by("bob", user(id)).await.json()["user"].clone();
    Some(match deviation {
        Deviation::UserWithoutAddress => {
            let user = read("2").await;
            user["id"] == 2 && user.get("email").is_none()
        }
        Deviation::UserOfAnyone => read("1").await["email"] == "alice@corp.test",
        Deviation::UserUnknownIsOneself => read("99").await["id"] == 2,
        Deviation::UserMalformedIsOneself => read("me").await["id"] == 2,
        _ => return None,
    })
}
