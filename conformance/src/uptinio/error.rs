//! "Error Responses", and what is sound of paths and methods

use super::account::{Account, session};
use super::forms::{a_text, error_list, error_text, errors, is_json, one_of, says};
use super::project::ask;
use super::serving::serves_projects;
use super::{BANNED, PROJECT, USER};
use crate::case::{Case, Effect, case};
use crate::expect::{allows, challenges, shows, status, succeeds};
use crate::request::Request;
use crate::run::{Control, Run, Stop};
use http::Method;
use http::header::AUTHORIZATION;
use probity_fixtures::uptinio::operation;
use probity_fixtures::uptinio::requirement::*;

pub(super) fn cases() -> Vec<Case> {
    vec![
        user_invalid().needs(USER),
        user_missing().needs(USER),
        user_empty_bearer().needs(USER),
        project_invalid().needs(PROJECT),
        project_missing().needs(PROJECT),
        banned().needs(USER).needs(BANNED),
        methods().needs(USER).effect(Effect::Lockout),
        unknown_path().needs(USER),
    ]
}

/// Calls for users' tokens that change nothing, each seen to succeed.
async fn user_calls(run: &Run) -> Result<Vec<Control<'_>>, Stop> {
    let session = session(run, &Account::own(run)?).await?;
    let id = session.id.as_str().map_or_else(|| session.id.to_string(), str::to_owned);
    let requests = [
        Request::new(operation::USER).at("id", &id),
        Request::new(operation::PROJECT_API_TOKENS),
        Request::new(operation::CURRENT_PROJECT_API_TOKEN),
    ];
    let mut controls = Vec::new();
    for request in requests {
        controls.push(run.control(TOKEN_USER_ENDPOINTS, request.bearer(&session.token), succeeds()).await?);
    }
    Ok(controls)
}

/// Calls for projects' tokens that change nothing, each seen to succeed.
async fn project_calls(run: &Run) -> Result<Vec<(Control<'_>, bool)>, Stop> {
    let token = run.value("project_token")?;
    serves_projects(run, ask(operation::NETWORK_MONITORS, token)).await?;
    let mut controls = Vec::new();
    for operation in super::project::READING {
        let control = run.control(TOKEN_PROJECT_ENDPOINTS, ask(operation, token), succeeds()).await?;
        controls.push((control, operation == operation::GENERAL_STATUS));
    }
    Ok(controls)
}

fn user_invalid() -> Case {
    let says = "A token that is none is refused in the form of the document at calls for users";
    let covers = &[
        ERROR_USER_INVALID_STATUS,
        ERROR_USER_INVALID_ERRORS,
        ERROR_USER_INVALID_TEXT,
        ERROR_CHALLENGES,
        ERROR_JSON_CONTENT_TYPE,
    ];
    case("uptinio.error.user-invalid", says, covers, async |run| {
        let none = run.random_text(40);
        for control in user_calls(run).await? {
            let refusal = control.fault("a token that is none", |request| request.bearer(&none)).await?;
            refusal
                .holds(ERROR_USER_INVALID_STATUS, status(401))
                .holds(ERROR_USER_INVALID_ERRORS, error_list())
                .holds(ERROR_USER_INVALID_TEXT, error_text("Invalid or expired token"))
                .holds(ERROR_CHALLENGES, challenges("Bearer"))
                .holds(ERROR_JSON_CONTENT_TYPE, is_json());
        }
        Ok(())
    })
}

fn user_missing() -> Case {
    let says = "A request without a token is refused in the form of the document at calls for users";
    let covers = &[ERROR_USER_MISSING_STATUS, ERROR_USER_MISSING_ERRORS, ERROR_USER_MISSING_TEXT, ERROR_CHALLENGES];
    case("uptinio.error.user-missing", says, covers, async |run| {
        for control in user_calls(run).await? {
            let refusal = control.fault("without the header", |request| request.without_header(&AUTHORIZATION)).await?;
            refusal
                .holds(ERROR_USER_MISSING_STATUS, status(401))
                .holds(ERROR_USER_MISSING_ERRORS, error_list())
                .holds(ERROR_USER_MISSING_TEXT, error_text("Missing authentication token"))
                .holds(ERROR_CHALLENGES, challenges("Bearer"));
        }
        Ok(())
    })
}

fn user_empty_bearer() -> Case {
    let says = "A Bearer without a token is refused at calls for users";
    let covers = &[ERROR_USER_EMPTY_BEARER, ERROR_USER_EMPTY_BEARER_TEXT];
    case("uptinio.error.user-empty-bearer", says, covers, async |run| {
        for control in user_calls(run).await? {
            for header in ["Bearer", "Bearer "] {
                let refusal = control.fault(header, |request| request.header(AUTHORIZATION, header)).await?;
                refusal.holds(ERROR_USER_EMPTY_BEARER, status(401));
                run.observe(ERROR_USER_EMPTY_BEARER_TEXT, refusal.response().body_summary());
            }
        }
        Ok(())
    })
}

fn project_invalid() -> Case {
    let case_says = "A token that is none is refused in the form of the document at calls for projects";
    let covers = &[
        ERROR_PROJECT_INVALID_STATUS,
        ERROR_PROJECT_INVALID_ERROR,
        ERROR_PROJECT_INVALID_TEXT,
        ERROR_CHALLENGES,
        ERROR_JSON_CONTENT_TYPE,
    ];
    case("uptinio.error.project-invalid", case_says, covers, async |run| {
        let none = run.random_text(40);
        for (control, _) in project_calls(run).await? {
            let refusal = control.fault("a token that is none", |request| request.bearer(&none)).await?;
            refusal
                .holds(ERROR_PROJECT_INVALID_STATUS, status(401))
                .holds(ERROR_PROJECT_INVALID_ERROR, a_text("/error"))
                .holds(ERROR_PROJECT_INVALID_TEXT, says("/error", "Unauthorized"))
                .holds(ERROR_CHALLENGES, challenges("Bearer"))
                .holds(ERROR_JSON_CONTENT_TYPE, is_json());
        }
        Ok(())
    })
}

fn project_missing() -> Case {
    let says = "A request without a token is refused at calls for projects";
    let covers = &[
        ERROR_PROJECT_MISSING_STATUS,
        ERROR_PROJECT_MISSING_BODY,
        ERROR_PROJECT_MISSING_FORM,
        ERROR_CHALLENGES,
        ERROR_JSON_CONTENT_TYPE,
    ];
    case("uptinio.error.project-missing", says, covers, async |run| {
        for (control, is_health) in project_calls(run).await? {
            if is_health {
                continue;
            }
            let refusal = control.fault("without the header", |request| request.without_header(&AUTHORIZATION)).await?;
            refusal
                .holds(ERROR_PROJECT_MISSING_STATUS, status(401))
                .holds(
                    ERROR_PROJECT_MISSING_BODY,
                    shows("`errors`, a list of texts, or `error`, a text", |response| {
                        match errors(response).is_some()
                            || response.text_at("/error").is_some_and(|text| !text.is_empty())
                        {
                            true => Ok(()),
                            false => Err(response.summary()),
                        }
                    }),
                )
                .holds(ERROR_CHALLENGES, challenges("Bearer"))
                .holds(ERROR_JSON_CONTENT_TYPE, is_json());
            run.observe(ERROR_PROJECT_MISSING_FORM, refusal.response().body_summary());
        }
        Ok(())
    })
}

fn banned() -> Case {
    let says = "The token of a user who is banned is refused in the form of the document";
    let covers = &[ERROR_BANNED_STATUS, ERROR_BANNED_ERRORS, ERROR_BANNED_TEXT, ERROR_BANNED_WHICH_STATUS];
    case("uptinio.error.banned", says, covers, async |run| {
        let token = run.value("banned_token")?;
        for control in user_calls(run).await? {
            let refusal = control.fault("a banned user's token", |request| request.bearer(token)).await?;
            refusal
                .holds(ERROR_BANNED_STATUS, one_of(&[401, 403]))
                .holds(ERROR_BANNED_ERRORS, error_list())
                .holds(ERROR_BANNED_TEXT, error_text("Invalid or expired token"));
            run.observe(ERROR_BANNED_WHICH_STATUS, refusal.response().status.to_string());
        }
        Ok(())
    })
}

fn methods() -> Case {
    let says = "A method that a call does not have is answered 405, which lists those that it has";
    let covers = &[ERROR_METHOD_NOT_ALLOWED, ERROR_ALLOW_HEADER, ERROR_SIX_FORMS];
    case("uptinio.error.methods", says, covers, async |run| {
        let account = Account::own(run)?;
        let session = session(run, &account).await?;
        let sign_in = run.control(SIGN_IN_ANSWERS, account.sign_in(), succeeds()).await?;
        let validate = super::account::validate(&session.token);
        let validate = run.control(VALIDATE_ANSWERS, validate, succeeds()).await?;
        for method in [Method::GET, Method::PUT, Method::PATCH, Method::DELETE] {
            let refusal = sign_in.fault(&format!("sign_in by {method}"), |request| request.method(method)).await?;
            refusal.holds(ERROR_METHOD_NOT_ALLOWED, status(405)).holds(ERROR_ALLOW_HEADER, allows("POST"));
            run.observe(ERROR_SIX_FORMS, format!("another method: {}", refusal.response().summary()));
        }
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let refusal = validate.fault(&format!("validate by {method}"), |request| request.method(method)).await?;
            refusal.holds(ERROR_METHOD_NOT_ALLOWED, status(405)).holds(ERROR_ALLOW_HEADER, allows("GET"));
        }
        Ok(())
    })
}

fn unknown_path() -> Case {
    let says = "A path that is none is answered 404, with a good token too";
    case("uptinio.error.unknown-path", says, &[ERROR_UNKNOWN_PATH, ERROR_SIX_FORMS], async |run| {
        let good = super::validate::proper(run).await?;
        for path in ["/api/v1/no-such-thing", "/api/v1/auth/no-such-thing"] {
            let elsewhere = |mut request: Request| {
                request.path = path.to_owned();
                request
            };
            let refusal = good.fault(path, elsewhere).await?;
            refusal.holds(ERROR_UNKNOWN_PATH, status(404));
            run.observe(ERROR_SIX_FORMS, format!("an unknown path: {}", refusal.response().summary()));
        }
        Ok(())
    })
}
