//! `POST /api/totp`

use super::codes::Codes;
use super::cookies::{self, Cookies};
use super::forward::PROXIES;
use super::login::{makes_one, no_objects};
use super::mode::{let_in, not_let_in};
use super::session::{Account, code, fresh_code, pending, proper_code, session, who};
use super::sessions::is_nobody;
use super::user::nobody;
use super::{TOTP, USER};
use crate::case::{Case, Effect, Need, case, shape_case};
use crate::exchange::Response;
use crate::expect::{never, refused, status, text};
use crate::request::Request;
use crate::run::{Refused, Run, Stop};
use http::header::{AUTHORIZATION, COOKIE};
use probity_fixtures::tinyauth::operation;
use probity_fixtures::tinyauth::requirement::*;
use serde_json::{Value, json};

pub(super) fn cases() -> Vec<Case> {
    let cases = [
        shape_case(operation::TOTP, async |run| {
            let codes = Codes::of(run)?;
            let fresh = fresh_code(run, &codes).await?;
            Ok(code(&pending(run).await?, &fresh))
        }),
        sets_session(),
        pending_is_not_logged_in(),
        wrong_code().effect(Effect::Lockout),
        old_code().effect(Effect::Lockout),
        used_code().effect(Effect::Lockout),
        adjacent_codes().effect(Effect::Lockout),
        without_login().effect(Effect::Lockout),
        code_missing().effect(Effect::Lockout),
        code_of_another_type().effect(Effect::Lockout),
        no_object().effect(Effect::Lockout),
        // Elsewhere it would lock the run's own account.
        throttles().effect(Effect::Lockout).needs(Need::Clock),
        without_need(),
    ];
    cases.into_iter().map(|case| case.needs(USER).needs(TOTP)).collect()
}

fn sets_session() -> Case {
    let says = "The cookie that a right code sets makes the next request the user's";
    case("tinyauth.totp.sets-session", says, &[TOTP_SETS_SESSION, TOTP_PENDING_LIFETIME], async |run| {
        let codes = Codes::of(run)?;
        let verified = proper_code(run, &codes).await?;
        let who = who(run, &verified.session(run)).await?;
        verified.control.answer().holds(TOTP_SETS_SESSION, makes_one(Account::with_totp(run)?.name, who));
        let login = super::session::login(run, &Account::with_totp(run)?).await?;
        let login = run.arrange(async || run.send("a login that waits", &login).await).await?.response();
        let lifetimes = cookies::all(&login).into_iter().map(|cookie| match cookie.max_age() {
            Some(age) => format!("Max-Age={}", age.whole_seconds()),
            None => "no Max-Age".to_owned(),
        });
        run.observe(TOTP_PENDING_LIFETIME, lifetimes.collect::<Vec<_>>().join(", "));
        Ok(())
    })
}

fn pending_is_not_logged_in() -> Case {
    let says = "A login that waits for its code is nowhere logged in";
    case("tinyauth.totp.pending", says, &[TOTP_PENDING_IS_NOT_LOGGED_IN], async |run| {
        let pending = pending(run).await?;
        let session = session(run).await?;
        for proxy in PROXIES {
            let passed = let_in(run, proxy, &session).await?;
            let waiting = passed.fault(&format!("waiting, through {proxy}"), |request| pending.on(request)).await?;
            waiting.holds(TOTP_PENDING_IS_NOT_LOGGED_IN, not_let_in());
        }
        let user = run.control(USER_ANSWERS, session.on(Request::new(operation::USER)), text("/message")).await?;
        let waiting = user.fault("waiting, at /api/user", |request| pending.on(request)).await?;
        waiting.holds(TOTP_PENDING_IS_NOT_LOGGED_IN, nobody());
        Ok(())
    })
}

/// A right code was accepted in another login, and this one waits for its own.
async fn waiting<'r>(run: &'r Run, codes: &Codes<'_>) -> Result<(super::session::Verified<'r>, Cookies), Stop> {
    let verified = proper_code(run, codes).await?;
    Ok((verified, pending(run).await?))
}

/// Nobody is logged in by what a refusal sets.
async fn sets_nobody(run: &Run, refusal: &Refused<'_>) -> Result<(), Stop> {
    let who = who(run, &Cookies::set_by(&refusal.response(), run.now())).await?;
    refusal.holds(TOTP_REFUSAL_SETS_NO_SESSION, is_nobody(who));
    Ok(())
}

fn wrong_code() -> Case {
    let says = "A code that is not the secret's is refused, and logs nobody in";
    let covers = &[TOTP_REFUSES_WRONG_CODE, TOTP_REFUSAL_SETS_NO_SESSION, TOTP_REFUSAL_IS_401];
    case("tinyauth.totp.wrong-code", says, covers, async |run| {
        let codes = Codes::of(run)?;
        let (verified, waiting) = waiting(run, &codes).await?;
        for (label, wrong) in [("a wrong code", codes.wrong()), ("letters", "abcdef".to_owned())] {
            let refusal = verified.control.fault(label, |_| code(&waiting, &wrong)).await?;
            refusal.holds(TOTP_REFUSES_WRONG_CODE, refused());
            if refusal.response().status.is_client_error() {
                refusal.holds(TOTP_REFUSAL_IS_401, status(401));
            }
            sets_nobody(run, &refusal).await?;
        }
        Ok(())
    })
}

fn old_code() -> Case {
    let says = "A code from more than a step before or after the moment is refused";
    case("tinyauth.totp.old-code", says, &[TOTP_REFUSES_OLD_CODE], async |run| {
        let codes = Codes::of(run)?;
        let (verified, waiting) = waiting(run, &codes).await?;
        // Three steps: the moment may be near the edge of its step, and clocks may differ.
        let others = [("three steps old", codes.before(3)), ("three steps early", codes.after(3))];
        for (label, other) in others {
            let refusal = verified.control.fault(label, |_| code(&waiting, &other)).await?;
            refusal.holds(TOTP_REFUSES_OLD_CODE, refused());
        }
        Ok(())
    })
}

fn used_code() -> Case {
    let says = "A code that was accepted is not accepted again";
    case("tinyauth.totp.used-code", says, &[TOTP_REFUSES_USED_CODE], async |run| {
        let codes = Codes::of(run)?;
        let (verified, waiting) = waiting(run, &codes).await?;
        let same_login = verified.control.fault("the same request again", |request| request).await?;
        same_login.holds(TOTP_REFUSES_USED_CODE, refused());
        let sent = serde_json::from_slice::<Value>(&verified.control.request_body()).unwrap_or_default();
        let used = sent["code"].as_str().unwrap_or_default().to_owned();
        let other_login = verified.control.fault("the same code in another login", |_| code(&waiting, &used)).await?;
        other_login.holds(TOTP_REFUSES_USED_CODE, refused());
        Ok(())
    })
}

fn adjacent_codes() -> Case {
    let says = "Whether the codes of the steps around the moment are accepted";
    case("tinyauth.totp.adjacent-codes", says, &[TOTP_ADJACENT_CODES], async |run| {
        let codes = Codes::of(run)?;
        let verified = proper_code(run, &codes).await?;
        for (label, adjacent) in [("the step before", codes.before(1)), ("the step after", codes.after(1))] {
            let waiting = pending(run).await?;
            let answer = verified.control.variant(label, |_| code(&waiting, &adjacent)).await?;
            run.observe(TOTP_ADJACENT_CODES, format!("{label}: {}", answer.response().status));
        }
        Ok(())
    })
}

fn without_login() -> Case {
    let says = "A right code without a login that waits for it logs nobody in";
    case("tinyauth.totp.without-login", says, &[TOTP_REQUIRES_LOGIN], async |run| {
        let codes = Codes::of(run)?;
        let verified = proper_code(run, &codes).await?;
        // A code that is right and not used yet, or it would be refused for that.
        let account = Account::with_totp(run)?;
        let fresh = fresh_code(run, &codes).await?;
        let waiting = pending(run).await?;
        let fresh = code(&waiting, &fresh);
        let bare = |request: Request| request.without_header(&COOKIE).without_header(&AUTHORIZATION);
        let strangers = [
            ("without a cookie", bare(fresh.clone())),
            ("with a cookie that is none", waiting.map(|_| "garbage".to_owned()).on(fresh.clone())),
            ("with Basic in the place of a login", account.basic(bare(fresh))),
        ];
        for (label, stranger) in strangers {
            let refusal = verified.control.fault(label, |_| stranger).await?;
            refusal.holds(TOTP_REQUIRES_LOGIN, refused());
            let who = who(run, &Cookies::set_by(&refusal.response(), run.now())).await?;
            refusal.holds(TOTP_REQUIRES_LOGIN, is_nobody(who));
        }
        Ok(())
    })
}

fn code_missing() -> Case {
    let says = "A request without a code is refused";
    case("tinyauth.totp.code-missing", says, &[TOTP_REQUIRES_CODE], async |run| {
        let codes = Codes::of(run)?;
        let (verified, waiting) = waiting(run, &codes).await?;
        let proper = code(&waiting, &codes.now());
        let faulty = [
            ("left out", proper.clone().without("/code")),
            ("null", proper.clone().set("/code", Value::Null)),
            ("empty", proper.set("/code", "")),
        ];
        for (label, faulty) in faulty {
            verified.control.fault(label, |_| faulty).await?.holds(TOTP_REQUIRES_CODE, refused());
        }
        Ok(())
    })
}

fn code_of_another_type() -> Case {
    let says = "A code that is no text is refused, the right digits as a number included";
    case("tinyauth.totp.code-of-another-type", says, &[TOTP_CODE_IS_TEXT], async |run| {
        let codes = Codes::of(run)?;
        let (verified, waiting) = waiting(run, &codes).await?;
        let right = fresh_code(run, &codes).await?;
        // A number has no leading zeros: where the code has one, the digits that are left are another code.
        let number = right.parse::<u32>().unwrap_or_default();
        let others = [
            ("the digits as a number", json!(number)),
            ("true", json!(true)),
            ("the code in an array", json!([right])),
            ("an object", json!({ "$ne": null })),
        ];
        for (label, other) in others {
            let faulty = code(&waiting, &right).set("/code", other);
            verified.control.fault(label, |_| faulty).await?.holds(TOTP_CODE_IS_TEXT, refused());
        }
        Ok(())
    })
}

fn no_object() -> Case {
    let says = "A body that is no JSON object is refused, and is not the server's own failure";
    case("tinyauth.totp.no-object", says, &[TOTP_REFUSES_WHAT_IS_NO_OBJECT], async |run| {
        let codes = Codes::of(run)?;
        let (verified, waiting) = waiting(run, &codes).await?;
        let fresh = fresh_code(run, &codes).await?;
        let proper = code(&waiting, &fresh);
        for (label, body) in no_objects(&json!({ "code": fresh }).to_string().into_bytes()) {
            let faulty = proper.clone().body(body);
            verified.control.fault(label, |_| faulty).await?.holds(TOTP_REFUSES_WHAT_IS_NO_OBJECT, refused());
        }
        Ok(())
    })
}

fn throttles() -> Case {
    let says = "Whoever guesses codes is slowed down";
    case("tinyauth.totp.throttles", says, &[TOTP_THROTTLES], async |run| {
        const GUESSES: usize = 20;
        let codes = Codes::of(run)?;
        let (verified, waiting) = waiting(run, &codes).await?;
        let wrong = codes.wrong();
        let mut first: Option<Response> = None;
        for attempt in 1..=GUESSES {
            let guess = code(&waiting, &wrong).may_be_held_off();
            let refusal = verified.control.fault(&format!("guess {attempt}"), |_| guess).await?;
            let response = refusal.response();
            let before = first.get_or_insert_with(|| response.clone());
            let is_held_off = before.status != response.status && response.status.is_client_error();
            if is_held_off || attempt == GUESSES {
                refusal.holds(
                    TOTP_THROTTLES,
                    never("twenty refusals in a row and none that holds off", move || match is_held_off {
                        true => Ok(()),
                        false => Err(format!("none of {GUESSES} wrong codes was answered otherwise, by a 4xx")),
                    }),
                );
                return Ok(());
            }
        }
        Ok(())
    })
}

fn without_need() -> Case {
    let says = "What a code does where none is waited for";
    case("tinyauth.totp.without-need", says, &[TOTP_WITHOUT_NEED], async |run| {
        let codes = Codes::of(run)?;
        let session = session(run).await?;
        let_in(run, "traefik", &session).await?;
        let answer = run.send("in a session without TOTP", &code(&session, &codes.wrong())).await?;
        run.observe(TOTP_WITHOUT_NEED, answer.response().summary());
        Ok(())
    })
}
