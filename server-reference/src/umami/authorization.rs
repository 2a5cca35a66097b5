//! The Authorization header.

use super::Deviation;
use super::error::Refusal;
use super::instance::{Account, Instance};
use super::token;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// The account whose token a request carries.
///
/// `without_token` is the deviation, if there is one, by which this operation takes a request that carries none for the
/// first user's.
pub(super) fn bearer<'a>(
    instance: &'a Instance,
    headers: &HeaderMap,
    without_token: Option<Deviation>,
) -> Result<&'a Account, Refusal> {
    let name = match instance.deviates(Deviation::TokenInAnotherHeader) {
        true => HeaderName::from_static("x-umami-token"),
        false => header::AUTHORIZATION,
    };
    let mut values = headers.get_all(name).iter();
    let account = match (values.next(), values.next()) {
        (None, _) => without_token.filter(|one| instance.deviates(*one)).map(|_| instance.first_account()),
        (Some(value), None) => token_in(instance, value).and_then(|token| account(instance, token)),
        (Some(_), Some(_)) => None, // two: whose request this is cannot be told
    };
    account.ok_or_else(Refusal::unauthorized)
}

/// The token in a header's value: the scheme, one or more spaces, and then nothing but the token.
fn token_in<'a>(instance: &Instance, value: &'a HeaderValue) -> Option<&'a str> {
    let value = value.to_str().ok()?;
    let Some((scheme, token)) = value.split_once(' ') else {
        return Some(value).filter(|_| instance.deviates(Deviation::BareToken));
    };
    let scheme_counts = instance.deviates(Deviation::AnyScheme)
        || scheme == "Bearer"
        || scheme.eq_ignore_ascii_case("Bearer") && !instance.deviates(Deviation::SchemeInOneCase);
    let token = match instance.deviates(Deviation::OneSpaceAfterScheme) {
        true => token,
        false => token.trim_start_matches(' '),
    };
    Some(token).filter(|token| scheme_counts && !token.is_empty() && !token.contains(' '))
}

fn account<'a>(instance: &'a Instance, token: &str) -> Option<&'a Account> {
    let anyone = || instance.deviates(Deviation::AnyToken).then(|| instance.first_account());
    let account = token::account(instance, token).or_else(anyone)?;
    Some(if instance.deviates(Deviation::TokenOfAnotherUser) { instance.other_account(account) } else { account })
}
