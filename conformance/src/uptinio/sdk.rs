//! Reads Uptinio's answers as the SDK does.

use crate::exchange::Response;
use bytes::Bytes;
use probity::endpoint::Endpoint;
use probity::uptinio::{
    Analyze, CreateIntegration, CreateNetworkMonitor, Credentials, CurrentProjectApiToken, GeneralStatus, GetUser,
    Incidents, Integrations, NetworkMonitors, NewIntegration, NewUser, ProjectApiTokens, Register,
    RegisterWithEndpoint, ResendCode, ServerReport, Servers, SignIn, SignInWithGoogle, SignOut, SubmitServerMetrics,
    Usage, Validate, VerifyEmail,
};
use probity_fixtures::Operation;
use probity_fixtures::uptinio::operation;

/// Whether the SDK can decode an operation's successful answer; none where it has no such operation.
pub(super) fn decode(operation: &Operation, response: &Response) -> Option<Result<(), String>> {
    let mut message = http::Response::new(response.body.clone());
    *message.status_mut() = response.status;
    *message.headers_mut() = response.headers.clone();
    // What a request was made of does not matter to how its answer is read.
    Some(match operation {
        _ if operation == operation::REGISTER => read(&Register::new(&NewUser::new("", "", "")), &message),
        _ if operation == operation::REGISTER_WITH_ENDPOINT => read(&RegisterWithEndpoint::new("", ""), &message),
        _ if operation == operation::SIGN_IN => read(&SignIn::new(&Credentials::new("", "")), &message),
        _ if operation == operation::VALIDATE => read(&Validate, &message),
        _ if operation == operation::SIGN_OUT => read(&SignOut, &message),
        _ if operation == operation::USER => read(&GetUser::new(""), &message),
        _ if operation == operation::SIGN_IN_WITH_GOOGLE => read(&SignInWithGoogle::new(""), &message),
        _ if operation == operation::VERIFY_EMAIL => read(&VerifyEmail::new(""), &message),
        _ if operation == operation::RESEND_CODE => read(&ResendCode, &message),
        _ if operation == operation::PROJECT_API_TOKENS => read(&ProjectApiTokens, &message),
        _ if operation == operation::CURRENT_PROJECT_API_TOKEN => read(&CurrentProjectApiToken, &message),
        _ if operation == operation::NETWORK_MONITORS => read(&NetworkMonitors::default(), &message),
        _ if operation == operation::CREATE_NETWORK_MONITOR => read(&CreateNetworkMonitor::new("", ""), &message),
        _ if operation == operation::SUBMIT_SERVER_METRICS => {
            read(&SubmitServerMetrics::new(&ServerReport::new("", "")), &message)
        }
        _ if operation == operation::ANALYSIS => read(&Analyze::new(""), &message),
        _ if operation == operation::INTEGRATIONS => read(&Integrations, &message),
        _ if operation == operation::CREATE_INTEGRATION => {
            read(&CreateIntegration::new(&NewIntegration::new("", "")), &message)
        }
        _ if operation == operation::USAGE => read(&Usage, &message),
        _ if operation == operation::GENERAL_STATUS => read(&GeneralStatus, &message),
        _ if operation == operation::INCIDENTS => read(&Incidents::default(), &message),
        _ if operation == operation::SERVERS => read(&Servers::default(), &message),
        _ => return None,
    })
}

fn read<E: Endpoint>(endpoint: &E, message: &http::Response<Bytes>) -> Result<(), String> {
    endpoint.read(message).map(drop).map_err(|error| error.to_string())
}
