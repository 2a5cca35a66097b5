//! Events that are sent in the background, and the account of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use probity::Retry;
use probity::umami::{ApiKey, Counts, Credentials, Event, Range, Tracker, TrackerBuilder, Umami, UmamiCloud};
use probity_server::ReferenceServer;
use proptest::prelude::*;
use serde_json::{Value, json};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

const BROWSER: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0";
const LONG: Duration = Duration::from_secs(60);

fn umami(url: &str) -> Umami {
    Umami::new(url).expect("a client")
}

/// A tracker that sends at once and asks again at once.
fn start(builder: TrackerBuilder) -> Tracker {
    let retry = Retry::default().attempts(20).backoff(Duration::ZERO, Duration::ZERO);
    builder.age(Duration::ZERO).retry(retry).start().expect("a runtime")
}

fn event() -> Event {
    Event::page_view("1")
}

fn sum(counts: Counts) -> u64 {
    let Counts { recorded, untold, ignored, refused, dropped, lost, pending, .. } = counts;
    recorded + untold + ignored + refused + dropped + lost + pending
}

fn size(request: &Request) -> usize {
    serde_json::from_slice::<Vec<Value>>(&request.body).map_or(1, |events| events.len())
}

fn processed(request: &Request) -> ResponseTemplate {
    let size = size(request);
    let receipt = json!({"size": size, "processed": size, "errors": 0, "details": [], "cache": "c"});
    ResponseTemplate::new(200).set_body_json(receipt)
}

fn recorded(_: &Request) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"cache": "c", "sessionId": "s", "visitId": "v"}))
}

/// A server that answers batches so, and single events as it should.
async fn server(batches: impl Fn(&Request) -> ResponseTemplate + Send + Sync + 'static) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(path("/api/batch")).respond_with(batches).mount(&server).await;
    Mock::given(path("/api/send")).respond_with(recorded).mount(&server).await;
    server
}

async fn sizes(server: &MockServer) -> Vec<usize> {
    server.received_requests().await.expect("requests are kept").iter().map(size).collect()
}

#[tokio::test]
async fn what_is_tracked_is_counted_by_a_server() {
    let server = ReferenceServer::umami().start().await.expect("the server starts");
    let umami = umami(server.url());
    let session = umami.login(&Credentials::new("your-username", "your-password")).await.expect("signed in");
    let website = session.create_website("Shop", "shop.example").await.expect("created");
    let tracker = start(umami.tracker());
    for _ in 0..250 {
        tracker.track(Event::page_view(&website.id).url("/pricing").user_agent(BROWSER));
    }
    let counts = tracker.shutdown(LONG).await;
    assert_eq!((counts.tracked, counts.recorded, sum(counts)), (250, 250, 250));
    let stats = session.website(&website.id).stats(Range::last(Duration::from_secs(3600))).await.expect("stats");
    assert_eq!(stats.pageviews, 250);
    server.shutdown().await;
}

#[tokio::test]
async fn events_go_out_together_and_in_their_order() {
    let server = server(processed).await;
    let tracker = umami(&server.uri()).tracker().batch(100).age(LONG).start().expect("a runtime");
    for number in 0..250 {
        tracker.track(event().url(format!("/{number}")));
    }
    assert!(tracker.flush(LONG).await);
    assert_eq!(sizes(&server).await, [100, 100, 50]);
    let urls = server.received_requests().await.expect("requests are kept").into_iter().flat_map(|request| {
        let events: Vec<Value> = serde_json::from_slice(&request.body).expect("a list");
        events.into_iter().map(|event| event["payload"]["url"].as_str().expect("a text").to_owned())
    });
    assert!(urls.eq((0..250).map(|number| format!("/{number}"))));
}

#[tokio::test]
async fn a_batch_waits_for_its_age_and_no_longer() {
    let server = server(processed).await;
    let tracker = umami(&server.uri()).tracker().age(Duration::from_millis(20)).start().expect("a runtime");
    tracker.track(event());
    tracker.track(event());
    // Nobody hurries it: only its age can send it.
    while tracker.counts().pending > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!((tracker.counts().recorded, sizes(&server).await), (2, vec![2]));
}

#[tokio::test]
async fn each_event_carries_the_time_at_which_it_was_tracked() {
    let server = server(processed).await;
    let tracker = start(umami(&server.uri()).tracker());
    let before = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
    tracker.track(event());
    tracker.track(event().time(std::time::UNIX_EPOCH + Duration::from_secs(77)));
    assert!(tracker.flush(LONG).await);
    let requests = server.received_requests().await.expect("requests are kept");
    let events: Vec<Value> = serde_json::from_slice(&requests[0].body).expect("a list");
    let times: Vec<_> = events.iter().map(|event| event["payload"]["timestamp"].as_u64().expect("a number")).collect();
    assert!((before..before + 60).contains(&times[0]), "{times:?}");
    assert_eq!(times[1], 77);
}

#[tokio::test]
async fn what_finds_the_queue_full_is_dropped_and_counted() {
    let server = server(processed).await;
    let tracker = umami(&server.uri()).tracker().queue(10).age(LONG).start().expect("a runtime");
    for _ in 0..25 {
        tracker.track(event());
    }
    assert_eq!((tracker.counts().pending, tracker.counts().dropped), (10, 15));
    let counts = tracker.shutdown(LONG).await;
    assert_eq!((counts.recorded, counts.dropped, sum(counts)), (10, 15, 25));
    tracker.track(event());
    assert_eq!(tracker.counts().dropped, 16);
}

#[tokio::test]
async fn events_of_bots_are_counted_as_ignored_and_those_of_people_are_not_mixed_with_them() {
    let server = ReferenceServer::umami().start().await.expect("the server starts");
    let umami = umami(server.url());
    let session = umami.login(&Credentials::new("your-username", "your-password")).await.expect("signed in");
    let website = session.create_website("Shop", "shop.example").await.expect("created");
    let tracker = start(umami.tracker());
    for number in 0..60 {
        let agent = if number % 3 == 0 { "Googlebot/2.1" } else { BROWSER };
        tracker.track(Event::page_view(&website.id).user_agent(agent));
    }
    let counts = tracker.shutdown(LONG).await;
    assert_eq!((counts.recorded, counts.ignored, sum(counts)), (40, 20, 60), "{:?}", tracker.troubles());
    server.shutdown().await;
}

#[tokio::test]
async fn what_servers_refuse_is_counted_with_its_reason() {
    let server = server(|request| {
        let size = size(request);
        let refusal = json!({"error": {"message": "Website not found.", "code": "bad-request"}});
        let details = [json!({"index": 1, "response": refusal})];
        let receipt = json!({"size": size, "processed": size - 1, "errors": 1, "details": details, "cache": "c"});
        ResponseTemplate::new(200).set_body_json(receipt)
    })
    .await;
    let tracker = start(umami(&server.uri()).tracker());
    for _ in 0..3 {
        tracker.track(event());
    }
    tracker.track(Event::named("1", "n".repeat(51)));
    let counts = tracker.shutdown(LONG).await;
    assert_eq!((counts.recorded, counts.refused, sum(counts)), (2, 2, 4));
    let troubles = tracker.troubles();
    assert_eq!(troubles.iter().map(|(_, count)| count).sum::<u64>(), 2);
    assert!(troubles.iter().any(|(trouble, _)| trouble.contains("Website not found.")), "{troubles:?}");
    assert!(troubles.iter().any(|(trouble, _)| trouble.contains("payload.name")), "{troubles:?}");
}

#[tokio::test]
async fn what_a_batchs_answer_leaves_out_is_lost_or_with_a_spool_asked_for_one_by_one() {
    let forgetful = |request: &Request| {
        let refusal = json!({"error": {"message": "Website not found.", "code": "bad-request"}});
        let details = [json!({"index": 1, "response": refusal})];
        let receipt = json!({"size": size(request), "processed": 1, "errors": 1, "details": details, "cache": "c"});
        ResponseTemplate::new(200).set_body_json(receipt)
    };
    let spool = tempfile::tempdir().expect("a folder");
    for (persists, expected, sent) in [(false, (1, 1, 2), &[4][..]), (true, (3, 1, 0), &[4, 1, 1, 1])] {
        let server = server(forgetful).await;
        let tracker = umami(&server.uri()).tracker();
        let tracker = start(if persists { tracker.spool(spool.path()) } else { tracker });
        for _ in 0..4 {
            tracker.track(event());
        }
        let counts = tracker.shutdown(LONG).await;
        assert_eq!((counts.recorded, counts.refused, counts.lost), expected, "{:?}", tracker.troubles());
        assert_eq!((sum(counts), counts.pending), (4, 0));
        assert_eq!(sizes(&server).await, sent);
    }
}

#[tokio::test]
async fn an_answer_that_refuses_an_event_twice_and_others_that_were_not_sent_spoils_no_count() {
    let server = server(|request| {
        let details = [0, 0, 7, 0].map(|index| json!({"index": index, "response": {}}));
        let receipt = json!({"size": size(request), "processed": 9, "errors": 4, "details": details, "cache": "c"});
        ResponseTemplate::new(200).set_body_json(receipt)
    })
    .await;
    let tracker = start(umami(&server.uri()).tracker());
    for _ in 0..3 {
        tracker.track(event());
    }
    let counts = tracker.shutdown(LONG).await;
    assert_eq!((counts.recorded, counts.refused, sum(counts)), (2, 1, 3), "{:?}", tracker.troubles());
}

#[tokio::test]
async fn a_server_without_batches_gets_events_one_by_one() {
    for status in [404, 405] {
        let server = server(move |_: &Request| ResponseTemplate::new(status)).await;
        let tracker = start(umami(&server.uri()).tracker());
        for _ in 0..3 {
            tracker.track(event());
        }
        assert!(tracker.flush(LONG).await);
        for _ in 0..2 {
            tracker.track(event());
        }
        let counts = tracker.shutdown(LONG).await;
        assert_eq!((counts.recorded, sum(counts)), (5, 5));
        assert_eq!(sizes(&server).await, [3, 1, 1, 1, 1, 1], "it is asked for a batch once");
    }
}

#[tokio::test]
async fn a_batch_that_is_refused_as_a_whole_shows_one_by_one_which_event_it_is_for() {
    let server = MockServer::start().await;
    Mock::given(path("/api/batch")).respond_with(ResponseTemplate::new(413)).mount(&server).await;
    let alone = |request: &Request| match request.body.len() > 500 {
        true => ResponseTemplate::new(413),
        false => recorded(request),
    };
    Mock::given(path("/api/send")).respond_with(alone).mount(&server).await;
    let tracker = start(umami(&server.uri()).tracker());
    tracker.track(event());
    tracker.track(event().title("t".repeat(600)));
    tracker.track(event());
    let counts = tracker.shutdown(LONG).await;
    assert_eq!((counts.recorded, counts.refused, sum(counts)), (2, 1, 3));
}

#[tokio::test]
async fn umami_cloud_gets_events_one_by_one() {
    let server = server(processed).await;
    let cloud = UmamiCloud::builder(ApiKey::new("key")).base_url(&server.uri()).events_base_url(&server.uri()).build();
    let tracker = start(cloud.expect("a client").tracker());
    for _ in 0..3 {
        tracker.track(event());
    }
    let counts = tracker.shutdown(LONG).await;
    assert_eq!((counts.recorded, sum(counts)), (3, 3));
    assert_eq!(sizes(&server).await, [1, 1, 1]);
}

#[tokio::test]
async fn a_server_that_is_busy_for_a_while_gets_everything_once() {
    let asked = AtomicUsize::new(0);
    let server = server(move |request: &Request| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => ResponseTemplate::new(429),
        1 => ResponseTemplate::new(503).insert_header("retry-after", "0"),
        2 => ResponseTemplate::new(429).insert_header("x-ratelimit-reset", "0"),
        _ => processed(request),
    })
    .await;
    let tracker = start(umami(&server.uri()).tracker());
    for _ in 0..10 {
        tracker.track(event());
    }
    let counts = tracker.shutdown(LONG).await;
    assert_eq!((counts.recorded, sum(counts)), (10, 10), "{:?}", tracker.troubles());
}

#[tokio::test]
async fn what_may_have_been_recorded_is_not_sent_again_but_lost_unless_that_is_wanted() {
    for (wanted, recorded, lost) in [(false, 0, 10), (true, 10, 0)] {
        let asked = AtomicUsize::new(0);
        let server = server(move |request: &Request| match asked.fetch_add(1, Ordering::SeqCst) {
            0 => ResponseTemplate::new(500),
            _ => processed(request),
        })
        .await;
        let retry = Retry::default().backoff(Duration::ZERO, Duration::ZERO);
        let retry = if wanted { retry.also_if_it_may_count_twice() } else { retry };
        let tracker = umami(&server.uri()).tracker().age(LONG).retry(retry).start().expect("a runtime");
        for _ in 0..10 {
            tracker.track(event());
        }
        let counts = tracker.shutdown(LONG).await;
        assert_eq!((counts.recorded, counts.lost, sum(counts)), (recorded, lost, 10));
    }
}

#[tokio::test]
async fn shutdown_keeps_its_time_and_counts_what_is_left_as_lost() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let silent = format!("http://{}", listener.local_addr().expect("its address"));
    let tracker = umami(&silent).tracker().batch(10).age(Duration::ZERO).start().expect("a runtime");
    for _ in 0..25 {
        tracker.track(event());
    }
    let began = std::time::Instant::now();
    let counts = tracker.shutdown(Duration::from_millis(50)).await;
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!((counts.lost, counts.pending, sum(counts)), (25, 0, 25));
    assert_eq!(tracker.troubles().iter().map(|(_, count)| count).sum::<u64>(), 25);
}

#[tokio::test]
async fn flush_keeps_its_time_and_gives_nothing_up() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let silent = format!("http://{}", listener.local_addr().expect("its address"));
    let tracker = umami(&silent).tracker().queue(5).batch(2).start().expect("a runtime");
    for _ in 0..5 {
        tracker.track(event());
    }
    assert!(!tracker.flush(Duration::from_millis(20)).await);
    assert_eq!((tracker.counts().pending, tracker.counts().lost), (5, 0));
}

#[tokio::test]
async fn what_was_tracked_is_still_sent_after_the_last_tracker_is_gone() {
    let server = server(processed).await;
    let tracker = umami(&server.uri()).tracker().age(LONG).start().expect("a runtime");
    let another = tracker.clone();
    tracker.track(event());
    another.track(event());
    drop(tracker);
    drop(another);
    while sizes(&server).await.is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(sizes(&server).await, [2]);
}

#[test]
fn outside_a_runtime_it_says_that_it_needs_one() {
    let error = umami("http://localhost:1").tracker().start().expect_err("no runtime");
    assert_eq!(error.to_string(), "there is no tokio runtime here to work in: start it within one");
}

/// Trouble of all kinds, in any order: each event is accounted for as exactly one outcome.
#[derive(Debug, Clone, Copy)]
enum Trouble {
    None,
    Status(u16),
    Garbage,
    SomeRefused,
    AllIgnored,
}

fn trouble() -> impl Strategy<Value = Trouble> {
    prop_oneof![
        3 => Just(Trouble::None),
        3 => proptest::sample::select(vec![400, 401, 404, 405, 408, 413, 429, 500, 502, 503, 504]).prop_map(Trouble::Status),
        1 => Just(Trouble::Garbage),
        1 => Just(Trouble::SomeRefused),
        1 => Just(Trouble::AllIgnored),
    ]
}

impl Trouble {
    fn answer(self, request: &Request) -> ResponseTemplate {
        let size = size(request);
        let receipt = |processed: usize, details: Value, cache: Value| {
            let errors = size - processed;
            let receipt =
                json!({"size": size, "processed": processed, "errors": errors, "details": details, "cache": cache});
            ResponseTemplate::new(200).set_body_json(receipt)
        };
        match self {
            Trouble::None => processed(request),
            Trouble::Status(status) => ResponseTemplate::new(status),
            Trouble::Garbage => ResponseTemplate::new(200).set_body_string("<html>"),
            Trouble::SomeRefused => receipt(size - 1, json!([{"index": 0, "response": null}]), json!("c")),
            Trouble::AllIgnored => receipt(size, json!([]), Value::Null),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn each_event_comes_to_exactly_one_outcome(
        troubles in proptest::collection::vec(trouble(), 1..12), events in 0..120_u64, batch in 1..40_usize,
        at_a_time in 1..4_usize, queue in 20..120_usize,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let asked = AtomicUsize::new(0);
            let troubles = Arc::new(troubles);
            let server = server(move |request: &Request| {
                troubles[asked.fetch_add(1, Ordering::SeqCst) % troubles.len()].answer(request)
            })
            .await;
            let builder = umami(&server.uri()).tracker().queue(queue).batch(batch).at_a_time(at_a_time);
            let tracker = start(builder);
            for number in 0..events {
                tracker.track(event().user_agent(if number % 5 == 0 { "curl/8" } else { BROWSER }));
                if number % 7 == 0 {
                    tokio::task::yield_now().await;
                }
            }
            let counts = tracker.shutdown(LONG).await;
            assert_eq!((counts.tracked, counts.pending), (events, 0));
            assert_eq!(sum(counts), events, "{counts:?}");
        });
    }
}

#[tokio::test]
async fn events_may_wait_for_ever_and_go_out_when_they_are_asked_to() {
    let server = server(processed).await;
    let tracker = umami(&server.uri()).tracker().age(Duration::MAX).start().expect("a runtime");
    tracker.track(event());
    assert!(tracker.flush(LONG).await, "{:?}", tracker.counts());
    assert_eq!(tracker.counts().recorded, 1);
}
