//! Every recorded answer is read for what it says.

use std::time::Duration;

use probity::ErrorKind;
use probity::endpoint::Endpoint;
use probity::umami::{
    Active, BatchOutcome, BatchReceipt, CreateWebsite, Credentials, DeleteWebsite, Event, EventKind, Events, LoggedIn,
    Login, Page, Range, Receipt, RecordedEvent, Refusal, SendBatch, SendEvent, Stats, Umami, VerifiedUser, Verify,
    Website, WebsiteStats, Websites,
};
use probity_fixtures::umami::API;
use serde_json::Value;

use crate::recording::{self, Recording};

/// A browser asks these before a call; no endpoint does.
const PREFLIGHTS: [&str; 4] =
    ["auth-login-options-preflight", "websites-options-preflight", "send-options-preflight", "send-options-plain"];

/// Of operations that are no endpoints.
const OTHERS: [&str; 3] = ["count-01-empty-daterange", "count-01-empty-pageviews", "website-get"];

#[test]
fn every_recording_is_read_for_what_it_says() {
    let credentials = Credentials::new("admin", "password");
    let event = Event::page_view("1");
    let range = Range::last(Duration::ZERO);
    let mut read = 0;
    for recording in &recording::all(&API) {
        let name = &*recording.name;
        if recording.request.method() == "OPTIONS" || OTHERS.contains(&name) {
            assert!(PREFLIGHTS.contains(&name) || OTHERS.contains(&name), "{name} is ignored");
            continue;
        }
        match (recording.request.method().as_str(), &recording.segments()[..]) {
            (_, ["api", "auth", "login"]) => holds(&Login::new(&credentials), recording, says_login),
            (_, ["api", "auth", "verify"]) => holds(&Verify, recording, says_user),
            (_, ["api", "send"]) => holds(&SendEvent::new(&event), recording, says_receipt),
            (_, ["api", "batch"]) => holds(&SendBatch::new(&[]), recording, says_batch),
            ("GET", ["api", "websites"]) => holds(&Websites::default(), recording, says_websites),
            ("POST", ["api", "websites"]) => holds(&CreateWebsite::new("", ""), recording, says_website),
            ("DELETE", ["api", "websites", id]) => {
                holds(&DeleteWebsite::new(*id), recording, |(), body| assert_eq!(body["ok"], true));
            }
            (_, ["api", "websites", id, "stats"]) => holds(&Stats::new(*id, range), recording, says_stats),
            (_, ["api", "websites", id, "events"]) => holds(&Events::new(*id, range), recording, says_events),
            (_, ["api", "websites", id, "active"]) => {
                holds(&Active::new(*id), recording, |active, body| assert_eq!(active.visitors, body["visitors"]));
            }
            _ => panic!("{name} is of no endpoint"),
        }
        read += 1;
    }
    assert!(read >= 290, "only {read} recordings were found");
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
        says_website(website, told);
    }
}

fn says_website(website: &Website, told: &Value) {
    assert_eq!(website.id.as_str(), told["id"]);
    assert_eq!(website.name, told["name"]);
    assert_eq!(website.domain.as_deref(), told["domain"].as_str());
    assert_eq!(website.created_at.as_deref(), told["createdAt"].as_str());
    assert_eq!(website.user_id.as_ref().map(|id| id.as_str()), told["userId"].as_str());
    assert_eq!(website.team_id.as_ref().map(|id| id.as_str()), told["teamId"].as_str());
}

fn says_receipt(receipt: &Receipt, body: &Value) {
    match receipt {
        Receipt::Recorded { session, visit, cache, .. } => {
            assert_eq!(session.as_str(), body["sessionId"]);
            assert_eq!(visit.as_str(), body["visitId"]);
            assert_eq!(cache.as_ref().map(|cache| cache.expose_secret()), body["cache"].as_str());
        }
        Receipt::Ignored => assert_eq!(body["beep"], "boop"),
    }
}

fn says_batch(batch: &BatchReceipt, body: &Value) {
    assert_eq!(batch.processed, body["processed"]);
    assert_eq!(batch.refused.len(), body["errors"]);
    let told = body["details"].as_array().expect("a list");
    assert_eq!(batch.refused.len(), told.len());
    for (refused, told) in batch.refused.iter().zip(told) {
        assert_eq!(refused.index, told["index"]);
        let refusal = refused.refusal.as_ref().expect("3.x says why");
        assert_eq!(refusal.code.as_str(), told["response"]["error"]["code"]);
        assert_eq!(refusal.message, told["response"]["error"]["message"]);
    }
    assert_eq!(batch.cache.as_ref().map(|cache| cache.expose_secret()), body["cache"].as_str());
}

fn says_stats(stats: &WebsiteStats, body: &Value) {
    assert_eq!(stats.pageviews, body["pageviews"]);
    assert_eq!(stats.visitors, body["visitors"]);
    assert_eq!(stats.visits, body["visits"]);
    assert_eq!(stats.bounces, body["bounces"]);
    assert_eq!(stats.total_time.as_secs(), body["totaltime"]);
    match &stats.comparison {
        Some(comparison) => says_stats(comparison, &body["comparison"]),
        None => assert_eq!(body["comparison"], Value::Null),
    }
}

fn says_events(page: &Page<RecordedEvent>, body: &Value) {
    assert_eq!(page.count, body["count"]);
    let told = body["data"].as_array().expect("a list");
    assert_eq!(page.data.len(), told.len());
    for (event, told) in page.data.iter().zip(told) {
        let kind = match told["eventType"].as_u64().expect("a number") {
            1 => EventKind::PageView,
            2 => EventKind::Named,
            number => EventKind::Other(number),
        };
        assert_eq!((event.id.as_str(), event.kind), (told["id"].as_str().expect("an id"), kind));
        assert_eq!(event.name.as_deref(), told["eventName"].as_str());
        assert_eq!(event.url_path, told["urlPath"]);
        assert_eq!(event.url_query.as_deref(), told["urlQuery"].as_str());
        assert_eq!(event.hostname.as_deref(), told["hostname"].as_str());
        assert_eq!(event.page_title.as_deref(), told["pageTitle"].as_str());
        assert_eq!(event.referrer_domain.as_deref(), told["referrerDomain"].as_str());
        assert_eq!(event.created_at.as_deref(), told["createdAt"].as_str());
        assert_eq!(event.session_id.as_ref().map(|id| id.as_str()), told["sessionId"].as_str());
        assert_eq!(event.has_data, told["hasData"].as_bool());
    }
}

/// Whether the database had an event more afterwards.
fn stored_event(recording: &Recording) -> bool {
    recording.effect.contains("\"website_event\"")
}

#[test]
fn a_receipt_tells_whether_an_event_was_stored() {
    let event = Event::page_view("1");
    let recordings = recording::all(&API);
    let about_user_agents: Vec<_> =
        recordings.iter().filter(|recording| recording.name.starts_with("send-ua-")).collect();
    assert!(about_user_agents.len() >= 20, "only {}", about_user_agents.len());
    for recording in about_user_agents {
        let receipt = SendEvent::new(&event).read(&recording.response).expect("a receipt");
        assert_eq!(matches!(receipt, Receipt::Recorded { .. }), stored_event(recording), "{}", recording.name);
    }
}

#[test]
fn a_batch_tells_what_was_stored() {
    let outcome = |name: &str| {
        let recording = recording::named(&API, name);
        let batch = SendBatch::new(&[]).read(&recording.response).expect(name);
        (batch.outcome, batch.recorded(), batch.refused.iter().map(|refused| refused.index).collect::<Vec<_>>())
    };
    assert_eq!(outcome("batch-two"), (BatchOutcome::Recorded, Some(2), vec![]));
    assert_eq!(outcome("batch-one-bad"), (BatchOutcome::Recorded, Some(2), vec![1, 2]));
    assert_eq!(outcome("batch-bot-ua"), (BatchOutcome::IgnoredOrUntold, None, vec![]));
    assert_eq!(outcome("batch-all-bad"), (BatchOutcome::NoneProcessed, Some(0), vec![0]));
    assert_eq!(outcome("batch-empty-array"), (BatchOutcome::NoneProcessed, Some(0), vec![]));
}

/// Ours itself is in no recording. isbot 5.1.37, which tells Umami 3.1 what a bot is, was asked about it and does not
/// know it.
#[test]
fn every_release_stores_events_from_an_agent_like_ours() {
    let platform = "Mozilla/5.0 (X11; Linux x86_64)";
    assert_eq!(default_user_agent(), format!("{platform} probity/{}", env!("CARGO_PKG_VERSION")));
    let alike = format!("{platform} umami-rs/0.1");
    let recordings = recording::all(&API);
    for release in API.releases {
        let stored = recordings.iter().any(|recording| {
            recording.release == release.name
                && recording.request.headers().get("user-agent").is_some_and(|agent| *agent == *alike)
                && stored_event(recording)
        });
        assert!(stored, "{}", release.name);
    }
}

/// What the client calls itself, seen by a server.
fn default_user_agent() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let server = wiremock::MockServer::start().await;
        let sent = Umami::new(&server.uri()).expect("a client").send(&Event::page_view("1")).await;
        assert_eq!(sent.expect_err("nothing is mocked").status().map(|status| status.as_u16()), Some(404));
        let requests = server.received_requests().await.expect("requests are kept");
        requests[0].headers["user-agent"].to_str().expect("text").to_owned()
    })
}

#[test]
fn the_faults_of_a_request_are_told_by_member() {
    let recording = recording::named(&API, "auth-login-empty-object");
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
    let recording = recording::named(&API, "auth-login-json-array");
    let credentials = Credentials::new("admin", "password");
    let error = Login::new(&credentials).read(&recording.response).expect_err("rejected");
    let [fault] = &error.refusal().expect("a refusal").faults[..] else { panic!("one fault: {error}") };
    assert_eq!((&*fault.field, &*fault.message), ("", "Invalid input: expected object, received array"));
}
