//! Guards the routes of a tower service.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use http::header::{
    ACCEPT, AUTHORIZATION, CACHE_CONTROL, COOKIE, HOST, HeaderName, HeaderValue, LOCATION, RETRY_AFTER, SET_COOKIE,
    USER_AGENT, WWW_AUTHENTICATE,
};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use tower_layer::Layer;
use tower_service::Service;

use super::releases::REMOTE;
use super::{Access, Decision, ForwardedRequest, Identity, Proxy, Ruling, Tinyauth};

/// Lets a request through to the service behind it only if Tinyauth lets it pass (`GET /api/auth/:proxy`), and tells the
/// service whose it is, by an [`Identity`] in its extensions.
///
/// ```
/// use axum::routing::get;
/// use axum::{Extension, Router};
/// use probity::tinyauth::{Identity, Tinyauth, TinyauthLayer};
///
/// # fn app() -> Result<Router, Box<dyn std::error::Error>> {
/// let tinyauth = Tinyauth::new("http://localhost:3001")?;
/// let app = Router::new()
///     .route("/", get(async |Extension(identity): Extension<Identity>| identity.user.unwrap_or_default()))
///     .layer(TinyauthLayer::new(tinyauth));
/// # Ok(app)
/// # }
/// ```
///
/// - A browser that is not logged in is sent to log in; an API client gets 401, and who may not gets 403.
/// - It fails closed: when Tinyauth cannot be asked, or its answer not be read, the answer is 503.
/// - `Remote-*` headers that come from outside are taken away, whatever they say.
/// - That a request may pass is remembered for [5 seconds](Self::remember), for the same credentials, host, path and
///   client. So long may someone go on who has logged out.
/// - Cookies that Tinyauth sets anew go along with the answer.
#[derive(Clone)]
pub struct TinyauthLayer {
    gate: Arc<Gate>,
}

/// [`TinyauthLayer`], around a service.
#[derive(Debug, Clone)]
pub struct TinyauthService<S> {
    inner: S,
    gate: Arc<Gate>,
}

/// Finds out from which address a request came.
type AddressOf = Arc<dyn Fn(&Parts) -> Option<IpAddr> + Send + Sync>;

struct Gate {
    tinyauth: Tinyauth,
    proxy: Proxy,
    scheme: String,
    address_of: Option<AddressOf>,
    memory: Memory,
}

impl TinyauthLayer {
    /// Guards by this Tinyauth, what is asked for by `https`.
    pub fn new(tinyauth: Tinyauth) -> Self {
        let memory = Memory::new(Duration::from_secs(5), 1024);
        let scheme = "https".to_owned();
        Self { gate: Arc::new(Gate { tinyauth, proxy: Proxy::default(), scheme, address_of: None, memory }) }
    }

    /// By which scheme visitors ask: `https` unless set. They are sent back to it when they have logged in.
    pub fn scheme(self, scheme: impl Into<String>) -> Self {
        let scheme = scheme.into();
        self.with(|gate| Gate { scheme, ..gate })
    }

    /// As which proxy Tinyauth is asked. [`Proxy::Traefik`] unless set.
    pub fn proxy(self, proxy: Proxy) -> Self {
        self.with(|gate| Gate { proxy, ..gate })
    }

    /// Finds the visitor's address, for rules that Tinyauth has about addresses: in the extensions of the request, or in a
    /// header that a proxy of one's own sets whatever comes from outside. Unless set, Tinyauth sees that of the application.
    pub fn client_address(self, address_of: impl Fn(&Parts) -> Option<IpAddr> + Send + Sync + 'static) -> Self {
        self.with(|gate| Gate { address_of: Some(Arc::new(address_of)), ..gate })
    }

    /// For how long it is remembered that a request may pass, and of how many requests at most: 5 seconds, of 1024, unless
    /// set. [`Duration::ZERO`] asks about each.
    pub fn remember(self, time: Duration, most: usize) -> Self {
        self.with(|gate| Gate { memory: Memory::new(time, most), ..gate })
    }

    fn with(self, change: impl FnOnce(Gate) -> Gate) -> Self {
        let gate = Arc::try_unwrap(self.gate).unwrap_or_else(|shared| Gate {
            tinyauth: shared.tinyauth.clone(),
            proxy: shared.proxy,
            scheme: shared.scheme.clone(),
            address_of: shared.address_of.clone(),
            memory: Memory::new(shared.memory.time, shared.memory.most),
        });
        Self { gate: Arc::new(change(gate)) }
    }
}

impl<S> Layer<S> for TinyauthLayer {
    type Service = TinyauthService<S>;

    fn layer(&self, inner: S) -> TinyauthService<S> {
        TinyauthService { inner, gate: self.gate.clone() }
    }
}

impl<S, B, C> Service<Request<B>> for TinyauthService<S>
where
    S: Service<Request<B>, Response = Response<C>> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
    C: Default,
{
    type Response = Response<C>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<C>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The one that is ready is taken, and a clone is left.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let gate = self.gate.clone();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let (identity, set_cookie) = match gate.ask(&parts).await {
                Verdict::Pass(identity, set_cookie) => (identity, set_cookie),
                Verdict::Stop(answer) => return Ok(answer.map(|()| C::default())),
            };
            let foreign: Vec<_> =
                parts.headers.keys().filter(|name| name.as_str().starts_with(REMOTE)).cloned().collect();
            for name in foreign {
                parts.headers.remove(name);
            }
            parts.extensions.insert(identity);
            let mut answer = inner.call(Request::from_parts(parts, body)).await?;
            answer.headers_mut().extend(set_cookie.into_iter().map(|cookie| (SET_COOKIE, cookie)));
            Ok(answer)
        })
    }
}

/// What becomes of a request.
enum Verdict {
    /// It goes on, as that of this user; its answer takes these cookies along.
    Pass(Identity, Vec<HeaderValue>),
    Stop(Response<()>),
}

impl Gate {
    async fn ask(&self, parts: &Parts) -> Verdict {
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        let Some(host) = host.or(parts.uri.authority().map(http::uri::Authority::as_str)) else {
            return Verdict::Stop(answer(StatusCode::BAD_REQUEST));
        };
        let path = parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        let address = self.address_of.as_ref().and_then(|address_of| address_of(parts));

        let fingerprint = self.memory.fingerprint(parts, host, path, address);
        if let Some(identity) = self.memory.recall(fingerprint) {
            return Verdict::Pass(identity, Vec::new());
        }

        let mut asked = ForwardedRequest::new(&self.scheme, host, path)
            .visitor(&parts.headers)
            .method(parts.method.clone())
            .proxy(self.proxy);
        if let Some(address) = address {
            asked = asked.client_address(address);
        }
        let Ruling { decision, set_cookie } = match self.tinyauth.authorize(&asked, Access::of(&parts.headers)).await {
            Ok(ruling) => ruling,
            Err(error) => {
                tracing::error!(%error, "nobody is let in, since Tinyauth cannot be asked");
                return Verdict::Stop(answer(StatusCode::SERVICE_UNAVAILABLE));
            }
        };
        let mut stop = match decision {
            Decision::Allowed(identity) => {
                if set_cookie.is_empty() {
                    self.memory.keep(fingerprint, identity.clone());
                }
                return Verdict::Pass(identity, set_cookie);
            }
            Decision::LoginAt(url) => match HeaderValue::try_from(url.as_str()) {
                Ok(location) => with(answer(StatusCode::FOUND), LOCATION, location),
                Err(_) => answer(StatusCode::UNAUTHORIZED),
            },
            Decision::Denied { status, wait, .. } => match wait {
                Some(wait) => with(answer(status), RETRY_AFTER, wait.as_secs().into()),
                None => answer(status),
            },
        };
        // A browser would ask for the name and the password itself; its scripts say by this header that they are one's.
        if stop.status() == StatusCode::UNAUTHORIZED && !parts.headers.contains_key("sec-fetch-mode") {
            stop =
                with(stop, WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"Tinyauth\", charset=\"UTF-8\""));
        }
        stop.headers_mut().extend(set_cookie.into_iter().map(|cookie| (SET_COOKIE, cookie)));
        Verdict::Stop(stop)
    }
}

fn answer(status: StatusCode) -> Response<()> {
    let mut answer = Response::new(());
    *answer.status_mut() = status;
    with(answer, CACHE_CONTROL, HeaderValue::from_static("no-store"))
}

fn with(mut answer: Response<()>, name: HeaderName, value: HeaderValue) -> Response<()> {
    answer.headers_mut().insert(name, value);
    answer
}

/// Remembers for a short time who may pass. No credentials are kept, but fingerprints of requests: two hashes of 64 bits,
/// with random keys that nobody outside knows.
struct Memory {
    time: Duration,
    most: usize,
    keys: [RandomState; 2],
    allowed: Mutex<HashMap<[u64; 2], (Instant, Identity)>>,
}

impl Memory {
    fn new(time: Duration, most: usize) -> Self {
        Self { time, most, keys: [RandomState::new(), RandomState::new()], allowed: Mutex::default() }
    }

    /// Of all that Tinyauth's decision may depend on.
    fn fingerprint(&self, parts: &Parts, host: &str, path: &str, address: Option<IpAddr>) -> [u64; 2] {
        let told: Vec<Vec<&[u8]>> = [COOKIE, AUTHORIZATION, ACCEPT, USER_AGENT]
            .iter()
            .map(|name| parts.headers.get_all(name).iter().map(HeaderValue::as_bytes).collect())
            .collect();
        let all = (&parts.method, host, path, address, told);
        [self.keys[0].hash_one(&all), self.keys[1].hash_one(&all)]
    }

    fn allowed(&self) -> MutexGuard<'_, HashMap<[u64; 2], (Instant, Identity)>> {
        self.allowed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn recall(&self, fingerprint: [u64; 2]) -> Option<Identity> {
        let allowed = self.allowed();
        let (since, identity) = allowed.get(&fingerprint)?;
        (since.elapsed() < self.time).then(|| identity.clone())
    }

    fn keep(&self, fingerprint: [u64; 2], identity: Identity) {
        if self.time.is_zero() || self.most == 0 {
            return;
        }
        let mut allowed = self.allowed();
        if allowed.len() >= self.most {
            allowed.retain(|_, (since, _)| since.elapsed() < self.time);
        }
        if allowed.len() >= self.most {
            allowed.clear();
        }
        allowed.insert(fingerprint, (Instant::now(), identity));
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("tinyauth", &self.tinyauth)
            .field("proxy", &self.proxy)
            .field("scheme", &self.scheme)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for TinyauthLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TinyauthLayer").field(&self.gate).finish()
    }
}
