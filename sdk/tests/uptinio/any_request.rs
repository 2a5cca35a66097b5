//! Whatever is asked for, the request is one that `openapi.yaml` accepts.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use probity::endpoint::Endpoint;
use probity::uptinio::{
    Analyze, CreateIntegration, CreateNetworkMonitor, Credentials, CurrentProjectApiToken, GeneralStatus, GetUser,
    Incidents, Integrations, NetworkMonitors, NewIntegration, NewUser, ProjectApiTokens, ProjectToken, Register,
    RegisterWithEndpoint, ResendCode, ServerReport, Servers, SignIn, SignInWithGoogle, SignOut, SubmitServerMetrics,
    Usage, UserToken, Validate, VerifyEmail,
};
use probity::{Paged as _, Paging};
use probity_fixtures::uptinio::API;
use proptest::prelude::*;

use crate::acceptance::{Attempt, all_are_accepted, any_text};
use crate::any_json::any_json;

fn ask<E: Endpoint>(endpoint: &E, credential: &E::Credential) -> Attempt {
    endpoint.request(&"https://example.com/uptinio".parse().expect("a base URL"), credential)
}

fn any_token() -> impl Strategy<Value = String> {
    prop_oneof![3 => "[!-~]{1,24}", 1 => any_text()]
}

/// Asked by any user.
fn of_user<E: Endpoint<Credential = UserToken>>(
    endpoints: impl Strategy<Value = E> + 'static,
) -> (&'static str, BoxedStrategy<Attempt>) {
    let requests = (endpoints, any_token()).prop_map(|(endpoint, token)| ask(&endpoint, &UserToken::new(token)));
    (E::NAME, requests.boxed())
}

/// Asked for any project.
fn of_project<E: Endpoint<Credential = ProjectToken>>(
    endpoints: impl Strategy<Value = E> + 'static,
) -> (&'static str, BoxedStrategy<Attempt>) {
    let requests = (endpoints, any_token()).prop_map(|(endpoint, token)| ask(&endpoint, &ProjectToken::new(token)));
    (E::NAME, requests.boxed())
}

fn any_paging() -> impl Strategy<Value = (Option<u32>, Option<u32>)> {
    let number = || prop::option::of(prop_oneof![1 => Just(0), 6 => 1u32..150, 1 => any::<u32>()]);
    (number(), number())
}

fn set(paging: &mut Paging, (page, page_size): (Option<u32>, Option<u32>)) {
    (paging.page, paging.page_size) = (page, page_size);
}

/// With any of what can be asked for; of an open vocabulary that is what the description has: others are for servers that
/// know more.
fn any_monitors() -> impl Strategy<Value = NetworkMonitors> {
    let sort = prop::option::of(prop::sample::select(&["status", "created_at"][..]));
    (any_paging(), sort, prop::option::of(any_text())).prop_map(|(paging, sort, search)| {
        let monitors = sort.into_iter().fold(NetworkMonitors::default(), |monitors, sort| monitors.sort(sort.into()));
        let mut monitors = search.into_iter().fold(monitors, NetworkMonitors::search);
        set(monitors.paging(), paging);
        monitors
    })
}

fn any_incidents() -> impl Strategy<Value = Incidents> {
    let status = prop::option::of(prop::sample::select(&["ongoing", "resolved"][..]));
    (any_paging(), status).prop_map(|(paging, status)| {
        let mut incidents = status.into_iter().fold(Incidents::default(), |all, status| all.status(status.into()));
        set(incidents.paging(), paging);
        incidents
    })
}

fn any_servers() -> impl Strategy<Value = Servers> {
    any_paging().prop_map(|paging| {
        let mut servers = Servers::default();
        set(servers.paging(), paging);
        servers
    })
}

/// One more thing that a machine tells.
#[derive(Debug, Clone)]
enum Detail {
    Text(Setter, String),
    Ip(IpAddr),
    Cores(u32),
    Bytes(u64),
    Uptime(Duration),
    Attribute(String, serde_json::Value),
    Metric(String, f64, SystemTime),
}

type Setter = fn(ServerReport, String) -> ServerReport;

const TEXTS: [Setter; 5] = [
    ServerReport::hostname,
    ServerReport::mac_address,
    ServerReport::cpu_model,
    ServerReport::operating_system,
    ServerReport::kernel_version,
];

impl Detail {
    fn any() -> impl Strategy<Value = Self> {
        let name = prop_oneof![3 => any_text(), 1 => Just("cpu_cores".to_owned())];
        prop_oneof![
            (prop::sample::select(&TEXTS[..]), any_text()).prop_map(|(set, text)| Detail::Text(set, text)),
            any::<IpAddr>().prop_map(Detail::Ip),
            any::<u32>().prop_map(Detail::Cores),
            any::<u64>().prop_map(Detail::Bytes),
            any::<u64>().prop_map(|seconds| Detail::Uptime(Duration::from_secs(seconds))),
            (name, any_json(&["a"])).prop_map(|(name, value)| Detail::Attribute(name, value)),
            (any_text(), any::<f64>(), any::<u32>()).prop_map(|(name, value, seconds)| {
                Detail::Metric(name, value, SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.into()))
            }),
            (any_text(), any::<SystemTime>()).prop_map(|(name, time)| Detail::Metric(name, 1.5, time)),
        ]
    }

    fn tell(self, report: ServerReport) -> ServerReport {
        match self {
            Detail::Text(set, text) => set(report, text),
            Detail::Ip(ip) => report.public_ip(ip).private_ip(ip),
            Detail::Cores(cores) => report.cpu_cores(cores),
            Detail::Bytes(bytes) => report.disk_total_bytes(bytes).memory_total_bytes(bytes),
            Detail::Uptime(uptime) => report.uptime(uptime),
            Detail::Attribute(name, value) => report.attribute(name, value),
            Detail::Metric(name, value, time) => report.metric(name, value, time),
        }
    }
}

fn any_report() -> impl Strategy<Value = ServerReport> {
    let id = prop_oneof![4 => any_text(), 1 => ".{250,260}"];
    (id, any_text(), prop::collection::vec(Detail::any(), 0..4)).prop_map(|(id, version, details)| {
        details.into_iter().fold(ServerReport::new(id, version), |report, detail| detail.tell(report))
    })
}

fn any_integration() -> impl Strategy<Value = NewIntegration> {
    prop_oneof![
        any_text().prop_map(NewIntegration::webhook),
        (any_text(), any_json(&["url"])).prop_map(|(kind, settings)| NewIntegration::new(kind, settings)),
    ]
}

#[test]
fn any_request_is_one_that_the_description_accepts() {
    let user = (any_text(), any_text(), any_text(), prop::option::of(any_text()));
    let register = user.prop_map(|(email, name, password, website)| {
        let user = NewUser::new(email, name, password);
        ask(&Register::new(&website.into_iter().fold(user, NewUser::first_website)), &())
    });
    let with_endpoint =
        (any_text(), any_text()).prop_map(|(endpoint, email)| ask(&RegisterWithEndpoint::new(endpoint, email), &()));
    let sign_in = (any_text(), any_text())
        .prop_map(|(email, password)| ask(&SignIn::new(&Credentials::new(email, password)), &()));
    let google = any_text().prop_map(|token| ask(&SignInWithGoogle::new(token), &()));
    let code = prop_oneof![2 => "[0-9]{6}", 1 => "[0-9]{5,7}", 1 => "\\d{6}", 1 => any_text()];
    let report = (any_report(), any_token())
        .prop_map(|(report, token)| ask(&SubmitServerMetrics::new(&report), &ProjectToken::new(token)));
    let integration = (any_integration(), any_token())
        .prop_map(|(integration, token)| ask(&CreateIntegration::new(&integration), &ProjectToken::new(token)));
    let requests = vec![
        (Register::NAME, register.boxed()),
        (RegisterWithEndpoint::NAME, with_endpoint.boxed()),
        (SignIn::NAME, sign_in.boxed()),
        (SignInWithGoogle::NAME, google.boxed()),
        of_user(Just(Validate)),
        of_user(Just(SignOut)),
        // An id as servers give it.
        of_user(any::<u64>().prop_map(|id| GetUser::new(id.to_string()))),
        of_user(Just(ProjectApiTokens)),
        of_user(Just(CurrentProjectApiToken)),
        of_user(code.prop_map(VerifyEmail::new)),
        of_user(Just(ResendCode)),
        of_project(any_monitors()),
        of_project((any_text(), any_text()).prop_map(|(name, url)| CreateNetworkMonitor::new(name, url))),
        of_project(any_incidents()),
        (SubmitServerMetrics::NAME, report.boxed()),
        of_project(any_servers()),
        of_project(any_json(&["question"]).prop_map(Analyze::new)),
        of_project(Just(Integrations)),
        (CreateIntegration::NAME, integration.boxed()),
        of_project(Just(Usage)),
        of_project(Just(GeneralStatus)),
    ];
    all_are_accepted(&API, "/uptinio", requests);
}
