//! An axum application that Tinyauth guards and whose page views Umami counts. `TINYAUTH_URL`, `UMAMI_URL` and
//! `UMAMI_WEBSITE` say by whom and where to; `LISTEN` is its address, `127.0.0.1:8080` unless set.

#![expect(clippy::print_stdout, reason = "an example shows what it got")]

use std::env::var;
use std::error::Error;
use std::time::Duration;

use axum::extract::MatchedPath;
use axum::response::Html;
use axum::routing::get;
use axum::{Extension, Router};
use probity::tinyauth::{Identity, Tinyauth, TinyauthLayer};
use probity::umami::{Tracker, Umami, UmamiLayer};
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let tinyauth = Tinyauth::new(&var("TINYAUTH_URL")?)?;
    let tracker = Umami::new(&var("UMAMI_URL")?)?.tracker().start()?;
    let listener = TcpListener::bind(var("LISTEN").unwrap_or_else(|_| "127.0.0.1:8080".to_owned())).await?;
    println!("listening on http://{}", listener.local_addr()?);

    let app = app(tinyauth, &tracker, &var("UMAMI_WEBSITE")?);
    // A real application ends on a signal of its own.
    axum::serve(listener, app).with_graceful_shutdown(std::future::pending()).await?;
    println!("{:?}", tracker.shutdown(Duration::from_secs(5)).await);
    Ok(())
}

/// Who is let in is outside of what is counted: a visitor who is sent to log in has seen no page.
fn app(tinyauth: Tinyauth, tracker: &Tracker, website: &str) -> Router {
    let views = UmamiLayer::new(tracker.clone(), website)
        .client_address_in(http::HeaderName::from_static("x-real-ip")) // set by one's own proxy
        .url(|request| request.extensions.get::<MatchedPath>().map(|route| route.as_str().to_owned()));
    Router::new().route("/articles/{id}", get(article)).layer(views).layer(TinyauthLayer::new(tinyauth).scheme("http"))
}

async fn article(Extension(identity): Extension<Identity>) -> Html<String> {
    let reader = identity.name.unwrap_or_default();
    // What comes from elsewhere is no HTML.
    let reader: String = reader.chars().filter(|character| character.is_alphanumeric() || *character == ' ').collect();
    Html(format!("<h1>An article for {reader}</h1>"))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::{Request, StatusCode};
    use probity::umami::{Credentials, Range};
    use probity_server::ReferenceServer;
    use tower::ServiceExt as _;

    use super::*;

    const BROWSER: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0";

    #[tokio::test]
    async fn who_is_logged_in_reads_articles_and_only_that_is_counted() -> Result<(), Box<dyn Error>> {
        let (tinyauth, umami) = (ReferenceServer::tinyauth().start().await?, ReferenceServer::umami().start().await?);
        let client = Umami::new(umami.url())?;
        let session = client.login(&Credentials::new("your-username", "your-password")).await?;
        let website = session.create_website("Articles", "articles.example").await?.id;
        let tracker = client.tracker().start()?;
        let app = app(Tinyauth::new(tinyauth.url())?, &tracker, website.as_str());

        let request = |number: u32| {
            Request::get(format!("/articles/{number}"))
                .header("host", "articles.example.com")
                .header("user-agent", BROWSER)
                .header("accept", "text/html")
        };
        let stranger = app.clone().oneshot(request(1).body(Body::empty())?).await?;
        assert_eq!(stranger.status(), StatusCode::FOUND);
        for number in 1..=3 {
            let request = request(number).header("authorization", "Basic dXNlcjpwYXNzd29yZA==");
            assert_eq!(app.clone().oneshot(request.body(Body::empty())?).await?.status(), StatusCode::OK);
        }

        let counts = tracker.shutdown(Duration::from_secs(60)).await;
        assert_eq!((counts.tracked, counts.recorded), (3, 3));
        let events = session.website(&website).events(Range::last(Duration::from_secs(3600))).await?;
        assert!(events.data.iter().all(|event| event.url_path == "/articles/{id}"), "{events:?}");
        assert_eq!(events.count, 3);
        Ok(())
    }
}
