//! Typed clients for HTTP APIs, written from the APIs' own documents and held against recordings of real servers.
//!
//! Today: Umami (`umami`), its signing in, its sending, and what was counted; Tinyauth (`tinyauth`), its logins and the
//! question that proxies ask it; and Uptinio (`uptinio`), its accounts, and its projects with what they monitor.
//!
#![cfg_attr(all(feature = "client", feature = "umami"), doc = "```")]
#![cfg_attr(not(all(feature = "client", feature = "umami")), doc = "```ignore")]
//! use probity::umami::{Credentials, Event, Receipt, Umami};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let server = probity_server::ReferenceServer::umami().start().await?;
//! # let url = server.url();
//! let umami = Umami::new(url)?; // such as "https://analytics.example.com"
//! let session = umami.login(&Credentials::new("your-username", "your-password")).await?;
//! let user = session.verify().await?;
//! println!("{} is {}", user.username, user.role);
//! for website in session.websites().await?.data {
//!     match umami.send(&Event::named(&website.id, "signup").url("/pricing")).await? {
//!         Receipt::Recorded { visit, .. } => println!("{}: recorded with visit {visit}", website.name),
//!         Receipt::Ignored => println!("{}: taken for a bot's", website.name),
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
#![cfg_attr(all(feature = "client", feature = "tinyauth"), doc = "```")]
#![cfg_attr(not(all(feature = "client", feature = "tinyauth")), doc = "```ignore")]
//! use probity::tinyauth::{Access, Credentials, Decision, ForwardedRequest, Tinyauth};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let server = probity_server::ReferenceServer::tinyauth().start().await?;
//! # let url = server.url();
//! let tinyauth = Tinyauth::new(url)?; // such as "https://auth.example.com"
//! println!("{} is let in by Basic", tinyauth.basic(Credentials::new("user", "password")).user().await?.name);
//!
//! let request = ForwardedRequest::new("https", "app.example.com", "/reports").accept("text/html");
//! match tinyauth.authorize(&request, Access::Anonymous).await?.decision {
//!     Decision::Allowed(identity) => println!("it is {:?}'s", identity.user),
//!     Decision::LoginAt(url) => println!("to be redirected to {url}"),
//!     Decision::Denied { status, .. } => println!("to be refused with {status}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
#![cfg_attr(all(feature = "client", feature = "uptinio"), doc = "```")]
#![cfg_attr(not(all(feature = "client", feature = "uptinio")), doc = "```ignore")]
//! use probity::uptinio::{MonitorStatus, ProjectToken, Uptinio};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let server = probity_server::ReferenceServer::uptinio().start().await?;
//! # let url = server.url();
//! let uptinio = Uptinio::new(url)?; // or Uptinio::cloud()?
//! let project = uptinio.project(ProjectToken::new("YOUR_PROJECT_API_TOKEN"));
//! let mut pages = project.network_monitors().page_size(100).pages();
//! while let Some(page) = pages.next().await? {
//!     for monitor in page.data {
//!         println!("{}: {}", monitor.name, monitor.status.as_ref().map_or("untold", MonitorStatus::as_str));
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! - **Wrong calls do not compile.** What needs a token is a method of the type that signing in gives; a login that waits
//!   for its second factor takes that and nothing else; a user's token is another type than a project's.
//! - **Errors say what to do.** One [`Error`] tells the call, the status, the API's own typed refusal, and how long to
//!   wait; its predicates answer the usual questions.
//! - **Secrets stay secret.** No password, token or body is in a `Debug` form, an error or a span, not even where the
//!   server repeats one.
//! - **Nothing is lost in silence.** What servers are known to refuse or fail at in an event is found before it is sent, and
//!   named; a 200 that stored nothing is not taken for a success.
//! - **Bounds are on.** 30 seconds for a try, 10 to connect, 8 MiB for an answer; redirects are never followed.
//! - **Passing trouble passes.** What is safe to repeat is [tried again](Retry), with growing random waits or when the
//!   server says; what might count twice only where the server has not done it.
//! - **Every answer tells its rate limit.** Awaiting a [`Call`] gives its value; `with_response` gives its status, headers
//!   and [`RateLimit`] as well, and an error has them, too.
//! - **No socket needed.** Every operation is an [endpoint]: it makes an `http::Request` and reads an
//!   `http::Response`, for other HTTP stacks, recordings and tests.
//!
//! The module `guide` tells how to do what one comes for, job by job; it is there when all features are, as on docs.rs.
//!
//! # Features
//!
//! | feature | gives |
//! |---|---|
//! | `tinyauth` (default) | the module `tinyauth`: endpoints, types and errors |
//! | `umami` (default) | the module `umami`: endpoints, types and errors |
//! | `uptinio` (default) | the module `uptinio`: endpoints, types and errors |
//! | `client` | clients that call them, over `http://`, in a tokio runtime |
//! | `rustls` (default) | `client`, and `https://` by rustls with ring and the system's root certificates |
//! | `blocking` | `client`, and `blocking::Wait`, which makes calls from code that is not async |
//! | `tracker` | `client`, and `umami::Tracker`, which sends events in the background |
//! | `tower` | `client`, and layers for servers: `tinyauth::TinyauthLayer` guards routes, and with `tracker` `umami::UmamiLayer` records page views |
//! | `native-tls` | `client`, and `https://` by the system's own TLS; together with `rustls`, rustls it is |
//!
//! Each builds alone, and together with each other.
//!
//! # Other crates
//!
//! Types of these are in this crate's signatures, so that what an application has can be handed in, and what comes out be
//! handed on. A new major version of one of them is a new major version of this crate.
//!
//! | crate | what for |
//! |---|---|
//! | `http` | requests, responses, headers and statuses: of [endpoint]s, of errors, of what proxies are asked |
//! | `bytes` | the bodies of these |
//! | `url` | [`Url`]: where a login leads, for example |
//! | `secrecy` | [`SecretString`]: passwords, which are wiped when they are dropped |
//! | `serde` | ids, tokens and words can be read, and ids be written, as JSON |
//! | `serde_json` | what an API leaves to its users: an event's data, an answer without a described shape |
//! | `tower-layer`, `tower-service` | the traits of the layers (feature `tower`) |
//! | `reqwest` | only in `Builder::http_client`, which hands it in; it is re-exported as `probity::reqwest`, so that it need not be a dependency of one's own |
//!
//! Nothing else is, and errors keep the causes that come from other crates as `dyn Error`. The whole public API is in
//! `public-api.snap` beside this crate's sources, which a test holds to be true.

// Without clients, what is said of endpoints still names the calls that make use of them.
#![cfg_attr(not(feature = "client"), allow(rustdoc::broken_intra_doc_links))]
// docs.rs says of each item which feature it wants.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod base_url;
#[cfg(any(feature = "umami", feature = "uptinio"))]
mod bearer_token;
#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(any(feature = "tinyauth", feature = "umami", feature = "uptinio"))]
mod credentials;
pub mod endpoint;
mod error;
#[cfg(all(
    feature = "blocking",
    feature = "tinyauth",
    feature = "tower",
    feature = "tracker",
    feature = "umami",
    feature = "uptinio"
))]
pub mod guide;
#[cfg(feature = "client")]
mod http;
#[cfg(any(feature = "umami", feature = "uptinio"))]
mod id;
#[cfg(any(feature = "tinyauth", feature = "umami", feature = "uptinio"))]
mod lenient;
mod paging;
mod rate_limit;
mod response;
#[cfg(feature = "client")]
mod retry;
mod rfc3339;
#[cfg(any(feature = "tinyauth", feature = "umami", feature = "uptinio"))]
mod secret;
#[cfg(feature = "tinyauth")]
pub mod tinyauth;
#[cfg(feature = "umami")]
pub mod umami;
#[cfg(feature = "uptinio")]
pub mod uptinio;
#[cfg(any(feature = "tinyauth", feature = "umami", feature = "uptinio"))]
mod vocabulary;

/// The HTTP client that [`Builder::http_client`] sets up.
#[cfg(feature = "client")]
pub use reqwest;
/// The types of what goes in and comes out as secrets and as URLs.
pub use secrecy::{ExposeSecret, SecretString};
pub use url::Url;

#[cfg(feature = "client")]
pub use self::http::{Builder, Call, Client, Pages};
pub use base_url::{BaseUrl, InvalidBaseUrl, InvalidSegment};
#[cfg(any(feature = "tinyauth", feature = "umami", feature = "uptinio"))]
pub use credentials::Credentials;
pub use error::{
    ConfigurationError, Error, ErrorKind, FieldProblem, InvalidField, LengthUnit, RawBody, RawHeaders, Refusal,
    Rejection, Undecodable,
};
pub use paging::{Extent, Paged, Paging};
pub use rate_limit::RateLimit;
pub use response::Response;
#[cfg(feature = "client")]
pub use retry::Retry;

#[cfg(all(doctest, feature = "client", feature = "tinyauth", feature = "umami", feature = "uptinio"))]
#[doc = include_str!("../../README.md")]
struct Readme;
