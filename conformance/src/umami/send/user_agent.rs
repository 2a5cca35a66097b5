//! The User-Agent: who is registered, and who is dropped, in silence or not.

use super::observe;
use crate::case::{Case, case};
use crate::run::{Run, Stop};
use crate::umami::site::{Form, Sent, Site, form};
use http::header::USER_AGENT;
use probity_fixtures::Requirement;
use probity_fixtures::umami::requirement::*;

pub(super) fn cases() -> Vec<Case> {
    vec![browsers(), bots(), none(), other_agents()]
}

const BROWSERS: [(&str, &str); 5] = [
    ("Chrome on Linux", crate::umami::site::BROWSER),
    ("Firefox on Windows", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0"),
    (
        "Safari on macOS",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
    ),
    (
        "Safari on iOS",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
    ),
    (
        "Edge on Windows",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
    ),
];

fn browsers() -> Case {
    let says = "Events of the usual browsers are registered";
    case("umami.send.browsers", says, &[SEND_BROWSERS_REGISTERED], async |run| {
        let forms = BROWSERS.map(|(label, agent)| form(label, move |event| event.header(USER_AGENT, agent)));
        let (sent, registered) = Site::arrange(run).await?.in_forms(forms.into()).await?;
        for Sent { answer, mark, .. } in &sent {
            answer.holds(SEND_BROWSERS_REGISTERED, registered.has(mark));
        }
        Ok(())
    })
}

fn bots() -> Case {
    let says = "Events of what calls itself a bot are not registered, whatever they are answered";
    case("umami.send.bots", says, &[SEND_BOTS_NOT_REGISTERED], async |run| {
        let bots = [
            ("Googlebot", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
            ("Bingbot", "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"),
            ("a spider", "Mozilla/5.0 (compatible; ExampleSpider/1.0)"),
            ("a crawler", "example-crawler/3.1"),
        ];
        let faults = bots.map(|(label, agent)| form(label, move |event| event.header(USER_AGENT, agent)));
        not_registered(run, SEND_BOTS_NOT_REGISTERED, faults.into()).await
    })
}

fn none() -> Case {
    let says = "An event without a User-Agent, or with an empty one, is not registered, whatever it is answered";
    case("umami.send.no-user-agent", says, &[SEND_USER_AGENT_REQUIRED], async |run| {
        let faults = vec![
            form("no User-Agent", |event| event.without_header(&USER_AGENT)),
            form("an empty User-Agent", |event| event.header(USER_AGENT, "")),
        ];
        not_registered(run, SEND_USER_AGENT_REQUIRED, faults).await
    })
}

/// Holds each fault to: not registered, whatever it is answered.
async fn not_registered(run: &Run, requirement: &'static Requirement, faults: Vec<Form>) -> Result<(), Stop> {
    let (sent, registered) = Site::arrange(run).await?.with_faults(faults).await?;
    for Sent { answer, mark, .. } in &sent {
        answer.holds(requirement, registered.has_none(mark));
    }
    Ok(())
}

fn other_agents() -> Case {
    let says = "Which User-Agents of libraries and programs count as proper ones";
    case("umami.send.other-user-agents", says, &[SEND_PROPER_USER_AGENTS], async |run| {
        let agents = [
            "curl/8.5.0",
            "reqwest/0.12.9",
            "python-requests/2.32.3",
            "Go-http-client/1.1",
            "okhttp/4.12.0",
            "node",
            "acme/1.0",
            "Mozilla/5.0",
            "Mozilla/5.0 (compatible; acme/1.0)",
            "Mozilla/5.0 (X11; Linux x86_64) acme/1.0",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0 Safari/537.36",
        ];
        let forms = agents.map(|agent| form(agent, move |event| event.header(USER_AGENT, agent)));
        observe(run, SEND_PROPER_USER_AGENTS, forms.into()).await
    })
}
