//! Many events, and servers that fail in every way: each event is accounted for, and each count is true.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use probity::Retry;
use probity::umami::{Counts, Event, Umami};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What a server does with a request.
#[derive(Debug, Clone, Copy)]
enum Mood {
    Takes,
    IsSlow,
    IsBusyForSeconds,
    IsBusyUntilADate,
    IsBusyUntilTheLimitResets,
    Fails,
    HangsUpUnread,
    HangsUpInMidBody,
    TalksNonsense,
}

/// A server with these moods in turn; it knows how many events it took and said so.
async fn moody(moods: &'static [Mood]) -> (String, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    let taken = Arc::new(AtomicU64::new(0));
    let (counted, asked) = (taken.clone(), Arc::new(AtomicUsize::new(0)));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (taken, asked) = (counted.clone(), asked.clone());
            tokio::spawn(async move { converse(stream, moods, &asked, &taken).await });
        }
    });
    (url, taken)
}

async fn converse(mut stream: TcpStream, moods: &[Mood], asked: &AtomicUsize, taken: &AtomicU64) -> Option<()> {
    let mut unread = Vec::new();
    loop {
        let head = loop {
            if let Some(end) = unread.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut unread).await.ok()? == 0 {
                return None;
            }
        };
        let mood = moods[asked.fetch_add(1, Ordering::SeqCst) % moods.len()];
        if matches!(mood, Mood::HangsUpUnread) {
            return None;
        }
        let text = String::from_utf8_lossy(&unread[..head]).to_lowercase();
        let (_, length) = text.split_once("content-length: ")?;
        let whole = head + length.lines().next()?.parse::<usize>().ok()?;
        while unread.len() < whole {
            stream.read_buf(&mut unread).await.ok()?;
        }
        let body = unread.drain(..whole).skip(head).collect::<Vec<_>>();
        let count = serde_json::from_slice::<Vec<serde::de::IgnoredAny>>(&body).ok()?.len() as u64;
        let receipt = format!(r#"{{"size":{count},"processed":{count},"errors":0,"details":[],"cache":"c"}}"#);
        let answer = |status: &str, header: &str, body: &str| {
            format!("HTTP/1.1 {status}\r\n{header}content-length: {}\r\n\r\n{body}", body.len())
        };
        match mood {
            Mood::Takes | Mood::IsSlow => {
                let answer = answer("200 OK", "", &receipt);
                let pieces = if matches!(mood, Mood::IsSlow) { 1 } else { answer.len() };
                for piece in answer.as_bytes().chunks(pieces) {
                    stream.write_all(piece).await.ok()?;
                    tokio::task::yield_now().await;
                }
                taken.fetch_add(count, Ordering::SeqCst);
            }
            Mood::IsBusyForSeconds => {
                let answer = answer("429 Too Many Requests", "retry-after: 0\r\n", "");
                stream.write_all(answer.as_bytes()).await.ok()?;
            }
            Mood::IsBusyUntilADate => {
                let now = httpdate::fmt_http_date(SystemTime::now());
                let answer = answer("503 Service Unavailable", &format!("date: {now}\r\nretry-after: {now}\r\n"), "");
                stream.write_all(answer.as_bytes()).await.ok()?;
            }
            Mood::IsBusyUntilTheLimitResets => {
                let answer = answer("429 Too Many Requests", "x-ratelimit-reset: 0\r\n", "");
                stream.write_all(answer.as_bytes()).await.ok()?;
            }
            Mood::Fails => {
                stream.write_all(answer("500 Internal Server Error", "", "").as_bytes()).await.ok()?;
            }
            Mood::HangsUpInMidBody => {
                let answer = answer("200 OK", "", &receipt);
                stream.write_all(&answer.as_bytes()[..answer.len() - 5]).await.ok()?;
                return None;
            }
            Mood::TalksNonsense => {
                stream.write_all(answer("200 OK", "", "<html>").as_bytes()).await.ok()?;
            }
            Mood::HangsUpUnread => return None,
        }
    }
}

async fn track(url: &str, events: u64, retry: Retry) -> (Counts, Vec<(String, u64)>) {
    let umami = Umami::new(url).expect("a client");
    let tracker = umami.tracker().queue(usize::MAX).batch(200).retry(retry).start().expect("a runtime");
    let event = Event::page_view("1").url("/pricing").title("Pricing");
    for number in 0..events {
        tracker.track(event.clone());
        if number % 1000 == 0 {
            tokio::task::yield_now().await;
        }
    }
    let counts = tracker.shutdown(Duration::from_secs(300)).await;
    (counts, tracker.troubles())
}

fn at_once() -> Retry {
    Retry::default().attempts(50).backoff(Duration::ZERO, Duration::ZERO)
}

#[tokio::test]
async fn of_100_000_events_each_has_one_outcome_and_the_counts_are_the_servers() {
    use Mood::*;
    let (url, taken) = moody(&[
        Takes,
        IsBusyForSeconds,
        Takes,
        IsSlow,
        IsBusyUntilADate,
        Fails,
        Takes,
        IsBusyUntilTheLimitResets,
        Takes,
        HangsUpUnread,
        Takes,
        HangsUpInMidBody,
        Fails,
        Fails,
        Takes,
        TalksNonsense,
        IsSlow,
        Takes,
    ])
    .await;
    let (counts, troubles) = track(&url, 100_000, at_once()).await;
    assert_eq!((counts.tracked, counts.pending, counts.recorded + counts.lost), (100_000, 0, 100_000), "{counts:?}");
    assert_eq!(counts.recorded, taken.load(Ordering::SeqCst), "{counts:?}");
    assert!(counts.recorded > 50_000 && counts.lost > 5_000, "{counts:?}");
    assert_eq!(
        troubles.iter().map(|(_, count)| count).sum::<u64>(),
        counts.lost,
        "each loss has a reason: {troubles:?}"
    );
}

#[tokio::test]
async fn none_is_lost_where_the_server_only_is_busy_or_asked_again_anyway() {
    use Mood::*;
    let (url, taken) = moody(&[Takes, IsBusyForSeconds, IsSlow, IsBusyUntilADate, IsBusyUntilTheLimitResets]).await;
    let (counts, _) = track(&url, 10_000, at_once()).await;
    assert_eq!((counts.recorded, taken.load(Ordering::SeqCst)), (10_000, 10_000), "{counts:?}");

    let (url, taken) = moody(&[Takes, Fails, HangsUpUnread, Fails, IsSlow, HangsUpInMidBody]).await;
    let (counts, _) = track(&url, 10_000, at_once().also_if_it_may_count_twice()).await;
    assert_eq!((counts.recorded, taken.load(Ordering::SeqCst)), (10_000, 10_000), "{counts:?}");
}
