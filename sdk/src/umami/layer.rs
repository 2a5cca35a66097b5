//! Records the page views of a tower service.

use std::fmt;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, HOST, HeaderName, REFERER, USER_AGENT};
use http::{HeaderMap, Method, Request, Response, request, response};
use tower_layer::Layer;
use tower_service::Service;
use url::Url;

use super::{Event, Tracker, WebsiteId};

/// Records a page view of each page that the service behind it answers with, in the background: by a [`Tracker`], so that no
/// answer is slower for it and none fails.
///
/// ```
/// use axum::Router;
/// use axum::extract::MatchedPath;
/// use axum::routing::get;
/// use probity::umami::{Umami, UmamiLayer};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let tracker = Umami::new("http://localhost:3000")?.tracker().start()?;
/// let views = UmamiLayer::new(tracker.clone(), "cd33a605-d785-42a1-9365-d6cad3b7befd")
///     .client_address_in("x-real-ip".parse()?) // set by one's own proxy
///     .url(|request| request.extensions.get::<MatchedPath>().map(|route| route.as_str().to_owned()));
/// let app: Router = Router::new().route("/articles/{id}", get(async || "…")).layer(views);
/// # let _ = app;
/// # Ok(())
/// # }
/// ```
///
/// A view carries the visitor's `User-Agent`, language, the page's host and URL, the page they came from, and their address
/// if it is known how to [find](Self::client_address) it: else Umami takes all visitors for one that is at the
/// application's address, if their browsers are alike.
///
/// Unless [set](Self::requests), a view is a GET that is answered with 2xx and `text/html`; not one that a browser makes
/// ahead of time (`Sec-Purpose: prefetch`), nor one for a frame or a script (`Sec-Fetch-Dest`).
#[derive(Clone)]
pub struct UmamiLayer {
    watch: Arc<Watch>,
}

/// [`UmamiLayer`], around a service.
#[derive(Debug, Clone)]
pub struct UmamiService<S> {
    inner: S,
    watch: Arc<Watch>,
}

type Of<P, T> = Arc<dyn Fn(&P) -> T + Send + Sync>;

#[derive(Clone)]
struct Watch {
    tracker: Tracker,
    website: WebsiteId,
    address: Of<request::Parts, Option<IpAddr>>,
    url: Of<request::Parts, Option<String>>,
    requests: Of<request::Parts, bool>,
    responses: Of<response::Parts, bool>,
}

impl UmamiLayer {
    /// Records the views of this website.
    pub fn new(tracker: Tracker, website: impl Into<WebsiteId>) -> Self {
        let watch = Watch {
            tracker,
            website: website.into(),
            address: Arc::new(|_| None),
            url: Arc::new(|_| None),
            requests: Arc::new(asks_for_a_page),
            responses: Arc::new(is_a_page),
        };
        Self { watch: Arc::new(watch) }
    }

    /// Takes the visitor's address from this header: the last one that stands in it, which is what the nearest proxy has seen.
    /// It must be a header that a proxy of one's own sets whatever comes from outside, or visitors choose their addresses.
    pub fn client_address_in(self, header: HeaderName) -> Self {
        self.client_address(move |request| {
            let line = request.headers.get_all(&header).iter().next_back()?;
            line.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
        })
    }

    /// Finds the visitor's address, in the extensions of the request for example.
    pub fn client_address(self, of: impl Fn(&request::Parts) -> Option<IpAddr> + Send + Sync + 'static) -> Self {
        self.with(|watch| watch.address = Arc::new(of))
    }

    /// Names the page, by the template of its route for example, so that `/articles/1` and `/articles/2` are one page. Where
    /// it gives none, and unless set, it is the path with its query.
    pub fn url(self, of: impl Fn(&request::Parts) -> Option<String> + Send + Sync + 'static) -> Self {
        self.with(|watch| watch.url = Arc::new(of))
    }

    /// Which requests may be views, in place of what is said above.
    pub fn requests(self, are: impl Fn(&request::Parts) -> bool + Send + Sync + 'static) -> Self {
        self.with(|watch| watch.requests = Arc::new(are))
    }

    /// Which answers make them views, in place of what is said above.
    pub fn responses(self, are: impl Fn(&response::Parts) -> bool + Send + Sync + 'static) -> Self {
        self.with(|watch| watch.responses = Arc::new(are))
    }

    fn with(mut self, change: impl FnOnce(&mut Watch)) -> Self {
        change(Arc::make_mut(&mut self.watch));
        self
    }
}

impl<S> Layer<S> for UmamiLayer {
    type Service = UmamiService<S>;

    fn layer(&self, inner: S) -> UmamiService<S> {
        UmamiService { inner, watch: self.watch.clone() }
    }
}

impl<S, B, C> Service<Request<B>> for UmamiService<S>
where
    S: Service<Request<B>, Response = Response<C>>,
    S::Future: Send + 'static,
    S::Error: 'static,
    C: 'static,
{
    type Response = Response<C>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<C>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (parts, body) = request.into_parts();
        let view = (self.watch.requests)(&parts).then(|| self.watch.view(&parts));
        let answer = self.inner.call(Request::from_parts(parts, body));
        let watch = self.watch.clone();
        Box::pin(async move {
            let answer = answer.await?;
            let Some(view) = view else { return Ok(answer) };
            let (parts, body) = answer.into_parts();
            if (watch.responses)(&parts) {
                watch.tracker.track(view);
            }
            Ok(Response::from_parts(parts, body))
        })
    }
}

impl Watch {
    fn view(&self, request: &request::Parts) -> Event {
        let path = || request.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str).to_owned();
        let mut view = Event::page_view(&self.website).url((self.url)(request).unwrap_or_else(path));
        let text = |name| text(&request.headers, name);
        if let Some(host) = text(HOST).or(request.uri.authority().map(http::uri::Authority::as_str)) {
            view = view.hostname(host);
        }
        if let Some(agent) = text(USER_AGENT) {
            view = view.user_agent(agent);
        }
        if let Some(language) = text(ACCEPT_LANGUAGE).and_then(preferred) {
            view = view.language(language);
        }
        // Half an address would have the whole event refused.
        if let Some(referrer) = text(REFERER).filter(|referrer| Url::parse(referrer).is_ok()) {
            view = view.referrer(referrer);
        }
        match (self.address)(request) {
            Some(address) => view.ip(address),
            None => view,
        }
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// The language that comes first: browsers list them in the order in which they are preferred.
fn preferred(languages: &str) -> Option<&str> {
    let language = languages.split([',', ';']).next()?.trim();
    (!language.is_empty() && language != "*" && language.len() <= 35).then_some(language)
}

fn asks_for_a_page(request: &request::Parts) -> bool {
    let says = |name: &'static str| text(&request.headers, HeaderName::from_static(name));
    let is_ahead_of_time = ["sec-purpose", "purpose"]
        .into_iter()
        .any(|name| says(name).is_some_and(|purpose| purpose.to_ascii_lowercase().contains("prefetch")));
    let is_for_a_window = says("sec-fetch-dest").is_none_or(|destination| destination == "document");
    request.method == Method::GET && is_for_a_window && !is_ahead_of_time
}

fn is_a_page(response: &response::Parts) -> bool {
    let is_html = |kind: &str| kind.trim_start().to_ascii_lowercase().starts_with("text/html");
    response.status.is_success() && text(&response.headers, CONTENT_TYPE).is_some_and(is_html)
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("tracker", &self.tracker).field("website", &self.website).finish_non_exhaustive()
    }
}

impl fmt::Debug for UmamiLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("UmamiLayer").field(&self.watch).finish()
    }
}
