//! The document's own samples, sent and answered as they are printed there.

use super::*;
use probity_fixtures::uptinio::API;

fn sample(name: &str) -> &'static str {
    API.examples.iter().find(|example| example.name == name).expect("a sample of that name").json
}

fn printed(name: &str) -> Value {
    serde_json::from_str(sample(name)).expect("JSON")
}

/// What is printed, but for members whose values are made up.
fn printed_but(name: &str, answered: &Value, made_up: &[&str]) -> Value {
    let mut printed = printed(name);
    for pointer in made_up {
        let (here, there) = (printed.pointer_mut(pointer), answered.pointer(pointer));
        let (here, there) = here.zip(there).expect("both have it");
        assert!(here.is_string() && there.is_string(), "{pointer}");
        *here = there.clone();
    }
    printed
}

async fn server(users: Vec<User>) -> Server {
    let seed = Seed { users, ..Seed::default() };
    ReferenceServer::uptinio().seed(seed).clock(Clock::standing()).start().await.expect("a free port")
}

/// The server that the samples speak of.
async fn document() -> Server {
    ReferenceServer::uptinio().clock(Clock::standing()).start().await.expect("a free port")
}

#[tokio::test]
async fn the_registrations_are_answered_as_printed() {
    for (operation, name, made_up) in [
        (operation::REGISTER, "register", &["/user/created_at", "/user/updated_at"][..]),
        (operation::REGISTER_WITH_ENDPOINT, "registerWithEndpoint", &["/network_monitor/uuid"]),
    ] {
        let server = server(Vec::new()).await;
        let request = to(operation).body(sample(&format!("{name}-request")));
        let answer = request.send(server.url()).await.json();
        assert_eq!(answer, printed_but(&format!("{name}-response"), &answer, made_up));
    }
}

#[tokio::test]
async fn the_refused_registrations_are_answered_as_printed() {
    let server = document().await;
    let wrong = json!({"user": {"email": "user@example.com", "password": "12345", "password_confirmation": "12345"}});
    assert_eq!(register(&wrong).send(server.url()).await.json(), printed("register-422-refusal"));
    let again = to(operation::REGISTER_WITH_ENDPOINT).body(sample("registerWithEndpoint-request"));
    assert_eq!(again.send(server.url()).await.json(), printed("registerWithEndpoint-422-refusal"));
}

#[tokio::test]
async fn the_sign_in_and_what_follows_are_answered_as_printed() {
    let server = document().await;
    let answer = to(operation::SIGN_IN).body(sample("signIn-request")).send(server.url()).await;
    let token = token_in(&answer);
    let answer = answer.json();
    assert_eq!(answer, printed_but("signIn-response", &answer, &["/user/authentication_token"]));
    for token in [token.as_str(), "YOUR_AUTHENTICATION_TOKEN"] {
        let validated = bearer(to(operation::VALIDATE), token).send(server.url()).await;
        assert_eq!(validated.json(), printed("validate-response"));
        let verified = bearer(to(operation::VERIFY_EMAIL).body(sample("verifyEmail-request")), token);
        assert_eq!(verified.send(server.url()).await.json(), printed("verifyEmail-already-response"));
        assert_eq!(bearer(resend(), token).send(server.url()).await.json(), printed("resendCode-already-response"));
    }
}

/// The user of the samples, before the address was verified.
fn unverified() -> User {
    let (token, code) = (Some("YOUR_USER_AUTHENTICATION_TOKEN".into()), Some("123456".into()));
    User { verified: false, token, code, ..User::new("user@example.com", "your_password") }
}

#[tokio::test]
async fn the_verification_is_answered_as_printed() {
    let server = server(vec![unverified()]).await;
    let send = async |request| bearer(request, "YOUR_USER_AUTHENTICATION_TOKEN").send(server.url()).await.json();
    assert_eq!(send(to(operation::VERIFY_EMAIL)).await, printed("verifyEmail-400-refusal"));
    assert_eq!(send(verify("654321")).await, printed("verifyEmail-422-refusal"));
    server.clock().advance(Duration::from_secs(15));
    assert_eq!(send(resend()).await, printed("resendCode-429-refusal"));
    let verified = send(to(operation::VERIFY_EMAIL).body(sample("verifyEmail-request"))).await;
    assert_eq!(verified, printed("verifyEmail-response"));
}

#[tokio::test]
async fn a_new_code_is_answered_as_printed() {
    for (mail_fails, sample) in [(false, "resendCode-response"), (true, "resendCode-500-refusal")] {
        let server = server(vec![User { mail_fails, code: None, ..unverified() }]).await;
        let answer = bearer(resend(), "YOUR_USER_AUTHENTICATION_TOKEN").send(server.url()).await;
        assert_eq!(answer.json(), printed(sample));
    }
}

#[tokio::test]
async fn the_refused_tokens_are_answered_as_printed() {
    let banned = User { banned: true, ..unverified() };
    let server = server(vec![banned]).await;
    let send = async |request: Request| request.send(server.url()).await.json();
    let (user, token) = (to(operation::PROJECT_API_TOKENS), "YOUR_USER_AUTHENTICATION_TOKEN");
    assert_eq!(send(bearer(user.clone(), token)).await, printed("user-banned-401-refusal"));
    assert_eq!(send(bearer(user.clone(), "nonsense")).await, printed("user-invalid-401-refusal"));
    assert_eq!(send(user).await, printed("user-missing-401-refusal"));
    assert_eq!(send(bearer(to(operation::VALIDATE), token)).await, printed("validate-invalid-401-refusal"));
    assert_eq!(send(to(operation::NETWORK_MONITORS)).await, printed("networkMonitors-401-refusal"));
}

#[tokio::test]
async fn the_projects_token_is_taken_until_there_are_too_many_requests() {
    let server = document().await;
    let request = || bearer(to(operation::NETWORK_MONITORS), "YOUR_PROJECT_API_TOKEN");
    for _ in 0..100 {
        assert_eq!(request().send(server.url()).await.status, 200);
    }
    assert_eq!(request().send(server.url()).await.json(), printed("networkMonitors-429-refusal"));
}
