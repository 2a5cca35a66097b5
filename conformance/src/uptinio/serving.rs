//! Tokens that were seen to serve one request after another: what fails later in a case fails for what the case is about.

use crate::expect::succeeds;
use crate::request::Request;
use crate::run::{Answer, Control, Run, Stop};
use http::StatusCode;
use probity_fixtures::Requirement;
use probity_fixtures::uptinio::operation;
use probity_fixtures::uptinio::requirement::*;

/// Why an answer does not let the bearer of a token in.
fn shut_out(answer: &Answer<'_>, rests_on: &'static Requirement) -> Option<Stop> {
    let response = answer.response();
    let reason = format!("the token did not serve: {}", response.summary());
    let is_shut_out = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&response.status);
    is_shut_out.then_some(Stop::Inconclusive { reason, rests_on: Some(rests_on) })
}

/// Sees to it that users' tokens let their users in, and more than once. Where one did, the next ones do.
pub(super) async fn serves(run: &Run, token: &str) -> Result<(), Stop> {
    const WHAT: &str = "seeing that a user's token serves";
    if run.way(WHAT).is_some() {
        return Ok(());
    }
    let call = Request::new(operation::PROJECT_API_TOKENS).bearer(token);
    let uses = [("the first time", TOKEN_USER_GOES_IN_AUTHORIZATION), ("a second time", TOKEN_SERVES_REPEATEDLY)];
    for (label, rests_on) in uses {
        let answer = run.arrange(async || run.send(label, &call).await).await?;
        if let Some(stop) = shut_out(&answer, rests_on) {
            return Err(stop);
        }
    }
    run.found_way(WHAT, operation::PROJECT_API_TOKENS.path);
    Ok(())
}

/// Sends a request once more that was let in before. `serves` says that its token lets it in again.
pub(super) async fn again<'r>(
    control: &Control<'r>,
    label: &str,
    serves: &'static Requirement,
) -> Result<Answer<'r>, Stop> {
    let answer = control.variant(label, |request| request).await?;
    shut_out(&answer, serves).map_or(Ok(answer), Err)
}

/// Sends a call for projects twice, by whose token more is about to be asked.
pub(super) async fn serves_projects(run: &Run, call: Request) -> Result<(), Stop> {
    let first = run.control(TOKEN_PROJECT_ENDPOINTS, call, succeeds()).await?;
    again(&first, "the same again", TOKEN_PROJECT_SERVES_REPEATEDLY).await.map(drop)
}
