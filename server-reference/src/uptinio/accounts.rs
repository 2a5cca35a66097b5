//! The users and projects that a server knows, and what the projects hold.

use super::Deviation;
use super::code::Verification;
use super::instance::Instance;
use super::project::{CheckType, Checked, Incident, Project};
use super::rate_limit::Plan;
use super::seed::{self, MonitorStatus};
use super::token::Digest;
use crate::password::PasswordHash;
use indexmap::IndexMap;
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::SystemTime;

/// How many users there can be.
const MOST_USERS: usize = 10_000;

/// How many things there can be in all projects together: monitors, incidents, integrations, servers. A seed may bring
/// 101 incidents with each of its 1000 monitors.
const MOST_THINGS: usize = 200_000;

/// All of them.
#[derive(Default)]
pub(super) struct Accounts {
    users: IndexMap<u64, User>,
    /// By their addresses in small letters.
    by_email: HashMap<String, u64>,
    by_google_subject: HashMap<String, u64>,
    projects: IndexMap<String, Project>,
    by_token: HashMap<Digest, String>,
    things: usize,
    numbers: u64,
}

/// Somebody who can sign in.
pub(super) struct User {
    pub(super) id: u64,
    pub(super) email: String,
    pub(super) name: String,
    /// Whoever signs in with Google alone has none.
    pub(super) password: Option<Arc<PasswordHash>>,
    pub(super) is_verified: bool,
    pub(super) is_banned: bool,
    /// Where a server departs: who has signed out may be locked out, and who came from Google may not create.
    pub(super) is_locked_out: bool,
    pub(super) may_not_create: bool,
    pub(super) plan: Plan,
    /// Mails to the user never arrive.
    pub(super) mail_fails: bool,
    pub(super) verification: Verification,
    /// The project's uuid.
    pub(super) current_project: String,
    pub(super) created_at: SystemTime,
    pub(super) updated_at: SystemTime,
}

/// Somebody who is to be one.
pub(super) struct NewUser {
    pub(super) email: String,
    pub(super) name: String,
    pub(super) password: Option<PasswordHash>,
    pub(super) is_verified: bool,
    pub(super) is_banned: bool,
    pub(super) plan: Plan,
    pub(super) mail_fails: bool,
}

/// Why there is no new user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotCreated {
    /// Somebody has the address already.
    Taken,
    /// There are as many as there can be, or there is no token for one more.
    Full,
}

impl NewUser {
    /// Somebody on the standard plan, who has still to be verified.
    pub(super) fn new(email: &str, name: &str, password: Option<PasswordHash>) -> Self {
        Self {
            email: email.to_owned(),
            name: name.to_owned(),
            password,
            is_verified: false,
            is_banned: false,
            plan: Plan::default(),
            mail_fails: false,
        }
    }
}

impl User {
    pub(super) fn may_sign_in(&self) -> bool {
        !self.is_banned && !self.is_locked_out
    }
}

impl Accounts {
    /// A number that nothing else has, as it stands in uuids.
    pub(super) fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    pub(super) fn is_taken(&self, email: &str) -> bool {
        self.by_email.contains_key(&email.to_ascii_lowercase())
    }

    /// A new user, who needs a project still. Where a server departs the address may be another one's too, or none.
    pub(super) fn create(&mut self, new: NewUser, may_be_taken: bool, now: SystemTime) -> Result<u64, NotCreated> {
        if self.is_taken(&new.email) && !may_be_taken {
            return Err(NotCreated::Taken);
        }
        if self.users.len() >= MOST_USERS {
            return Err(NotCreated::Full);
        }
        let id = self.users.len() as u64 + 1;
        if !new.email.is_empty() {
            self.by_email.insert(new.email.to_ascii_lowercase(), id);
        }
        let user = User {
            id,
            email: new.email,
            name: new.name,
            password: new.password.map(Arc::new),
            is_verified: new.is_verified,
            is_banned: new.is_banned,
            is_locked_out: false,
            may_not_create: false,
            plan: new.plan,
            mail_fails: new.mail_fails,
            verification: Verification::default(),
            current_project: String::new(),
            created_at: now,
            updated_at: now,
        };
        self.users.insert(id, user);
        Ok(id)
    }

    /// A project of a user, whose current one it is if it is the first: its uuid.
    pub(super) fn add_project(&mut self, owner: u64, name: &str, token: SecretString, now: SystemTime) -> String {
        let uuid = format!("PRJ{:09}", self.number());
        self.by_token.insert(Digest::of(token.expose_secret()), uuid.clone());
        self.projects.insert(uuid.clone(), Project::new(uuid.clone(), owner, name, token, now));
        if let Some(owner) = self.users.get_mut(&owner).filter(|owner| owner.current_project.is_empty()) {
            owner.current_project.clone_from(&uuid);
        }
        uuid
    }

    /// What one of a user's projects is to watch from now on: the monitor's uuid. `None`: there is no more room.
    pub(super) fn watch(&mut self, project: &str, name: &str, url: &str, now: SystemTime) -> Option<String> {
        let number = self.room()?;
        let project = self.project_mut(project)?;
        Some(project.watch(number, name, url, CheckType::Http, now).uuid.clone())
    }

    /// A monitor of a seed, as it was found a moment ago.
    pub(super) fn plant(&mut self, project: &str, seed: &seed::Monitor, now: SystemTime) {
        let name = seed.name.as_ref().unwrap_or(&seed.url);
        let Some(number) = self.room() else { return };
        let (ongoing, past) = (u8::from(seed.status == MonitorStatus::Failure), seed.past_incidents);
        let incidents: Vec<_> = (0..past + ongoing).map_while(|nth| Some((self.room()?, nth < past))).collect();
        let Some(project) = self.project_mut(project) else { return };
        project.watch(number, name, &seed.url, CheckType::Http, now);
        if let Some(monitor) = project.monitors.last_mut() {
            monitor.checked = Some(Checked::plausible(seed.status, number, now));
            let incidents = incidents.into_iter();
            let incidents = incidents.map(|(number, is_over)| Incident::plausible(number, monitor, is_over, now));
            project.incidents.extend(incidents);
        }
    }

    pub(super) fn users(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    pub(super) fn users_mut(&mut self) -> impl Iterator<Item = &mut User> {
        self.users.values_mut()
    }

    /// The one that deviations mean.
    pub(super) fn first_user(&self) -> Option<&User> {
        self.users.values().next()
    }

    /// Whoever does not have this address.
    pub(super) fn another_than(&self, email: &str) -> Option<&User> {
        self.users.values().find(|user| user.email != email)
    }

    /// The one that deviations mean.
    pub(super) fn first_project(&self) -> Option<&Project> {
        self.projects.values().next()
    }

    pub(super) fn projects(&self) -> impl Iterator<Item = &Project> {
        self.projects.values()
    }

    /// From now on the token of a project is none.
    pub(super) fn end_token_of(&mut self, project: &str) {
        self.by_token.retain(|_, uuid| uuid != project);
    }

    pub(super) fn user(&self, id: u64) -> Option<&User> {
        self.users.get(&id)
    }

    pub(super) fn user_mut(&mut self, id: u64) -> Option<&mut User> {
        self.users.get_mut(&id)
    }

    pub(super) fn user_with_email(&self, email: &str) -> Option<&User> {
        self.user(*self.by_email.get(&email.to_ascii_lowercase())?)
    }

    pub(super) fn user_of_google(&self, subject: &str) -> Option<&User> {
        self.user(*self.by_google_subject.get(subject)?)
    }

    /// From now on whoever Google calls so is that user.
    pub(super) fn link_google(&mut self, subject: &str, user: u64) {
        self.by_google_subject.insert(subject.to_owned(), user);
    }

    pub(super) fn project(&self, uuid: &str) -> Option<&Project> {
        self.projects.get(uuid)
    }

    pub(super) fn project_mut(&mut self, uuid: &str) -> Option<&mut Project> {
        self.projects.get_mut(uuid)
    }

    /// Has a monitor go by another uuid.
    pub(super) fn rename_monitors(&mut self, uuid: &str, another: &str) {
        let monitors = self.projects.values_mut().flat_map(|project| &mut project.monitors);
        for monitor in monitors.filter(|monitor| monitor.uuid == uuid) {
            another.clone_into(&mut monitor.uuid);
        }
    }

    /// The project whose things a list of one project holds: by a deviation those of all.
    pub(super) fn listed(&self, instance: &Instance, uuid: &str) -> Vec<&Project> {
        match instance.deviates(Deviation::ProjectsMixed) {
            true => self.projects.values().collect(),
            false => self.project(uuid).into_iter().collect(),
        }
    }

    pub(super) fn project_of_token(&self, token: Digest) -> Option<&Project> {
        self.project(self.by_token.get(&token)?)
    }

    pub(super) fn owner_of(&self, project: &Project) -> Option<&User> {
        self.user(project.owner)
    }

    pub(super) fn has_room(&self) -> bool {
        self.things < MOST_THINGS
    }

    /// Room for one more thing in a project, with a number of its own; `None` if there is no more.
    pub(super) fn room(&mut self) -> Option<u64> {
        if !self.has_room() {
            return None;
        }
        self.things += 1;
        Some(self.number())
    }
}
