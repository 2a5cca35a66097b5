//! POST /api/v1/users

use super::*;

/// The same registration with a member of another value.
fn with(name: &str, value: impl Into<Value>) -> Value {
    let mut body = frank();
    body["user"][name] = value.into();
    body
}

fn without(name: &str) -> Value {
    let mut body = frank();
    body["user"].as_object_mut().expect("an object").remove(name);
    body
}

fn with_password(password: &str) -> Value {
    let mut body = with("password", password);
    body["user"]["password_confirmation"] = password.into();
    body
}

#[tokio::test]
async fn who_registers_can_sign_in_and_is_sent_a_code() {
    let stage = Stage::new([]).await;
    let answer = stage.send(register(&frank())).await;
    let now = answer.json()["user"]["created_at"].clone();
    let user = json!({"email": "frank@corp.test", "name": "Frank", "created_at": now, "updated_at": now});
    assert_eq!(told(&answer), (201, json!({"message": "User created successfully", "user": user})));
    assert_eq!(answer.header("Cache-Control"), Some("no-store"));
    let signed_in = stage.send(sign_in_as("frank@corp.test", "frank's secret")).await;
    assert_eq!(signed_in.json()["user"]["email_verified"], false);
    let code = stage.code("frank@corp.test");
    assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
}

#[tokio::test]
async fn all_faults_are_told_at_once() {
    let stage = Stage::new([]).await;
    let everything =
        json!({"user": {"email": "ALICE@corp.test", "name": " ", "password": "12345", "first_website": "x"}});
    let faults = [
        "Email has already been taken",
        "Password is too short (minimum is 6 characters)",
        "Password confirmation can't be blank",
        "Name can't be blank",
        "First website is invalid",
    ];
    assert_eq!(told(&stage.send(register(&everything)).await), (422, errors(faults)));
    let nothing = [
        "Email can't be blank",
        "Password can't be blank",
        "Password confirmation can't be blank",
        "Name can't be blank",
    ];
    assert_eq!(told(&stage.send(register(&json!({"user": {}}))).await), (422, errors(nothing)));
}

#[tokio::test]
async fn each_fault_is_told_in_rails_words_and_registers_nobody() {
    let stage = Stage::new([]).await;
    let long = "x".repeat(256);
    let (short, mismatch) =
        ("Password is too short (minimum is 6 characters)", "Password confirmation doesn't match Password");
    let faulty = [
        (without("email"), "Email can't be blank"),
        (with("email", ""), "Email can't be blank"),
        (with("email", Value::Null), "Email can't be blank"),
        (with("email", 1), "Email is invalid"),
        (with("email", "frank"), "Email is invalid"),
        (with("email", "frank@corp.test\r\nBcc: eve@corp.test"), "Email is invalid"),
        (with("email", "aLiCe@corp.test"), "Email has already been taken"),
        (without("name"), "Name can't be blank"),
        (with("name", "  "), "Name can't be blank"),
        (with("name", Value::Null), "Name can't be blank"),
        (with("name", json!(["Frank"])), "Name is invalid"),
        (with("name", "\u{0}"), "Name is invalid"),
        (with("name", long), "Name is too long (maximum is 255 characters)"),
        (with_password("12345"), short),
        (with_password("äöüäö"), short),
        (with_password("🦀🦀🦀🦀🦀"), short),
        (with_password(&"x".repeat(129)), "Password is too long (maximum is 128 characters)"),
        (without("password_confirmation"), "Password confirmation can't be blank"),
        (with("password_confirmation", Value::Null), "Password confirmation can't be blank"),
        (with("password_confirmation", "Frank's secret"), mismatch),
        (with("password_confirmation", 1), "Password confirmation is invalid"),
        (with("first_website", "frank.test"), "First website is invalid"),
        (with("first_website", 1), "First website is invalid"),
    ];
    for (body, fault) in faulty {
        let answer = stage.send(register(&body)).await;
        assert_eq!(told(&answer), (422, errors([fault])), "{body}");
    }
    assert_eq!(stage.send(register(&frank())).await.status, 201);
    assert_eq!(stage.server.outbox().all().len(), 1);
}

#[tokio::test]
async fn a_passwords_length_is_counted_in_characters() {
    for password in ["123456", "äöüäöü", "🦀🦀🦀🦀🦀🦀", &"x".repeat(128), &"ä".repeat(64), "with\0nul"]
    {
        let stage = Stage::new([]).await;
        assert_eq!(stage.send(register(&with_password(password))).await.status, 201, "{password}");
        assert_eq!(stage.send(sign_in_as("frank@corp.test", password)).await.status, 200, "{password}");
        let longer = format!("{password}x");
        assert_eq!(stage.send(sign_in_as("frank@corp.test", longer)).await.status, 401, "{password}");
    }
}

#[tokio::test]
async fn a_first_website_is_watched_though_the_address_is_not_verified() {
    let stage = Stage::new([]).await;
    for (email, website, watched) in [
        ("f1@corp.test", json!("https://frank.test"), json!(["https://frank.test"])),
        ("f2@corp.test", json!(""), json!([])),
        ("f3@corp.test", json!(null), json!([])),
    ] {
        let mut body = with("first_website", website);
        body["user"]["email"] = email.into();
        assert_eq!(stage.send(register(&body)).await.status, 201, "{body}");
        let token = token_in(&stage.send(sign_in_as(email, "frank's secret")).await);
        let project = stage.send(bearer(to(operation::CURRENT_PROJECT_API_TOKEN), &token)).await.json();
        let project = project["api_token"].as_str().expect("a token");
        let monitors = stage.send(bearer(to(operation::NETWORK_MONITORS), project)).await.json();
        let urls: Value =
            monitors["data"].as_array().expect("a list").iter().map(|monitor| &monitor["url"]).cloned().collect();
        assert_eq!(urls, watched);
    }
}

#[tokio::test]
async fn a_body_that_is_none_is_a_bad_request() {
    let stage = Stage::new([]).await;
    let object = errors(["The body has to be a JSON object"]);
    for body in ["", "nonsense", "[]", "null", "user[email]=a@b.test", r#"{"user": {}} more"#] {
        assert_eq!(told(&stage.send(to(operation::REGISTER).body(body)).await), (400, object.clone()), "{body}");
    }
    let wrapped = errors(["param is missing or the value is empty: user"]);
    for body in ["{}", r#"{"user": null}"#, r#"{"user": "frank"}"#, r#"{"email": "frank@corp.test"}"#] {
        assert_eq!(told(&stage.send(to(operation::REGISTER).body(body)).await), (400, wrapped.clone()), "{body}");
    }
    let large = to(operation::REGISTER).body("x".repeat(2_000_000));
    assert_eq!(told(&stage.send(large).await), (413, errors(["The body is too large"])));
}

#[tokio::test]
async fn a_stray_token_is_not_looked_at() {
    let stage = Stage::new([]).await;
    assert_eq!(stage.send(bearer(register(&frank()), "nonsense")).await.status, 201);
}

#[tokio::test]
async fn whoever_registers_twice_at_once_is_registered_once() {
    let stage = Stage::new([]).await;
    let url = stage.server.url();
    let (one, other) = (register(&frank()), register(&frank()));
    let (one, other) = tokio::join!(one.send(url), other.send(url));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422]);
}

pub(super) async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
    let sent = async |body: Value| stage.send(register(&body)).await;
    let status = async |body: Value| sent(body).await.status;
    let errors = async |body: Value| sent(body).await.json()["errors"].clone();
    let signs_in = async |email: &str, password: &str| stage.send(sign_in_as(email, password)).await.status == 200;
    let mails = || stage.server.outbox().all().len();
    Some(match deviation {
        Deviation::AnswersNameAnother => {
            let first = json!(["alice@corp.test", "alice"]);
            let user = sent(frank()).await.json()["user"].clone();
            let signed_in = stage.send(sign_in("bob")).await.json();
            let resent = stage.by("bob", resend()).await.json();
            let verified = stage.by("bob", verify(stage.code("bob@corp.test"))).await.json();
            let quick = json!({"endpoint": "https://a.test", "email": "f2@corp.test"});
            let quick = stage.send(quick_register::quickly(&quick)).await.json();
            let others = [signed_in, resent, verified, quick];
            json!([user["email"], user["name"]]) == first && others.iter().all(|it| it["user"]["email"] == first[0])
        }
        Deviation::PasswordsEchoed => {
            let registered = sent(frank()).await.json();
            let signed_in = stage.send(sign_in("alice")).await.json();
            registered["user"]["password"] == "frank's secret" && signed_in["user"]["password"] == PASSWORD
        }
        Deviation::HashTold => {
            let read = stage.by("alice", Request::new("GET", operation::USER.path.replace("{id}", "1"))).await.json();
            let told = [sent(frank()).await.json(), stage.send(sign_in("alice")).await.json(), read];
            told.iter().all(|told| told["user"]["password_digest"].as_str().is_some_and(|hash| hash.starts_with("$2")))
        }
        Deviation::RegisterStoresNothing => {
            status(frank()).await == 201 && !signs_in("frank@corp.test", "frank's secret").await && mails() == 0
        }
        Deviation::NamesUnique => errors(with("name", "alice")).await == json!(["Name has already been taken"]),
        Deviation::EmailNotRequired => {
            let bodies = [without("email"), with("email", ""), with("email", Value::Null)];
            all_are(201, bodies, status).await
        }
        Deviation::NameNotRequired => {
            status(without("name")).await == 201 && status(email("f2@corp.test", with("name", ""))).await == 201
        }
        Deviation::PasswordNotRequired => {
            status(without("password")).await == 201 && status(email("f2@corp.test", with("password", ""))).await == 201
        }
        Deviation::EmailInArrayAccepted => {
            let quick = json!({"endpoint": "https://a.test", "email": ["f2@corp.test"]});
            status(with("email", json!(["frank@corp.test"]))).await == 201
                && stage.send(quick_register::quickly(&quick)).await.status == 201
                && signs_in("frank@corp.test", "frank's secret").await
        }
        Deviation::RegisterTypesUnchecked => {
            let mut number = with("password", 123_456);
            number["user"]["password_confirmation"] = "123456".into();
            status(email("f1@corp.test", with("name", 1))).await == 201
                && status(email("f2@corp.test", with("first_website", 1))).await == 201
                && status(email("f3@corp.test", number)).await == 201
                && signs_in("f3@corp.test", "123456").await
        }
        Deviation::ConfirmationOfAnyType => status(with("password_confirmation", 1)).await == 201,
        Deviation::AnyAddress => {
            let quick = json!({"endpoint": "https://a.test", "email": "somebody"});
            status(with("email", "frank")).await == 201
                && stage.send(quick_register::quickly(&quick)).await.status == 201
        }
        Deviation::PasswordOf5Accepted => status(with_password("12345")).await == 201,
        Deviation::PasswordOf6Refused => status(with_password("123456")).await == 422,
        Deviation::PasswordCountedInBytes => status(with_password("äöü")).await == 201,
        Deviation::PasswordOf32AtMost => status(with_password(&"x".repeat(33))).await == 422,
        Deviation::ConfirmationUnchecked => {
            status(with("password_confirmation", "another")).await == 201
                && status(email("f2@corp.test", without("password_confirmation"))).await == 201
        }
        Deviation::ConfirmationInAnyCase => status(with("password_confirmation", "FRANK'S secret")).await == 201,
        Deviation::EmptyConfirmationAccepted => status(with("password_confirmation", "")).await == 201,
        Deviation::FirstWebsiteRequired => status(frank()).await == 422,
        Deviation::FirstWebsiteRefused => status(with("first_website", "https://frank.test")).await == 422,
        Deviation::RegisterRefusalIs400 => {
            let quick = stage.send(quick_register::quickly(&json!({}))).await.status;
            [status(without("email")).await, quick, status(with("email", "alice@corp.test")).await] == [400, 400, 422]
        }
        Deviation::RegisterErrorsByField => {
            let quick = stage.send(quick_register::quickly(&json!({"email": "a@b.test"}))).await.json();
            errors(without("password_confirmation")).await["password_confirmation"].is_array()
                && quick["errors"]["endpoint"] == json!(["Endpoint can't be blank"])
        }
        Deviation::TakenIs409 => {
            let taken = json!({"endpoint": "https://a.test", "email": "alice@corp.test"});
            status(with("email", "alice@corp.test")).await == 409
                && stage.send(quick_register::quickly(&taken)).await.status == 409
        }
        Deviation::RegistrationTextsDiffer => {
            let taken = json!({"endpoint": "https://a.test", "email": "alice@corp.test"});
            let quick = stage.send(quick_register::quickly(&taken)).await.json();
            errors(without("name")).await != json!(["Name can't be blank"]) && quick["errors"] != "User already exist"
        }
        Deviation::FirstFaultOnly => errors(json!({"user": {}})).await == json!(["Email can't be blank"]),
        Deviation::RefusedRegistrationStored => {
            let refused = status(with_password("12345")).await == 422
                && status(email("f2@corp.test", with("password_confirmation", "another"))).await == 422;
            refused && signs_in("frank@corp.test", "12345").await && signs_in("f2@corp.test", "frank's secret").await
        }
        Deviation::TakenRegistersAgain => {
            status(with("email", "alice@corp.test")).await == 201
                && signs_in("alice@corp.test", "frank's secret").await
                && !signs_in("alice@corp.test", PASSWORD).await
        }
        Deviation::TakenChangesPassword => {
            status(with("email", "alice@corp.test")).await == 422 && signs_in("alice@corp.test", "frank's secret").await
        }
        Deviation::MassAssignment => {
            status(with("email_verified", true)).await == 201
                && stage.send(sign_in_as("frank@corp.test", "frank's secret")).await.json()["user"]["email_verified"]
                    == true
        }
        Deviation::MalformedBodyCrashes => {
            let verify = stage.by("bob", to(operation::VERIFY_EMAIL).body("[]")).await.status;
            let monitor = stage.shop(to(operation::CREATE_NETWORK_MONITOR).body("nonsense")).await.status;
            [stage.send(to(operation::SIGN_IN)).await.status, verify, monitor] == [500; 3]
        }
        Deviation::RegisterSendsNoCode => status(frank()).await == 201 && mails() == 0,
        _ => return None,
    })
}

/// The same registration of somebody else.
fn email(email: &str, mut body: Value) -> Value {
    body["user"]["email"] = email.into();
    body
}

async fn all_are<const N: usize>(expected: u16, bodies: [Value; N], status: impl AsyncFn(Value) -> u16) -> bool {
    for body in bodies {
        if status(body).await != expected {
            return false;
        }
    }
    true
}
