//! `POST /api/v1/auth/sign_in`

use super::account::{
    Account, is_verified, newcomer, proper_sign_in, register_as, session, session_of, user_token_in, validate, verify,
};
use super::faults::{missing, no_objects, of_other_types};
use super::forms::{members, not_stored, other_case};
use super::passwords::tells_no_password;
use super::{MAILBOX, USER, mailbox};
use crate::case::{Case, Effect, Need, case, shape_case};
use crate::exchange::Response;
use crate::expect::{Refusal, never, refused, same_answer_as, shows, succeeds, that, value};
use crate::run::{Run, Stop};
use probity_fixtures::Requirement;
use probity_fixtures::uptinio::operation;
use probity_fixtures::uptinio::requirement::*;
use serde_json::{Value, json};
use std::time::Duration;

pub(super) fn cases() -> Vec<Case> {
    vec![
        shape_case(operation::SIGN_IN, async |run| Ok(Account::own(run)?.sign_in())).needs(USER),
        own_user().needs(USER),
        again().needs(USER),
        name_kept().effect(Effect::Permanent),
        id_stays().effect(Effect::Permanent).needs(USER),
        before_and_after_verification().effect(Effect::Permanent).needs(MAILBOX),
        wrong_password().effect(Effect::Lockout).needs(USER),
        whole_password().effect(Effect::Permanent).effect(Effect::Lockout),
        unknown_user().effect(Effect::Lockout).needs(USER),
        tells_no_users().effect(Effect::Lockout).needs(USER),
        requires("uptinio.sign-in.email-missing", "email", SIGN_IN_REQUIRES_EMAIL, SIGN_IN_EMAIL_IS_TEXT),
        requires("uptinio.sign-in.password-missing", "password", SIGN_IN_REQUIRES_PASSWORD, SIGN_IN_PASSWORD_IS_TEXT),
        no_object().effect(Effect::Lockout).needs(USER),
        flat().effect(Effect::Lockout).needs(USER),
        throttles().effect(Effect::Permanent).effect(Effect::Lockout).needs(Need::Clock),
    ]
}

fn own_user() -> Case {
    let says = "The answer to a sign-in tells of its user, is not for caches, and repeats no password";
    let covers = &[
        SIGN_IN_NAMES_ITS_USER,
        SIGN_IN_NOT_STORED,
        SIGN_IN_PASSWORD_NOT_TOLD,
        SIGN_IN_SUCCESS_STATUS,
        SIGN_IN_FURTHER_MEMBERS,
    ];
    case("uptinio.sign-in.own-user", says, covers, async |run| {
        let account = Account::own(run)?;
        let sign_in = proper_sign_in(run, &account).await?;
        let answer = sign_in.answer();
        answer
            .holds(SIGN_IN_NAMES_ITS_USER, value("/user/email", account.email.as_str()))
            .holds(SIGN_IN_NOT_STORED, not_stored())
            .holds(SIGN_IN_PASSWORD_NOT_TOLD, tells_no_password(Some(&account.password)));
        run.observe(SIGN_IN_SUCCESS_STATUS, answer.response().status.to_string());
        run.observe(SIGN_IN_FURTHER_MEMBERS, members(&answer.response()));
        Ok(())
    })
}

fn again() -> Case {
    let says = "What a second sign-in gives, and what becomes of the first";
    case("uptinio.sign-in.again", says, &[SIGN_IN_AGAIN], async |run| {
        let account = Account::own(run)?;
        let (first, second) = (session(run, &account).await?, session(run, &account).await?);
        let works = async |token: &str| -> Result<bool, Stop> {
            Ok(run.send("a token of two", &validate(token)).await?.response().status.is_success())
        };
        let (one, other) = (works(&first.token).await?, works(&second.token).await?);
        let same = if first.token == second.token { "the same token" } else { "another token" };
        run.observe(SIGN_IN_AGAIN, format!("{same}; the first works: {one}; the second works: {other}"));
        Ok(())
    })
}

fn name_kept() -> Case {
    let says = "Who signs in has the name that was registered";
    case("uptinio.sign-in.name-kept", says, &[SIGN_IN_NAME_KEPT], async |run| {
        let account = newcomer(run).await?;
        let sign_in = proper_sign_in(run, &account).await?;
        sign_in.answer().holds(SIGN_IN_NAME_KEPT, value("/user/name", account.name()));
        Ok(())
    })
}

fn id_stays() -> Case {
    let says = "A user's id is the same at every sign-in, and no other user's";
    case("uptinio.sign-in.id-stays", says, &[SIGN_IN_ID_STAYS], async |run| {
        let account = Account::own(run)?;
        let (first, newcomer) = (session(run, &account).await?, newcomer(run).await?);
        let others = session(run, &newcomer).await?;
        let again = proper_sign_in(run, &account).await?;
        let differs = that("another id than another user's", move |response| match response.json() {
            Some(json) if json.pointer("/user/id") == Some(&others.id) => Err(response.summary()),
            _ => Ok(()),
        });
        again.answer().holds(SIGN_IN_ID_STAYS, value("/user/id", first.id.clone())).holds(SIGN_IN_ID_STAYS, differs);
        Ok(())
    })
}

fn before_and_after_verification() -> Case {
    let says = "Who has not verified their address signs in, and signing in tells whether they have";
    let covers = &[SIGN_IN_BEFORE_VERIFICATION, SIGN_IN_EMAIL_VERIFIED_TOLD];
    case("uptinio.sign-in.verification", says, covers, async |run| {
        let account = newcomer(run).await?;
        let code = mailbox::arrived(run, &account.email, None).await?;
        let before = run.send("before verification", &account.sign_in()).await?;
        before.holds(SIGN_IN_BEFORE_VERIFICATION, succeeds());
        let Some(session) = session_of(&before.response(), &account) else { return Ok(()) };
        before.holds(SIGN_IN_EMAIL_VERIFIED_TOLD, value("/user/email_verified", false));
        let verify = verify(&session.token, &code);
        run.arrange(async || run.send("verify the address", &verify).await).await?;
        if is_verified(run, &session).await? == Some(true) {
            let after = run.send("after verification", &session.account.sign_in()).await?;
            after.holds(SIGN_IN_EMAIL_VERIFIED_TOLD, value("/user/email_verified", true));
        }
        Ok(())
    })
}

fn wrong_password() -> Case {
    let says = "A password that is nearly the user's is refused, and gets no token";
    let covers =
        &[SIGN_IN_REFUSES_WRONG_PASSWORD, SIGN_IN_PASSWORD_CASE, SIGN_IN_REFUSAL_HOLDS_NO_TOKEN, SIGN_IN_REFUSAL];
    case("uptinio.sign-in.wrong-password", says, covers, async |run| {
        let account = Account::own(run)?;
        let sign_in = proper_sign_in(run, &account).await?;
        let nearly = [
            ("another password", run.random_text(20), SIGN_IN_REFUSES_WRONG_PASSWORD),
            ("a letter more", format!("{}x", account.password), SIGN_IN_REFUSES_WRONG_PASSWORD),
            ("the other case", other_case(&account.password), SIGN_IN_PASSWORD_CASE),
        ];
        for (label, wrong, requirement) in nearly.into_iter().filter(|(_, wrong, _)| *wrong != account.password) {
            run.mask(&format!("WRONG_{}", label.to_uppercase().replace(' ', "_")), &wrong);
            let refusal = sign_in.fault(label, |request| request.set("/user/password", wrong)).await?;
            refusal.holds(requirement, refused()).holds(SIGN_IN_REFUSAL_HOLDS_NO_TOKEN, holds_no_token());
            run.observe(SIGN_IN_REFUSAL, format!("{label}: {}", refusal.response().summary()));
        }
        Ok(())
    })
}

fn whole_password() -> Case {
    let says = "All of a long password counts, what is behind its 72nd byte too";
    case("uptinio.sign-in.whole-password", says, &[SIGN_IN_WHOLE_PASSWORD], async |run| {
        let password = run.random_text(79);
        let (right, wrong) = (format!("{password}a"), format!("{password}b"));
        run.mask("LONG_PASSWORD", &right);
        run.mask("WRONG_LONG_PASSWORD", &wrong);
        newcomer(run).await?;
        let account = Account { password: right, ..Account::nobody(run) };
        register_as(run, &account, REGISTER_LONG_PASSWORDS).await?;
        let sign_in = proper_sign_in(run, &account).await?;
        let refusal = sign_in.fault("another 80th letter", |request| request.set("/user/password", wrong)).await?;
        refusal.holds(SIGN_IN_WHOLE_PASSWORD, refused());
        Ok(())
    })
}

/// That a refusal gives no token. What is no refusal is not what this is about.
fn holds_no_token() -> Refusal {
    shows("no token, as it is refused", |response| match response.json().and_then(user_token_in) {
        Some(_) if !response.status.is_success() => Err(response.summary()),
        _ => Ok(()),
    })
}

fn unknown_user() -> Case {
    let says = "An address that no user has is refused, and gets no token";
    let covers = &[SIGN_IN_REFUSES_UNKNOWN_USER, SIGN_IN_REFUSAL_HOLDS_NO_TOKEN];
    case("uptinio.sign-in.unknown-user", says, covers, async |run| {
        let sign_in = proper_sign_in(run, &Account::own(run)?).await?;
        let nobody = Account::nobody(run).email;
        let nobodies = [
            ("an unknown address", nobody.clone()),
            ("an address that is SQL", format!("' OR '1'='1' -- {nobody}")),
            ("a wildcard", "%".to_owned()),
        ];
        for (label, email) in nobodies {
            let refusal = sign_in.fault(label, |request| request.set("/user/email", email)).await?;
            refusal
                .holds(SIGN_IN_REFUSES_UNKNOWN_USER, refused())
                .holds(SIGN_IN_REFUSAL_HOLDS_NO_TOKEN, holds_no_token());
        }
        Ok(())
    })
}

fn tells_no_users() -> Case {
    let says = "A wrong password and an unknown address get the same answer";
    case("uptinio.sign-in.tells-no-users", says, &[SIGN_IN_TELLS_NO_USERS], async |run| {
        let sign_in = proper_sign_in(run, &Account::own(run)?).await?;
        let (password, nobody) = (run.random_text(20), Account::nobody(run).email);
        let wrong = sign_in.fault("a wrong password", |request| request.set("/user/password", password)).await?;
        let unknown = sign_in.fault("an unknown address", |request| request.set("/user/email", nobody)).await?;
        unknown.holds(SIGN_IN_TELLS_NO_USERS, same_answer_as(&wrong.response()));
        Ok(())
    })
}

fn requires(
    id: &'static str,
    member: &'static str,
    required: &'static Requirement,
    is_text: &'static Requirement,
) -> Case {
    let pointer: &'static str = if member == "email" { "/user/email" } else { "/user/password" };
    let says = "A sign-in without one of its members, or with one that is no text, is refused";
    case(id, says, &[required, is_text, SIGN_IN_REFUSAL_HOLDS_NO_TOKEN], async move |run: &Run| {
        let account = Account::own(run)?;
        let sign_in = proper_sign_in(run, &account).await?;
        for (label, fault) in missing(pointer) {
            let refusal = sign_in.fault(label, fault).await?;
            refusal.holds(required, refused()).holds(SIGN_IN_REFUSAL_HOLDS_NO_TOKEN, holds_no_token());
        }
        let proper = if member == "email" { account.email } else { account.password };
        for (label, other) in of_other_types(&proper) {
            let refusal = sign_in.fault(label, |request| request.set(pointer, other)).await?;
            refusal.holds(is_text, refused()).holds(SIGN_IN_REFUSAL_HOLDS_NO_TOKEN, holds_no_token());
        }
        Ok(())
    })
    .effect(Effect::Lockout)
    .needs(USER)
}

fn no_object() -> Case {
    let says =
        "A sign-in whose body, or whose `user`, is no JSON object is refused, and is not the server's own failure";
    let covers = &[SIGN_IN_REFUSES_WHAT_IS_NO_OBJECT, SIGN_IN_MALFORMED_STATUS];
    case("uptinio.sign-in.no-object", says, covers, async |run| {
        let sign_in = proper_sign_in(run, &Account::own(run)?).await?;
        for (label, body) in no_objects(&sign_in.request_body()) {
            let refusal = sign_in.fault(label, |request| request.body(body)).await?;
            refusal.holds(SIGN_IN_REFUSES_WHAT_IS_NO_OBJECT, refused());
            run.observe(SIGN_IN_MALFORMED_STATUS, format!("{label}: {}", refusal.response().summary()));
        }
        for user in [json!("text"), json!([]), Value::Null] {
            let label = format!("`user` is {user}");
            let refusal = sign_in.fault(&label, |request| request.set("/user", user)).await?;
            refusal.holds(SIGN_IN_REFUSES_WHAT_IS_NO_OBJECT, refused());
        }
        Ok(())
    })
}

fn flat() -> Case {
    let says = "What a sign-in gets whose members stand at the top";
    case("uptinio.sign-in.flat", says, &[SIGN_IN_FLAT], async |run| {
        let account = Account::own(run)?;
        let sign_in = proper_sign_in(run, &account).await?;
        let flat = json!({ "email": account.email, "password": account.password });
        let answer = sign_in.variant("flat", |request| request.json(flat)).await?;
        run.observe(SIGN_IN_FLAT, answer.response().status.to_string());
        Ok(())
    })
}

fn throttles() -> Case {
    let says = "Whoever tries many passwords is held off for a while, and nobody else is";
    let covers = &[SIGN_IN_THROTTLES, SIGN_IN_THROTTLES_ONE_ACCOUNT, SIGN_IN_THROTTLE_ENDS, SIGN_IN_THROTTLE_ANSWER];
    case("uptinio.sign-in.throttles", says, covers, async |run| {
        const TRIES: usize = 20;
        let (account, other) = (newcomer(run).await?, newcomer(run).await?);
        let sign_in = proper_sign_in(run, &account).await?;
        let mut first: Option<Response> = None;
        for attempt in 1..=TRIES {
            let wrong = run.random_text(20);
            let label = format!("wrong password {attempt}");
            let refusal =
                sign_in.fault(&label, |request| request.may_be_held_off().set("/user/password", wrong)).await?;
            let response = refusal.response();
            if response.status.is_success() {
                let reason = format!("a wrong password is not refused: {}", response.summary());
                return Err(Stop::Inconclusive { reason, rests_on: Some(SIGN_IN_REFUSES_WRONG_PASSWORD) });
            }
            let before = first.get_or_insert_with(|| response.clone());
            let held_off = before.status != response.status && response.status.is_client_error();
            if held_off || attempt == TRIES {
                let expected = "twenty wrong passwords in a row, and one of them answered otherwise by a 4xx";
                refusal.holds(
                    SIGN_IN_THROTTLES,
                    never(expected, move || match held_off {
                        true => Ok(()),
                        false => Err(format!("none of {TRIES} was answered otherwise")),
                    }),
                );
                run.observe(SIGN_IN_THROTTLE_ANSWER, format!("after {attempt}: {}", response.summary()));
                break;
            }
        }
        let others = run.send("somebody else signs in", &other.sign_in().may_be_held_off()).await?;
        others.holds(SIGN_IN_THROTTLES_ONE_ACCOUNT, gives_a_token());
        run.advance_clock(Duration::from_secs(60 * 60))?;
        let later = run.send("an hour later", &account.sign_in().may_be_held_off()).await?;
        later.holds(SIGN_IN_THROTTLE_ENDS, gives_a_token());
        Ok(())
    })
}

fn gives_a_token() -> crate::expect::Expect {
    that("a token", |response| {
        let nobody = Account { email: String::new(), password: String::new() };
        match response.status.is_success() && session_of(response, &nobody).is_some() {
            true => Ok(()),
            false => Err(response.summary()),
        }
    })
}
