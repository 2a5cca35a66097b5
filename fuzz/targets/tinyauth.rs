//! Tinyauth's answers, whatever they are.

#![no_main]

use libfuzzer_sys::fuzz_target;
use probity::endpoint::Endpoint;
use probity::tinyauth::{
    AuthorizationResponse, Authorize, Credentials, ForwardedRequest, GetApp, GetUser, Healthcheck, Logout,
    OAuthCallback, OAuthUrl, PasswordLogin, VerifyTotp,
};
use probity_fuzz::{answer, read};

fuzz_target!(|data: &[u8]| {
    let Some(response) = answer(data) else { return };
    read(&Healthcheck, &response);
    read(&GetApp, &response);
    read(&GetUser, &response);
    read(&PasswordLogin::new(&Credentials::new("user", "password")), &response);
    read(&VerifyTotp::new("123456"), &response);
    read(&Logout, &response);
    read(&Authorize::new(&ForwardedRequest::new("https", "app.example.com", "/")), &response);
    let begin = OAuthUrl::new("generic");
    read(&begin, &response);
    // A login that this answer began is what a callback can answer.
    if let Ok(login) = begin.read(&response) {
        read(&OAuthCallback::new(&login, &AuthorizationResponse::new("code")), &response);
    }
});
