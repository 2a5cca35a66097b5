//! The way that applications go, against a server that does what the document says.

use std::time::Duration;

use probity::umami::{
    BatchOutcome, Code, Credentials, Event, EventKind, Range, Receipt, Session, Token, Umami, WebsiteId,
};
use probity_server::{ReferenceServer, RunningServer};
use serde_json::json;

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

/// A website of one's own, and the sessions and ranges to look at it.
async fn new_website(umami: &Umami) -> (Session, WebsiteId) {
    let session = umami.login(&credentials()).await.expect("signed in");
    let website = session.create_website("Shop", "shop.example").await.expect("created");
    (session, website.id)
}

fn the_last_hour() -> Range {
    Range::last(Duration::from_secs(60 * 60))
}

#[tokio::test]
async fn an_event_is_sent_and_seen() {
    let (_server, umami) = server().await;
    let (session, id) = new_website(&umami).await;
    let website = session.website(&id);
    assert_eq!(website.stats(the_last_hour()).await.expect("stats").pageviews, 0);

    for event in
        [Event::page_view(&id).url("/pricing?plan=pro"), Event::named(&id, "signup").data(json!({"plan": "pro"}))]
    {
        let receipt = umami.send(&event).await.expect("a receipt");
        assert!(matches!(receipt, Receipt::Recorded { .. }), "{receipt:?}");
    }
    let stats = website.stats(the_last_hour()).await.expect("stats");
    assert_eq!((stats.pageviews, stats.visitors), (1, 1));
    assert_eq!(website.active().await.expect("visitors").visitors, 1);

    let mut pages = website.events(the_last_hour()).page_size(1).pages();
    let mut seen = Vec::new();
    while let Some(page) = pages.next().await.expect("a page") {
        seen.extend(page.data.into_iter().map(|event| (event.kind, event.name, event.url_path)));
    }
    seen.sort_by_key(|(_, name, _)| name.clone());
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0], (EventKind::PageView, None, "/pricing".to_owned()));
    assert_eq!((seen[1].0, seen[1].1.as_deref()), (EventKind::Named, Some("signup")));
    assert_eq!(website.events(the_last_hour()).search("signup").await.expect("a page").count, 1);

    website.delete().await.expect("deleted");
    let left = session.websites().await.expect("a page").data;
    assert!(left.iter().all(|website| website.id != id), "{left:?}");
}

#[tokio::test]
async fn what_looks_like_a_bots_is_ignored_and_says_so() {
    let (server, umami) = server().await;
    let (session, id) = new_website(&umami).await;
    let bot = Umami::builder(server.url()).user_agent("curl/8").build().expect("a client");
    let event = Event::page_view(&id);
    assert!(matches!(bot.send(&event).await.expect("a receipt"), Receipt::Ignored));
    let batch = bot.batch(&[event.clone(), event.clone()]).await.expect("a receipt");
    assert_eq!((batch.outcome, batch.recorded()), (BatchOutcome::IgnoredOrUntold, None));
    assert_eq!(session.website(&id).stats(the_last_hour()).await.expect("stats").pageviews, 0);

    // The visitor's own agent takes the place of the header.
    let visitor = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
    let receipt = bot.send(&event.clone().user_agent(visitor)).await.expect("a receipt");
    assert!(matches!(receipt, Receipt::Recorded { .. }));
    assert!(matches!(umami.send(&event.user_agent("curl/8")).await.expect("a receipt"), Receipt::Ignored));
    assert_eq!(session.website(&id).stats(the_last_hour()).await.expect("stats").pageviews, 1);
}

#[tokio::test]
async fn a_batch_tells_what_was_recorded_and_what_was_refused() {
    let (_server, umami) = server().await;
    let (session, id) = new_website(&umami).await;
    let nowhere = Event::page_view("00000000-0000-4000-8000-000000000000");
    let batch = umami.batch(&[Event::page_view(&id), nowhere.clone(), Event::named(&id, "signup")]).await;
    let batch = batch.expect("a receipt");
    assert_eq!((batch.outcome, batch.recorded()), (BatchOutcome::Recorded, Some(2)));
    let [refused] = &batch.refused[..] else { panic!("one is refused: {batch:?}") };
    assert_eq!(refused.index, 1);
    assert!(refused.refusal.is_some(), "{batch:?}");
    assert_eq!(session.website(&id).stats(the_last_hour()).await.expect("stats").pageviews, 1);

    let none = umami.batch(&[nowhere]).await.expect("a receipt");
    assert_eq!((none.outcome, none.recorded()), (BatchOutcome::NoneProcessed, Some(0)));
}

#[tokio::test]
async fn a_batch_of_several_agents_does_not_tell_how_many_are_recorded() {
    let (_server, umami) = server().await;
    let (session, id) = new_website(&umami).await;
    let event = Event::page_view(&id);
    let batch = umami.batch(&[event.clone(), event.user_agent("curl/8")]).await.expect("a receipt");
    assert_eq!((batch.outcome, batch.recorded(), batch.processed), (BatchOutcome::SomeRecorded, None, 2));
    assert_eq!(session.website(&id).stats(the_last_hour()).await.expect("stats").pageviews, 1);
}

#[tokio::test]
async fn an_event_for_no_website_is_refused() {
    let (_server, umami) = server().await;
    let error = umami.send(&Event::page_view("00000000-0000-4000-8000-000000000000")).await.expect_err("refused");
    assert_eq!(error.refusal().map(|refusal| &refusal.code), Some(&Code::BadRequest), "{error}");
}

#[tokio::test]
async fn a_visit_goes_on_with_its_cache() {
    let (_server, umami) = server().await;
    let (_session, id) = new_website(&umami).await;
    let event = Event::page_view(&id);
    let Receipt::Recorded { visit, cache: Some(cache), .. } = umami.send(&event).await.expect("a receipt") else {
        panic!("recorded, with a cache")
    };
    let Receipt::Recorded { visit: next, .. } = umami.send(&event).cache(&cache).await.expect("a receipt") else {
        panic!("recorded")
    };
    assert_eq!(visit, next);
}
