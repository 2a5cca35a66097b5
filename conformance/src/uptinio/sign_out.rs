//! `DELETE /api/v1/auth/sign_out`

use super::account::{Account, Session, fresh_session, newcomer, proper_sign_in, session, validate};
use super::project::ask;
use super::serving::serves_projects;
use super::validate::not_called_valid;
use super::{PROJECT, USER};
use crate::case::{Case, Effect, case, shape_case};
use crate::expect::{succeeds, text, value};
use crate::request::Request;
use crate::run::{Run, Stop};
use probity_fixtures::uptinio::operation;
use probity_fixtures::uptinio::requirement::*;

pub(super) fn cases() -> Vec<Case> {
    vec![
        shape_case(operation::SIGN_OUT, async |run| {
            Ok(sign_out(&fresh_session(run, &Account::own(run)?).await?.token))
        })
        .needs(USER),
        ends_the_token().needs(USER),
        leaves_others().needs(USER).effect(Effect::Permanent),
        leaves_the_project().needs(USER).needs(PROJECT),
    ]
}

/// Signs out.
fn sign_out(token: &str) -> Request {
    Request::new(operation::SIGN_OUT).bearer(token)
}

/// Signs out a session that was seen to be good, for what follows.
async fn signed_out(run: &Run, session: &Session) -> Result<String, Stop> {
    let sign_out = sign_out(&session.token);
    let answer = run.arrange(async || run.send("sign out", &sign_out).await).await?.response();
    match answer.status.is_success() {
        true => Ok(answer.summary()),
        false => {
            let reason = format!("signing out came to nothing: {}", answer.summary());
            Err(Stop::Inconclusive { reason, rests_on: Some(SIGN_OUT_ANSWERS) })
        }
    }
}

fn ends_the_token() -> Case {
    let says = "A token is good for nothing after signing out, and its user can sign in again";
    let covers =
        &[SIGN_OUT_ENDS_THE_TOKEN, SIGN_OUT_SIGN_IN_AGAIN, SIGN_OUT_ANSWER, SIGN_OUT_TWICE, SIGN_OUT_OTHER_TOKENS];
    case("uptinio.sign-out.ends-the-token", says, covers, async |run| {
        let account = Account::own(run)?;
        let (first, other) = (session(run, &account).await?, session(run, &account).await?);
        let good = run.control(VALIDATE_VALID, validate(&first.token), value("/valid", true)).await?;
        run.observe(SIGN_OUT_ANSWER, signed_out(run, &first).await?);
        let after = good.fault("after signing out", |request| request).await?;
        after.holds(SIGN_OUT_ENDS_THE_TOKEN, not_called_valid());
        let others = good.fault("the token of another sign-in", |request| request.bearer(&other.token)).await?;
        run.observe(SIGN_OUT_OTHER_TOKENS, others.response().status.to_string());
        let twice = run.send("signing out again", &sign_out(&first.token)).await?;
        run.observe(SIGN_OUT_TWICE, twice.response().summary());
        let again = run.send("signing in again", &account.sign_in()).await?;
        again.holds(SIGN_OUT_SIGN_IN_AGAIN, text("/user/authentication_token"));
        Ok(())
    })
}

fn leaves_others() -> Case {
    let says = "Who signs out does not sign others out";
    case("uptinio.sign-out.leaves-others", says, &[SIGN_OUT_LEAVES_OTHERS], async |run| {
        let others = session(run, &newcomer(run).await?).await?;
        let own = proper_sign_in(run, &Account::own(run)?).await?.answer().response();
        let own = Session {
            token: own.text_at("/user/authentication_token").unwrap_or_default().to_owned(),
            ..others.clone()
        };
        signed_out(run, &own).await?;
        let still = run.send("somebody else's token", &validate(&others.token)).await?;
        still.holds(SIGN_OUT_LEAVES_OTHERS, value("/valid", true));
        Ok(())
    })
}

fn leaves_the_project() -> Case {
    let says = "The token of a user's project outlives the user's session";
    case("uptinio.sign-out.leaves-the-project", says, &[SIGN_OUT_PROJECT_TOKEN_LIVES], async |run| {
        let session = session(run, &Account::own(run)?).await?;
        let monitors = ask(operation::NETWORK_MONITORS, run.value("project_token")?);
        serves_projects(run, monitors.clone()).await?;
        run.control(NETWORK_MONITORS_ANSWERS, monitors.clone(), succeeds()).await?;
        signed_out(run, &session).await?;
        run.send("the project's token", &monitors).await?.holds(SIGN_OUT_PROJECT_TOKEN_LIVES, succeeds());
        Ok(())
    })
}
