//! No `Debug` form, no error and no log shows a password, a token or a code.

use std::collections::BTreeSet;
use std::time::SystemTime;

use bytes::Bytes;
use probity::endpoint::Endpoint;
use probity::uptinio::{
    Analyze, CreateIntegration, CreateNetworkMonitor, Credentials, CurrentProjectApiToken, GeneralStatus, GetUser,
    Incidents, Integrations, MetricName, MonitorSort, MonitorableType, NetworkMonitors, NewIntegration, NewUser,
    ProjectApiTokens, ProjectToken, Reason, Refusal, Register, RegisterWithEndpoint, ResendCode, ServerReport, Servers,
    SignIn, SignInWithGoogle, SignOut, SubmitServerMetrics, Uptinio, Usage, UserToken, Validate, VerifyEmail,
};
use proptest::prelude::*;
use serde_json::json;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::disclosure::{a_secret, shown, shown_by, told};
use crate::log::Log;
use crate::public_types::{public_types, shown_as};

/// Answers that repeat the secret wherever one can stand.
fn answers_with(secret: &str, status: u16) -> Vec<http::Response<Bytes>> {
    let bodies = [
        json!({"user": {"id": secret, "authentication_token": [secret]}}).to_string(),
        json!({"user": secret, "valid": secret, "success": secret}).to_string(),
        json!({"data": [{"uuid": "NM1", "name": secret, "url": [secret]}], "meta": {"total_count": secret}})
            .to_string(),
        json!([{"uuid": [secret], secret: secret}]).to_string(),
        json!({"success_count": secret}).to_string(),
        json!(secret).to_string(),
        format!(r#"{{"user": {{"authentication_token": "{secret}"#),
        format!("<html>{secret}</html>"),
        secret.to_owned(),
        json!({"errors": [secret, format!("wrong: {secret}")]}).to_string(),
        json!({"errors": secret}).to_string(),
        json!({"error": secret}).to_string(),
        json!({"error": {"code": secret, "message": secret}}).to_string(),
        json!({"success": false, "error": secret, "message": secret, "seconds_until_can_resend": secret}).to_string(),
        json!({"error": {secret: secret}, secret: [secret]}).to_string(),
    ];
    let headers = [
        ("content-type", format!("text/{secret}")),
        ("x-request-id", secret.to_owned()),
        ("retry-after", secret.to_owned()),
        ("x-ratelimit-limit", secret.to_owned()),
        ("x-ratelimit-reset", secret.to_owned()),
        ("set-cookie", format!("session={secret}")),
        ("location", format!("https://h/{secret}")),
    ];
    let answer = || http::Response::builder().status(status);
    let in_bodies = bodies.into_iter().map(|body| answer().body(body.into()));
    let in_headers = headers.into_iter().map(|(name, value)| answer().header(name, value).body("no JSON".into()));
    in_bodies.chain(in_headers).map(|answer| answer.expect("a response")).collect()
}

/// What a successful answer reads as.
fn read<E: Endpoint>(endpoint: &E, body: serde_json::Value) -> E::Output {
    endpoint.read(&http::Response::new(body.to_string().into())).unwrap_or_else(|error| panic!("{}: {error}", E::NAME))
}

proptest! {
    // Any text is as good as another here, and each goes through some four hundred errors.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_public_type_shows_one(secret in a_secret()) {
        let (user_token, project_token, text) = (UserToken::new(&*secret), ProjectToken::new(&*secret), &*secret);
        let credentials = Credentials::new("ada@example.com", text);
        let new_user = NewUser::new("ada@example.com", "Ada", text);
        let integration = NewIntegration::webhook(format!("https://hook.example/{text}"));
        let uptinio = Uptinio::new("http://localhost").expect("a client");
        let (session, project) = (uptinio.session(user_token.clone()), uptinio.project(project_token.clone()));
        let report = ServerReport::new("MB-1", "1.0.0").metric(MetricName::CpuUsed, 1.0, SystemTime::UNIX_EPOCH);

        let user = json!({"id": 1, "email": "a", "name": "b", "email_verified": true, "authentication_token": text});
        let signed_in = read(&SignIn::new(&credentials), json!({ "user": user }));
        let tokens = read(&ProjectApiTokens, json!([{"api_token": text}]));
        let incident = json!({
            "uuid": "INC9", "status": "ongoing", "created_at": "2026-01-01T00:00:00Z", "error_message": text,
            "request": text, "request_headers": {"authorization": text}, "response": text,
            "response_headers": {"set-cookie": text},
        });
        let meta = json!({"current_page": 1, "per_page": 25, "total_pages": 1, "total_count": 1});
        let settings = json!([{"uuid": "INT5", "type": "Slack", "settings": {"webhook_url": text}}]);
        let integrations = read(&Integrations, settings);
        let servers = read(&Servers::default(), json!([{"uuid": "SRV1", "last_metrics": [text]}]));
        let receipt =
            read(&SubmitServerMetrics::new(&report), json!({"success_count": 0, "failure_count": 1, "errors": [text]}));

        let incidents = read(&Incidents::default(), json!({"data": [incident], "meta": meta}));
        let monitor = json!({"uuid": "NM1", "id": 1, "name": "Shop", "url": "https://shop.example", "check_type": "http",
            "status": "success", "created_at": "2026-01-01T00:00:00Z"});
        let monitors = read(&NetworkMonitors::default(), json!({"data": [monitor], "meta": meta}));
        let status = read(&ResendCode, json!({"user": {"email": "a", "email_verified": true}}));
        let registered = read(&Register::new(&new_user), json!({"user": {"email": "a", "name": "b"}}));
        let first = json!({"uuid": "NM1", "url": "https://shop.example"});
        let with_endpoint = RegisterWithEndpoint::new("https://shop.example", "a");
        let registered_with_endpoint =
            read(&with_endpoint, json!({"user": {"email": "a", "name": "b"}, "network_monitor": first}));
        let google = SignInWithGoogle::new(text);
        let signed_in_with_google = read(&google, json!({ "user": user }));
        let validity = read(&Validate, json!({"valid": true, "user": user}));
        let answer = http::Response::builder().status(401).body(Bytes::from(json!({"error": "No"}).to_string()));
        let error = GetUser::new("1").read(&answer.expect("a response")).expect_err("refused");
        let refusal = error.refusal().expect("a refusal");
        let (monitor, incident, integration_0) = (&monitors.data[0], &incidents.data[0], &integrations[0]);

        let list = [
            shown_as(&user_token), shown_as(&project_token), shown_as(&credentials), shown_as(&new_user),
            shown_as(&integration), shown_as(&uptinio), shown_as(&session), shown_as(&project), shown_as(&report),
            shown_as(&Register::new(&new_user)), shown_as(&registered), shown_as(&registered.user),
            shown_as(&with_endpoint), shown_as(&registered_with_endpoint),
            shown_as(&registered_with_endpoint.network_monitor), shown_as(&SignIn::new(&credentials)),
            shown_as(&signed_in), shown_as(&signed_in.user), shown_as(&signed_in.user.id), shown_as(&google),
            shown_as(&signed_in_with_google), shown_as(&Validate), shown_as(&validity), shown_as(&SignOut),
            shown_as(&GetUser::new("1")), shown_as(&ProjectApiTokens), shown_as(&CurrentProjectApiToken),
            shown_as(&tokens), shown_as(tokens.answer()), shown_as(&VerifyEmail::new(text)), shown_as(&ResendCode),
            shown_as(&status), shown_as(&NetworkMonitors::default()), shown_as(&monitors), shown_as(&monitors.meta),
            shown_as(monitor), shown_as(&monitor.uuid), shown_as(monitor.id.as_ref().expect("a number")),
            shown_as(monitor.status.as_ref().expect("a status")), shown_as(&MonitorSort::Status),
            shown_as(monitor.check_type.as_ref().expect("a type")),
            shown_as(monitor.created_at.as_ref().expect("a moment")), shown_as(&CreateNetworkMonitor::new("a", "b")),
            shown_as(&Incidents::default()), shown_as(incident), shown_as(&incident.uuid), shown_as(&incident.status),
            shown_as(&MonitorableType::NetworkMonitor), shown_as(&SubmitServerMetrics::new(&report)),
            shown_as(&MetricName::CpuUsed), shown_as(&receipt), shown_as(&Servers::default()), shown_as(&servers[0]),
            shown_as(&servers[0].uuid), shown_as(&Integrations), shown_as(integration_0), shown_as(&integration_0.uuid),
            shown_as(&integration_0.kind), shown_as(&CreateIntegration::new(&integration)),
            shown_as(&Analyze::new(json!({"question": text}))), shown_as(&Usage), shown_as(&GeneralStatus),
            shown_as(refusal), shown_as(&refusal.reason),
        ];
        let types: BTreeSet<_> = list.iter().map(|(name, _)| *name).collect();
        prop_assert_eq!(types, public_types(include_str!("../../src/uptinio/mod.rs"), |_| true), "a public type is not in the list");
        let shown = list.into_iter().fold(String::new(), |text, (_, shown)| text + &shown) + &shown(&[
            &uptinio.sign_in(&credentials), &uptinio.sign_in_with_google(text), &uptinio.register(&new_user),
            &session.validate(), &session.verify_email(text), &session.token(), &project.network_monitors(),
            &project.network_monitors().pages(), &project.analysis(json!(text)),
            &project.create_integration(&integration), &tokens.tokens(), &incidents, &integrations, &servers,
            &read(&GeneralStatus, json!({"token": text})), &read(&Usage, json!(text)),
            &read(&GetUser::new("1"), json!([text])),
        ]);
        prop_assert!(!shown.contains(text), "{shown}");
    }

    #[test]
    fn no_error_shows_one_that_the_server_repeats(secret in a_secret(), status in prop_oneof![Just(200u16), 100u16..1000]) {
        let (user, project) = (UserToken::new(&*secret), ProjectToken::new(&*secret));
        let credentials = Credentials::new("ada@example.com", &*secret);
        let new_user = NewUser::new("ada@example.com", "Ada", &*secret);
        let integration = NewIntegration::webhook(&*secret);
        let report = ServerReport::new("MB-1", "1.0.0");
        for answer in answers_with(&secret, status) {
            let text = told(&Register::new(&new_user), &(), &answer)
                + &told(&SignIn::new(&credentials), &(), &answer)
                + &told(&SignInWithGoogle::new(&*secret), &(), &answer)
                + &told(&Validate, &user, &answer)
                + &told(&SignOut, &user, &answer)
                + &told(&GetUser::new("1"), &user, &answer)
                + &told(&ProjectApiTokens, &user, &answer)
                + &told(&CurrentProjectApiToken, &user, &answer)
                + &told(&VerifyEmail::new(&*secret), &user, &answer)
                + &told(&ResendCode, &user, &answer)
                + &told(&NetworkMonitors::default(), &project, &answer)
                + &told(&CreateNetworkMonitor::new("a", "b"), &project, &answer)
                + &told(&Incidents::default(), &project, &answer)
                + &told(&SubmitServerMetrics::new(&report), &project, &answer)
                + &told(&Servers::default(), &project, &answer)
                + &told(&Analyze::new(json!({})), &project, &answer)
                + &told(&Integrations, &project, &answer)
                + &told(&CreateIntegration::new(&integration), &project, &answer)
                + &told(&Usage, &project, &answer)
                + &told(&GeneralStatus, &project, &answer);
            prop_assert!(!text.contains(&secret), "{text}");
        }
    }

    #[test]
    fn no_error_shows_one_that_cannot_be_sent(secret in a_secret()) {
        let base = "http://localhost".parse().expect("a base URL");
        let error = Usage.request(&base, &ProjectToken::new(format!("{secret}\n"))).expect_err("no header");
        let text = format!("{error} {error:?}");
        prop_assert!(!text.contains(&secret), "{text}");
    }
}

#[tokio::test]
async fn clients_blank_what_the_server_repeats_out_of_their_errors_and_the_log_has_none() {
    let server = MockServer::start().await;
    let body = json!({"success": false, "error": "hunter2secret", "message": "wrong: hunter2secret"});
    Mock::given(any()).respond_with(ResponseTemplate::new(400).set_body_json(body)).mount(&server).await;
    let log = Log::default();
    let until_dropped = log.subscribe();
    let uptinio = Uptinio::new(&server.uri()).expect("a client");
    let (session, project) =
        (uptinio.session(UserToken::new("hunter2secret")), uptinio.project(ProjectToken::new("hunter2secret")));
    for error in [
        uptinio.sign_in(&Credentials::new("ada@example.com", "hunter2secret")).await.expect_err("rejected"),
        uptinio.register(&NewUser::new("ada@example.com", "Ada", "hunter2secret")).await.expect_err("rejected"),
        session.verify_email("123456").await.expect_err("rejected"),
        project.network_monitors().await.expect_err("rejected"),
        project.network_monitors().with_response().await.expect_err("rejected"),
        project.servers().pages().next().await.expect_err("rejected"),
    ] {
        assert!(error.to_string().ends_with("wrong: (a secret) ((a secret))"), "{error}");
        assert!(!shown_by(&error).contains("hunter2secret"), "{error:?}");
    }
    drop(until_dropped);
    let log = log.text();
    assert!(log.contains("operation=\"uptinio.networkMonitors\""), "{log}");
    assert!(!log.contains("hunter2secret"), "{log}");
}

#[test]
fn a_password_that_is_a_word_of_uptinios_leaves_the_reason_as_it_is() {
    let body =
        json!({"success": false, "error": "code_required", "message": "Verification code is required"}).to_string();
    let answer = http::Response::builder().status(400).body(Bytes::from(body)).expect("a response");
    let (verify, token) = (VerifyEmail::new("code"), UserToken::new("code_required"));
    let error = verify.read(&answer).expect_err("rejected").concealing(&verify.secrets(&token));
    let refusal: &Refusal = error.refusal().expect("a refusal");
    assert_eq!((refusal.reason, refusal.code.as_deref()), (Reason::CodeRequired, Some("(a secret)")));
}
