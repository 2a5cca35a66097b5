//! Tinyauth's API, as its document has it: <https://tinyauth.app/docs/reference/api>. One file per section.
//!
//! # Choices
//!
//! What the document leaves open, and what this server does:
//!
//! | open | here | because |
//! |---|---|---|
//! | status of a success | 200 | as Tinyauth does |
//! | body of a refusal | `{"status", "message"}` with the HTTP status, of all refusals | the document shows it of a 401 |
//! | WWW-Authenticate | `Basic` with every 401 | RFC 9110 §15.5.2; browsers may show a dialogue of their own for it |
//! | form of a session | JSON, sealed by AES-256-GCM with a key made at each start, base64url; nothing is kept of it | the document has it in the cookie alone; OWASP: a client must not forge it |
//! | session cookie | `tinyauth-session-` and 8 hexadecimal digits of the host's SHA-256; HttpOnly, SameSite=Lax, Path=/; Secure if browsers come by https | OWASP Session Management Cheat Sheet |
//! | its Domain | the host without its first label, if that has two labels left; otherwise none | as Tinyauth does, which wants three labels; whoever runs it knows what a public suffix is |
//! | lifetime of a session | 24 hours; of a login that waits for its code, 1 hour | as Tinyauth does |
//! | two cookies of that name | the first counts | as Tinyauth does |
//! | a session and Basic | the session counts, then Basic; a login that waits for its code does not spoil Basic | whoever is logged in stays who they are |
//! | two Authorization headers | neither counts | whose request it is cannot be told |
//! | provider of Basic | `basic` | as Tinyauth does |
//! | failures by Basic | are not counted, and Basic works while the name is held off | as Tinyauth does: a stale header at a proxy would lock its user out |
//! | Basic for accounts with TOTP | refused at `/api/user` too | a second way in would be one around the code |
//! | `email` of a login | the user's name, or the name in small letters `@` the domain; `username` in its place is taken as well | the sample has an address, releases take `username` |
//! | empty, missing or null name, password or code | 401; of another type 400 | as Tinyauth does |
//! | an unknown user | the same answer in about the time of the first user's | OWASP: a refusal does not tell which names exist |
//! | a password's length | under 72 bytes; a longer one is a wrong one | bcrypt reads no more |
//! | message of a login that waits for its code | `Waiting for totp` | as Tinyauth does |
//! | failing logins | the 5th in a row holds the name off for 300 seconds, whether somebody has it or not: 429 with the wait in the message and in Retry-After. 300 seconds after the last failure all are forgotten | as Tinyauth does, where a failure after the wait holds off again at once |
//! | wrong codes | the same, by account, apart from the passwords | RFC 4226 §7.3; Tinyauth 3 has no limit |
//! | codes | SHA-1, six digits, 30 seconds, and one step to each side; each counts once for an account | RFC 6238 §5.2; Tinyauth takes them again |
//! | a code without need | 401 | there is no login to complete |
//! | logging out without a session | 200 | nothing is left to forget |
//! | `/api/user` when nobody is logged in | 401 with all members, empty; `totpPending` tells of a login that waits | a refusal has the status of one; Tinyauth says 200 |
//! | another word for the proxy | 404 | Tinyauth 3 takes any |
//! | a browser that is not logged in, by nginx | 401 | its `auth_request` takes a redirect for a failure |
//! | which Accept is a browser's | lists `text/html`, in any case, and not with `q=0`; a missing header is none | RFC 9110 §12.5.1 |
//! | Location for browsers | `/login?redirect_uri=…` with the address of `X-Forwarded-Proto`, `-Host` and `-Uri`; without it, if they give no http or https address | as Tinyauth does, which makes `://` of nothing |
//! | when let in | `Remote-User`, `-Name`, `-Email`, and `-Groups` if there are any, in UTF-8; those of the request are not looked at | as Tinyauth does, which leaves letters out |
//! | an unknown provider | 404 | as Tinyauth does |
//! | `state` | wanted, once and within 10 minutes, with the cookie `tinyauth-csrf-…` that the address was given with | RFC 6749 §10.12, RFC 9700 §4.7 |
//! | a callback that fails | API mode: 400 without a code, 404 for an unknown provider, 502 if the provider does not answer, and otherwise 401; a browser is sent to `/error` | there is nothing else to log in by |
//! | where a browser goes after it | the address in `tinyauth-redirect-…`, if it is http or https, of the own host or below the Domain of the session cookie; else `/login` | CWE-601 |
//! | what a provider says | `email` must be there and not unverified; `preferred_username` and `name` are made of it when they are missing; groups with a comma are left out | as Tinyauth does; it may be told apart in a header |
//! | a provider's user of a local one's name | is told alike | as Tinyauth does |
//! | requests to providers | plain HTTP, 10 seconds, 64 KiB, no redirects | the server has no TLS |
//! | pages | `/login` and `/error`: one small page | browsers are sent there |
//! | Content-Type of a request | not looked at | as Tinyauth does |
//! | a request's body | 1 MiB ([`Limits::body_size`]), then 413; 30 s, then 408 | a server has bounds |
//! | another method | 405 with Allow, and HEAD where GET is | RFC 9110 §15.5.6 and §9.3.2 |
//! | another path, or a slash at the end | 404 | not in the document |
//! | a request without Host, with two, or with one that is none | 400, empty | RFC 9112 §3.2 |
//! | caching of answers | `Cache-Control: no-store` | they are somebody's, or hold secrets |

mod app;
mod app_url;
mod attempts;
mod auth;
mod authorization;
mod caller;
mod claims;
mod cookies;
mod deviations;
mod error;
mod healthcheck;
mod instance;
mod login;
mod logout;
mod mode;
mod oauth_callback;
mod oauth_url;
mod page;
mod provider;
mod request;
mod seal;
mod seed;
mod session;
mod ticket;
mod totp;
mod totp_secret;
mod user;

pub use deviations::Deviation;
pub use provider::Provider;
pub use seed::{Password, Seed, SeedError, User, UserError};
pub use totp_secret::{TotpSecret, TotpSecretError};

#[cfg(doc)]
use crate::Limits;
use crate::RunningServer;
use crate::routing::method;
use crate::serve::Bound;
use app_url::AppUrl;
use axum::Router;
use axum::handler::Handler;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, any, get, on};
use error::Refusal;
use instance::Instance;
use probity_fixtures::Operation;
use probity_fixtures::tinyauth::operation;
use serde_json::Value;
use std::future::ready;
use std::io;
use std::sync::Arc;

/// A server of Tinyauth's API that has not been started yet.
pub type Builder = crate::Builder<Setup>;

/// What a server of Tinyauth's API is set up with.
pub type Setup = crate::Setup<Seed, Deviation>;

/// The words in the names of the cookies: for a session, for what binds a login by a provider to its browser, and for
/// where that browser wants to be at last.
const SESSION: &str = "session";
const CSRF: &str = "csrf";
const REDIRECT: &str = "redirect";

impl Builder {
    /// Starts the server, on the runtime that this is called on.
    ///
    /// # Errors
    ///
    /// The address cannot be listened on, or, as [`io::ErrorKind::InvalidInput`]: the seed does not pass
    /// [`Seed::check`], or the hash cost is not one of bcrypt's.
    pub async fn start(self) -> io::Result<RunningServer> {
        let Self { setup, listen, clock, hash_cost, limits } = self;
        setup.seed.check().map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let bound = Bound::to(listen).await?;
        let app_url = match &setup.seed.app_url {
            Some(url) => AppUrl::new(url),
            None => bound.url().parse().ok().as_ref().and_then(AppUrl::new),
        };
        let app_url =
            app_url.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "browsers find no such server"))?;
        let instance = Instance::new(setup.seed, app_url, setup.deviations, clock.clone(), hash_cost, limits)?;
        Ok(bound.serve(router(Arc::new(instance)), limits, clock))
    }
}

fn router(instance: Arc<Instance>) -> Router {
    let router = Router::new()
        .route(operation::HEALTHCHECK.path, healthcheck::route(&instance))
        .route(operation::AUTH.path, auth::route(&instance))
        .route(operation::LOGIN.path, login::route(&instance))
        .route(operation::TOTP.path, totp::route(&instance))
        .route(operation::LOGOUT.path, logout::route(&instance))
        .route(operation::APP.path, app::route(&instance))
        .route(operation::USER.path, user::route(&instance))
        .route(operation::OAUTH_URL.path, oauth_url::route(&instance))
        .route(operation::OAUTH_CALLBACK.path, oauth_callback::route(&instance))
        .route("/login", get(page::page))
        .route("/error", get(page::page))
        .fallback(async || Refusal::not_found())
        .method_not_allowed_fallback(async || Refusal::method_not_allowed())
        .with_state(Arc::clone(&instance));
    // Allow is set by the routes themselves: only what stands around a whole router sees it.
    Router::new().fallback_service(router).layer(map_response(move |answer| ready(departing(&instance, answer))))
}

/// The deviations that are of every answer.
fn departing(instance: &Instance, mut answer: Response) -> Response {
    match answer.status() {
        StatusCode::UNAUTHORIZED if instance.deviates(Deviation::NoChallenge) => {
            answer.headers_mut().remove(header::WWW_AUTHENTICATE);
        }
        StatusCode::BAD_REQUEST if instance.deviates(Deviation::MalformedLabelledAsText) => {
            let text = HeaderValue::from_static("text/plain; charset=utf-8");
            answer.headers_mut().insert(header::CONTENT_TYPE, text);
        }
        StatusCode::METHOD_NOT_ALLOWED if instance.deviates(Deviation::OtherMethodsUnknown) => {
            return (StatusCode::NOT_FOUND, "404 page not found").into_response();
        }
        _ => {}
    }
    answer
}

/// A route of an operation that only reads.
fn reads<H, T>(instance: &Instance, operation: &Operation, handler: H) -> MethodRouter<Arc<Instance>>
where
    H: Handler<T, Arc<Instance>>,
    T: 'static,
{
    match instance.deviates(Deviation::ReadsByAnyMethod) {
        true => any(handler),
        false => on(method(operation), handler),
    }
}

/// Whether a code is wanted, as answers tell it: the document has a text.
fn told(instance: &Instance, is_pending: bool) -> Value {
    match instance.deviates(Deviation::TotpPendingIsABoolean) {
        true => is_pending.into(),
        false => is_pending.to_string().into(),
    }
}
