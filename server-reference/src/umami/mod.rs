//! Umami's API, as its document has it: <https://umami.is/docs/api/authentication>. One file per section.
//!
//! What the document does not have, and real releases do, is there as far as one needs it to see what was sent: batches,
//! creating and deleting websites, and their stats, active visitors and events.
//!
//! # Choices
//!
//! What the document leaves open, and what this server does:
//!
//! | open | here | because |
//! |---|---|---|
//! | status of a success | 200 | as Umami does |
//! | body of an error | `{"error": {"message", "code", "status"}}`, with all faults at once on a 400 | as Umami 3 does, so that clients are tried on the real form |
//! | a wrong login | 401, the same body and about the same time for an unknown user | OWASP: a refusal does not tell which names exist |
//! | `username` or `password` missing or no text | 400 | the request is at fault, not the credentials |
//! | empty `username` or `password` | 401 | as Umami does: they are text, and nobody's |
//! | upper and lower case in a user name | differ | as Umami does |
//! | further members of a login | ignored | as Umami does |
//! | Content-Type of a request | not looked at | as Umami does |
//! | a request's body | 1 MiB ([`Limits::body_size`]), then 413; 30 s, then 408 | a server has bounds |
//! | a password's length | under 72 bytes; a longer one is a wrong one | bcrypt reads no more |
//! | form of the token | JWT (RFC 7519), HS256, with a key made at each start | short, standard, and void when the server ends |
//! | lifetime of a token | 24 hours | RFC 6750 §5.3: bearer tokens are short-lived |
//! | two logins | two tokens, and both work | as Umami does |
//! | Authorization header | `Bearer` in any case, one or more spaces, the token; once | RFC 9110 §11.1 and §11.4, RFC 6750 §2.1 |
//! | a refused token | 401 with `WWW-Authenticate: Bearer`, before the query is looked at | RFC 6750 §3: who may not ask learns nothing |
//! | body of a verify request | not read | the document shows none |
//! | an event | 200 with `cache`, `sessionId` and `visitId`; in the next answer of any other call it is counted | as Umami does |
//! | members of a payload | all may be left out but `website`; null is a wrong type; others are ignored, `link` and `pixel` among them | as Umami 3 does, which has links and pixels besides |
//! | lengths, in UTF-16 units | `name`, `tag` 50, `hostname` 100, `language` 35, `screen` 11: a longer one is a 400; path, query and title are cut at 500 | as Umami does |
//! | length of an `id` | 50 characters: a longer one is a 400 | as Umami's database, a `varchar(50)`, at which it fails |
//! | texts that Umami fails on: a host name with a space, a NUL, long or large values in `data` | taken | the document allows them; its database does not |
//! | `data` | any object, in a body of at most 127 levels; it is told that there was one, and not kept | enough to see what was sent |
//! | `timestamp` | whole seconds of the years 1970 to 9999, as number or text | Umami takes later ones, milliseconds for instance |
//! | a `website` | compared letter by letter; an unknown one is a 400 before the User-Agent is looked at | as Umami does, to which upper case is the same |
//! | `type` | `event`, `identify`, `performance`; the last two are answered alike and count as no event | as Umami does; what `performance` measures is not looked at |
//! | a proper User-Agent | begins with `Mozilla/5.0`, goes on to name a program, and has no word like `bot` or `http` in it; `userAgent` in the payload goes before the header | agrees with all that is recorded of Umami, which has a list of bots |
//! | without one, or with none at all | 200 `{"beep": "boop"}`, and not counted | as Umami does, but for none at all, which it registers |
//! | a visitor | `id`, or else address (`ip`, or that of the socket) and User-Agent, on one website; hashed with a key made at each start | as Umami does, which makes another of it each month |
//! | proxies' headers for the address | not looked at | anybody can send them |
//! | a visit | what a visitor does within one hour of the clock | as Umami does |
//! | stats | of page views alone; `comparison` is the time of the same length before; `path` narrows them | as Umami does |
//! | events | in pages like those of the website list, by `search` in name and path, the newest first; without browser, system, device, country and referrer | they would be guesses |
//! | active visitors | of the last five minutes, by any event | as Umami does |
//! | `x-umami-cache` | not looked at | with it Umami believes in websites that do not exist |
//! | how much is kept | the newest events, up to 32 MiB of them: some hundred thousand. Stats count these | a server has bounds |
//! | a batch | of 1000 at most, each taken or refused on its own; `cache` is left out where bots sent all of it | as Umami does, without the bound: 500 is the most that is recorded of it |
//! | a website that is another user's, or not there | 404 | who may not ask learns nothing; 401 would send clients to log in again |
//! | creating a website | 200, the id is made here; 403 for a `view-only` user, and over 10000 websites | as Umami does, with 401 |
//! | body of the website list | a page: `data`, `count`, `page`, `pageSize` (20, at most 1000), by `search` in name and domain | as Umami does, whose pages have no bound |
//! | whose websites | the user's own, an admin's too | as Umami does |
//! | another method | 405 with Allow, and HEAD where GET is | RFC 9110 §15.5.6 and §9.3.2 |
//! | another path, or a slash at the end | 404 | not in the document |
//! | a request without Host, with two, or with one that is none | 400, empty | RFC 9112 §3.2 |
//! | caching of answers | `Cache-Control: no-store` | RFC 6750 §5.3: answers hold tokens |
//! | CORS | any origin, with `authorization` among the headers | as Umami does; `*` does not cover that header in browsers |
//! | OPTIONS, on any path | 200 with what CORS allows, where Umami says 204 | any is taken for a preflight; both statuses are ok ones (Fetch Standard) |

mod address;
mod authorization;
mod batch;
mod deviations;
mod error;
mod events;
mod faults;
mod id;
mod instance;
mod login;
mod message;
mod number;
mod page;
mod range;
mod seed;
mod send;
mod stats;
mod text;
mod token;
mod traffic;
mod user_agent;
mod verify;
mod visitor;
mod website;
mod websites;

pub use deviations::Deviation;
pub use seed::{Role, Seed, SeedError, User, Website};

#[cfg(doc)]
use crate::Limits;
use crate::RunningServer;
use crate::serve::{Api, Bound};
use axum::Router;
use axum::http::{HeaderName, Method, header};
use axum::middleware::map_response;
use axum::response::Response;
use error::Refusal;
use instance::Instance;
use probity_fixtures::umami::operation;
use std::future::ready;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tower::Layer as _;
use tower::util::option_layer;
use tower_http::cors::{AllowOrigin, CorsLayer};

/// A server of Umami's API that has not been started yet.
pub type Builder = crate::Builder<Setup>;

/// What a server of Umami's API is set up with.
pub type Setup = crate::Setup<Seed, Deviation>;

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
        let instance = Instance::new(setup.seed, setup.deviations, clock.clone(), hash_cost, limits)?;
        Ok(Bound::to(listen).await?.serve(api(Arc::new(instance)), limits, clock))
    }
}

/// The routes, and around them what all answers tell browsers.
fn api(instance: Arc<Instance>) -> impl Api {
    let cors = (!instance.deviates(Deviation::NoCors)).then(|| cors(&instance));
    option_layer(cors).layer(router(instance))
}

fn router(instance: Arc<Instance>) -> Router {
    let left_out = [(Deviation::NoAllowHeader, header::ALLOW), (Deviation::NoChallenge, header::WWW_AUTHENTICATE)];
    let left_out: Vec<_> = left_out.into_iter().filter(|(deviation, _)| instance.deviates(*deviation)).collect();
    let router = Router::new()
        .route(operation::LOGIN.path, login::route(&instance))
        .route(operation::WEBSITES.path, websites::route())
        .route(operation::VERIFY.path, verify::route(&instance))
        .route(operation::SEND.path, send::route(&instance))
        .route(operation::BATCH.path, batch::route())
        .route(operation::DELETE_WEBSITE.path, website::route())
        .route(operation::STATS.path, stats::route())
        .route(operation::ACTIVE.path, stats::active_route())
        .route(operation::EVENTS.path, events::route())
        .fallback(async || Refusal::not_found())
        .method_not_allowed_fallback(async || Refusal::method_not_allowed())
        .with_state(instance);
    if left_out.is_empty() {
        return router;
    }
    // Allow is set by the routes themselves: only what stands around a whole router sees it.
    Router::new().fallback_service(router).layer(map_response(move |mut response: Response| {
        for (_, header) in &left_out {
            response.headers_mut().remove(header);
        }
        ready(response)
    }))
}

fn cors(instance: &Instance) -> CorsLayer {
    let mut headers =
        vec![header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT, HeaderName::from_static("x-umami-cache")];
    if instance.deviates(Deviation::CorsWithoutContentType) {
        headers.retain(|header| *header != header::CONTENT_TYPE);
    }
    let origin = match instance.deviates(Deviation::CorsForPreflightsAlone) {
        true => AllowOrigin::predicate(|_, request| request.method == Method::OPTIONS),
        false => AllowOrigin::any(),
    };
    CorsLayer::new()
        .allow_origin(origin)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers(headers)
        // None of it depends on what the request's headers say.
        .vary([])
        .max_age(Duration::from_secs(24 * 60 * 60))
}
