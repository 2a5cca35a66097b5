//! `POST /api/v1/users`: an account with a name, an address and a password.

use bytes::Bytes;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::json;

use super::request::{post_json, url};
use super::{Error, Refusal, Timestamp};
use crate::endpoint::{Endpoint, read_json};
use crate::lenient::if_readable;
use crate::{BaseUrl, ConfigurationError, FieldProblem, InvalidField, LengthUnit};

/// How many characters a password has at least.
const LEAST_PASSWORD: usize = 6;

/// Who is to have an account. `Debug` does not show the password; its memory is wiped when it is dropped.
#[derive(Debug, Clone)]
pub struct NewUser {
    email: String,
    name: String,
    password: SecretString,
    first_website: Option<String>,
}

impl NewUser {
    /// With this address, this full name and this password, of 6 characters at least. None may be empty. What is refused
    /// is refused when it is sent, before anything goes out: see [`InvalidField`].
    pub fn new(email: impl Into<String>, name: impl Into<String>, password: impl Into<SecretString>) -> Self {
        Self { email: email.into(), name: name.into(), password: password.into(), first_website: None }
    }

    /// The URL of a website to monitor from the beginning.
    pub fn first_website(self, url: impl Into<String>) -> Self {
        Self { first_website: Some(url.into()), ..self }
    }
}

/// Registering by name, address and password.
#[derive(Debug)]
pub struct Register<'a> {
    user: &'a NewUser,
}

impl<'a> Register<'a> {
    /// Of this user.
    pub fn new(user: &'a NewUser) -> Self {
        Self { user }
    }
}

/// An account that was made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Registered {
    /// For people, in Uptinio's words.
    #[serde(default, deserialize_with = "if_readable")]
    pub message: Option<String>,
    /// Whose account it is.
    pub user: RegisteredUser,
}

/// A user who has just registered. Their id is told when they sign in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct RegisteredUser {
    /// The address to sign in with.
    pub email: String,
    /// The full name.
    pub name: String,
    /// When the account was made. Not told of one that was made with an endpoint.
    #[serde(default, deserialize_with = "if_readable")]
    pub created_at: Option<Timestamp>,
    /// When it was changed last. Not told of one that was made with an endpoint.
    #[serde(default, deserialize_with = "if_readable")]
    pub updated_at: Option<Timestamp>,
}

impl Endpoint for Register<'_> {
    type Credential = ();
    type Output = Registered;
    type Refusal = Refusal;
    const NAME: &'static str = "uptinio.register";

    fn request(&self, base: &BaseUrl, (): &()) -> Result<http::Request<Bytes>, ConfigurationError> {
        let NewUser { email, name, password, first_website } = self.user;
        let password = password.expose_secret();
        for (field, text) in [("email", email), ("name", name)] {
            InvalidField::if_empty(field, text)?;
        }
        if LengthUnit::Characters.count(password) < LEAST_PASSWORD {
            let problem = FieldProblem::TooShort { least: LEAST_PASSWORD, unit: LengthUnit::Characters };
            return Err(InvalidField::new("password", problem).into());
        }
        let mut user = json!({
            "email": email,
            "name": name,
            "password": password,
            // It is there for those who type it: it says the same.
            "password_confirmation": password,
        });
        if let Some(website) = first_website {
            user["first_website"] = website.as_str().into();
        }
        post_json(&url(base, ["users"])?, None, &json!({ "user": user }))
    }

    fn secrets<'a>(&'a self, (): &()) -> Vec<&'a str> {
        vec![self.user.password.expose_secret()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<Registered, Error> {
        read_json::<Self, _>(response)
    }
}
