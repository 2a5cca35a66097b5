//! `GET /api/v1/users/:id`, and the two calls that tell projects' tokens

use super::USER;
use super::account::{Account, Session, fresh_session, newcomer, project_token, session, tokens_in};
use super::forms::{form, holds_none_of, not_stored};
use super::passwords::tells_no_password;
use super::project::ask;
use super::token::holds;
use crate::case::{Case, Effect, case, shape_case};
use crate::exchange::Response;
use crate::expect::{never, refused, succeeds, that};
use crate::request::Request;
use crate::run::{Run, Stop};
use probity_fixtures::uptinio::operation;
use probity_fixtures::uptinio::requirement::*;
use probity_fixtures::{Operation, Requirement};

pub(super) fn cases() -> Vec<Case> {
    let cases = [
        shape_case(operation::USER, async |run| Ok(details(&fresh_session(run, &Account::own(run)?).await?))),
        own(),
        of_another().effect(Effect::Permanent),
        unknown(),
        shape_case(operation::PROJECT_API_TOKENS, async |run| tokens(run, operation::PROJECT_API_TOKENS).await),
        all_tokens().effect(Effect::Permanent),
        shape_case(operation::CURRENT_PROJECT_API_TOKEN, async |run| {
            tokens(run, operation::CURRENT_PROJECT_API_TOKEN).await
        }),
        current_token().effect(Effect::Permanent),
    ];
    cases.into_iter().map(|case| case.needs(USER)).collect()
}

/// A user's own details.
fn details(session: &Session) -> Request {
    of(&session.id.as_str().map_or_else(|| session.id.to_string(), str::to_owned), &session.token)
}

fn of(id: &str, token: &str) -> Request {
    Request::new(operation::USER).at("id", id).bearer(token)
}

async fn tokens(run: &Run, operation: &'static Operation) -> Result<Request, Stop> {
    Ok(ask(operation, &fresh_session(run, &Account::own(run)?).await?.token))
}

fn own() -> Case {
    let says = "A user's own details hold the address, and nothing secret";
    case("uptinio.user.own", says, &[USER_NAMES_ITS_USER, USER_PASSWORD_NOT_TOLD, USER_BODY], async |run| {
        let session = session(run, &Account::own(run)?).await?;
        let good = run.control(USER_ANSWERS, details(&session), succeeds()).await?;
        let answer = good.answer();
        let email = session.account.email.clone();
        let named = that("the user's address", move |response| match holds(response, &email) {
            true => Ok(()),
            false => Err(response.summary()),
        });
        answer
            .holds(USER_NAMES_ITS_USER, named)
            .holds(USER_PASSWORD_NOT_TOLD, tells_no_password(Some(&session.account.password)))
            .holds(USER_PASSWORD_NOT_TOLD, holds_none_of("the token", vec![session.token.clone()]));
        run.observe(USER_BODY, super::forms::members(&answer.response()));
        Ok(())
    })
}

fn of_another() -> Case {
    let says = "Another user's details are refused";
    case("uptinio.user.of-another", says, &[USER_OF_ANOTHER_REFUSED, USER_OF_ANOTHER_STATUS], async |run| {
        let own = session(run, &Account::own(run)?).await?;
        let good = run.control(USER_ANSWERS, details(&own), succeeds()).await?;
        let other = session(run, &newcomer(run).await?).await?;
        let theirs = details(&other).bearer(&own.token);
        let refusal = good.fault("another user's id", |_| theirs).await?;
        let (response, email) = (refusal.response(), other.account.email.clone());
        refusal.holds(USER_OF_ANOTHER_REFUSED, refused()).holds(
            USER_OF_ANOTHER_REFUSED,
            never("nothing of the other user's address", move || match holds(&response, &email) {
                true => Err(response.summary()),
                false => Ok(()),
            }),
        );
        run.observe(USER_OF_ANOTHER_STATUS, refusal.response().summary());
        Ok(())
    })
}

fn unknown() -> Case {
    let says = "An id that no user has, or that is none, is refused";
    let covers = &[USER_UNKNOWN_REFUSED, USER_MALFORMED_REFUSED, USER_UNKNOWN_STATUS];
    case("uptinio.user.unknown", says, covers, async |run| {
        let session = session(run, &Account::own(run)?).await?;
        let good = run.control(USER_ANSWERS, details(&session), succeeds()).await?;
        let none: [(&str, &str, &Requirement); 4] = [
            ("an id that nobody has", "2147483646", USER_UNKNOWN_REFUSED),
            ("letters", "nobody", USER_MALFORMED_REFUSED),
            ("a negative number", "-1", USER_MALFORMED_REFUSED),
            ("SQL", "1 OR 1=1", USER_MALFORMED_REFUSED),
        ];
        for (label, id, requirement) in none {
            let refusal = good.fault(label, |_| of(id, &session.token)).await?;
            refusal.holds(requirement, refused());
            run.observe(USER_UNKNOWN_STATUS, format!("{label}: {}", refusal.response().summary()));
        }
        Ok(())
    })
}

/// The tokens that an answer lists.
fn listed(run: &Run, answer: &Response) -> Vec<String> {
    let tokens = answer.json().map(tokens_in).unwrap_or_default();
    for token in &tokens {
        run.mask("PROJECTS_TOKEN", token);
    }
    tokens
}

fn all_tokens() -> Case {
    let says = "The tokens of a user's projects are good, are theirs alone, and no cache keeps them";
    let covers = &[
        PROJECT_TOKENS_NOT_STORED,
        PROJECT_TOKENS_ARE_GOOD,
        PROJECT_TOKENS_OF_ITS_USER_ONLY,
        PROJECT_TOKENS_HOLDS_THE_CURRENT,
        PROJECT_TOKENS_BODY,
    ];
    case("uptinio.project-tokens.all", says, covers, async |run| {
        let list = |session: &Session| ask(operation::PROJECT_API_TOKENS, &session.token);
        let own = session(run, &Account::own(run)?).await?;
        let current = project_token(run, &own.token).await?;
        let answer = run.send("all of them", &list(&own)).await?;
        let told = listed(run, &answer.response());
        let other = session(run, &newcomer(run).await?).await?;
        let others_current = project_token(run, &other.token).await?;
        let others = run.send("somebody else's", &list(&other)).await?;
        let others_told = listed(run, &others.response());
        let told_if = |expected: &'static str, holds: bool| {
            that(expected, move |response| if holds { Ok(()) } else { Err(response.summary()) })
        };
        let current_told = |holds| told_if("the current project's token", holds);
        let has_others = told.iter().any(|token| others_told.contains(token));
        answer
            .holds(PROJECT_TOKENS_NOT_STORED, not_stored())
            .holds(PROJECT_TOKENS_HOLDS_THE_CURRENT, current_told(told.contains(&current)))
            .holds(PROJECT_TOKENS_OF_ITS_USER_ONLY, told_if("no token of another user's project", !has_others));
        others.holds(PROJECT_TOKENS_HOLDS_THE_CURRENT, current_told(others_told.contains(&others_current)));
        for token in told.iter().filter(|token| !others_told.contains(token)) {
            let good = run.send("one of them", &ask(operation::NETWORK_MONITORS, token)).await?;
            good.holds(PROJECT_TOKENS_ARE_GOOD, succeeds());
        }
        run.observe(PROJECT_TOKENS_BODY, form(&answer.response()));
        Ok(())
    })
}

fn current_token() -> Case {
    let says = "The token of a user's current project is good, is theirs alone, and no cache keeps it";
    let covers = &[
        PROJECT_TOKEN_NOT_STORED,
        PROJECT_TOKEN_IS_GOOD,
        PROJECT_TOKEN_IS_NO_USER_TOKEN,
        PROJECT_TOKEN_OF_ITS_USER,
        PROJECT_TOKEN_BODY,
        PROJECT_TOKEN_SHOWN_ONCE,
    ];
    case("uptinio.project-token.current", says, covers, async |run| {
        let own = session(run, &Account::own(run)?).await?;
        let ask_for = |token: &str| ask(operation::CURRENT_PROJECT_API_TOKEN, token);
        let answer = run.send("their own", &ask_for(&own.token)).await?;
        let first_of = |response: &Response| {
            response.json().and_then(|json| tokens_in(json).into_iter().next()).unwrap_or_default()
        };
        let told = first_of(&answer.response());
        run.mask("PROJECTS_TOKEN", &told);
        let again = run.send("a second time", &ask_for(&own.token)).await?;
        let same = first_of(&again.response()) == told;
        let other = session(run, &newcomer(run).await?).await?;
        let others = run.send("somebody else's", &ask_for(&other.token)).await?;
        let others = first_of(&others.response());
        run.mask("ANOTHER_PROJECTS_TOKEN", &others);
        let good = run.send("the token", &ask(operation::NETWORK_MONITORS, &told)).await?;
        good.holds(PROJECT_TOKEN_IS_GOOD, succeeds());
        let is_users_own = told == own.token;
        let is_others = told == others || others.is_empty();
        let unless = |expected: &'static str, wrong: bool| {
            that(expected, move |response| if wrong { Err(response.summary()) } else { Ok(()) })
        };
        answer
            .holds(PROJECT_TOKEN_NOT_STORED, not_stored())
            .holds(PROJECT_TOKEN_IS_NO_USER_TOKEN, unless("another token than the user's", is_users_own))
            .holds(PROJECT_TOKEN_OF_ITS_USER, unless("another token than another user's", is_others));
        run.observe(PROJECT_TOKEN_BODY, form(&answer.response()));
        run.observe(PROJECT_TOKEN_SHOWN_ONCE, if same { "the same token twice" } else { "another one" });
        Ok(())
    })
}
