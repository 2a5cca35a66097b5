//! Logs in to a Tinyauth and asks what a proxy would ask. `TINYAUTH_URL`, `TINYAUTH_USERNAME` and `TINYAUTH_PASSWORD` say
//! where and who, and `TINYAUTH_CODE` is the TOTP code of the moment, if one is wanted; without a URL it is the reference
//! server, started for the occasion.

#![expect(clippy::print_stdout, reason = "an example shows what it got")]

use probity::tinyauth::{Credentials, Decision, ForwardedRequest, Login, Tinyauth};
use probity_server::ReferenceServer;
use std::env::var;
use std::error::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    match var("TINYAUTH_URL") {
        Ok(url) => log_in(&url, Credentials::new(var("TINYAUTH_USERNAME")?, var("TINYAUTH_PASSWORD")?)).await,
        Err(_) => log_in_to_the_reference_server().await,
    }
}

async fn log_in_to_the_reference_server() -> Result<(), Box<dyn Error>> {
    let server = ReferenceServer::tinyauth().start().await?;
    log_in(server.url(), Credentials::new("user", "password")).await
}

async fn log_in(url: &str, credentials: Credentials) -> Result<(), Box<dyn Error>> {
    let session = match Tinyauth::new(url)?.login(&credentials).await? {
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

#[tokio::test]
async fn the_user_of_the_document_logs_in() -> Result<(), Box<dyn Error>> {
    log_in_to_the_reference_server().await
}
