//! Events that outlive their process.

use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use probity::umami::{Credentials, Event, Range, Session, Tracker, Umami, WebsiteId};
use probity_server::{ReferenceServer, RunningServer};

const LONG: Duration = Duration::from_secs(60);

async fn server() -> (RunningServer, Session, WebsiteId) {
    let server = ReferenceServer::umami().start().await.expect("the server starts");
    let umami = Umami::new(server.url()).expect("a client");
    let session = umami.login(&Credentials::new("your-username", "your-password")).await.expect("signed in");
    let website = session.create_website("Shop", "shop.example").await.expect("created").id;
    (server, session, website)
}

fn tracker(url: &str, spool: &Path) -> Tracker {
    let umami = Umami::new(url).expect("a client");
    umami.tracker().age(Duration::ZERO).spool(spool).start().expect("a runtime and a spool")
}

/// How often each URL was recorded.
async fn recorded(session: &Session, website: &WebsiteId) -> BTreeMap<String, u32> {
    let mut recorded = BTreeMap::new();
    let handle = session.website(website);
    let mut pages = handle.events(Range::last(Duration::from_secs(3600))).page_size(500).pages();
    while let Some(page) = pages.next().await.expect("a page") {
        for event in page.data {
            *recorded.entry(event.url_path).or_default() += 1;
        }
    }
    recorded
}

#[tokio::test]
async fn what_an_outage_left_is_sent_by_the_next_tracker() {
    let (server, session, website) = server().await;
    let spool = tempfile::tempdir().expect("a folder");
    let nobody = tracker("http://127.0.0.1:9", spool.path());
    for number in 0..10 {
        nobody.track(Event::page_view(&website).url(format!("/{number}")));
    }
    let counts = nobody.shutdown(Duration::from_millis(20)).await;
    assert_eq!((counts.pending, counts.lost), (10, 0), "they wait on disk");
    drop(nobody);

    let tracker = loop {
        // The first one's worker lets go of the folder when it is next at work.
        tokio::task::yield_now().await;
        let umami = Umami::new(server.url()).expect("a client");
        if let Ok(tracker) = umami.tracker().age(Duration::ZERO).spool(spool.path()).start() {
            break tracker;
        }
    };
    tracker.track(Event::page_view(&website).url("/10"));
    let counts = tracker.shutdown(LONG).await;
    assert_eq!((counts.tracked, counts.recorded, counts.pending), (11, 11, 0), "{:?}", tracker.troubles());
    let recorded = recorded(&session, &website).await;
    assert_eq!((recorded.len(), recorded.values().sum::<u32>()), (11, 11));
    server.shutdown().await;
}

/// A server that takes a connection and never answers, and the news that it has been asked.
async fn silent() -> (String, tokio::sync::oneshot::Receiver<()>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    let (asked, is_asked) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        let connection = listener.accept().await;
        let _ = asked.send(());
        std::future::pending::<()>().await;
        drop(connection);
    });
    (url, is_asked)
}

#[test]
fn what_is_underway_when_the_runtime_ends_is_sent_by_the_next_tracker() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let spool = tempfile::tempdir().expect("a folder");
    let first = runtime().expect("a runtime");
    let tracked_by = first.block_on(async {
        let (url, is_asked) = silent().await;
        let tracker = tracker(&url, spool.path());
        tracker.track(Event::page_view("1").url("/underway"));
        is_asked.await.expect("it is underway");
        tracker
    });
    // As when `main` returns without a shutdown.
    drop(first);
    let left = tracked_by.counts();
    assert_eq!((left.pending, left.lost), (1, 0), "it waits on disk");
    drop(tracked_by);

    runtime().expect("a runtime").block_on(async {
        let (server, session, website) = server().await;
        let tracker = tracker(server.url(), spool.path());
        assert_eq!(tracker.counts().tracked, 1, "it is still there");
        // It is for another website, which this server does not know: it is sent, and refused.
        let counts = tracker.shutdown(LONG).await;
        assert_eq!((counts.refused, counts.pending), (1, 0), "{:?}", tracker.troubles());
        assert!(recorded(&session, &website).await.is_empty());
        server.shutdown().await;
    });
}

#[tokio::test]
async fn a_spool_that_lost_some_of_its_events_goes_on_with_the_others() {
    let (server, session, website) = server().await;
    let spool = tempfile::tempdir().expect("a folder");
    let umami = Umami::new(server.url()).expect("a client");
    let tracker = umami.tracker().age(LONG).spool(spool.path()).start().expect("a runtime and a spool");
    let track = |number: u32| tracker.track(Event::page_view(&website).url(format!("/{number}")));
    (0..5).for_each(track);
    // Somebody empties the file while it is in use.
    let mut files = std::fs::read_dir(spool.path()).expect("a folder").map(|entry| entry.expect("a file").path());
    let segment = files.find(|path| path.extension().is_some_and(|kind| kind == "events"));
    std::fs::write(segment.expect("a segment"), "").expect("it is emptied");
    assert!(tracker.flush(LONG).await, "{:?}", tracker.counts());
    assert_eq!((tracker.counts().lost, tracker.counts().pending), (5, 0), "{:?}", tracker.troubles());

    (5..8).for_each(track);
    let counts = tracker.shutdown(LONG).await;
    assert_eq!((counts.recorded, counts.pending), (3, 0), "{counts:?}: {:?}", tracker.troubles());
    assert_eq!(recorded(&session, &website).await.len(), 3);
    server.shutdown().await;
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_before_it_is_kept() {
    let spool = tempfile::tempdir().expect("a folder");
    let tracker = tracker("http://127.0.0.1:9", spool.path());
    tracker.track(Event::named("1", "n".repeat(51)));
    assert_eq!((tracker.counts().refused, tracker.counts().pending), (1, 0));
    assert!(tracker.troubles()[0].0.contains("payload.name"), "{:?}", tracker.troubles());
}

#[tokio::test]
async fn a_full_spool_drops_and_counts() {
    let spool = tempfile::tempdir().expect("a folder");
    let umami = Umami::new("http://127.0.0.1:9").expect("a client");
    let tracker =
        umami.tracker().age(LONG).spool(spool.path()).spool_size(1000).start().expect("a runtime and a spool");
    for _ in 0..100 {
        tracker.track(Event::page_view("1").url("/pricing"));
    }
    let counts = tracker.counts();
    assert!(counts.pending > 5 && counts.dropped > 50, "{counts:?}");
    assert_eq!(counts.pending + counts.dropped, 100);
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_named() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let umami = Umami::new("http://127.0.0.1:9").expect("a client");
    let error = umami.tracker().spool(file.path()).start().expect_err("a file is no folder");
    assert_eq!(error.to_string(), format!("{} cannot be used as a spool", file.path().display()));
}

/// Where [`the_program_that_is_killed`] is told what to do.
const TASK: &str = "PROBITY_TEST_OF_THE_SPOOL";

/// Not a test of its own, but the program that [`no_event_is_lost_over_repeated_kills`] starts and kills: it tracks
/// events, and says of each when it has.
#[test]
#[expect(clippy::print_stdout, reason = "who starts it reads what it prints")]
fn the_program_that_is_killed() {
    let Ok(task) = env::var(TASK) else { return };
    let [url, spool, website, first] = &task.split('|').collect::<Vec<_>>()[..] else { panic!("{task}") };
    let first: u64 = first.parse().expect("a number");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let tracker = tracker(url, Path::new(spool));
        for number in first.. {
            tracker.track(Event::page_view(*website).url(format!("/{number}")));
            println!("\ntracked {number}");
            if number % 20 == 0 {
                tokio::task::yield_now().await;
            }
        }
    });
}

fn start(url: &str, spool: &Path, website: &WebsiteId, first: u64) -> Child {
    Command::new(env::current_exe().expect("this program"))
        .args(["--exact", "tracker_spool::the_program_that_is_killed", "--nocapture", "--test-threads=1"])
        .env(TASK, format!("{url}|{}|{}|{first}", spool.display(), website.as_str()))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[expect(clippy::print_stdout, reason = "how many came twice is worth knowing, and differs from run to run")]
async fn no_event_is_lost_over_repeated_kills() {
    let (server, session, website) = server().await;
    let spool = tempfile::tempdir().expect("a folder");
    let mut tracked = Vec::new();
    for round in 0..8_u64 {
        let mut program = start(server.url(), spool.path(), &website, round * 1_000_000);
        let lines = BufReader::new(program.stdout.take().expect("its output")).lines();
        let (mut seen, until) = (0, 50 + round * 130);
        for line in lines {
            let Some(number) = line.expect("text").strip_prefix("tracked ").map(str::to_owned) else { continue };
            tracked.push(format!("/{number}"));
            seen += 1;
            if seen == until {
                program.kill().expect("it is killed");
            }
        }
        program.wait().expect("it is gone");
        assert!(seen >= until, "it ended by itself after {seen} events");
    }

    let tracker = tracker(server.url(), spool.path());
    assert!(tracker.flush(LONG).await, "{:?}", tracker.counts());
    let recorded = recorded(&session, &website).await;
    let lost: Vec<_> = tracked.iter().filter(|url| !recorded.contains_key(*url)).collect();
    assert!(lost.is_empty(), "{} of {} are lost: {:?}", lost.len(), tracked.len(), &lost[..lost.len().min(5)]);
    let twice = recorded.values().filter(|count| **count > 1).count();
    let most = recorded.values().max().copied().unwrap_or_default();
    println!("{} events, {twice} of them recorded more than once, {most} times at most", tracked.len());
    // A kill sends the batch again that was underway: 100 events at most.
    assert!(twice <= 8 * 100, "{twice} of {} came twice", tracked.len());
    server.shutdown().await;
}
