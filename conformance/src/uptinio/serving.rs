//! Tokens that were seen to serve one request after another: what fails later in a case fails for what the case is about.

use super::account::{Account, Session, session};
use crate::expect::succeeds;
use crate::request::Request;
use crate::run::{Answer, Control, Run, Stop};
use http::StatusCode;
use probity_fixtures::Requirement;
use probity_fixtures::uptinio::operation;
use probity_fixtures::uptinio::requirement::*;

/// Sends a request once more that was let in before. `serves` says that its token lets it in again.
pub(super) async fn again<'r>(
    control: &Control<'r>,
    label: &str,
    serves: &'static Requirement,
) -> Result<Answer<'r>, Stop> {
    let answer = control.variant(label, |request| request).await?;
    match answer.response() {
        response if [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&response.status) => {
            let reason = format!("the token did not serve a second time: {}", response.summary());
            Err(Stop::Inconclusive { reason, rests_on: Some(serves) })
        }
        _ => Ok(answer),
    }
}

/// Sends a call for projects twice, by whose token more is about to be asked.
pub(super) async fn serves_projects(run: &Run, call: Request) -> Result<(), Stop> {
    let first = run.control(TOKEN_PROJECT_ENDPOINTS, call, succeeds()).await?;
    again(&first, "the same again", TOKEN_PROJECT_SERVES_REPEATEDLY).await.map(drop)
}

/// Signs in, to come by a token that serves more than once.
pub(super) async fn serving_session(run: &Run, account: &Account) -> Result<Session, Stop> {
    let session = session(run, account).await?;
    let call = Request::new(operation::PROJECT_API_TOKENS).bearer(&session.token);
    let first = run.control(TOKEN_USER_ENDPOINTS, call, succeeds()).await?;
    again(&first, "the same again", TOKEN_SERVES_REPEATEDLY).await?;
    Ok(session)
}
