//! One running Uptinio: its accounts, its tokens, its mails and its ways.

use super::Deviation;
use super::accounts::{Accounts, NewUser, NotCreated};
use super::id_token::IdTokens;
use super::mail::{Mail, Mailer};
use super::rate_limit::RateLimits;
use super::seed::{self, Seed};
use super::token::{Digest, UserTokens};
use super::{code, token};
use crate::expiring::Expiring;
use crate::password::{Hasher, PasswordHash};
use crate::{Clock, Limits};
use secrecy::ExposeSecret as _;
use std::collections::HashSet;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// What a project is called of whoever has registered.
const DEFAULT_PROJECT: &str = "Default";

pub(super) struct Instance {
    accounts: Mutex<Accounts>,
    pub(super) user_tokens: UserTokens,
    pub(super) rate_limits: RateLimits,
    /// Sign-ins by address that have not succeeded lately.
    pub(super) failed_sign_ins: Expiring<Digest, u32>,
    pub(super) mailer: Mailer,
    /// `None`: nobody signs in with Google.
    pub(super) google: Option<IdTokens>,
    pub(super) hasher: Hasher,
    /// The password of nobody.
    pub(super) nobodys: Arc<PasswordHash>,
    pub(super) clock: Clock,
    pub(super) limits: Limits,
    #[expect(dead_code, reason = "the catalogue is still to come")]
    deviations: HashSet<Deviation>,
}

impl Instance {
    /// Of a seed that passed its check.
    pub(super) fn new(
        seed: Seed,
        deviations: HashSet<Deviation>,
        clock: Clock,
        hash_cost: u32,
        limits: Limits,
    ) -> io::Result<Self> {
        let hasher = Hasher::new(hash_cost);
        let instance = Self {
            accounts: Mutex::default(),
            user_tokens: UserTokens::new(),
            rate_limits: RateLimits::new(),
            failed_sign_ins: Expiring::new(10_000),
            mailer: Mailer::new(seed.smtp.as_ref()),
            google: seed.google.map(IdTokens::new),
            nobodys: Arc::new(hasher.hash(&token::random()?)?),
            hasher,
            clock,
            limits,
            deviations,
        };
        for user in seed.users {
            instance.plant(user, &seed.projects)?;
        }
        Ok(instance)
    }

    /// A user of the seed, with the projects that it has for them.
    fn plant(&self, user: seed::User, projects: &[seed::Project]) -> io::Result<()> {
        let now = self.clock.now();
        let new = NewUser {
            is_verified: user.verified,
            is_banned: user.banned,
            plan: user.plan,
            mail_fails: user.mail_fails,
            ..NewUser::new(&user.email, &user.name, Some(self.hasher.hash(&user.password)?))
        };
        let mut accounts = self.accounts();
        let id = accounts.create(new, now).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
        let mut own: Vec<_> =
            projects.iter().filter(|project| project.owner.eq_ignore_ascii_case(&user.email)).collect();
        let default = seed::Project::new(&user.email, DEFAULT_PROJECT);
        if own.is_empty() {
            own.push(&default);
        }
        for project in own {
            let token = project.token.clone().map_or_else(token::random, Ok)?;
            let uuid = accounts.add_project(id, &project.name, token, now);
            for monitor in &project.monitors {
                accounts.plant(&uuid, monitor, now);
            }
        }
        if let (Some(user), Some(code)) = (accounts.user_mut(id), &user.code) {
            user.verification.sent(code.expose_secret().to_owned(), now);
        }
        if let Some(token) = &user.token {
            self.user_tokens.hand_out(token, id, now);
        }
        Ok(())
    }

    /// The accounts that there are while this is held.
    pub(super) fn accounts(&self) -> MutexGuard<'_, Accounts> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new user with a project, and the monitor of a website in it if there is one: the user's id, and the monitor's
    /// uuid.
    pub(super) fn register(&self, new: NewUser, website: Option<&str>) -> Result<(u64, Option<String>), NotCreated> {
        let token = token::random().map_err(|_| NotCreated::Full)?;
        let (mut accounts, now) = (self.accounts(), self.clock.now());
        let user = accounts.create(new, now)?;
        let project = accounts.add_project(user, DEFAULT_PROJECT, token, now);
        let monitor = website.and_then(|website| accounts.watch(&project, website, website, now));
        Ok((user, monitor))
    }

    /// Mails a user a new code. If that fails the one before counts on, and the next may be asked for at once.
    ///
    /// # Errors
    ///
    /// The mail was not sent.
    pub(super) async fn mail_code(&self, user: u64) -> io::Result<()> {
        let digits = code::random()?;
        let (mail, before) = {
            let (mut accounts, now) = (self.accounts(), self.clock.now());
            let user = accounts.user_mut(user).ok_or(io::ErrorKind::NotFound)?;
            let before = user.verification.clone();
            let mail = Mail::with_code(&user.email, &digits);
            // Before it is sent: who asks again meanwhile is too soon.
            user.verification.sent(digits, now);
            (mail, before)
        };
        let sent = self.mail(user, mail).await;
        if let (Err(_), Some(user)) = (&sent, self.accounts().user_mut(user)) {
            user.verification = before;
        }
        sent
    }

    /// Mails a user something.
    pub(super) async fn mail(&self, user: u64, mail: Mail) -> io::Result<()> {
        if self.accounts().user(user).is_none_or(|user| user.mail_fails) {
            return Err(io::Error::other("the seed has mails to this user fail"));
        }
        self.mailer.send(mail).await
    }

    /// A time as answers show it.
    pub(super) fn shown_time(&self, time: SystemTime) -> String {
        humantime::format_rfc3339_seconds(time).to_string()
    }
}
