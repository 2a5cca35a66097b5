//! What stands in the header that tokens come in.

use super::Deviation;
use super::authorization::{Door, Gate};
use crate::query::parameter;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use secrecy::SecretString;

/// What stands where a token should.
pub(super) enum Presented {
    Nothing,
    /// `Bearer`, and nothing behind it.
    Empty,
    /// After `Bearer`.
    Bearer(SecretString),
    /// Without a scheme.
    Bare(SecretString),
    /// Something else, or more than one.
    Unreadable,
}

/// Whether there was a token to speak of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Nothing,
    Something,
}

impl Presented {
    /// What stands in the header that tokens are looked for in.
    pub(super) fn at(gate: &Gate, request: &Request) -> Self {
        let Gate { instance, door, .. } = gate;
        let another = match door.is_users() {
            true => (Deviation::UserTokenInAnotherHeader, "x-user-token"),
            false => (Deviation::ProjectTokenInAnotherHeader, "x-api-key"),
        };
        if instance.deviates(another.0) {
            let value = request.headers().get(another.1).and_then(|value| value.to_str().ok());
            return value.map_or(Presented::Nothing, |value| Presented::Bearer(value.into()));
        }
        let mut values = request.headers().get_all(header::AUTHORIZATION).iter();
        match (values.next(), values.next()) {
            (None, _) if door.is_users() && instance.deviates(Deviation::UserTokenInQuery) => {
                let query = request.uri().query().unwrap_or_default();
                let names = ["access_token", "token", "authentication_token"];
                let token = names.into_iter().find_map(|name| parameter(query, name));
                token.map_or(Presented::Nothing, |token| Presented::Bearer(token.into()))
            }
            (None, _) => Presented::Nothing,
            (Some(value), None) => Self::in_value(gate, value),
            (Some(_), Some(_)) => Presented::Unreadable, // whose request it is cannot be told
        }
    }

    fn in_value(gate: &Gate, value: &HeaderValue) -> Self {
        let Gate { instance, door, .. } = gate;
        let Ok(value) = value.to_str() else { return Presented::Unreadable };
        let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
        let token = rest.trim_matches(' ');
        let counts = match instance.deviates(Deviation::SchemeInOneCase) {
            true => scheme == "Bearer",
            false => scheme.eq_ignore_ascii_case("Bearer"),
        };
        let wants_one_space = door.is_users() && instance.deviates(Deviation::OneSpaceAfterScheme);
        match (counts || instance.deviates(Deviation::AnyScheme) && !token.is_empty(), token) {
            (true, "") => Presented::Empty,
            (true, _) if wants_one_space && rest.starts_with(' ') => Presented::Unreadable,
            (true, token) if !token.contains(' ') => Presented::Bearer(token.into()),
            (false, "") if scheme.is_empty() => Presented::Nothing,
            (false, "") => Presented::Bare(scheme.into()),
            _ => Presented::Unreadable,
        }
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            Presented::Nothing | Presented::Empty => Kind::Nothing,
            _ => Kind::Something,
        }
    }

    /// The token as far as it counts at a door.
    pub(super) fn token(&self, door: Door) -> Option<&SecretString> {
        match self {
            Presented::Bearer(token) => Some(token),
            Presented::Bare(token) if door == Door::Agent => Some(token),
            _ => None,
        }
    }
}
