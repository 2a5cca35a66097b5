//! `POST /api/auth/verify`

use super::USER;
use super::session::{Session, session, verify};
use crate::case::{Case, case, shape_case};
use crate::exchange::Response;
use crate::expect::{absent, allows, refused, status, text, that, value};
use crate::run::{Control, Run, Stop};
use http::Method;
use http::header::AUTHORIZATION;
use probity_fixtures::umami::operation;
use probity_fixtures::umami::requirement::*;
use serde_json::json;

pub(super) fn cases() -> Vec<Case> {
    let cases = [
        shape_case(operation::VERIFY, async |run| Ok(verify(&session(run).await?.token))),
        bearer(),
        no_token(),
        invalid_token(),
        with_a_body(),
        other_methods(),
    ];
    cases.into_iter().map(|case| case.needs(USER)).collect()
}

/// A token that was seen to be confirmed.
async fn confirmed(run: &Run) -> Result<(Session, Control<'_>), Stop> {
    let session = session(run).await?;
    let control = run.control(VERIFY_USERNAME, verify(&session.token), text("/username")).await?;
    Ok((session, control))
}

fn bearer() -> Case {
    let says = "A valid token is confirmed as its user's, and the role and the flag tell the same";
    let covers = &[
        VERIFY_IS_ABOUT_THE_BEARER,
        VERIFY_ADMIN_IS_ADMIN,
        VERIFY_ROLES,
        VERIFY_SUCCESS_STATUS,
        VERIFY_FURTHER_ANSWER,
    ];
    case("umami.verify.bearer", says, covers, async |run| {
        let (Session { user_id, .. }, confirmed) = confirmed(run).await?;
        confirmed
            .answer()
            .holds(VERIFY_IS_ABOUT_THE_BEARER, value("/id", user_id))
            .holds(VERIFY_IS_ABOUT_THE_BEARER, value("/username", run.value("username")?))
            .holds(
                VERIFY_ADMIN_IS_ADMIN,
                that("isAdmin true with the role admin, and false with another", flag_fits_role),
            );
        let response = confirmed.answer().response();
        run.observe(VERIFY_SUCCESS_STATUS, response.status.to_string());
        run.observe(VERIFY_FURTHER_ANSWER, response.members_beside("", &["id", "username", "role", "isAdmin"]));
        run.observe(VERIFY_ROLES, response.text_at("/role").unwrap_or("no role"));
        Ok(())
    })
}

fn flag_fits_role(response: &Response) -> Result<(), String> {
    let body = response.json().cloned().unwrap_or_default();
    let (role, flag) = (&body["role"], &body["isAdmin"]);
    match *flag == json!(role == "admin") {
        true => Ok(()),
        false => Err(format!("the role {role} with isAdmin {flag}")),
    }
}

fn no_token() -> Case {
    let says = "Without a token nobody is confirmed";
    case("umami.verify.no-token", says, &[VERIFY_REFUSES_INVALID_TOKEN, VERIFY_REFUSAL_NAMES_NOBODY], async |run| {
        let (_, confirmed) = confirmed(run).await?;
        let refusal = confirmed.fault("without the header", |request| request.without_header(&AUTHORIZATION)).await?;
        refusal
            .holds(VERIFY_REFUSES_INVALID_TOKEN, refused())
            .holds(VERIFY_REFUSAL_NAMES_NOBODY, absent("/id"))
            .holds(VERIFY_REFUSAL_NAMES_NOBODY, absent("/username"));
        Ok(())
    })
}

fn invalid_token() -> Case {
    let says = "What is no valid token is not confirmed";
    let covers = &[VERIFY_REFUSES_INVALID_TOKEN, VERIFY_REFUSAL_NAMES_NOBODY, VERIFY_REFUSAL_STATUS];
    case("umami.verify.invalid-token", says, covers, async |run| {
        let (Session { token, .. }, confirmed) = confirmed(run).await?;
        let backwards: String = token.chars().rev().collect();
        run.mask("TOKEN_BACKWARDS", &backwards);
        for (label, invalid) in [("a word", "garbage"), ("the token backwards", &backwards), ("an empty token", "")] {
            let refusal = confirmed.fault(label, |request| request.bearer(invalid)).await?;
            refusal
                .holds(VERIFY_REFUSES_INVALID_TOKEN, refused())
                .holds(VERIFY_REFUSAL_NAMES_NOBODY, absent("/id"))
                .holds(VERIFY_REFUSAL_NAMES_NOBODY, absent("/username"));
            if invalid == "garbage" {
                run.observe(VERIFY_REFUSAL_STATUS, refusal.response().summary());
            }
        }
        Ok(())
    })
}

fn with_a_body() -> Case {
    let says = "Whether verifying takes a body";
    case("umami.verify.with-a-body", says, &[VERIFY_REQUEST_BODY], async |run| {
        let (_, confirmed) = confirmed(run).await?;
        let answer = confirmed.variant("with a JSON object", |request| request.json(json!({}))).await?;
        run.observe(VERIFY_REQUEST_BODY, answer.response().status.to_string());
        Ok(())
    })
}

fn other_methods() -> Case {
    let says = "Only POST verifies, and a 405 says so";
    case("umami.verify.other-methods", says, &[VERIFY_ONLY_POST, VERIFY_ALLOW_HEADER], async |run| {
        let (_, confirmed) = confirmed(run).await?;
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            let refusal = confirmed.fault(&format!("by {method}"), |request| request.method(method)).await?;
            refusal.holds(VERIFY_ONLY_POST, status(405)).holds(VERIFY_ALLOW_HEADER, allows("POST"));
        }
        Ok(())
    })
}
