//! The way that applications go, against a server that does what the document says.

use std::time::Duration;

use probity::umami::{Code, Credentials, Token, Umami};
use probity_server::{ReferenceServer, RunningServer};

async fn server() -> (RunningServer, Umami) {
    let server = ReferenceServer::umami().start().await.expect("the server starts");
    let umami = Umami::new(server.url()).expect("a client");
    (server, umami)
}

fn credentials() -> Credentials {
    Credentials::new("your-username", "your-password")
}

#[tokio::test]
async fn a_user_signs_in_and_lists_their_websites() {
    let (server, umami) = server().await;
    let session = umami.login(&credentials()).await.expect("signed in");
    let user = session.user().expect("the login names its user");
    assert_eq!(user.username, "your-username");

    let verified = session.verify().await.expect("the token is valid");
    assert_eq!((&verified.id, &verified.username), (&user.id, &user.username));
    let page = session.websites().await.expect("a page");
    assert_eq!(u64::try_from(page.data.len()).ok(), Some(page.count));
    server.shutdown().await;
}

#[tokio::test]
async fn a_session_goes_on_from_a_token_that_was_kept() {
    let (_server, umami) = server().await;
    let kept = umami.login(&credentials()).await.expect("signed in").token().expose_secret().to_owned();
    let session = umami.session(Token::new(kept));
    assert_eq!(session.user(), None);
    assert_eq!(session.verify().await.expect("the token is valid").username, "your-username");
}

#[tokio::test]
async fn a_wrong_password_is_refused_with_a_code() {
    let (_server, umami) = server().await;
    let error = umami.login(&Credentials::new("your-username", "not-the-password")).await.expect_err("refused");
    assert!(error.is_unauthorized(), "{error}");
    assert_eq!(error.refusal().map(|refusal| &refusal.code), Some(&Code::IncorrectUsernamePassword));
}

#[tokio::test]
async fn a_token_that_nobody_gave_is_unauthorized() {
    let (_server, umami) = server().await;
    let session = umami.session(Token::new("a-token-that-nobody-gave"));
    assert!(session.verify().await.expect_err("refused").is_unauthorized());
    assert!(session.websites().await.expect_err("refused").is_unauthorized());
}

#[tokio::test]
async fn a_token_expires() {
    let (server, umami) = server().await;
    let session = umami.login(&credentials()).await.expect("signed in");
    server.clock().advance(Duration::from_secs(366 * 24 * 60 * 60));
    assert!(session.verify().await.expect_err("refused").is_unauthorized());
}
