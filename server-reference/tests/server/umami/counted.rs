//! What a real release counted: the same exchanges in the same order come to the same numbers.

use super::recording::Repeated;
use super::*;
use crate::recording::Recording;
use probity_fixtures::{Release, umami::API};

/// Repeats what was recorded on a website of its own, and gives what was counted last.
async fn repeat(
    release: &Release,
    deviations: impl IntoIterator<Item = Deviation>,
    check: fn(&Recording, &Answer),
) -> Value {
    let repeated = Repeated::new(release, deviations).await;
    let mut last = Value::Null;
    for mut recording in [repeated.recordings("count-0"), repeated.recordings("count-1")].concat() {
        let asked = recording.request.path.split('?').next().unwrap_or_default();
        let is_counting = asked.ends_with("/stats") || asked.ends_with("/active");
        if is_counting || asked == operation::SEND.path {
            // Then and there is not now and here.
            recording.request.path = of_all_time(&recording.request.path);
            let ours = repeated.answer(&recording).await;
            check(&recording, &ours);
            if is_counting {
                last = ours.json();
            }
        }
    }
    last
}

fn of_all_time(path: &str) -> String {
    path.replace("startAt=1795343154365&endAt=1795350354365", "startAt=0&endAt=9999999999999")
}

#[tokio::test]
async fn the_numbers_are_those_of_the_release() {
    for release in API.releases {
        let last = repeat(release, Deviation::of(release), |recording, ours| {
            let name = &recording.name;
            assert_eq!(ours.status, recording.answer.status, "{name}");
            match recording.request.method {
                "GET" => assert_eq!(ours.json(), recording.answer.json(), "{name}"),
                _ => assert_eq!(ours.json()["beep"], recording.answer.json()["beep"], "{name}"),
            }
        });
        assert_eq!(last.await["pageviews"], 4);
    }
}

#[tokio::test]
async fn without_its_deviations_the_one_without_a_user_agent_is_not_counted() {
    for release in API.releases {
        let last = repeat(release, [], |_, _| {}).await;
        let counts = ["pageviews", "visitors", "visits", "bounces"].map(|count| last[count].as_u64());
        assert_eq!(counts, [3, 2, 2, 1].map(Some));
    }
}

#[tokio::test]
async fn the_events_are_those_of_the_release() {
    for release in API.releases {
        let repeated = Repeated::new(release, Deviation::of(release)).await;
        for recording in [repeated.recordings("count-0"), repeated.recordings("count-1")].concat() {
            if recording.request.path == operation::SEND.path {
                repeated.answer(&recording).await;
            }
        }
        for mut recording in [repeated.recordings("count-events"), repeated.recordings("count-stats-filter")].concat() {
            recording.request.path = of_all_time(&recording.request.path);
            let ours = repeated.answer(&recording).await.json();
            let theirs = recording.answer.json();
            assert_eq!(ours["pageviews"], theirs["pageviews"], "{}", recording.name);
            assert_eq!(told(&ours), told(&theirs), "{}", recording.name);
        }
    }
}

/// What both tell of each event. (Here, `performance` is no event.)
fn told(list: &Value) -> Vec<Value> {
    let events = list["data"].as_array().into_iter().flatten().filter(|event| event["eventType"] != 5);
    let members = ["websiteId", "hostname", "urlPath", "urlQuery", "pageTitle", "eventType", "eventName", "hasData"];
    events.map(|event| members.map(|member| event[member].clone()).into_iter().collect()).collect()
}
