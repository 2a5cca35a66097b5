//! Sends an event to an Umami and sees it in the website's stats. Here it is the reference server, started for the
//! occasion.

#![expect(clippy::print_stdout, reason = "an example shows what it got")]

use probity::umami::{Credentials, Event, Range, Umami};
use std::time::Duration;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = probity_server::ReferenceServer::umami().start().await?;
    let umami = Umami::new(server.url())?;
    let session = umami.login(&Credentials::new("your-username", "your-password")).await?;
    let website = session.create_website("Shop", "shop.example").await?;

    let receipt = umami.send(&Event::page_view(&website.id).url("/pricing").title("Pricing")).await?;
    let stats = session.website(&website.id).stats(Range::last(Duration::from_secs(3600))).await?;
    println!("{receipt:?}\n{} page views by {} visitors", stats.pageviews, stats.visitors);
    session.website(&website.id).delete().await?;
    Ok(())
}
