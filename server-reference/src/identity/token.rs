//! POST /token: the token endpoint (RFC 6749 §4.1.3, OpenID Connect Core §3.1.3).

use super::clients;
use super::instance::{Challenge, ChallengeMethod, Grant, Instance};
use crate::answer::answer;
use crate::query::parameter;
use crate::{body, pkce, random};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use secrecy::ExposeSecret as _;
use serde_json::json;
use std::sync::Arc;

pub(super) async fn token(
    State(instance): State<Arc<Instance>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fault> {
    let body = body::read(body, &instance.limits).await.map_err(|_| Fault::InvalidRequest("there is no whole body"))?;
    let form = String::from_utf8(body.into()).map_err(|_| Fault::InvalidRequest("the body is no form"))?;
    let client = clients::authenticated(&instance, &headers, &form).ok_or(Fault::InvalidClient)?;
    if parameter(&form, "grant_type").as_deref() != Some("authorization_code") {
        return Err(Fault::UnsupportedGrantType);
    }
    let code = parameter(&form, "code").ok_or(Fault::InvalidRequest("there is no code"))?;
    // Whatever comes of it: a code is good for one attempt.
    let grant = instance.grants.alive(instance.clock.now()).take(&code).ok_or(Fault::InvalidGrant)?;
    let is_same = grant.client == client.id
        && parameter(&form, "redirect_uri").as_ref() == Some(&grant.redirect_uri)
        && is_met(grant.challenge.as_ref(), parameter(&form, "code_verifier").as_deref());
    match is_same {
        true => hand_out(&instance, &grant),
        false => Err(Fault::InvalidGrant),
    }
}

fn is_met(challenge: Option<&Challenge>, verifier: Option<&str>) -> bool {
    match (challenge, verifier) {
        (None, None) => true,
        // A verifier without a challenge: somebody took the challenge away (RFC 9700 §4.8.2).
        (None, Some(_)) | (Some(_), None) => false,
        (Some(challenge), Some(verifier)) => match challenge.method {
            ChallengeMethod::S256 => challenge.text == pkce::s256(verifier),
            ChallengeMethod::Plain => challenge.text == verifier,
        },
    }
}

fn hand_out(instance: &Instance, grant: &Grant) -> Result<Response, Fault> {
    let person = instance.person(&grant.subject).ok_or(Fault::InvalidGrant)?;
    let access_token = random::text().map_err(|_| Fault::Server)?;
    let mut access_tokens = instance.access_tokens.alive(instance.clock.now());
    access_tokens.insert(access_token.clone(), person.subject.clone(), Instance::ACCESS_LIFETIME);
    drop(access_tokens);
    let mut said = json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": Instance::ACCESS_LIFETIME.as_secs(),
        "scope": grant.scope,
    });
    if grant.scope.split(' ').any(|scope| scope == "openid") {
        let mut id_token = instance.id_tokens.of(person, &grant.client);
        if let Some(nonce) = &grant.nonce {
            id_token = id_token.claim("nonce", nonce.clone());
        }
        said["id_token"] = id_token.sign().expose_secret().into();
    }
    Ok(answer(&said))
}

/// Errors in the form of RFC 6749 §5.2.
#[derive(Clone, Copy)]
pub(super) enum Fault {
    InvalidRequest(&'static str),
    InvalidClient,
    InvalidGrant,
    UnsupportedGrantType,
    Server,
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let (status, error, description) = match self {
            Fault::InvalidRequest(what) => (StatusCode::BAD_REQUEST, "invalid_request", what),
            Fault::InvalidClient => (StatusCode::UNAUTHORIZED, "invalid_client", "the client did not prove itself"),
            Fault::InvalidGrant => (StatusCode::BAD_REQUEST, "invalid_grant", "the code does not count, or not here"),
            Fault::UnsupportedGrantType => {
                (StatusCode::BAD_REQUEST, "unsupported_grant_type", "a code is all that can be exchanged")
            }
            Fault::Server => (StatusCode::INTERNAL_SERVER_ERROR, "server_error", "there is no randomness"),
        };
        let body = Json(json!({"error": error, "error_description": description}));
        let mut answer = (status, [(header::CACHE_CONTROL, "no-store")], body).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let challenge = header::HeaderValue::from_static(r#"Basic realm="identity provider", charset="UTF-8""#);
            answer.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        answer
    }
}
