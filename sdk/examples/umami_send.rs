//! Sends an event to an Umami and sees it in the website's stats, and that a bot's is not there. Here it is the reference
//! server, started for the occasion.

#![expect(clippy::print_stdout, reason = "an example shows what it got")]

use probity::umami::{Credentials, Event, Range, Receipt, Umami};
use std::time::Duration;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = probity_server::ReferenceServer::umami().start().await?;
    let umami = Umami::new(server.url())?;
    let session = umami.login(&Credentials::new("your-username", "your-password")).await?;
    let website = session.create_website("Shop", "shop.example").await?;

    let page_view = Event::page_view(&website.id).url("/pricing").title("Pricing");
    for event in [page_view.clone(), page_view.user_agent("curl/8.5.0")] {
        match umami.send(&event).await? {
            Receipt::Recorded { visit, .. } => println!("recorded with visit {visit}"),
            Receipt::Ignored => println!("ignored, as a bot's"),
        }
    }
    let stats = session.website(&website.id).stats(Range::last(Duration::from_secs(3600))).await?;
    session.website(&website.id).delete().await?;
    println!("{} page views by {} visitors", stats.pageviews, stats.visitors);
    if stats.pageviews == 1 { Ok(()) } else { Err("one page view should have been counted".into()) }
}

#[test]
fn the_event_is_counted_and_that_of_the_bot_is_not() -> Result<(), Box<dyn std::error::Error>> {
    main()
}
