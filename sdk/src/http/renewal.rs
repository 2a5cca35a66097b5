//! Signing in anew when a token has expired.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Client;
use super::credential::{Credential, Renew};
use crate::{Credentials, Error, Refusal};

/// How a token is got by credentials.
pub(crate) type SignIn<T, R> =
    for<'a> fn(&'a Client, &'a Credentials) -> Pin<Box<dyn Future<Output = Result<T, Error<R>>> + Send + 'a>>;

/// A token, and how to get the next one.
pub(crate) struct Renewal<T, R> {
    kept: Mutex<Kept<T>>,
    /// Whose turn it is to sign in.
    turn: tokio::sync::Mutex<()>,
    client: Client,
    credentials: Credentials,
    sign_in: SignIn<T, R>,
}

struct Kept<T> {
    token: T,
    number: u64,
    /// Another one may be got when this one is refused. Not so for one that never let a call in: its user may be banned,
    /// and would be signed in without end.
    renewable: bool,
    /// How often signing in came to nothing.
    failures: u64,
}

impl<T, R> Renewal<T, R> {
    fn kept(&self) -> MutexGuard<'_, Kept<T>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T, C, R> Renew<C, R> for Renewal<T, R>
where
    T: Clone + Into<C> + Send,
    R: Refusal,
{
    fn current(&self) -> (u64, C) {
        let kept = self.kept();
        (kept.number, kept.token.clone().into())
    }

    fn accepted(&self, number: u64) {
        let mut kept = self.kept();
        if kept.number == number {
            kept.renewable = true;
        }
    }

    fn renew(&self, refused: u64) -> Pin<Box<dyn Future<Output = Result<bool, Error<R>>> + Send + '_>> {
        Box::pin(async move {
            let failures = self.kept().failures;
            let _turn = self.turn.lock().await;
            {
                let kept = self.kept();
                if kept.number != refused {
                    return Ok(true);
                }
                // Who waited while it came to nothing would find the same; a server in trouble is not asked by each.
                if !kept.renewable || kept.failures != failures {
                    return Ok(false);
                }
            }
            let token = (self.sign_in)(&self.client, &self.credentials).await;
            let mut kept = self.kept();
            match token {
                Ok(token) => *kept = Kept { token, number: refused + 1, renewable: false, failures },
                Err(error) => {
                    kept.renewable = !error.is_unauthorized();
                    kept.failures += 1;
                    return Err(error);
                }
            }
            tracing::debug!("signed in anew, as the token was refused");
            Ok(true)
        })
    }
}

/// What a session has: a token that was given, or one that is renewed.
pub(crate) enum Signed<T, R> {
    Once(T),
    Anew(Arc<Renewal<T, R>>),
}

impl<T: Clone + Send + 'static, R: Refusal> Signed<T, R> {
    /// What lets a call in that wants the token in this form.
    pub(crate) fn credential<C: From<T>>(&self) -> Credential<C, R> {
        match self {
            Signed::Once(token) => Credential::Fixed(token.clone().into()),
            Signed::Anew(renewal) => Credential::Renewed(renewal.clone()),
        }
    }

    /// The same token, and the next ones by these credentials.
    pub(crate) fn renewed_by(self, client: &Client, credentials: Credentials, sign_in: SignIn<T, R>) -> Self {
        let kept = Mutex::new(Kept { token: self.token(), number: 0, renewable: true, failures: 0 });
        let turn = tokio::sync::Mutex::default();
        Signed::Anew(Arc::new(Renewal { kept, turn, client: client.clone(), credentials, sign_in }))
    }

    /// The token of now.
    pub(crate) fn token(&self) -> T {
        match self {
            Signed::Once(token) => token.clone(),
            Signed::Anew(renewal) => renewal.kept().token.clone(),
        }
    }
}

impl<T: Clone, R> Clone for Signed<T, R> {
    fn clone(&self) -> Self {
        match self {
            Signed::Once(token) => Signed::Once(token.clone()),
            Signed::Anew(renewal) => Signed::Anew(renewal.clone()),
        }
    }
}

impl<T, R> fmt::Debug for Signed<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Signed::Once(_) => "Once",
            Signed::Anew(_) => "Anew",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use bytes::Bytes;

    use super::*;
    use crate::ConfigurationError;

    #[derive(Debug, thiserror::Error)]
    #[error("refused")]
    struct Refused;

    impl Refusal for Refused {
        fn read(_: &http::Response<Bytes>) -> Option<Self> {
            None
        }

        fn conceal(&mut self, _: &str) {}
    }

    static SIGN_INS: AtomicUsize = AtomicUsize::new(0);

    #[tokio::test]
    async fn calls_that_are_refused_at_a_time_share_a_login_that_fails() {
        let renewal = Renewal {
            kept: Mutex::new(Kept { token: (), number: 0, renewable: true, failures: 0 }),
            turn: tokio::sync::Mutex::default(),
            client: Client::builder("http://127.0.0.1:9").build().expect("a client"),
            credentials: Credentials::new("user", "password"),
            sign_in: |_, _| {
                Box::pin(async {
                    SIGN_INS.fetch_add(1, Ordering::SeqCst);
                    tokio::task::yield_now().await;
                    Err::<(), _>(Error::<Refused>::from(ConfigurationError::NoTls))
                })
            },
        };
        let renew = || Renew::<(), Refused>::renew(&renewal, 0);
        let (first, second, third) = tokio::join!(renew(), renew(), renew());
        assert!(first.is_err(), "one of them tells why");
        assert!(matches!((second, third), (Ok(false), Ok(false))), "the others fail as they were refused");
        assert_eq!(SIGN_INS.load(Ordering::SeqCst), 1);

        renew().await.expect_err("a later call tries again");
        assert_eq!(SIGN_INS.load(Ordering::SeqCst), 2);
    }
}
