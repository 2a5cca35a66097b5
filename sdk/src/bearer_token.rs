//! Tokens that travel in `Authorization: Bearer …`.

/// Declares a kind of token. Kinds are different types, so that none is sent where another belongs.
macro_rules! bearer_token {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name(secrecy::SecretString);

        impl $name {
            /// A token from where it was kept.
            pub fn new(token: impl Into<secrecy::SecretString>) -> Self {
                Self(token.into())
            }

            /// The token as text, to be kept where secrets are.
            pub fn expose_secret(&self) -> &str {
                secrecy::ExposeSecret::expose_secret(&self.0)
            }

            /// `Authorization: Bearer …`
            pub(super) fn header(
                &self,
            ) -> Result<(http::HeaderName, http::HeaderValue), crate::ConfigurationError> {
                Ok((http::header::AUTHORIZATION, crate::secret::secret_value("token", "Bearer ", &self.0)?))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let token = Self(serde::Deserialize::deserialize(deserializer)?);
                // Nobody is let in by what no call can carry, whatever the status says.
                token.header().map_err(|_| {
                    serde::de::Error::custom("expected a token that is not empty and fits into a header")
                })?;
                Ok(token)
            }
        }
    };
}

pub(crate) use bearer_token;
