//! The way that applications go, against a server that does what the document says.

use std::time::{Duration, SystemTime};

use probity::Retry;
use probity::uptinio::{
    Credentials, IncidentStatus, IntegrationType, MetricName, MonitorSort, MonitorStatus, NewIntegration, NewUser,
    Project, ProjectToken, Reason, ServerReport, Session, Uptinio, UserToken,
};
use probity_server::ReferenceServer;
use probity_server::uptinio::{self, Seed, Server, User};
use serde_json::json;

async fn server_of(seed: Seed) -> (Server, Uptinio) {
    let server = ReferenceServer::uptinio().seed(seed).start().await.expect("the server starts");
    let uptinio = Uptinio::builder(server.url()).retry(Retry::never()).build().expect("a client");
    (server, uptinio)
}

async fn server() -> (Server, Uptinio) {
    server_of(Seed::document()).await
}

/// The project of the document's samples.
fn project(uptinio: &Uptinio) -> Project {
    uptinio.project(ProjectToken::new("YOUR_PROJECT_API_TOKEN"))
}

/// The user of the document's samples whose address is not verified.
fn unverified(uptinio: &Uptinio) -> Session {
    uptinio.session(UserToken::new("YOUR_USER_AUTHENTICATION_TOKEN"))
}

fn reason<T: std::fmt::Debug>(result: Result<T, probity::uptinio::Error>) -> Reason {
    let error = result.expect_err("refused");
    error.refusal().unwrap_or_else(|| panic!("a refusal: {error}")).reason
}

#[tokio::test]
async fn a_user_registers_verifies_the_address_and_monitors_a_website() {
    let (server, uptinio) = server().await;
    let ada = NewUser::new("ada@example.com", "Ada Lovelace", "correct horse");
    let registered = uptinio.register(&ada).await.expect("registered");
    assert_eq!((&*registered.user.email, &*registered.user.name), ("ada@example.com", "Ada Lovelace"));
    assert!(registered.user.created_at.and_then(|created| created.time()).is_some());

    let session = uptinio.sign_in(&Credentials::new("ada@example.com", "correct horse")).await.expect("signed in");
    assert_eq!(session.signed_in_user().map(|user| user.email_verified), Some(false));
    let tokens = session.current_project_api_token().await.expect("an answer");
    let project = uptinio.project(tokens.first().expect("a token"));

    let refused = project.create_network_monitor("Shop", "https://shop.example").await;
    assert!(matches!(reason(refused), Reason::Forbidden | Reason::Invalid), "an address that is not verified");
    let code = server.outbox().code_for("ada@example.com").expect("a code was sent");
    let status = session.verify_email(code).await.expect("verified");
    assert_eq!((&*status.email, status.email_verified), ("ada@example.com", true));

    project.create_network_monitor("Shop", "https://shop.example").await.expect("created");
    let monitors = project.network_monitors().await.expect("a page").data;
    let [monitor] = &monitors[..] else { panic!("one monitor: {monitors:?}") };
    assert_eq!((&*monitor.name, &*monitor.url), ("Shop", "https://shop.example"));
    server.shutdown().await;
}

#[tokio::test]
async fn a_user_registers_with_a_website_and_signs_in_by_the_password_that_was_mailed() {
    let (server, uptinio) = server().await;
    let registered =
        uptinio.register_with_endpoint("https://shop.example", "ada@example.com").await.expect("registered");
    assert_eq!(registered.network_monitor.url, "https://shop.example");
    let password = server.outbox().password_for("ada@example.com").expect("a password was sent");
    let session = uptinio.sign_in(&Credentials::new("ada@example.com", password)).await.expect("signed in");
    let tokens = session.project_api_tokens().await.expect("an answer").tokens();
    let [token] = &tokens[..] else { panic!("one project: {tokens:?}") };
    let monitors = uptinio.project(token.clone()).network_monitors().await.expect("a page");
    assert_eq!(monitors.data[0].uuid, registered.network_monitor.uuid);
}

#[tokio::test]
async fn a_registration_is_refused_where_the_address_is_taken() {
    let (_server, uptinio) = server().await;
    let error = uptinio.register(&NewUser::new("user@example.com", "Ada", "password")).await.expect_err("refused");
    let refusal = error.refusal().expect("a refusal");
    assert_eq!((refusal.reason, refusal.messages().len()), (Reason::Invalid, 1), "{error}");
    let taken = uptinio.register_with_endpoint("https://shop.example", "user@example.com").await;
    assert_eq!(reason(taken), Reason::Invalid);
}

#[tokio::test]
async fn a_wrong_password_and_a_banned_user_are_refused() {
    let mut banned = User::new("eve@example.com", "your_password");
    banned.banned = true;
    banned.token = Some("token-of-eve".into());
    let mut seed = Seed::document();
    seed.users.push(banned);
    let (_server, uptinio) = server_of(seed).await;
    for credentials in
        [Credentials::new("user@example.com", "not-it"), Credentials::new("eve@example.com", "your_password")]
    {
        let error = uptinio.sign_in(&credentials).await.expect_err("refused");
        assert!(error.status().is_some_and(|status| status.is_client_error()), "{error}");
        assert!(error.refusal().is_some_and(|refusal| !refusal.messages().is_empty()), "{error}");
    }
    let eve = uptinio.session(UserToken::new("token-of-eve"));
    assert!(matches!(reason(eve.project_api_tokens().await), Reason::Unauthorized | Reason::Forbidden));
}

#[tokio::test]
async fn a_session_is_good_until_its_user_signs_out() {
    let (_server, uptinio) = server().await;
    let session = uptinio.sign_in(&Credentials::new("user@example.com", "your_password")).await.expect("signed in");
    let kept = session.token().expose_secret().to_owned();
    let again = uptinio.session(UserToken::new(kept));
    let user = again.validate().await.expect("an answer").user().expect("the token is good");
    assert_eq!(session.signed_in_user(), Some(&user));
    let details = session.user(&user.id).await.expect("details");
    assert_eq!(details.value().pointer("/user/email").or(details.value().get("email")), Some(&json!(user.email)));

    session.sign_out().await.expect("signed out");
    assert!(!again.validate().await.expect("an answer").is_valid());
    assert!(again.project_api_tokens().await.expect_err("refused").is_unauthorized());
}

#[tokio::test]
async fn a_token_of_the_other_kind_lets_nobody_in() {
    let (_server, uptinio) = server().await;
    let as_project = uptinio.project(ProjectToken::new("YOUR_AUTHENTICATION_TOKEN"));
    assert!(as_project.network_monitors().await.expect_err("refused").is_unauthorized());
    let as_user = uptinio.session(UserToken::new("YOUR_PROJECT_API_TOKEN"));
    assert!(!as_user.validate().await.expect("an answer").is_valid());
    assert!(as_user.current_project_api_token().await.expect_err("refused").is_unauthorized());
}

#[tokio::test]
async fn a_code_is_right_or_wrong_and_expires() {
    let (server, uptinio) = server().await;
    let session = unverified(&uptinio);
    assert_eq!(reason(session.verify_email("000000").await), Reason::InvalidOrExpiredCode);
    server.clock().advance(Duration::from_secs(15 * 60 + 1));
    assert_eq!(reason(session.verify_email("123456").await), Reason::InvalidOrExpiredCode);

    assert!(!session.resend_code().await.expect("sent").email_verified);
    let code = server.outbox().code_for("unverified@example.com").expect("a code was sent");
    assert!(session.verify_email(code).await.expect("verified").email_verified);
    // Neither does harm once the address is verified.
    assert!(session.verify_email("000000").await.expect("verified already").email_verified);
    assert!(session.resend_code().await.expect("verified already").email_verified);
}

#[tokio::test]
async fn another_code_is_to_be_had_after_a_minute() {
    let (server, uptinio) = server().await;
    let session = unverified(&uptinio);
    server.clock().advance(Duration::from_secs(61));
    session.resend_code().await.expect("sent");
    let error = session.resend_code().await.expect_err("too soon");
    let Some(Reason::ResendTooSoon { wait: Some(wait), .. }) = error.refusal().map(|refusal| refusal.reason) else {
        panic!("too soon, and for how long: {error}")
    };
    assert!(wait > Duration::ZERO && wait <= Duration::from_secs(60), "{wait:?}");
    assert_eq!(error.retry_after(), Some(wait));
    server.clock().advance(wait + Duration::from_secs(1));
    session.resend_code().await.expect("sent");
}

#[tokio::test]
async fn a_mail_that_cannot_be_sent_is_told() {
    let mut unlucky = User::new("bob@example.com", "your_password");
    (unlucky.verified, unlucky.mail_fails, unlucky.token) = (false, true, Some("token-of-bob".into()));
    let (_server, uptinio) = server_of(Seed { users: vec![unlucky], projects: Vec::new(), ..Seed::document() }).await;
    let error = uptinio.session(UserToken::new("token-of-bob")).resend_code().await.expect_err("not sent");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(500));
    assert_eq!(error.refusal().map(|refusal| refusal.reason), Some(Reason::SendFailed));
}

#[tokio::test]
async fn who_signs_in_with_google_is_verified() {
    let provider = ReferenceServer::identity_provider().start().await.expect("the provider starts");
    let google = uptinio::Google::played_by(&provider);
    let id_token = provider.id_tokens().of(&provider.seed().people[0], &google.client_id).sign();
    let (_server, uptinio) = server_of(Seed { google: Some(google), ..Seed::document() }).await;
    let session = uptinio.sign_in_with_google(id_token).await.expect("signed in");
    let user = session.validate().await.expect("an answer").user().expect("the token is good");
    assert!(user.email_verified);
    assert!(uptinio.sign_in_with_google("no.id.token").await.expect_err("refused").status().is_some());
}

/// A project that watches these, in this order.
fn watching(monitors: impl IntoIterator<Item = uptinio::Monitor>) -> Seed {
    let mut project = uptinio::Project::new("user@example.com", "Shops");
    project.token = Some("token-of-the-shops".into());
    project.monitors = monitors.into_iter().collect();
    Seed { projects: vec![project], ..Seed::document() }
}

#[tokio::test]
async fn monitors_are_listed_page_by_page_and_searched() {
    let monitors = (1..=7).map(|number| {
        let mut monitor = uptinio::Monitor::new(format!("https://shop-{number}.example"));
        monitor.name = Some(format!("Shop {number}"));
        monitor
    });
    let (_server, uptinio) = server_of(watching(monitors)).await;
    let project = uptinio.project(ProjectToken::new("token-of-the-shops"));
    let mut pages = project.network_monitors().sort(MonitorSort::CreatedAt).page_size(3).pages();
    let (mut names, mut sizes) = (Vec::new(), Vec::new());
    while let Some(page) = pages.next().await.expect("a page") {
        assert_eq!((page.meta.total_count, page.meta.total_pages, page.meta.per_page), (7, 3, 3));
        sizes.push(page.data.len());
        names.extend(page.data.into_iter().map(|monitor| monitor.name));
    }
    names.sort();
    assert_eq!(names, (1..=7).map(|number| format!("Shop {number}")).collect::<Vec<_>>());
    assert_eq!(sizes, [3, 3, 1]);
    assert!(pages.rate_limit().is_some());

    let found = project.network_monitors().search("SHOP-4.").await.expect("a page");
    assert_eq!(found.data.iter().map(|monitor| &*monitor.name).collect::<Vec<_>>(), ["Shop 4"]);
}

#[tokio::test]
async fn a_monitor_that_fails_has_an_incident_that_goes_on() {
    let mut down = uptinio::Monitor::new("https://down.example");
    (down.status, down.past_incidents) = (uptinio::MonitorStatus::Failure, 2);
    let (_server, uptinio) = server_of(watching([uptinio::Monitor::new("https://up.example"), down])).await;
    let project = uptinio.project(ProjectToken::new("token-of-the-shops"));
    let monitors = project.network_monitors().await.expect("a page").data;
    let down = monitors.iter().find(|monitor| monitor.status == Some(MonitorStatus::Failure)).expect("one is down");
    let ongoing = project.incidents().status(IncidentStatus::Ongoing).await.expect("a page");
    assert_eq!(ongoing.data.iter().map(|incident| &incident.uuid).collect::<Vec<_>>(), [&down.open_incident_uuids[0]]);
    assert_eq!(ongoing.data[0].monitorable_uuid.as_deref(), Some(down.uuid.as_str()));
    let resolved = project.incidents().status(IncidentStatus::Resolved).await.expect("a page");
    assert_eq!(resolved.meta.total_count, 2);
    assert!(resolved.data.iter().all(|incident| incident.closed_at.is_some()));
    assert_eq!(project.incidents().await.expect("a page").data[0].status, IncidentStatus::Ongoing);
}

#[tokio::test]
async fn a_machine_reports_and_is_listed() {
    let (_server, uptinio) = server().await;
    let project = project(&uptinio);
    let now = SystemTime::now();
    let report = ServerReport::new("MB-1", "1.0.0")
        .hostname("web-1")
        .cpu_cores(2)
        .metric(MetricName::CpuUsed, 512.0, now)
        .metric(MetricName::MemoryUsed, 1_073_741_824.0, now);
    let receipt = project.submit_server_metrics(&report).await.expect("a receipt");
    assert_eq!((receipt.success_count, receipt.failure_count), (2, 0));
    let mut pages = project.servers().pages();
    let mut hosts = Vec::new();
    while let Some(page) = pages.next().await.expect("a page") {
        hosts.extend(page.into_iter().filter_map(|server| server.hostname));
    }
    assert!(hosts.contains(&"web-1".to_owned()), "{hosts:?}");
}

#[tokio::test]
async fn a_project_has_integrations_and_answers_what_is_not_documented() {
    let (_server, uptinio) = server().await;
    let project = project(&uptinio);
    let before = project.integrations().await.expect("a list").len();
    project.create_integration(&NewIntegration::webhook("https://hook.example/x")).await.expect("created");
    let integrations = project.integrations().await.expect("a list");
    assert_eq!(integrations.len(), before + 1);
    let webhook = integrations.iter().find(|integration| integration.kind == IntegrationType::Webhook);
    let settings = webhook.and_then(|webhook| webhook.settings.as_ref()).expect("a webhook");
    assert_eq!(settings.value()["webhook_url"], "https://hook.example/x");

    project.usage().await.expect("an answer");
    project.general_status().await.expect("an answer");
    project.analysis(json!({"question": "How are we?"})).await.expect("an answer");
}

#[tokio::test]
async fn the_rate_limit_is_counted_down_reached_and_reset() {
    let (server, uptinio) = server().await;
    let project = project(&uptinio);
    let left = async || {
        let told = project.general_status().with_response().await.expect("an answer").rate_limit();
        told.and_then(|told| told.remaining).expect("told")
    };
    let first = left().await;
    assert_eq!(left().await, first - 1);
    while left().await > 0 {}
    let error = project.network_monitors().await.expect_err("too many");
    let Some(Reason::RateLimited { limit, reset: Some(reset), .. }) = error.refusal().map(|refusal| refusal.reason)
    else {
        panic!("too many requests: {error}")
    };
    assert_eq!((limit, error.rate_limit().and_then(|told| told.remaining)), (Some(100), Some(0)));
    // The time of the answer and that of the reset are both told in whole seconds.
    assert!(reset <= Duration::from_secs(61), "{reset:?}");
    assert!(error.retry_after().is_some_and(|wait| wait <= reset), "{error}");
    server.clock().advance(reset + Duration::from_secs(1));
    assert_eq!(left().await, first);
}
