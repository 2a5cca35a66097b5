//! Sessions. The server keeps none of them: all there is stands in the cookie, sealed.

use super::caller::Identity;
use super::cookies;
use super::error::Refusal;
use super::instance::Instance;
use super::{Deviation, SESSION};
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// So long a session counts.
pub(super) const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// So long a login waits for its code.
const PENDING_LIFETIME: Duration = Duration::from_secs(60 * 60);

/// Whose a session is.
#[derive(Clone, Serialize, Deserialize)]
pub(super) enum Holder {
    /// Somebody who has logged in.
    User(Identity),
    /// The account of that name, whose code is still to come.
    Pending(String),
    /// Nobody: a deviation gives such sessions out.
    Nobody,
}

#[derive(Serialize, Deserialize)]
struct Session {
    holder: Holder,
    /// From when on it counts no more: seconds since 1970.
    expires: u64,
    /// The address that it is bound to, if the server departs in that.
    address: Option<String>,
}

/// What a request says of its session.
pub(super) enum Presented {
    /// There is none, or one whose time is up.
    Nothing,
    /// It is none of this server's.
    Unreadable,
    Held(Holder),
}

/// The Set-Cookie header that begins a session for whoever sent these headers.
pub(super) fn begin(instance: &Instance, headers: &HeaderMap, holder: Holder) -> Result<HeaderValue, Refusal> {
    if let Holder::User(identity) = &holder {
        instance.remember_latest(identity);
    }
    let lifetime = match holder {
        Holder::Pending(_) => PENDING_LIFETIME,
        Holder::User(_) | Holder::Nobody => LIFETIME,
    };
    let expires = instance.clock.seconds() + lifetime.as_secs();
    let session = Session { holder, expires, address: address(instance, headers) };
    let value = close(instance, &session).map_err(|error| Refusal::failed("a session could not be sealed", error))?;
    let max_age = (!instance.deviates(Deviation::SessionWithoutExpiry)).then(|| cookies::max_age(lifetime));
    set(instance, value, max_age)
}

/// The Set-Cookie header that has a browser forget its session.
pub(super) fn forget(instance: &Instance) -> Result<HeaderValue, Refusal> {
    set(instance, String::new(), Some(cookies::max_age(Duration::ZERO)))
}

fn set(instance: &Instance, value: String, max_age: Option<cookie::time::Duration>) -> Result<HeaderValue, Refusal> {
    let mut cookie = cookies::named(&instance.app_url, SESSION, value);
    if let Some(max_age) = max_age {
        cookie = cookie.max_age(max_age);
    }
    if let Some(domain) = &instance.app_url.cookie_domain {
        cookie = cookie.domain(domain.clone());
    }
    if instance.deviates(Deviation::SessionReadable) {
        cookie = cookie.http_only(false);
    }
    cookies::header(cookie).ok_or_else(|| Refusal::failed("a session could not be set", "it fits in no header"))
}

/// The session that a request carries.
pub(super) fn presented(instance: &Instance, headers: &HeaderMap) -> Result<Presented, Refusal> {
    let Some(value) = cookie(instance, headers) else { return Ok(Presented::Nothing) };
    let Some(session) = open(instance, &value) else {
        return match instance.deviates(Deviation::MalformedSessionCrashes) {
            true => Err(Refusal::server_error()),
            false => Ok(Presented::Unreadable),
        };
    };
    let is_over = session.expires <= instance.clock.seconds() && !instance.deviates(Deviation::SessionNeverEnds);
    if is_over || session.address != address(instance, headers) || instance.has_ended(&value) {
        return Ok(Presented::Nothing);
    }
    Ok(match session.holder {
        Holder::User(_) if instance.deviates(Deviation::SessionOfTheLatest) => match instance.latest() {
            Some(latest) => Presented::Held(Holder::User(latest)),
            None => Presented::Nothing,
        },
        Holder::Nobody => Presented::Nothing,
        holder => Presented::Held(holder),
    })
}

/// The session cookie's value, as it came.
pub(super) fn cookie(instance: &Instance, headers: &HeaderMap) -> Option<String> {
    let value = cookies::read(headers, &cookies::name(&instance.app_url, SESSION));
    value.filter(|value| !value.is_empty())
}

/// The address that a session is bound to, where the server departs in that.
fn address(instance: &Instance, headers: &HeaderMap) -> Option<String> {
    let address = headers.get("x-forwarded-for").filter(|_| instance.deviates(Deviation::SessionWantsItsAddress))?;
    Some(String::from_utf8_lossy(address.as_bytes()).into_owned())
}

/// By a deviation what is sealed stands in plain text before the seal, and the seal is not looked at.
fn close(instance: &Instance, session: &Session) -> std::io::Result<String> {
    let sealed = instance.seal.close(SESSION, session)?;
    if !instance.deviates(Deviation::SessionUnauthenticated) {
        return Ok(sealed);
    }
    let plain = BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(session)?);
    Ok(format!("{plain}.{sealed}"))
}

fn open(instance: &Instance, value: &str) -> Option<Session> {
    if !instance.deviates(Deviation::SessionUnauthenticated) {
        return instance.seal.open(SESSION, value);
    }
    let (plain, _) = value.split_once('.')?;
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(plain).ok()?).ok()
}
