//! Uptinio's answers, whatever they are.

#![no_main]

use libfuzzer_sys::fuzz_target;
use probity::uptinio::{
    Analyze, CreateIntegration, CreateNetworkMonitor, Credentials, CurrentProjectApiToken, GeneralStatus, GetUser,
    Incidents, Integrations, NetworkMonitors, NewIntegration, NewUser, ProjectApiTokens, Register,
    RegisterWithEndpoint, ResendCode, ServerReport, Servers, SignIn, SignInWithGoogle, SignOut, SubmitServerMetrics,
    Usage, Validate, VerifyEmail,
};
use probity_fuzz::{answer, read};

fuzz_target!(|data: &[u8]| {
    let Some(response) = answer(data) else { return };
    read(&Register::new(&NewUser::new("a", "b", "c")), &response);
    read(&RegisterWithEndpoint::new("a", "b"), &response);
    read(&SignIn::new(&Credentials::new("a", "b")), &response);
    read(&SignInWithGoogle::new("a"), &response);
    read(&Validate, &response);
    read(&SignOut, &response);
    read(&GetUser::new("1"), &response);
    read(&ProjectApiTokens, &response);
    read(&CurrentProjectApiToken, &response);
    read(&VerifyEmail::new("123456"), &response);
    read(&ResendCode, &response);
    read(&NetworkMonitors::default(), &response);
    read(&CreateNetworkMonitor::new("a", "b"), &response);
    read(&Incidents::default(), &response);
    read(&SubmitServerMetrics::new(&ServerReport::new("a", "b")), &response);
    read(&Servers::default(), &response);
    read(&Analyze::new(serde_json::Value::Null), &response);
    read(&Integrations, &response);
    read(&CreateIntegration::new(&NewIntegration::webhook("https://hook.example")), &response);
    read(&Usage, &response);
    read(&GeneralStatus, &response);
});
