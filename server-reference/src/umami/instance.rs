//! One running Umami: its accounts, its websites, its keys and its ways.

use super::Deviation;
use super::seed::{Role, Seed, Website};
use super::token::Tokens;
use super::traffic::{KEPT, Traffic};
use super::visitor::Visitors;
use crate::deviation::Deviations;
use crate::password::{Hasher, PasswordHash};
use crate::{Clock, Limits};
use indexmap::IndexMap;
use secrecy::ExposeSecret as _;
use std::io;
use std::sync::atomic::AtomicUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

pub(super) struct Instance {
    pub(super) accounts: Vec<Account>,
    /// By their ids.
    websites: Mutex<IndexMap<String, Website>>,
    pub(super) traffic: Traffic,
    pub(super) visitors: Visitors,
    pub(super) hasher: Hasher,
    pub(super) tokens: Tokens,
    pub(super) clock: Clock,
    pub(super) limits: Limits,
    deviations: Deviations<Deviation>,
    /// How many logins there were, which only a deviation asks for.
    pub(super) logins: AtomicUsize,
}

/// A user, as the server keeps one: the password hashed.
pub(super) struct Account {
    pub(super) id: String,
    pub(super) username: String,
    pub(super) password: PasswordHash,
    pub(super) role: Role,
    pub(super) created_at: SystemTime,
}

impl Instance {
    /// Of a seed that passed its check: there is at least one user.
    pub(super) fn new(
        seed: Seed,
        deviations: Deviations<Deviation>,
        clock: Clock,
        hash_cost: u32,
        limits: Limits,
    ) -> io::Result<Self> {
        let hasher = Hasher::new(hash_cost);
        let account = |user: super::User| {
            Ok(Account {
                password: hasher.hash(&counted(&deviations, user.password.expose_secret()).into())?,
                id: user.id,
                username: user.username,
                role: user.role,
                created_at: user.created_at,
            })
        };
        let accounts = seed.users.into_iter().map(account).collect::<io::Result<_>>()?;
        let websites = seed.websites.into_iter().map(|website| (website.id.clone(), website));
        Ok(Self {
            accounts,
            websites: Mutex::new(websites.collect()),
            traffic: Traffic::new(KEPT),
            visitors: Visitors::new(),
            hasher,
            tokens: Tokens::new()?,
            clock,
            limits,
            deviations,
            logins: AtomicUsize::new(0),
        })
    }

    /// Whether it departs from the document in this way.
    pub(super) fn deviates(&self, deviation: Deviation) -> bool {
        self.deviations.contains(deviation)
    }

    pub(super) fn first_account(&self) -> &Account {
        &self.accounts[0]
    }

    pub(super) fn account_named(&self, username: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.username == username)
    }

    /// The first user that is another one.
    pub(super) fn other_account<'a>(&'a self, account: &'a Account) -> &'a Account {
        self.accounts.iter().find(|other| other.id != account.id).unwrap_or(account)
    }

    /// Whether a password is the account's.
    pub(super) async fn is_password_of(&self, account: &Account, password: &str) -> io::Result<bool> {
        self.hasher.matches(&account.password, counted(&self.deviations, password).into()).await
    }

    pub(super) fn account_with_id(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    /// The websites that there are while this is held, by their ids, in the order they came.
    pub(super) fn websites(&self) -> MutexGuard<'_, IndexMap<String, Website>> {
        self.websites.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn has_website(&self, id: &str) -> bool {
        self.websites().contains_key(id)
    }

    /// The time it is, in milliseconds since 1970.
    pub(super) fn now_millis(&self) -> i64 {
        let since = self.clock.now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }

    /// A time as answers show it.
    pub(super) fn shown_time(&self, time: SystemTime) -> String {
        if self.deviates(Deviation::CreatedAtIso) {
            return humantime::format_rfc3339_millis(time).to_string();
        }
        humantime::format_rfc3339_seconds(time).to_string().replace('T', " ").replace('Z', "")
    }
}

/// What counts of a password: all of it.
fn counted(deviations: &Deviations<Deviation>, password: &str) -> String {
    let deviates = |deviation| deviations.contains(deviation);
    let password = if deviates(Deviation::PasswordTrimmed) { password.trim() } else { password };
    let end = password.find('\0').filter(|_| deviates(Deviation::PasswordCutAtNul)).unwrap_or(password.len());
    let letters = if deviates(Deviation::PasswordShortened) { 12 } else { usize::MAX };
    let counted: String = password[..end].chars().take(letters).collect();
    if deviates(Deviation::PasswordInAnyCase) { counted.to_lowercase() } else { counted }
}
