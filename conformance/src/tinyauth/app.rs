//! `GET /api/app`

use super::USER;
use super::session::session;
use crate::case::{Case, case, shape_case};
use crate::exchange::Response;
use crate::expect::{text, that};
use crate::request::Request;
use http::header::COOKIE;
use probity_fixtures::tinyauth::operation;
use probity_fixtures::tinyauth::requirement::*;

/// What the sample shows.
const SHOWN: [&str; 8] = [
    "status",
    "message",
    "disableContinue",
    "title",
    "genericName",
    "domain",
    "forgotPasswordMessage",
    "oauthAutoRedirect",
];

pub(super) fn cases() -> Vec<Case> {
    vec![shape_case(operation::APP, async |_| Ok(Request::new(operation::APP))), same_for_all().needs(USER), members()]
}

fn same_for_all() -> Case {
    let says = "Logged in or not, everybody gets the same answer";
    case("tinyauth.app.same-for-all", says, &[APP_SAME_FOR_ALL], async |run| {
        let session = session(run).await?;
        let app = run.control(APP_ANSWERS, session.on(Request::new(operation::APP)), text("/message")).await?;
        let logged_in = app.answer().response();
        let stranger = app.variant("without a session", |request| request.without_header(&COOKIE)).await?;
        stranger.holds(
            APP_SAME_FOR_ALL,
            that("the answer that a session gets", move |response: &Response| {
                match response.status == logged_in.status && response.json() == logged_in.json() {
                    true => Ok(()),
                    false => Err(format!("{}, and with a session {}", response.summary(), logged_in.summary())),
                }
            }),
        );
        Ok(())
    })
}

fn members() -> Case {
    let says = "What the answer holds beyond the sample";
    case("tinyauth.app.members", says, &[APP_AUTO_REDIRECT_WORDS, APP_FURTHER_MEMBERS], async |run| {
        let app = run.control(APP_ANSWERS, Request::new(operation::APP), text("/message")).await?;
        let response = app.answer().response();
        run.observe(APP_AUTO_REDIRECT_WORDS, response.text_at("/oauthAutoRedirect").unwrap_or("no text"));
        run.observe(APP_FURTHER_MEMBERS, response.members_beside("", &SHOWN));
        Ok(())
    })
}
