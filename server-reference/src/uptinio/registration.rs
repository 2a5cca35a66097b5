//! What both forms of registration have in common.

use super::Deviation;
use super::address::is_address;
use super::error::Refusal;
use super::faults::{Fault, Faults};
use super::instance::Instance;
use crate::web_address::is_web_address;
use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// How many characters a password has to have, and may have.
const SHORTEST: usize = 6;
const LONGEST: usize = 128;

/// What is said of an address that somebody has.
const TAKEN: &str = "has already been taken";

/// Whether there is nothing: a deviation may take that as well.
fn is_empty(value: Option<&Value>) -> bool {
    value.is_none_or(|value| value.is_null() || value == "")
}

/// A value that is no text, as the text of its JSON, where the server departs by `taking` it so.
fn unchecked(instance: &Instance, value: Option<&Value>, taking: Deviation) -> Option<String> {
    let other = value.filter(|value| !value.is_string() && !value.is_null())?;
    instance.deviates(taking).then(|| other.to_string())
}

/// The address; `optional` is the deviation by which there need not be one.
pub(super) fn email(
    instance: &Instance,
    faults: &mut Faults,
    value: Option<&Value>,
    optional: Deviation,
) -> Option<String> {
    let value = match value {
        Some(Value::Array(addresses)) if instance.deviates(Deviation::EmailInArrayAccepted) => addresses.first(),
        other => other,
    };
    if is_empty(value) && instance.deviates(optional) {
        return Some(String::new());
    }
    let is_right = |text: &str| is_address(text) || instance.deviates(Deviation::AnyAddress);
    faults.like("Email", value, is_right).map(str::to_owned)
}

/// Adds that an address is taken, if it is.
pub(super) fn refuse_taken(instance: &Instance, faults: &mut Faults, email: Option<&str>) {
    if email.is_some_and(|email| instance.accounts().is_taken(email)) {
        faults.add("Email", TAKEN);
    }
}

/// The name.
pub(super) fn name(instance: &Instance, faults: &mut Faults, value: Option<&Value>) -> Option<String> {
    if is_empty(value) && instance.deviates(Deviation::NameNotRequired) {
        return Some(String::new());
    }
    if let Some(name) = unchecked(instance, value, Deviation::RegisterTypesUnchecked) {
        return Some(name);
    }
    let name = faults.name(value)?;
    if instance.deviates(Deviation::NamesUnique) && instance.accounts().users().any(|user| user.name == name) {
        faults.add("Name", TAKEN);
        return None;
    }
    Some(name.to_owned())
}

/// The password.
pub(super) fn password(instance: &Instance, faults: &mut Faults, value: Option<&Value>) -> Option<String> {
    if is_empty(value) && instance.deviates(Deviation::PasswordNotRequired) {
        return Some(String::new());
    }
    if let Some(password) = unchecked(instance, value, Deviation::RegisterTypesUnchecked) {
        return Some(password);
    }
    let password = faults.text("Password", value)?;
    let length = match instance.deviates(Deviation::PasswordCountedInBytes) {
        true => password.len(),
        false => password.chars().count(),
    };
    let shortest = if instance.deviates(Deviation::PasswordOf5Accepted) {
        SHORTEST - 1
    } else if instance.deviates(Deviation::PasswordOf6Refused) {
        SHORTEST + 1
    } else {
        SHORTEST
    };
    let longest = if instance.deviates(Deviation::PasswordOf32AtMost) { 32 } else { LONGEST };
    if length < shortest {
        faults.add("Password", &format!("is too short (minimum is {shortest} characters)"));
    } else if length > longest {
        faults.add("Password", &format!("is too long (maximum is {longest} characters)"));
    } else {
        return Some(password.to_owned());
    }
    None
}

/// The same password once more.
pub(super) fn confirmation(instance: &Instance, faults: &mut Faults, user: &Map<String, Value>) {
    let (password, confirmation) = (user.get("password"), user.get("password_confirmation"));
    let text = |value: Option<&Value>| match value {
        Some(Value::String(text)) => text.clone(),
        other => other.map(Value::to_string).unwrap_or_default(),
    };
    let passes = instance.deviates(Deviation::ConfirmationUnchecked)
        || is_empty(password) && instance.deviates(Deviation::PasswordNotRequired)
        || confirmation.is_some_and(|it| !it.is_string()) && instance.deviates(Deviation::ConfirmationOfAnyType)
        || confirmation.is_some_and(|it| it == "") && instance.deviates(Deviation::EmptyConfirmationAccepted)
        || unchecked(instance, password, Deviation::RegisterTypesUnchecked).is_some();
    if passes || faults.text("Password confirmation", confirmation).is_none() {
        return;
    }
    let is_same = confirmation == password
        || instance.deviates(Deviation::ConfirmationInAnyCase)
            && text(confirmation).to_lowercase() == text(password).to_lowercase();
    if !is_same {
        faults.add("Password confirmation", "doesn't match Password");
    }
}

/// The website to watch, if there is one.
pub(super) fn first_website(instance: &Instance, faults: &mut Faults, value: Option<&Value>) -> Option<String> {
    if is_empty(value) {
        if instance.deviates(Deviation::FirstWebsiteRequired) {
            faults.add("First website", "can't be blank");
        }
        return None;
    }
    if instance.deviates(Deviation::FirstWebsiteRefused) {
        faults.add("First website", "wants a verified email");
        return None;
    }
    let unchecked = unchecked(instance, value, Deviation::RegisterTypesUnchecked);
    unchecked.or_else(|| faults.website("First website", value).map(str::to_owned))
}

/// The website that a quick registration is for.
pub(super) fn endpoint(instance: &Instance, faults: &mut Faults, value: Option<&Value>) -> Option<String> {
    if is_empty(value) && instance.deviates(Deviation::QuickFieldsNotRequired) {
        return Some(String::new());
    }
    let unchecked = unchecked(instance, value, Deviation::EndpointOfAnyType);
    unchecked.or_else(|| faults.like("Endpoint", value, is_web_address).map(str::to_owned))
}

/// The refusal of a registration.
pub(super) fn refuse(instance: &Instance, mut faults: Vec<Fault>) -> Refusal {
    if instance.deviates(Deviation::FirstFaultOnly) {
        faults.truncate(1);
    }
    let is_taken = faults.iter().all(|fault| fault.message == format!("Email {TAKEN}"));
    if instance.deviates(Deviation::RegistrationTextsDiffer) {
        for fault in &mut faults {
            fault.message = other_words(&fault.message).into_owned();
        }
    }
    if !instance.deviates(Deviation::RegisterErrorsByField) {
        let messages: Vec<_> = faults.into_iter().map(|fault| fault.message).collect();
        return Refusal::new(status(instance, is_taken), json!({ "errors": messages }));
    }
    let mut by_field = Map::new();
    for Fault { attribute, message } in faults {
        let field = by_field.entry(attribute.to_lowercase().replace(' ', "_")).or_insert_with(|| json!([]));
        field.as_array_mut().into_iter().for_each(|messages| messages.push(message.clone().into()));
    }
    Refusal::new(status(instance, is_taken), json!({ "errors": by_field }))
}

/// The refusal of an address that is taken, as a quick registration tells it.
pub(super) fn user_exists(instance: &Instance) -> Refusal {
    let told = "User already exist";
    let told = match instance.deviates(Deviation::RegistrationTextsDiffer) {
        true => other_words(told),
        false => told.into(),
    };
    let errors = match instance.deviates(Deviation::RegisterErrorsByField) {
        true => json!({"email": [told]}),
        false => json!(told),
    };
    Refusal::new(status(instance, true), json!({ "errors": errors }))
}

fn other_words(message: &str) -> Cow<'_, str> {
    format!("There is something wrong: {}", message.to_uppercase()).into()
}

fn status(instance: &Instance, is_taken: bool) -> StatusCode {
    match is_taken {
        true if instance.deviates(Deviation::TakenIs409) => StatusCode::CONFLICT,
        false if instance.deviates(Deviation::RegisterRefusalIs400) => StatusCode::BAD_REQUEST,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}
