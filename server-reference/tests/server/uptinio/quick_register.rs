//! POST /api/v1/registrations

use super::*;

pub(super) fn quickly(body: &Value) -> Request {
    sending(operation::REGISTER_WITH_ENDPOINT, body)
}

fn frank() -> Value {
    json!({"endpoint": "https://frank.test", "email": "frank@corp.test"})
}

#[tokio::test]
async fn an_address_and_an_endpoint_make_a_user_with_a_monitor() {
    let stage = Stage::new([]).await;
    let answer = stage.send(quickly(&frank())).await;
    let uuid = answer.json()["network_monitor"]["uuid"].clone();
    let expected = json!({
        "message": "User registered successfully",
        "user": {"email": "frank@corp.test", "name": "User"},
        "network_monitor": {"uuid": uuid, "url": "https://frank.test"},
    });
    assert_eq!(told(&answer), (201, expected));
    assert!(uuid.as_str().is_some_and(|uuid| uuid.starts_with("NM")), "{uuid}");
}

#[tokio::test]
async fn the_provisional_password_and_a_code_come_by_mail() {
    let stage = Stage::new([]).await;
    stage.send(quickly(&frank())).await;
    let mails = stage.server.outbox().all();
    let subjects: Vec<_> = mails.iter().map(|mail| (mail.to(), mail.subject())).collect();
    let to = "frank@corp.test";
    assert_eq!(subjects, [(to, "Your provisional password"), (to, "Your verification code")]);
    let password = stage.server.outbox().password_for(to).expect("a password");
    assert!(mails[0].text().expose_secret().contains(password.expose_secret()));
    let token = token_in(&stage.send(sign_in_as(to, password.expose_secret())).await);
    let verified = stage.send(bearer(verify(stage.code(to)), &token)).await;
    assert_eq!(verified.json()["message"], "Email verified successfully");
}

#[tokio::test]
async fn an_address_that_somebody_has_is_told_as_a_text() {
    let stage = Stage::new([]).await;
    for email in ["alice@corp.test", "ALICE@CORP.TEST"] {
        let answer = stage.send(quickly(&json!({"endpoint": "https://a.test", "email": email}))).await;
        assert_eq!(told(&answer), (422, json!({"errors": "User already exist"})));
    }
}

#[tokio::test]
async fn other_faults_are_told_all_at_once() {
    let stage = Stage::new([]).await;
    let faulty = [
        (json!({}), vec!["Endpoint can't be blank", "Email can't be blank"]),
        (json!({"endpoint": null, "email": ""}), vec!["Endpoint can't be blank", "Email can't be blank"]),
        (json!({"endpoint": "frank.test", "email": 1}), vec!["Endpoint is invalid", "Email is invalid"]),
        (json!({"endpoint": "javascript:x", "email": "alice@corp.test"}), vec!["Endpoint is invalid"]),
        (json!({"user": frank()}), vec!["Endpoint can't be blank", "Email can't be blank"]),
    ];
    for (body, faults) in faulty {
        assert_eq!(told(&stage.send(quickly(&body)).await), (422, json!({"errors": faults})), "{body}");
    }
    let answer = stage.send(to(operation::REGISTER_WITH_ENDPOINT).body("nonsense")).await;
    assert_eq!(told(&answer), (400, errors(["The body has to be a JSON object"])));
    assert!(stage.server.outbox().all().is_empty());
}

pub(super) async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
    let sent = async |body: Value| stage.send(quickly(&body)).await;
    let taken = || json!({"endpoint": "https://a.test", "email": "alice@corp.test"});
    let another = || json!({"endpoint": "https://a.test", "email": "f2@corp.test"});
    let uuid = async |body| sent(body).await.json()["network_monitor"]["uuid"].clone();
    Some(match deviation {
        Deviation::EndpointGetsASlash => sent(frank()).await.json()["network_monitor"]["url"] == "https://frank.test/",
        Deviation::MonitorUuidConstant => uuid(frank()).await == uuid(another()).await,
        Deviation::QuickRegisterTellsPassword => {
            let told = sent(frank()).await.json()["user"]["password"].clone();
            let mailed = stage.server.outbox().password_for("frank@corp.test").expect("a password");
            told == *mailed.expose_secret()
        }
        Deviation::QuickRegisterStoresNothing => {
            [sent(frank()).await.status, sent(frank()).await.status] == [201; 2]
                && stage.server.outbox().all().is_empty()
        }
        Deviation::QuickFieldsNotRequired => {
            let bodies = [json!({"endpoint": "https://a.test"}), json!({"email": "f@corp.test", "endpoint": ""})];
            let [one, other] = bodies;
            [sent(one).await.status, sent(other).await.status] == [201; 2]
        }
        Deviation::EndpointOfAnyType => sent(json!({"endpoint": 1, "email": "f@corp.test"})).await.status == 201,
        Deviation::QuickTakenAccepted => {
            sent(taken()).await.status == 201 && stage.send(sign_in("alice")).await.status == 200
        }
        Deviation::QuickTakenChangesPassword => {
            sent(taken()).await.status == 422 && stage.send(sign_in("alice")).await.status == 401
        }
        _ => return None,
    })
}
