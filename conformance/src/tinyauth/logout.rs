//! `POST /api/logout`

use super::USER;
use super::cookies::{self, Cookies};
use super::session::{Account, proper_login, session, who};
use crate::case::{Case, case, shape_case};
use crate::exchange::Response;
use crate::expect::{Expect, text, that};
use crate::request::Request;
use crate::run::Run;
use http::header::COOKIE;
use probity_fixtures::tinyauth::operation;
use probity_fixtures::tinyauth::requirement::*;

pub(super) fn cases() -> Vec<Case> {
    let cases = [
        shape_case(operation::LOGOUT, async |run| Ok(logout(&session(run).await?))),
        logs_out(),
        session_lives_on(),
        without_session(),
    ];
    cases.into_iter().map(|case| case.needs(USER)).collect()
}

fn logout(session: &Cookies) -> Request {
    session.on(Request::new(operation::LOGOUT))
}

fn logs_out() -> Case {
    let says = "The browser forgets the session cookie, and nobody is logged in with what it keeps";
    case("tinyauth.logout.logs-out", says, &[LOGOUT_LOGS_OUT, LOGOUT_DELETES_COOKIE], async |run| {
        let login = proper_login(run).await?;
        let session = Cookies::set_by(&login.answer().response(), run.now());
        let answer = run.send("log out", &logout(&session)).await?;
        let who = who(run, &session.after(&answer.response(), run.now())).await?;
        answer
            .holds(
                LOGOUT_LOGS_OUT,
                that("nobody logged in with what the browser keeps", move |_| match &who {
                    None => Ok(()),
                    Some(name) => Err(format!("{name} is logged in")),
                }),
            )
            .holds(LOGOUT_DELETES_COOKIE, deletes(run, &session));
        Ok(())
    })
}

/// A Set-Cookie for each of the session's cookies that has the browser forget it at once.
fn deletes(run: &Run, session: &Cookies) -> Expect {
    let (now, session) = (run.now(), session.clone());
    let expected = format!("an expired Set-Cookie for {}, of the same domain and path", session.names());
    that(&expected, move |response: &Response| {
        let set = cookies::all(response);
        match session.are_deleted_by(response, now) {
            true => Ok(()),
            false if set.is_empty() => Err("no Set-Cookie".to_owned()),
            false => Err(set.iter().map(ToString::to_string).collect::<Vec<_>>().join("; and ")),
        }
    })
}

fn session_lives_on() -> Case {
    let says = "The cookie of before the logout still counts";
    case("tinyauth.logout.session-lives-on", says, &[LOGOUT_SESSION_LIVES_ON], async |run| {
        let session = session(run).await?;
        let answer = run.control(LOGOUT_ANSWERS, logout(&session), text("/message")).await?;
        let (name, who) = (Account::own(run)?.name, who(run, &session).await?);
        answer.answer().holds(
            LOGOUT_SESSION_LIVES_ON,
            that("the user logged in with the cookie of before", move |_| match &who {
                Some(told) if *told == name => Ok(()),
                Some(told) => Err(format!("{told} is logged in")),
                None => Err("nobody is logged in".to_owned()),
            }),
        );
        Ok(())
    })
}

fn without_session() -> Case {
    let says = "What a logout without a session answers";
    case("tinyauth.logout.without-session", says, &[LOGOUT_WITHOUT_SESSION], async |run| {
        let session = session(run).await?;
        let logout = run.control(LOGOUT_ANSWERS, logout(&session), text("/message")).await?;
        let bare = logout.variant("without a session", |request| request.without_header(&COOKIE)).await?;
        run.observe(LOGOUT_WITHOUT_SESSION, bare.response().summary());
        Ok(())
    })
}
