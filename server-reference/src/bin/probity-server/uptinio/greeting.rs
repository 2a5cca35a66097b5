//! What the program prints when Uptinio's server has started.

use crate::greeting::{Greeting, Secrets};
use crate::shell::{ask_for_password, credentials, curl, quoted};
use probity_fixtures::uptinio::operation;
use probity_server::uptinio::{Deviation, Project, Seed, User};
use serde_json::json;

pub(super) fn greeting(url: &str, seed: &Seed, secrets: Secrets, deviations: &[Deviation]) -> Greeting {
    let users = seed.users.iter().map(|user| told(user, secrets));
    Greeting {
        heading: format!("Uptinio answers at {url}"),
        deviations: deviations.iter().map(|deviation| deviation.id()).collect(),
        users: users.chain(seed.projects.iter().map(|project| told_of_project(project, secrets))).collect(),
        script: script(url, seed, secrets),
    }
}

fn told(user: &User, secrets: Secrets) -> String {
    let verified = if user.verified { "verified" } else { "unverified" };
    let banned = if user.banned { ", banned" } else { "" };
    let told = format!("{} ({}, {verified}{banned})", user.email, user.plan.as_str());
    let of = |name, secret: Option<&_>| secret.map(|secret| secrets.told(name, secret)).unwrap_or_default();
    let (password, token) = (of("password", Some(&user.password)), of("token", user.token.as_ref()));
    format!("{told}{password}{token}{}", of("code", user.code.as_ref()))
}

fn told_of_project(project: &Project, secrets: Secrets) -> String {
    let token = project.token.as_ref().map(|token| secrets.told("token", token)).unwrap_or_default();
    format!("the project {} of {}{token}", project.name, project.owner)
}

/// Somebody registers; a user signs in, is told who that is, and sees what the project watches.
fn script(url: &str, seed: &Seed, secrets: Secrets) -> Vec<String> {
    let at = |path: &str| format!("{url}{path}");
    let json = ["Content-Type: application/json"];
    let somebody = json!({"endpoint": "https://example.com", "email": "somebody@example.com"});
    let register = curl(&at(operation::REGISTER_WITH_ENDPOINT.path), &json);
    let mut lines = vec![format!("{register} -d {}", quoted(&somebody.to_string()))];
    if let Some(user) = seed.users.iter().find(|user| !user.banned) {
        lines.extend(ask_for_password(secrets));
        let body = credentials(Some("user"), "email", &user.email, &user.password, secrets);
        let sign_in = format!("{} -d {body}", curl(&at(operation::SIGN_IN.path), &json));
        let with_token = r#" -H "Authorization: Bearer $TOKEN""#;
        let project = curl(&at(operation::CURRENT_PROJECT_API_TOKEN.path), &[]) + with_token;
        lines.extend([
            format!("TOKEN=$({sign_in} | {})", member("authentication_token")),
            curl(&at(operation::VALIDATE.path), &[]) + with_token,
            format!("PROJECT=$({project} | {})", member("api_token")),
            curl(&at(operation::NETWORK_MONITORS.path), &[]) + r#" -H "Authorization: Bearer $PROJECT""#,
        ]);
    }
    lines
}

/// What prints a member of the JSON that comes.
fn member(name: &str) -> String {
    format!(r#"sed 's/.*"{name}":"\([^"]*\)".*/\1/'"#)
}
