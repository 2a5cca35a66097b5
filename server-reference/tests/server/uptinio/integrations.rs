//! GET and POST /api/v1/integrations

use super::*;

pub(super) fn webhook() -> Value {
    let settings = json!({"webhook_url": "https://hook.test/x"});
    json!({"integration": {"type": "Integrations::WebhookIntegration", "name": "Ops", "settings": settings}})
}

async fn create(stage: &Stage, body: &Value) -> Answer {
    stage.shop(sending(operation::CREATE_INTEGRATION, body)).await
}

#[tokio::test]
async fn a_webhook_is_created_and_listed() {
    let stage = Stage::new([]).await;
    let answer = create(&stage, &webhook()).await;
    let created = answer.json();
    let expected = json!({
        "uuid": created["uuid"].as_str().expect("a text"),
        "type": "Integrations::WebhookIntegration",
        "name": "Ops",
        "settings": {"webhook_url": "https://hook.test/x"},
        "editable": true,
        "deletable": true,
        "created_at": created["created_at"].as_str().expect("a time"),
        "updated_at": created["created_at"],
    });
    assert_eq!(told(&answer), (201, expected));
    assert_eq!(told(&stage.shop(to(operation::INTEGRATIONS)).await), (200, json!([created])));
}

#[tokio::test]
async fn one_that_could_not_work_is_refused() {
    let stage = Stage::new([]).await;
    let faulty = [
        (json!({}), vec!["Type can't be blank", "Webhook url can't be blank"]),
        (
            json!({"type": "Integrations::PigeonIntegration", "settings": {"webhook_url": "x"}}),
            vec!["Type is not included in the list", "Webhook url is invalid"],
        ),
        (json!({"type": 1, "settings": "x"}), vec!["Type is invalid", "Webhook url can't be blank"]),
    ];
    for (integration, faults) in faulty {
        let answer = create(&stage, &json!({ "integration": integration })).await;
        assert_eq!(told(&answer), (422, json!({"errors": faults})));
    }
}

#[tokio::test]
async fn it_takes_a_verified_address_to_create_one() {
    let stage = Stage::new([]).await;
    let create = bearer(sending(operation::CREATE_INTEGRATION, &webhook()), "bobs-projects-token");
    assert_eq!(told(&stage.send(create).await), (403, json!({"error": "Email verification is required"})));
    let list = bearer(to(operation::INTEGRATIONS), "bobs-projects-token");
    assert_eq!(told(&stage.send(list).await), (200, json!([])));
}
