//! The fields of a registration: which have to be there, and what may be in them.

use super::{faulty, noted, observe_variant, proper_registration};
use crate::case::{Case, Effect, case};
use crate::expect::{refused, status, succeeds};
use crate::request::Request;
use crate::run::{Run, Stop};
use crate::uptinio::account::Account;
use crate::uptinio::faults::{missing, of_other_types};
use probity_fixtures::Requirement;
use probity_fixtures::uptinio::requirement::*;
use serde_json::Value;

pub(super) fn cases() -> Vec<Case> {
    let types = [
        ("uptinio.register.email-of-another-type", "email", REGISTER_EMAIL_IS_TEXT),
        ("uptinio.register.name-of-another-type", "name", REGISTER_NAME_IS_TEXT),
        ("uptinio.register.password-of-another-type", "password", REGISTER_PASSWORD_IS_TEXT),
        ("uptinio.register.confirmation-of-another-type", "password_confirmation", REGISTER_CONFIRMATION_IS_TEXT),
        ("uptinio.register.first-website-of-another-type", "first_website", REGISTER_FIRST_WEBSITE_IS_TEXT),
    ];
    let types = types.map(|(id, member, requirement)| of_another_type(id, member, requirement));
    let fields = [
        is_missing("uptinio.register.email-missing", "/user/email", REGISTER_REQUIRES_EMAIL),
        is_missing("uptinio.register.name-missing", "/user/name", REGISTER_REQUIRES_NAME),
        is_missing("uptinio.register.password-missing", "/user/password", REGISTER_REQUIRES_PASSWORD),
        no_address(),
        address_forms(),
        email_in_capitals().effect(Effect::Lockout),
        blank_name(),
        short_passwords(),
        long_passwords(),
        confirmation_differs(),
        confirmation_absent(),
        first_website(),
    ];
    types.into_iter().chain(fields).collect()
}

const CONFIRMATION: &str = "/user/password_confirmation";

/// The registration with this password, and confirmed by it.
fn with_password(registration: Request, password: impl Into<Value>) -> Request {
    let password = password.into();
    registration.set("/user/password", password.clone()).set(CONFIRMATION, password)
}

fn is_missing(id: &'static str, pointer: &'static str, requirement: &'static Requirement) -> Case {
    let says = "A registration that lacks one of the fields is refused";
    case(id, says, &[requirement], async move |run| {
        let (_, proper) = proper_registration(run).await?;
        for (label, fault) in missing(pointer) {
            let registration = fault(Account::nobody(run).registration());
            // A password that is empty is confirmed as such: else it would be refused for that.
            let registration = match (pointer, label) {
                ("/user/password", "empty") => with_password(registration, ""),
                _ => registration,
            };
            faulty(run, &proper, label, registration).await?.holds(requirement, status(422));
        }
        Ok(())
    })
}

fn of_another_type(id: &'static str, member: &'static str, requirement: &'static Requirement) -> Case {
    let says = "A registration one of whose fields is no text is refused";
    case(id, says, &[requirement], async move |run| {
        let (_, proper) = proper_registration(run).await?;
        let registration = Account::nobody(run).registration();
        let pointer = format!("/user/{member}");
        let text = registration.json_at(&pointer).and_then(Value::as_str).unwrap_or("https://example.com").to_owned();
        for (label, other) in of_other_types(&text) {
            let faulted = match member {
                "password" => with_password(registration.clone(), other),
                _ => registration.clone().set(&pointer, other),
            };
            faulty(run, &proper, label, faulted).await?.holds(requirement, refused());
        }
        Ok(())
    })
}

fn no_address() -> Case {
    let says = "An address that nothing could be sent to is refused";
    case("uptinio.register.no-address", says, &[REGISTER_REFUSES_WHAT_IS_NO_ADDRESS], async |run| {
        let (_, proper) = proper_registration(run).await?;
        for (label, text) in no_addresses(&run.own_name()) {
            let registration = Account::nobody(run).registration().set("/user/email", text);
            let refusal = faulty(run, &proper, label, registration).await?;
            refusal.holds(REGISTER_REFUSES_WHAT_IS_NO_ADDRESS, refused());
        }
        Ok(())
    })
}

/// Texts that are no address, made of a name that nobody has.
pub(in crate::uptinio) fn no_addresses(name: &str) -> [(&'static str, String); 4] {
    [
        ("a text without an @", name.to_owned()),
        ("nothing before the @", format!("@{name}.example.com")),
        ("nothing behind the @", format!("{name}@")),
        ("two lines", format!("{name}@example.com\nBcc: {name}@example.org")),
    ]
}

fn address_forms() -> Case {
    let says = "Which addresses are taken that are less than plain";
    case("uptinio.register.address-forms", says, &[REGISTER_ADDRESS_FORMS], async |run| {
        let name = || run.own_name();
        let forms = [
            ("with a plus sign", format!("{}+tag@example.com", name())),
            ("with letters outside ASCII", format!("{}-ü@example.com", name())),
            ("without a dot in the domain", format!("{}@localhost", name())),
            ("with blanks around it", format!(" {}@example.com ", name())),
        ];
        for (label, email) in forms {
            let registration = noted_as(run, &email)?.registration();
            observe_variant(run, REGISTER_ADDRESS_FORMS, label, registration).await?;
        }
        Ok(())
    })
}

/// Somebody of this address who has not registered yet, and is noted as left behind.
fn noted_as(run: &Run, email: &str) -> Result<Account, Stop> {
    run.leave_behind(format!("the user {}", email.trim()))?;
    Ok(Account { email: email.to_owned(), ..Account::nobody(run) })
}

fn email_in_capitals() -> Case {
    let says = "Whether an address in capitals is the same one, to registering and to signing in";
    case("uptinio.register.email-in-capitals", says, &[REGISTER_EMAIL_CASE], async |run| {
        let (account, _) = proper_registration(run).await?;
        let capitals = noted_as(run, &account.email.to_uppercase())?;
        let in_capitals = Account { password: account.password, ..capitals };
        observe_variant(run, REGISTER_EMAIL_CASE, "signing in in capitals", in_capitals.sign_in()).await?;
        observe_variant(run, REGISTER_EMAIL_CASE, "registering again in capitals", in_capitals.registration()).await
    })
}

fn blank_name() -> Case {
    let says = "Whether a name may be of nothing but blanks";
    case("uptinio.register.blank-name", says, &[REGISTER_BLANK_NAME], async |run| {
        let registration = noted(run)?.registration().set("/user/name", "   ");
        observe_variant(run, REGISTER_BLANK_NAME, "a name of three blanks", registration).await
    })
}

fn short_passwords() -> Case {
    let says = "A password needs six characters, whatever their bytes";
    let covers = &[REGISTER_PASSWORD_OF_5_REFUSED, REGISTER_PASSWORD_OF_6_ACCEPTED, REGISTER_PASSWORD_IN_CHARACTERS];
    case("uptinio.register.short-passwords", says, covers, async |run| {
        let (_, proper) = proper_registration(run).await?;
        for (label, password, requirement) in [
            ("five letters", "xkcd5", REGISTER_PASSWORD_OF_5_REFUSED),
            ("five letters of two bytes each", "пароль".trim_end_matches('ь'), REGISTER_PASSWORD_IN_CHARACTERS),
        ] {
            let registration = with_password(Account::nobody(run).registration(), password);
            faulty(run, &proper, label, registration).await?.holds(requirement, status(422));
        }
        accepted(run, "six letters", &run.random_text(6), REGISTER_PASSWORD_OF_6_ACCEPTED).await
    })
}

fn long_passwords() -> Case {
    let says = "A password of 64 characters is accepted, and how much more is";
    case("uptinio.register.long-passwords", says, &[REGISTER_LONG_PASSWORDS, REGISTER_PASSWORD_BOUND], async |run| {
        proper_registration(run).await?;
        accepted(run, "64 characters", &run.random_text(64), REGISTER_LONG_PASSWORDS).await?;
        for (label, length) in [("73 bytes", 73), ("1000 characters", 1000)] {
            let registration = with_password(noted(run)?.registration(), run.random_text(length));
            observe_variant(run, REGISTER_PASSWORD_BOUND, label, registration).await?;
        }
        Ok(())
    })
}

/// Registers somebody with this password, which has to succeed.
async fn accepted(run: &Run, label: &str, password: &str, requirement: &'static Requirement) -> Result<(), Stop> {
    let registration = with_password(noted(run)?.registration(), password);
    run.send(label, &registration).await?.holds(requirement, succeeds());
    Ok(())
}

fn confirmation_differs() -> Case {
    let says = "A confirmation that is not the password is refused";
    let covers = &[
        REGISTER_CONFIRMATION_DIFFERS,
        REGISTER_CONFIRMATION_IN_OTHER_CASE,
        REGISTER_CONFIRMATION_EMPTY,
        REGISTER_CONFIRMATION_TEXT,
    ];
    case("uptinio.register.confirmation-differs", says, covers, async |run| {
        let (account, proper) = proper_registration(run).await?;
        let faults = [
            ("another text", run.random_text(20), REGISTER_CONFIRMATION_DIFFERS),
            ("the password with a letter more", format!("{}x", account.password), REGISTER_CONFIRMATION_DIFFERS),
            ("the password in capitals", account.password.to_uppercase(), REGISTER_CONFIRMATION_IN_OTHER_CASE),
            ("an empty text", String::new(), REGISTER_CONFIRMATION_EMPTY),
        ];
        for (label, confirmation, requirement) in faults {
            let other = Account { password: account.password.clone(), ..Account::nobody(run) };
            let registration = other.registration().set(CONFIRMATION, confirmation);
            let refusal = faulty(run, &proper, label, registration).await?;
            refusal.holds(requirement, status(422));
            if label == "another text" {
                run.observe(REGISTER_CONFIRMATION_TEXT, refusal.response().summary());
            }
        }
        Ok(())
    })
}

fn confirmation_absent() -> Case {
    let says = "Whether a registration is refused whose password nobody confirmed";
    case("uptinio.register.confirmation-absent", says, &[REGISTER_CONFIRMATION_ABSENT], async |run| {
        for (label, fault) in missing(CONFIRMATION).into_iter().filter(|(label, _)| *label != "empty") {
            let registration = fault(noted(run)?.registration());
            observe_variant(run, REGISTER_CONFIRMATION_ABSENT, label, registration).await?;
        }
        Ok(())
    })
}

fn first_website() -> Case {
    let says = "A registration succeeds with a website and without one";
    let covers = &[REGISTER_FIRST_WEBSITE_OPTIONAL, REGISTER_FIRST_WEBSITE_ACCEPTED, REGISTER_FIRST_WEBSITE_INVALID];
    case("uptinio.register.first-website", says, covers, async |run| {
        let with = |website: &str| Ok(noted(run)?.registration().set("/user/first_website", website));
        let without = run.send("without a website", &noted(run)?.registration()).await?;
        let website = with("https://example.com")?.to_succeed_by(REGISTER_FIRST_WEBSITE_ACCEPTED);
        let website = run.send("with a website", &website).await?;
        if ![&without, &website].into_iter().any(|answer| answer.response().status.is_success()) {
            let reason = format!("neither registers: {}", without.response().summary());
            return Err(Stop::Inconclusive { reason, rests_on: Some(REGISTER_ANSWERS) });
        }
        without.holds(REGISTER_FIRST_WEBSITE_OPTIONAL, succeeds());
        website.holds(REGISTER_FIRST_WEBSITE_ACCEPTED, succeeds());
        observe_variant(run, REGISTER_FIRST_WEBSITE_INVALID, "a website that is no address", with("no address")?).await
    })
}
