//! Who a token is of, and the ways in which servers take it for another one's.

use super::Deviation;
use super::accounts::{Accounts, User};
use super::authorization::{Door, Gate, UserCaller};
use super::bearer::Presented;
use super::instance::Instance;
use super::project::Project;
use super::rate_limit::Counted;
use super::token::{Digest, begins_alike};
use probity_fixtures::Operation;
use probity_fixtures::uptinio::operation;
use secrecy::{ExposeSecret as _, SecretString};

/// Somebody whose token counts.
pub(super) struct Caller {
    pub(super) counted: Counted,
    /// `None`: it is a project's.
    pub(super) user: Option<UserCaller>,
    /// The project's uuid, or that of the user's current one.
    pub(super) project: String,
}

/// Whose request it is.
pub(super) enum Whose {
    Nobodys,
    Banned,
    Callers(Caller),
}

/// Whose request it is.
pub(super) fn whose(gate: &Gate, presented: &Presented) -> Whose {
    let Gate { instance, door, operation } = gate;
    let accounts = instance.accounts();
    let Some(token) = presented.token(*door) else { return anybodys(gate, &accounts, presented) };
    if refuses_its_own(instance, operation) {
        return Whose::Nobodys;
    }
    let by_user = || by_user(gate, &accounts, token);
    let by_project = || by_project(gate, &accounts, token);
    match (door.is_users(), takes_the_others(gate, token)) {
        (true, false) => by_user(),
        (true, true) => or(by_user(), by_project),
        (false, false) => by_project(),
        (false, true) => or(by_project(), by_user),
    }
}

/// The user whose token it is.
fn by_user(gate: &Gate, accounts: &Accounts, token: &SecretString) -> Whose {
    let Gate { instance, door, .. } = gate;
    let digest = instance.user_tokens.digest(instance, token.expose_secret());
    let user = instance.user_tokens.user_of(instance, digest).and_then(|user| accounts.user(user));
    let takes_any = door.is_users() && instance.deviates(Deviation::AnyUserToken);
    let any = || accounts.first_user().filter(|_| takes_any);
    user.or_else(any).map_or(Whose::Nobodys, |user| of_user(instance, user, token))
}

/// The project whose token it is.
fn by_project(gate: &Gate, accounts: &Accounts, token: &SecretString) -> Whose {
    let Gate { instance, door, .. } = gate;
    let project = accounts.project_of_token(Digest::of(token.expose_secret()));
    let takes_half = instance.deviates(Deviation::ProjectTokenByItsBeginning);
    let is_half = |project: &&Project| begins_alike(project.token.expose_secret(), token.expose_secret());
    let half = || accounts.projects().find(|project| takes_half && is_half(project));
    let takes_any = !door.is_users() && instance.deviates(Deviation::AnyProjectToken);
    let any = || accounts.first_project().filter(|_| takes_any);
    let project = project.or_else(half).or_else(any);
    project.map_or(Whose::Nobodys, |project| of_project(instance, accounts, project, token))
}

/// Whether an operation for users takes projects' tokens too, or the reverse.
fn takes_the_others(gate: &Gate, token: &SecretString) -> bool {
    let Gate { instance, door, operation } = gate;
    match door {
        Door::Public | Door::Validation => false,
        Door::User => instance.deviates(Deviation::ProjectTokenForUsers),
        Door::Either | Door::Agent => true,
        Door::Project => {
            let is_analysis = *operation == operation::ANALYSIS || *operation == operation::USAGE;
            instance.deviates(Deviation::UserTokenForProjects)
                || instance.deviates(Deviation::UserTokenForAnalysis) && is_analysis
                || instance.was_told_as_projects(Digest::of(token.expose_secret()))
        }
    }
}

fn refuses_its_own(instance: &Instance, operation: &Operation) -> bool {
    *operation == *operation::INCIDENTS && instance.deviates(Deviation::IncidentsWantUserToken)
        || *operation == *operation::USER && instance.deviates(Deviation::UserWantsProjectToken)
}

/// Whom servers take a request for that has no token: nobody, or the first one that there is.
fn anybodys(gate: &Gate, accounts: &Accounts, presented: &Presented) -> Whose {
    let Gate { instance, door, .. } = gate;
    let (any_user, any_project) = match presented {
        Presented::Empty => (door.is_users() && instance.deviates(Deviation::EmptyBearerIsAnybody), false),
        Presented::Nothing => (
            *door == Door::User && instance.deviates(Deviation::MissingUserTokenIsAnybody),
            !door.is_users() && instance.deviates(Deviation::MissingProjectTokenIsAnybody),
        ),
        _ => (false, false),
    };
    let nothing = SecretString::from(String::new());
    match (accounts.first_user(), accounts.first_project()) {
        (Some(user), _) if any_user => of_user(instance, user, &nothing),
        (_, Some(project)) if any_project => of_project(instance, accounts, project, &nothing),
        _ => Whose::Nobodys,
    }
}

/// The one, or the other if that is nobody's.
fn or(one: Whose, other: impl FnOnce() -> Whose) -> Whose {
    match one {
        Whose::Nobodys => other(),
        somebodys => somebodys,
    }
}

fn of_user(instance: &Instance, user: &User, token: &SecretString) -> Whose {
    if user.is_banned && !instance.deviates(Deviation::BannedLetIn) {
        return Whose::Banned;
    }
    let digest = instance.user_tokens.digest(instance, token.expose_secret());
    if instance.deviates(Deviation::UserTokenSingleUse) {
        instance.user_tokens.end(instance, digest);
    }
    let caller = UserCaller { id: user.id, token: digest, text: token.clone() };
    Whose::Callers(Caller {
        counted: Counted { token: digest, is_users: true, plan: user.plan },
        user: Some(caller),
        project: user.current_project.clone(),
    })
}

fn of_project(instance: &Instance, accounts: &Accounts, project: &Project, token: &SecretString) -> Whose {
    let Some(owner) = accounts.owner_of(project) else { return Whose::Nobodys };
    if owner.is_banned && !instance.deviates(Deviation::BannedLetIn) {
        return Whose::Banned;
    }
    let digest = Digest::of(token.expose_secret());
    if instance.deviates(Deviation::ProjectTokenSingleUse) && !instance.is_first_use(digest) {
        return Whose::Nobodys;
    }
    let for_users = instance.deviates(Deviation::ProjectTokenForUsers);
    let user = for_users.then(|| UserCaller { id: owner.id, token: digest, text: token.clone() });
    Whose::Callers(Caller {
        counted: Counted { token: digest, is_users: false, plan: owner.plan },
        user,
        project: project.uuid.clone(),
    })
}
