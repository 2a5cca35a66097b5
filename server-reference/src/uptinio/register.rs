//! POST /api/v1/users

use super::accounts::{NewUser, NotCreated};
use super::error::{Form, Refusal};
use super::faults::Faults;
use super::instance::Instance;
use super::request::Object;
use crate::answer::answer;
use crate::routing::method;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::MethodRouter;
use probity_fixtures::uptinio::operation;
use secrecy::SecretString;
use serde_json::{Map, Value, json};
use std::sync::Arc;

pub(super) fn route() -> MethodRouter<Arc<Instance>> {
    axum::routing::on(method(operation::REGISTER), register)
}

async fn register(State(instance): State<Arc<Instance>>, body: Body) -> Result<Response, Refusal> {
    let body = Object::read(&instance, body, Form::Errors).await?;
    let Registration { email, name, password, website } =
        Registration::read(&instance, body.within("user", Form::Errors)?).map_err(Refusal::invalid)?;
    let password = instance.hasher.hash_in_turn(password).await;
    let password = password.map_err(|error| Refusal::failed(Form::Errors, "a password could not be hashed", error))?;
    let (user, _) =
        instance.register(NewUser::new(&email, &name, Some(password)), website.as_deref()).map_err(refuse)?;
    send_first_code(&instance, user).await;
    let user = instance.accounts().user(user).map(|user| {
        json!({
            "email": user.email,
            "name": user.name,
            "created_at": instance.shown_time(user.created_at),
            "updated_at": instance.shown_time(user.updated_at),
        })
    });
    let mut answer = answer(&json!({"message": "User created successfully", "user": user}));
    *answer.status_mut() = StatusCode::CREATED;
    Ok(answer)
}

/// Mails the code that comes with a registration. If it cannot be sent, the registration counts all the same: another code
/// can be asked for at once.
pub(super) async fn send_first_code(instance: &Instance, user: u64) {
    if let Err(error) = instance.mail_code(user).await {
        tracing::warn!(%error, "the code of a new user could not be sent");
    }
}

/// Without `Debug`, for the password's sake.
struct Registration {
    email: String,
    name: String,
    password: SecretString,
    website: Option<String>,
}

impl Registration {
    /// What was sent, or all that is wrong with it.
    fn read(instance: &Instance, user: &Map<String, Value>) -> Result<Self, Vec<String>> {
        let mut faults = Faults::default();
        let email = faults.email(user.get("email"));
        if email.is_some_and(|email| instance.accounts().is_taken(email)) {
            faults.add("Email", TAKEN);
        }
        let password = faults.password(user.get("password"));
        faults.confirmation(user.get("password_confirmation"), user.get("password"));
        let name = faults.name(user.get("name"));
        let website = user.get("first_website").filter(|website| !website.is_null() && *website != "");
        let website = website.and_then(|website| faults.website("First website", Some(website)));
        faults.into_result()?;
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        Ok(Self {
            email: text(email),
            name: text(name),
            password: text(password).into(),
            website: website.map(str::to_owned),
        })
    }
}

const TAKEN: &str = "has already been taken";

/// There is no new user, though all was in order when it was looked at.
fn refuse(reason: NotCreated) -> Refusal {
    Refusal::invalid(vec![match reason {
        NotCreated::Taken => format!("Email {TAKEN}"),
        NotCreated::Full => "There are too many users".to_owned(),
    }])
}
