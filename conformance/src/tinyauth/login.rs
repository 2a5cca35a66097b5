//! `POST /api/login`

use super::TOTP;
use super::USER;
use super::cookies::Cookies;
use super::session::{
    Account, OWN_REFUSED, login, login_as, not_refused, proper_login, says_true, who, with_name, without_name,
};
use super::sessions::is_nobody;
use crate::case::{Case, Effect, Need, case, shape_case};
use crate::exchange::Response;
use crate::expect::{Expect, never, refused, same_answer_as, status, that};
use crate::request::Request;
use crate::run::{Answer, Control, Refused, Run, Stop};
use http::StatusCode;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use probity_fixtures::tinyauth::operation;
use probity_fixtures::tinyauth::requirement::*;
use serde_json::{Value, json};
use std::time::Duration;

pub(super) fn cases() -> Vec<Case> {
    let cases = [
        shape_case(operation::LOGIN, async |run| {
            let account = Account::own(run)?;
            match login(run, &account).await {
                // Where no form of a login succeeds, it is the document's that should have.
                Err(Stop::Inconclusive { .. }) => Ok(login_as("email", &account)),
                login => login,
            }
        }),
        by_email(),
        by_username(),
        sets_session(),
        totp_pending().needs(TOTP),
        wrong_password().effect(Effect::Lockout),
        unknown_user().effect(Effect::Lockout),
        tells_no_users().effect(Effect::Lockout),
        name_missing().effect(Effect::Lockout),
        password_missing().effect(Effect::Lockout),
        name_of_another_type().effect(Effect::Lockout),
        password_of_another_type().effect(Effect::Lockout),
        no_object(),
        locks().effect(Effect::Lockout),
        lock_ends().effect(Effect::Lockout).needs(Need::Clock),
    ];
    cases.into_iter().map(|case| case.needs(USER)).collect()
}

fn by_email() -> Case {
    let says = "A login with the name or the address in `email` succeeds";
    case("tinyauth.login.by-email", says, &[LOGIN_ACCEPTS_EMAIL, LOGIN_EMAIL_HOLDS], async |run| {
        let account = Account::own(run)?;
        // A wrong password is not put to it twice more, by two names: few failures are enough to lock somebody out.
        not_refused(run, OWN_REFUSED, LOGIN_ACCEPTS_EMAIL)?;
        let by_name = run.send("with the name", &login_as("email", &account).may_be_held_off()).await?;
        if by_name.response().status.is_success() {
            by_name.holds(LOGIN_ACCEPTS_EMAIL, logs_in());
        }
        let address = Account { name: address(run, &account).await?, password: account.password };
        let by_address = run.send("with the address", &login_as("email", &address).may_be_held_off()).await?;
        if !by_name.response().status.is_success() {
            by_address.holds(LOGIN_ACCEPTS_EMAIL, logs_in());
        }
        let taken = |answer: &Answer<'_>| if answer.response().status.is_success() { "taken" } else { "refused" };
        run.observe(
            LOGIN_EMAIL_HOLDS,
            format!("the name is {}, the address is {}", taken(&by_name), taken(&by_address)),
        );
        Ok(())
    })
}

/// Success, with a text that says so.
fn logs_in() -> Expect {
    that("a status of the class 2xx, and a message", |response| {
        match response.status.is_success() && response.text_at("/message").is_some() {
            true => Ok(()),
            false => Err(response.summary()),
        }
    })
}

/// The account's address, as `/api/user` tells it to its session; or else the one that Tinyauth makes of its name.
async fn address(run: &Run, account: &Account) -> Result<String, Stop> {
    let made = format!("{}@{}", account.name, run.url().host_str().unwrap_or_default());
    let told = run.arrange(async || {
        let login = run.send("log in", &login(run, account).await?).await?.response();
        let session = Cookies::set_by(&login, run.now());
        let user = run.send("the account's address", &session.on(Request::new(operation::USER))).await?.response();
        Ok(user.text_at("/email").filter(|address| !address.is_empty()).map(str::to_owned))
    });
    match told.await {
        Ok(told) => Ok(told.unwrap_or(made)),
        // No form of a login succeeds; that this one should is what is looked at.
        Err(Stop::Inconclusive { .. }) => Ok(made),
        Err(stop) => Err(stop),
    }
}

fn by_username() -> Case {
    let says = "Whether a login with the name in `username` succeeds";
    case("tinyauth.login.by-username", says, &[LOGIN_USERNAME_MEMBER], async |run| {
        let login = proper_login(run).await?;
        let by_username = login_as("username", &Account::own(run)?).may_be_held_off();
        let answer = login.variant("with the name in `username`", |_| by_username).await?;
        run.observe(LOGIN_USERNAME_MEMBER, answer.response().summary());
        Ok(())
    })
}

fn sets_session() -> Case {
    let says = "The cookie that a login sets makes the next request the user's";
    case("tinyauth.login.sets-session", says, &[LOGIN_SETS_SESSION], async |run| {
        let account = Account::own(run)?;
        let answer = run.send("log in", &login(run, &account).await?).await?;
        let cookies = Cookies::set_by(&answer.response(), run.now());
        let who = who(run, &cookies).await?;
        answer.holds(LOGIN_SETS_SESSION, makes_one(account.name, who));
        Ok(())
    })
}

/// The cookies of an answer are this user's, as was asked of `/api/user` before.
pub(super) fn makes_one(name: String, who: Option<String>) -> Expect {
    that("a cookie with which /api/user tells of the user", move |response| match &who {
        Some(told) if *told == name => Ok(()),
        Some(told) => Err(format!("a cookie of {told}")),
        None => Err(format!("none that logs in; {}", response.summary())),
    })
}

fn totp_pending() -> Case {
    let says = "A login says whether a code is still wanted";
    case("tinyauth.login.totp-pending", says, &[LOGIN_TOTP_PENDING_TOLD], async |run| {
        for (label, account, wanted) in
            [("without TOTP", Account::own(run)?, false), ("with TOTP", Account::with_totp(run)?, true)]
        {
            let answer = run.send(label, &login(run, &account).await?).await?;
            answer.holds(LOGIN_TOTP_PENDING_TOLD, says_of_pending(wanted));
        }
        Ok(())
    })
}

fn says_of_pending(wanted: bool) -> Expect {
    that(&format!("totpPending to say {wanted}"), move |response| {
        let told = response.json().and_then(|json| json.get("totpPending"));
        let is_a_word = told.is_some_and(|told| told.is_boolean() || told == "true" || told == "false");
        match is_a_word && told.is_some_and(says_true) == wanted {
            true => Ok(()),
            false => Err(response.summary()),
        }
    })
}

/// A login of the account with what is wrong, after the proper one: so that its failures never add up.
async fn refused_login<'r>(
    run: &'r Run,
    label: &str,
    fault: impl FnOnce(Request) -> Request,
) -> Result<(Control<'r>, Refused<'r>), Stop> {
    let login = proper_login(run).await?;
    let refusal = login.fault(label, fault).await?;
    Ok((login, refusal))
}

/// Nobody is logged in by what a refusal sets.
async fn sets_nobody(run: &Run, refusal: &Refused<'_>) -> Result<(), Stop> {
    let cookies = Cookies::set_by(&refusal.response(), run.now());
    if cookies.is_empty() {
        refusal.holds(LOGIN_REFUSAL_SETS_NO_SESSION, never("a cookie that logs in", || Ok(())));
        return Ok(());
    }
    let who = who(run, &cookies).await?;
    refusal.holds(LOGIN_REFUSAL_SETS_NO_SESSION, is_nobody(who));
    Ok(())
}

fn wrong_password() -> Case {
    let says = "A password that is nearly the user's is refused, and logs nobody in";
    let covers = &[LOGIN_REFUSES_WRONG_PASSWORD, LOGIN_REFUSAL_SETS_NO_SESSION, LOGIN_REFUSAL_IS_401];
    case("tinyauth.login.wrong-password", says, covers, async |run| {
        let password = Account::own(run)?.password;
        let all_but_last: String = password.chars().take(password.chars().count() - 1).collect();
        let nearly = [
            ("another password", run.random_text(20)),
            ("the password with a letter more", format!("{password}x")),
            ("the password without its last letter", all_but_last),
            ("the password with a space before it", format!(" {password}")),
            ("the password with a zero byte after it", format!("{password}\0")),
            ("a password in other scripts", "пароль 密码 🔑 p\u{301}".to_owned()),
        ];
        for (label, wrong) in nearly.into_iter().filter(|(_, wrong)| *wrong != password && !wrong.is_empty()) {
            run.mask(&format!("WRONG_{}", label.to_uppercase().replace(' ', "_")), &wrong);
            let (_, refusal) = refused_login(run, label, |login| login.set("/password", wrong)).await?;
            refusal.holds(LOGIN_REFUSES_WRONG_PASSWORD, refused());
            if refusal.response().status.is_client_error() {
                refusal.holds(LOGIN_REFUSAL_IS_401, status(401));
            }
            sets_nobody(run, &refusal).await?;
        }
        proper_login(run).await?;
        Ok(())
    })
}

fn unknown_user() -> Case {
    let says = "A name that nobody has is refused, whatever it is made of, and logs nobody in";
    let covers = &[LOGIN_REFUSES_UNKNOWN_USER, LOGIN_REFUSAL_SETS_NO_SESSION];
    case("tinyauth.login.unknown-user", says, covers, async |run| {
        let login = proper_login(run).await?;
        let nobody = [
            ("an unknown name", run.random_text(16)),
            ("a name in other scripts", format!("пользователь-用户-🦀-{}", run.random_text(8))),
            ("a name that is SQL", format!("{}' OR '1'='1' --", run.random_text(8))),
            ("a name that is a pattern", format!(".*{}", run.random_text(8))),
            ("a name of 300 letters", format!("{}{}", run.random_text(8), "x".repeat(292))),
            ("a name with a zero byte", format!("{}\0", run.random_text(8))),
        ];
        for (label, name) in nobody {
            let refusal = login.fault(label, |login| with_name(login, name)).await?;
            refusal.holds(LOGIN_REFUSES_UNKNOWN_USER, refused());
            sets_nobody(run, &refusal).await?;
        }
        Ok(())
    })
}

fn tells_no_users() -> Case {
    let says = "A wrong password and an unknown user get the same answer";
    case("tinyauth.login.tells-no-users", says, &[LOGIN_TELLS_NO_USERS], async |run| {
        let login = proper_login(run).await?;
        let (password, nobody) = (run.random_text(20), run.random_text(16));
        let wrong_password = login.fault("a wrong password", |login| login.set("/password", password)).await?;
        let unknown_user = login.fault("an unknown user", |login| with_name(login, nobody)).await?;
        unknown_user.holds(LOGIN_TELLS_NO_USERS, same_answer_as(&wrong_password.response()));
        proper_login(run).await?;
        Ok(())
    })
}

fn name_missing() -> Case {
    let says = "A login without a name is refused";
    case("tinyauth.login.name-missing", says, &[LOGIN_REQUIRES_EMAIL, LOGIN_MALFORMED_STATUS], async |run| {
        let login = proper_login(run).await?;
        let left_out = login.fault("left out", |login| without_name(login).may_be_held_off()).await?;
        left_out.holds(LOGIN_REQUIRES_EMAIL, held_off_or_refused());
        run.observe(LOGIN_MALFORMED_STATUS, format!("without a name: {}", left_out.response().summary()));
        for (label, name) in [("null", Value::Null), ("empty", json!(""))] {
            let refusal = login.fault(label, |login| with_name(login, name).may_be_held_off()).await?;
            refusal.holds(LOGIN_REQUIRES_EMAIL, held_off_or_refused());
        }
        Ok(())
    })
}

/// A status of the class 4xx; one that holds off is one too, where earlier cases failed as often as they did.
fn held_off_or_refused() -> crate::expect::Refusal {
    crate::expect::shows("a status of the class 4xx", |response| match response.status.is_client_error() {
        true => Ok(()),
        false => Err(response.summary()),
    })
}

fn password_missing() -> Case {
    let says = "A login without a password is refused";
    case("tinyauth.login.password-missing", says, &[LOGIN_REQUIRES_PASSWORD, LOGIN_MALFORMED_STATUS], async |run| {
        let (_, left_out) = refused_login(run, "left out", |login| login.without("/password")).await?;
        left_out.holds(LOGIN_REQUIRES_PASSWORD, refused());
        run.observe(LOGIN_MALFORMED_STATUS, format!("without a password: {}", left_out.response().summary()));
        for (label, password) in [("null", Value::Null), ("empty", json!(""))] {
            let (_, refusal) = refused_login(run, label, |login| login.set("/password", password)).await?;
            refusal.holds(LOGIN_REQUIRES_PASSWORD, refused());
        }
        proper_login(run).await?;
        Ok(())
    })
}

/// Values that are no text, the text itself among them.
fn of_other_types(text: &str) -> [(&'static str, Value); 6] {
    [
        ("a number", json!(1)),
        ("true", json!(true)),
        ("an empty object", json!({})),
        ("a database's query operator", json!({ "$ne": null })),
        ("an empty array", json!([])),
        ("the text in an array", json!([text])),
    ]
}

fn name_of_another_type() -> Case {
    let says = "A name that is no text is refused";
    case("tinyauth.login.name-of-another-type", says, &[LOGIN_EMAIL_IS_TEXT], async |run| {
        let login = proper_login(run).await?;
        for (label, name) in of_other_types(run.value("username")?) {
            let refusal = login.fault(label, |login| with_name(login, name).may_be_held_off()).await?;
            refusal.holds(LOGIN_EMAIL_IS_TEXT, held_off_or_refused());
        }
        Ok(())
    })
}

fn password_of_another_type() -> Case {
    let says = "A password that is no text is refused";
    case("tinyauth.login.password-of-another-type", says, &[LOGIN_PASSWORD_IS_TEXT], async |run| {
        for (label, password) in of_other_types(run.value("password")?) {
            let (_, refusal) = refused_login(run, label, |login| login.set("/password", password)).await?;
            refusal.holds(LOGIN_PASSWORD_IS_TEXT, refused());
        }
        proper_login(run).await?;
        Ok(())
    })
}

fn no_object() -> Case {
    let says = "A login whose body is no JSON object is refused, and is not the server's own failure";
    let covers = &[LOGIN_REFUSES_WHAT_IS_NO_OBJECT, LOGIN_MALFORMED_STATUS];
    case("tinyauth.login.no-object", says, covers, async |run| {
        let login = proper_login(run).await?;
        for (label, body) in no_objects(&login.request_body()) {
            let refusal = login.fault(label, |request| request.body(body)).await?;
            refusal.holds(LOGIN_REFUSES_WHAT_IS_NO_OBJECT, refused());
            if label == "a text that is no JSON" {
                run.observe(LOGIN_MALFORMED_STATUS, format!("no JSON: {}", refusal.response().summary()));
            }
        }
        let form = |request: Request| {
            request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body("email=a&password=b")
        };
        login.fault("a form", form).await?.holds(LOGIN_REFUSES_WHAT_IS_NO_OBJECT, refused());
        Ok(())
    })
}

/// Bodies that are no JSON object, made of one that is.
pub(super) fn no_objects(proper: &[u8]) -> [(&'static str, Vec<u8>); 10] {
    [
        ("an empty body", Vec::new()),
        ("a text that is no JSON", b"this is not JSON".to_vec()),
        ("a JSON object that is cut short", proper[..proper.len().saturating_sub(1)].to_vec()),
        ("two JSON objects", [proper, proper].concat()),
        ("an array", b"[]".to_vec()),
        ("the object in an array", [b"[", proper, b"]"].concat()),
        ("a JSON text", b"\"login\"".to_vec()),
        ("null", b"null".to_vec()),
        ("bytes that are no UTF-8", b"{\"email\":\"\xff\xfe\",\"password\":\"\xff\xfe\"}".to_vec()),
        ("arrays nested 10 000 deep", b"[".repeat(10_000)),
    ]
}

/// How often a name that nobody has fails at most, until it is held off.
const FAILURES: usize = 10;

/// Fails logins of a name that nobody has until the answer changes: the run's own accounts are never locked.
async fn failed_until_held_off<'r>(
    login: &Control<'r>,
    name: &str,
) -> Result<(Vec<Response>, Option<Refused<'r>>), Stop> {
    let mut failures: Vec<Response> = Vec::new();
    for attempt in 1..=FAILURES {
        let label = format!("wrong password {attempt}");
        let refusal = login.fault(&label, |login| with_name(login, name).may_be_held_off()).await?;
        let response = refusal.response();
        let is_another = failures.first().is_some_and(|first| first.status != response.status);
        if is_another && response.status.is_client_error() {
            return Ok((failures, Some(refusal)));
        }
        failures.push(response);
    }
    Ok((failures, None))
}

fn locks() -> Case {
    let says = "A name whose logins fail over and over is held off, and nobody else";
    let covers = &[LOGIN_LOCKS, LOGIN_LOCKS_ONE_ACCOUNT, LOGIN_LOCK_ANSWER];
    case("tinyauth.login.locks", says, covers, async |run| {
        let login = proper_login(run).await?;
        let name = format!("nobody-{}", run.random_text(10));
        let (failures, held_off) = failed_until_held_off(&login, &name).await?;
        let times = failures.len();
        let last = login.fault("once more", |login| with_name(login, name).may_be_held_off()).await?;
        let is_held_off = held_off.is_some();
        last.holds(
            LOGIN_LOCKS,
            never("ten refusals in a row and none that holds off", move || match is_held_off {
                true => Ok(()),
                false => Err(format!("none of {times} failures was answered otherwise than the first, by a 4xx")),
            }),
        );
        run.observe(
            LOGIN_LOCK_ANSWER,
            match held_off {
                Some(held_off) => format!("after {times} failures: {}", with_wait(&held_off.response())),
                None => "not at all".to_owned(),
            },
        );
        let other = login.variant("the run's own account", Request::may_be_held_off).await?;
        other.holds(LOGIN_LOCKS_ONE_ACCOUNT, logs_in());
        Ok(())
    })
}

fn with_wait(response: &Response) -> String {
    let wait = response.headers.get(RETRY_AFTER).map(|wait| String::from_utf8_lossy(wait.as_bytes()).into_owned());
    match wait {
        // What is left of the wait differs from run to run.
        Some(_) => format!("{}, with Retry-After", response.status),
        None => response.status.to_string(),
    }
}

fn lock_ends() -> Case {
    let says = "A name that is held off may try again after a day";
    case("tinyauth.login.lock-ends", says, &[LOGIN_LOCK_ENDS], async |run| {
        const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);
        let login = proper_login(run).await?;
        let name = format!("nobody-{}", run.random_text(10));
        let (failures, held_off) = failed_until_held_off(&login, &name).await?;
        let (Some(first), Some(_)) = (failures.first(), held_off) else {
            let reason = "no name was held off, so no wait could end".to_owned();
            return Err(Stop::Inconclusive { reason, rests_on: Some(LOGIN_LOCKS) });
        };
        run.advance_clock(A_DAY)?;
        let again = login.fault("a day later", |login| with_name(login, name).may_be_held_off()).await?;
        let usual = first.status;
        again.holds(
            LOGIN_LOCK_ENDS,
            crate::expect::shows(&format!("the status {usual}, as at first"), move |response| {
                match response.status == usual && response.status != StatusCode::TOO_MANY_REQUESTS {
                    true => Ok(()),
                    false => Err(response.summary()),
                }
            }),
        );
        Ok(())
    })
}
