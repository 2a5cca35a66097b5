//! Signs in to an Umami and lists the user's websites. `UMAMI_URL`, `UMAMI_USERNAME` and `UMAMI_PASSWORD` say where and
//! who; without them it is the reference server, started for the occasion.

#![expect(clippy::print_stdout, reason = "an example shows what it got")]

use probity::umami::{Credentials, Umami};
use probity_server::ReferenceServer;
use std::env::var;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = ReferenceServer::umami().start().await?;
    let url = var("UMAMI_URL").unwrap_or_else(|_| server.url().to_owned());
    let username = var("UMAMI_USERNAME").unwrap_or_else(|_| "your-username".to_owned());
    let password = var("UMAMI_PASSWORD").unwrap_or_else(|_| "your-password".to_owned());

    let session = Umami::new(&url)?.login(&Credentials::new(username, password)).await?;
    let user = session.verify().await?;
    println!("{} signed in as {}", user.username, user.role);
    for website in session.websites().await?.data {
        println!("{} {}", website.id, website.name);
    }
    Ok(())
}
