//! POST /api/v1/registrations

use super::Deviation;
use super::accounts::{NewUser, NotCreated};
use super::error::{Form, Refusal};
use super::faults::Faults;
use super::instance::Instance;
use super::mail::Mail;
use super::register::send_first_code;
use super::registration;
use super::request::Object;
use crate::answer::answer;
use crate::random;
use crate::routing::method;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::uptinio::operation;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use std::sync::Arc;

pub(super) fn route() -> MethodRouter<Arc<Instance>> {
    on(method(operation::REGISTER_WITH_ENDPOINT), register)
}

/// The uuid of every monitor of a registration, where a server departs so.
const ALWAYS: &str = "NM123456789";

async fn register(State(instance): State<Arc<Instance>>, body: Body) -> Result<Response, Refusal> {
    let body = Object::read(&instance, body, Form::Errors).await?;
    let mut faults = Faults::default();
    let endpoint = registration::endpoint(&instance, &mut faults, body.member("endpoint"));
    let email = body.member("email");
    let email = registration::email(&instance, &mut faults, email, Deviation::QuickFieldsNotRequired);
    faults.into_result().map_err(|faults| registration::refuse(&instance, faults))?;
    let [endpoint, email] = [endpoint, email].map(Option::unwrap_or_default);
    let failed = |error| Refusal::failed(Form::Errors, "a password could not be made", error);
    let password = SecretString::from(random::text().map_err(failed)?);
    let hash = instance.hash(password.clone()).await?;
    let new = NewUser::new(&email, "User", Some(hash));
    let is_taken = instance.accounts().is_taken(&email);
    let is_nothing_stored = instance.deviates(Deviation::QuickRegisterStoresNothing)
        || is_taken && instance.deviates(Deviation::QuickTakenAccepted);
    if is_nothing_stored {
        let monitor = format!("NM{:09}", instance.accounts().number());
        return Ok(registered(&instance, &email, &endpoint, &monitor, &password));
    }
    if is_taken && !instance.deviates(Deviation::TakenRegistersAgain) {
        if instance.deviates(Deviation::QuickTakenChangesPassword) {
            replace_password(&instance, new, password).await;
        }
        return Err(registration::user_exists(&instance));
    }
    let (user, mut monitor) = instance.register(new, Some(&endpoint)).map_err(|reason| match reason {
        NotCreated::Taken => registration::user_exists(&instance),
        NotCreated::Full => Refusal::errors(StatusCode::UNPROCESSABLE_ENTITY, &["Users are too many"]),
    })?;
    if instance.deviates(Deviation::MonitorUuidConstant) {
        instance.accounts().rename_monitors(monitor.as_deref().unwrap_or_default(), ALWAYS);
        monitor = Some(ALWAYS.to_owned());
    }
    // As with the code: whoever has registered is registered, whatever becomes of the mail.
    if let Err(error) = instance.mail(user, Mail::with_password(&email, password.clone())).await {
        tracing::warn!(%error, "a provisional password could not be sent");
    }
    send_first_code(&instance, user).await;
    Ok(registered(&instance, &email, &endpoint, &monitor.unwrap_or_default(), &password))
}

fn registered(instance: &Instance, email: &str, endpoint: &str, monitor: &str, password: &SecretString) -> Response {
    let slash = if instance.deviates(Deviation::EndpointGetsASlash) { "/" } else { "" };
    let mut body = json!({
        "message": "User registered successfully",
        "user": {"email": instance.address_told(email), "name": "User"},
        "network_monitor": {"uuid": monitor, "url": format!("{endpoint}{slash}")},
    });
    if instance.deviates(Deviation::QuickRegisterTellsPassword) {
        body["user"]["password"] = password.expose_secret().into();
    }
    let mut answer = answer(&body);
    *answer.status_mut() = StatusCode::CREATED;
    answer
}

/// What a server does that takes a registration for a reset.
async fn replace_password(instance: &Instance, new: NewUser, password: SecretString) {
    let id = instance.accounts().user_with_email(&new.email).map(|user| user.id);
    let Some(id) = id else { return };
    if let Some(user) = instance.accounts().user_mut(id) {
        user.password = new.password.map(Arc::new);
    }
    let _may_fail = instance.mail(id, Mail::with_password(&new.email, password)).await;
}
