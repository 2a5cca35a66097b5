//! Calls from code that is not async, to each of the APIs.

use std::time::Duration;

use probity::blocking::Wait as _;
use probity::umami::Umami;
use probity::{tinyauth, umami, uptinio};
use probity_server::ReferenceServer;

#[test]
fn umami_is_called_without_async() {
    let server = ReferenceServer::umami().start().wait().expect("the server starts");
    let umami = Umami::new(server.url()).expect("a client");
    let credentials = umami::Credentials::new("your-username", "your-password");
    let session = umami.login(&credentials).wait().expect("signed in").renewed_by(credentials);
    let website = session.create_website("Shop", "shop.example").wait().expect("created");
    let answer = session.websites().page_size(1).with_response().wait().expect("a page");
    assert_eq!((answer.status.as_u16(), answer.value.data.len()), (200, 1));
    let receipt = umami.send(&umami::Event::page_view(&website.id)).wait().expect("a receipt");
    assert!(matches!(receipt, umami::Receipt::Recorded { .. }));
    let error = umami.session(umami::Token::new("none")).verify().wait().expect_err("no such token");
    assert!(error.is_unauthorized());
    server.shutdown().wait();
}

#[test]
fn tinyauth_and_uptinio_are_called_without_async() {
    let server = ReferenceServer::tinyauth().start().wait().expect("the server starts");
    let tinyauth = tinyauth::Tinyauth::new(server.url()).expect("a client");
    let login = tinyauth.login(&tinyauth::Credentials::new("user", "password")).wait().expect("logged in");
    let tinyauth::Login::Complete(session) = login else { panic!("the user has no second factor") };
    assert_eq!(session.user().wait().expect("a user").username, "user");

    let server = ReferenceServer::uptinio().start().wait().expect("the server starts");
    let uptinio = uptinio::Uptinio::new(server.url()).expect("a client");
    let error = uptinio.sign_in(&uptinio::Credentials::new("nobody@example.com", "password")).wait();
    assert!(error.expect_err("nobody is nobody").is_unauthorized());
}

#[test]
#[cfg(feature = "tracker")]
fn events_are_tracked_from_code_that_is_not_async() {
    let server = ReferenceServer::umami().start().wait().expect("the server starts");
    let umami = Umami::new(server.url()).expect("a client");
    let credentials = umami::Credentials::new("your-username", "your-password");
    let website = umami.login(&credentials).wait().expect("signed in");
    let website = website.create_website("Shop", "shop.example").wait().expect("created").id;
    let tracker = async { umami.tracker().start() }.wait().expect("a runtime");
    for _ in 0..10 {
        tracker.track(umami::Event::page_view(&website));
    }
    assert_eq!(tracker.shutdown(Duration::from_secs(60)).wait().recorded, 10);
}

#[test]
fn many_threads_wait_at_a_time() {
    let server = ReferenceServer::umami().start().wait().expect("the server starts");
    let umami = Umami::new(server.url()).expect("a client");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let credentials = umami::Credentials::new("your-username", "your-password");
                umami.login(&credentials).wait().expect("signed in").verify().wait().expect("the token is good");
            });
        }
    });
}
