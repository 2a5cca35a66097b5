//! `GET /api/v1/auth/validate`

use super::account::{Account, fresh_session, newcomer_with_code, session, validate, verify};
use super::forms::{error_list, error_text, holds_none_of, members, one_of};
use super::{BANNED, MAILBOX, PROJECT, USER};
use crate::case::{Case, Effect, case, shape_case};
use crate::expect::{Refusal, absent, shows, value};
use crate::run::{Control, Run, Stop};
use http::header::AUTHORIZATION;
use probity_fixtures::uptinio::operation;
use probity_fixtures::uptinio::requirement::*;

pub(super) fn cases() -> Vec<Case> {
    vec![
        shape_case(operation::VALIDATE, async |run| {
            Ok(validate(&fresh_session(run, &Account::own(run)?).await?.token))
        })
        .needs(USER),
        is_about_the_bearer().needs(USER),
        verification().effect(Effect::Permanent).needs(MAILBOX),
        invalid().needs(USER),
        missing().needs(USER),
        project_token().needs(USER).needs(PROJECT),
        banned().needs(USER).needs(BANNED),
    ]
}

/// A good token that was seen to be called so.
pub(super) async fn proper(run: &Run) -> Result<Control<'_>, Stop> {
    let session = session(run, &Account::own(run)?).await?;
    run.control(VALIDATE_VALID, validate(&session.token), value("/valid", true)).await
}

/// A token that is not called good.
pub(super) fn not_called_valid() -> Refusal {
    shows("no `valid: true`", |response| {
        match response.json().and_then(|json| json.pointer("/valid")) == Some(&true.into()) {
            true => Err(response.summary()),
            false => Ok(()),
        }
    })
}

fn is_about_the_bearer() -> Case {
    let says = "A good token is told of by its user, as the sign-in told them, as often as it is asked about";
    let covers = &[
        VALIDATE_IS_ABOUT_THE_BEARER,
        VALIDATE_AT_ANY_TIME,
        VALIDATE_TOKEN_NOT_TOLD,
        VALIDATE_SUCCESS_STATUS,
        VALIDATE_FURTHER_MEMBERS,
    ];
    case("uptinio.validate.bearer", says, covers, async |run| {
        let account = Account::own(run)?;
        let session = fresh_session(run, &account).await?;
        let good = run.control(VALIDATE_VALID, validate(&session.token), value("/valid", true)).await?;
        let first = good.answer();
        let token = holds_none_of("the token", vec![session.token.clone()]);
        first
            .holds(VALIDATE_IS_ABOUT_THE_BEARER, value("/user/id", session.id.clone()))
            .holds(VALIDATE_IS_ABOUT_THE_BEARER, value("/user/email", account.email.as_str()))
            .holds(VALIDATE_IS_ABOUT_THE_BEARER, value("/user/name", session.name.clone()))
            .holds(VALIDATE_TOKEN_NOT_TOLD, token);
        let again = good.variant("the same again", |request| request).await?;
        let told = first.response().json().cloned().unwrap_or_default();
        again.holds(VALIDATE_AT_ANY_TIME, value("", told));
        run.observe(VALIDATE_SUCCESS_STATUS, first.response().status.to_string());
        run.observe(VALIDATE_FURTHER_MEMBERS, members(&first.response()));
        Ok(())
    })
}

fn verification() -> Case {
    let says = "A good token tells whether its user's address is verified";
    let covers = &[VALIDATE_EMAIL_VERIFIED_TOLD, VALIDATE_IS_ABOUT_THE_BEARER];
    case("uptinio.validate.verification", says, covers, async |run| {
        let (session, code) = newcomer_with_code(run).await?;
        let before = run.send("before verification", &validate(&session.token)).await?;
        before.holds(VALIDATE_IS_ABOUT_THE_BEARER, value("/user/email", session.account.email.as_str()));
        if before.response().text_at("/user/email") != Some(&session.account.email) {
            return Ok(());
        }
        before.holds(VALIDATE_EMAIL_VERIFIED_TOLD, value("/user/email_verified", false));
        let verify = verify(&session.token, &code);
        let verified = run.arrange(async || run.send("verify the address", &verify).await).await?;
        if verified.response().status.is_success() {
            let after = run.send("after verification", &validate(&session.token)).await?;
            after.holds(VALIDATE_EMAIL_VERIFIED_TOLD, value("/user/email_verified", true));
        }
        Ok(())
    })
}

fn invalid() -> Case {
    let says = "A token that is none is not called valid, and the answer says so in the form of the document";
    let covers = &[
        VALIDATE_INVALID_IS_TOLD,
        VALIDATE_INVALID_STATUS,
        VALIDATE_INVALID_VALID,
        VALIDATE_INVALID_ERRORS,
        VALIDATE_INVALID_TEXT,
        VALIDATE_INVALID_NAMES_NOBODY,
        VALIDATE_INVALID_WHICH_STATUS,
        VALIDATE_INVALID_HAS_VALID,
    ];
    case("uptinio.validate.invalid", says, covers, async |run| {
        let good = proper(run).await?;
        let none = run.random_text(40);
        let answer = good.fault("a token that is none", |request| request.bearer(&none)).await?;
        answer
            .holds(VALIDATE_INVALID_IS_TOLD, not_called_valid())
            .holds(VALIDATE_INVALID_STATUS, one_of(&[200, 401]))
            .holds(
                VALIDATE_INVALID_VALID,
                shows("`valid`, if it is there, is false", |response| {
                    match response.json().and_then(|json| json.pointer("/valid")) {
                        None => Ok(()),
                        Some(valid) if *valid == false => Ok(()),
                        Some(_) => Err(response.summary()),
                    }
                }),
            )
            .holds(VALIDATE_INVALID_ERRORS, error_list())
            .holds(VALIDATE_INVALID_TEXT, error_text("Invalid or expired token"))
            .holds(VALIDATE_INVALID_NAMES_NOBODY, absent("/user"));
        let response = answer.response();
        run.observe(VALIDATE_INVALID_WHICH_STATUS, response.status.to_string());
        let has_valid = response.json().is_some_and(|json| json.pointer("/valid").is_some());
        run.observe(VALIDATE_INVALID_HAS_VALID, has_valid.to_string());
        Ok(())
    })
}

fn missing() -> Case {
    let says = "Without a token the call does not say that one is good";
    let covers = &[VALIDATE_MISSING_STATUS, VALIDATE_MISSING_ERRORS, VALIDATE_MISSING_FORM];
    case("uptinio.validate.missing", says, covers, async |run| {
        let good = proper(run).await?;
        let answer = good.fault("without the header", |request| request.without_header(&AUTHORIZATION)).await?;
        answer
            .holds(VALIDATE_MISSING_STATUS, one_of(&[200, 401]))
            .holds(VALIDATE_MISSING_STATUS, not_called_valid())
            .holds(VALIDATE_MISSING_ERRORS, error_list());
        run.observe(VALIDATE_MISSING_FORM, answer.response().summary());
        Ok(())
    })
}

fn project_token() -> Case {
    let says = "What a project's token is called here";
    case("uptinio.validate.project-token", says, &[VALIDATE_PROJECT_TOKEN], async |run| {
        let good = proper(run).await?;
        let token = run.value("project_token")?;
        let answer = good.fault("a project's token", |request| request.bearer(token)).await?;
        run.observe(VALIDATE_PROJECT_TOKEN, answer.response().summary());
        Ok(())
    })
}

fn banned() -> Case {
    let says = "What the token of a user who is banned is called here";
    case("uptinio.validate.banned", says, &[ERROR_BANNED_VALIDATE], async |run| {
        let good = proper(run).await?;
        let token = run.value("banned_token")?;
        let answer = good.fault("a banned user's token", |request| request.bearer(token)).await?;
        run.observe(ERROR_BANNED_VALIDATE, answer.response().summary());
        Ok(())
    })
}
