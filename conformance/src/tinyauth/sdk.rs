//! Reads Tinyauth's answers as the SDK does.

use crate::exchange::Response;
use bytes::Bytes;
use probity::endpoint::Endpoint;
use probity::tinyauth::{
    AuthorizationResponse, Authorize, Credentials, ForwardedRequest, GetApp, GetUser, Healthcheck, Logout,
    OAuthCallback, OAuthLogin, OAuthUrl, PasswordLogin, Provider, VerifyTotp,
};
use probity_fixtures::Operation;
use probity_fixtures::tinyauth::operation;

/// Whether the SDK can decode an operation's successful answer; none where it has no such operation.
pub(super) fn decode(operation: &Operation, response: &Response) -> Option<Result<(), String>> {
    let mut message = http::Response::new(response.body.clone());
    *message.status_mut() = response.status;
    *message.headers_mut() = response.headers.clone();
    // What a request was made of does not matter to how its answer is read.
    Some(match operation {
        _ if operation == operation::HEALTHCHECK => read(&Healthcheck, &message),
        _ if operation == operation::AUTH => read(&Authorize::new(&ForwardedRequest::new("https", "", "/")), &message),
        _ if operation == operation::LOGIN => read(&PasswordLogin::new(&Credentials::new("", "")), &message),
        _ if operation == operation::TOTP => read(&VerifyTotp::new(""), &message),
        _ if operation == operation::LOGOUT => read(&Logout, &message),
        _ if operation == operation::APP => read(&GetApp, &message),
        _ if operation == operation::USER => read(&GetUser, &message),
        _ if operation == operation::OAUTH_URL => read(&OAuthUrl::new(Provider::Generic), &message),
        _ if operation == operation::OAUTH_CALLBACK => {
            // Of no known beginning: then any page that is named as Tinyauth's own are may say no.
            let login = OAuthLogin::import(r#"{"provider": "generic", "url": "", "cookies": []}"#);
            let login = login.map_err(|error| error.to_string());
            login.and_then(|login| read(&OAuthCallback::new(&login, &AuthorizationResponse::new("")), &message))
        }
        _ => return None,
    })
}

fn read<E: Endpoint>(endpoint: &E, message: &http::Response<Bytes>) -> Result<(), String> {
    endpoint.read(message).map(drop).map_err(|error| error.to_string())
}
