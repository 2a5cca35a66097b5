//! Registrations that are refused: how that is told, and that nothing comes of them.

use super::{faulty, noted, proper_registration};
use crate::case::{Case, Effect, case};
use crate::exchange::Response;
use crate::expect::{Refusal, refused, shows, status, text, value};
use crate::run::{Refused, Stop};
use crate::uptinio::account::{Account, proper_sign_in};
use crate::uptinio::faults::no_objects;
use probity_fixtures::Requirement;
use probity_fixtures::uptinio::requirement::*;
use serde_json::{Value, json};

pub(super) fn cases() -> Vec<Case> {
    vec![
        is_422(),
        texts(),
        all_at_once(),
        stores_nothing().effect(Effect::Lockout),
        taken(),
        taken_keeps_the_user(),
        no_object(),
    ]
}

fn is_422() -> Case {
    let says = "A registration whose fields are at fault is answered 422, with a list of messages";
    case("uptinio.register.refusal", says, &[REGISTER_REFUSAL_IS_422, REGISTER_ERRORS], async |run| {
        let (_, proper) = proper_registration(run).await?;
        let nobody = || Account::nobody(run).registration();
        let unconfirmed = nobody().set("/user/password_confirmation", run.random_text(20));
        let refusals = [
            faulty(run, &proper, "a confirmation that differs", unconfirmed).await?,
            faulty(run, &proper, "an empty name", nobody().set("/user/name", "")).await?,
        ];
        for refusal in noticed(&refusals) {
            refusal.holds(REGISTER_REFUSAL_IS_422, status(422)).holds(REGISTER_ERRORS, lists_errors());
        }
        Ok(())
    })
}

/// Those of several faults that the server noticed, as far as it noticed any: that it misses one is for others to say.
pub(in crate::uptinio) fn noticed<'a, 'r>(refusals: &'a [Refused<'r>]) -> impl Iterator<Item = &'a Refused<'r>> {
    let is_noticed = |refusal: &&Refused<'_>| !refusal.response().status.is_success();
    let is_any = refusals.iter().any(|refusal| is_noticed(&refusal));
    refusals.iter().filter(move |refusal| !is_any || is_noticed(refusal))
}

/// Ends a case that is about what a refusal is like where there is none.
fn not_taken(response: &Response, rests_on: &'static Requirement) -> Result<(), Stop> {
    match response.status.is_success() {
        false => Ok(()),
        true => {
            let reason = format!("it was no refusal: {}", response.summary());
            Err(Stop::Inconclusive { reason, rests_on: Some(rests_on) })
        }
    }
}

fn errors(response: &Response) -> Option<&Value> {
    response.json()?.get("errors")
}

fn is_message(error: &Value) -> bool {
    error.as_str().is_some_and(|message| !message.trim().is_empty())
}

fn is_list(errors: &Value) -> bool {
    errors.as_array().is_some_and(|messages| !messages.is_empty() && messages.iter().all(is_message))
}

fn lists_errors() -> Refusal {
    shows("messages in an array at /errors", |response| match errors(response).is_some_and(is_list) {
        true => Ok(()),
        false => Err(response.summary()),
    })
}

/// What an address that is taken is told by: of the two forms that the document shows either.
pub(in crate::uptinio) fn has_errors() -> Refusal {
    shows("a message, or messages in an array, at /errors", |response| {
        match errors(response).is_some_and(|errors| is_list(errors) || is_message(errors)) {
            true => Ok(()),
            false => Err(response.summary()),
        }
    })
}

/// Which of the two forms it is.
pub(in crate::uptinio) fn form_of_errors(response: &Response) -> String {
    match errors(response) {
        Some(Value::Array(_)) => "an array".to_owned(),
        Some(Value::String(_)) => "a string".to_owned(),
        _ => response.summary(),
    }
}

fn texts() -> Case {
    let says = "The faults of a registration are told in the words that the document shows";
    case("uptinio.register.texts", says, &[REGISTER_TEXTS], async |run| {
        let (account, proper) = proper_registration(run).await?;
        let nobody = || Account::nobody(run).registration();
        let faults = [
            ("a taken address", account.registration(), "Email has already been taken"),
            (
                "a password of one letter",
                nobody().set("/user/password", "x").set("/user/password_confirmation", "x"),
                "Password is too short (minimum is 6 characters)",
            ),
            ("an empty name", nobody().set("/user/name", ""), "Name can't be blank"),
        ];
        for (label, registration, wording) in faults {
            let refusal = faulty(run, &proper, label, registration).await?;
            // That it should have been refused is for others to say.
            if !refusal.response().status.is_success() {
                refusal.holds(REGISTER_TEXTS, mentions(wording));
            }
        }
        Ok(())
    })
}

fn mentions(wording: &'static str) -> Refusal {
    shows(&format!("`{wording}` among the errors"), move |response| {
        match errors(response).and_then(Value::as_array).is_some_and(|messages| messages.contains(&json!(wording))) {
            true => Ok(()),
            false => Err(response.summary()),
        }
    })
}

fn all_at_once() -> Case {
    let says = "Several faults of a registration are told in one answer";
    case("uptinio.register.all-faults-at-once", says, &[REGISTER_ALL_FAULTS_AT_ONCE], async |run| {
        let (_, proper) = proper_registration(run).await?;
        let registration = Account::nobody(run).registration();
        let registration =
            registration.set("/user/email", "no address").set("/user/name", "").set("/user/password", "x");
        let refusal = faulty(run, &proper, "an address, a name and a password that are none", registration).await?;
        let several = shows("several errors", |response| {
            match errors(response).and_then(Value::as_array).is_some_and(|messages| messages.len() > 1) {
                true => Ok(()),
                false => Err(response.summary()),
            }
        });
        refusal.holds(REGISTER_ALL_FAULTS_AT_ONCE, several);
        Ok(())
    })
}

fn stores_nothing() -> Case {
    let says = "A refused registration leaves no user: its address does not sign in, and can register still";
    case("uptinio.register.refusal-stores-nothing", says, &[REGISTER_REFUSAL_STORES_NOTHING], async |run| {
        let (registered, proper) = proper_registration(run).await?;
        let sign_in = proper_sign_in(run, &registered).await?;
        for (label, pointer, rests_on) in [
            ("a password of five letters", "/user/password", REGISTER_PASSWORD_OF_5_REFUSED),
            ("a confirmation that differs", "/user/password_confirmation", REGISTER_CONFIRMATION_DIFFERS),
        ] {
            let account = noted(run)?;
            let other = Account { password: run.random_text(5), ..account.clone() };
            let (refused_account, registration) = match pointer {
                "/user/password" => (&other, other.registration()),
                _ => (&account, account.registration().set(pointer, other.password.as_str())),
            };
            let refusal = proper.fault(label, |_| registration).await?;
            not_taken(&refusal.response(), rests_on)?;
            let signs_in = sign_in.fault("sign in as who was refused", |_| refused_account.sign_in()).await?;
            signs_in.holds(REGISTER_REFUSAL_STORES_NOTHING, refused());
            let again = run.send("the same address without the fault", &account.registration()).await?;
            again.holds(REGISTER_REFUSAL_STORES_NOTHING, text("/user/email"));
        }
        Ok(())
    })
}

fn taken() -> Case {
    let says = "An address that is taken is refused";
    let covers = &[REGISTER_REFUSES_DUPLICATE, REGISTER_DUPLICATE_ERRORS, REGISTER_DUPLICATE_FORM];
    case("uptinio.register.taken", says, covers, async |run| {
        let (account, proper) = proper_registration(run).await?;
        let again = proper.fault("the same once more", |registration| registration).await?;
        let other = Account { email: account.email, ..Account::nobody(run) };
        let others = proper.fault("the same address with another password", |_| other.registration()).await?;
        for refusal in [again, others] {
            refusal.holds(REGISTER_REFUSES_DUPLICATE, status(422)).holds(REGISTER_DUPLICATE_ERRORS, has_errors());
            run.observe(REGISTER_DUPLICATE_FORM, form_of_errors(&refusal.response()));
        }
        Ok(())
    })
}

fn taken_keeps_the_user() -> Case {
    let says = "Registering an address that is taken changes nothing for its user";
    case("uptinio.register.taken-keeps-the-user", says, &[REGISTER_DUPLICATE_KEEPS_THE_USER], async |run| {
        let (account, proper) = proper_registration(run).await?;
        let sign_in = proper_sign_in(run, &account).await?;
        let other = Account { email: account.email.clone(), ..Account::nobody(run) };
        let registration = other.registration().set("/user/name", "Another");
        proper.fault("the same address with another password and name", |_| registration).await?;
        let by_old = sign_in.variant("sign in as before", |sign_in| sign_in).await?;
        let name = sign_in.answer().response().text_at("/user/name").map(str::to_owned);
        by_old.holds(REGISTER_DUPLICATE_KEEPS_THE_USER, text("/user/authentication_token"));
        if let Some(name) = name {
            by_old.holds(REGISTER_DUPLICATE_KEEPS_THE_USER, value("/user/name", name));
        }
        Ok(())
    })
}

fn no_object() -> Case {
    let says = "A registration whose body is no JSON object, or holds none as `user`, is refused";
    let covers = &[REGISTER_REFUSES_WHAT_IS_NO_OBJECT, REGISTER_MALFORMED_STATUS];
    case("uptinio.register.no-object", says, covers, async |run| {
        let (_, proper) = proper_registration(run).await?;
        let bytes = Account::nobody(run).registration().bytes();
        let users = [json!(null), json!([]), json!("user"), json!(1)].map(|user| json!({ "user": user }).to_string());
        let [none, list, word, number] = users.map(String::into_bytes);
        let users = [
            ("without `user`", b"{}".to_vec()),
            ("null as `user`", none),
            ("an array as `user`", list),
            ("a text as `user`", word),
            ("a number as `user`", number),
        ];
        for (label, body) in no_objects(&bytes).into_iter().chain(users) {
            let refusal = proper.fault(label, |request| request.body(body)).await?;
            refusal.holds(REGISTER_REFUSES_WHAT_IS_NO_OBJECT, refused());
            if ["a text that is no JSON", "without `user`", "a text as `user`"].contains(&label) {
                run.observe(REGISTER_MALFORMED_STATUS, format!("{label}: {}", refusal.response().summary()));
            }
        }
        Ok(())
    })
}
