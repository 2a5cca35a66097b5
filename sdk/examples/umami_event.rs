//! Sends one event to an Umami: `umami_event URL WEBSITE NAME [DATA]`, where the data are a JSON object. `USER_AGENT` says by
//! whom it is sent, if not by this program; one that Umami would take for a bot's is told of before anything is sent.

#![expect(clippy::print_stdout, reason = "an example shows what it got")]

use std::env;
use std::error::Error;

use probity::umami::{Event, Receipt, Umami, would_be_ignored};
use serde_json::{Map, Value};

const USAGE: &str = "usage: umami_event URL WEBSITE NAME [DATA, such as '{\"plan\": \"pro\"}']";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    println!("{}", send(&arguments, env::var("USER_AGENT").ok().as_deref()).await?);
    Ok(())
}

async fn send(arguments: &[String], agent: Option<&str>) -> Result<String, Box<dyn Error>> {
    let [url, website, name, data @ ..] = arguments else { return Err(USAGE.into()) };
    let mut event = Event::named(website.as_str(), name);
    match data {
        [] => {}
        [data] => {
            let data: Map<String, Value> = serde_json::from_str(data).map_err(|error| format!("the data: {error}"))?;
            event = event.data(data);
        }
        _ => return Err(USAGE.into()),
    }
    if let Some(agent) = agent {
        if would_be_ignored(agent) {
            return Err(
                format!("Umami would take `{agent}` for a bot and ignore the event: begin it as browsers do").into()
            );
        }
        event = event.user_agent(agent);
    }
    match Umami::new(url)?.send(&event).await? {
        Receipt::Recorded { visit, .. } => Ok(format!("recorded with visit {visit}")),
        Receipt::Ignored => Err("ignored: Umami takes the User-Agent for a bot's".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use probity::umami::{Credentials, Range};
    use probity_server::ReferenceServer;
    use std::time::Duration;

    async fn said(arguments: &[&str], agent: Option<&str>) -> Result<String, String> {
        let arguments: Vec<_> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        send(&arguments, agent).await.map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn an_event_with_data_is_recorded_and_that_of_a_bot_is_not_sent() -> Result<(), Box<dyn Error>> {
        let server = ReferenceServer::umami().start().await?;
        let session = Umami::new(server.url())?.login(&Credentials::new("your-username", "your-password")).await?;
        let website = session.create_website("Shop", "shop.example").await?.id;
        let arguments = [server.url(), website.as_str(), "signup", r#"{"plan": "pro"}"#];

        assert!(said(&arguments, None).await?.starts_with("recorded with visit "));
        let refused = said(&arguments, Some("acme/1.0")).await.expect_err("a bot's");
        assert!(refused.contains("`acme/1.0` for a bot"), "{refused}");

        let events = session.website(&website).events(Range::last(Duration::from_secs(3600))).await?;
        assert_eq!(events.count, 1, "{events:?}");
        assert_eq!(events.data[0].name.as_deref(), Some("signup"));
        Ok(())
    }

    #[tokio::test]
    async fn what_cannot_be_sent_is_told() {
        assert_eq!(said(&["http://localhost"], None).await, Err(USAGE.to_owned()));
        let told = said(&["http://localhost", "1", "signup", "[1]"], None).await.expect_err("no object");
        assert!(told.starts_with("the data: "), "{told}");
    }
}
