//! What clients find out by themselves (OpenID Connect Discovery 1.0).

use super::instance::Instance;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) const PATH: &str = "/.well-known/openid-configuration";
pub(crate) const AUTHORIZE: &str = "/authorize";
pub(crate) const TOKEN: &str = "/token";
pub(crate) const USERINFO: &str = "/userinfo";
pub(crate) const JWKS: &str = "/jwks";

/// GET /.well-known/openid-configuration
pub(super) async fn discover(State(instance): State<Arc<Instance>>) -> Json<Value> {
    let issuer = instance.id_tokens.issuer();
    let at = |path| format!("{issuer}{path}");
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": at(AUTHORIZE),
        "token_endpoint": at(TOKEN),
        "userinfo_endpoint": at(USERINFO),
        "jwks_uri": at(JWKS),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile", "groups"],
        "claims_supported": ["sub", "email", "email_verified", "name", "preferred_username", "groups"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256", "plain"],
    }))
}

/// GET /jwks: the keys that ID tokens are signed with.
pub(super) async fn jwks(State(instance): State<Arc<Instance>>) -> Json<Value> {
    Json(json!({"keys": [instance.id_tokens.key().public()]}))
}
