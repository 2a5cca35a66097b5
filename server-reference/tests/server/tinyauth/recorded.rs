//! What was recorded of real releases: with a release's deviations, the same is answered.

use super::*;
use crate::recording::Recording;
use probity_fixtures::tinyauth::API;

/// Where this server differs by choice: what the files' names begin with. `tinyauth`'s documentation says why.
const CHOSEN: [&str; 15] = [
    // The members that the document has, with its text.
    "app-context.http",
    "app-context-named-host",
    // The three proxies that the document names.
    "auth-bogus-",
    "auth-envoy-",
    // An address that is none is left out.
    "auth-traefik-anonymous-browser-no-forwarded",
    // A slash at the end is another path, and all refusals are JSON.
    "auth-traefik-anonymous-browser-trailing-slash",
    "login-trailing-slash",
    "logout-trailing-slash",
    "unknown-path-in-api",
    // There is no login to complete.
    "totp-code-twice-full-session",
    // Nobody is a 401, and a login that waits for its code is nobody's yet.
    "user-context-anonymous",
    "user-context-basic-wrong",
    "user-context-garbage-cookie",
    "user-context-new-cookie-after-logout",
    "user-context-totp-pending",
];

fn is_chosen(recording: &Recording) -> bool {
    CHOSEN.iter().any(|beginning| format!("{}.http", recording.name).starts_with(beginning))
}

/// A server where a release's recordings can be repeated: with the accounts that they speak of, one below a name and
/// one at an address of digits.
struct Repeated {
    named: Stage,
    numbered: Stage,
}

impl Repeated {
    async fn new(deviations: &[Deviation]) -> Self {
        Self {
            named: stage("http://auth.example.test:38461", deviations).await,
            numbered: stage("http://127.0.0.1:38461", deviations).await,
        }
    }

    /// The one that a recording was made on.
    fn stage(&self, recording: &Recording) -> &Stage {
        let is_named = recording.name.ends_with("-named-host") || recording.name.starts_with("oauth-");
        if is_named { &self.named } else { &self.numbered }
    }

    /// What is answered here, where good cookies and codes are replaced by those that are good here.
    async fn answer(&self, recording: &Recording) -> Answer {
        let (name, stage) = (&*recording.name, self.stage(recording));
        let mut request = recording.request.clone();
        let is_pending = name.contains("pending") || name.starts_with("totp-") && !name.ends_with("full-session");
        for (field, value) in &mut request.headers {
            if *field != "Cookie" || name.contains("garbage") {
                continue;
            }
            *value = if is_pending {
                stage.session(login("totpuser", "totp-pass")).await
            } else if name.contains("new-cookie-after-logout") {
                kept(&stage.send(logout()).await, "tinyauth-session-").unwrap_or_default()
            } else if name.contains("after-totp") || name.ends_with("full-session") {
                let pending = stage.session(login("totpuser", "totp-pass")).await;
                stage.session(totp(stage.code(0)).header("Cookie", pending)).await
            } else {
                stage.session(login("user", "correct-horse")).await
            };
        }
        if name.starts_with("totp-") && recording.answer.status == 200 {
            request.body = json!({"code": stage.code(0)}).to_string();
        }
        if name == "login-locked-right-password" {
            stage.advance(Duration::from_secs(1)); // as it did there
        }
        stage.send(request).await
    }
}

async fn stage(app_url: &str, deviations: &[Deviation]) -> Stage {
    let secret: TotpSecret = "JBSWY3DPEHPK3PXP".parse().expect("base32");
    let users = vec![
        User::new("user", "correct-horse"),
        User::new("colon", "pa:ss:word"),
        User::new("totpuser", "totp-pass").totp(secret.clone()),
        User::new("lockme", "lock-pass"),
    ];
    Stage::with(users, secret, Some(app_url), deviations.iter().copied()).await
}

/// As releases take it.
fn login(name: &str, password: &str) -> Request {
    login_with(json!({"email": name, "username": name, "password": password}).to_string())
}

/// A callback is of a state that was given out then.
fn can_be_repeated(recording: &Recording) -> bool {
    !["oauth-callback-", "oauth-flow-"].iter().any(|other| recording.name.starts_with(other))
}

/// What counts of an answer: its status, its body, and what a proxy or a browser makes of it.
fn essence(answer: &Answer) -> (u16, Value, [Option<String>; 3]) {
    let mut body: Value = serde_json::from_str(&answer.body).unwrap_or(Value::Null);
    if body.is_object() {
        // The provider's address, and that of a user whose server has an address of digits for a domain.
        for differs in ["url", "email"] {
            body[differs].take();
        }
    }
    let headers = ["Location", "Remote-User", "Remote-Name"];
    (answer.status, body, headers.map(|name| answer.header(name).map(str::to_owned)))
}

#[tokio::test]
async fn what_was_recorded_is_answered_again_but_for_what_is_chosen() {
    for release in API.releases {
        let repeated = Repeated::new(&Deviation::of(release).collect::<Vec<_>>()).await;
        let mut compared = 0;
        for recording in Recording::of("tinyauth", release).iter().filter(|recording| can_be_repeated(recording)) {
            let (ours, recorded) = (repeated.answer(recording).await, &recording.answer);
            match is_chosen(recording) {
                true => assert_ne!(essence(&ours), essence(recorded), "{} is no choice", recording.name),
                false => assert_eq!(essence(&ours), essence(recorded), "{}", recording.name),
            }
            compared += 1;
        }
        assert!(compared > 180, "only {compared} recordings of {} were found", release.name);
    }
}

#[tokio::test]
async fn each_choice_is_about_a_recording() {
    for release in API.releases {
        let names: Vec<_> = Recording::of("tinyauth", release).iter().map(|one| format!("{}.http", one.name)).collect();
        for beginning in CHOSEN {
            assert!(names.iter().any(|name| name.starts_with(beginning)), "{beginning}");
        }
    }
}

/// Whatever was sent to the real ones, this server does not fail on it.
#[tokio::test]
async fn nothing_makes_the_server_fail() {
    for release in API.releases {
        let repeated = Repeated::new(&[]).await;
        for recording in Recording::of("tinyauth", release) {
            repeated.stage(&recording).advance(Duration::from_secs(300)); // nobody is held off
            let status = repeated.answer(&recording).await.status;
            assert!(status < 500, "{}: {status}", recording.name);
        }
    }
}
