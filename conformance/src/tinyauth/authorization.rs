//! Basic: name and password with each request.

use super::forward::{CLIENTS, PROXIES, asked_by};
use super::mode::not_let_in;
use super::session::{Account, pending, says_true};
use super::{COLON, TOTP, USER};
use crate::case::{Case, Effect, Need, case};
use crate::exchange::Response;
use crate::expect::{Expect, text, that};
use crate::request::Request;
use crate::run::{Control, Run, Stop};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use probity_fixtures::tinyauth::operation;
use probity_fixtures::tinyauth::requirement::*;
use std::time::Duration;

pub(super) fn cases() -> Vec<Case> {
    let cases = [
        own_user(),
        every_proxy(),
        user_context(),
        password_with_colon().needs(COLON),
        scheme_in_any_case(),
        wrong_password().effect(Effect::Lockout),
        unknown_user().effect(Effect::Lockout),
        empty_credentials().effect(Effect::Lockout),
        malformed(),
        never_expires().needs(Need::Clock),
        account_with_totp().needs(TOTP).effect(Effect::Lockout),
    ];
    cases.into_iter().map(|case| case.needs(USER)).collect()
}

/// A proxy's question that was seen to be answered with yes for the account's Basic.
pub(super) async fn let_in<'r>(run: &'r Run, proxy: &str, account: &Account) -> Result<Control<'r>, Stop> {
    let rests_on = if proxy == "traefik" { BASIC_ACCEPTS_CREDENTIALS } else { BASIC_COUNTS_FOR_EVERY_PROXY };
    let basic = account.basic(asked_by(run, proxy)).to_succeed_by(rests_on);
    run.control(rests_on, basic, text("/message")).await
}

/// Success with a body that says so.
pub(super) fn is_let_in() -> Expect {
    that("a status of the class 2xx, and a text at /message", |response| {
        match response.status.is_success() && response.text_at("/message").is_some() {
            true => Ok(()),
            false => Err(response.summary()),
        }
    })
}

fn own_user() -> Case {
    let says = "A user's name and password as Basic are enough";
    case("tinyauth.basic.own-user", says, &[BASIC_ACCEPTS_CREDENTIALS], async |run| {
        let basic = Account::own(run)?.basic(asked_by(run, "traefik"));
        run.send("with Basic", &basic).await?.holds(BASIC_ACCEPTS_CREDENTIALS, is_let_in());
        Ok(())
    })
}

fn every_proxy() -> Case {
    let says = "Basic is good by each of the proxies, an API client's and a browser's";
    case("tinyauth.basic.every-proxy", says, &[BASIC_COUNTS_FOR_EVERY_PROXY], async |run| {
        let account = Account::own(run)?;
        for (proxy, (client, by)) in PROXIES.iter().flat_map(|proxy| CLIENTS.map(|client| (proxy, client))) {
            let asked = by(account.basic(asked_by(run, proxy)));
            let answer = run.send(&format!("{client}, through {proxy}"), &asked).await?;
            answer.holds(BASIC_COUNTS_FOR_EVERY_PROXY, is_let_in());
        }
        Ok(())
    })
}

fn user_context() -> Case {
    let says = "With Basic /api/user tells of its user";
    case("tinyauth.basic.user-context", says, &[BASIC_COUNTS_FOR_USER_CONTEXT], async |run| {
        let account = Account::own(run)?;
        let name = account.name.clone();
        let answer = run.send("with Basic", &account.basic(Request::new(operation::USER))).await?;
        answer.holds(
            BASIC_COUNTS_FOR_USER_CONTEXT,
            that("isLoggedIn true, and the user's name", move |response| match is_logged_in_as(response, &name) {
                true => Ok(()),
                false => Err(response.summary()),
            }),
        );
        Ok(())
    })
}

fn is_logged_in_as(response: &Response, name: &str) -> bool {
    let logged_in = response.json().and_then(|json| json.pointer("/isLoggedIn")).is_some_and(says_true);
    response.status.is_success() && logged_in && response.text_at("/username") == Some(name)
}

fn password_with_colon() -> Case {
    let says = "A password that holds a colon is read whole";
    case("tinyauth.basic.password-with-colon", says, &[BASIC_PASSWORD_WITH_COLON], async |run| {
        let account = Account {
            name: run.value("colon_username")?.to_owned(),
            password: run.value("colon_password")?.to_owned(),
        };
        let passed = let_in(run, "traefik", &Account::own(run)?).await?;
        let answer = passed.variant("by the user whose password holds a colon", |r| account.basic(r)).await?;
        answer.holds(BASIC_PASSWORD_WITH_COLON, is_let_in());
        Ok(())
    })
}

fn scheme_in_any_case() -> Case {
    let says = "The scheme counts in small and capital letters";
    case("tinyauth.basic.scheme-in-any-case", says, &[BASIC_SCHEME_IN_ANY_CASE], async |run| {
        let account = Account::own(run)?;
        let passed = let_in(run, "traefik", &account).await?;
        for scheme in ["basic", "BASIC", "bAsIc"] {
            let header = format!("{scheme} {}", pair(run, &account.name, &account.password));
            let answer = passed.variant(scheme, |request| request.header(AUTHORIZATION, &header)).await?;
            answer.holds(BASIC_SCHEME_IN_ANY_CASE, is_let_in());
        }
        Ok(())
    })
}

/// What Basic carries, never shown as it is.
fn pair(run: &Run, name: &str, password: &str) -> String {
    let pair = STANDARD.encode(format!("{name}:{password}"));
    run.mask("BASIC", &pair);
    pair
}

fn wrong_password() -> Case {
    let says = "A password that is nearly the user's is refused";
    case("tinyauth.basic.wrong-password", says, &[BASIC_REFUSES_WRONG_PASSWORD], async |run| {
        let Account { name, password } = Account::own(run)?;
        let nearly = [
            ("another password", run.random_text(20)),
            ("the password with a letter more", format!("{password}x")),
            ("the password with a colon more", format!("{password}:")),
            ("the password with a space before it", format!(" {password}")),
            ("the password with a zero byte after it", format!("{password}\0")),
        ];
        for (label, wrong) in nearly {
            // The right password in between, so that the failures of an account never add up.
            let passed = let_in(run, "traefik", &Account::own(run)?).await?;
            run.mask(&format!("WRONG_{}", label.to_uppercase().replace(' ', "_")), &wrong);
            let refusal = passed.fault(label, |request| request.basic(&name, &wrong)).await?;
            refusal.holds(BASIC_REFUSES_WRONG_PASSWORD, not_let_in());
        }
        let_in(run, "traefik", &Account::own(run)?).await?;
        Ok(())
    })
}

fn unknown_user() -> Case {
    let says = "A name that nobody has is refused";
    case("tinyauth.basic.unknown-user", says, &[BASIC_REFUSES_UNKNOWN_USER], async |run| {
        let account = Account::own(run)?;
        let passed = let_in(run, "traefik", &account).await?;
        let nobody = [
            ("an unknown name", run.random_text(16)),
            ("the name with a letter more", format!("{}x", account.name)),
            ("a name in other scripts", format!("пользователь-用户-{}", run.random_text(8))),
            ("a name of 300 letters", "x".repeat(300)),
        ];
        for (label, name) in nobody {
            let refusal = passed.fault(label, |request| request.basic(&name, &account.password)).await?;
            refusal.holds(BASIC_REFUSES_UNKNOWN_USER, not_let_in());
        }
        Ok(())
    })
}

fn empty_credentials() -> Case {
    let says = "Basic that lacks the name, the password or both is refused";
    case("tinyauth.basic.empty-credentials", says, &[BASIC_REFUSES_EMPTY_CREDENTIALS], async |run| {
        let account = Account::own(run)?;
        let passed = let_in(run, "traefik", &account).await?;
        let empty = [
            ("without a password", account.name.as_str(), ""),
            ("without a name", "", account.password.as_str()),
            ("with neither", "", ""),
        ];
        for (label, name, password) in empty {
            let refusal = passed.fault(label, |request| request.basic(name, password)).await?;
            refusal.holds(BASIC_REFUSES_EMPTY_CREDENTIALS, not_let_in());
        }
        let_in(run, "traefik", &account).await?;
        Ok(())
    })
}

fn malformed() -> Case {
    let says = "An Authorization header that is no Basic lets nobody in";
    case("tinyauth.basic.malformed", says, &[BASIC_REFUSES_MALFORMED], async |run| {
        let account = Account::own(run)?;
        let passed = let_in(run, "traefik", &account).await?;
        let bare = format!("{}:{}", account.name, account.password);
        run.mask("BARE_PAIR", &bare);
        let pair = pair(run, &account.name, &account.password);
        let no_basic = [
            ("the scheme alone", "Basic".to_owned()),
            ("nothing behind the scheme", "Basic ".to_owned()),
            ("what is no base64", "Basic !!!!".to_owned()),
            ("the pair without base64", format!("Basic {bare}")),
            ("a name without a colon", format!("Basic {}", STANDARD.encode(&account.name))),
            ("bytes that are no text", format!("Basic {}", STANDARD.encode([0xff, 0xfe, b':', 0xff]))),
            ("the pair as a bearer token", format!("Bearer {pair}")),
            ("the pair without a scheme", pair),
            ("another scheme", "Digest username=\"x\"".to_owned()),
        ];
        for (label, header) in no_basic {
            let refusal = passed.fault(label, |request| request.header(AUTHORIZATION, &header)).await?;
            refusal.holds(BASIC_REFUSES_MALFORMED, not_let_in());
        }
        Ok(())
    })
}

fn never_expires() -> Case {
    let says = "Basic is as good after ten years as on the first day";
    case("tinyauth.basic.never-expires", says, &[BASIC_NEVER_EXPIRES], async |run| {
        let passed = let_in(run, "traefik", &Account::own(run)?).await?;
        for (label, days) in [("two days later", 2), ("ten years later", 3650)] {
            run.advance_clock(Duration::from_secs(days * 24 * 60 * 60))?;
            passed.variant(label, |request| request).await?.holds(BASIC_NEVER_EXPIRES, is_let_in());
        }
        Ok(())
    })
}

fn account_with_totp() -> Case {
    let says = "Name and password of an account with TOTP are no Basic";
    case("tinyauth.basic.account-with-totp", says, &[BASIC_REFUSED_FOR_TOTP], async |run| {
        let account = Account::with_totp(run)?;
        pending(run).await?; // The password is right, or its refusal would tell nothing.
        for proxy in PROXIES {
            let passed = let_in(run, proxy, &Account::own(run)?).await?;
            let refusal =
                passed.fault(&format!("of an account with TOTP, through {proxy}"), |r| account.basic(r)).await?;
            refusal.holds(BASIC_REFUSED_FOR_TOTP, not_let_in());
        }
        Ok(())
    })
}
