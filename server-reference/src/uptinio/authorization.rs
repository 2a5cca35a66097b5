//! Whose request it is: the tokens of users and of projects, and how many requests there may be with one.

use super::Deviation;
use super::bearer::{Kind, Presented};
use super::caller::{Whose, whose};
use super::error::{Form, Refusal};
use super::instance::Instance;
use super::rate_limit;
use super::token::Digest;
use super::token_refusal::{INVALID, refusal};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use probity_fixtures::Operation;
use probity_fixtures::uptinio::operation;
use secrecy::SecretString;
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
    pub(super) fn is_users(self) -> bool {
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

/// What stands before an operation.
#[derive(Clone)]
pub(super) struct Gate {
    pub(super) instance: Arc<Instance>,
    pub(super) door: Door,
    pub(super) operation: &'static Operation,
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
    }; // and nothing of the request is held any more
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
