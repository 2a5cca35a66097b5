//! How a case comes by what it needs of Umami: a login's request, and a token.

use crate::expect;
use crate::request::Request;
use crate::run::{Control, Run, Stop};
use probity_fixtures::umami::{operation, requirement};
use serde_json::json;

/// A login of the target's user, as the document has it.
pub(super) fn login(run: &Run) -> Result<Request, Stop> {
    let credentials = json!({ "username": run.value("username")?, "password": run.value("password")? });
    Ok(Request::new(operation::LOGIN).json(credentials))
}

/// A login that was seen to give a token, for the same with a fault.
pub(super) async fn proper_login(run: &Run) -> Result<Control<'_>, Stop> {
    run.control(requirement::LOGIN_RETURNS_TOKEN, login(run)?, expect::text("/token")).await
}

/// What a login gave.
pub(super) struct Session {
    pub(super) token: String,
    pub(super) user_id: String,
}

/// Logs in, to come by a token. There is one way to do so, in the document and in every release.
pub(super) async fn session(run: &Run) -> Result<Session, Stop> {
    let login = login(run)?;
    let answer = run.arrange(async || run.send("log in", &login).await).await?.response();
    let token = answer.text_at("/token").filter(|token| !token.is_empty());
    let rests_on = match (answer.status.is_success(), token) {
        (true, Some(token)) => {
            let user_id = answer.text_at("/user/id").unwrap_or_default().to_owned();
            return Ok(Session { token: token.to_owned(), user_id });
        }
        (true, None) => requirement::LOGIN_RETURNS_TOKEN,
        (false, _) => requirement::LOGIN_ACCEPTS_CREDENTIALS,
    };
    let reason = format!("logging in gave no token: {}", answer.summary());
    Err(Stop::Inconclusive { reason, rests_on: Some(rests_on) })
}

/// The document's example of a call that needs permissions.
pub(super) fn websites(token: &str) -> Request {
    Request::new(operation::WEBSITES).bearer(token)
}

/// Asks whether a token is valid.
pub(super) fn verify(token: &str) -> Request {
    Request::new(operation::VERIFY).bearer(token)
}
