//! Whose request it is: the tokens of users and of projects, and how many requests there may be with one.

use super::error::Refusal;
use super::instance::Instance;
use super::rate_limit::Plan;
use super::token::Digest;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use std::sync::Arc;

/// Who may use an endpoint, and in which form everybody else is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
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

/// The user whose token a request carries.
#[derive(Clone, Copy)]
pub(super) struct UserCaller {
    pub(super) id: u64,
    pub(super) token: Digest,
}

/// The project whose token a request carries: its uuid.
#[derive(Clone)]
pub(super) struct ProjectCaller(pub(super) String);

/// The routes behind a door.
pub(super) fn behind(
    door: Door,
    instance: &Arc<Instance>,
    routes: MethodRouter<Arc<Instance>>,
) -> MethodRouter<Arc<Instance>> {
    routes.route_layer(from_fn_with_state((Arc::clone(instance), door), admit))
}

/// Lets a request through with its caller, and tells in the answer how many more there may be.
async fn admit(State((instance, door)): State<(Arc<Instance>, Door)>, mut request: Request, next: Next) -> Response {
    let presented = Presented::in_headers(request.headers());
    let caller = match presented.digest(door).and_then(|token| caller(&instance, door, token)) {
        Some(caller) => caller,
        None => return refusal(door, &presented).into_response(),
    };
    let standing = instance.rate_limits.count(caller.token, caller.plan, instance.clock.now());
    let mut response = match standing.wait {
        Some(seconds) => Refusal::rate_limited(seconds).into_response(),
        None => {
            if let Some(user) = caller.user {
                request.extensions_mut().insert(UserCaller { id: user, token: caller.token });
            }
            request.extensions_mut().insert(ProjectCaller(caller.project));
            next.run(request).await
        }
    };
    standing.tell(&mut response);
    response
}

/// What stands in the Authorization header.
enum Presented<'a> {
    Nothing,
    /// After `Bearer`.
    Bearer(&'a str),
    /// Without a scheme.
    Bare(&'a str),
    /// Something else, or more than one.
    Unreadable,
}

impl<'a> Presented<'a> {
    fn in_headers(headers: &'a HeaderMap) -> Self {
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        let value = match (values.next(), values.next()) {
            (None, _) => return Presented::Nothing,
            (Some(value), None) => value.to_str(),
            (Some(_), Some(_)) => return Presented::Unreadable, // whose request it is cannot be told
        };
        let Ok(value) = value else { return Presented::Unreadable };
        let (scheme, token) =
            value.split_once(' ').map_or((value, ""), |(scheme, rest)| (scheme, rest.trim_matches(' ')));
        match (scheme.eq_ignore_ascii_case("Bearer"), token) {
            (true, "") => Presented::Nothing,
            (true, token) if !token.contains(' ') => Presented::Bearer(token),
            (false, "") if scheme.is_empty() => Presented::Nothing,
            (false, "") => Presented::Bare(scheme),
            _ => Presented::Unreadable,
        }
    }

    /// The token as far as it counts at a door.
    fn digest(&self, door: Door) -> Option<Digest> {
        match self {
            Presented::Bearer(token) => Some(Digest::of(token)),
            Presented::Bare(token) if door == Door::Agent => Some(Digest::of(token)),
            _ => None,
        }
    }
}

struct Caller {
    token: Digest,
    plan: Plan,
    user: Option<u64>,
    project: String,
}

/// Whose token it is, if it counts at a door.
fn caller(instance: &Instance, door: Door, token: Digest) -> Option<Caller> {
    let accounts = instance.accounts();
    let by_user = || {
        let user = accounts.user(instance.user_tokens.user_of(token, instance.clock.now())?)?;
        let project = user.current_project.clone();
        (!user.is_banned).then_some(Caller { token, plan: user.plan, user: Some(user.id), project })
    };
    let by_project = || {
        let project = accounts.project_of_token(token)?;
        let owner = accounts.owner_of(project)?;
        (!owner.is_banned).then(|| Caller { token, plan: owner.plan, user: None, project: project.uuid.clone() })
    };
    match door {
        Door::User | Door::Validation => by_user(),
        Door::Project => by_project(),
        Door::Either | Door::Agent => by_project().or_else(by_user),
    }
}

fn refusal(door: Door, presented: &Presented<'_>) -> Refusal {
    let error = match presented {
        Presented::Nothing => "Missing authentication token",
        _ => "Invalid or expired token",
    };
    match door {
        Door::User => Refusal::no_user(error),
        Door::Validation => Refusal::not_valid(error),
        Door::Project | Door::Either | Door::Agent => Refusal::no_project(),
    }
}
