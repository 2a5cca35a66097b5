//! Whose a request is: the user's of its session cookie, or else the one's of Basic.

use super::error::Refusal;
use super::instance::{Account, Instance};
use super::session::{Holder, Presented, presented};
use super::{Deviation, authorization};
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};

/// Somebody who is logged in.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Identity {
    pub(super) username: String,
    /// The name that people read.
    pub(super) name: String,
    pub(super) email: String,
    pub(super) groups: Vec<String>,
    /// By which way: `username`, `basic`, or a provider's id.
    pub(super) provider: String,
    /// The way is a provider's.
    pub(super) oauth: bool,
}

impl Identity {
    pub(super) fn of(account: &Account, provider: &str) -> Self {
        Self {
            username: account.name.clone(),
            name: capitalized(&account.name),
            email: account.address.clone(),
            groups: Vec::new(),
            provider: provider.to_owned(),
            oauth: false,
        }
    }
}

/// The ways in which an endpoint may depart in whom it takes for logged in.
#[derive(Clone, Copy, Default)]
pub(super) struct Ways {
    pub(super) cookies_alone: bool,
    pub(super) basic_for_totp_accounts: bool,
    pub(super) pending_counts: bool,
    pub(super) unreadable_is_the_first: bool,
}

/// Who is logged in with what a request carries.
pub(super) enum Caller {
    User(Identity),
    /// Nobody yet: a login waits for its code.
    Pending,
    Nobody,
}

impl Caller {
    pub(super) fn user(self) -> Option<Identity> {
        match self {
            Caller::User(identity) => Some(identity),
            Caller::Pending | Caller::Nobody => None,
        }
    }
}

pub(super) async fn caller(instance: &Instance, headers: &HeaderMap, ways: Ways) -> Result<Caller, Refusal> {
    let mut otherwise = Caller::Nobody;
    match presented(instance, headers)? {
        Presented::Held(Holder::User(identity)) => return Ok(Caller::User(identity)),
        Presented::Held(Holder::Pending(name)) => match instance.account_named(&name) {
            Some(account) if ways.pending_counts => return Ok(Caller::User(by_password(instance, account))),
            Some(_) => otherwise = Caller::Pending,
            None => {}
        },
        Presented::Unreadable if ways.unreadable_is_the_first => {
            return Ok(Caller::User(by_password(instance, instance.first_account())));
        }
        Presented::Held(Holder::Nobody) | Presented::Unreadable | Presented::Nothing => {}
    }
    if ways.cookies_alone {
        return Ok(otherwise);
    }
    let account = authorization::basic(instance, headers).await?;
    let account = account.filter(|account| account.totp.is_none() || ways.basic_for_totp_accounts);
    Ok(account.map_or(otherwise, |account| Caller::User(Identity::of(account, "basic"))))
}

/// Who logged in by name and password, and a code if the account wants one.
pub(super) fn by_password(instance: &Instance, account: &Account) -> Identity {
    let provider = if instance.deviates(Deviation::UserProviderIsLocal) { "local" } else { "username" };
    Identity::of(account, provider)
}

/// With a capital letter in front.
pub(super) fn capitalized(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
