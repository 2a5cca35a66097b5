//! The session cookie: how it is set, when it ends, and what is none.

use super::codes::Codes;
use super::cookies::{self, Cookies};
use super::mode::{let_in, not_let_in};
use super::session::{Account, login_as, proper_code, proper_login, says_true, session, user_can_be_asked, who};
use super::{TOTP, USER, embedded};
use crate::case::{Case, Need, case};
use crate::exchange::Response;
use crate::expect::{Expect, Refusal, never, that};
use crate::request::Request;
use crate::run::{Run, Stop};
use cookie::Cookie;
use probity_fixtures::tinyauth::operation;
use probity_fixtures::tinyauth::requirement::*;
use std::time::{Duration, SystemTime};

pub(super) fn cases() -> Vec<Case> {
    let cases = [as_it_is_set(), ends().needs(Need::Clock), altered(), another_servers(), own_user().needs(TOTP)];
    cases.into_iter().map(|case| case.needs(USER)).collect()
}

fn as_it_is_set() -> Case {
    let says = "The session cookie is set with an expiry, and out of reach of scripts";
    let covers = &[SESSION_COOKIE_EXPIRES, SESSION_HTTP_ONLY, SESSION_COOKIE_ATTRIBUTES];
    case("tinyauth.session.cookie", says, covers, async |run| {
        let login = proper_login(run).await?;
        let answer = login.answer();
        answer
            .holds(
                SESSION_COOKIE_EXPIRES,
                each_set(run.now(), "an expiry", |cookie| {
                    cookie.max_age().is_some() || cookie.expires_datetime().is_some()
                }),
            )
            .holds(SESSION_HTTP_ONLY, each_set(run.now(), "HttpOnly", |cookie| cookie.http_only() == Some(true)));
        for cookie in cookies::all(&answer.response()) {
            let mut cookie = cookie.into_owned();
            cookie.set_value("…");
            run.observe(SESSION_COOKIE_ATTRIBUTES, cookie.to_string());
        }
        Ok(())
    })
}

/// Each cookie that a login sets has this.
fn each_set(now: SystemTime, what: &str, has: impl Fn(&Cookie<'_>) -> bool + 'static) -> Expect {
    that(&format!("cookies with {what}"), move |response| {
        let set = cookies::all(response).into_iter().filter(|cookie| !cookies::is_deletion(cookie, now));
        match set.into_iter().find(|cookie| !has(cookie)) {
            None => Ok(()),
            Some(cookie) => Err(cookie.to_string()),
        }
    })
}

fn ends() -> Case {
    let says = "A session cookie counts no more once its expiry has passed, logged out or not";
    case("tinyauth.session.ends", says, &[SESSION_ENDS], async |run| {
        const UNSAID: Duration = Duration::from_secs(400 * 24 * 60 * 60);
        let login = proper_login(run).await?;
        let response = login.answer().response();
        let kept = Cookies::set_by(&response, run.now());
        let logged_out = session(run).await?;
        let logout = logged_out.on(Request::new(operation::LOGOUT));
        run.arrange(async || run.send("log out of a second session", &logout).await).await?;
        let lifetimes = cookies::all(&response).into_iter().filter_map(|cookie| cookie.max_age()?.try_into().ok());
        let lifetime: Duration = lifetimes.max().unwrap_or(UNSAID);
        let passed = let_in(run, "traefik", &kept).await?;
        let late = passed.later("after its expiry", lifetime + Duration::from_secs(1)).await?;
        late.holds(SESSION_ENDS, not_let_in());
        let after_logout = passed.fault("logged out, after its expiry", |request| logged_out.on(request)).await?;
        after_logout.holds(SESSION_ENDS, not_let_in());
        let who = who(run, &kept).await?;
        late.holds(SESSION_ENDS, is_nobody(who));
        Ok(())
    })
}

/// Nobody is logged in, as was asked of `/api/user` before.
pub(super) fn is_nobody(who: Option<String>) -> Refusal {
    never("anybody logged in at /api/user", move || match &who {
        None => Ok(()),
        Some(name) => Err(format!("{name} is logged in")),
    })
}

fn altered() -> Case {
    let says = "A session cookie that was cut short or altered logs nobody in";
    case("tinyauth.session.altered", says, &[SESSION_REFUSES_ALTERED], async |run| {
        let session = session(run).await?;
        let passed = let_in(run, "traefik", &session).await?;
        let alterations: [(&str, Alter); 7] = [
            ("cut in half", |value| value.chars().take(value.chars().count() / 2).collect()),
            ("its first letters alone", |value| value.chars().take(6).collect()),
            ("with letters changed in its middle", |value| changed(value, 2)),
            ("with letters changed near its beginning", |value| changed(value, 8)),
            ("twice", |value| format!("{value}{value}")),
            ("backwards", |value| value.chars().rev().collect()),
            ("a word", |_| "garbage".to_owned()),
        ];
        for (label, alter) in alterations {
            let altered = session.map(alter);
            if let Some(value) = altered.value() {
                run.mask("ALTERED_COOKIE", value);
            }
            let refusal = passed.fault(label, |request| altered.on(request)).await?;
            refusal.holds(SESSION_REFUSES_ALTERED, not_let_in());
            let user = asked_who(run, &session, &altered, label).await?;
            refusal.holds(SESSION_REFUSES_ALTERED, user);
        }
        Ok(())
    })
}

/// What is made of a cookie's value.
type Alter = fn(&str) -> String;

/// Four letters changed into others, behind that part of the text.
fn changed(value: &str, part: usize) -> String {
    let start = value.chars().count() / part;
    let change = |(place, letter): (usize, char)| match (place >= start && place < start + 4, letter) {
        (true, 'A') => 'B',
        (true, _) => 'A',
        (false, letter) => letter,
    };
    value.chars().enumerate().map(change).collect()
}

/// What `/api/user` makes of a cookie that is none, after it was seen to know the good one.
async fn asked_who(run: &Run, good: &Cookies, bad: &Cookies, label: &str) -> Result<Refusal, Stop> {
    user_can_be_asked(run).await?;
    let asked = Request::new(operation::USER);
    let known = run.control(USER_ANSWERS, good.on(asked), that("isLoggedIn true", tells_logged_in)).await?;
    let response = known.fault(&format!("{label}, at /api/user"), |request| bad.on(request)).await?.response();
    Ok(never("isLoggedIn true, or a failure of the server's own, at /api/user", move || {
        match tells_logged_in(&response).is_ok() || response.status.is_server_error() {
            true => Err(response.summary()),
            false => Ok(()),
        }
    }))
}

/// Whether the answer of `/api/user` says that somebody is logged in.
pub(super) fn tells_logged_in(response: &Response) -> Result<(), String> {
    match response.json().and_then(|json| json.pointer("/isLoggedIn")).is_some_and(says_true) {
        true => Ok(()),
        false => Err(response.summary()),
    }
}

fn another_servers() -> Case {
    let says = "A session cookie of another server logs nobody in";
    case("tinyauth.session.another-servers", says, &[SESSION_REFUSES_ANOTHER_SERVERS], async |run| {
        let session = session(run).await?;
        let passed = let_in(run, "traefik", &session).await?;
        let foreign = embedded::foreign(run).await?;
        // The account is of the same name there, so that nothing but the key can be what is refused.
        let account = Account { name: Account::own(run)?.name, password: foreign.password.clone() };
        let login = login_as("email", &account).sent_to(foreign.url.clone());
        let answer = run.arrange(async || run.send("log in to another server", &login).await).await?;
        let theirs = Cookies::set_by(&answer.response(), run.now());
        let value = theirs.value().unwrap_or_default().to_owned();
        let refusal =
            passed.fault("another server's cookie", |request| session.map(|_| value.clone()).on(request)).await?;
        refusal.holds(SESSION_REFUSES_ANOTHER_SERVERS, not_let_in());
        Ok(())
    })
}

fn own_user() -> Case {
    let says = "Two sessions at a time each stand for their own user";
    case("tinyauth.session.own-user", says, &[SESSION_NAMES_ITS_OWN_USER], async |run| {
        let codes = Codes::of(run)?;
        let first = session(run).await?;
        let second = proper_code(run, &codes).await?.session(run);
        let accounts =
            [(Account::own(run)?, &first), (Account::with_totp(run)?, &second), (Account::own(run)?, &first)];
        for (account, cookies) in accounts {
            let label = format!("the session of {}", account.name);
            let answer = run.send(&label, &cookies.on(Request::new(operation::USER))).await?;
            let name = account.name;
            answer.holds(
                SESSION_NAMES_ITS_OWN_USER,
                that("isLoggedIn true and the name of the cookie's user", move |response| {
                    match tells_logged_in(response).is_ok() && response.text_at("/username") == Some(name.as_str()) {
                        true => Ok(()),
                        false => Err(response.summary()),
                    }
                }),
            );
        }
        Ok(())
    })
}
