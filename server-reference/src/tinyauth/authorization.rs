//! Basic (RFC 7617), as the document's Authentication section has it.

use super::Deviation;
use super::error::Refusal;
use super::instance::{Account, Instance};
use crate::authorization::{self, names_scheme, pair};
use axum::http::HeaderMap;
use std::time::Duration;

/// Whether a request carries Basic, whatever it holds.
pub(super) fn is_basic(headers: &HeaderMap) -> bool {
    names_scheme(headers, "Basic")
}

/// The account whose name and password a request carries as Basic, with TOTP or not.
pub(super) async fn basic<'a>(instance: &'a Instance, headers: &HeaderMap) -> Result<Option<&'a Account>, Refusal> {
    let has_expired = instance.deviates(Deviation::BasicExpires)
        && instance.started + Duration::from_secs(24 * 60 * 60) <= instance.clock.now();
    let Some(credentials) = credentials(instance, headers)?.filter(|_| !has_expired) else { return Ok(None) };
    let account = instance.account_named(&credentials.name);
    if account.is_some() && instance.deviates(Deviation::BasicAnyPassword) {
        return Ok(account);
    }
    if account.is_none() && !credentials.name.is_empty() && instance.deviates(Deviation::BasicAnyUser) {
        return Ok(Some(instance.first_account()));
    }
    let is_right = instance.is_password_of(account, credentials.password).await?;
    Ok(account.filter(|_| is_right))
}

/// The name that a request gives as Basic, whoever has it.
pub(super) fn name(instance: &Instance, headers: &HeaderMap) -> Option<String> {
    credentials(instance, headers).ok().flatten().map(|credentials| credentials.name)
}

/// Without `Debug`, for the password's sake.
struct Credentials {
    name: String,
    password: String,
}

fn credentials(instance: &Instance, headers: &HeaderMap) -> Result<Option<Credentials>, Refusal> {
    let counts = |scheme: &str| match instance.deviates(Deviation::BasicSchemeCaseSensitive) {
        true => scheme == "Basic",
        false => scheme.eq_ignore_ascii_case("Basic"),
    };
    let sent = authorization::credentials(headers).filter(|(scheme, _)| counts(scheme));
    let Some((_, encoded)) = sent else { return Ok(None) };
    let plain = instance.deviates(Deviation::BasicWithoutEncoding).then(|| encoded.to_owned());
    let pair = pair(encoded).or(plain);
    let pair = pair.as_deref().and_then(|pair| match instance.deviates(Deviation::BasicSplitsAtLastColon) {
        true => pair.rsplit_once(':'),
        false => pair.split_once(':'),
    });
    match pair {
        Some((name, password)) => Ok(Some(Credentials { name: name.to_owned(), password: password.to_owned() })),
        None if instance.deviates(Deviation::MalformedBasicCrashes) => Err(Refusal::server_error()),
        None => Ok(None),
    }
}
