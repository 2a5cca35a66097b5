//! `GET /api/user`

use super::codes::Codes;
use super::cookies::Cookies;
use super::oauth_callback::Flow;
use super::session::{Account, pending, proper_code, says_true, session};
use super::sessions::tells_logged_in;
use super::{FOLLOWED, OAUTH, TOTP, USER};
use crate::case::{Case, Effect, case, shape_case};
use crate::expect::{Expect, Refusal, shows, that, value};
use crate::request::Request;
use crate::run::{Control, Run, Stop};
use http::header::COOKIE;
use probity_fixtures::tinyauth::operation;
use probity_fixtures::tinyauth::requirement::*;

/// What the sample shows.
const SHOWN: [&str; 9] =
    ["message", "status", "isLoggedIn", "username", "name", "email", "provider", "oauth", "totpPending"];

pub(super) fn cases() -> Vec<Case> {
    let cases = [
        shape_case(operation::USER, async |run| Ok(session(run).await?.on(user()))),
        of_the_session(),
        totp_pending().needs(TOTP),
        oauth().needs(OAUTH).needs(FOLLOWED),
        without_session(),
        wrong_basic().effect(Effect::Lockout),
        basic_of_account_with_totp().needs(TOTP).effect(Effect::Lockout),
        waiting_for_code().needs(TOTP),
    ];
    cases.into_iter().map(|case| case.needs(USER)).collect()
}

fn user() -> Request {
    Request::new(operation::USER)
}

/// `/api/user`, seen to tell of the session, for the same with a fault.
async fn told<'r>(run: &'r Run, session: &Cookies) -> Result<Control<'r>, Stop> {
    run.control(USER_TELLS_OF_THE_SESSION, session.on(user()), that("isLoggedIn true", tells_logged_in)).await
}

/// The same for Basic of the account.
async fn told_by_basic<'r>(run: &'r Run, account: &Account) -> Result<Control<'r>, Stop> {
    let logged_in = that("isLoggedIn true", tells_logged_in);
    run.control(
        BASIC_COUNTS_FOR_USER_CONTEXT,
        account.basic(user()).to_succeed_by(BASIC_COUNTS_FOR_USER_CONTEXT),
        logged_in,
    )
    .await
}

fn of_the_session() -> Case {
    let says = "With a session the answer tells of its user";
    let covers = &[USER_TELLS_OF_THE_SESSION, USER_PROVIDER_IS_USERNAME, USER_FURTHER_MEMBERS];
    case("tinyauth.user.of-the-session", says, covers, async |run| {
        let session = session(run).await?;
        let answer = run.send("with a session", &session.on(user())).await?;
        answer
            .holds(USER_TELLS_OF_THE_SESSION, value("/isLoggedIn", true))
            .holds(USER_TELLS_OF_THE_SESSION, value("/username", run.value("username")?))
            .holds(USER_PROVIDER_IS_USERNAME, value("/provider", "username"));
        run.observe(USER_FURTHER_MEMBERS, answer.response().members_beside("", &SHOWN));
        Ok(())
    })
}

/// A member that says this, as text or as a boolean.
fn says(pointer: &'static str, wanted: bool) -> Expect {
    that(&format!("{wanted} at {pointer}"), move |response| {
        let found = response.json().and_then(|json| json.pointer(pointer)).cloned().unwrap_or_default();
        let is_a_word = says_true(&found) || found == false || found == "false";
        match is_a_word && says_true(&found) == wanted {
            true => Ok(()),
            false => Err(format!("{found} at {pointer}")),
        }
    })
}

fn totp_pending() -> Case {
    let says = "Nothing is pending once one is logged in, with TOTP or without";
    case("tinyauth.user.totp-pending", says, &[USER_TOTP_PENDING_TOLD], async |run| {
        let codes = Codes::of(run)?;
        let sessions = [session(run).await?, proper_code(run, &codes).await?.session(run)];
        for (label, session) in ["without TOTP", "with TOTP"].iter().zip(sessions) {
            told(run, &session).await?;
            run.send(label, &session.on(user()))
                .await?
                .holds(USER_TOTP_PENDING_TOLD, self::says("/totpPending", false));
        }
        Ok(())
    })
}

fn oauth() -> Case {
    let says = "The answer tells a login by a provider from one by password";
    case("tinyauth.user.oauth", says, &[USER_OAUTH_TOLD], async |run| {
        let by_password = session(run).await?;
        let by_provider = Flow::begin(run, None).await?.complete().await?;
        told(run, &by_password).await?;
        told(run, &by_provider).await?;
        for (label, session, oauth) in [("by password", by_password, false), ("by a provider", by_provider, true)] {
            run.send(label, &session.on(user())).await?.holds(USER_OAUTH_TOLD, self::says("/oauth", oauth));
        }
        Ok(())
    })
}

/// Whatever the answer is, it does not say that somebody is logged in.
pub(super) fn nobody() -> Refusal {
    shows("no isLoggedIn that is true", |response| match tells_logged_in(response) {
        Ok(()) => Err(response.summary()),
        Err(_) => Ok(()),
    })
}

fn without_session() -> Case {
    let says = "Without a session nobody is logged in";
    let covers = &[USER_NOBODY_WITHOUT_SESSION, USER_LOGGED_OUT_ANSWER];
    case("tinyauth.user.without-session", says, covers, async |run| {
        let session = session(run).await?;
        let told = told(run, &session).await?;
        let bare = told.fault("without a session", |request| request.without_header(&COOKIE)).await?;
        bare.holds(USER_NOBODY_WITHOUT_SESSION, nobody());
        run.observe(USER_LOGGED_OUT_ANSWER, bare.response().summary());
        let empty = told.fault("with an empty cookie", |request| session.map(|_| String::new()).on(request)).await?;
        empty.holds(USER_NOBODY_WITHOUT_SESSION, nobody());
        let renamed = told.fault("with a cookie of another name", |request| {
            let value = session.value().unwrap_or_default();
            request.header(COOKIE, &format!("session={value}"))
        });
        renamed.await?.holds(USER_NOBODY_WITHOUT_SESSION, nobody());
        Ok(())
    })
}

fn wrong_basic() -> Case {
    let says = "With a wrong Basic nobody is logged in";
    case("tinyauth.user.wrong-basic", says, &[USER_NOBODY_FOR_WRONG_BASIC], async |run| {
        let account = Account::own(run)?;
        let told = told_by_basic(run, &account).await?;
        let (nobodys, password) = (run.random_text(16), run.random_text(20));
        for (label, name, password) in
            [("a wrong password", &account.name, &password), ("an unknown user", &nobodys, &account.password)]
        {
            let refusal = told.fault(label, |request| request.basic(name, password)).await?;
            refusal.holds(USER_NOBODY_FOR_WRONG_BASIC, nobody());
        }
        // So that the failures of an account never add up.
        super::authorization::let_in(run, "traefik", &account).await?;
        Ok(())
    })
}

fn basic_of_account_with_totp() -> Case {
    let says = "With name and password of an account with TOTP nobody is logged in";
    case("tinyauth.user.basic-of-account-with-totp", says, &[USER_NOBODY_FOR_TOTP_BASIC], async |run| {
        let account = Account::with_totp(run)?;
        pending(run).await?; // The password is right, or its refusal would tell nothing.
        let told = told_by_basic(run, &Account::own(run)?).await?;
        let refusal = told.fault("of an account with TOTP", |request| account.basic(request)).await?;
        refusal.holds(USER_NOBODY_FOR_TOTP_BASIC, nobody());
        Ok(())
    })
}

fn waiting_for_code() -> Case {
    let says = "What is answered while a login waits for its code";
    case("tinyauth.user.waiting-for-code", says, &[USER_PENDING_ANSWER], async |run| {
        let pending = pending(run).await?;
        let told = told(run, &session(run).await?).await?;
        let waiting = told.fault("with a login that waits for its code", |request| pending.on(request)).await?;
        run.observe(USER_PENDING_ANSWER, waiting.response().summary());
        Ok(())
    })
}
