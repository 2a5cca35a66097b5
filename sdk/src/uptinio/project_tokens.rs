//! `GET /api/v1/users/project_api_tokens` and `…/current_project_api_token`: the tokens of a user's projects. The document
//! tells what they are for, and nothing of their answers.

use bytes::Bytes;
use http::Method;
use serde::Deserialize;
use serde_json::Value;

use super::request::{plain, url};
use super::{Error, Json, ProjectToken, Refusal, UserToken};
use crate::endpoint::{Endpoint, read_json};
use crate::{BaseUrl, ConfigurationError};

/// Asking for all of a user's projects, with their tokens.
#[derive(Debug, Clone, Copy)]
pub struct ProjectApiTokens;

/// Asking for the token of the project that a user works in.
#[derive(Debug, Clone, Copy)]
pub struct CurrentProjectApiToken;

/// An answer with project tokens in it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct ProjectTokens(Json);

impl ProjectTokens {
    /// The tokens: what stands under `api_token`, or else under `token`, at any depth and in its order. That they stand there
    /// is a guess, from the list of projects of another page. Empty where it fails: [`answer`](Self::answer) has all.
    pub fn tokens(&self) -> Vec<ProjectToken> {
        let mut tokens = Vec::new();
        collect(self.0.value(), &mut tokens);
        tokens
    }

    /// The first of the tokens.
    pub fn first(&self) -> Option<ProjectToken> {
        self.tokens().into_iter().next()
    }

    /// The whole answer. No document gives its shape.
    pub fn answer(&self) -> &Json {
        &self.0
    }
}

fn collect(value: &Value, tokens: &mut Vec<ProjectToken>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, tokens)),
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    // What no request can carry is none.
                    Value::String(_) if matches!(&**name, "api_token" | "token") => {
                        tokens.extend(ProjectToken::deserialize(member).ok());
                    }
                    _ => collect(member, tokens),
                }
            }
        }
        _ => {}
    }
}

impl Endpoint for ProjectApiTokens {
    type Credential = UserToken;
    type Output = ProjectTokens;
    type Refusal = Refusal;
    const NAME: &'static str = "uptinio.projectApiTokens";
    const IDEMPOTENT: bool = true;

    fn request(&self, base: &BaseUrl, token: &UserToken) -> Result<http::Request<Bytes>, ConfigurationError> {
        plain(Method::GET, &url(base, ["users", "project_api_tokens"])?, token.header()?)
    }

    fn secrets<'a>(&'a self, token: &'a UserToken) -> Vec<&'a str> {
        vec![token.expose_secret()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<ProjectTokens, Error> {
        read_json::<Self, _>(response)
    }
}

impl Endpoint for CurrentProjectApiToken {
    type Credential = UserToken;
    type Output = ProjectTokens;
    type Refusal = Refusal;
    const NAME: &'static str = "uptinio.currentProjectApiToken";
    const IDEMPOTENT: bool = true;

    fn request(&self, base: &BaseUrl, token: &UserToken) -> Result<http::Request<Bytes>, ConfigurationError> {
        plain(Method::GET, &url(base, ["users", "current_project_api_token"])?, token.header()?)
    }

    fn secrets<'a>(&'a self, token: &'a UserToken) -> Vec<&'a str> {
        vec![token.expose_secret()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<ProjectTokens, Error> {
        read_json::<Self, _>(response)
    }
}
