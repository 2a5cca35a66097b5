//! POST /api/login

use super::*;

#[tokio::test]
async fn a_login_is_answered_with_a_session() {
    let stage = Stage::new([]).await;
    let answer = stage.send(alice()).await;
    assert_eq!((answer.status, answer.header("Content-Type")), (200, Some("application/json")));
    assert_eq!(answer.json(), json!({"status": 200, "message": "Logged in", "totpPending": "false"}));
    assert_eq!(answer.header("Cache-Control"), Some("no-store"));
    assert_eq!(stage.user_of(session_of(&answer).expect("a session")).await.as_deref(), Some("alice"));
}

#[tokio::test]
async fn the_name_or_the_address_is_taken_as_email_or_username() {
    let stage = Stage::new([]).await;
    for name in ["alice", "alice@127.0.0.1", "Alice@127.0.0.1"] {
        assert_eq!(stage.send(login_as(name, "alice's secret")).await.status, 200, "{name}");
    }
    for body in [
        json!({"username": "alice", "password": "alice's secret"}),
        json!({"email": "alice", "username": "alice", "password": "alice's secret", "remember": true}),
        json!({"email": null, "username": "alice", "password": "alice's secret"}),
        json!({"email": "alice", "username": 1, "password": "alice's secret"}),
    ] {
        assert_eq!(stage.send(login_with(body.to_string())).await.status, 200, "{body}");
    }
}

#[tokio::test]
async fn an_account_with_totp_still_has_to_send_a_code() {
    let stage = Stage::new([]).await;
    let answer = stage.send(carol()).await;
    assert_eq!(answer.json(), json!({"status": 200, "message": "Waiting for totp", "totpPending": "true"}));
    let pending = session_of(&answer).expect("a cookie");
    assert!(!stage.lets_in(&pending).await);
    assert_eq!(stage.user_of(&pending).await, None);
}

#[tokio::test]
async fn a_wrong_login_is_refused_alike_whatever_was_wrong() {
    let stage = Stage::new([]).await;
    let wrong = [
        login_as("alice", "wrong"),
        login_as("alice", ""),
        login_as("alice", "bob's: secret: 2"),
        login_as("alice", "alice's secret".repeat(6)),
        login_as("ALICE", "alice's secret"),
        login_as("alice@example.com", "alice's secret"),
        login_as("nobody", "alice's secret"),
        login_as("", "alice's secret"),
        login_with("{}"),
        login_with(r#"{"email": "bob"}"#),
        login_with(r#"{"password": "alice's secret"}"#),
        login_with(r#"{"email": null, "password": null}"#),
    ];
    for login in wrong {
        let answer = stage.send(login.clone()).await;
        assert_eq!((answer.status, answer.json()), (401, refusal(401, "Unauthorized")), "{}", login.body);
        assert_eq!(answer.header("Set-Cookie"), None);
    }
}

#[tokio::test]
async fn a_malformed_login_is_a_bad_request() {
    let stage = Stage::new([]).await;
    let nested = "[".repeat(100_000);
    let malformed = [
        "",
        "nonsense",
        "email=alice&password=secret",
        "[]",
        "null",
        "1",
        r#""alice""#,
        r#"{"email": "alice", "password": "alice's secret"} more"#,
        r#"{"email": "alice", "password": 1}"#,
        r#"{"email": ["alice"], "password": "alice's secret"}"#,
        &nested,
    ];
    for body in malformed {
        let answer = stage.send(login_with(body)).await;
        assert_eq!((answer.status, answer.json()), (400, refusal(400, "Bad Request")), "{body:.40}");
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_told() {
    let stage = Stage::new([]).await;
    let answer = stage.send(login_as("alice", "x".repeat(2_000_000))).await;
    assert_eq!((answer.status, answer.json()), (413, refusal(413, "Content Too Large")));
}

fn wait_of(answer: &Answer) -> u64 {
    assert_eq!(answer.status, 429);
    let wait = answer.header("Retry-After").and_then(|wait| wait.parse().ok()).expect("a wait");
    let message = format!("Too many failed login attempts. Try again in {wait} seconds");
    assert_eq!(answer.json(), refusal(429, &message));
    wait
}

#[tokio::test]
async fn five_failures_hold_a_name_off_for_five_minutes() {
    let stage = Stage::new([]).await;
    for _ in 0..5 {
        assert_eq!(stage.send(login_as("alice", "wrong")).await.status, 401);
    }
    assert_eq!(wait_of(&stage.send(alice()).await), 300);
    stage.advance(Duration::from_millis(298_500));
    assert_eq!(wait_of(&stage.send(login_as("alice@127.0.0.1", "wrong")).await), 2);
    assert_eq!(stage.send(bob()).await.status, 200);
    stage.advance(Duration::from_millis(1_500));
    for _ in 0..5 {
        assert_eq!(stage.send(login_as("alice", "wrong")).await.status, 401);
    }
    assert_eq!(stage.send(alice()).await.status, 429);
}

#[tokio::test]
async fn a_name_that_nobody_has_is_held_off_as_well() {
    let stage = Stage::new([]).await;
    for _ in 0..5 {
        assert_eq!(stage.send(login_as("nobody", "wrong")).await.status, 401);
    }
    assert_eq!(stage.send(login_as("nobody", "wrong")).await.status, 429);
    assert_eq!(stage.send(login_as("somebody", "wrong")).await.status, 401);
}

#[tokio::test]
async fn who_is_held_off_does_not_tell_who_has_an_account() {
    let stage = Stage::new([]).await;
    for name in ["alice", "nobody"] {
        for _ in 0..5 {
            assert_eq!(stage.send(login_as(name, "wrong")).await.status, 401);
        }
        let same =
            [name.to_owned(), format!("{name}@127.0.0.1"), name.to_uppercase(), format!("{name}@127.0.0.1@127.0.0.1")];
        for same in same {
            assert_eq!(stage.send(login_as(&*same, "wrong")).await.status, 429, "{same}");
        }
        assert_eq!(stage.send(login_as(format!("{name}@example.com"), "wrong")).await.status, 401);
    }
}

#[tokio::test]
async fn a_success_and_time_let_failures_be_forgotten() {
    let stage = Stage::new([]).await;
    for _ in 0..3 {
        for _ in 0..4 {
            assert_eq!(stage.send(login_as("alice", "wrong")).await.status, 401);
        }
        assert_eq!(stage.send(alice()).await.status, 200);
    }
    for _ in 0..3 {
        for _ in 0..4 {
            assert_eq!(stage.send(login_as("alice", "wrong")).await.status, 401);
        }
        stage.advance(Duration::from_secs(300));
    }
}

#[tokio::test]
async fn many_guesses_at_once_are_no_more_than_many_one_after_the_other() {
    let stage = Stage::new([]).await;
    let guesses: tokio::task::JoinSet<_> = (0..30)
        .map(|_| {
            let url = stage.server.url().to_owned();
            async move { login_as("alice", "wrong").send(&url).await.status }
        })
        .collect();
    let statuses = guesses.join_all().await;
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 5, "{statuses:?}");
}

pub(super) async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
    let status = async |login| stage.send(login).await.status;
    let wrong = || login_as("alice", "wrong");
    let by = |method| Request { method, ..alice() };
    Some(match deviation {
        Deviation::LoginByUsernameOnly => {
            let by_username = json!({"username": "alice", "password": "alice's secret"}).to_string();
            status(alice()).await == 401 && status(login_with(by_username)).await == 200
        }
        Deviation::TotpPendingIsABoolean => stage.send(alice()).await.json()["totpPending"] == false,
        Deviation::TotpPendingLeftOut => {
            let pending = stage.send(carol()).await.json();
            stage.send(alice()).await.json().get("totpPending").is_none() && pending["totpPending"] == "true"
        }
        Deviation::LoginSaysLoginSuccessful => stage.send(alice()).await.json()["message"] == "Login successful",
        Deviation::AnyPassword => status(wrong()).await == 200 && status(login_as("alice", "")).await == 401,
        Deviation::AnyUsername => {
            let answer = stage.send(login_as("nobody", "wrong")).await;
            let user = stage.user_of(session_of(&answer).unwrap_or_default()).await;
            user.as_deref() == Some("alice") && status(wrong()).await == 401
        }
        Deviation::PasswordShortened => status(login_as("alice", "alice's secrecy")).await == 200,
        Deviation::PasswordTrimmed => status(login_as("alice", " alice's secret ")).await == 200,
        Deviation::PasswordCutAtNul => status(login_as("alice", "alice's secret\0!")).await == 200,
        Deviation::EmptyPasswordAccepted => {
            status(login_as("alice", "")).await == 200 && status(login_with(r#"{"email": "alice"}"#)).await == 401
        }
        Deviation::MissingPasswordAccepted => {
            status(login_with(r#"{"email": "alice"}"#)).await == 200 && status(login_as("alice", "")).await == 401
        }
        Deviation::MissingNameAccepted => {
            let missing = [json!({}), json!({"email": null}), json!({"email": ""})];
            let mut statuses = Vec::new();
            for mut body in missing {
                body["password"] = "alice's secret".into();
                statuses.push(status(login_with(body.to_string())).await);
            }
            statuses == [200; 3]
        }
        Deviation::PasswordOfAnyType => status(login_as("alice", 1)).await == 200,
        Deviation::NameOfAnyType => status(login_as(1, "alice's secret")).await == 200,
        Deviation::MalformedLoginCrashes => status(login_with("[]")).await == 500,
        Deviation::JunkAfterJsonAccepted => {
            let login = alice();
            status(login_with(login.body + " junk")).await == 200
        }
        Deviation::RefusedLoginSetsSession => {
            let answer = stage.send(wrong()).await;
            answer.status == 401 && stage.user_of(session_of(&answer).unwrap_or_default()).await.is_some()
        }
        Deviation::RefusedLoginIs400 => {
            status(wrong()).await == 400 && status(login_as("nobody", "wrong")).await == 400
        }
        Deviation::UnknownUserTold => status(login_as("nobody", "wrong")).await == 404,
        Deviation::NeverLocks => {
            for _ in 0..10 {
                stage.send(wrong()).await;
            }
            status(wrong()).await == 401
        }
        Deviation::LocksEveryone => {
            for _ in 0..5 {
                stage.send(wrong()).await;
            }
            status(bob()).await == 429
        }
        Deviation::LockNeverEnds => {
            for _ in 0..5 {
                stage.send(wrong()).await;
            }
            stage.advance(400 * DAY);
            status(alice()).await == 429
        }
        Deviation::LoginByAnyMethod => {
            let mut statuses = Vec::new();
            for method in ["PUT", "PATCH", "GET", "DELETE"] {
                statuses.push(status(by(method)).await);
            }
            statuses == [200; 4]
        }
        Deviation::LoginSetsNoSession => {
            let answer = stage.send(alice()).await;
            answer.status == 200 && answer.header("Set-Cookie").is_none()
        }
        _ => return None,
    })
}
