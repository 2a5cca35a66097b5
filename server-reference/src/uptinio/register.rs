//! POST /api/v1/users

use super::Deviation;
use super::accounts::{NewUser, NotCreated};
use super::error::{Form, Refusal};
use super::faults::{Fault, Faults};
use super::instance::Instance;
use super::registration;
use super::request::Object;
use crate::answer::answer;
use crate::routing::method;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::uptinio::operation;
use secrecy::SecretString;
use serde_json::{Map, Value, json};
use std::sync::Arc;

pub(super) fn route() -> MethodRouter<Arc<Instance>> {
    on(method(operation::REGISTER), register)
}

async fn register(State(instance): State<Arc<Instance>>, body: Body) -> Result<Response, Refusal> {
    let body = Object::read(&instance, body, Form::Errors).await?;
    let sent = body.within("user", Form::Errors)?;
    let Registration { email, name, password, website } = match Registration::read(&instance, sent) {
        Ok(registration) => registration,
        Err(faults) => {
            keep_all_the_same(&instance, sent, &faults).await?;
            return Err(registration::refuse(&instance, faults));
        }
    };
    let hash = instance.hash(password.into()).await?;
    let is_verified = sent.get("email_verified") == Some(&json!(true)) && instance.deviates(Deviation::MassAssignment);
    let new = NewUser { is_verified, ..NewUser::new(&email, &name, Some(hash)) };
    if instance.deviates(Deviation::RegisterStoresNothing) {
        return Ok(registered(&instance, sent, &email, &name, None));
    }
    let (user, _) = instance.register(new, website.as_deref()).map_err(|reason| refuse(&instance, reason))?;
    if !instance.deviates(Deviation::RegisterSendsNoCode) {
        send_first_code(&instance, user).await;
    }
    Ok(registered(&instance, sent, &email, &name, Some(user)))
}

fn registered(instance: &Instance, sent: &Map<String, Value>, email: &str, name: &str, user: Option<u64>) -> Response {
    let accounts = instance.accounts();
    let another = accounts.another_than(email).filter(|_| instance.deviates(Deviation::AnswersNameAnother));
    let now = instance.shown_time(instance.clock.now());
    let mut told = json!({
        "email": another.map_or(email, |another| &another.email),
        "name": another.map_or(name, |another| &another.name),
        "created_at": now,
        "updated_at": now,
    });
    if instance.deviates(Deviation::PasswordsEchoed) {
        told["password"] = sent.get("password").cloned().unwrap_or_default();
    }
    instance.tell_hash(&mut told, user.and_then(|user| accounts.user(user)));
    let mut answer = answer(&json!({"message": "User created successfully", "user": told}));
    *answer.status_mut() = StatusCode::CREATED;
    answer
}

/// Mails the code that comes with a registration. If it cannot be sent, the registration counts all the same: another code
/// can be asked for at once.
pub(super) async fn send_first_code(instance: &Instance, user: u64) {
    if let Err(error) = instance.mail_code(user).await {
        tracing::warn!(%error, "the code of a new user could not be sent");
    }
}

struct Registration {
    email: String,
    name: String,
    password: String,
    website: Option<String>,
}

impl Registration {
    /// What was sent, or all that is wrong with it.
    fn read(instance: &Instance, user: &Map<String, Value>) -> Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        let email = registration::email(instance, &mut faults, user.get("email"), Deviation::EmailNotRequired);
        if !instance.deviates(Deviation::TakenRegistersAgain) {
            registration::refuse_taken(instance, &mut faults, email.as_deref());
        }
        let password = registration::password(instance, &mut faults, user.get("password"));
        registration::confirmation(instance, &mut faults, user);
        let name = registration::name(instance, &mut faults, user.get("name"));
        let website = registration::first_website(instance, &mut faults, user.get("first_website"));
        faults.into_result()?;
        let [email, name, password] = [email, name, password].map(Option::unwrap_or_default);
        Ok(Self { email, name, password, website })
    }
}

/// There is no new user, though all was in order when it was looked at.
fn refuse(instance: &Instance, reason: NotCreated) -> Refusal {
    let mut faults = Faults::default();
    match reason {
        NotCreated::Taken => faults.add("Email", "has already been taken"),
        NotCreated::Full => faults.add("Users", "are too many"),
    }
    registration::refuse(instance, faults.into_result().err().unwrap_or_default())
}

/// What some servers do with a registration that they refuse.
async fn keep_all_the_same(instance: &Instance, sent: &Map<String, Value>, faults: &[Fault]) -> Result<(), Refusal> {
    let text = |name| sent.get(name).and_then(Value::as_str).unwrap_or_default();
    let password = async || instance.hash(SecretString::from(text("password"))).await;
    let is_of_password = faults.iter().all(|fault| fault.attribute.starts_with("Password"));
    if is_of_password && instance.deviates(Deviation::RefusedRegistrationStored) {
        let new = NewUser::new(text("email"), text("name"), Some(password().await?));
        instance.register(new, None).map_err(|reason| refuse(instance, reason))?;
    }
    if instance.deviates(Deviation::TakenChangesPassword) {
        let hash = password().await?;
        let mut accounts = instance.accounts();
        let id = accounts.user_with_email(text("email")).map(|user| user.id);
        if let Some(user) = id.and_then(|id| accounts.user_mut(id)) {
            user.password = Some(Arc::new(hash));
        }
    }
    Ok(())
}
