//! `GET /api/auth/:proxy`

use super::authorization::is_let_in;
use super::cookies::Cookies;
use super::forward::{
    CLIENTS, FORWARDED_HOST, FORWARDED_PROTO, FORWARDED_URI, PROXIES, REDIRECTING, asked_by, by_browser,
};
use super::mode::{answer_in_short, in_api_mode, let_in, location};
use super::session::{Account, pending, session};
use super::{TOTP, USER, authorization};
use crate::case::{Case, Effect, case, shape_case};
use crate::exchange::Response;
use crate::expect::{Refusal, shows, status, text, that};
use crate::request::Request;
use crate::run::{Refused, Run, Stop};
use http::HeaderName;
use http::header::COOKIE;
use probity_fixtures::Requirement;
use probity_fixtures::tinyauth::operation;
use probity_fixtures::tinyauth::requirement::*;
use url::Url;

pub(super) fn cases() -> Vec<Case> {
    let cases = [
        shape_case(operation::AUTH, async |run| Ok(session(run).await?.on(asked_by(run, "traefik")))),
        proxies(),
        browsers(),
        address(),
        nginx_browsers(),
        unknown_proxy(),
        forwarded_headers(),
        identity(),
        refusal_names_nobody().needs(TOTP).effect(Effect::Lockout),
        every_refusal().needs(TOTP).effect(Effect::Lockout),
    ];
    cases.into_iter().map(|case| case.needs(USER)).collect()
}

/// The header that most apps take a user's name from.
const REMOTE_USER: HeaderName = HeaderName::from_static("remote-user");

fn proxies() -> Case {
    let says = "A session is let in by each of the proxies, an API client's and a browser's";
    case("tinyauth.auth.proxies", says, &[AUTH_PROXIES], async |run| {
        let session = session(run).await?;
        for (proxy, (client, by)) in PROXIES.iter().flat_map(|proxy| CLIENTS.map(|client| (proxy, client))) {
            let asked = by(session.on(asked_by(run, proxy)));
            run.send(&format!("{client}, through {proxy}"), &asked).await?.holds(AUTH_PROXIES, is_let_in());
        }
        Ok(())
    })
}

/// What a browser without a session gets, after one with it was let in.
pub(super) async fn browser_refused<'r>(
    run: &'r Run,
    proxy: &str,
    session: &Cookies,
    label: &str,
    fault: impl Fn(Request) -> Request,
) -> Result<Refused<'r>, Stop> {
    let passed = let_in(run, proxy, session).await?;
    passed.fault(label, |request| by_browser(fault(request).without_header(&COOKIE))).await
}

fn browsers() -> Case {
    let says = "Traefik and caddy send a browser that is not logged in elsewhere";
    let covers = &[AUTH_REDIRECTS_BROWSERS, AUTH_REDIRECT_HAS_LOCATION, AUTH_LOCATION];
    case("tinyauth.auth.browsers", says, covers, async |run| {
        let session = session(run).await?;
        for proxy in REDIRECTING {
            let refusal = browser_refused(run, proxy, &session, &format!("a browser, through {proxy}"), |r| r).await?;
            refusal.holds(AUTH_REDIRECTS_BROWSERS, redirects()).holds(AUTH_REDIRECT_HAS_LOCATION, has_location());
            run.observe(AUTH_LOCATION, answer_in_short(&refusal.response()));
        }
        Ok(())
    })
}

fn redirects() -> Refusal {
    shows("a status of the class 3xx", |response| match response.status.is_redirection() {
        true => Ok(()),
        false => Err(response.summary()),
    })
}

fn has_location() -> Refusal {
    shows("a Location", |response| match location(response).is_some_and(|location| !location.is_empty()) {
        true => Ok(()),
        false => Err(format!("{} without a Location", response.status)),
    })
}

fn address() -> Case {
    let says = "The address that was asked for comes out of the redirect as it went in";
    case("tinyauth.auth.address", says, &[AUTH_REDIRECT_KEEPS_ADDRESS], async |run| {
        let session = session(run).await?;
        let host = run.url().host_str().unwrap_or_default();
        let addresses = [
            ("a path", "/a/b"),
            ("a query of two", "/search?q=one&page=2"),
            ("a query that is encoded", "/search?q=100%25+sure%26more"),
            ("an address within the address", "/go?to=https://other.example/?x=1&y=2#top"),
            ("a space and other scripts, encoded", "/caf%C3%A9/%E7%94%A8%E6%88%B7%20x"),
            ("a plus and a semicolon", "/a+b;c=d"),
        ];
        for proxy in REDIRECTING {
            for (label, uri) in addresses {
                let asked_for = |request: Request| request.header(FORWARDED_URI, uri);
                let label = format!("{label}, through {proxy}");
                let refusal = browser_refused(run, proxy, &session, &label, asked_for).await?;
                let address = format!("https://{host}{uri}");
                refusal.holds(AUTH_REDIRECT_KEEPS_ADDRESS, tells_of(run.url().clone(), address));
            }
        }
        Ok(())
    })
}

/// The Location's query has a member that is this very address.
fn tells_of(base: Url, address: String) -> Refusal {
    shows(&format!("a Location whose query holds {address}"), move |response| {
        let whole = location(response).and_then(|location| base.join(&location).ok());
        match whole.is_some_and(|location| location.query_pairs().any(|(_, value)| value == address)) {
            true => Ok(()),
            false => Err(answer_in_short(response)),
        }
    })
}

fn nginx_browsers() -> Case {
    let says = "What nginx gets for a browser that is not logged in";
    case("tinyauth.auth.nginx-browsers", says, &[AUTH_NGINX_BROWSERS], async |run| {
        let session = session(run).await?;
        let refusal = browser_refused(run, "nginx", &session, "a browser, through nginx", |request| request).await?;
        run.observe(AUTH_NGINX_BROWSERS, answer_in_short(&refusal.response()));
        Ok(())
    })
}

fn unknown_proxy() -> Case {
    let says = "What becomes of proxies that the document does not name";
    case("tinyauth.auth.unknown-proxy", says, &[AUTH_UNKNOWN_PROXY], async |run| {
        let session = session(run).await?;
        let_in(run, "traefik", &session).await?;
        for proxy in ["envoy", "no-such-proxy", "TRAEFIK"] {
            let answer = run.send(&format!("through {proxy}"), &session.on(asked_by(run, proxy))).await?;
            run.observe(AUTH_UNKNOWN_PROXY, format!("{proxy}: {}", answer.response().summary()));
        }
        Ok(())
    })
}

fn forwarded_headers() -> Case {
    let says = "What happens without the headers that proxies send along";
    case("tinyauth.auth.forwarded-headers", says, &[AUTH_FORWARDED_HEADERS], async |run| {
        let session = session(run).await?;
        let passed = let_in(run, "traefik", &session).await?;
        let bare = |request: Request| {
            [FORWARDED_HOST, FORWARDED_PROTO, FORWARDED_URI].iter().fold(request, Request::without_header)
        };
        let logged_in = passed.variant("logged in, without any", bare).await?;
        run.observe(AUTH_FORWARDED_HEADERS, format!("logged in: {}", logged_in.response().summary()));
        let browser = browser_refused(run, "traefik", &session, "a browser, without any", bare).await?;
        run.observe(AUTH_FORWARDED_HEADERS, format!("a browser: {}", answer_in_short(&browser.response())));
        Ok(())
    })
}

fn identity() -> Case {
    let says = "The proxy is told of the user who is logged in, whatever name the request brings along";
    case("tinyauth.auth.identity", says, &[AUTH_IDENTITY_IS_THE_USERS, AUTH_IDENTITY_HEADERS], async |run| {
        let session = session(run).await?;
        let account = Account::own(run)?;
        let asked = session.on(asked_by(run, "traefik"));
        let plain = run.control(AUTH_SESSION_IS_LET_IN, asked, text("/message")).await?;
        run.observe(AUTH_IDENTITY_HEADERS, identity_headers(&plain.answer().response()));
        let forged = plain.variant("with a name of its own", |r| r.header(REMOTE_USER, "somebody-else")).await?;
        let by_basic = plain.variant("with Basic, and a name of its own", |request| {
            account.basic(request.without_header(&COOKIE)).header(REMOTE_USER, "somebody-else")
        });
        let by_basic = by_basic.await?;
        for answer in [plain.answer(), &forged, &by_basic] {
            let name = account.name.clone();
            answer.holds(
                AUTH_IDENTITY_IS_THE_USERS,
                that("Remote-User, where it is there, to be the user's name", move |response| {
                    match remote_user(response) {
                        Some(told) if told != name => Err(format!("Remote-User: {told}")),
                        _ => Ok(()),
                    }
                }),
            );
        }
        Ok(())
    })
}

fn remote_user(response: &Response) -> Option<String> {
    Some(String::from_utf8_lossy(response.headers.get(REMOTE_USER)?.as_bytes()).into_owned())
}

fn identity_headers(response: &Response) -> String {
    let names = response.headers.keys().map(HeaderName::as_str).filter(|name| name.starts_with("remote-"));
    let names = names.collect::<Vec<_>>().join(", ");
    if names.is_empty() { "none that begins with Remote-".to_owned() } else { names }
}

fn refusal_names_nobody() -> Case {
    let says = "No refusal tells the proxy of a user";
    case("tinyauth.auth.refusal-names-nobody", says, &[AUTH_REFUSAL_NAMES_NOBODY], async |run| {
        let session = session(run).await?;
        let pending = pending(run).await?;
        let account = Account::own(run)?;
        let password = run.random_text(20);
        for proxy in PROXIES {
            let passed = let_in(run, proxy, &session).await?;
            let bare = passed.fault("without a session", |request| request.without_header(&COOKIE)).await?;
            let forged = |request: Request| request.without_header(&COOKIE).header(REMOTE_USER, &account.name);
            let forged = passed.fault("with a name of its own", forged).await?;
            let waiting = passed.fault("with a login that waits for its code", |request| pending.on(request)).await?;
            let with_basic = authorization::let_in(run, proxy, &account).await?;
            let wrong = with_basic.fault("with a wrong Basic", |r| r.basic(&account.name, &password)).await?;
            for refusal in [bare, forged, waiting, wrong] {
                refusal.holds(
                    AUTH_REFUSAL_NAMES_NOBODY,
                    shows("a refusal without Remote-User", |response| {
                        match remote_user(response) {
                            // Whoever was let in after all is named with right.
                            Some(name) if !response.status.is_success() => {
                                Err(format!("{} with Remote-User: {name}", response.status))
                            }
                            _ => Ok(()),
                        }
                    }),
                );
            }
            // So that the failures of an account never add up.
            authorization::let_in(run, proxy, &account).await?;
        }
        Ok(())
    })
}

fn every_refusal() -> Case {
    let says = "Whoever is refused, by whichever proxy: an API client with a 401, a browser with a redirect";
    let covers = &[MODE_REFUSAL_IS_401, MODE_BASIC_IS_API, AUTH_REDIRECTS_BROWSERS];
    case("tinyauth.auth.every-refusal", says, covers, async |run| {
        let session = session(run).await?;
        let pending = pending(run).await?;
        let (account, with_totp) = (Account::own(run)?, Account::with_totp(run)?);
        let (nobody, password) = (run.random_text(16), run.random_text(20));
        let bare = |request: Request| request.without_header(&COOKIE);
        let by_cookie: [(&str, Fault<'_>); 3] = [
            ("without a session", Box::new(bare)),
            ("with a cookie that is none", Box::new(|request| session.map(|_| "garbage".to_owned()).on(request))),
            ("with a login that waits for its code", Box::new(|request| pending.on(request))),
        ];
        let by_basic: [(&str, Fault<'_>); 3] = [
            ("with a wrong password", Box::new(|request| request.basic(&account.name, &password))),
            ("with a name that nobody has", Box::new(|request| request.basic(&nobody, &account.password))),
            ("with Basic of an account with TOTP", Box::new(|request| with_totp.basic(request))),
        ];
        for proxy in PROXIES {
            let by_session = let_in(run, proxy, &session).await?;
            let with_basic = authorization::let_in(run, proxy, &account).await?;
            let cookies = by_cookie.iter().map(|fault| (&by_session, fault));
            for (passed, (label, fault)) in cookies.chain(by_basic.iter().map(|fault| (&with_basic, fault))) {
                let refusal = passed.fault(&format!("an API client {label}, through {proxy}"), fault).await?;
                judged(&refusal, MODE_REFUSAL_IS_401, status(401));
            }
            for (label, fault) in &by_basic {
                let browser = |request| by_browser(fault(request));
                let refusal = with_basic.fault(&format!("a browser {label}, through {proxy}"), browser).await?;
                judged(&refusal, MODE_BASIC_IS_API, in_api_mode());
            }
            for (label, fault) in by_cookie.iter().filter(|_| REDIRECTING.contains(&proxy)) {
                let browser = |request| by_browser(fault(request));
                let refusal = by_session.fault(&format!("a browser {label}, through {proxy}"), browser).await?;
                judged(&refusal, AUTH_REDIRECTS_BROWSERS, redirects());
            }
            // So that the failures of an account never add up.
            authorization::let_in(run, proxy, &account).await?;
        }
        Ok(())
    })
}

/// What makes of a request that is let in one that is not.
type Fault<'f> = Box<dyn Fn(Request) -> Request + 'f>;

/// Holds a refusal to its form; whether it should have been one is another requirement's.
fn judged(refusal: &Refused<'_>, requirement: &'static Requirement, form: Refusal) {
    if !refusal.response().status.is_success() {
        refusal.holds(requirement, form);
    }
}
