//! Logs in to a Tinyauth and asks what a proxy would ask. `TINYAUTH_URL`, `TINYAUTH_USERNAME` and `TINYAUTH_PASSWORD` say
//! where and who, and `TINYAUTH_CODE` is the TOTP code of the moment, if one is wanted; without them it is the reference
//! server, started for the occasion.

#![expect(clippy::print_stdout, reason = "an example shows what it got")]

use probity::tinyauth::{Credentials, Decision, ForwardedRequest, Login, Tinyauth};
use probity_server::ReferenceServer;
use std::env::var;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = ReferenceServer::tinyauth().start().await?;
    let url = var("TINYAUTH_URL").unwrap_or_else(|_| server.url().to_owned());
    let username = var("TINYAUTH_USERNAME").unwrap_or_else(|_| "user".to_owned());
    let password = var("TINYAUTH_PASSWORD").unwrap_or_else(|_| "password".to_owned());

    let session = match Tinyauth::new(&url)?.login(&Credentials::new(username, password)).await? {
        Login::Complete(session) => session,
        Login::TotpRequired(pending) => pending.verify(var("TINYAUTH_CODE")?).await?,
    };
    println!("{} is logged in", session.user().await?.username);
    match session.authorize(&ForwardedRequest::new("https", "app.example.com", "/")).await? {
        Decision::Allowed(identity) => println!("let in as {}", identity.user.as_deref().unwrap_or("nobody")),
        refused => println!("not let in: {refused:?}"),
    }
    Ok(())
}

#[test]
fn the_user_of_the_document_logs_in() -> Result<(), Box<dyn std::error::Error>> {
    main()
}
