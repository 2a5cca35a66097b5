//! What goes over the wire, and that it is what `openapi.yaml` says.

use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use insta::assert_snapshot;
use probity::endpoint::Endpoint;
use probity::uptinio::{
    Analyze, CreateIntegration, CreateNetworkMonitor, Credentials, CurrentProjectApiToken, GeneralStatus, GetUser,
    IncidentStatus, Incidents, Integrations, MetricName, MonitorSort, NetworkMonitors, NewIntegration, NewUser,
    ProjectApiTokens, ProjectToken, Register, RegisterWithEndpoint, ResendCode, ServerReport, Servers, SignIn,
    SignInWithGoogle, SignOut, SubmitServerMetrics, Usage, UserToken, Validate, VerifyEmail,
};
use probity::{BaseUrl, ConfigurationError, Paged as _, Paging};
use probity_fixtures::uptinio::{API, operation};
use proptest::prelude::*;
use serde_json::json;

use crate::description::is_described;
use crate::wire::wire;

fn base() -> BaseUrl {
    "https://example.com/uptinio".parse().expect("a base URL")
}

fn request<E: Endpoint>(endpoint: &E, credential: &E::Credential) -> http::Request<Bytes> {
    endpoint.request(&base(), credential).expect("a request")
}

fn of_user<E: Endpoint<Credential = UserToken>>(endpoint: &E) -> http::Request<Bytes> {
    request(endpoint, &UserToken::new("USER-TOKEN"))
}

fn of_project<E: Endpoint<Credential = ProjectToken>>(endpoint: &E) -> http::Request<Bytes> {
    request(endpoint, &ProjectToken::new("PROJECT-TOKEN"))
}

fn set(paging: &mut Paging) {
    paging.page = Some(2);
    paging.page_size = Some(50);
}

fn register_request() -> http::Request<Bytes> {
    let user = NewUser::new("ada@example.com", "Ada Lovelace", "pass\"word").first_website("https://example.com");
    request(&Register::new(&user), &())
}

fn sign_in_request() -> http::Request<Bytes> {
    request(&SignIn::new(&Credentials::new("ada@example.com", "pass\"word")), &())
}

fn monitors_request() -> http::Request<Bytes> {
    let mut monitors = NetworkMonitors::default().sort(MonitorSort::CreatedAt).search("shop & café");
    set(monitors.paging());
    of_project(&monitors)
}

fn incidents_request() -> http::Request<Bytes> {
    let mut incidents = Incidents::default().status(IncidentStatus::Ongoing);
    set(incidents.paging());
    of_project(&incidents)
}

fn servers_request() -> http::Request<Bytes> {
    let mut servers = Servers::default();
    set(servers.paging());
    of_project(&servers)
}

fn report_request() -> http::Request<Bytes> {
    let report = ServerReport::new("MB-1", "1.0.0")
        .hostname("web-1")
        .mac_address("00-11-22-33-44-55")
        .public_ip([198, 51, 100, 7].into())
        .private_ip([10, 0, 0, 7].into())
        .cpu_cores(2)
        .cpu_model("Ryzen")
        .operating_system("linux")
        .kernel_version("6.1")
        .uptime(Duration::from_millis(90_900))
        .disk_total_bytes(1000)
        .memory_total_bytes(2000)
        .metric(MetricName::CpuUsed, 512.0, UNIX_EPOCH + Duration::from_millis(1_767_323_045_678))
        .metric("of_our_own", 0.5, UNIX_EPOCH);
    of_project(&SubmitServerMetrics::new(&report))
}

fn create_integration_request() -> http::Request<Bytes> {
    of_project(&CreateIntegration::new(&NewIntegration::webhook("https://hook.example/x")))
}

#[test]
fn a_registration() {
    assert_snapshot!(wire(&register_request()), @r#"
    POST https://example.com/uptinio/api/v1/users
    accept: application/json
    content-type: application/json

    {"user":{"email":"ada@example.com","name":"Ada Lovelace","password":"pass\"word","password_confirmation":"pass\"word","first_website":"https://example.com"}}
    "#);
}

#[test]
fn a_registration_without_a_website() {
    let user = NewUser::new("ada@example.com", "Ada Lovelace", "password");
    assert_snapshot!(wire(&request(&Register::new(&user), &())), @r#"
    POST https://example.com/uptinio/api/v1/users
    accept: application/json
    content-type: application/json

    {"user":{"email":"ada@example.com","name":"Ada Lovelace","password":"password","password_confirmation":"password"}}
    "#);
}

#[test]
fn a_registration_with_an_endpoint() {
    let registration = RegisterWithEndpoint::new("https://example.com", "ada@example.com");
    assert_snapshot!(wire(&request(&registration, &())), @r#"
    POST https://example.com/uptinio/api/v1/registrations
    accept: application/json
    content-type: application/json

    {"endpoint":"https://example.com","email":"ada@example.com"}
    "#);
}

#[test]
fn a_sign_in() {
    assert_snapshot!(wire(&sign_in_request()), @r#"
    POST https://example.com/uptinio/api/v1/auth/sign_in
    accept: application/json
    content-type: application/json

    {"user":{"email":"ada@example.com","password":"pass\"word"}}
    "#);
}

#[test]
fn a_sign_in_with_google() {
    assert_snapshot!(wire(&request(&SignInWithGoogle::new("ID-TOKEN"), &())), @r#"
    POST https://example.com/uptinio/api/v1/auth/google
    accept: application/json
    content-type: application/json

    {"id_token":"ID-TOKEN"}
    "#);
}

#[test]
fn a_validation() {
    assert_snapshot!(wire(&of_user(&Validate)), @r"
    GET https://example.com/uptinio/api/v1/auth/validate
    accept: application/json
    authorization: Bearer USER-TOKEN
    ");
}

#[test]
fn a_sign_out() {
    assert_snapshot!(wire(&of_user(&SignOut)), @r"
    DELETE https://example.com/uptinio/api/v1/auth/sign_out
    accept: application/json
    authorization: Bearer USER-TOKEN
    ");
}

#[test]
fn a_users_details() {
    assert_snapshot!(wire(&of_user(&GetUser::new("1"))), @r"
    GET https://example.com/uptinio/api/v1/users/1
    accept: application/json
    authorization: Bearer USER-TOKEN
    ");
}

#[test]
fn the_tokens_of_projects() {
    assert_snapshot!(wire(&of_user(&ProjectApiTokens)), @r"
    GET https://example.com/uptinio/api/v1/users/project_api_tokens
    accept: application/json
    authorization: Bearer USER-TOKEN
    ");
    assert_snapshot!(wire(&of_user(&CurrentProjectApiToken)), @r"
    GET https://example.com/uptinio/api/v1/users/current_project_api_token
    accept: application/json
    authorization: Bearer USER-TOKEN
    ");
}

#[test]
fn a_code_with_its_leading_zeros() {
    assert_snapshot!(wire(&of_user(&VerifyEmail::new("001234"))), @r#"
    POST https://example.com/uptinio/api/v1/email_verifications/verify
    accept: application/json
    authorization: Bearer USER-TOKEN
    content-type: application/json

    {"code":"001234"}
    "#);
}

#[test]
fn the_wish_for_another_code() {
    assert_snapshot!(wire(&of_user(&ResendCode)), @r"
    POST https://example.com/uptinio/api/v1/email_verifications/resend
    accept: application/json
    authorization: Bearer USER-TOKEN
    ");
}

#[test]
fn a_page_of_monitors() {
    assert_snapshot!(wire(&monitors_request()), @r"
    GET https://example.com/uptinio/api/v1/network_monitors?page=2&per_page=50&sort=created_at&search=shop+%26+caf%C3%A9
    accept: application/json
    authorization: Bearer PROJECT-TOKEN
    ");
}

#[test]
fn options_that_are_not_set_are_left_out() {
    assert_snapshot!(wire(&of_project(&NetworkMonitors::default())), @r"
    GET https://example.com/uptinio/api/v1/network_monitors
    accept: application/json
    authorization: Bearer PROJECT-TOKEN
    ");
}

#[test]
fn a_new_monitor() {
    assert_snapshot!(wire(&of_project(&CreateNetworkMonitor::new("Shop", "https://shop.example"))), @r#"
    POST https://example.com/uptinio/api/v1/network_monitors
    accept: application/json
    authorization: Bearer PROJECT-TOKEN
    content-type: application/json

    {"network_monitor":{"name":"Shop","url":"https://shop.example"}}
    "#);
}

#[test]
fn a_page_of_incidents() {
    assert_snapshot!(wire(&incidents_request()), @r"
    GET https://example.com/uptinio/api/v1/incidents?page=2&per_page=50&status=ongoing
    accept: application/json
    authorization: Bearer PROJECT-TOKEN
    ");
}

#[test]
fn a_page_of_servers() {
    assert_snapshot!(wire(&servers_request()), @r"
    GET https://example.com/uptinio/api/v1/servers?page=2&per_page=50
    accept: application/json
    authorization: Bearer PROJECT-TOKEN
    ");
}

#[test]
fn the_report_of_a_machine() {
    assert_snapshot!(wire(&report_request()), @r#"
    POST https://example.com/uptinio/api/v1/server_metrics
    accept: application/json
    authorization: Bearer PROJECT-TOKEN
    content-type: application/json

    {"attributes":{"motherboard_id":"MB-1","hostname":"web-1","mac_address":"00-11-22-33-44-55","public_ip":"198.51.100.7","private_ip":"10.0.0.7","cpu_cores":2,"cpu_model":"Ryzen","operating_system":"linux","kernel_version":"6.1","uptime":90,"disk_total_bytes":1000,"memory_total_bytes":2000},"metrics":[{"metric":"cpu_used","value":512.0,"timestamp":"2026-01-02T03:04:05Z"},{"metric":"of_our_own","value":0.5,"timestamp":"1970-01-01T00:00:00Z"}],"agent_version":"1.0.0"}
    "#);
}

#[test]
fn an_analysis() {
    assert_snapshot!(wire(&of_project(&Analyze::new(json!({"incident": "INC9"})))), @r#"
    POST https://example.com/uptinio/api/v1/analysis
    accept: application/json
    authorization: Bearer PROJECT-TOKEN
    content-type: application/json

    {"incident":"INC9"}
    "#);
}

#[test]
fn the_integrations_and_a_new_one() {
    assert_snapshot!(wire(&of_project(&Integrations)), @r"
    GET https://example.com/uptinio/api/v1/integrations
    accept: application/json
    authorization: Bearer PROJECT-TOKEN
    ");
    assert_snapshot!(wire(&create_integration_request()), @r#"
    POST https://example.com/uptinio/api/v1/integrations
    accept: application/json
    authorization: Bearer PROJECT-TOKEN
    content-type: application/json

    {"integration":{"type":"Integrations::WebhookIntegration","settings":{"webhook_url":"https://hook.example/x"}}}
    "#);
}

#[test]
fn usage_and_general_status() {
    assert_snapshot!(wire(&of_project(&Usage)), @r"
    GET https://example.com/uptinio/api/v1/accounts/usage
    accept: application/json
    authorization: Bearer PROJECT-TOKEN
    ");
    assert_snapshot!(wire(&of_project(&GeneralStatus)), @r"
    GET https://example.com/uptinio/api/v1/general-status
    accept: application/json
    authorization: Bearer PROJECT-TOKEN
    ");
}

#[test]
fn an_id_that_leads_elsewhere_is_refused() {
    for id in ["", ".", "..", ".\t.", "a\n"] {
        let error = GetUser::new(id).request(&base(), &UserToken::new("USER-TOKEN")).expect_err(id);
        assert!(matches!(error, ConfigurationError::Segment(_)), "{id:?}: {error:?}");
    }
    assert_eq!(of_user(&GetUser::new("a/b")).uri().path(), "/uptinio/api/v1/users/a%2Fb");
}

/// What stands against asking so.
fn trouble<E: Endpoint>(endpoint: &E, credential: &E::Credential) -> String {
    endpoint.request(&base(), credential).expect_err("it cannot be asked").to_string()
}

#[test]
fn what_servers_refuse_is_never_sent() {
    let register = |email, name, password| trouble(&Register::new(&NewUser::new(email, name, password)), &());
    assert_eq!(register("", "Ada", "password"), "`email` is empty");
    assert_eq!(register("ada@example.com", "", "password"), "`name` is empty");
    let short = "`password` is shorter than the 6 characters that servers want";
    assert_eq!(register("ada@example.com", "Ada", "pässw"), short);
    assert_eq!(trouble(&RegisterWithEndpoint::new("", "ada@example.com"), &()), "`endpoint` is empty");
    assert_eq!(trouble(&RegisterWithEndpoint::new("https://shop.example", ""), &()), "`email` is empty");
    assert_eq!(trouble(&SignIn::new(&Credentials::new("", "password")), &()), "`email` is empty");
    assert_eq!(trouble(&SignIn::new(&Credentials::new("ada@example.com", "")), &()), "`password` is empty");
    assert_eq!(trouble(&SignInWithGoogle::new(""), &()), "`id_token` is empty");
    let settings = NewIntegration::new("Integrations::WebhookIntegration", json!(["https://hook.example"]));
    let no_object = "`settings` is no JSON object: hand over a map, or a struct with named fields";
    assert_eq!(trouble(&CreateIntegration::new(&settings), &ProjectToken::new("TOKEN")), no_object);
}

#[test]
fn a_code_that_is_none_is_never_sent_and_never_told() {
    for code in ["", "12345", "1234567", "12 456", "12345x", "１２３４５６", "123456\n"] {
        assert_eq!(trouble(&VerifyEmail::new(code), &UserToken::new("TOKEN")), "`code` is not 6 digits");
    }
}

#[test]
fn pages_are_counted_from_1_and_hold_as_many_as_servers_give() {
    let asked = |page, page_size| {
        let mut monitors = NetworkMonitors::default();
        (monitors.paging().page, monitors.paging().page_size) = (Some(page), Some(page_size));
        monitors.request(&base(), &ProjectToken::new("TOKEN")).map(drop).map_err(|error| error.to_string())
    };
    assert_eq!(asked(1, 100), Ok(()));
    assert_eq!(asked(0, 100), Err("`page` is 0, and servers count from 1".to_owned()));
    assert_eq!(asked(1, 0), Err("`page_size` is 0, and servers count from 1".to_owned()));
    assert_eq!(asked(1, 101), Err("`page_size` is more than the 100 that servers take".to_owned()));
}

proptest! {
    #[test]
    fn any_text_can_be_searched_for(text in ".{0,40}") {
        let request = of_project(&NetworkMonitors::default().search(&*text));
        let query = request.uri().query().expect("a query");
        let sent: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        prop_assert_eq!(sent, [("search".to_owned(), text)]);
    }
}

#[test]
fn every_request_is_one_that_the_description_has() {
    let requests = [
        (operation::REGISTER, Register::NAME, register_request()),
        (
            operation::REGISTER_WITH_ENDPOINT,
            RegisterWithEndpoint::NAME,
            request(&RegisterWithEndpoint::new("https://example.com", "ada@example.com"), &()),
        ),
        (operation::SIGN_IN, SignIn::NAME, sign_in_request()),
        (operation::VALIDATE, Validate::NAME, of_user(&Validate)),
        (operation::SIGN_OUT, SignOut::NAME, of_user(&SignOut)),
        (operation::SIGN_IN_WITH_GOOGLE, SignInWithGoogle::NAME, request(&SignInWithGoogle::new("ID-TOKEN"), &())),
        (operation::USER, GetUser::NAME, of_user(&GetUser::new("1"))),
        (operation::PROJECT_API_TOKENS, ProjectApiTokens::NAME, of_user(&ProjectApiTokens)),
        (operation::CURRENT_PROJECT_API_TOKEN, CurrentProjectApiToken::NAME, of_user(&CurrentProjectApiToken)),
        (operation::VERIFY_EMAIL, VerifyEmail::NAME, of_user(&VerifyEmail::new("123456"))),
        (operation::RESEND_CODE, ResendCode::NAME, of_user(&ResendCode)),
        (operation::NETWORK_MONITORS, NetworkMonitors::NAME, monitors_request()),
        (
            operation::CREATE_NETWORK_MONITOR,
            CreateNetworkMonitor::NAME,
            of_project(&CreateNetworkMonitor::new("Shop", "https://shop.example")),
        ),
        (operation::INCIDENTS, Incidents::NAME, incidents_request()),
        (operation::SUBMIT_SERVER_METRICS, SubmitServerMetrics::NAME, report_request()),
        (operation::SERVERS, Servers::NAME, servers_request()),
        (operation::ANALYSIS, Analyze::NAME, of_project(&Analyze::new(json!({})))),
        (operation::INTEGRATIONS, Integrations::NAME, of_project(&Integrations)),
        (operation::CREATE_INTEGRATION, CreateIntegration::NAME, create_integration_request()),
        (operation::USAGE, Usage::NAME, of_project(&Usage)),
        (operation::GENERAL_STATUS, GeneralStatus::NAME, of_project(&GeneralStatus)),
    ];
    assert_eq!(API.operations.len(), requests.len(), "an operation has no endpoint");
    for (operation, name, request) in requests {
        assert_eq!(operation.id, name);
        is_described(&API, operation, &request, "/uptinio", &[("{id}", "1")], &[]);
    }
}
