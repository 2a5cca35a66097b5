//! Every recorded answer is read for what it says.

use probity::ErrorKind;
use probity::endpoint::Endpoint;
use probity::umami::{Credentials, LoggedIn, Login, Page, Refusal, VerifiedUser, Verify, Website, Websites};
use probity_fixtures::umami::operation;
use serde_json::Value;

use crate::recording::{self, Recording};

/// A browser asks these before a call; no endpoint does.
const PREFLIGHTS: [&str; 2] = ["auth-login-options-preflight", "websites-options-preflight"];

#[test]
fn every_recording_is_read_for_what_it_says() {
    let credentials = Credentials::new("admin", "password");
    let mut read = 0;
    for recording in recording::all() {
        if recording.method == "OPTIONS" {
            assert!(PREFLIGHTS.contains(&&*recording.name), "{} is ignored", recording.name);
            continue;
        }
        let path = recording.target.split('?').next().unwrap_or_default().trim_end_matches('/');
        if path == operation::LOGIN.path {
            holds(&Login::new(&credentials), &recording, says_login);
        } else if path == operation::VERIFY.path {
            holds(&Verify, &recording, says_user);
        } else if path == operation::WEBSITES.path {
            holds(&Websites::default(), &recording, says_websites);
        } else {
            panic!("{} is of no endpoint", recording.name);
        }
        read += 1;
    }
    assert!(read >= 50, "only {read} recordings were found");
}

fn holds<E: Endpoint<Refusal = Refusal>>(endpoint: &E, recording: &Recording, says: fn(&E::Output, &Value)) {
    let name = &recording.name;
    let status = recording.response.status();
    let body: Option<Value> = serde_json::from_slice(recording.response.body()).ok();
    match endpoint.read(&recording.response) {
        Ok(output) => {
            assert!(status.is_success(), "{name}");
            says(&output, &body.expect(name));
        }
        Err(error) => {
            assert!(!status.is_success(), "{name}: {error}");
            assert_eq!(error.status(), Some(status), "{name}");
            assert_eq!(error.is_unauthorized(), status == 401, "{name}");
            assert!(matches!(error.kind(), ErrorKind::Rejected(_)), "{name}: {error}");
            let code = error.refusal().map(|refusal| refusal.code.as_str());
            let told = body.as_ref().map(|body| body["error"]["code"].as_str().expect("3.x has a code"));
            assert_eq!(code, told, "{name}");
        }
    }
}

fn says_login(login: &LoggedIn, body: &Value) {
    assert_eq!(login.token.expose_secret(), body["token"]);
    assert_eq!(login.user.id.as_str(), body["user"]["id"]);
    assert_eq!(login.user.username, body["user"]["username"]);
    assert_eq!(login.user.created_at.as_deref(), body["user"]["createdAt"].as_str());
    assert_eq!(login.user.role.as_ref().map(|role| role.as_str()), body["user"]["role"].as_str());
}

fn says_user(user: &VerifiedUser, body: &Value) {
    assert_eq!(user.id.as_str(), body["id"]);
    assert_eq!(user.username, body["username"]);
    assert_eq!(user.role.as_str(), body["role"]);
    assert_eq!(user.is_admin, body["isAdmin"]);
}

fn says_websites(page: &Page<Website>, body: &Value) {
    assert_eq!(page.count, body["count"]);
    assert_eq!(page.page, body["page"]);
    assert_eq!(page.page_size, body["pageSize"]);
    let told = body["data"].as_array().expect("a list");
    assert_eq!(page.data.len(), told.len());
    for (website, told) in page.data.iter().zip(told) {
        assert_eq!(website.id.as_str(), told["id"]);
        assert_eq!(website.name, told["name"]);
        assert_eq!(website.domain.as_deref(), told["domain"].as_str());
        assert_eq!(website.created_at.as_deref(), told["createdAt"].as_str());
        assert_eq!(website.user_id.as_ref().map(|id| id.as_str()), told["userId"].as_str());
        assert_eq!(website.team_id.as_ref().map(|id| id.as_str()), told["teamId"].as_str());
    }
}

#[test]
fn the_faults_of_a_request_are_told_by_member() {
    let recording = recording::named("auth-login-empty-object");
    let credentials = Credentials::new("admin", "password");
    let error = Login::new(&credentials).read(&recording.response).expect_err("rejected");
    assert_eq!(
        error.to_string(),
        "umami.login: answered 400 Bad Request: Bad request (bad-request); \
         username: Invalid input: expected string, received undefined; \
         password: Invalid input: expected string, received undefined"
    );
}

#[test]
fn a_fault_of_the_whole_request_has_no_field() {
    let recording = recording::named("auth-login-json-array");
    let credentials = Credentials::new("admin", "password");
    let error = Login::new(&credentials).read(&recording.response).expect_err("rejected");
    let [fault] = &error.refusal().expect("a refusal").faults[..] else { panic!("one fault: {error}") };
    assert_eq!((&*fault.field, &*fault.message), ("", "Invalid input: expected object, received array"));
}
