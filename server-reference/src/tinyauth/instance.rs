//! One running Tinyauth: its accounts, its keys and its ways.

use super::Deviation;
use super::app_url::AppUrl;
use super::attempts::{Attempts, Laxity};
use super::caller::Identity;
use super::error::Refusal;
use super::provider::Provider;
use super::seal::Seal;
use super::seed::{Password, Seed, User};
use super::session;
use super::ticket::Ticket;
use super::totp_secret::TotpSecret;
use crate::deviation::Deviations;
use crate::expiring::Expiring;
use crate::password::{Hasher, PasswordHash};
use crate::{Clock, Limits, random};
use probity_fixtures::tinyauth::operation;
use secrecy::ExposeSecret as _;
use std::io;
use std::sync::atomic::AtomicUsize;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

pub(super) struct Instance {
    pub(super) accounts: Vec<Account>,
    pub(super) providers: Vec<Provider>,
    pub(super) app_url: AppUrl,
    pub(super) seal: Seal,
    pub(super) hasher: Hasher,
    /// Logins by name and password.
    pub(super) logins: Attempts,
    /// Codes, by the names of their accounts.
    pub(super) codes: Attempts,
    /// The steps whose codes were accepted, each with its account's name.
    pub(super) used_codes: Expiring<(String, u64), ()>,
    pub(super) clock: Clock,
    pub(super) started: SystemTime,
    pub(super) limits: Limits,
    deviations: Deviations<Deviation>,
    /// The states of tickets that were redeemed.
    pub(super) spent_states: Expiring<String, ()>,
    /// What only deviations ask for: tickets by their states, identities by code and state, a text that is always the
    /// same, who logged in last, and the sessions that were ended.
    pub(super) tickets: Expiring<String, Ticket>,
    pub(super) callbacks: Expiring<(String, Option<String>), Identity>,
    pub(super) constant: String,
    /// How often it was told who is logged in.
    pub(super) users_told: AtomicUsize,
    latest: Mutex<Option<Identity>>,
    ended: Expiring<String, ()>,
}

/// A user, as the server keeps one: the password hashed.
pub(super) struct Account {
    pub(super) name: String,
    /// The e-mail address that is made of the name.
    pub(super) address: String,
    pub(super) password: PasswordHash,
    pub(super) totp: Option<TotpSecret>,
}

impl Instance {
    /// Of a seed that passed its check, at an address that one can be made of: there is at least one user.
    pub(super) fn new(
        seed: Seed,
        app_url: AppUrl,
        deviations: Deviations<Deviation>,
        clock: Clock,
        hash_cost: u32,
        limits: Limits,
    ) -> io::Result<Self> {
        let hasher = Hasher::new(hash_cost);
        let account = |user: User| {
            Ok(Account {
                address: format!("{}@{}", user.name.to_lowercase(), app_url.domain),
                password: hashed(&hasher, &user.password, &deviations)?,
                name: user.name,
                totp: user.totp,
            })
        };
        let accounts = seed.users.into_iter().map(account).collect::<io::Result<_>>()?;
        let is_key_shared = deviations.contains(Deviation::SessionKeyShared);
        Ok(Self {
            accounts,
            providers: seed.providers,
            app_url,
            seal: if is_key_shared { Seal::shared()? } else { Seal::new()? },
            hasher,
            logins: Attempts::new(),
            codes: Attempts::new(),
            used_codes: Expiring::new(10_000),
            spent_states: Expiring::new(10_000),
            tickets: Expiring::new(1000),
            callbacks: Expiring::new(1000),
            constant: random::text()?,
            started: clock.now(),
            clock,
            limits,
            deviations,
            users_told: AtomicUsize::new(0),
            latest: Mutex::default(),
            ended: Expiring::new(1000),
        })
    }

    /// Whether it departs from the document in this way.
    pub(super) fn deviates(&self, deviation: Deviation) -> bool {
        self.deviations.contains(deviation)
    }

    pub(super) fn first_account(&self) -> &Account {
        &self.accounts[0]
    }

    pub(super) fn account_named(&self, name: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.name == name)
    }

    /// The account of a name, or of an e-mail address.
    pub(super) fn account_called(&self, name_or_address: &str) -> Option<&Account> {
        let has_address = |account: &&Account| account.address == name_or_address.to_lowercase();
        self.account_named(name_or_address).or_else(|| self.accounts.iter().find(has_address))
    }

    /// What the failures of a name or an e-mail address are counted by: the same for both. It is made of the text alone.
    /// If an account had a part in it, two names that are held off together would tell that there is one.
    pub(super) fn counted_as(&self, name_or_address: &str) -> String {
        name_or_address.to_lowercase().trim_end_matches(&format!("@{}", self.app_url.domain)).to_owned()
    }

    pub(super) fn provider(&self, id: &str) -> Option<&Provider> {
        let generic = || self.providers.first().filter(|_| self.deviates(Deviation::UnknownProviderIsGeneric));
        self.providers.iter().find(|provider| provider.id == id).or_else(generic)
    }

    /// Where a provider sends browsers back to.
    pub(super) fn callback_of(&self, provider: &Provider) -> String {
        let callback = operation::OAUTH_CALLBACK.path.replace("{provider}", &provider.id);
        format!("{}{callback}", self.app_url.as_str())
    }

    /// Whether a password is the account's; nobody's account has one, which takes as long to find out.
    pub(super) async fn is_password_of(&self, account: Option<&Account>, password: String) -> Result<bool, Refusal> {
        let hash = &account.unwrap_or(self.first_account()).password;
        let matches = self.hasher.matches(hash, counted(&self.deviations, &password).into()).await;
        let matches = matches.map_err(|error| Refusal::failed("a password could not be hashed", error))?;
        Ok(matches && account.is_some())
    }

    /// How it departs in holding off names whose logins fail.
    pub(super) fn laxity(&self) -> Laxity {
        Laxity {
            never_locks: self.deviates(Deviation::NeverLocks),
            locks_everyone: self.deviates(Deviation::LocksEveryone),
            lock_never_ends: self.deviates(Deviation::LockNeverEnds),
        }
    }

    pub(super) fn latest(&self) -> Option<Identity> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn remember_latest(&self, identity: &Identity) {
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = Some(identity.clone());
    }

    /// Whether the session of a cookie was ended.
    pub(super) fn has_ended(&self, cookie: &str) -> bool {
        self.ended.alive(self.clock.now()).get(&cookie.to_owned()).is_some()
    }

    pub(super) fn end(&self, cookie: String) {
        self.ended.alive(self.clock.now()).insert(cookie, (), session::LIFETIME);
    }
}

fn hashed(hasher: &Hasher, password: &Password, deviations: &Deviations<Deviation>) -> io::Result<PasswordHash> {
    match password {
        Password::Plain(password) => hasher.hash(&counted(deviations, password.expose_secret()).into()),
        Password::Hashed(hash) => PasswordHash::read(hash)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a hash is none of bcrypt's")),
    }
}

/// What counts of a password: all of it.
fn counted(deviations: &Deviations<Deviation>, password: &str) -> String {
    let deviates = |deviation| deviations.contains(deviation);
    let password = if deviates(Deviation::PasswordTrimmed) { password.trim() } else { password };
    let end = password.find('\0').filter(|_| deviates(Deviation::PasswordCutAtNul)).unwrap_or(password.len());
    let letters = if deviates(Deviation::PasswordShortened) { 12 } else { usize::MAX };
    password[..end].chars().take(letters).collect()
}
