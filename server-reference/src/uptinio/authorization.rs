//! Whose request it is: the tokens of users and of projects, and how many requests there may be with one.

use super::Deviation;
use super::accounts::{Accounts, User};
use super::error::{Form, Refusal};
use super::instance::Instance;
use super::project::Project;
use super::rate_limit::{self, Counted};
use super::token::{Digest, begins_alike};
use crate::query::parameter;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::MethodRouter;
use probity_fixtures::Operation;
use probity_fixtures::uptinio::operation;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use std::sync::Arc;

/// Who may use an endpoint, and in which form everybody else is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    /// Everybody.
    Public,
    /// A user.
    User,
    /// A user, whose token is what the answer is about.
    Validation,
    /// A project.
    Project,
    /// A project, or a user for the own current project.
    Either,
    /// The same, and the token may stand without a scheme, as the makers' agent sends it.
    Agent,
}

impl Door {
    /// Whether it is users whose tokens are wanted.
    fn is_users(self) -> bool {
        matches!(self, Door::User | Door::Validation)
    }
}

/// The user whose token a request carries.
#[derive(Clone)]
pub(super) struct UserCaller {
    pub(super) id: u64,
    pub(super) token: Digest,
    /// The token as it came.
    pub(super) text: SecretString,
}

/// The project whose token a request carries: its uuid.
#[derive(Clone)]
pub(super) struct ProjectCaller(pub(super) String);

/// The routes of an operation, behind a door.
pub(super) fn behind(
    door: Door,
    instance: &Arc<Instance>,
    operation: &'static Operation,
    routes: MethodRouter<Arc<Instance>>,
) -> MethodRouter<Arc<Instance>> {
    let state = Gate { instance: Arc::clone(instance), door, operation };
    routes.route_layer(from_fn_with_state(state, admit))
}

#[derive(Clone)]
struct Gate {
    instance: Arc<Instance>,
    door: Door,
    operation: &'static Operation,
}

/// Lets a request through with its caller, and tells in the answer how many more there may be.
async fn admit(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    let Gate { instance, door, operation } = &gate;
    if *door == Door::Public {
        return match public_refusal(instance, request.headers()) {
            Some(refusal) => refusal.into_response(),
            None => next.run(request).await,
        };
    }
    let (presented, whose) = {
        let presented = Presented::at(&gate, &request);
        if matches!(presented, Presented::Empty) && instance.deviates(Deviation::EmptyBearerCrashes) {
            return Refusal::failed(Form::Errors, "an empty token was not expected", "by a deviation").into_response();
        }
        (presented.kind(), whose(&gate, &presented))
    };
    let Whose::Callers(caller) = whose else {
        if presented == Kind::Nothing
            && instance.deviates(Deviation::CodeAloneVerifies)
            && *operation == operation::VERIFY_EMAIL
        {
            return next.run(request).await;
        }
        return refusal(&gate, presented, matches!(whose, Whose::Banned));
    };
    let standing = instance.rate_limits.count(instance, caller.counted);
    if let Some(user) = caller.user {
        request.extensions_mut().insert(user);
    }
    request.extensions_mut().insert(ProjectCaller(caller.project));
    let mut response = match standing.wait {
        Some(seconds) => {
            if instance.deviates(Deviation::LimitedRequestActs) {
                next.run(request).await;
            }
            rate_limit::refusal(instance, seconds)
        }
        None => next.run(request).await,
    };
    standing.tell(instance, &mut response);
    response
}

/// How the public endpoints may depart.
fn public_refusal(instance: &Instance, headers: &HeaderMap) -> Option<Refusal> {
    let wants = instance.deviates(Deviation::PublicEndpointsWantToken);
    let minds = instance.deviates(Deviation::StrayTokenMinded) && headers.contains_key(header::AUTHORIZATION);
    if !wants && !minds {
        return None;
    }
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = Digest::of(value.strip_prefix("Bearer ").unwrap_or_default());
    let is_good = instance.user_tokens.user_of(instance, token).is_some()
        || minds && instance.accounts().project_of_token(token).is_some();
    (!is_good).then(|| Refusal::no_user(INVALID))
}

/// What stands where a token should.
enum Presented {
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nothing,
    Something,
}

impl Presented {
    /// What stands in the header that tokens are looked for in.
    fn at(gate: &Gate, request: &Request) -> Self {
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

    fn kind(&self) -> Kind {
        match self {
            Presented::Nothing | Presented::Empty => Kind::Nothing,
            _ => Kind::Something,
        }
    }

    /// The token as far as it counts at a door.
    fn token(&self, door: Door) -> Option<&SecretString> {
        match self {
            Presented::Bearer(token) => Some(token),
            Presented::Bare(token) if door == Door::Agent => Some(token),
            _ => None,
        }
    }
}

struct Caller {
    counted: Counted,
    user: Option<UserCaller>,
    project: String,
}

/// Whose request it is.
enum Whose {
    Nobodys,
    Banned,
    Callers(Caller),
}

/// Whose request it is, and the ways in which servers take one for somebody's that is nobody's.
fn whose(gate: &Gate, presented: &Presented) -> Whose {
    let Gate { instance, door, operation } = gate;
    let accounts = instance.accounts();
    let Some(token) = presented.token(*door) else {
        let is_anybodys = match presented {
            Presented::Empty => door.is_users() && instance.deviates(Deviation::EmptyBearerIsAnybody),
            Presented::Nothing => *door == Door::User && instance.deviates(Deviation::MissingUserTokenIsAnybody),
            _ => false,
        };
        let is_any_projects = !door.is_users()
            && matches!(presented, Presented::Nothing)
            && instance.deviates(Deviation::MissingProjectTokenIsAnybody);
        let nobodys = || SecretString::from(String::new());
        return match (accounts.first_user(), accounts.first_project()) {
            (Some(user), _) if is_anybodys => of_user(instance, user, &nobodys()),
            (_, Some(project)) if is_any_projects => of_project(instance, &accounts, project, &nobodys()),
            _ => Whose::Nobodys,
        };
    };
    let by_user = || {
        let digest = instance.user_tokens.digest(instance, token.expose_secret());
        let user = instance.user_tokens.user_of(instance, digest).and_then(|user| accounts.user(user));
        let any = || accounts.first_user().filter(|_| door.is_users() && instance.deviates(Deviation::AnyUserToken));
        user.or_else(any).map_or(Whose::Nobodys, |user| of_user(instance, user, token))
    };
    let by_project = || {
        let project = accounts.project_of_token(Digest::of(token.expose_secret()));
        let is_half = |project: &&Project| begins_alike(project.token.expose_secret(), token.expose_secret());
        let half =
            || accounts.projects().find(is_half).filter(|_| instance.deviates(Deviation::ProjectTokenByItsBeginning));
        let any =
            || accounts.first_project().filter(|_| !door.is_users() && instance.deviates(Deviation::AnyProjectToken));
        project
            .or_else(half)
            .or_else(any)
            .map_or(Whose::Nobodys, |project| of_project(instance, &accounts, project, token))
    };
    let is_for_both = match door {
        Door::Public | Door::Validation => false,
        Door::User => instance.deviates(Deviation::ProjectTokenForUsers),
        Door::Either | Door::Agent => true,
        Door::Project => {
            let is_analysis = *operation == operation::ANALYSIS || *operation == operation::USAGE;
            instance.deviates(Deviation::UserTokenForProjects)
                || instance.deviates(Deviation::UserTokenForAnalysis) && is_analysis
                || instance.was_told_as_projects(Digest::of(token.expose_secret()))
        }
    };
    let refuses_its_own = *operation == operation::INCIDENTS && instance.deviates(Deviation::IncidentsWantUserToken)
        || *operation == operation::USER && instance.deviates(Deviation::UserWantsProjectToken);
    if refuses_its_own {
        return Whose::Nobodys;
    }
    match (door.is_users(), is_for_both) {
        (true, false) => by_user(),
        (true, true) => or(by_user(), by_project),
        (false, false) => by_project(),
        (false, true) => or(by_project(), by_user),
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

const INVALID: &str = "Invalid or expired token";
const MISSING: &str = "Missing authentication token";

/// The answer to a request that is nobody's.
fn refusal(gate: &Gate, presented: Kind, is_banned: bool) -> Response {
    match gate.door {
        Door::Validation => validation_refusal(gate, presented, is_banned),
        Door::Public | Door::User => user_refusal(gate, presented, is_banned).into_response(),
        Door::Project | Door::Either | Door::Agent => project_refusal(&gate.instance, presented),
    }
}

/// The message, as far as it does not depart.
fn message(instance: &Instance, presented: Kind, is_banned: bool) -> &'static str {
    match presented {
        _ if is_banned && instance.deviates(Deviation::BannedTold) => "This user is banned",
        Kind::Nothing if instance.deviates(Deviation::RefusalTextsDiffer) => "Please sign in",
        Kind::Something if instance.deviates(Deviation::RefusalTextsDiffer) => "Please sign in again",
        Kind::Nothing => MISSING,
        Kind::Something => INVALID,
    }
}

fn user_refusal(gate: &Gate, presented: Kind, is_banned: bool) -> Refusal {
    let instance = &gate.instance;
    let (another_status, in_a_word) = match presented {
        Kind::Nothing => (
            (Deviation::MissingUserTokenIs400, StatusCode::BAD_REQUEST),
            instance.deviates(Deviation::MissingUserTokenInAWord),
        ),
        Kind::Something if is_banned => {
            ((Deviation::InvalidUserTokenIs403, StatusCode::FORBIDDEN), instance.deviates(Deviation::BannedInAWord))
        }
        Kind::Something => (
            (Deviation::InvalidUserTokenIs403, StatusCode::FORBIDDEN),
            instance.deviates(Deviation::InvalidUserTokenInAWord),
        ),
    };
    let status = match another_status {
        (deviation, status) if instance.deviates(deviation) => status,
        _ => StatusCode::UNAUTHORIZED,
    };
    let form = if in_a_word { Form::Error } else { Form::Errors };
    Refusal::of(form, status, "", message(instance, presented, is_banned))
}

fn validation_refusal(gate: &Gate, presented: Kind, is_banned: bool) -> Response {
    let instance = &gate.instance;
    let first = || {
        let accounts = instance.accounts();
        accounts.first_user().map(
            |user| json!({"id": user.id, "email": user.email, "name": user.name, "email_verified": user.is_verified}),
        )
    };
    let mut status = StatusCode::UNAUTHORIZED;
    let mut body = json!({"valid": false, "errors": [message(instance, presented, is_banned)]});
    match presented {
        Kind::Nothing if instance.deviates(Deviation::ValidateMissingIs400) => status = StatusCode::BAD_REQUEST,
        Kind::Nothing if instance.deviates(Deviation::ValidateMissingIsValid) => {
            (status, body) = (StatusCode::OK, json!({"valid": true, "user": first()}));
        }
        Kind::Nothing if instance.deviates(Deviation::ValidateMissingWithoutErrors) => body = json!({"valid": false}),
        Kind::Something if instance.deviates(Deviation::ValidateInvalidIs403) => status = StatusCode::FORBIDDEN,
        Kind::Something if instance.deviates(Deviation::ValidateInvalidIsValid) => {
            (status, body) = (StatusCode::OK, json!({"valid": true}));
        }
        Kind::Something if instance.deviates(Deviation::ValidateInvalidInAWord) => {
            body = json!({"valid": false, "error": message(instance, presented, is_banned)});
        }
        Kind::Something if instance.deviates(Deviation::ValidateInvalidNamesUser) => body["user"] = json!(first()),
        _ => {}
    }
    Refusal::new(status, body).into_response()
}

fn project_refusal(instance: &Instance, presented: Kind) -> Response {
    let another_status = match presented {
        Kind::Nothing if instance.deviates(Deviation::MissingProjectTokenInAPage) => {
            let challenge = [(header::WWW_AUTHENTICATE, "Bearer")];
            return (StatusCode::UNAUTHORIZED, challenge, Html("<!doctype html><title>Sign in</title>"))
                .into_response();
        }
        Kind::Nothing => (Deviation::MissingProjectTokenIs400, StatusCode::BAD_REQUEST),
        Kind::Something => (Deviation::InvalidProjectTokenIs403, StatusCode::FORBIDDEN),
    };
    let status = match another_status {
        (deviation, status) if instance.deviates(deviation) => status,
        _ => StatusCode::UNAUTHORIZED,
    };
    let in_a_list = presented == Kind::Something && instance.deviates(Deviation::InvalidProjectTokenInAList);
    let form = if in_a_list { Form::Errors } else { Form::Error };
    let message = if instance.deviates(Deviation::RefusalTextsDiffer) { "Not let in" } else { "Unauthorized" };
    Refusal::of(form, status, "", message).into_response()
}
