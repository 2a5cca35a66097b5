//! Whom Umami takes for a bot, as its releases showed it and as isbot itself says.

use probity::umami::would_be_ignored;
use probity_fixtures::umami::API;

use crate::recording::{self, Recording};

/// The agent that counts: the event's own before the header's.
fn agent(recording: &Recording) -> String {
    let body: serde_json::Value = serde_json::from_slice(recording.request.body()).unwrap_or_default();
    let header =
        || recording.request.headers().get("user-agent").map(|agent| String::from_utf8_lossy(agent.as_bytes()));
    let own = body["payload"]["userAgent"].as_str().map(str::to_owned);
    own.unwrap_or_else(|| header().unwrap_or_default().into_owned())
}

#[test]
fn it_is_as_umami_3_1_did_with_every_agent_that_was_recorded() {
    let recordings = recording::all(&API);
    let told: Vec<_> = recordings
        .iter()
        .filter(|recording| recording.release == "umami-3.1.0" && recording.name.starts_with("send-ua-"))
        .collect();
    let ignored = told.iter().filter(|recording| recording.response.body().starts_with(b"{\"beep\"")).count();
    assert!(ignored >= 10 && told.len() - ignored >= 5, "{ignored} of {} were ignored", told.len());
    for recording in told {
        let ignored = recording.response.body().starts_with(b"{\"beep\"");
        assert_eq!(would_be_ignored(&agent(recording)), ignored, "{}: {}", recording.name, agent(recording));
    }
}

/// The table holds what isbot 5.1.37 answered: real agents, and such as are one word away from another answer.
#[test]
fn it_is_as_isbot_says() {
    let table = include_str!("isbot-5.1.37.tsv");
    let mut bots = 0;
    for line in table.lines() {
        let (verdict, agent) = line.split_once('\t').expect("a verdict and an agent");
        assert_eq!(would_be_ignored(agent), verdict == "bot", "{agent:?}");
        bots += usize::from(verdict == "bot");
    }
    assert_eq!((table.lines().count(), bots), (420, 330));
}
