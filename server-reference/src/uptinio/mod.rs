//! Uptinio's API, as its document has it: <https://app.uptinio.com/docs/api/authentication.html>. One file per section.
//!
//! The document tells of users and their tokens; of what is there for projects it has the names alone. Their bodies are
//! those of Uptinio's other pages as far as these could be read, and else plain. Nothing is watched, and nobody is asked
//! or told anything but by mail: how a monitor of the [`Seed`] is was made up.
//!
//! A test that wants users of every kind, and reads their mails:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! use probity_server::uptinio::{Google, Plan, Project, Seed, User};
//! use probity_server::{Clock, ReferenceServer};
//! use std::time::Duration;
//!
//! let clock = Clock::standing();
//! let google = ReferenceServer::identity_provider().clock(clock.clone()).start().await?;
//! let seed = Seed {
//!     users: vec![
//!         User { plan: Plan::Enterprise, ..User::new("verified@corp.test", "a password") },
//!         User { verified: false, ..User::new("unverified@corp.test", "a password") },
//!         User { verified: false, mail_fails: true, ..User::new("unreachable@corp.test", "a password") },
//!         User { banned: true, token: Some("banned-token".into()), ..User::new("banned@corp.test", "a password") },
//!     ],
//!     projects: vec![Project { token: Some("project-token".into()), ..Project::new("verified@corp.test", "Shop") }],
//!     google: Some(Google::played_by(&google)),
//!     ..Seed::default()
//! };
//! let server = ReferenceServer::uptinio().seed(seed).clock(clock).start().await?;
//! let id_token = google.id_tokens().of(&google.seed().people[0], &google.seed().clients[0].id).sign();
//! // … somebody registers, or asks for a code …
//! let code = server.outbox().code_for("unverified@corp.test");
//! server.clock().advance(Duration::from_secs(15 * 60)); // every code has expired now
//! # drop((id_token, code));
//! # server.shutdown().await;
//! # google.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! # Choices
//!
//! What the document leaves open, and what this server does:
//!
//! | open | here | because |
//! |---|---|---|
//! | status of a success | 201 where something is created, else 200 | RFC 9110 §15.3.2; metrics are answered 201 on another page |
//! | a body that is no JSON object | 400, in the endpoint's form; a missing `user` too | the request is at fault, not its fields |
//! | form of what the document does not show | `{"errors": […]}` for everybody and users, `{"success", "error", "message"}` for verification, `{"error": "…"}` for projects, unknown paths and methods | each endpoint's own form |
//! | Content-Type of a request | not looked at | the samples carry it without a body too |
//! | a request's body | 1 MiB ([`Limits::body_size`]), then 413; 30 s, then 408 | a server has bounds |
//! | faults of a registration | all at once, in Rails' words, 422 | the document shows three of them in one answer |
//! | an e-mail address | as browsers take them, a dot-atom before the `@`, at most 254 bytes; compared without regard to case | HTML Standard; RFC 5322 §3.2.3; RFC 5321 §4.5.3.1 |
//! | a name | 1 to 255 characters that are not all blanks, without control characters | it is shown again, on terminals too |
//! | a password | 6 to 128 characters that are not all blanks; of those that bcrypt cannot tell apart, from 72 bytes on or with a NUL, the SHA-256 is hashed | NIST SP 800-63B-4 §3.1.1.2: 64 at least, and all of it counts |
//! | a confirmation that is left out or null | refused | it is called required |
//! | `first_website`, `endpoint` | an address with http or https, at most 2048 bytes, kept as it came; null and empty count as no `first_website` | what a monitor can watch |
//! | a monitor before the address is verified | registrations make one, in both forms; nothing else does | it is what the fields are for |
//! | an address that is taken | an array at `/users`, the text at `/registrations` | the message of each stands with the form of the other fields |
//! | name of who registers with an endpoint | `User` | the sample has it |
//! | a code for who registers with an endpoint | sent, after the mail with the password | without one nobody could be verified within the first minute |
//! | a mail that cannot be sent at a registration | the registration counts, and a code may be asked for at once | the document has an answer for it at resend alone |
//! | a failing sign-in | 401 `Invalid email or password`, the same and in about the same time for an unknown address and a banned user; another type than text is 400 | OWASP: a refusal does not tell who exists |
//! | guessing passwords | the 11th failure within 15 minutes for one address, whether somebody has it or not, is answered as a rate limit, with Retry-After | NIST SP 800-63B-4 §3.2.2 |
//! | a user's token | 256 random bits, kept as SHA-256, for 24 hours; 10000 at a time | RFC 6750 §5.3: short-lived; nobody can make tokens of what is kept |
//! | two sign-ins | two tokens, and both count; signing out ends one | whoever signs out somewhere is signed in elsewhere |
//! | Authorization header | `Bearer` in any case, one or more spaces, the token; once | RFC 9110 §11.1 and §11.4, RFC 6750 §2.1 |
//! | a token without a scheme | at `server_metrics` alone | the makers' agent sends it so |
//! | missing or invalid | without the header, or with nothing in it or behind `Bearer`: missing; all else: invalid | by the words of the messages |
//! | a 401 | names `Bearer` in WWW-Authenticate | RFC 9110 §15.5.2 |
//! | an invalid token at validate | 401 with `valid: false` | the table of errors says 401 |
//! | a user's token on what is for projects | refused, but for `servers` and `server_metrics`, where it stands for the user's current project | the document lists these; two other pages say so |
//! | a project's token on what is for users | refused as any other text | the document's lists |
//! | a banned user | 401; the projects' tokens do not count either | the first of the two that are named |
//! | another user's details | 404, as those of nobody | who may not ask learns nothing |
//! | the current project | the first; every user has one | nothing in the document changes it |
//! | a project's token | told as often as it is asked for | two calls are there for it, though it is said to be shown once |
//! | a code | the newest alone counts, for less than 15 minutes, once; 10 wrong guesses of six digits make it worthless, and 100 in all the account's last | NIST SP 800-63B-4 §3.2.2 |
//! | a code that is null or blank | missing; a number is a wrong one | Rails' `blank?`; the field is a string |
//! | who is verified already | is told so, whatever the code and however often | the call has nothing left to do |
//! | the minute of a resend | from the last mail with a code, that of the registration too; 60 seconds later the next is sent; a failed one begins none; Retry-After | what was not sent was not granted |
//! | rate limits | by token, in minutes that begin with the second of the first request; refusals count, preflights and what carries no good token do not; with headers on all that counts, and Retry-After on a 429 | the document limits both kinds of token |
//! | plan of a project's token | its owner's | somebody has to pay |
//! | X-RateLimit-Reset | seconds since 1970 | as most do |
//! | Google's token in a request | `id_token`, `credential`, `token` or `google_token`; no other token is needed | the document names no member; one exchanges it to have a token |
//! | which ID tokens count | RS256 by a key of the configured set, its issuer, this audience, not over, with a verified address | OpenID Connect Core §3.1.3.7 |
//! | Google's keys | asked for when needed, again after an hour or for a key that is not known, at most every 10 seconds; 503 without any | keys change; who sends nonsense shall not have them asked for |
//! | a user of Google | known by `sub`; at first the user of the address, if there is one. If that was not verified, its password and tokens count no more | whoever registered it beforehand has never shown that it is theirs |
//! | creating without a verified address | 403; it is the project owner's that counts | who may not is known, and no better known by a login |
//! | a new monitor | in `network_monitor` or flat: `url`, `name`, `check_type` (`http` or `tcp`); its status is `pending` until it is looked at, which it never is | other pages; what was not checked has no result |
//! | pages | `per_page` 25, and 100 at most, whatever more is asked; a page past the end is empty; what is no whole number from 1, and another `sort` or `status`, is 400 | other pages have the bounds |
//! | a new integration | in `integration` or flat: a webhook with `settings.webhook_url`, nothing is sent there | the one kind whose word is known |
//! | metrics | as the makers' agent sends them: `attributes.motherboard_id` and `agent_version` must be there and known; each metric is taken or refused on its own; over 1000 are 413; the newest of each name is kept | their page, and the agent, which sends less after a 413 |
//! | what is told of usage, general status and analysis | what is stored, in a few members | nothing is known of them |
//! | how much is kept | 10000 users, and 200000 of all else; whoever wants more is refused | a server has bounds |
//! | another method | 405 with Allow, and HEAD where GET is | RFC 9110 §15.5.6 and §9.3.2 |
//! | another path, or a slash at the end | 404 | not in the document |
//! | a request without Host, with two, or with one that is none | 400, empty | RFC 9112 §3.2 |
//! | caching of answers | `Cache-Control: no-store` | RFC 6750 §5.3: answers hold tokens |
//! | CORS | any origin by `*`, the three headers, the limits exposed, a day's Max-Age | browsers' scripts cannot read them otherwise |
//! | OPTIONS, on any path | 200 with what CORS allows | any is taken for a preflight |
//! | mail | plain SMTP, 10 seconds for each, to the relay of the [`Seed`]; without one, the [`Outbox`] | the server has no TLS, and so no password to show |

mod accounts;
mod address;
mod analysis;
mod authorization;
mod bearer;
mod caller;
mod code;
mod cors;
mod deviations;
mod error;
mod faults;
mod general_status;
mod google;
mod id_token;
mod incidents;
mod instance;
mod integrations;
mod mail;
mod network_monitors;
mod page;
mod project;
mod project_tokens;
mod quick_register;
mod rate_limit;
mod reads;
mod register;
mod registration;
mod request;
mod resend;
mod seed;
mod server_metrics;
mod servers;
mod sign_in;
mod sign_out;
mod smtp;
mod throttle;
mod token;
mod token_refusal;
mod usage;
mod user;
mod validate;
mod verification;
mod verified;
mod verify_email;

pub use deviations::Deviation;
pub use google::Google;
pub use mail::{Deliveries, Mail, Outbox};
pub use rate_limit::Plan;
pub use seed::{Monitor, MonitorStatus, Project, Seed, SeedError, User};
pub use smtp::{Smtp, SmtpError};

#[cfg(doc)]
use crate::Limits;
use crate::answer::answer;
use crate::serve::Bound;
use crate::{Clock, RunningServer};
use authorization::{Door, behind};
use axum::Router;
use axum::body::HttpBody as _;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use error::Refusal;
use instance::Instance;
use probity_fixtures::uptinio::operation;
use serde_json::json;
use std::io;
use std::sync::Arc;

/// A server of Uptinio's API that has not been started yet.
pub type Builder = crate::Builder<Setup>;

/// What a server of Uptinio's API is set up with.
pub type Setup = crate::Setup<Seed, Deviation>;

impl Builder {
    /// Starts the server, on the runtime that this is called on.
    ///
    /// # Errors
    ///
    /// The address cannot be listened on, or, as [`io::ErrorKind::InvalidInput`]: the seed does not pass
    /// [`Seed::check`], or the hash cost is not one of bcrypt's.
    pub async fn start(self) -> io::Result<Server> {
        let Self { setup, listen, clock, hash_cost, limits } = self;
        setup.seed.check().map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let instance = Arc::new(Instance::new(setup.seed, setup.deviations, clock.clone(), hash_cost, limits)?);
        let outbox = instance.mailer.outbox().clone();
        let server = Bound::to(listen).await?.serve(router(instance), limits, clock);
        Ok(Server { server, outbox })
    }
}

/// A server of Uptinio's API that answers. Dropping it stops it at once.
#[derive(Debug)]
#[must_use = "a server stops when it is dropped"]
pub struct Server {
    server: RunningServer,
    outbox: Outbox,
}

impl Server {
    /// Where it answers, without a slash at the end.
    pub fn url(&self) -> &str {
        self.server.url()
    }

    /// The clock that it reads the time from.
    pub fn clock(&self) -> &Clock {
        self.server.clock()
    }

    /// The mails that it has sent: none if they go to a relay.
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// Stops it, as [`RunningServer::shutdown`] does.
    pub async fn shutdown(self) {
        self.server.shutdown().await;
    }
}

fn router(instance: Arc<Instance>) -> Router {
    let routes = [
        (Door::Public, operation::REGISTER, register::route()),
        (Door::Public, operation::REGISTER_WITH_ENDPOINT, quick_register::route()),
        (Door::Public, operation::SIGN_IN, sign_in::route()),
        (Door::Validation, operation::VALIDATE, validate::route(&instance)),
        (Door::User, operation::SIGN_OUT, sign_out::route()),
        (Door::User, operation::USER, user::route(&instance)),
        (Door::User, operation::PROJECT_API_TOKENS, project_tokens::all_route(&instance)),
        (Door::User, operation::CURRENT_PROJECT_API_TOKEN, project_tokens::current_route(&instance)),
        (Door::User, operation::VERIFY_EMAIL, verify_email::route()),
        (Door::User, operation::RESEND_CODE, resend::route()),
        (Door::Project, operation::NETWORK_MONITORS, network_monitors::route()),
        (Door::Project, operation::INCIDENTS, incidents::route(&instance)),
        (Door::Agent, operation::SUBMIT_SERVER_METRICS, server_metrics::route()),
        (Door::Either, operation::SERVERS, servers::route(&instance)),
        (Door::Project, operation::ANALYSIS, analysis::route()),
        (Door::Project, operation::INTEGRATIONS, integrations::route()),
        (Door::Project, operation::USAGE, usage::route(&instance)),
        (Door::Project, operation::GENERAL_STATUS, general_status::route(&instance)),
    ];
    let router = routes.into_iter().fold(Router::new(), |router, (door, operation, routes)| {
        router.route(operation.path, behind(door, &instance, operation, routes))
    });
    let router = router
        .route(operation::SIGN_IN_WITH_GOOGLE.path, google::route()) // behind no door, and not among the public ones
        .fallback(unknown)
        .method_not_allowed_fallback(async || Refusal::method_not_allowed())
        .layer(cors::layer(&instance))
        .with_state(Arc::clone(&instance));
    // Allow is set by the routes themselves: only what stands around a whole router sees it.
    Router::new()
        .fallback_service(router)
        .layer(from_fn_with_state(Arc::clone(&instance), departing))
        .layer(from_fn_with_state(instance, cors::departing))
}

async fn unknown(State(instance): State<Arc<Instance>>, uri: Uri) -> Response {
    match uri.path().starts_with("/api/v1") && instance.deviates(Deviation::UnknownPathIs200) {
        true => answer(&json!({})),
        false => Refusal::not_found().into_response(),
    }
}

/// The deviations that are of every answer.
async fn departing(State(instance): State<Arc<Instance>>, request: Request, next: Next) -> Response {
    let names_json =
        request.headers().get(header::CONTENT_TYPE).is_some_and(|label| label.as_bytes().ends_with(b"json"));
    let is_empty_get = request.method() == Method::GET && request.body().is_end_stream();
    if is_empty_get && names_json && instance.deviates(Deviation::ContentTypeWantsBody) {
        return Refusal::error(StatusCode::BAD_REQUEST, "The body has to be a JSON object").into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let is_json = headers.get(header::CONTENT_TYPE).is_some_and(|label| label == "application/json");
    match response.status() {
        StatusCode::UNAUTHORIZED => {
            if instance.deviates(Deviation::NoChallenge) {
                response.headers_mut().remove(header::WWW_AUTHENTICATE);
            }
            if is_json && instance.deviates(Deviation::RefusalsLabelledAsHtml) {
                let html = HeaderValue::from_static("text/html; charset=utf-8");
                response.headers_mut().insert(header::CONTENT_TYPE, html);
            }
        }
        StatusCode::METHOD_NOT_ALLOWED if instance.deviates(Deviation::OtherMethodsUnknown) => {
            return Refusal::not_found().into_response();
        }
        StatusCode::METHOD_NOT_ALLOWED if instance.deviates(Deviation::NoAllowHeader) => {
            response.headers_mut().remove(header::ALLOW);
        }
        _ => {}
    }
    response
}
