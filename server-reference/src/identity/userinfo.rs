//! GET and POST /userinfo (OpenID Connect Core §5.3).

use super::id_token::claims;
use super::instance::Instance;
use crate::answer::answer;
use crate::authorization::credentials;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// All that is known of the person whose access token a request carries, whatever scopes were asked for.
pub(super) async fn userinfo(State(instance): State<Arc<Instance>>, headers: HeaderMap) -> Response {
    let bearer = credentials(&headers).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer"));
    let alive = instance.access_tokens.alive(instance.clock.now());
    let person =
        bearer.and_then(|(_, token)| alive.get(&token.to_owned())).and_then(|subject| instance.person(subject));
    match person {
        Some(person) => answer(&claims(person)),
        None => {
            (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, r#"Bearer error="invalid_token""#)]).into_response()
        }
    }
}
