//! One running Uptinio: its accounts, its tokens, its mails and its ways.

use super::Deviation;
use super::accounts::{Accounts, NewUser, NotCreated, User};
use super::code::{self, Verification};
use super::error::{Form, Refusal};
use super::id_token::IdTokens;
use super::mail::{Mail, Mailer};
use super::rate_limit::RateLimits;
use super::seed::{self, Seed};
use super::throttle::Throttle;
use super::token::{self, Digest, UserTokens};
use crate::deviation::Deviations;
use crate::expiring::Expiring;
use crate::password::{Hasher, PasswordHash, is_hashable};
use crate::{Clock, Limits};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::digest::{SHA256, digest};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

/// What a project is called of whoever has registered.
const DEFAULT_PROJECT: &str = "Default";

/// So long is remembered what only deviations ask for.
const FOR_LONG: Duration = Duration::from_secs(1000 * 365 * 24 * 60 * 60);

pub(super) struct Instance {
    accounts: Mutex<Accounts>,
    pub(super) user_tokens: UserTokens,
    pub(super) rate_limits: RateLimits,
    pub(super) sign_ins: Throttle,
    pub(super) mailer: Mailer,
    /// `None`: nobody signs in with Google.
    pub(super) google: Option<IdTokens>,
    pub(super) hasher: Hasher,
    /// The password of nobody.
    pub(super) nobodys: Arc<PasswordHash>,
    pub(super) clock: Clock,
    pub(super) limits: Limits,
    deviations: Deviations<Deviation>,
    /// What only deviations ask for: projects' tokens that were used, users' tokens that were told as projects', how often
    /// tokens were validated, and whoever came from Google first.
    used_project_tokens: Expiring<Digest, ()>,
    told_as_projects: Expiring<Digest, ()>,
    pub(super) validations: Expiring<Digest, u32>,
    pub(super) first_of_google: Mutex<Option<u64>>,
}

impl Instance {
    /// Of a seed that passed its check.
    pub(super) fn new(
        seed: Seed,
        deviations: Deviations<Deviation>,
        clock: Clock,
        hash_cost: u32,
        limits: Limits,
    ) -> io::Result<Self> {
        let hasher = Hasher::new(hash_cost);
        let instance = Self {
            accounts: Mutex::default(),
            user_tokens: UserTokens::new(),
            rate_limits: RateLimits::new(),
            sign_ins: Throttle::new(),
            mailer: Mailer::new(seed.smtp.as_ref()),
            google: seed.google.map(IdTokens::new),
            nobodys: Arc::new(hasher.hash(&token::random()?)?),
            hasher,
            clock,
            limits,
            deviations,
            used_project_tokens: Expiring::new(10_000),
            told_as_projects: Expiring::new(10_000),
            validations: Expiring::new(10_000),
            first_of_google: Mutex::default(),
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
            ..NewUser::new(
                &user.email,
                &user.name,
                Some(self.hasher.hash(&self.prepared(user.password.expose_secret()))?),
            )
        };
        let mut accounts = self.accounts();
        let id = accounts.create(new, false, now).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
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
            user.verification.sent(self, code.expose_secret().to_owned());
        }
        if let Some(token) = &user.token {
            self.user_tokens.hand_out(self, token, id);
        }
        Ok(())
    }

    /// Whether it departs from the document in this way.
    pub(super) fn deviates(&self, deviation: Deviation) -> bool {
        self.deviations.contains(deviation)
    }

    /// The accounts that there are while this is held.
    pub(super) fn accounts(&self) -> MutexGuard<'_, Accounts> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new user with a project, and the monitor of a website in it if there is one: the user's id, and the monitor's
    /// uuid.
    pub(super) fn register(&self, new: NewUser, website: Option<&str>) -> Result<(u64, Option<String>), NotCreated> {
        let token = new_token()?;
        let (mut accounts, now) = (self.accounts(), self.clock.now());
        if website.is_some() && !accounts.has_room() {
            return Err(NotCreated::Full);
        }
        let may_be_taken = new.email.is_empty() || self.deviates(Deviation::TakenRegistersAgain);
        let user = accounts.create(new, may_be_taken, now)?;
        let project = accounts.add_project(user, DEFAULT_PROJECT, token, now);
        let monitor = website.and_then(|website| accounts.watch(&project, website, website, now));
        Ok((user, monitor))
    }

    /// A new user who has come from Google, where a server departs with an address that is taken.
    pub(super) fn register_again(&self, new: NewUser) -> Result<u64, NotCreated> {
        let token = new_token()?;
        let (mut accounts, now) = (self.accounts(), self.clock.now());
        let user = accounts.create(new, self.deviates(Deviation::GoogleNewUserEachTime), now)?;
        accounts.add_project(user, DEFAULT_PROJECT, token, now);
        Ok(user)
    }

    /// A password as it is hashed. bcrypt cannot tell long ones apart, nor some with a NUL: of these it is given the digest.
    fn prepared(&self, password: &str) -> SecretString {
        let password = match self.deviates(Deviation::PasswordInAnyCase) {
            true => password.to_lowercase(),
            false => password.to_owned(),
        };
        if is_hashable(&password) {
            return password.into();
        }
        let whole = password.as_bytes();
        let counted = match self.deviates(Deviation::PasswordTruncated) {
            true => &whole[..whole.len().min(72)],
            false => whole,
        };
        BASE64_STANDARD.encode(digest(&SHA256, counted)).into()
    }

    /// Hashes a password.
    pub(super) async fn hash(&self, password: SecretString) -> Result<PasswordHash, Refusal> {
        let hash = self.hasher.hash_in_turn(self.prepared(password.expose_secret())).await;
        hash.map_err(|error| Refusal::failed(Form::Errors, "a password could not be hashed", error))
    }

    /// Whether a hash is that of a password.
    pub(super) async fn is_password(&self, hash: &PasswordHash, password: &str) -> Result<bool, Refusal> {
        let is_right = self.hasher.matches(hash, self.prepared(password)).await;
        is_right.map_err(|error| Refusal::failed(Form::Errors, "a password could not be hashed", error))
    }

    /// Mails a user a new code. If that fails the one before counts on, and the next may be asked for at once.
    ///
    /// # Errors
    ///
    /// The mail was not sent.
    pub(super) async fn mail_code(&self, user: u64) -> io::Result<()> {
        self.mail_code_by(user, Verification::sent).await
    }

    /// The same, where a server departs: the next code may be asked for as it might have been without it.
    pub(super) async fn mail_code_besides(&self, user: u64) -> io::Result<()> {
        self.mail_code_by(user, Verification::sent_besides).await
    }

    async fn mail_code_by(&self, user: u64, keep: fn(&mut Verification, &Self, String)) -> io::Result<()> {
        let digits = code::random(self)?;
        let (mail, before) = {
            let mut accounts = self.accounts();
            let another = accounts.first_user().map(|first| first.email.clone());
            let user = accounts.user_mut(user).ok_or(io::ErrorKind::NotFound)?;
            let before = user.verification.clone();
            let to = another.filter(|_| self.deviates(Deviation::CodeToAnotherAddress));
            let mail = Mail::with_code(to.as_ref().unwrap_or(&user.email), &digits);
            // Before it is sent: who asks again meanwhile is too soon.
            keep(&mut user.verification, self, digits);
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

    /// Whether this is the first request with a project's token.
    pub(super) fn is_first_use(&self, token: Digest) -> bool {
        let mut used = self.used_project_tokens.alive(self.clock.now());
        used.insert(token, (), FOR_LONG).is_none()
    }

    /// From now on a user's token is good for projects too.
    pub(super) fn tell_as_projects(&self, token: Digest) {
        self.told_as_projects.alive(self.clock.now()).insert(token, (), FOR_LONG);
    }

    pub(super) fn was_told_as_projects(&self, token: Digest) -> bool {
        self.told_as_projects.alive(self.clock.now()).get(&token).is_some()
    }

    /// The address that is told of a user who has this one.
    pub(super) fn address_told(&self, email: &str) -> String {
        let accounts = self.accounts();
        let another = accounts.another_than(email).filter(|_| self.deviates(Deviation::AnswersNameAnother));
        another.map_or(email, |another| &another.email).to_owned()
    }

    /// Whether a user's address is called verified.
    pub(super) fn verified_told(&self, user: &User) -> bool {
        user.is_verified || self.deviates(Deviation::EverybodyCalledVerified)
    }

    /// Adds the hash of the password to what is told of a user, if the server departs in that.
    pub(super) fn tell_hash(&self, told: &mut Value, user: Option<&User>) {
        let hash = user.and_then(|user| user.password.as_ref());
        if let Some(hash) = hash.filter(|_| self.deviates(Deviation::HashTold)) {
            told["password_digest"] = hash.as_str().into();
        }
    }

    /// A time as answers show it.
    pub(super) fn shown_time(&self, time: SystemTime) -> String {
        humantime::format_rfc3339_seconds(time).to_string()
    }
}

/// The token of a new project.
fn new_token() -> Result<SecretString, NotCreated> {
    token::random().map_err(|error| {
        tracing::error!(%error, "a project's token could not be made");
        NotCreated::Full
    })
}
