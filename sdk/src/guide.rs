//! How to do what one comes for, job by job. Every example here runs against the reference server in this crate's tests.
//!
//! # Sign in, and keep signed in
//!
//! What needs a token is a method of what signing in gives. Tokens expire; a session that was given its credentials signs in
//! anew when a call is refused for that, once however many calls are, and makes the call again.
//!
//! ```
//! use probity::umami::{Credentials, Umami};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let server = probity_server::ReferenceServer::umami().start().await?;
//! # let (url, username, password) = (server.url(), "your-username", "your-password");
//! let umami = Umami::new(url)?;
//! let credentials = Credentials::new(username, password);
//! let session = umami.login(&credentials).await?.renewed_by(credentials);
//! println!("{} websites", session.websites().await?.count);
//! # Ok(())
//! # }
//! ```
//!
//! Uptinio's sessions are [renewed](crate::uptinio::Session::renewed_by) in the same way. Umami Cloud has no login, but an
//! [API key](crate::umami::UmamiCloud::new). Tinyauth may ask for a second factor, and what waits for it takes that and
//! nothing else: see [`tinyauth::Login`](crate::tinyauth::Login).
//!
//! # Send events from a server
//!
//! Umami answers 200 to a bot's event and stores nothing. It takes a bare `name/version` for a bot, which is what most HTTP
//! clients say they are. This crate's own `User-Agent` is recorded; whether another one is can be asked in a test, before
//! somebody wonders at an empty dashboard. An event that is sent on behalf of a visitor carries their agent and address: else
//! all visitors are one, who sits where the server is.
//!
//! ```
//! use probity::umami::{Event, Receipt, Umami, would_be_ignored};
//! use serde_json::json;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let server = probity_server::ReferenceServer::umami().start().await?;
//! # let session = probity::umami::Umami::new(server.url())?.login(&probity::umami::Credentials::new("your-username", "your-password")).await?;
//! # let (url, website) = (server.url(), session.create_website("Shop", "shop.example").await?.id);
//! assert!(would_be_ignored("acme-backend/1.4"));
//! assert!(!would_be_ignored("Mozilla/5.0 (X11; Linux x86_64) acme-backend/1.4"));
//!
//! let event = Event::named(&website, "signup")
//!     .url("/pricing")
//!     .data(json!({ "plan": "pro" }))
//!     .user_agent("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0")
//!     .ip("203.0.113.7".parse()?);
//! match Umami::new(url)?.send(&event).await? {
//!     Receipt::Recorded { visit, .. } => println!("recorded with visit {visit}"),
//!     Receipt::Ignored => return Err("taken for a bot's".into()),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Track in the background
//!
//! A [`Tracker`](crate::umami::Tracker) takes events without waiting, sends them in batches, and tells what became of each. It
//! has a bounded queue and, if wished, a spool on disk that outlives the process; its page says what may be lost, and when.
//!
//! ```
//! use std::time::Duration;
//!
//! use probity::umami::{Event, Umami};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let server = probity_server::ReferenceServer::umami().start().await?;
//! # let session = probity::umami::Umami::new(server.url())?.login(&probity::umami::Credentials::new("your-username", "your-password")).await?;
//! # let (url, website) = (server.url(), session.create_website("Shop", "shop.example").await?.id);
//! # let folder = tempfile::tempdir()?;
//! let tracker = Umami::new(url)?.tracker().spool(folder.path()).start()?;
//! tracker.track(Event::page_view(&website).url("/pricing"));
//! let counts = tracker.shutdown(Duration::from_secs(5)).await;
//! assert_eq!((counts.tracked, counts.recorded), (1, 1));
//! # Ok(())
//! # }
//! ```
//!
//! # Guard routes, and count their views
//!
//! [`TinyauthLayer`](crate::tinyauth::TinyauthLayer) lets through who may pass and tells the handler who it is;
//! [`UmamiLayer`](crate::umami::UmamiLayer) records the pages that were seen. `examples/axum_app.rs` has both.
//!
//! # Verify a deployment in a script
//!
//! [`Wait`](crate::blocking::Wait) makes any call without async. Here a script finds what is down; `examples/uptinio_monitors.rs`
//! has the whole of it:
//!
//! ```
//! use probity::blocking::Wait as _;
//! use probity::uptinio::{MonitorStatus, ProjectToken, Uptinio};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let server = async { probity_server::ReferenceServer::uptinio().start().await }.wait()?;
//! # let url = server.url();
//! let project = Uptinio::new(url)?.project(ProjectToken::new("YOUR_PROJECT_API_TOKEN"));
//! let mut pages = project.network_monitors().page_size(100).pages();
//! let mut down = Vec::new();
//! while let Some(page) = pages.next().wait()? {
//!     let failing = page.data.into_iter().filter(|monitor| monitor.status == Some(MonitorStatus::Failure));
//!     down.extend(failing.map(|monitor| monitor.name));
//! }
//! if !down.is_empty() {
//!     println!("down: {}", down.join(", ")); // and `std::process::exit(1)`
//! }
//! # assert_eq!(down, ["https://example.org"]);
//! # Ok(())
//! # }
//! ```
//!
//! # When something goes wrong
//!
//! One [`Error`](crate::Error) tells the call, how often it was tried, the status, the API's own refusal, and how long to
//! wait. Its predicates answer what most callers ask; [`kind`](crate::Error::kind) has the rest.
//!
//! ```
//! use probity::umami::{Code, Credentials, Umami};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let server = probity_server::ReferenceServer::umami().start().await?;
//! # let url = server.url();
//! let error = Umami::new(url)?.login(&Credentials::new("your-username", "not-it")).await.expect_err("refused");
//! assert!(error.is_unauthorized() && !error.is_connect() && !error.is_timeout());
//! assert_eq!(error.attempts(), 1);
//! assert_eq!(error.refusal().map(|refusal| &refusal.code), Some(&Code::IncorrectUsernamePassword));
//! # Ok(())
//! # }
//! ```
//!
//! What is safe to repeat is [tried again](crate::Retry), three times within 30 seconds unless set; what might count twice
//! only where the server has not done it. Whoever wants to wait longer, or not at all, says so, for a client or for one call:
//!
//! ```
//! use std::time::Duration;
//!
//! use probity::Retry;
//! use probity::umami::Umami;
//!
//! let patient = Retry::default().attempts(20).within(Duration::from_secs(300));
//! let umami = Umami::builder("http://localhost:3000").retry(patient).timeout(Duration::from_secs(5)).build()?;
//! # Ok::<(), probity::ConfigurationError>(())
//! ```
//!
//! # Keep to a rate limit
//!
//! A 429 is waited out as long as the server asks, if there is time. Before it comes to that, each answer tells what is left:
//!
//! ```
//! use probity::uptinio::{ProjectToken, Uptinio};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let server = probity_server::ReferenceServer::uptinio().start().await?;
//! # let url = server.url();
//! let project = Uptinio::new(url)?.project(ProjectToken::new("YOUR_PROJECT_API_TOKEN"));
//! let answer = project.network_monitors().with_response().await?;
//! if let Some(limit) = answer.rate_limit() {
//!     println!("{:?} of {:?} requests are left, for {:?}", limit.remaining, limit.limit, limit.reset);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Secrets
//!
//! Passwords, tokens and cookies are types that no `Debug`, error or span shows, not even where a server repeats one. To keep
//! one, say so: `token.expose_secret()`, or [`export`](crate::tinyauth::Session::export) for a session of Tinyauth's. A
//! [`SecretString`](crate::SecretString) is made `from` a `String`, which it takes over.
//!
//! # Test an application
//!
//! The crate `probity-server` is these APIs in memory, on a free port, with a clock that a test moves. An application whose
//! base URL can be set is tested against it as it is; the examples on this page are. No deployment, no fixed port, no sleep:
//!
//! ```
//! use probity::tinyauth::{Credentials, Login, Tinyauth};
//! use probity_server::ReferenceServer;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = ReferenceServer::tinyauth().start().await?;
//! let login = Tinyauth::new(server.url())?.login(&Credentials::new("user", "password")).await?;
//! assert!(matches!(login, Login::Complete(_)));
//! # Ok(())
//! # }
//! ```
//!
//! # Another HTTP stack
//!
//! Each operation is an [`Endpoint`](crate::endpoint::Endpoint): it makes an `http::Request` and reads an `http::Response`.
//! Whatever moves bytes can carry it, and without the feature `client` this crate brings no HTTP stack of its own:
//!
//! ```
//! use probity::endpoint::Endpoint as _;
//! use probity::umami::{Event, Receipt, SendEvent};
//!
//! let event = Event::page_view("your-website-id").url("/pricing");
//! let call = SendEvent::new(&event);
//! let request = call.request(&"https://analytics.example.com".parse()?, &())?;
//! assert_eq!(request.uri(), "https://analytics.example.com/api/send");
//! // … and what came back:
//! let answer = http::Response::new(r#"{"beep": "boop"}"#.into());
//! assert!(matches!(call.read(&answer)?, Receipt::Ignored));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Coming from elsewhere
//!
//! | from `rust-umami` | here |
//! |---|---|
//! | it sends as `rust-umami/…`, which Umami ignores unless each event has the visitor's agent | an agent that is recorded, and [`would_be_ignored`](crate::umami::would_be_ignored) |
//! | `TrackResponse::is_ignored()` | [`Receipt::Ignored`](crate::umami::Receipt::Ignored), which a `match` cannot overlook; in batches [`BatchOutcome`](crate::umami::BatchOutcome) |
//! | a `Batch` that is filled and sent by hand | [`Umami::batch`](crate::umami::Umami::batch), or a [`Tracker`](crate::umami::Tracker) that does it in the background |
//! | no login, no reading | [`Session`](crate::umami::Session): websites, stats, events |
//!
//! | from hand-written `reqwest` | here |
//! |---|---|
//! | `.json(&body).send().await?.error_for_status()?` | one `await`; what the server said is in the error, not lost with the body |
//! | `.bearer_auth(token)` on each call, and a 401 some hours later | a session, [renewed](crate::umami::Session::renewed_by) |
//! | timeouts that have to be thought of | 30 seconds for a try and 10 to connect, until told otherwise |
//! | redirects followed, the password along with them | never followed |
//! | one's own `ClientBuilder`: proxies, certificates | [`Builder::http_client`](crate::Builder::http_client), with `probity::reqwest` |
//!
//! # What is documented, observed and open
//!
//! How much the documents say of each operation: what they state outright (must), what they only show (should), what they leave to
//! the standards they rest on (sound), and what they leave open or contradict themselves in. An observed operation is not in
//! the document; its form is taken from recordings of real releases. `probity explain NAME` of the conformance suite tells each
//! statement.
#![doc = include_str!("operations.md")]
