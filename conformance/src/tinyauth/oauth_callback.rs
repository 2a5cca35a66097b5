//! `GET /api/oauth/callback/:provider`

use super::auth::browser_refused;
use super::cookies::Cookies;
use super::forward::by_browser;
use super::mode::{answer_in_short, in_api_mode, location};
use super::oauth_url::{address_in, asked, no_success};
use super::session::{session, who};
use super::sessions::is_nobody;
use super::{FOLLOWED, OAUTH, USER};
use crate::case::{Case, case, shape_case};
use crate::exchange::Response;
use crate::expect::{Expect, Refusal, shows, that};
use crate::request::Request;
use crate::run::{Control, Refused, Run, Stop};
use http::header::COOKIE;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use probity_fixtures::Requirement;
use probity_fixtures::tinyauth::requirement::*;
use probity_fixtures::tinyauth::{operation, requirement};
use std::collections::BTreeMap;
use url::Url;

pub(super) fn cases() -> Vec<Case> {
    let cases = [
        shape_case(operation::OAUTH_CALLBACK, async |run| Ok(Flow::begin(run, None).await?.callback())),
        sets_session(),
        api_mode(),
        to_the_address().needs(USER),
        to_the_login_screen().needs(USER),
        foreign_addresses().needs(USER),
        without_code(),
        wrong_code(),
        twice(),
        state(),
        another_browser(),
        unknown_provider(),
        further_query(),
    ];
    cases.into_iter().map(|case| case.needs(OAUTH).needs(FOLLOWED)).collect()
}

/// A login by a provider that has come so far as to have the provider's code, and one browser's cookies.
pub(super) struct Flow<'r> {
    run: &'r Run,
    cookies: Cookies,
    code: String,
    state: Option<String>,
}

impl<'r> Flow<'r> {
    /// Asks for the provider's address, and goes there: the provider approves at once.
    pub(super) async fn begin(run: &'r Run, redirect_uri: Option<&str>) -> Result<Self, Stop> {
        let asked = asked(run)?;
        let asked = match redirect_uri {
            Some(redirect_uri) => asked.query("redirect_uri", redirect_uri),
            None => asked,
        };
        let inconclusive =
            |reason: String, rests_on: &'static Requirement| Stop::Inconclusive { reason, rests_on: Some(rests_on) };
        let told = run.arrange(async || run.send("ask for the provider's address", &asked).await).await?.response();
        if !told.status.is_success() {
            let reason = format!("there is no address of the provider: {}", told.summary());
            return Err(inconclusive(reason, OAUTH_URL_ANSWERS));
        }
        let Some(provider) = address_in(&told) else {
            let reason = format!("there is no address of the provider: {}", told.summary());
            return Err(inconclusive(reason, OAUTH_URL_IS_AN_ADDRESS));
        };
        let approve = by_browser(Request::elsewhere(provider.clone()));
        let approved = run.arrange(async || run.send("have the provider approve", &approve).await).await?.response();
        let back = location(&approved).and_then(|location| provider.join(&location).ok());
        let mut query: BTreeMap<String, String> =
            back.map(|back| back.query_pairs().into_owned().collect()).unwrap_or_default();
        let Some(code) = query.remove("code") else {
            let reason = format!("the provider gave no code: {}", answer_in_short(&approved));
            return Err(inconclusive(reason, OAUTH_URL_ASKS_FOR_A_CODE));
        };
        let state = query.remove("state");
        run.mask("OAUTH_CODE", &code);
        state.iter().for_each(|state| run.mask("OAUTH_STATE", state));
        Ok(Self { run, cookies: Cookies::set_by(&told, run.now()), code, state })
    }

    /// The request that completes it.
    pub(super) fn callback(&self) -> Request {
        self.callback_with(Some(&self.code), self.state.as_deref())
    }

    /// The same with another code and state.
    fn callback_with(&self, code: Option<&str>, state: Option<&str>) -> Request {
        self.callback_at(self.run.value("oauth_provider").unwrap_or_default(), code, state)
    }

    fn callback_at(&self, provider: &str, code: Option<&str>, state: Option<&str>) -> Request {
        let request = Request::new(operation::OAUTH_CALLBACK).at("provider", provider);
        let query = [("code", code), ("state", state)].into_iter().filter_map(|(name, value)| Some((name, value?)));
        self.cookies.on(query.fold(request, |request, (name, value)| request.query(name, value)))
    }

    /// The session that it gives.
    pub(super) async fn complete(self) -> Result<Cookies, Stop> {
        let control = completed(self.run, self.callback()).await?;
        Ok(session_of(&control.answer().response(), self.run))
    }
}

/// A callback that was seen to log in, for the same with a fault.
async fn completed(run: &Run, callback: Request) -> Result<Control<'_>, Stop> {
    let control = run.control_or_redirect(OAUTH_CALLBACK_SETS_SESSION, callback, sets_session_cookie(run)).await?;
    let answer = control.answer().response();
    if who(run, &session_of(&answer, run)).await?.is_some() {
        return Ok(control);
    }
    let reason = format!("the callback's cookie logs nobody in: {}", answer_in_short(&answer));
    Err(Stop::Inconclusive { reason, rests_on: Some(OAUTH_CALLBACK_SETS_SESSION) })
}

pub(super) async fn proper_callback(run: &Run) -> Result<Control<'_>, Stop> {
    completed(run, Flow::begin(run, None).await?.callback()).await
}

/// The cookies that an answer sets, without those of the way to the provider and back.
fn session_of(response: &Response, run: &Run) -> Cookies {
    Cookies::set_by(response, run.now()).without("tinyauth-csrf").without("tinyauth-redirect")
}

fn sets_session_cookie(run: &Run) -> Expect {
    let now = run.now();
    that("a session cookie that is set", move |response| {
        let cookies = Cookies::set_by(response, now).without("tinyauth-csrf").without("tinyauth-redirect");
        if cookies.is_empty() { Err(answer_in_short(response)) } else { Ok(()) }
    })
}

fn sets_session() -> Case {
    let says = "A login by a provider sets a session, in API mode and for browsers";
    case("tinyauth.oauth-callback.sets-session", says, &[OAUTH_CALLBACK_SETS_SESSION], async |run| {
        for (label, by) in [("in API mode", None), ("by a browser", Some(by_browser as fn(Request) -> Request))] {
            let callback = Flow::begin(run, None).await?.callback();
            let answer = run.send(label, &by.map_or(callback.clone(), |by| by(callback))).await?;
            let response = answer.response();
            let who = who(run, &session_of(&response, run)).await?;
            answer.holds(
                OAUTH_CALLBACK_SETS_SESSION,
                that("a cookie with which somebody is logged in", move |response| match &who {
                    Some(_) => Ok(()),
                    None => Err(answer_in_short(response)),
                }),
            );
        }
        Ok(())
    })
}

fn api_mode() -> Case {
    let says = "In API mode there is no redirect, whether the login succeeds or fails";
    case("tinyauth.oauth-callback.api-mode", says, &[OAUTH_CALLBACK_API_MODE_NEVER_REDIRECTS], async |run| {
        let proper = proper_callback(run).await?;
        proper.answer().holds(
            OAUTH_CALLBACK_API_MODE_NEVER_REDIRECTS,
            that("no redirect", |response| match response.status.is_redirection() {
                false => Ok(()),
                true => Err(answer_in_short(response)),
            }),
        );
        let other = Flow::begin(run, None).await?;
        let (state, code) = (other.state.clone(), run.random_text(24));
        for (label, faulty) in [
            ("with a code that is none", other.callback_with(Some(&code), state.as_deref())),
            ("with another state", other.callback_with(Some(&other.code), Some("not-the-state"))),
            ("without cookies", other.callback().without_header(&COOKIE)),
        ] {
            let refusal = proper.fault(label, |_| faulty).await?;
            refusal.holds(OAUTH_CALLBACK_API_MODE_NEVER_REDIRECTS, in_api_mode());
        }
        Ok(())
    })
}

/// Where the target sends browsers that are not logged in, without what it adds for where they want to be.
async fn login_screen(run: &Run) -> Result<Url, Stop> {
    let session = session(run).await?;
    let refusal = browser_refused(run, "traefik", &session, "where the login screen is", |request| request).await?;
    let response = refusal.response();
    let login = location(&response).and_then(|location| run.url().join(&location).ok());
    let Some(mut login) = login else {
        let reason = format!("a browser is not told where to log in: {}", answer_in_short(&response));
        let rests_on = Some(requirement::AUTH_REDIRECT_HAS_LOCATION);
        return Err(Stop::Inconclusive { reason, rests_on });
    };
    login.set_query(None);
    Ok(login)
}

fn to_the_address() -> Case {
    let says = "A browser that said where it wants to be gets there";
    let covers =
        &[OAUTH_CALLBACK_REDIRECT_COOKIE, OAUTH_CALLBACK_REDIRECTS_BROWSERS, OAUTH_CALLBACK_GOES_TO_THE_ADDRESS];
    case("tinyauth.oauth-callback.to-the-address", says, covers, async |run| {
        let address = home(&login_screen(run).await?);
        let asked = asked(run)?.query("redirect_uri", &address);
        let now = run.now();
        run.send("ask for the provider's address", &asked).await?.holds(
            OAUTH_CALLBACK_REDIRECT_COOKIE,
            that("a cookie tinyauth-redirect-…", move |response| {
                let cookies = Cookies::set_by(response, now);
                match cookies.named("tinyauth-redirect-") {
                    Some(_) => Ok(()),
                    None => Err(format!("cookies: {}", cookies.names())),
                }
            }),
        );
        let flow = Flow::begin(run, Some(&address)).await?;
        let answer = run.send("by a browser", &by_browser(flow.callback())).await?;
        answer
            .holds(OAUTH_CALLBACK_REDIRECTS_BROWSERS, sends_on())
            .holds(OAUTH_CALLBACK_GOES_TO_THE_ADDRESS, leads_to(run.url().clone(), address));
        Ok(())
    })
}

/// An address of the deployment's own, whose query has to survive.
fn home(login_screen: &Url) -> String {
    let mut home = login_screen.clone();
    home.set_path("/welcome");
    home.set_query(Some("a=b&c=%26d"));
    home.into()
}

fn sends_on() -> Expect {
    that("a status of the class 3xx, with a Location", |response| {
        match response.status.is_redirection() && location(response).is_some() {
            true => Ok(()),
            false => Err(answer_in_short(response)),
        }
    })
}

/// A Location that is the address, or tells a page of it.
fn leads_to(base: Url, address: String) -> Expect {
    that(&format!("a Location that is {address}, or is told of it"), move |response| {
        let location = location(response).and_then(|location| base.join(&location).ok());
        let leads =
            |location: Url| location.as_str() == address || location.query_pairs().any(|(_, value)| value == address);
        if location.is_some_and(leads) { Ok(()) } else { Err(answer_in_short(response)) }
    })
}

fn to_the_login_screen() -> Case {
    let says = "A browser that did not say where it wants to be gets to the login screen";
    let covers = &[OAUTH_CALLBACK_REDIRECTS_BROWSERS, OAUTH_CALLBACK_ELSE_TO_LOGIN];
    case("tinyauth.oauth-callback.to-the-login-screen", says, covers, async |run| {
        let (base, login) = (run.url().clone(), login_screen(run).await?);
        let flow = Flow::begin(run, None).await?;
        let answer = run.send("by a browser", &by_browser(flow.callback())).await?;
        answer.holds(OAUTH_CALLBACK_REDIRECTS_BROWSERS, sends_on()).holds(
            OAUTH_CALLBACK_ELSE_TO_LOGIN,
            that(&format!("a Location that is {login}"), move |response| {
                let location = location(response).and_then(|location| base.join(&location).ok());
                let is_login = |mut location: Url| {
                    location.set_query(None);
                    location == login
                };
                if location.is_some_and(is_login) { Ok(()) } else { Err(answer_in_short(response)) }
            }),
        );
        Ok(())
    })
}

fn foreign_addresses() -> Case {
    let says = "An address of a foreign site is neither followed nor passed on";
    case("tinyauth.oauth-callback.foreign-addresses", says, &[OAUTH_CALLBACK_STAYS_AT_HOME], async |run| {
        let login = login_screen(run).await?;
        let proper = proper_callback(run).await?;
        let home_host = login.host_str().unwrap_or_default().to_owned();
        let domain = home_host.split_once('.').map_or(home_host.as_str(), |(_, domain)| domain);
        let origin = login.origin().ascii_serialization();
        let foreign = [
            ("a foreign site", "https://foreign.example/x".to_owned()),
            ("a site whose name ends in the domain", format!("https://foreign{domain}/x")),
            ("a site whose name begins with the host", format!("{origin}.foreign.example/x")),
            ("a site behind a name and a sign", format!("{origin}@foreign.example/x")),
            ("a site without a scheme", "//foreign.example/x".to_owned()),
            ("a site behind backslashes", r"https:\\foreign.example\x".to_owned()),
            ("a path that browsers take for a site", r"/\foreign.example/x".to_owned()),
            ("a site behind a tab", "/\t/foreign.example/x".to_owned()),
            ("a site behind one slash", "https:/foreign.example/x".to_owned()),
            ("a site behind a space", " https://foreign.example/x".to_owned()),
            ("a script", "javascript:alert(1)".to_owned()),
        ];
        for (label, address) in &foreign {
            let flow = Flow::begin(run, Some(address)).await?;
            let answer = proper.fault(label, |_| by_browser(flow.callback())).await?;
            answer.holds(OAUTH_CALLBACK_STAYS_AT_HOME, stays_at(run.url().clone(), home_host.clone()));
        }
        let address = home(&login);
        let mut flow = Flow::begin(run, Some(&address)).await?;
        flow.cookies = flow.cookies.map(|value| planted(value, &address, "https://foreign.example/x"));
        let answer = proper.fault("a foreign site, put into the cookie", |_| by_browser(flow.callback())).await?;
        answer.holds(OAUTH_CALLBACK_STAYS_AT_HOME, stays_at(run.url().clone(), home_host));
        Ok(())
    })
}

/// A cookie's value with another address, where it holds this one in plain text.
fn planted(value: &str, address: &str, foreign: &str) -> String {
    match percent_decode_str(value).decode_utf8_lossy() == address {
        true => utf8_percent_encode(foreign, NON_ALPHANUMERIC).to_string(),
        false => value.to_owned(),
    }
}

/// If there is a Location, it is of the target's own, and so is every address in its query.
fn stays_at(base: Url, home: String) -> Refusal {
    let hosts = [base.host_str().unwrap_or_default().to_owned(), home];
    shows("no Location that leads, or tells a page of, another site", move |response| {
        let Some(location) = location(response) else { return Ok(()) };
        let is_ours = |url: &Url| {
            let host = url.host_str().unwrap_or_default();
            matches!(url.scheme(), "http" | "https") && hosts.iter().any(|ours| ours == host)
        };
        let whole = base.join(&location).ok().filter(&is_ours);
        let stays = whole.is_some_and(|whole| {
            whole.query_pairs().all(|(_, value)| whole.join(&value).is_ok_and(|inner| is_ours(&inner)))
        });
        if stays { Ok(()) } else { Err(answer_in_short(response)) }
    })
}

/// A faulty callback, after a proper one: no success, and nobody is logged in by what it sets.
async fn logs_nobody_in<'r>(
    run: &'r Run,
    proper: &Control<'r>,
    requirement: &'static Requirement,
    label: &str,
    faulty: Request,
) -> Result<Refused<'r>, Stop> {
    let refusal = proper.fault(label, |_| faulty).await?;
    let who = who(run, &session_of(&refusal.response(), run)).await?;
    refusal.holds(requirement, no_success()).holds(requirement, is_nobody(who));
    Ok(refusal)
}

fn without_code() -> Case {
    let says = "Without a code nobody is logged in";
    case("tinyauth.oauth-callback.without-code", says, &[OAUTH_CALLBACK_REQUIRES_CODE], async |run| {
        let proper = proper_callback(run).await?;
        for (label, code) in [("left out", None), ("empty", Some(""))] {
            let other = Flow::begin(run, None).await?;
            let faulty = other.callback_with(code, other.state.as_deref());
            logs_nobody_in(run, &proper, OAUTH_CALLBACK_REQUIRES_CODE, label, faulty).await?;
        }
        Ok(())
    })
}

fn wrong_code() -> Case {
    let says = "A code that the provider did not give logs nobody in";
    let covers = &[OAUTH_CALLBACK_REFUSES_WRONG_CODE, OAUTH_CALLBACK_REFUSAL];
    case("tinyauth.oauth-callback.wrong-code", says, covers, async |run| {
        let proper = proper_callback(run).await?;
        let code = run.random_text(24);
        for (label, browser) in [("in API mode", false), ("by a browser", true)] {
            let other = Flow::begin(run, None).await?;
            let faulty = other.callback_with(Some(&code), other.state.as_deref());
            let faulty = if browser { by_browser(faulty) } else { faulty };
            let refusal = logs_nobody_in(run, &proper, OAUTH_CALLBACK_REFUSES_WRONG_CODE, label, faulty).await?;
            run.observe(OAUTH_CALLBACK_REFUSAL, format!("{label}: {}", answer_in_short(&refusal.response())));
        }
        Ok(())
    })
}

fn twice() -> Case {
    let says = "A callback that is sent again logs nobody in";
    case("tinyauth.oauth-callback.twice", says, &[OAUTH_CALLBACK_CODE_COUNTS_ONCE], async |run| {
        let flow = Flow::begin(run, None).await?;
        let proper = completed(run, flow.callback()).await?;
        logs_nobody_in(run, &proper, OAUTH_CALLBACK_CODE_COUNTS_ONCE, "sent again", flow.callback()).await?;
        let browser = by_browser(flow.callback());
        logs_nobody_in(run, &proper, OAUTH_CALLBACK_CODE_COUNTS_ONCE, "sent again by a browser", browser).await?;
        Ok(())
    })
}

fn state() -> Case {
    let says = "A callback with another state, or with none, logs nobody in";
    case("tinyauth.oauth-callback.state", says, &[OAUTH_CALLBACK_CHECKS_STATE], async |run| {
        let proper = proper_callback(run).await?;
        let others = Flow::begin(run, None).await?.state;
        let states = [
            ("another flow's state", others.as_deref()),
            ("a word", Some("state")),
            ("no state", None),
            ("an empty state", Some("")),
        ];
        for (label, state) in states {
            let flow = Flow::begin(run, None).await?;
            if state == flow.state.as_deref() {
                continue; // a state that never changes is another requirement's fault
            }
            let faulty = flow.callback_with(Some(&flow.code), state);
            logs_nobody_in(run, &proper, OAUTH_CALLBACK_CHECKS_STATE, label, faulty).await?;
        }
        Ok(())
    })
}

fn another_browser() -> Case {
    let says = "A callback in another browser than the one that asked logs nobody in";
    let covers = &[OAUTH_CALLBACK_BELONGS_TO_THE_BROWSER];
    case("tinyauth.oauth-callback.another-browser", says, covers, async |run| {
        let proper = proper_callback(run).await?;
        let requirement = OAUTH_CALLBACK_BELONGS_TO_THE_BROWSER;
        let bare = Flow::begin(run, None).await?.callback().without_header(&COOKIE);
        logs_nobody_in(run, &proper, requirement, "without cookies", bare).await?;
        let (mine, theirs) = (Flow::begin(run, None).await?, Flow::begin(run, None).await?);
        let swapped = mine.cookies.on(theirs.callback());
        logs_nobody_in(run, &proper, requirement, "with the cookies of another flow", swapped).await?;
        Ok(())
    })
}

fn unknown_provider() -> Case {
    let says = "A callback of a provider that is none logs nobody in";
    let covers = &[OAUTH_CALLBACK_REFUSES_UNKNOWN_PROVIDER];
    case("tinyauth.oauth-callback.unknown-provider", says, covers, async |run| {
        let proper = proper_callback(run).await?;
        let flow = Flow::begin(run, None).await?;
        let elsewhere = flow.callback_at("no-such-provider", Some(&flow.code), flow.state.as_deref());
        let label = "at a provider that is none";
        logs_nobody_in(run, &proper, OAUTH_CALLBACK_REFUSES_UNKNOWN_PROVIDER, label, elsewhere).await?;
        Ok(())
    })
}

fn further_query() -> Case {
    let says = "What the callback needs besides the code";
    case("tinyauth.oauth-callback.further-query", says, &[OAUTH_CALLBACK_FURTHER_QUERY], async |run| {
        let proper = proper_callback(run).await?;
        let flow = Flow::begin(run, None).await?;
        let cookies = format!("cookies: {}", flow.cookies.names());
        run.observe(OAUTH_CALLBACK_FURTHER_QUERY, cookies);
        let other = Flow::begin(run, None).await?;
        for (label, faulty) in [
            ("without state", flow.callback_with(Some(&flow.code), None)),
            ("without cookies", other.callback().without_header(&COOKIE)),
        ] {
            let refusal = proper.fault(label, |_| faulty).await?;
            run.observe(OAUTH_CALLBACK_FURTHER_QUERY, format!("{label}: {}", answer_in_short(&refusal.response())));
        }
        Ok(())
    })
}
