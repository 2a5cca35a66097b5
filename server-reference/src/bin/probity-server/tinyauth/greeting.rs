//! What the program prints when Tinyauth's server has started.

use crate::greeting::{Greeting, Secrets};
use crate::shell::{ask_for_password, credentials, curl, quoted};
use probity_fixtures::tinyauth::operation;
use probity_server::tinyauth::{Deviation, Password, Seed, User};
use secrecy::{ExposeSecret as _, SecretString};

pub(super) fn greeting(url: &str, seed: &Seed, secrets: Secrets, deviations: &[Deviation]) -> Greeting {
    Greeting {
        heading: format!("Tinyauth answers at {url}"),
        deviations: deviations.iter().map(|deviation| deviation.id()).collect(),
        users: seed.users.iter().map(|user| told(user, secrets)).collect(),
        script: script(url, seed, secrets),
    }
}

fn told(user: &User, secrets: Secrets) -> String {
    let password = match &user.password {
        Password::Plain(password) => secrets.told("password", password),
        Password::Hashed(_) => String::new(),
    };
    let totp = match (&user.totp, secrets) {
        (Some(totp), Secrets::Public) => secrets.told("TOTP secret", totp.base32()),
        (Some(_), Secrets::Kept) => ", with TOTP".to_owned(),
        (None, _) => String::new(),
    };
    format!("{}{password}{totp}", user.name)
}

/// Somebody is let in by Basic, logs in, is told who that is, and asks where to log in by a provider.
fn script(url: &str, seed: &Seed, secrets: Secrets) -> Vec<String> {
    let at = |path: &str| format!("{url}{path}");
    let mut lines = Vec::new();
    if let Some(user) = seed.users.iter().find(|user| user.totp.is_none()) {
        let (kept, unknown) = (Secrets::Kept, SecretString::from(String::new()));
        let (password, secrets) = match &user.password {
            Password::Plain(password) => (password, secrets),
            Password::Hashed(_) => (&unknown, kept),
        };
        lines.extend(ask_for_password(secrets));
        let auth = at(&operation::AUTH.path.replace("{proxy}", "traefik"));
        lines.push(format!("curl -s -u {} {}", pair(&user.name, password, secrets), quoted(&auth)));
        let body = credentials(None, "email", &user.name, password, secrets);
        let login = format!("{} -d {body}", curl(&at(operation::LOGIN.path), &["Content-Type: application/json"]));
        let session = format!(r"SESSION=$({login} -o /dev/null -D - | sed -n 's/^set-cookie: \([^;]*\).*/\1/p')");
        lines.extend([login, session, curl(&at(operation::USER.path), &[]) + r#" -H "Cookie: $SESSION""#]);
    }
    let of = |provider: &str| at(&operation::OAUTH_URL.path.replace("{provider}", provider));
    lines.extend(seed.providers.iter().map(|provider| curl(&of(&provider.id), &[])));
    lines
}

/// Name and password as curl's `-u` takes them, as a word for the shell.
fn pair(name: &str, password: &SecretString, secrets: Secrets) -> String {
    match secrets {
        Secrets::Public => quoted(&format!("{name}:{}", password.expose_secret())),
        Secrets::Kept => quoted(&format!("{name}:")) + r#""$PASSWORD""#,
    }
}
